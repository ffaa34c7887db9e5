// `tools`, `tool_choice`, `parallel_tool_calls` and `response_format` -> Anthropic's `tools` and
// `tool_choice`.
#include <algorithm>

#include "provider/anthropic.h"
#include "provider/text.h"

namespace sluice::provider::anthropic {
namespace {

using Text = std::string_view;

constexpr Text no_tools = R"("type":"none")";

Error tool_error(std::size_t index, Text field, Text what) {
  return field_error(concat({"tools[", std::to_string(index), "]", field}), what);
}

// Anthropic wants every schema to say that it is an object's.
std::string object_schema(const std::optional<JsonObject>& schema, Text text) {
  if (!schema) return R"({"type":"object","properties":{}})";
  if (schema->find("type")) return std::string(text);
  const auto inside = text.substr(1);
  return concat({R"({"type":"object")", schema->fields().size() == 0 ? "" : ",", inside});
}

// cache_control stands beside the function, or within it.
void append_cache_control(ObjectWriter& out, const JsonObject& tool, const JsonObject& function) {
  for (const auto* holder : {&tool, &function}) {
    const auto control = holder->find("cache_control");
    if (!control || !control->is_object()) continue;
    return out.raw("cache_control", control->text);
  }
}

// {"type": "function", "function": {"name", "description", "parameters"}}
Result<std::string> function_tool(const JsonObject& tool, const JsonObject& function,
                                  std::size_t index) {
  const auto name = function.find("name");
  if (!name || !name->is_string())
    return fail(tool_error(index, ".function.name", "must be a string"));
  const auto parameters = function.find("parameters");
  if (parameters && !parameters->is_object())
    return fail(tool_error(index, ".function.parameters", "must be a JSON schema object"));
  std::string out;
  ObjectWriter object(out);
  object.raw("name", name->text);
  object.raw("input_schema",
             object_schema(function.object("parameters"), parameters ? parameters->text : Text{}));
  const auto description = function.find("description");
  if (description) object.raw("description", description->text);
  append_cache_control(object, tool, function);
  object.close();
  return out;
}

// Anthropic's own tools written in OpenAI's way, as LiteLLM takes them: the settings of
// "computer_20241022" are the function's parameters; "bash_…" and "text_editor_…" have none.
Result<std::string> hosted_tool(Text type, const JsonObject& tool, const JsonObject& function,
                                std::size_t index) {
  const auto name = function.find("name");
  if (name ? !name->is_string() : !type.starts_with("computer_"))
    return fail(tool_error(index, ".function.name", "must be a string"));
  std::string out;
  ObjectWriter object(out);
  object.text("type", type);
  object.raw("name", name ? name->text : R"("computer")");
  const auto parameters = function.object("parameters");
  if (parameters)
    for (const auto& field : parameters->fields())
      if (field.key.starts_with("display_")) object.raw(field.key, field.value);
  append_cache_control(object, tool, function);
  object.close();
  return out;
}

Result<std::string> encode_tool(const JsonValue& value, std::size_t index) {
  const auto tool = JsonObject::parse(value.text);
  if (!tool) return fail(tool_error(index, "", "must be an object"));
  const auto function = tool->object("function");
  if (!function) {
    // Anthropic's own form: a name, and a schema or the type of a tool that it hosts.
    if (tool->find("name")) return std::string(value.text);
    return fail(tool_error(index, ".function", "must be an object"));
  }
  const auto type = tool->string("type").value_or("function");
  if (type == "function" || type == "custom") return function_tool(*tool, *function, index);
  const bool hosted = type.starts_with("computer_") || type.starts_with("bash_") ||
                      type.starts_with("text_editor_");
  if (hosted) return hosted_tool(type, *tool, *function, index);
  return fail(tool_error(index, ".type", concat({"Anthropic has no tools of type '", type, "'"})));
}

// The tool whose forced call is the JSON answer; nullopt when text was asked for.
Result<std::optional<std::string>> json_tool_for(const JsonObject& body) {
  const auto value = body.find("response_format");
  if (!value) return std::nullopt;
  const auto format = body.object("response_format");
  const auto type = format ? format->string("type") : std::nullopt;
  if (!type) return fail(field_error("response_format.type", "must be a string"));
  if (*type == "text") return std::nullopt;
  auto schema_owner = format->object("json_schema");
  auto schema = schema_owner ? schema_owner->find("schema") : format->find("response_schema");
  if (*type == "json_schema" && (!schema || !schema->is_object()))
    return fail(field_error("response_format.json_schema.schema", "must be an object"));
  const bool has_schema = schema && schema->is_object();
  std::string out;
  ObjectWriter object(out);
  object.text("name", json_tool);
  object.raw("input_schema",
             has_schema ? object_schema(JsonObject::parse(schema->text), schema->text)
                        : R"({"type":"object","additionalProperties":true,"properties":{}})");
  object.close();
  return out;
}

// The inside of `tool_choice`; "" when there is none.
Result<std::string> encode_choice(const JsonObject& body) {
  const auto choice = body.find("tool_choice");
  if (!choice) return "";
  if (choice->text == R"("auto")") return R"("type":"auto")";
  if (choice->text == R"("required")") return R"("type":"any")";
  if (choice->text == R"("none")") return std::string(no_tools);
  const auto object = body.object("tool_choice");
  if (!object)
    return fail(field_error("tool_choice", R"(must be "auto", "required", "none" or an object)"));
  const auto function = object->object("function");
  if (!function && object->find("type"))  // Anthropic's own form
    return std::string(choice->text.substr(1, choice->text.size() - 2));
  const auto name = function ? function->find("name") : std::nullopt;
  if (!name || !name->is_string())
    return fail(field_error("tool_choice.function.name", "must be a string"));
  return concat({R"("type":"tool","name":)", name->text});
}

// With Anthropic it belongs to the choice, and says the opposite.
Result<std::string> with_parallel(const JsonObject& body, std::string choice) {
  const auto parallel = body.find("parallel_tool_calls");
  if (!parallel) return choice;
  if (parallel->type != JsonType::boolean)
    return fail(field_error("parallel_tool_calls", "must be true or false"));
  if (choice == no_tools) return choice;
  if (choice.empty()) choice = R"("type":"auto")";
  return concat(
      {choice, R"(,"disable_parallel_tool_use":)", parallel->is_true() ? "false" : "true"});
}

}  // namespace

Status encode_tools(const JsonObject& body, bool is_thinking, ObjectWriter& out) {
  const auto tools = body.find("tools");
  if (tools && !tools->is_array()) return fail(field_error("tools", "must be a list"));
  std::string list;
  std::size_t index = 0;
  for (const auto& tool : body.array("tools")) {
    TRY(const auto encoded, encode_tool(tool, index++));
    list += concat({list.empty() ? "" : ",", encoded});
  }
  TRY(auto choice, encode_choice(body));
  TRY(choice, with_parallel(body, std::move(choice)));
  TRY(const auto json, json_tool_for(body));
  if (json) {
    list += concat({list.empty() ? "" : ",", *json});
    // Tools that the client lets the model choose from stay in the game; a call cannot be forced
    // while the model thinks.
    const bool is_free = !body.find("tool_choice") || choice == no_tools;
    if (is_free && !is_thinking) choice = concat({R"("type":"tool","name":")", json_tool, "\""});
  }
  if (list.empty()) return Done{};  // a choice without tools is refused
  out.raw("tools", concat({"[", list, "]"}));
  if (!choice.empty()) out.raw("tool_choice", concat({"{", choice, "}"}));
  return Done{};
}

std::string tool_id(std::string_view id) {
  std::string out(id);
  for (char& c : out) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!allowed) c = '_';
  }
  return out;
}

}  // namespace sluice::provider::anthropic
