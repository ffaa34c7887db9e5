#pragma once
// One request to a model, taken apart as far as the gateway acts on it. The rest of the body stays
// what it is: bytes to forward.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_scan.h"
#include "base/result.h"
#include "http/request.h"
#include "io/cancel.h"
#include "io/timer.h"
#include "model/settings.h"
#include "provider/endpoint.h"

namespace sluice::gateway {

using provider::Endpoint;

// A fallback that the client named: a model, with fields to use instead of the request's own.
struct RequestedFallback {
  std::string model;
  std::string overrides;  // JSON object, or empty
};

// A failure that the client asked for, to see its own or our handling of it.
enum class MockFailure { none, any, context_window, content_policy, rate_limit };

struct Call {
  Endpoint endpoint = Endpoint::chat;
  std::string_view body;  // one valid JSON object; views below point into it
  JsonFields fields;
  std::string model;  // as asked
  bool stream = false;
  bool wants_usage = false;  // stream_options.include_usage
  std::optional<Milliseconds> timeout,
      stream_timeout;  // the client's wish; timeout bounds all attempts
  std::optional<int> num_retries;
  std::optional<std::vector<RequestedFallback>> fallbacks;
  bool disable_fallbacks = false;
  std::optional<bool> drop_params;
  std::optional<std::string> mock_response;
  MockFailure mock_failure = MockFailure::none;
  NamedValues extra_headers;
  std::string_view extra_body;  // JSON object, or empty
  std::vector<std::string> allowed_openai_params, additional_drop_params;
  // The client's own credentials (allow_client_side_credentials). Never logged.
  std::optional<std::string> client_key, client_base;
  std::string forwarded_headers;   // header lines of the client to pass on; usually empty
  std::string_view cache_control;  // value of the header Cache-Control; lives as the request does
  std::string tenant;              // whose entries of the cache it shares; empty = everybody's

  std::string id;  // x-litellm-call-id
  io::CancelToken* cancel = nullptr;
  io::Time arrived{};

  void reset();
  // The same call over a copy of its body.
  void move_to(std::string_view copied_body);
};

// What happens to a top-level field of the client's body on its way upstream.
enum class FieldUse {
  forward,  // not ours: the provider's business
  replace,  // `model`, `stream_options`: the gateway writes its own
  consume,  // read by the gateway, unknown to providers
};
FieldUse field_use(std::string_view name);

// Fills `call` from the request's body, query and headers. `url_model` is the model of the path, or
// empty. Errors are the client's: they name the field and say what it must be.
Status parse_call(const http::Request& request, const Settings& settings,
                  std::string_view url_model, Call& call);

// The field that the endpoint can't do without: `messages`, `prompt` or `input`.
Status check_input(const Call& call);

}  // namespace sluice::gateway
