#pragma once
// Where a deployment's calls go: its base URL taken apart, the request target of each endpoint and
// the header that carries the key. Pure; any thread.
//
// Grammar of a base URL:  ("http" | "https") "://" host [":" port] [path] ["?" query]
// `host` is a name, an IPv4 address or an IPv6 address in brackets.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "model/deployment.h"

namespace sluice::provider {

enum class Endpoint { chat, completions, embeddings };

struct BaseUrl {
  bool tls = true;
  std::string host;  // without brackets, for the resolver and for the certificate's name
  std::uint16_t port = 443;
  std::string authority;  // for the Host header: brackets kept, the scheme's own port left out
  std::string path;       // "" or "/…", without a trailing slash
  std::string query;      // without '?'; may be empty
};

// Azure's `api-version` when neither the deployment nor AZURE_API_VERSION says one.
inline constexpr std::string_view azure_default_api_version = "2025-02-01-preview";
inline constexpr std::string_view azure_api_version_env = "AZURE_API_VERSION";

// Error: bad_request naming api_base, what is wrong with it and how it should look.
Result<BaseUrl> parse_base_url(std::string_view text);

// The deployment's api_base, else its provider's default. Error also when it has neither.
Result<BaseUrl> base_url_of(const Deployment& deployment);

// What stands after the method in the request line: "/v1/chat/completions". `model` is the
// provider's model name, which Azure wants in the path. Error: the provider has no such endpoint.
Result<std::string> request_target(const Deployment& deployment, const BaseUrl& base,
                                   Endpoint endpoint, std::string_view model);

// Name and value of the header with the key. Nothing without a key: a local server, or a deployment
// that brings its own header in `headers`.
std::optional<std::pair<std::string_view, std::string>> auth_header(const Deployment& deployment);

}  // namespace sluice::provider
