#include "gateway/access_record.h"

#include <chrono>
#include <cmath>

#include "base/log.h"
#include "provider/catalog.h"

namespace sluice::gateway {

namespace {

constexpr std::size_t flush_at = 16 * 1024;
constexpr std::chrono::milliseconds flush_after{100};

std::int64_t microseconds(io::Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

LogLevel level_of(const AccessRecord& record) {
  if (!record.error || record.blame == Blame::client) return LogLevel::info;
  return record.blame == Blame::provider ? LogLevel::warn : LogLevel::error;
}

}  // namespace

std::string_view error_class_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_request: return "BadRequestError";
    case ErrorCode::context_window: return "ContextWindowExceededError";
    case ErrorCode::content_policy: return "ContentPolicyViolationError";
    case ErrorCode::unsupported_params: return "UnsupportedParamsError";
    case ErrorCode::authentication: return "AuthenticationError";
    case ErrorCode::permission_denied: return "PermissionDeniedError";
    case ErrorCode::not_found: return "NotFoundError";
    case ErrorCode::timeout: return "Timeout";
    case ErrorCode::unprocessable: return "UnprocessableEntityError";
    case ErrorCode::rate_limit: return "RateLimitError";
    case ErrorCode::internal: return "InternalServerError";
    case ErrorCode::connection: return "APIConnectionError";
    case ErrorCode::unavailable: return "ServiceUnavailableError";
    case ErrorCode::api_error: return "APIError";
    case ErrorCode::cancelled: return "Cancelled";
  }
  return "";
}

std::string_view cache_outcome_name(CacheOutcome outcome) {
  constexpr std::string_view names[] = {"", "off", "miss", "exact", "semantic", "stale"};
  return names[static_cast<std::size_t>(outcome)];
}

void AccessRecord::reset() {
  std::string kept_group = std::move(group), kept_model = std::move(model);
  *this = AccessRecord{};
  kept_group.clear();
  kept_model.clear();
  group = std::move(kept_group);  // their memory serves the next request
  model = std::move(kept_model);
}

AccessLog::AccessLog(io::Loop& loop) : loop_(loop), timer_(*this) {}
AccessLog::~AccessLog() { flush(); }

void AccessLog::flush() {
  write_log(lines_.text());
  lines_.clear();
}

void AccessLog::write(const AccessRecord& record) {
  if (lines_.empty()) loop_.arm(timer_, loop_.now() + flush_after);
  LogLine line(lines_, level_of(record), "request");
  line.field("endpoint", record.endpoint).field("status", std::int64_t{record.status});
  if (!record.group.empty()) line.field("group", record.group);
  if (record.deployment != nullptr)
    line.field("model", record.model).field("provider", record.deployment->spec->name);
  if (record.stream) line.field("stream", std::int64_t{1});
  if (record.cache != CacheOutcome::none) line.field("cache", cache_outcome_name(record.cache));
  line.field("attempts", std::int64_t{record.attempts});
  if (record.fallbacks > 0) line.field("fallbacks", std::int64_t{record.fallbacks});
  if (record.usage.known) {
    line.field("prompt_tokens", record.usage.prompt_tokens);
    line.field("completion_tokens", record.usage.completion_tokens);
    line.field("cost_nano_usd", static_cast<std::int64_t>(std::llround(record.cost * 1e9)));
  }
  if (record.first_byte)
    line.thousandths("ttfb_ms", microseconds(*record.first_byte - record.arrived));
  line.thousandths("upstream_ms", microseconds(record.upstream_time));
  line.thousandths("total_ms", microseconds(record.ended - record.arrived));
  if (record.error) line.field("error", error_class_name(*record.error));
  line.field("call_id", record.call_id);
  line.end();
  if (lines_.size() >= flush_at) flush();
}

}  // namespace sluice::gateway
