#include "gateway/reply_facts.h"

#include <charconv>

namespace sluice::gateway {

namespace {

std::int64_t count(const JsonFields& fields, std::string_view name) {
  const JsonField* field = fields.find(name);
  if (field == nullptr || field->type != JsonType::number) return 0;
  std::int64_t whole = 0;
  const auto read = std::from_chars(field->value.begin(), field->value.end(), whole);
  const bool is_whole = read.ec == std::errc() && read.ptr == field->value.end();
  const double value =
      is_whole ? static_cast<double>(whole) : json_number(field->value).value_or(0);
  return value > 0 && value < 1e15 ? static_cast<std::int64_t>(value) : 0;
}

std::int64_t detail(const JsonFields& fields, std::string_view object, std::string_view name) {
  const JsonField* field = fields.find(object);
  thread_local JsonFields details;  // of every reply: its memory is kept
  if (field == nullptr || field->type != JsonType::object) return 0;
  if (skim_json_object(field->value, details)) return 0;
  return count(details, name);
}

}  // namespace

Usage read_usage(std::string_view usage_json) {
  thread_local JsonFields fields;
  if (skim_json_object(usage_json, fields)) return {};
  Usage usage;
  usage.known = true;
  usage.prompt_tokens = count(fields, "prompt_tokens");
  usage.completion_tokens = count(fields, "completion_tokens");
  usage.total_tokens = count(fields, "total_tokens");
  if (usage.total_tokens == 0) usage.total_tokens = usage.prompt_tokens + usage.completion_tokens;
  usage.cached_tokens = detail(fields, "prompt_tokens_details", "cached_tokens");
  usage.cache_write_tokens = count(fields, "cache_creation_input_tokens");
  usage.reasoning_tokens = detail(fields, "completion_tokens_details", "reasoning_tokens");
  return usage;
}

Result<ReplyFacts> read_reply(std::string_view body, std::string_view content_type) {
  thread_local JsonFields fields;
  if (const auto fault = skim_json_object(body, fields)) {
    return fail(connection_error("Connection error: the provider's answer (content-type: " +
                                 std::string(content_type.substr(0, 100)) + ") is not JSON: " +
                                 fault->what + " at byte " + std::to_string(fault->offset) + "."));
  }
  ReplyFacts facts;
  if (const JsonField* usage = fields.find("usage");
      usage != nullptr && usage->type == JsonType::object)
    facts.usage = read_usage(usage->value);
  if (const JsonField* error = fields.find("error");
      error != nullptr && error->type != JsonType::null)
    facts.error = error->value;
  return facts;
}

}  // namespace sluice::gateway
