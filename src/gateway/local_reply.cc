#include "gateway/local_reply.h"

#include "base/json_scan.h"
#include "base/json_write.h"

namespace sluice::gateway {

namespace {

Error mock_failure(ErrorCode code, int status, std::string message) {
  return Error{
      .code = code, .blame = Blame::provider, .status = status, .message = std::move(message)};
}

// The text of a message's content or of a prompt: a string, or the texts of a list.
std::string content_text(std::string_view content) {
  if (content.starts_with('"')) return json_unescape(content);
  std::vector<std::string_view> parts;
  std::string text;
  if (scan_json_array(content, parts)) return text;
  for (const std::string_view part : parts) {
    JsonFields fields;
    if (part.starts_with('"')) text += json_unescape(part);
    if (scan_json_object(part, fields)) continue;
    const JsonField* field = fields.find("text");
    if (field != nullptr && field->type == JsonType::string) text += json_unescape(field->value);
  }
  return text;
}

std::string last_message(std::string_view messages) {
  std::vector<std::string_view> list;
  JsonFields fields;
  if (scan_json_array(messages, list) || list.empty()) return "";
  if (scan_json_object(list.back(), fields)) return "";
  const JsonField* content = fields.find("content");
  return content == nullptr ? "" : content_text(content->value);
}

bool is_null(const JsonField* field) { return field == nullptr || field->type == JsonType::null; }

void append_field(std::string& out, const JsonField& field) {
  append_json_string(out, field.key);
  out.append(":").append(field.value);
}

// Retells one answer. `head_` is what all its chunks begin with.
class StreamTeller {
 public:
  StreamTeller(Endpoint endpoint, const JsonFields& answer) : chat_(endpoint == Endpoint::chat) {
    head_ = "data: {";
    for (const char* name : {"id", "created", "model", "system_fingerprint"}) {
      const JsonField* field = answer.find(name);
      if (is_null(field)) continue;
      append_field(head_, *field);
      head_ += ",";
    }
    head_ += chat_ ? "\"object\":\"chat.completion.chunk\",\"choices\":["
                   : "\"object\":\"text_completion\",\"choices\":[";
  }

  bool tell(std::string_view choices) {
    std::vector<std::string_view> list;
    if (scan_json_array(choices, list)) return false;
    for (const std::string_view choice : list) {
      if (!tell_choice(choice)) return false;
    }
    return true;
  }

  std::string finish(const JsonField* usage) {
    if (!is_null(usage)) out_ += head_ + "],\"usage\":" + std::string(usage->value) + "}\n\n";
    return std::move(out_) + "data: [DONE]\n\n";
  }

 private:
  bool tell_choice(std::string_view choice) {
    JsonFields fields;
    if (scan_json_object(choice, fields)) return false;
    const JsonField* index = fields.find("index");
    index_ = index == nullptr ? "0" : std::string(index->value);
    const JsonField* said = fields.find(chat_ ? "message" : "text");
    if (said == nullptr) return false;
    if (chat_ ? !tell_message(said->value) : !tell_text(said->value)) return false;
    std::string last = chat_ ? "\"delta\":{}" : "\"text\":\"\"";
    if (const JsonField* logprobs = fields.find("logprobs"); !is_null(logprobs)) {
      last += ",";
      append_field(last, *logprobs);
    }
    const JsonField* reason = fields.find("finish_reason");
    chunk(last, reason == nullptr ? "\"stop\"" : reason->value);
    return true;
  }

  bool tell_message(std::string_view message) {
    JsonFields fields;
    if (scan_json_object(message, fields)) return false;
    std::string first = "\"role\":\"assistant\"";
    const JsonField* content = fields.find("content");
    const bool has_text = !is_null(content) && content->type == JsonType::string;
    for (const JsonField& field : fields) {
      const bool told_later = has_text && &field == content && field.value != "\"\"";
      if (!fields.counts(field) || field.key == "role" || is_null(&field) || told_later) continue;
      first += ",";
      if (field.key == "tool_calls")
        first += "\"tool_calls\":" + with_indices(field.value);
      else
        append_field(first, field);
    }
    chunk("\"delta\":{" + first + "}", "null");
    return !has_text || tell_text(content->value);
  }

  // In a stream each tool call says which one it is.
  static std::string with_indices(std::string_view calls) {
    std::vector<std::string_view> list;
    if (scan_json_array(calls, list)) return std::string(calls);
    std::string out = "[";
    for (std::size_t i = 0; i < list.size(); i++) {
      if (i > 0) out += ",";
      out += "{\"index\":" + std::to_string(i);
      JsonFields fields;
      (void)scan_json_object(list[i], fields);
      for (const JsonField& field : fields) {
        if (field.key == "index" || !fields.counts(field)) continue;
        out += ",";
        append_field(out, field);
      }
      out += "}";
    }
    return out + "]";
  }

  bool tell_text(std::string_view quoted) {
    if (!quoted.starts_with('"')) return false;
    const std::string text = json_unescape(quoted);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t space = text.find(' ', at + 1);
      const std::size_t stop = space == std::string::npos ? text.size() : space;
      std::string piece;
      append_json_string(piece, std::string_view(text).substr(at, stop - at));
      chunk(chat_ ? "\"delta\":{\"content\":" + piece + "}" : "\"text\":" + piece, "null");
      at = stop;
    }
    return true;
  }

  void chunk(const std::string& said, std::string_view reason) {
    out_.append(head_).append("{\"index\":").append(index_).append(",").append(said);
    out_.append(",\"finish_reason\":").append(reason).append("}]}\n\n");
  }

  bool chat_;
  std::string head_, index_, out_;
};

}  // namespace

std::string make_completion(Endpoint endpoint, const LocalAnswer& answer) {
  const bool chat = endpoint == Endpoint::chat;
  std::string text, out = "{\"id\":";
  append_json_string(text, answer.text);
  append_json_string(out, (chat ? "chatcmpl-" : "cmpl-") + std::string(answer.id));
  out.append(",\"created\":").append(std::to_string(answer.created)).append(",\"model\":");
  append_json_string(out, answer.model);
  out +=
      chat ? ",\"object\":\"chat.completion\",\"choices\":[{\"finish_reason\":\"stop\",\"index\":0,"
             "\"message\":{\"role\":\"assistant\",\"content\":" +
                 text + "}}]"
           : ",\"object\":\"text_completion\",\"choices\":[{\"finish_reason\":\"stop\",\"index\":0,"
             "\"logprobs\":null,\"text\":" +
                 text + "}]";
  return out + ",\"usage\":{\"completion_tokens\":20,\"prompt_tokens\":10,\"total_tokens\":30}}";
}

std::optional<Error> mock_error(std::string_view mock_response, std::string_view model) {
  if (mock_response == "litellm.RateLimitError") {
    Error error = mock_failure(ErrorCode::rate_limit, 429,
                               "litellm.RateLimitError: this is a mock rate limit error");
    error.type = "throttling_error";
    return error;
  }
  if (mock_response == "litellm.InternalServerError")
    return mock_failure(ErrorCode::internal, 500,
                        "litellm.InternalServerError: this is a mock internal server error");
  if (mock_response == "litellm.ContextWindowExceededError")
    return mock_failure(
        ErrorCode::context_window, 400,
        "litellm.ContextWindowExceededError: litellm.BadRequestError: this is a mock context "
        "window exceeded error\nmodel=" +
            std::string(model));
  if (mock_response.starts_with("Exception: content_filter_policy"))
    return mock_failure(
        ErrorCode::content_policy, 400,
        "litellm.ContentPolicyViolationError: litellm.BadRequestError: this is a mock "
        "content policy error");
  return std::nullopt;
}

std::string echo_of(const Call& call) {
  const bool chat = call.endpoint == Endpoint::chat;
  const JsonField* said = call.fields.find(chat ? "messages" : "prompt");
  std::string text;
  if (said != nullptr) text = chat ? last_message(said->value) : content_text(said->value);
  return "You said: " + text;
}

Result<std::string> as_stream(Endpoint endpoint, std::string_view body, bool include_usage) {
  const auto no_answer = [] {
    return fail(connection_error("Connection error: the provider's answer is no completion."));
  };
  // An event's data is one line, but a provider may spread its JSON over several. Inside of strings
  // there are no line breaks.
  std::string line(body);
  std::erase_if(line, [](char c) { return c == '\n' || c == '\r'; });
  JsonFields answer;
  if (scan_json_object(line, answer)) return no_answer();
  const JsonField* choices = answer.find("choices");
  StreamTeller teller(endpoint, answer);
  if (choices == nullptr || !teller.tell(choices->value)) return no_answer();
  return teller.finish(include_usage ? answer.find("usage") : nullptr);
}

}  // namespace sluice::gateway
