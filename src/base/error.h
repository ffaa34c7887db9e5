#pragma once
// The one error type. A dialect makes it from a provider's answer, any other module from its own
// failure; `gateway` decides from `code` whether to try again; `api` alone turns it into JSON.
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace sluice {

// What went wrong, in the classes the field knows (each is one exception class of the OpenAI and
// LiteLLM clients; error_class_name() gives that name).
enum class ErrorCode {
  bad_request,         // 400, and 422 of most providers
  context_window,      // 400: the prompt does not fit the model
  content_policy,      // 400: refused by the provider's safety system
  unsupported_params,  // 400: a parameter the provider does not have
  authentication,      // 401
  permission_denied,   // 403
  not_found,           // 404
  timeout,             // 408, or 504 when the provider said so
  unprocessable,       // 422
  rate_limit,          // 429
  internal,            // 500
  connection,          // 500: no connection, cut connection, an answer that is not HTTP or not JSON
  unavailable,         // 503
  api_error,           // any other status of a provider
  cancelled,           // the client went away; nobody reads this
};

enum class Blame { client, gateway, provider };

struct Error {
  ErrorCode code = ErrorCode::internal;
  Blame blame = Blame::gateway;
  int status = 500;                  // HTTP status for the client
  std::string message;               // what was attempted, with which value, what to do
  std::optional<std::string> type;   // JSON null when absent
  std::optional<std::string> param;  // JSON null when absent
  std::optional<std::chrono::milliseconds> retry_after;  // as the provider asked, or as we ask
};

// An error that the caller made: bad_request, 400, blame client.
[[gnu::cold]] inline Error client_error(std::string message,
                                        std::optional<std::string> param = {}) {
  return Error{.code = ErrorCode::bad_request,
               .blame = Blame::client,
               .status = 400,
               .message = std::move(message),
               .type = "invalid_request_error",
               .param = std::move(param)};
}

// No connection to a provider, a cut one, or an answer that can't be read: connection, 500.
[[gnu::cold]] inline Error connection_error(std::string message) {
  return Error{.code = ErrorCode::connection,
               .blame = Blame::provider,
               .status = 500,
               .message = std::move(message)};
}

// A failure of ours or of the machine: internal, 500, blame gateway.
[[gnu::cold]] inline Error gateway_error(std::string message) {
  return Error{.message = std::move(message)};
}

}  // namespace sluice
