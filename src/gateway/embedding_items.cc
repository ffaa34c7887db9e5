#include "gateway/embedding_items.h"

#include <algorithm>

#include "base/json_write.h"

namespace sluice::gateway {

namespace {

// The item's object without its index.
bool append_without_index(std::string& out, std::string_view item) {
  JsonFields fields;
  if (scan_json_object(item, fields) || fields.find("embedding") == nullptr) return false;
  for (const JsonField& field : fields) {
    if (field.key == "index" || !fields.counts(field)) continue;
    append_json_string(out, field.key);
    out.append(":").append(field.value).append(",");
  }
  return true;
}

std::optional<std::size_t> index_of(std::string_view item) {
  JsonFields fields;
  if (scan_json_object(item, fields)) return std::nullopt;
  const JsonField* index = fields.find("index");
  const auto number = index == nullptr ? std::nullopt : json_number(index->value);
  if (!number || *number < 0 || *number > 1e9) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

}  // namespace

EmbeddingInput split_input(const JsonField& input) {
  EmbeddingInput split;
  if (input.type == JsonType::array && !scan_json_array(input.value, split.items)) {
    const auto is_item = [](std::string_view each) {
      return each.starts_with('"') || each.starts_with('[');
    };
    split.list = std::ranges::all_of(split.items, is_item);
  }
  if (!split.list) split.items.assign(1, input.value);
  return split;
}

std::string body_with_items(std::string_view body, const JsonField& input,
                            const std::vector<std::string_view>& items) {
  const auto value_at = static_cast<std::size_t>(input.value.data() - body.data());
  std::string made(body.substr(0, value_at));
  made += "[";
  for (std::size_t i = 0; i < items.size(); i++) made.append(i == 0 ? "" : ",").append(items[i]);
  made += "]";
  return made.append(body.substr(value_at + input.value.size()));
}

std::optional<EmbeddingReply> split_reply(std::string_view body, std::size_t count) {
  JsonFields fields;
  std::vector<std::string_view> items;
  if (scan_json_object(body, fields)) return std::nullopt;
  const JsonField* data = fields.find("data");
  if (data == nullptr || data->type != JsonType::array || scan_json_array(data->value, items))
    return std::nullopt;
  if (items.size() != count) return std::nullopt;
  EmbeddingReply reply{.items = std::vector<std::string>(count), .rest = {}};
  for (const std::string_view item : items) {
    const auto index = index_of(item);
    if (!index || *index >= count || !reply.items[*index].empty()) return std::nullopt;
    std::string probe;
    if (!append_without_index(probe, item)) return std::nullopt;
    reply.items[*index] = item;
  }
  for (const JsonField& field : fields) {
    if (!fields.counts(field) || field.key == "data" || field.key == "object" ||
        field.key == "usage")
      continue;
    reply.rest += ",";
    append_json_string(reply.rest, field.key);
    reply.rest.append(":").append(field.value);
  }
  return reply;
}

std::string make_reply(const std::vector<std::string>& items, std::string_view rest,
                       std::int64_t tokens) {
  std::string out = R"({"object":"list","data":[)";
  for (std::size_t i = 0; i < items.size(); i++) {
    out += i == 0 ? "{" : ",{";
    (void)append_without_index(out, items[i]);  // it was looked at when it was taken apart
    out.append("\"index\":").append(std::to_string(i)).append("}");
  }
  const std::string count = std::to_string(tokens);
  out.append("]").append(rest).append(",\"usage\":{\"prompt_tokens\":").append(count);
  return out.append(",\"total_tokens\":").append(count).append("}}");
}

}  // namespace sluice::gateway
