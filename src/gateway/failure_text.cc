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
  if (error.message.starts_with("litellm.")) return;  // named already
  error.message =
      prefix(error.code) + std::string(provider_display) + "Exception - " + error.message;
  if (error.code == ErrorCode::rate_limit) error.type = "throttling_error";
}

void add_group(Error& error, std::string_view group, std::span<const std::string> fallbacks) {
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

std::string timeout_text(double allowed, double taken) {
  std::string text =
      "litellm.Timeout: APITimeoutError - Request timed out. Error_str: Request timed out. - "
      "timeout value=";
  append_json_double(text, allowed);
  text += ", time taken=";
  append_json_double(text, std::round(taken * 100) / 100);
  return text + " seconds";
}

}  // namespace sluice::gateway
