#include "gateway/assemble.h"

#include <algorithm>
#include <initializer_list>

#include "base/json_scan.h"
#include "gateway/growing_json.h"
#include "http/sse.h"
#include "provider/object_writer.h"

namespace sluice::gateway {

namespace {

using provider::ObjectWriter;

// What a chunk consists of. A tool call of type "custom" has `custom` where others have `function`.
constexpr PartRule function_rules[] = {{"name", Joining::agree}};
constexpr Shape function_shape{function_rules, Joining::grow};

constexpr PartRule tool_call_rules[] = {{"index", Joining::ignore},
                                        {"id", Joining::agree},
                                        {"type", Joining::agree},
                                        {"function", Joining::object, &function_shape},
                                        {"custom", Joining::object, &function_shape}};
constexpr Shape tool_call_shape{tool_call_rules, Joining::grow};

constexpr PartRule audio_rules[] = {{"id", Joining::agree}, {"data", Joining::base64}};
constexpr Shape audio_shape{audio_rules, Joining::grow};

constexpr PartRule delta_rules[] = {{"role", Joining::agree},
                                    {"tool_calls", Joining::indexed, &tool_call_shape},
                                    {"function_call", Joining::object, &function_shape},
                                    {"audio", Joining::object, &audio_shape}};
constexpr Shape delta_shape{delta_rules, Joining::grow};

constexpr Shape logprobs_shape{{}, Joining::grow};

// A choice of a chat has `delta`, one of a text completion `text`. Some providers repeat in
// `message` what was said so far.
constexpr PartRule choice_rules[] = {{"index", Joining::ignore},
                                     {"message", Joining::ignore},
                                     {"delta", Joining::object, &delta_shape},
                                     {"text", Joining::grow},
                                     {"logprobs", Joining::object, &logprobs_shape}};
constexpr Shape choice_shape{choice_rules, Joining::last};

// Azure's first chunk has an empty id and model, and 0 as `created`. `obfuscation` is random text
// that hides the lengths of OpenAI's events.
constexpr PartRule chunk_rules[] = {
    {"id", Joining::first},           {"created", Joining::first},
    {"model", Joining::first},        {"object", Joining::ignore},
    {"obfuscation", Joining::ignore}, {"choices", Joining::indexed, &choice_shape}};
constexpr Shape chunk_shape{chunk_rules, Joining::last};

Failure unfit(const char* why) {
  return fail(connection_error(std::string("the stream can't be put together: ") + why));
}

bool is_null(const JsonField* field) { return field == nullptr || field->type == JsonType::null; }

void append_detail(ObjectWriter& object, std::string_view name, std::string_view detail,
                   std::int64_t count) {
  if (count <= 0) return;
  ObjectWriter details(object.key(name));
  details.number(detail, count);
  details.close();
}

void append_usage(std::string& out, const Usage& usage) {
  ObjectWriter object(out);
  object.number("completion_tokens", usage.completion_tokens);
  object.number("prompt_tokens", usage.prompt_tokens);
  object.number("total_tokens", usage.total_tokens);
  append_detail(object, "prompt_tokens_details", "cached_tokens", usage.cached_tokens);
  append_detail(object, "completion_tokens_details", "reasoning_tokens", usage.reasoning_tokens);
  if (usage.cache_write_tokens > 0)
    object.number("cache_creation_input_tokens", usage.cache_write_tokens);
  object.close();
}

class Assembly {
 public:
  explicit Assembly(provider::Endpoint endpoint) : chat_(endpoint == provider::Endpoint::chat) {}

  Status add(const http::SseEvent& event) {
    JsonFields fields;
    if (event.name == "error") return unfit("it holds an error");
    if (scan_json_object(event.data, fields)) return unfit("an event is no JSON object");
    if (!is_null(fields.find("error"))) return unfit("it holds an error");
    // Of what else a provider sends ("ping") a whole answer has nothing.
    if (fields.find("choices") == nullptr && fields.find("usage") == nullptr) return Done{};
    const char* fault = whole_.add(fields, chunk_shape);
    if (fault != nullptr) return unfit(fault);
    return Done{};
  }

  Result<std::string> finish(const Usage& usage) const {
    if (const char* fault = missing()) return unfit(fault);
    std::string out;
    ObjectWriter answer(out);
    write_facts(answer, whole_, {"choices", "usage"});
    answer.raw("object", chat_ ? "\"chat.completion\"" : "\"text_completion\"");
    write_choices(answer.key("choices"), choices());
    const std::string told = told_usage();
    if (!told.empty())
      answer.raw("usage", told);
    else if (usage.known)
      append_usage(answer.key("usage"), usage);
    answer.close();
    return out;
  }

 private:
  const GrowingJson::Items& choices() const {
    static const GrowingJson::Items none;
    const GrowingJson* list = whole_.find("choices");
    return list == nullptr ? none : list->items();
  }

  // What keeps this from being an answer, or null.
  const char* missing() const {
    if (choices().empty()) return "it has no choices";
    for (const auto& [index, choice] : choices()) {
      const GrowingJson* reason = choice.find("finish_reason");
      if (reason == nullptr || !reason->has_text()) return "a choice did not finish";
      const GrowingJson* text = choice.find("text");
      const bool is_text = text == nullptr || text->is_null() || text->is_text();
      if (!chat_ && !is_text) return "a text is none";
    }
    return nullptr;
  }

  // Empty: no chunk told it.
  std::string told_usage() const {
    std::string json;
    if (const GrowingJson* told = whole_.find("usage"); told != nullptr) told->write(json);
    return json.starts_with('{') && json.size() > 2 ? json : "";
  }

  static void write_facts(ObjectWriter& object, const GrowingJson& from,
                          std::initializer_list<std::string_view> but) {
    for (const auto& [name, value] : from.members())
      if (std::ranges::find(but, name) == but.end()) value.write(object.key(name));
  }

  // A field that a whole answer always has.
  static void write_member(ObjectWriter& object, const GrowingJson* from, std::string_view name,
                           std::string_view otherwise) {
    const GrowingJson* member = from == nullptr ? nullptr : from->find(name);
    if (member == nullptr || member->is_null())
      object.raw(name, otherwise);
    else
      member->write(object.key(name));
  }

  void write_choices(std::string& out, const GrowingJson::Items& choices) const {
    out += '[';
    for (const auto& [index, choice] : choices) {
      if (out.back() != '[') out += ',';
      ObjectWriter object(out);
      write_member(object, &choice, "finish_reason", "null");
      object.number("index", index);
      write_facts(object, choice, {"finish_reason", "delta", "text", "logprobs"});
      const GrowingJson* logprobs = choice.find("logprobs");
      if (logprobs != nullptr || !chat_) write_member(object, &choice, "logprobs", "null");
      if (chat_)
        write_message(object.key("message"), choice.find("delta"));
      else
        write_member(object, &choice, "text", "\"\"");
      object.close();
    }
    out += ']';
  }

  static void write_message(std::string& out, const GrowingJson* delta) {
    ObjectWriter message(out);
    write_member(message, delta, "role", "\"assistant\"");
    write_member(message, delta, "content", "null");
    if (delta != nullptr) write_facts(message, *delta, {"role", "content"});
    message.close();
  }

  bool chat_;
  GrowingJson whole_;
};

}  // namespace

Result<std::string> assemble_stream(provider::Endpoint endpoint, std::string_view events,
                                    const Usage& usage) {
  Assembly assembly(endpoint);
  http::SseSplitter splitter;
  splitter.feed(events);
  while (const auto event = splitter.next()) {
    if (!event->has_data) continue;
    if (event->data.starts_with("[DONE]")) return assembly.finish(usage);
    TRY([[maybe_unused]] const Done added, assembly.add(*event));
  }
  return unfit("it has no end");
}

}  // namespace sluice::gateway
