// Sluice's own format. All numbers are little-endian.
//
//   "SLC1" flags:u32 stored_at:f64 expires_at:f64 usage:6×i64 sizes:4×u32 body_size:u64
//   group provider model model_id body
//
// flags: 1 expires_at is set, 2 from_stream, 4 the usage is known. The sizes are those of the four
// names, and everything ends with the body, so an entry that was cut does not pass.
#include "cache/entry.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/json_scan.h"
#include "base/json_write.h"
#include "cache/python_literal.h"
#include "cache/text_answer.h"

namespace sluice::cache {
namespace {

using provider::Endpoint;

static_assert(std::endian::native == std::endian::little);

struct Header {
  char magic[4] = {'S', 'L', 'C', '1'};
  std::uint32_t flags = 0;
  double stored_at = 0, expires_at = 0;
  std::int64_t usage[6] = {};
  std::uint32_t names[4] = {};
  std::uint64_t body = 0;
};
static_assert(sizeof(Header) == 96 && std::is_trivially_copyable_v<Header>);

constexpr std::uint32_t has_expiry = 1, is_from_stream = 2, has_usage = 4, all_flags = 7;
constexpr std::size_t longest_name = 0xffff'ffff;

// `text` as the JSON of an object; `made` holds it where it was something else.
std::optional<std::string_view> object_text(std::string_view text, std::string& made,
                                            JsonFields& fields) {
  if (!scan_json_object(text, fields)) return text;
  auto json = python_literal_to_json(text);
  if (!json) return std::nullopt;
  made = std::move(*json);
  if (scan_json_object(made, fields)) return std::nullopt;
  return made;
}

bool is_answer(Endpoint endpoint, const JsonFields& fields) {
  const auto type = [&](std::string_view name) {
    const JsonField* field = fields.find(name);
    return field == nullptr ? JsonType::null : field->type;
  };
  if (endpoint != Endpoint::embeddings) return type("choices") == JsonType::array;
  return type("embedding") == JsonType::array || type("embedding") == JsonType::string;
}

std::optional<std::string> answer_in(Endpoint endpoint, const JsonField& response) {
  if (response.type != JsonType::string && response.type != JsonType::object) return std::nullopt;
  std::string body = response.type == JsonType::string ? json_unescape(response.value)
                                                       : std::string(response.value);
  std::string made;
  JsonFields fields;
  if (!object_text(body, made, fields) || !is_answer(endpoint, fields)) return std::nullopt;
  std::string& answer = made.empty() ? body : made;
  if (endpoint == Endpoint::completions) return chat_as_text(answer);
  return std::move(answer);
}

}  // namespace

std::string encode_litellm(Endpoint endpoint, std::string_view body, double stored_at) {
  std::string out = "{\"timestamp\": ";
  out.reserve(body.size() + body.size() / 4 + 64);
  append_json_double(out, stored_at);
  out += ", \"response\": ";
  if (endpoint == Endpoint::embeddings)
    out += body;
  else
    append_ascii_json_string(out, body);
  return out += "}";
}

std::string encode_litellm(Endpoint endpoint, const Entry& entry) {
  const bool as_chat = endpoint == Endpoint::completions && entry.from_stream;
  const auto chat = as_chat ? text_as_chat(entry.body) : std::nullopt;
  return encode_litellm(endpoint, chat ? *chat : entry.body, entry.stored_at);
}

std::optional<LiteLlmAnswer> decode_litellm(Endpoint endpoint, std::string_view bytes) {
  std::string made;
  JsonFields fields;
  if (!object_text(bytes, made, fields)) return std::nullopt;
  const JsonField* timestamp = fields.find("timestamp");
  const JsonField* response = fields.find("response");
  if (timestamp == nullptr || response == nullptr || timestamp->type != JsonType::number)
    return std::nullopt;
  const auto stored_at = json_number(timestamp->value);
  auto body = answer_in(endpoint, *response);
  if (!stored_at || !body) return std::nullopt;
  return LiteLlmAnswer{std::move(*body), *stored_at};
}

std::string encode_entry(const Entry& entry) {
  const std::string_view names[] = {entry.group, entry.provider, entry.model, entry.model_id};
  const Usage& usage = entry.usage;
  Header header{.stored_at = entry.stored_at,
                .expires_at = entry.expires_at.value_or(0),
                .usage = {usage.prompt_tokens, usage.completion_tokens, usage.total_tokens,
                          usage.cached_tokens, usage.cache_write_tokens, usage.reasoning_tokens},
                .body = entry.body.size()};
  header.flags = (entry.expires_at ? has_expiry : 0) | (entry.from_stream ? is_from_stream : 0) |
                 (usage.known ? has_usage : 0);
  std::string out;
  out.reserve(sizeof header + entry.body.size() + 256);
  out.resize(sizeof header);
  for (std::size_t i = 0; i < std::size(names); i++) {
    const std::string_view name = names[i].substr(0, longest_name);
    header.names[i] = static_cast<std::uint32_t>(name.size());
    out += name;
  }
  std::memcpy(out.data(), &header, sizeof header);
  return out += entry.body;
}

std::optional<Entry> decode_entry(std::string_view bytes) {
  Header header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes.remove_prefix(sizeof header);
  if (std::string_view(header.magic, sizeof header.magic) != "SLC1" || header.flags > all_flags)
    return std::nullopt;
  Entry entry{.stored_at = header.stored_at, .from_stream = (header.flags & is_from_stream) != 0};
  if ((header.flags & has_expiry) != 0) entry.expires_at = header.expires_at;
  const auto& counts = header.usage;
  entry.usage = {counts[0],
                 counts[1],
                 counts[2],
                 counts[3],
                 counts[4],
                 counts[5],
                 (header.flags & has_usage) != 0};
  std::string_view* const names[] = {&entry.group, &entry.provider, &entry.model, &entry.model_id};
  for (std::size_t i = 0; i < std::size(names); i++) {
    if (header.names[i] > bytes.size()) return std::nullopt;
    *names[i] = bytes.substr(0, header.names[i]);
    bytes.remove_prefix(header.names[i]);
  }
  if (header.body != bytes.size()) return std::nullopt;
  entry.body = bytes;
  return entry;
}

}  // namespace sluice::cache
