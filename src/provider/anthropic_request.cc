// OpenAI's chat body -> Anthropic's. Fields that neither side knows are passed on as they are.
#include <algorithm>
#include <array>

#include "provider/anthropic.h"
#include "provider/text.h"

namespace sluice::provider::anthropic {
namespace {

using Text = std::string_view;

// Anthropic demands a limit; LiteLLM's, and Sluice's, when the client names none.
constexpr std::int64_t default_max_tokens = 4096;

// Fields of OpenAI that become something else, or mean nothing to Anthropic: `stream_options`,
// because its streams always tell the usage, and `n`, because only 1 gets this far.
constexpr std::array translated{
    Text{"max_completion_tokens"},
    Text{"max_tokens"},
    Text{"messages"},
    Text{"model"},
    Text{"n"},
    Text{"parallel_tool_calls"},
    Text{"reasoning_effort"},
    Text{"response_format"},
    Text{"stop"},
    Text{"stream_options"},
    Text{"thinking"},
    Text{"tool_choice"},
    Text{"tools"},
    Text{"user"},
};

// The tokens that LiteLLM allows for each effort.
std::int64_t thinking_budget(Text effort) {
  if (effort == "low") return 1024;
  if (effort == "medium") return 2048;
  if (effort == "high") return 4096;
  return 0;
}

struct Thinking {
  std::string json;  // "" = not mentioned
  bool is_enabled = false;
  std::int64_t budget = 0;
};

Result<Thinking> read_thinking(const JsonObject& body) {
  if (const auto thinking = body.find("thinking")) {
    const auto object = body.object("thinking");
    if (!object) return fail(field_error("thinking", "must be an object"));
    const bool is_enabled = object->string("type") == "enabled";
    const auto budget = is_enabled ? object->count("budget_tokens") : 0;
    return Thinking{std::string(thinking->text), is_enabled, budget};
  }
  const auto value = body.find("reasoning_effort");
  if (!value) return Thinking{};
  const auto effort = body.string("reasoning_effort").value_or("");
  if (effort == "none") return Thinking{};
  const auto budget = thinking_budget(effort);
  if (budget == 0)
    return fail(field_error("reasoning_effort", R"(must be "none", "low", "medium" or "high")"));
  return Thinking{concat({R"({"type":"enabled","budget_tokens":)", std::to_string(budget), "}"}),
                  true, budget};
}

// The budget for thinking counts towards the limit, so it comes on top of the default.
std::string max_tokens(const JsonObject& body, const Thinking& thinking) {
  for (const Text key : {"max_completion_tokens", "max_tokens"})
    if (const auto value = body.find(key)) return std::string(value->text);
  return std::to_string(default_max_tokens + thinking.budget);
}

Status encode_stop(const JsonObject& body, ObjectWriter& out) {
  const auto stop = body.find("stop");
  if (!stop) return Done{};
  if (!stop->is_string() && !stop->is_array())
    return fail(field_error("stop", "must be a string or a list of strings"));
  out.raw("stop_sequences",
          stop->is_array() ? std::string(stop->text) : concat({"[", stop->text, "]"}));
  return Done{};
}

Status encode_user(const JsonObject& body, ObjectWriter& out) {
  const auto user = body.find("user");
  if (!user) return Done{};
  if (!user->is_string()) return fail(field_error("user", "must be a string"));
  out.raw("metadata", concat({R"({"user_id":)", user->text, "}"}));
  return Done{};
}

// Whether a field of the body is passed on unchanged.
bool is_passed_on(const JsonField& field, const JsonObject& body, bool has_system) {
  if (field.type == JsonType::null || std::ranges::find(translated, field.key) != translated.end())
    return false;
  if (field.key == "metadata") return !body.find("user");
  if (field.key == "stop_sequences") return !body.find("stop");
  if (field.key == "system") return !has_system;
  return true;
}

}  // namespace

Error field_error(std::string_view field, std::string_view what) {
  return client_error(concat({field, ": ", what}), std::string(field));
}

Result<std::string> encode_request(std::string_view text) {
  const auto body = JsonObject::parse(text);
  if (!body) return fail(client_error("the request body must be one JSON object"));
  const auto model = body->find("model");
  if (!model || !model->is_string()) return fail(field_error("model", "must be a string"));
  const auto messages = body->find("messages");
  if (!messages || !messages->is_array()) return fail(field_error("messages", "must be a list"));

  TRY(const auto conversation, encode_messages(*messages));
  TRY(const auto thinking, read_thinking(*body));
  std::string out;
  out.reserve(text.size() + 256);
  ObjectWriter object(out);
  object.raw("model", model->text);
  object.raw("messages", conversation.messages);
  if (!conversation.system.empty()) object.raw("system", conversation.system);
  object.raw("max_tokens", max_tokens(*body, thinking));
  if (!thinking.json.empty()) object.raw("thinking", thinking.json);
  if (auto status = encode_stop(*body, object); !status) return fail(std::move(status).error());
  if (auto status = encode_user(*body, object); !status) return fail(std::move(status).error());
  if (auto status = encode_tools(*body, thinking.is_enabled, object); !status)
    return fail(std::move(status).error());
  for (const auto& field : body->fields())
    if (is_passed_on(field, *body, !conversation.system.empty()))
      object.raw(field.key, field.value);
  object.close();
  return out;
}

}  // namespace sluice::provider::anthropic
