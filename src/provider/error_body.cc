#include "provider/error_body.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <span>

#include "provider/json_value.h"
#include "provider/text.h"

namespace sluice::provider {
namespace {

using Text = std::string_view;

constexpr std::size_t max_message = 2000;  // bytes; a longer one is a web page or a dump

// Parts of messages, in lower case, that mean that the prompt does not fit the model.
constexpr std::array context_window_texts{
    Text{"maximum context length"},   // OpenAI, Azure, vLLM, many others
    Text{"maximum context limit"},    // Databricks
    Text{"context_length_exceeded"},  // OpenAI's code
    Text{"string too long. expected a string with maximum length"},  // OpenAI
    Text{"prompt is too long"},                                      // Anthropic, Bedrock
    Text{"prompt: length"},                                          // Anthropic
    Text{"exceed context limit"},   // Anthropic, prompt and max_tokens together
    Text{"input is too long"},      // Replicate, Bedrock
    Text{"too many input tokens"},  // Bedrock
    Text{"too many tokens"},        // Cohere
    Text{"`inputs` tokens + `max_new_tokens` must be <="},  // Text Generation Inference
    Text{"length limit exceeded"},                          // Hugging Face
    Text{"exceeds the maximum number of tokens"},           // Gemini
    Text{"exceeds the available context size"},             // llama.cpp
};

// The same for what the provider's safety system refused.
constexpr std::array content_policy_texts{
    Text{"content_policy_violation"},
    Text{"content_filter"},
    Text{"rejected as a result of our safety system"},
    Text{"task failed as a result of our safety system"},
    Text{"violating our usage policy"},
    Text{"azure openai's content management"},
    Text{"model produced invalid content"},
    Text{"content filtering policy"},  // Anthropic
};

bool contains_any(Text text, std::span<const Text> parts) {
  return std::ranges::any_of(parts, [&](Text part) { return text.contains(part); });
}

std::string lower(Text text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

Text trim(Text text) {
  constexpr Text space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == Text::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

// Cuts at a character, and makes the text UTF-8 if it is not.
std::string presentable(Text text) {
  std::string out(trim(text));
  if (!simdjson::validate_utf8(out.data(), out.size()))
    for (char& c : out)
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  if (out.size() <= max_message) return out;
  std::size_t end = max_message;
  while ((static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) end--;
  out.resize(end);
  return out += "…";
}

std::string status_only(int status) {
  return concat({"HTTP ", std::to_string(status), " without a message"});
}

std::string page_title(int status, Text page) {
  const auto small = lower(page.substr(0, 64 * 1024));
  const auto open = small.find("<title>");
  const auto close = small.find("</title>", open == Text::npos ? 0 : open);
  const auto lead = concat({"HTTP ", std::to_string(status), " with a web page instead of JSON"});
  if (open == Text::npos || close == Text::npos) return lead;
  const auto title = presentable(page.substr(open + 7, close - open - 7));
  return title.empty() ? lead : concat({lead, ": ", title});
}

std::string text_message(int status, Text body) {
  const auto text = trim(body);
  if (text.empty()) return status_only(status);
  const auto start = lower(text.substr(0, 16));
  if (start.starts_with("<!doctype") || start.starts_with("<html")) return page_title(status, text);
  return presentable(text);
}

// Text of a string, JSON of anything else.
std::string text_of(const JsonValue& value) {
  return value.is_string() ? json_unescape(value.text) : std::string(value.text);
}

// One of FastAPI's validation errors: "body.messages.0: field required".
std::string validation_message(const JsonObject& problem) {
  std::string place;
  for (const auto& part : problem.array("loc"))
    place += concat({place.empty() ? "" : ".", text_of(part)});
  const auto message = problem.string("msg").value_or("");
  return place.empty() ? message : concat({place, ": ", message});
}

std::string detail_message(const JsonValue& detail) {
  std::string out;
  if (!detail.is_array()) return text_of(detail);
  for (const auto& element : json_array(detail.text)) {
    const auto problem = JsonObject::parse(element.text);
    const auto text = problem ? validation_message(*problem) : text_of(element);
    out += concat({out.empty() ? "" : "; ", text});
  }
  return out;
}

// Fills from the object that holds the message itself.
void read_fields(const JsonObject& object, ErrorBody& out) {
  for (const Text key : {"message", "msg", "detail", "error", "errors", "error_message"})
    if (const auto value = object.find(key); value && out.message.empty())
      out.message = presentable(detail_message(*value));
  out.type = object.string("type");
  out.param = object.string("param");
  if (const auto code = object.find("code")) out.code = text_of(*code);
}

void read_object(const JsonObject& object, ErrorBody& out) {
  for (const Text key : {"error", "detail"})
    if (const auto inner = object.object(key)) return read_fields(*inner, out);
  read_fields(object, out);
}

struct StatusClass {
  ErrorCode code;
  int status;
};

StatusClass class_of(int status) {
  switch (status) {
    case 400:
    case 422: return {ErrorCode::bad_request, 400};
    case 401: return {ErrorCode::authentication, 401};
    case 404: return {ErrorCode::not_found, 404};
    case 408: return {ErrorCode::timeout, 408};
    case 429: return {ErrorCode::rate_limit, 429};
    case 503: return {ErrorCode::unavailable, 503};
    case 504: return {ErrorCode::timeout, 504};
    // A redirect, say, must not reach the client as one.
    default: return {ErrorCode::api_error, status >= 400 && status < 600 ? status : 500};
  }
}

// A wrong request is the client's doing, a refused key or an unknown model our configuration's.
Blame blame_for(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_request:
    case ErrorCode::context_window:
    case ErrorCode::content_policy:
    case ErrorCode::unsupported_params:
    case ErrorCode::unprocessable: return Blame::client;
    case ErrorCode::authentication:
    case ErrorCode::permission_denied:
    case ErrorCode::not_found: return Blame::gateway;
    case ErrorCode::timeout:
    case ErrorCode::rate_limit:
    case ErrorCode::internal:
    case ErrorCode::connection:
    case ErrorCode::unavailable:
    case ErrorCode::api_error:
    case ErrorCode::cancelled: return Blame::provider;
  }
  return Blame::provider;
}

StatusClass class_of(int status, const ErrorBody& body) {
  const bool about_the_request = status == 400 || status == 413 || status == 422;
  if (!about_the_request) return class_of(status);
  const auto text = lower(concat({body.message, " ", body.code, " ", body.type.value_or("")}));
  if (contains_any(text, context_window_texts)) return {ErrorCode::context_window, 400};
  if (contains_any(text, content_policy_texts)) return {ErrorCode::content_policy, 400};
  if (body.code == "model_not_found") return {ErrorCode::not_found, 404};
  return class_of(status);
}

}  // namespace

ErrorBody read_error_body(int status, std::string_view body) {
  ErrorBody out;
  auto text = trim(body);
  // Gemini's OpenAI endpoint wraps the object in an array.
  const auto elements = text.starts_with('[') ? json_array(text) : std::vector<JsonValue>{};
  if (!elements.empty()) text = elements.front().text;
  if (const auto object = JsonObject::parse(text)) read_object(*object, out);
  if (out.message.empty()) out.message = text_message(status, text);
  return out;
}

Error classify(int status, ErrorBody body) {
  const auto found = class_of(status, body);
  return Error{.code = found.code,
               .blame = blame_for(found.code),
               .status = found.status,
               .message = std::move(body.message),
               .type = std::move(body.type),
               .param = std::move(body.param)};
}

}  // namespace sluice::provider
