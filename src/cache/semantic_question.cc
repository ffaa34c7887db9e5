#include "cache/semantic_question.h"

#include <vector>

#include "base/json_write.h"
#include "cache/canonical_key.h"

namespace sluice::cache {

namespace {

Failure not_semantic(const char* why) { return fail(client_error(why, "messages")); }

std::string_view string_value(const JsonFields& fields, std::string_view name) {
  const JsonField* field = fields.find(name);
  return field != nullptr && field->type == JsonType::string ? field->value : std::string_view();
}

bool is_absent(const JsonFields& fields, std::string_view name) {
  const JsonField* field = fields.find(name);
  return field == nullptr || field->type == JsonType::null;
}

// Appends `,` where something precedes, then `"key":value`.
void append_member(std::string& out, std::string_view key, std::string_view value) {
  if (out.back() != '{' && out.back() != '[') out += ",";
  append_json_string(out, key);
  out.append(":").append(value);
}

// The last message without its text. The parts of a list stay, so that an image counts.
class LastMessage {
 public:
  Status read(std::string_view message) {
    JsonFields fields;
    if (scan_json_object(message, fields)) return not_semantic("a message is no object");
    if (string_value(fields, "role") != "\"user\"")
      return not_semantic("the last message is not a user's");
    rest_ = "{";
    for (const JsonField& field : fields) {
      if (!fields.counts(field)) continue;
      if (field.key != "content") {
        append_member(rest_, field.key, field.value);
      } else if (const Status status = take_content(field); !status) {
        return status;
      }
    }
    rest_ += "}";
    if (text_.empty()) return not_semantic("the last message has no text");
    return Done{};
  }
  std::string& text() { return text_; }
  const std::string& rest() const { return rest_; }
  bool bare() const { return bare_; }  // nothing but role and text

 private:
  Status take_content(const JsonField& content) {
    if (content.type == JsonType::string) {
      text_ = json_unescape(content.value);
      append_member(rest_, "content", "\"\"");
      return Done{};
    }
    std::vector<std::string_view> parts;
    if (content.type != JsonType::array || scan_json_array(content.value, parts))
      return not_semantic("the last message has no text");
    std::string kept = "[";
    for (const std::string_view part : parts) {
      JsonFields fields;
      if (scan_json_object(part, fields)) return not_semantic("a content part is no object");
      if (string_value(fields, "type") == "\"text\"" && !string_value(fields, "text").empty()) {
        text_ += json_unescape(string_value(fields, "text"));
        continue;
      }
      if (kept.size() > 1) kept += ",";
      kept += part;
    }
    kept += "]";
    bare_ = kept == "[]";
    append_member(rest_, "content", bare_ ? "\"\"" : kept);
    return Done{};
  }

  std::string text_, rest_;
  bool bare_ = true;
};

// The body with the last message's text taken out.
std::string body_without_text(const JsonFields& fields,
                              const std::vector<std::string_view>& messages,
                              const std::string& last) {
  std::string list = "[";
  for (std::size_t i = 0; i + 1 < messages.size(); i++) list.append(messages[i]).append(",");
  list.append(last).append("]");
  std::string body = "{";
  for (const JsonField& field : fields) {
    if (!fields.counts(field)) continue;
    append_member(body, field.key, field.key == "messages" ? std::string_view(list) : field.value);
  }
  return body + "}";
}

// Nothing but instructions stands before the last message.
bool is_first_turn(const std::vector<std::string_view>& messages) {
  for (std::size_t i = 0; i + 1 < messages.size(); i++) {
    JsonFields fields;
    if (scan_json_object(messages[i], fields)) return false;
    const std::string_view role = string_value(fields, "role");
    if (role != "\"system\"" && role != "\"developer\"") return false;
  }
  return true;
}

bool asks_for_several(const JsonFields& fields) {
  const JsonField* n = fields.find("n");
  return n != nullptr && n->type != JsonType::null && n->value != "1";
}

bool shapes_the_answer(const JsonFields& fields) {
  for (const char* name : {"tools", "functions", "response_format", "tool_choice", "function_call",
                           "modalities", "audio", "stop", "logit_bias"})
    if (!is_absent(fields, name)) return true;
  return false;
}

// The only choice of a whole chat answer, or nothing.
std::optional<std::string_view> only_choice(std::string_view body) {
  JsonFields fields;
  std::vector<std::string_view> choices;
  if (scan_json_object(body, fields)) return std::nullopt;
  const JsonField* list = fields.find("choices");
  if (list == nullptr || list->type != JsonType::array || scan_json_array(list->value, choices))
    return std::nullopt;
  if (choices.size() != 1) return std::nullopt;
  return choices.front();
}

}  // namespace

Result<SemanticQuestion> read_question(const KeyInput& input, const CacheSettings& settings) {
  if (input.endpoint != provider::Endpoint::chat) return not_semantic("only chats are matched");
  const JsonFields& fields = *input.fields;
  if (asks_for_several(fields)) return not_semantic("it asks for several answers");
  const JsonField* messages = fields.find("messages");
  std::vector<std::string_view> list;
  if (messages == nullptr || messages->type != JsonType::array ||
      scan_json_array(messages->value, list) || list.empty())
    return not_semantic("it has no messages");
  LastMessage last;
  TRY([[maybe_unused]] const Done read, last.read(list.back()));

  const std::string rest = body_without_text(fields, list, last.rest());
  JsonFields rest_fields;
  if (scan_json_object(rest, rest_fields)) return not_semantic("its fields can't be read");
  KeyInput without_text = input;
  without_text.fields = &rest_fields;
  without_text.stream = false;
  return SemanticQuestion{.text = std::move(last.text()),
                          .scope = canonical_key(without_text, settings),
                          .plain = list.size() == 1 && last.bare() && !shapes_the_answer(fields),
                          .first_turn = is_first_turn(list)};
}

bool answers_by_itself(std::string_view body) {
  const auto choice = only_choice(body);
  JsonFields fields, message;
  if (!choice || scan_json_object(*choice, fields)) return false;
  if (string_value(fields, "finish_reason") != "\"stop\"") return false;
  const JsonField* said = fields.find("message");
  if (said == nullptr || said->type != JsonType::object || scan_json_object(said->value, message))
    return false;
  const std::string_view content = string_value(message, "content");
  return content.size() > 2 && is_absent(message, "tool_calls") &&
         is_absent(message, "function_call") && is_absent(message, "refusal");
}

std::string answer_text(std::string_view body) {
  const auto choice = only_choice(body);
  JsonFields fields, message;
  if (!choice || scan_json_object(*choice, fields)) return {};
  const JsonField* said = fields.find("message");
  if (said == nullptr || said->type != JsonType::object || scan_json_object(said->value, message))
    return {};
  const std::string_view content = string_value(message, "content");
  return content.empty() ? std::string() : json_unescape(content);
}

}  // namespace sluice::cache
