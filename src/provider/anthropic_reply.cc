// Anthropic's message -> OpenAI's chat.completion.
#include <algorithm>
#include <array>

#include "provider/anthropic.h"
#include "provider/text.h"

namespace sluice::provider::anthropic {
namespace {

using Text = std::string_view;

// The blocks of an answer, gathered by kind. Texts are the insides of JSON strings: joined, they
// are the inside of one again, without being unescaped.
struct Answer {
  std::string text, reasoning;
  std::string thinking_blocks, tool_calls, citations;  // the insides of arrays
  std::optional<std::string> json;                     // the input of the tool for JSON answers
};

void append_element(std::string& list, Text element) {
  if (!list.empty()) list += ',';
  list += element;
}

// The inside of the string field; empty when there is none.
Text inside_of(const JsonObject& object, Text key) {
  const auto value = object.find(key);
  if (!value || !value->is_string()) return {};
  return value->text.substr(1, value->text.size() - 2);
}

Text input_of(const JsonObject& tool_use) {
  const auto input = tool_use.find("input");
  return input ? input->text : Text{"{}"};
}

void add_tool_use(const JsonObject& block, Answer& answer) {
  if (block.string("name") == json_tool) {
    answer.json = input_of(block);
    return;
  }
  std::string function, call;
  ObjectWriter inner(function);
  inner.raw("name", concat({"\"", inside_of(block, "name"), "\""}));
  inner.text("arguments", input_of(block));
  inner.close();
  ObjectWriter outer(call);
  outer.raw("id", concat({"\"", inside_of(block, "id"), "\""}));
  outer.raw("type", R"("function")");
  outer.raw("function", function);
  outer.close();
  append_element(answer.tool_calls, call);
}

// Kinds of block that OpenAI's format has no place for (searches made by the provider) are left
// out.
void add_block(const JsonValue& value, Answer& answer) {
  const auto block = JsonObject::parse(value.text);
  if (!block) return;
  const auto type = block->string("type").value_or("");
  if (type == "text") answer.text += inside_of(*block, "text");
  if (type == "tool_use") add_tool_use(*block, answer);
  if (type == "thinking") answer.reasoning += inside_of(*block, "thinking");
  if (type == "thinking" || type == "redacted_thinking")
    append_element(answer.thinking_blocks, value.text);
  if (const auto citations = block->find("citations"); citations && citations->is_array())
    append_element(answer.citations, citations->text);
}

std::string message_of(const Answer& answer) {
  std::string out;
  ObjectWriter message(out);
  message.raw("role", R"("assistant")");
  if (answer.json)
    message.text("content", *answer.json);
  else
    message.raw("content", answer.text.empty() ? "null" : concat({"\"", answer.text, "\""}));
  if (!answer.thinking_blocks.empty()) {
    message.raw("reasoning_content", concat({"\"", answer.reasoning, "\""}));
    message.raw("thinking_blocks", concat({"[", answer.thinking_blocks, "]"}));
  }
  if (!answer.tool_calls.empty()) message.raw("tool_calls", concat({"[", answer.tool_calls, "]"}));
  if (!answer.citations.empty())
    message.raw("provider_specific_fields", concat({R"({"citations":[)", answer.citations, "]}"}));
  message.close();
  return out;
}

std::string choice_of(const Answer& answer, Text stop_reason) {
  // To the client the JSON answer is text, however it was made.
  const bool is_answered = answer.json && answer.tool_calls.empty() && stop_reason == "tool_use";
  std::string out;
  ObjectWriter choice(out);
  choice.number("index", 0);
  choice.raw("message", message_of(answer));
  choice.text("finish_reason", is_answered ? "stop" : finish_reason(stop_reason));
  choice.close();
  return out;
}

}  // namespace

std::string_view finish_reason(std::string_view stop_reason) {
  struct Mapping {
    Text from, to;
  };
  constexpr std::array reasons{
      Mapping{"max_tokens", "length"},
      Mapping{"model_context_window_exceeded", "length"},
      Mapping{"refusal", "content_filter"},
      Mapping{"tool_use", "tool_calls"},
  };
  const auto* found = std::ranges::find(reasons, stop_reason, &Mapping::from);
  return found != reasons.end() ? found->to : Text{"stop"};
}

void read_usage(const JsonObject& counts, Usage& usage) {
  // Anthropic's input_tokens leaves the cached ones out, OpenAI's prompt_tokens does not.
  auto plain = usage.prompt_tokens - usage.cached_tokens - usage.cache_write_tokens;
  if (counts.find("input_tokens")) plain = counts.count("input_tokens");
  if (counts.find("cache_read_input_tokens"))
    usage.cached_tokens = counts.count("cache_read_input_tokens");
  if (counts.find("cache_creation_input_tokens"))
    usage.cache_write_tokens = counts.count("cache_creation_input_tokens");
  if (counts.find("output_tokens")) usage.completion_tokens = counts.count("output_tokens");
  usage.prompt_tokens = plain + usage.cached_tokens + usage.cache_write_tokens;
  usage.total_tokens = usage.prompt_tokens + usage.completion_tokens;
  usage.known = true;
}

void append_usage(std::string& out, const Usage& usage) {
  ObjectWriter object(out);
  object.number("prompt_tokens", usage.prompt_tokens);
  object.number("completion_tokens", usage.completion_tokens);
  object.number("total_tokens", usage.total_tokens);
  object.raw("prompt_tokens_details",
             concat({R"({"cached_tokens":)", std::to_string(usage.cached_tokens), "}"}));
  object.number("cache_creation_input_tokens", usage.cache_write_tokens);
  object.number("cache_read_input_tokens", usage.cached_tokens);
  object.close();
}

Result<std::string> decode_reply(std::string_view body, const ReplyContext& context, Usage& usage) {
  const auto reply = JsonObject::parse(body);
  if (!reply) return fail(format_error("it is not a JSON object"));
  if (reply->find("error")) return fail(decode_late_error(body));
  const auto content = reply->find("content");
  if (!content || !content->is_array()) return fail(format_error("it has no content"));

  Answer answer;
  for (const auto& block : json_array(content->text)) add_block(block, answer);
  if (const auto counts = reply->object("usage")) read_usage(*counts, usage);
  std::string out;
  out.reserve(body.size() + 256);
  ObjectWriter object(out);
  object.text("id", reply->string("id").value_or(std::string(context.fallback_id)));
  object.raw("object", R"("chat.completion")");
  object.number("created", context.created);
  object.text("model", context.model.empty() ? reply->string("model").value_or("")
                                             : std::string(context.model));
  object.raw("choices",
             concat({"[", choice_of(answer, reply->string("stop_reason").value_or("")), "]"}));
  append_usage(object.key("usage"), usage);
  object.close();
  return out;
}

}  // namespace sluice::provider::anthropic
