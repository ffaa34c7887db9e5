// Anthropic's events -> OpenAI's chunks.
//
//   message_start (content_block_start content_block_delta* content_block_stop)*
//   message_delta message_stop           with `ping` anywhere and `error` as an end
//
// The role goes out with the first delta that has content, not before: until then the caller can
// still turn to another deployment.
#include <algorithm>
#include <vector>

#include "provider/anthropic.h"
#include "provider/text.h"

namespace sluice::provider::anthropic {
namespace {

using Text = std::string_view;

constexpr Text empty_string = R"("")";

enum class Kind { text, tool, json, other };

struct Block {
  std::int64_t index = 0;
  Kind kind = Kind::other;
  int tool_index = 0;
  std::string input = {};  // what content_block_start brought, for when no delta follows
};

class Stream final : public StreamDecoder {
 public:
  explicit Stream(const ReplyContext& context)
      : model_(context.model),
        id_(context.fallback_id),
        created_(context.created),
        include_usage_(context.include_usage) {}

  Status on_event(Text name, Text data, std::string& out) override;
  bool finished() const override { return finished_; }
  const Usage& usage() const override { return usage_; }

 private:
  Status dispatch(Text type, const JsonObject& event, std::string& out);
  void start_message(const JsonObject& event);
  void start_block(const JsonObject& event, std::string& out);
  void start_tool(const JsonObject& content, Block& block, std::string& out);
  void add_delta(const JsonObject& event, std::string& out);
  void add_input(const JsonObject& event, const JsonObject& delta, std::string& out);
  void append_input(const Block& block, Text json_string, std::string& out);
  void add_thinking(const JsonObject& delta, std::string& out);
  void stop_block(const JsonObject& event, std::string& out);
  void end_message(const JsonObject& event, std::string& out);
  void stop_message(std::string& out);

  void append_head(std::string& out) const;
  // One chunk whose delta has these fields (the inside of an object); `reason` is JSON.
  void append_choice(std::string& out, Text fields, Text reason);
  void append_delta(std::string& out, Text fields);
  void append_finish(std::string& out, Text reason);
  void append_field(std::string& out, Text name, const JsonObject& source, Text key);
  Block* find_block(const JsonObject& event);

  std::string model_, id_;
  std::int64_t created_;
  bool include_usage_;
  bool role_sent_ = false;
  bool finish_sent_ = false;
  bool finished_ = false;
  bool has_json_ = false;
  int tools_ = 0;
  std::vector<Block> open_;
  Usage usage_;
};

Status Stream::on_event(Text name, Text data, std::string& out) {
  if (finished_) return Done{};
  // Parts are passed on as they stand, and a line break would end the `data:` field of our event.
  // In JSON it can only stand between two tokens.
  std::string one_line;
  if (data.find_first_of("\r\n") != Text::npos) {
    one_line = data;
    std::ranges::replace_if(one_line, [](char c) { return c == '\r' || c == '\n'; }, ' ');
    data = one_line;
  }
  const auto event = JsonObject::parse(data);
  if (!event) return fail(format_error("an event is not a JSON object"));
  const auto type = event->string("type").value_or(std::string(name));
  if (type == "error") return fail(decode_late_error(data));
  return dispatch(type, *event, out);
}

Status Stream::dispatch(Text type, const JsonObject& event, std::string& out) {
  if (type == "message_start") start_message(event);
  if (type == "content_block_start") start_block(event, out);
  if (type == "content_block_delta") add_delta(event, out);
  if (type == "content_block_stop") stop_block(event, out);
  if (type == "message_delta") end_message(event, out);
  if (type == "message_stop") stop_message(out);
  return Done{};  // ping, and events that are yet to be invented
}

void Stream::start_message(const JsonObject& event) {
  const auto message = event.object("message");
  if (!message) return;
  if (auto id = message->string("id")) id_ = std::move(*id);
  if (model_.empty()) model_ = message->string("model").value_or("");
  if (const auto counts = message->object("usage")) read_usage(*counts, usage_);
}

void Stream::start_block(const JsonObject& event, std::string& out) {
  const auto content = event.object("content_block");
  if (!content) return;
  const auto type = content->string("type").value_or("");
  Block block{.index = event.count("index")};
  if (type == "text") {
    block.kind = Kind::text;
    append_field(out, "content", *content, "text");
  }
  if (type == "tool_use") start_tool(*content, block, out);
  if (type == "redacted_thinking")
    append_delta(out, concat({R"("thinking_blocks":[)", event.find("content_block")->text, "]"}));
  open_.push_back(std::move(block));
}

void Stream::start_tool(const JsonObject& content, Block& block, std::string& out) {
  const auto input = content.find("input");
  block.input = input ? input->text : Text{"{}"};
  if (content.string("name") == json_tool) {
    block.kind = Kind::json;
    has_json_ = true;
    return;
  }
  block.kind = Kind::tool;
  block.tool_index = tools_++;
  std::string call;
  ObjectWriter object(call);
  object.number("index", block.tool_index);
  object.text("id", content.string("id").value_or(""));
  object.raw("type", R"("function")");
  ObjectWriter function(object.key("function"));
  function.text("name", content.string("name").value_or(""));
  function.raw("arguments", R"("")");
  function.close();
  object.close();
  append_delta(out, concat({R"("tool_calls":[)", call, "]"}));
}

void Stream::add_delta(const JsonObject& event, std::string& out) {
  const auto delta = event.object("delta");
  if (!delta) return;
  const auto type = delta->string("type").value_or("");
  if (type == "text_delta") append_field(out, "content", *delta, "text");
  if (type == "input_json_delta") add_input(event, *delta, out);
  if (type == "thinking_delta" || type == "signature_delta") add_thinking(*delta, out);
  if (type == "citations_delta")
    if (const auto citation = delta->find("citation"))
      append_delta(out,
                   concat({R"("provider_specific_fields":{"citation":)", citation->text, "}"}));
}

void Stream::add_input(const JsonObject& event, const JsonObject& delta, std::string& out) {
  auto* block = find_block(event);
  const auto piece = delta.find("partial_json");
  if (!block || !piece || !piece->is_string() || piece->text == empty_string) return;
  block->input.clear();
  append_input(*block, piece->text, out);
}

// `json_string`: a piece of the input's JSON text, as a JSON string.
void Stream::append_input(const Block& block, Text json_string, std::string& out) {
  if (block.kind == Kind::json) append_delta(out, concat({R"("content":)", json_string}));
  if (block.kind == Kind::tool)
    append_delta(out, concat({R"("tool_calls":[{"index":)", std::to_string(block.tool_index),
                              R"(,"function":{"arguments":)", json_string, "}}]"}));
}

// A signature belongs to the thinking before it; both must come back with the next request.
void Stream::add_thinking(const JsonObject& delta, std::string& out) {
  const auto thinking = delta.find("thinking");
  const auto signature = delta.find("signature");
  const Text text = thinking && thinking->is_string() ? thinking->text : empty_string;
  std::string fields = concat({R"("reasoning_content":)", text,
                               R"(,"thinking_blocks":[{"type":"thinking","thinking":)", text});
  if (signature) fields += concat({R"(,"signature":)", signature->text});
  append_delta(out, fields += "}]");
}

void Stream::stop_block(const JsonObject& event, std::string& out) {
  const auto* block = find_block(event);
  if (!block) return;
  if (!block->input.empty()) {
    std::string json_string;
    append_json_string(json_string, block->input);
    append_input(*block, json_string, out);
  }
  open_.erase(open_.begin() + (block - open_.data()));
}

void Stream::end_message(const JsonObject& event, std::string& out) {
  if (const auto counts = event.object("usage")) read_usage(*counts, usage_);
  const auto delta = event.object("delta");
  const auto reason = delta ? delta->string("stop_reason") : std::nullopt;
  if (!reason || finish_sent_) return;
  // To the client the JSON answer is text, however it was made.
  const bool is_answered = has_json_ && tools_ == 0 && *reason == "tool_use";
  append_finish(out, is_answered ? "stop" : finish_reason(*reason));
}

void Stream::stop_message(std::string& out) {
  if (!finish_sent_) append_finish(out, "stop");
  if (include_usage_) {
    append_head(out);
    append_usage(out += R"([],"usage":)", usage_);
    out += "}\n\n";
  }
  out += "data: [DONE]\n\n";
  finished_ = true;
}

// Everything of a chunk before the value of `choices`.
void Stream::append_head(std::string& out) const {
  ObjectWriter object(out += "data: ");
  object.text("id", id_);
  object.raw("object", R"("chat.completion.chunk")");
  object.number("created", created_);
  object.text("model", model_);
  object.key("choices");
}

void Stream::append_choice(std::string& out, Text fields, Text reason) {
  append_head(out);
  out += R"([{"index":0,"delta":{)";
  if (!role_sent_) out += concat({R"("role":"assistant")", fields.empty() ? "" : ","});
  role_sent_ = true;
  out += concat({fields, R"(},"finish_reason":)", reason, "}]}\n\n"});
}

void Stream::append_delta(std::string& out, Text fields) { append_choice(out, fields, "null"); }

void Stream::append_finish(std::string& out, Text reason) {
  append_choice(out, {}, concat({"\"", reason, "\""}));
  finish_sent_ = true;
}

// A delta with one text, unless it is empty.
void Stream::append_field(std::string& out, Text name, const JsonObject& source, Text key) {
  const auto value = source.find(key);
  if (value && value->is_string() && value->text != empty_string)
    append_delta(out, concat({"\"", name, "\":", value->text}));
}

Block* Stream::find_block(const JsonObject& event) {
  const auto found = std::ranges::find(open_, event.count("index"), &Block::index);
  return found != open_.end() ? &*found : nullptr;
}

}  // namespace

std::unique_ptr<StreamDecoder> make_stream_decoder(const ReplyContext& context) {
  return std::make_unique<Stream>(context);
}

}  // namespace sluice::provider::anthropic
