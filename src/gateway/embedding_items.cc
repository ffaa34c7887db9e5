#include "gateway/embedding_items.h"

#include <algorithm>

#include "base/json_write.h"
#include "provider/object_writer.h"

namespace sluice::gateway {

namespace {

using provider::ObjectWriter;

// Vectors are long, and the list that holds them was read strictly: that is not done again.
bool read_item(std::string_view item, JsonFields& fields) {
  if (skim_json_object(item, fields)) return false;
  const JsonField* embedding = fields.find("embedding");
  return embedding != nullptr &&
         (embedding->type == JsonType::array || embedding->type == JsonType::string);
}

// The input that an item belongs to. `untold`: of items without an index.
std::optional<std::size_t> place_of(const JsonFields& item, std::size_t count,
                                    std::size_t& untold) {
  const JsonField* index = item.find("index");
  if (index == nullptr || index->type == JsonType::null) return untold++;
  const auto number = json_number(index->value);
  if (index->type != JsonType::number || !number) return std::nullopt;
  if (*number < 0 || *number >= static_cast<double>(count)) return std::nullopt;
  const auto place = static_cast<std::size_t>(*number);
  if (static_cast<double>(place) != *number) return std::nullopt;
  return place;
}

// Puts each item into its place. False: not one for each.
bool sort_items(const std::vector<std::string_view>& list, std::vector<std::string>& items) {
  JsonFields fields;
  std::size_t untold = 0;
  for (const std::string_view item : list) {
    if (!read_item(item, fields)) return false;
    const auto place = place_of(fields, items.size(), untold);
    if (!place || !items[*place].empty()) return false;
    items[*place] = item;
  }
  return untold == 0 || untold == list.size();
}

// The fields that every answer to the same request has. False: they are no JSON.
bool read_rest(const JsonFields& reply, std::string& rest) {
  for (const JsonField& field : reply) {
    const bool ours = field.key == "data" || field.key == "object" || field.key == "usage";
    if (ours || !reply.counts(field)) continue;
    append_json_string(rest += ',', field.key);
    rest.append(":").append(field.value);
  }
  JsonFields fields;
  return rest.empty() || !scan_json_object("{" + rest.substr(1) + "}", fields);
}

void append_item(std::string& out, std::string_view item, std::size_t index) {
  JsonFields fields;
  ObjectWriter object(out);
  (void)read_item(item, fields);  // was looked at when the item was taken from its answer
  for (const JsonField& field : fields)
    if (field.key != "index" && fields.counts(field)) object.raw(field.key, field.value);
  object.number("index", static_cast<std::int64_t>(index));
  object.close();
}

}  // namespace

EmbeddingInput split_input(const JsonField& input) {
  EmbeddingInput split;
  if (input.type == JsonType::array && !scan_json_array(input.value, split.items)) {
    const auto are_all = [&](char first) {
      return std::ranges::all_of(split.items, [&](auto item) { return item.starts_with(first); });
    };
    split.list = !split.items.empty() && (are_all('"') || are_all('['));
  }
  if (!split.list) split.items.assign(1, input.value);
  return split;
}

std::string body_with_items(std::string_view body, const JsonField& input,
                            const std::vector<std::string_view>& items) {
  const auto at = static_cast<std::size_t>(input.value.data() - body.data());
  std::string made(body.substr(0, at));
  made += '[';
  for (std::size_t i = 0; i < items.size(); i++) made.append(i == 0 ? "" : ",").append(items[i]);
  made += ']';
  return made.append(body.substr(at + input.value.size()));
}

std::optional<EmbeddingReply> split_reply(std::string_view body, std::size_t count) {
  JsonFields fields;
  if (skim_json_object(body, fields)) return std::nullopt;
  const JsonField* data = fields.find("data");
  std::vector<std::string_view> list;
  if (data == nullptr || scan_json_array(data->value, list)) return std::nullopt;
  if (list.size() != count) return std::nullopt;
  EmbeddingReply reply{.items = std::vector<std::string>(count), .rest = {}};
  if (!sort_items(list, reply.items) || !read_rest(fields, reply.rest)) return std::nullopt;
  return reply;
}

std::string make_reply(const std::vector<std::string>& items, std::string_view rest,
                       std::int64_t tokens) {
  std::string out = R"({"object":"list","data":[)";
  for (std::size_t i = 0; i < items.size(); i++) {
    if (i > 0) out += ',';
    append_item(out, items[i], i);
  }
  out.append("]").append(rest).append(",\"usage\":");
  ObjectWriter usage(out);
  usage.number("prompt_tokens", tokens);
  usage.number("total_tokens", tokens);
  usage.close();
  return out + "}";
}

std::int64_t share_of_tokens(std::int64_t tokens, std::size_t count, std::size_t i) {
  const auto items = static_cast<std::int64_t>(count);
  return tokens / items + (static_cast<std::int64_t>(i) < tokens % items ? 1 : 0);
}

}  // namespace sluice::gateway
