#include "cache/text_answer.h"

#include <vector>

#include "base/json_scan.h"
#include "provider/object_writer.h"

namespace sluice::cache {

namespace {

using provider::ObjectWriter;

bool is_null(const JsonField* field) { return field == nullptr || field->type == JsonType::null; }

// Writes one choice's text under its other name. False: it has none.
using Turn = bool (*)(const JsonFields& choice, ObjectWriter& out);

bool turn_text(const JsonFields& choice, ObjectWriter& out) {
  const JsonField* text = choice.find("text");
  if (text == nullptr || (!is_null(text) && text->type != JsonType::string)) return false;
  ObjectWriter message(out.key("message"));
  message.text("role", "assistant");
  message.raw("content", is_null(text) ? "\"\"" : text->value);
  message.close();
  return true;
}

bool turn_message(const JsonFields& choice, ObjectWriter& out) {
  const JsonField* text = choice.find("text");
  if (text != nullptr) {
    out.raw("text", text->value);
    return true;
  }
  const JsonField* message = choice.find("message");
  JsonFields fields;
  if (message == nullptr || scan_json_object(message->value, fields)) return false;
  const JsonField* content = fields.find("content");
  if (!is_null(content) && content->type != JsonType::string) return false;
  out.raw("text", is_null(content) ? "\"\"" : content->value);
  if (choice.find("logprobs") == nullptr) out.raw("logprobs", "null");
  return true;
}

bool turn_choices(const JsonField& choices, Turn turn, std::string& out) {
  std::vector<std::string_view> list;
  if (scan_json_array(choices.value, list)) return false;
  out += '[';
  for (const std::string_view each : list) {
    JsonFields choice;
    if (scan_json_object(each, choice)) return false;
    if (out.back() != '[') out += ',';
    ObjectWriter object(out);
    for (const JsonField& field : choice) {
      const bool is_text = field.key == "text" || field.key == "message";
      if (!is_text && choice.counts(field)) object.raw(field.key, field.value);
    }
    if (!turn(choice, object)) return false;
    object.close();
  }
  out += ']';
  return true;
}

std::optional<std::string> turned(std::string_view body, std::string_view kind, Turn turn) {
  JsonFields fields;
  if (scan_json_object(body, fields) || fields.find("choices") == nullptr) return std::nullopt;
  std::string out;
  ObjectWriter answer(out);
  answer.text("object", kind);
  for (const JsonField& field : fields) {
    if (field.key == "object" || !fields.counts(field)) continue;
    if (field.key != "choices")
      answer.raw(field.key, field.value);
    else if (!turn_choices(field, turn, answer.key("choices")))
      return std::nullopt;
  }
  answer.close();
  return out;
}

}  // namespace

std::optional<std::string> text_as_chat(std::string_view body) {
  return turned(body, "chat.completion", turn_text);
}

std::optional<std::string> chat_as_text(std::string_view body) {
  // Nearly all are: those are only looked at.
  if (body.find("\"message\"") == std::string_view::npos) return std::string(body);
  return turned(body, "text_completion", turn_message);
}

}  // namespace sluice::cache
