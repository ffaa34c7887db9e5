#include "gateway/failure_text.h"

#include <cmath>

#include "base/json_write.h"
#include "gateway/access_record.h"

namespace sluice::gateway {

static std::string prefix(ErrorCode code) {
  const std::string name(error_class_name(code));
  switch (code) {
    case ErrorCode::bad_request: return "litellm.BadRequestError: ";
    case ErrorCode::context_window:
    case ErrorCode::content_policy:
      return "litellm." + name + ": litellm.BadRequestError: " + name + ": ";
    case ErrorCode::timeout: return "litellm.Timeout: Timeout Error: ";
    case ErrorCode::unsupported_params:
    case ErrorCode::authentication:
    case ErrorCode::permission_denied:
    case ErrorCode::not_found:
    case ErrorCode::unprocessable:
    case ErrorCode::rate_limit:
    case ErrorCode::internal:
    case ErrorCode::connection:
    case ErrorCode::unavailable:
    case ErrorCode::api_error:
    case ErrorCode::cancelled: return "litellm." + name + ": " + name + ": ";
  }
  return "";
}

void name_failure(Error& error, std::string_view provider_display) {
  if (error.code == ErrorCode::rate_limit) error.type = "throttling_error";
  if (error.message.starts_with("litellm.")) return;  // named already
  error.message =
      prefix(error.code) + std::string(provider_display) + "Exception - " + error.message;
}

void add_group(Error& error, std::string_view group, std::span<const std::string> fallbacks) {
  if (!error.message.starts_with("litellm.")) return;  // the gateway said what is wrong
  error.message +=
      ". Received Model Group=" + std::string(group) + "\nAvailable Model Group Fallbacks=";
  if (fallbacks.empty()) {
    error.message += "None";
    return;
  }
  const char* separator = "[";
  for (const std::string& each : fallbacks) {
    error.message += separator;
    error.message += "'" + each + "'";
    separator = ", ";
  }
  error.message += "]";
}

static std::string seconds_text(double seconds) {
  std::string text;
  append_json_double(text, seconds);
  return text;
}

std::string timeout_text() {
  return "litellm.Timeout: APITimeoutError - Request timed out. Error_str: Request timed out.";
}

std::string timing_text(double allowed, double taken) {
  return " - timeout value=" + seconds_text(allowed) +
         ", time taken=" + seconds_text(std::round(taken * 100) / 100) + " seconds";
}

std::string deployment_text(std::optional<std::chrono::milliseconds> timeout) {
  const std::string allowed =
      timeout ? seconds_text(std::chrono::duration<double>(*timeout).count()) : "None";
  return "\n\nDeployment Info: request_timeout: None\ntimeout: " + allowed;
}

}  // namespace sluice::gateway
