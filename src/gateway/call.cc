#include "gateway/call.h"

#include "base/percent.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>

namespace sluice::gateway {

namespace {

// More fields than this no API has; checks below compare them pairwise.
constexpr std::size_t max_fields = 512;

struct FieldRule {
  std::string_view name;
  FieldUse use;
};
// LiteLLM's own request fields (section 3.2 of its documented behaviour).
constexpr std::array field_rules = std::to_array<FieldRule>({
    {"additional_drop_params", FieldUse::consume},
    {"allowed_model_region", FieldUse::consume},
    {"allowed_openai_params", FieldUse::consume},
    {"api_base", FieldUse::consume},
    {"api_key", FieldUse::consume},
    {"base_url", FieldUse::consume},
    {"cache", FieldUse::consume},
    {"caching", FieldUse::consume},
    {"context_window_fallback_dict", FieldUse::consume},
    {"disable_fallbacks", FieldUse::consume},
    {"drop_params", FieldUse::consume},
    {"enable_json_schema_validation", FieldUse::consume},
    {"extra_body", FieldUse::consume},
    {"extra_headers", FieldUse::consume},
    {"fallbacks", FieldUse::consume},
    {"guardrails", FieldUse::consume},
    {"litellm_call_id", FieldUse::consume},
    {"litellm_metadata", FieldUse::consume},
    {"litellm_trace_id", FieldUse::consume},
    {"max_retries", FieldUse::consume},
    {"metadata", FieldUse::consume},
    {"mock_response", FieldUse::consume},
    {"mock_testing_content_policy_fallbacks", FieldUse::consume},
    {"mock_testing_context_fallbacks", FieldUse::consume},
    {"mock_testing_fallbacks", FieldUse::consume},
    {"mock_testing_rate_limit_error", FieldUse::consume},
    {"mock_timeout", FieldUse::consume},
    {"model", FieldUse::replace},
    {"no-log", FieldUse::consume},
    {"num_retries", FieldUse::consume},
    {"priority", FieldUse::consume},
    {"request_timeout", FieldUse::consume},
    {"specific_deployment", FieldUse::consume},
    {"stream_options", FieldUse::replace},
    {"stream_timeout", FieldUse::consume},
    {"tags", FieldUse::consume},
    {"timeout", FieldUse::consume},
    {"ttl", FieldUse::consume},
    {"user_config", FieldUse::consume},
});

// The rules by a hash under which no two of their names meet, so that one comparison tells whether
// a field is one of them.
class RuleTable {
 public:
  consteval RuleTable() {
    while (!fill()) multiplier_ = multiplier_ * 5 + 2;
  }
  FieldUse use_of(std::string_view name) const {
    if (name.empty()) return FieldUse::forward;
    const std::uint8_t place = places_[hash(name)];
    if (place == none || field_rules[place].name != name) return FieldUse::forward;
    return field_rules[place].use;
  }

 private:
  static constexpr std::uint8_t none = 255;
  constexpr std::size_t hash(std::string_view name) const {
    const auto byte = [name](std::size_t i) { return static_cast<unsigned char>(name[i]); };
    const std::uint32_t ends = byte(0) << 16u | byte(name.size() - 1) << 8u | byte(name.size() / 2);
    return (ends + static_cast<std::uint32_t>(name.size()) * 0x1001u) * multiplier_ >> 24u;
  }
  consteval bool fill() {
    places_.fill(none);
    for (std::uint8_t i = 0; i < field_rules.size(); i++) {
      std::uint8_t& place = places_[hash(field_rules[i].name)];
      if (place != none) return false;
      place = i;
    }
    return true;
  }

  std::uint32_t multiplier_ = 0x9e3779b1;  // any odd number to begin with
  std::array<std::uint8_t, 256> places_{};
};
constexpr RuleTable rule_table;

// Headers that say how a message is framed or sent, or who asks; a client that sets them could make
// the provider read two requests out of one, or two keys.
constexpr std::array transport_headers = std::to_array<std::string_view>(
    {"accept-encoding", "api-key", "authorization", "connection", "content-length", "expect",
     "host", "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
     "x-api-key"});

bool is_transport_header(std::string_view name) {
  return std::ranges::any_of(transport_headers, [name](std::string_view each) {
    return http::equals_ignoring_case(each, name);
  });
}

Error json_error(std::string_view body, const JsonFault& fault) {
  return client_error("Invalid JSON payload: " + std::string(fault.what) + " (" +
                          json_position(body, fault.offset) + ")",
                      "request_body");
}

Error type_error(std::string_view field, std::string_view expected) {
  return client_error("`" + std::string(field) + "` must be " + std::string(expected) + ".",
                      std::string(field));
}

// Reads one field at a time into the call; the error says which.
class CallReader {
 public:
  CallReader(Call& call, const Settings& settings) : call_(call), settings_(settings) {}

  Status read() {
    for (const JsonField& field : call_.fields) {
      if (field.type == JsonType::null || !call_.fields.counts(field)) continue;
      if (const Status status = take(field); !status) return status;
    }
    return Done{};
  }

 private:
  Status take(const JsonField& field) {
    const std::string_view key = field.key;
    // `stream` is the provider's too, and the only one of those that is read here.
    if (key == "stream") return boolean(field, call_.stream);
    if (field_use(key) == FieldUse::forward) return Done{};
    if (key == "stream_options") return stream_options(field);
    if (key == "timeout" || key == "request_timeout") return seconds(field, call_.timeout);
    if (key == "stream_timeout") return seconds(field, call_.stream_timeout);
    if (key == "num_retries" || key == "max_retries") return retries(field);
    if (key == "fallbacks") return fallbacks(field);
    if (key == "disable_fallbacks") return boolean(field, call_.disable_fallbacks);
    if (key == "drop_params") return boolean(field, call_.drop_params.emplace());
    if (key == "mock_response") return text(field, call_.mock_response.emplace());
    if (key == "extra_headers") return headers(field);
    if (key == "extra_body") return object(field, call_.extra_body);
    if (key == "allowed_openai_params") return names(field, call_.allowed_openai_params);
    if (key == "additional_drop_params") return names(field, call_.additional_drop_params);
    if (key == "mock_testing_fallbacks") return mock(field, MockFailure::any);
    if (key == "mock_testing_context_fallbacks") return mock(field, MockFailure::context_window);
    if (key == "mock_testing_content_policy_fallbacks")
      return mock(field, MockFailure::content_policy);
    if (key == "mock_testing_rate_limit_error") return mock(field, MockFailure::rate_limit);
    if (key == "api_key" || key == "api_base" || key == "base_url") return credentials(field);
    return Done{};
  }

  // A client may bring its own key and address only where the configuration says so.
  Status credentials(const JsonField& field) {
    if (settings_.allow_client_side_credentials)
      return text(field, (field.key == "api_key" ? call_.client_key : call_.client_base).emplace());
    return fail(
        Error{.code = ErrorCode::authentication,
              .blame = Blame::client,
              .status = 401,
              .message = "Authentication Error, Rejected Request: " + std::string(field.key) +
                         " is not allowed in request body. Enable with "
                         "`general_settings::allow_client_side_credentials` on proxy "
                         "config.yaml. Relevant Issue: "
                         "https://huntr.com/bounties/4001e1a2-7b7a-4776-a3ae-e6692ec3d997",
              .type = "auth_error",
              .param = "None"});
  }

  static Status boolean(const JsonField& field, bool& out) {
    const auto value = json_bool(field.value);
    if (!value) return fail(type_error(field.key, "true or false"));
    out = *value;
    return Done{};
  }

  static Status text(const JsonField& field, std::string& out) {
    if (field.type != JsonType::string) return fail(type_error(field.key, "a string"));
    out = json_unescape(field.value);
    return Done{};
  }

  static Status object(const JsonField& field, std::string_view& out) {
    if (field.type != JsonType::object) return fail(type_error(field.key, "an object"));
    out = field.value;
    return Done{};
  }

  static Status names(const JsonField& field, std::vector<std::string>& out) {
    std::vector<std::string_view> elements;
    if (field.type != JsonType::array || scan_json_array(field.value, elements))
      return fail(type_error(field.key, "a list of parameter names"));
    for (const std::string_view each : elements) {
      if (each.front() != '"') return fail(type_error(field.key, "a list of parameter names"));
      out.push_back(json_unescape(each));
    }
    return Done{};
  }

  static Status seconds(const JsonField& field, std::optional<Milliseconds>& out) {
    const auto value = json_number(field.value);
    if (!value || *value <= 0 || *value > 1e9)
      return fail(type_error(field.key, "a number of seconds above 0"));
    out = Milliseconds(static_cast<std::int64_t>(std::ceil(*value * 1000)));
    return Done{};
  }

  Status retries(const JsonField& field) {
    const auto value = json_number(field.value);
    if (!value || *value < 0 || *value > 100 || *value != std::floor(*value))
      return fail(type_error(field.key, "a whole number from 0 to 100"));
    if (field.key == "num_retries") call_.num_retries = static_cast<int>(*value);
    return Done{};
  }

  Status stream_options(const JsonField& field) {
    JsonFields options;
    if (field.type != JsonType::object || scan_json_object(field.value, options))
      return fail(type_error(field.key, "an object"));
    const JsonField* usage = options.find("include_usage");
    call_.wants_usage = usage != nullptr && usage->value == "true";
    return Done{};
  }

  Status fallbacks(const JsonField& field) {
    constexpr std::string_view expected = "a list of model names or of objects with a `model`";
    std::vector<std::string_view> elements;
    if (field.type != JsonType::array || scan_json_array(field.value, elements))
      return fail(type_error(field.key, expected));
    auto& list = call_.fallbacks.emplace();
    for (const std::string_view each : elements) {
      if (each.front() == '"') {
        list.push_back({.model = json_unescape(each)});
        continue;
      }
      JsonFields parts;
      if (each.front() != '{' || scan_json_object(each, parts))
        return fail(type_error(field.key, expected));
      const JsonField* model = parts.find("model");
      if (model == nullptr || model->type != JsonType::string)
        return fail(type_error(field.key, expected));
      list.push_back({json_unescape(model->value), std::string(each)});
    }
    return Done{};
  }

  Status headers(const JsonField& field) {
    JsonFields lines;
    if (field.type != JsonType::object || scan_json_object(field.value, lines))
      return fail(type_error(field.key, "an object of header names and string values"));
    for (const JsonField& line : lines) {
      if (line.type != JsonType::string)
        return fail(type_error(field.key, "an object of header names and string values"));
      if (line.key.empty() || !std::ranges::all_of(line.key, http::is_token_char))
        return fail(type_error(field.key, "an object whose keys are names of HTTP headers"));
      if (is_transport_header(line.key))
        return fail(client_error("`extra_headers` can't set `" + std::string(line.key) +
                                     "`: the gateway does. Leave it out.",
                                 std::string(field.key)));
      call_.extra_headers.emplace_back(line.key, json_unescape(line.value));
    }
    return Done{};
  }

  Status mock(const JsonField& field, MockFailure failure) {
    bool wanted = false;
    if (const Status status = boolean(field, wanted); !status) return status;
    if (wanted) call_.mock_failure = failure;
    return Done{};
  }

  Call& call_;
  const Settings& settings_;
};

// Headers that may go on to the provider: the client's own, none that may hold its key for us.
bool is_forwarded(std::string_view name, const Settings& settings) {
  if (name.size() <= 2 || (name[0] | 0x20) != 'x' || name[1] != '-') return false;
  return !http::equals_ignoring_case(name.substr(0, 11), "x-stainless") &&
         !http::equals_ignoring_case(name.substr(0, 9), "x-litellm") &&
         !http::equals_ignoring_case(name, "x-api-key") &&
         !http::equals_ignoring_case(name, "x-goog-api-key") &&
         !http::equals_ignoring_case(name, settings.key_header);
}

Status read_headers(const http::Request& request, const Settings& settings, Call& call) {
  if (const std::string_view text = request.header("x-litellm-timeout"); !text.empty()) {
    const auto value = json_number(text);
    if (!value || *value <= 0 || *value > 1e9)
      return fail(client_error("header `x-litellm-timeout` must be a number of seconds above 0."));
    call.timeout = Milliseconds(static_cast<std::int64_t>(std::ceil(*value * 1000)));
  }
  call.cache_control = request.header("cache-control");
  if (!settings.forward_client_headers) return Done{};
  for (const auto& [name, value] : request.head.headers) {
    if (is_forwarded(name, settings))
      call.forwarded_headers.append(name).append(": ").append(value).append("\r\n");
  }
  return Done{};
}

Status read_model(std::string_view url_model, const Settings& settings, Call& call) {
  const std::string& forced =
      call.endpoint == Endpoint::embeddings ? settings.embedding_model : settings.completion_model;
  const JsonField* field = call.fields.find("model");
  if (!forced.empty()) {
    call.model = forced;
  } else if (!url_model.empty()) {
    call.model = percent_decode(url_model);
    if (!is_utf8(call.model)) return fail(client_error("the path's model is not UTF-8.", "model"));
  } else if (field != nullptr && field->type == JsonType::string) {
    call.model = json_unescape(field->value);
  } else if (field != nullptr && field->type != JsonType::null) {
    return fail(type_error("model", "a string"));
  }
  return Done{};
}

}  // namespace

void Call::reset() {
  JsonFields kept_fields = std::move(fields);
  std::string kept_model = std::move(model), kept_id = std::move(id);
  std::destroy_at(this);  // cheaper than to assign an empty one member by member
  std::construct_at(this);
  kept_fields.clear();
  kept_model.clear();
  kept_id.clear();
  fields = std::move(kept_fields);  // their memory serves the next request
  model = std::move(kept_model);
  id = std::move(kept_id);
}

void Call::move_to(std::string_view copied_body) {
  body = copied_body;
  (void)scan_json_object(body, fields);  // it was scanned before: no fault
  if (!extra_body.empty()) extra_body = fields.find("extra_body")->value;
}

FieldUse field_use(std::string_view name) { return rule_table.use_of(name); }

Status parse_call(const http::Request& request, const Settings& settings,
                  std::string_view url_model, Call& call) {
  // LiteLLM takes an empty body for an empty object, whose fault is then that it names no model.
  call.body = request.body().empty() ? std::string_view("{}") : request.body();
  call.arrived = request.arrived;
  call.cancel = request.cancel;
  if (const auto fault = scan_json_object(call.body, call.fields))
    return fail(json_error(call.body, *fault));
  if (call.fields.size() > max_fields)
    return fail(client_error("the request has more than " + std::to_string(max_fields) + " fields.",
                             "request_body"));
  TRY([[maybe_unused]] const Done model, read_model(url_model, settings, call));
  TRY([[maybe_unused]] const Done fields, CallReader(call, settings).read());
  TRY([[maybe_unused]] const Done headers, read_headers(request, settings, call));
  if (call.endpoint == Endpoint::embeddings) call.stream = false;
  return Done{};
}

Status check_input(const Call& call) {
  const bool chat = call.endpoint == Endpoint::chat;
  const std::string_view name = chat                                     ? "messages"
                                : call.endpoint == Endpoint::completions ? "prompt"
                                                                         : "input";
  const JsonField* field = call.fields.find(name);
  if (field == nullptr || field->type == JsonType::null)
    return fail(client_error("`" + std::string(name) + "` is required.", std::string(name)));
  const bool fits = chat ? field->type == JsonType::array
                         : field->type == JsonType::array || field->type == JsonType::string;
  if (!fits) return fail(type_error(name, chat ? "a list of messages" : "a string or a list"));
  return Done{};
}

}  // namespace sluice::gateway
