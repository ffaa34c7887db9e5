// The list of messages -> Anthropic's `system` and `messages`.
//
// Anthropic has two roles that alternate, so that neighbours of one role are merged: user, tool and
// function messages into one user turn, assistant messages into one assistant turn. System and
// developer messages leave the list, wherever they stand.
#include <algorithm>
#include <ranges>

#include "provider/anthropic.h"
#include "provider/text.h"

namespace sluice::provider::anthropic {
namespace {

using Text = std::string_view;

struct Message {
  JsonObject fields;
  std::string role;
};

bool is_system(const Message& message) {
  return message.role == "system" || message.role == "developer";
}

// The elements of a list that may be absent.
Result<std::vector<JsonValue>> optional_list(const JsonObject& message, Text key,
                                             const Place& place) {
  const auto list = message.find(key);
  if (list && !list->is_array()) return fail(place.error("must be a list"));
  return message.array(key);
}

class Encoder {
 public:
  Status add(const Message& message, const Place& place, TextRule assistant_rule);
  Conversation finish() &&;

 private:
  enum class Turn { none, user, assistant };

  void add_block(Turn turn, Text block);
  Status add_content(Turn turn, const JsonObject& message, const Place& place, TextRule rule);
  Status add_system(const JsonObject& message, const Place& place);
  Status add_assistant(const JsonObject& message, const Place& place, TextRule rule);
  Status add_thinking(const JsonObject& message, const Place& place);
  Status add_tool_calls(const JsonObject& message, const Place& place);
  Status add_call(const JsonObject& call, Text id, Text cache_control, const Place& place);
  Status add_result(const Message& message, const Place& place);
  std::string function_call_id() const;

  std::string system_, messages_;
  Turn turn_ = Turn::none;
  int function_calls_ = 0;  // calls of the deprecated kind, which has no ids of its own
};

// Opens that turn if it is not open.
void Encoder::add_block(Turn turn, Text block) {
  if (turn == turn_) {
    messages_ += ',';
  } else {
    if (turn_ != Turn::none) messages_ += "]},";
    messages_ +=
        turn == Turn::user ? R"({"role":"user","content":[)" : R"({"role":"assistant","content":[)";
    turn_ = turn;
  }
  messages_ += block;
}

std::string Encoder::function_call_id() const {
  return concat({"function_call_", std::to_string(function_calls_)});
}

Status Encoder::add(const Message& message, const Place& place, TextRule assistant_rule) {
  if (is_system(message)) return add_system(message.fields, place);
  if (message.role == "user") return add_content(Turn::user, message.fields, place, TextRule::keep);
  if (message.role == "assistant") return add_assistant(message.fields, place, assistant_rule);
  if (message.role == "tool" || message.role == "function") return add_result(message, place);
  return fail(
      place.at(".role").error("must be system, developer, user, assistant, tool or function"));
}

Status Encoder::add_content(Turn turn, const JsonObject& message, const Place& place,
                            TextRule rule) {
  TRY(const auto blocks, content_blocks(message, place, rule));
  for (const auto& block : blocks) add_block(turn, block);
  return Done{};
}

Status Encoder::add_system(const JsonObject& message, const Place& place) {
  TRY(const auto blocks, content_blocks(message, place, TextRule::drop_empty));
  for (const auto& block : blocks) system_ += concat({system_.empty() ? "" : ",", block});
  return Done{};
}

// Thinking comes first, or Anthropic refuses the turn.
Status Encoder::add_assistant(const JsonObject& message, const Place& place, TextRule rule) {
  if (auto status = add_thinking(message, place); !status) return status;
  if (message.find("content"))
    if (auto status = add_content(Turn::assistant, message, place, rule); !status) return status;
  if (auto status = add_tool_calls(message, place); !status) return status;
  if (!message.find("function_call")) return Done{};
  const auto here = place.at(".function_call");
  const auto call = message.object("function_call");
  if (!call) return fail(here.error("must be an object"));
  function_calls_++;
  return add_call(*call, function_call_id(), {}, here);
}

Status Encoder::add_thinking(const JsonObject& message, const Place& place) {
  const auto here = place.at(".thinking_blocks");
  TRY(const auto blocks, optional_list(message, "thinking_blocks", here));
  std::size_t index = 0;
  for (const auto& block : blocks) {
    if (!block.is_object()) return fail(here.element(index).error("must be an object"));
    add_block(Turn::assistant, block.text);
    index++;
  }
  return Done{};
}

Status Encoder::add_tool_calls(const JsonObject& message, const Place& place) {
  const auto list = place.at(".tool_calls");
  TRY(const auto calls, optional_list(message, "tool_calls", list));
  std::size_t index = 0;
  for (const auto& element : calls) {
    const auto here = list.element(index++);
    const auto call = JsonObject::parse(element.text);
    const auto function = call ? call->object("function") : std::nullopt;
    if (!function) return fail(here.at(".function").error("must be an object"));
    const auto id = call->string("id");
    if (!id) return fail(here.at(".id").error("must be a string"));
    const auto control = call->object("cache_control");
    const Text control_text = control ? call->find("cache_control")->text : Text{};
    if (auto status = add_call(*function, tool_id(*id), control_text, here.at(".function"));
        !status)
      return status;
  }
  return Done{};
}

// The arguments of a call: a JSON text inside of a string, "" for none.
Result<std::string> call_input(const JsonObject& function, const Place& place) {
  const auto arguments = function.find("arguments");
  if (!arguments) return "{}";
  auto text =
      arguments->is_string() ? json_unescape(arguments->text) : std::string(arguments->text);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return "{}";
  if (!JsonObject::parse(text))
    return fail(place.at(".arguments").error("must be the text of one JSON object"));
  return text;
}

Status Encoder::add_call(const JsonObject& call, Text id, Text cache_control, const Place& place) {
  const auto name = call.find("name");
  if (!name || !name->is_string()) return fail(place.at(".name").error("must be a string"));
  TRY(const auto input, call_input(call, place));
  std::string out;
  ObjectWriter block(out);
  block.raw("type", R"("tool_use")");
  block.text("id", id);
  block.raw("name", name->text);
  block.raw("input", input);
  if (!cache_control.empty()) block.raw("cache_control", cache_control);
  block.close();
  add_block(Turn::assistant, out);
  return Done{};
}

Status Encoder::add_result(const Message& message, const Place& place) {
  const auto& fields = message.fields;
  const auto given = fields.string("tool_call_id");
  if (!given && message.role == "tool")
    return fail(place.at(".tool_call_id").error("must be a string"));
  std::string out;
  ObjectWriter block(out);
  block.raw("type", R"("tool_result")");
  block.text("tool_use_id", given ? tool_id(*given) : function_call_id());
  const auto content = fields.find("content");
  if (content && !content->is_string()) {
    TRY(const auto blocks, content_blocks(fields, place, TextRule::drop_empty));
    auto& list = block.key("content") += '[';
    for (const auto& part : blocks) list += concat({list.ends_with('[') ? "" : ",", part});
    list += ']';
  } else {
    block.raw("content", content ? content->text : R"("")");
  }
  const auto control = fields.find("cache_control");
  if (control && control->is_object()) block.raw("cache_control", control->text);
  block.close();
  add_block(Turn::user, out);
  return Done{};
}

Conversation Encoder::finish() && {
  if (turn_ != Turn::none) messages_ += "]}";
  const auto as_array = [](Text inside) { return concat({"[", inside, "]"}); };
  return {system_.empty() ? "" : as_array(system_), as_array(messages_)};
}

Result<std::vector<Message>> parse_messages(const JsonValue& list) {
  std::vector<Message> messages;
  for (const auto& element : json_array(list.text)) {
    const Place place{messages.size()};
    auto fields = JsonObject::parse(element.text);
    if (!fields) return fail(place.error("must be an object"));
    auto role = fields->string("role");
    if (!role) return fail(place.at(".role").error("must be a string"));
    messages.push_back({std::move(*fields), std::move(*role)});
  }
  return messages;
}

// Where the final assistant turn begins; past the end when another role has the last word.
std::size_t final_turn(const std::vector<Message>& messages) {
  const auto ends = [](const Message& message) {
    return message.role == "assistant" || is_system(message);
  };
  const auto last = std::ranges::find_if_not(messages | std::views::reverse, ends);
  return static_cast<std::size_t>(last.base() - messages.begin());
}

}  // namespace

Result<Conversation> encode_messages(const JsonValue& list) {
  TRY(const auto messages, parse_messages(list));
  const auto last_turn = final_turn(messages);
  Encoder encoder;
  for (std::size_t i = 0; i < messages.size(); i++) {
    const auto rule = i < last_turn ? TextRule::drop_empty : TextRule::trim_end;
    if (auto status = encoder.add(messages[i], Place{i}, rule); !status)
      return fail(std::move(status).error());
  }
  auto conversation = std::move(encoder).finish();
  if (conversation.messages == "[]")
    return fail(field_error("messages", "Anthropic needs at least one message of the user"));
  return conversation;
}

}  // namespace sluice::provider::anthropic
