#include "gateway/reply_facts.h"

#include <charconv>

namespace sluice::gateway {

namespace {

// A count of tokens; 0 for what is none.
std::int64_t count(const JsonField& field) {
  if (field.type != JsonType::number) return 0;
  constexpr std::int64_t most = 1'000'000'000'000'000;
  std::int64_t whole = 0;
  const auto read = std::from_chars(field.value.begin(), field.value.end(), whole);
  if (read.ec != std::errc() || read.ptr != field.value.end()) {
    const double value = json_number(field.value).value_or(0);
    whole = value > 0 && value < static_cast<double>(most) ? static_cast<std::int64_t>(value) : 0;
  }
  return whole > 0 && whole < most ? whole : 0;
}

std::int64_t detail(const JsonField& object, std::string_view name) {
  thread_local JsonFields details;  // of every reply: its memory is kept
  if (object.type != JsonType::object || skim_json_object(object.value, details)) return 0;
  const JsonField* field = details.find(name);
  return field != nullptr ? count(*field) : 0;
}

// Of several fields with one name the last counts, so each may overwrite what was read before.
void read_usage_field(const JsonField& field, Usage& usage) {
  if (field.key == "prompt_tokens")
    usage.prompt_tokens = count(field);
  else if (field.key == "completion_tokens")
    usage.completion_tokens = count(field);
  else if (field.key == "total_tokens")
    usage.total_tokens = count(field);
  else if (field.key == "prompt_tokens_details")
    usage.cached_tokens = detail(field, "cached_tokens");
  else if (field.key == "cache_creation_input_tokens")
    usage.cache_write_tokens = count(field);
  else if (field.key == "completion_tokens_details")
    usage.reasoning_tokens = detail(field, "reasoning_tokens");
}

}  // namespace

Usage read_usage(std::string_view usage_json) {
  thread_local JsonFields fields;
  if (skim_json_object(usage_json, fields)) return {};
  Usage usage;
  usage.known = true;
  for (const JsonField& field : fields) read_usage_field(field, usage);
  if (usage.total_tokens == 0) usage.total_tokens = usage.prompt_tokens + usage.completion_tokens;
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
