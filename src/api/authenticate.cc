#include "api/authenticate.h"

#include "base/digest.h"

namespace sluice::api {

namespace {

Error auth_error(std::string message) {
  return Error{.code = ErrorCode::authentication,
               .blame = Blame::client,
               .status = 401,
               .message = "Authentication Error, " + std::move(message),
               .type = "auth_error",
               .param = "None"};
}

// The key of a header with a scheme; empty when it has none that counts.
std::string_view strip_scheme(std::string_view value) {
  for (const std::string_view scheme : {"Bearer ", "bearer ", "Basic "}) {
    if (value.starts_with(scheme)) return value.substr(scheme.size());
  }
  return {};
}

// LiteLLM shows the key that was refused; so much of it is enough to recognise it by.
std::string masked(std::string_view key) {
  if (key.size() <= 12) return std::string(key);
  return std::string(key.substr(0, 4)) + "..." + std::string(key.substr(key.size() - 4));
}

struct FoundKey {
  std::string_view key;
  std::string_view unschemed;  // an Authorization value without a scheme
};

FoundKey find_key(const Settings& settings, const http::Request& request) {
  if (!settings.key_header.empty()) {
    const std::string_view value = request.header(settings.key_header);
    const std::string_view stripped = strip_scheme(value);
    return {stripped.empty() ? value : stripped, {}};
  }
  if (const auto value = request.header("x-litellm-api-key"); !value.empty()) {
    const std::string_view stripped = strip_scheme(value);
    return {stripped.empty() ? value : stripped, {}};
  }
  if (const auto value = request.header("authorization"); !value.empty()) {
    const std::string_view stripped = strip_scheme(value);
    return {stripped, stripped.empty() ? value : std::string_view()};
  }
  for (const char* name : {"api-key", "x-api-key", "x-goog-api-key", "ocp-apim-subscription-key"}) {
    if (const auto value = request.header(name); !value.empty()) return {value, {}};
  }
  return {};
}

}  // namespace

Status authenticate(const gateway::Snapshot& snapshot, const http::Request& request) {
  const std::string& expected = snapshot.settings().master_key;
  if (expected.empty()) return Done{};
  const auto [key, unschemed] = find_key(snapshot.settings(), request);
  if (key.empty() && unschemed.empty()) return fail(auth_error("No api key passed in."));
  if (key.empty())
    return fail(
        auth_error("Malformed API Key passed in. Ensure Key has `Bearer ` prefix. Passed in: " +
                   masked(unschemed)));
  if (equal_in_constant_time(key, expected)) return Done{};
  if (!key.starts_with("sk-"))
    return fail(auth_error("LiteLLM Virtual Key expected. Received=" + masked(key) +
                           ", expected to start with 'sk-'."));
  return fail(Error{.code = ErrorCode::authentication,
                    .blame = Blame::client,
                    .status = 400,
                    .message = "No connected db.",
                    .type = "no_db_connection"});
}

std::string tenant_of(const Settings& settings, const http::Request& request) {
  if (!settings.master_key.empty()) return {};
  const std::string_view key = find_key(settings, request).key;
  return key.empty() ? std::string() : sha256(key);
}

}  // namespace sluice::api
