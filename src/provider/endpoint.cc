#include "provider/endpoint.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "provider/catalog.h"
#include "provider/text.h"

namespace sluice::provider {
namespace {

using Text = std::string_view;

Error bad_base(Text what) {
  return client_error(concat({"api_base: ", what, "; write it as https://host[:port][/path]"}),
                      "api_base");
}

// The text itself is shown nowhere: a mistyped base may hold a key.
bool is_printable(Text text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

bool is_name(Text host) {
  return !host.empty() && std::ranges::all_of(host, [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || c == '_';
  });
}

bool is_ipv6(Text host) {
  return host.contains(':') && std::ranges::all_of(host, [](unsigned char c) {
           return std::isxdigit(c) || c == ':' || c == '.';
         });
}

Result<std::uint16_t> parse_port(Text text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end || port == 0)
    return fail(bad_base("the port must be a number from 1 to 65535"));
  return port;
}

struct Authority {
  Text host;    // as written, brackets kept
  Text suffix;  // "" or ":PORT"
};

Result<Authority> split_authority(Text text) {
  if (text.contains('@')) return fail(bad_base("it must not hold a user name or password"));
  const auto close = text.starts_with('[') ? text.find(']') : 0;
  if (close == Text::npos) return fail(bad_base("the IPv6 address lacks its closing bracket"));
  const auto end = close == 0 ? std::min(text.find(':'), text.size()) : close + 1;
  const Authority parts{text.substr(0, end), text.substr(end)};
  if (!parts.suffix.empty() && parts.suffix[0] != ':')
    return fail(bad_base("text follows the IPv6 address"));
  return parts;
}

// Fills host, port and authority; `tls` is set already.
Status parse_authority(Text text, BaseUrl& base) {
  TRY(const auto parts, split_authority(text));
  const bool bracketed = parts.host.starts_with('[');
  base.host = bracketed ? parts.host.substr(1, parts.host.size() - 2) : parts.host;
  if (bracketed ? !is_ipv6(base.host) : !is_name(base.host))
    return fail(bad_base("the host is missing, or neither a name nor an address"));
  const std::uint16_t usual = base.tls ? 443 : 80;
  base.port = usual;
  base.authority = parts.host;
  if (parts.suffix.empty()) return Done{};
  TRY(base.port, parse_port(parts.suffix.substr(1)));
  if (base.port != usual) base.authority += parts.suffix;
  return Done{};
}

Text trim_slashes(Text path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// A base may be written as the whole URL of an endpoint.
Text without_endpoint(Text path) {
  for (const Text end : {"/chat/completions", "/completions", "/embeddings", "/v1/messages"})
    if (path.ends_with(end)) return trim_slashes(path.substr(0, path.size() - end.size()));
  return path;
}

Text endpoint_path(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::chat: return "/chat/completions";
    case Endpoint::completions: return "/completions";
    case Endpoint::embeddings: return "/embeddings";
  }
  return {};
}

// `text` as one segment of a path: everything but RFC 3986's unreserved characters escaped.
std::string path_segment(Text text) {
  constexpr Text hex = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    if (std::isalnum(c) || Text{"-._~"}.contains(static_cast<char>(c)))
      out += static_cast<char>(c);
    else
      (out += '%').append({hex[c >> 4], hex[c & 15]});
  }
  return out;
}

std::string with_query(std::string path, Text query) {
  if (!query.empty()) path.append("?").append(query);
  return path;
}

// The base's own query, with the version added unless it names one.
std::string versioned_query(Text query, Text version) {
  if (version.empty() || query.contains("api-version=")) return std::string(query);
  return concat({query, query.empty() ? "" : "&", "api-version=", version});
}

std::string openai_target(const ProviderSpec& spec, const BaseUrl& base, Text endpoint) {
  std::string path(without_endpoint(base.path));
  if (!path.ends_with(spec.version_path)) path += spec.version_path;
  return with_query(path.append(endpoint), base.query);
}

// The base is the resource, or already ends with /openai/deployments/NAME, or with /openai/v1 (the
// API without deployments and dated versions), or is an AI gateway's path before the deployment.
std::string azure_target(const Deployment& deployment, const BaseUrl& base, Text endpoint,
                         Text model) {
  std::string path(without_endpoint(base.path));
  if (path.ends_with("/openai/v1")) return with_query(path.append(endpoint), base.query);
  if (base.host == "gateway.ai.cloudflare.com")
    path += concat({"/", path_segment(model)});
  else if (!path.contains("/openai/deployments/"))
    path += concat({"/openai/deployments/", path_segment(model)});
  const Text version =
      deployment.api_version.empty() ? azure_default_api_version : deployment.api_version;
  return with_query(path.append(endpoint), versioned_query(base.query, version));
}

bool is_azure_host(Text host) {
  return host.ends_with(".services.ai.azure.com") || host.ends_with(".openai.azure.com");
}

std::string azure_ai_target(const Deployment& deployment, const BaseUrl& base, Text endpoint) {
  std::string path(without_endpoint(base.path));
  if (base.host.ends_with(".services.ai.azure.com") && !path.ends_with("/models") &&
      !path.ends_with("/v1"))
    path += "/models";
  return with_query(path.append(endpoint), versioned_query(base.query, deployment.api_version));
}

std::string anthropic_target(const BaseUrl& base) {
  std::string path(without_endpoint(base.path));
  if (!path.ends_with("/v1")) path += "/v1";
  return with_query(path.append("/messages"), base.query);
}

}  // namespace

Result<BaseUrl> parse_base_url(std::string_view text) {
  BaseUrl base;
  if (!is_printable(text))
    return fail(bad_base("it holds a space or a character that needs escaping"));
  base.tls = text.starts_with("https://");
  if (!base.tls && !text.starts_with("http://"))
    return fail(bad_base("it must start with http:// or https://"));
  if (text.contains('#')) return fail(bad_base("it must not hold a fragment ('#')"));
  text.remove_prefix(base.tls ? 8 : 7);
  const auto authority_end = std::min(text.find_first_of("/?"), text.size());
  if (const auto status = parse_authority(text.substr(0, authority_end), base); !status)
    return fail(status.error());
  text.remove_prefix(authority_end);
  const auto query = text.find('?');
  base.path = trim_slashes(text.substr(0, query));
  if (query != Text::npos) base.query = text.substr(query + 1);
  return base;
}

Result<BaseUrl> base_url_of(const Deployment& deployment) {
  const Text text = deployment.api_base.empty() ? deployment.spec->base_url : deployment.api_base;
  if (text.empty())
    return fail(bad_base(
        concat({"provider ", deployment.spec->name, " has no usual address, so it must be set"})));
  return parse_base_url(text);
}

Result<std::string> request_target(const Deployment& deployment, const BaseUrl& base,
                                   Endpoint endpoint, std::string_view model) {
  const auto path = endpoint_path(endpoint);
  switch (deployment.spec->url) {
    case UrlStyle::openai: return openai_target(*deployment.spec, base, path);
    case UrlStyle::azure: return azure_target(deployment, base, path, model);
    case UrlStyle::azure_ai: return azure_ai_target(deployment, base, path);
    case UrlStyle::anthropic: break;
  }
  if (endpoint == Endpoint::chat) return anthropic_target(base);
  return fail(
      client_error(concat({"provider ", deployment.spec->name, " has no ", path,
                           " endpoint; use a model of another provider or /chat/completions"}),
                   "model"));
}

std::optional<std::pair<std::string_view, std::string>> auth_header(const Deployment& deployment) {
  const auto& key = deployment.api_key;
  if (key.empty()) return {};
  auto auth = deployment.spec->auth;
  if (deployment.spec->url == UrlStyle::azure_ai) {
    const auto base = base_url_of(deployment);
    if (base && is_azure_host(base->host)) auth = Auth::api_key;
  }
  switch (auth) {
    case Auth::bearer: return {{"authorization", "Bearer " + key}};
    case Auth::api_key: return {{"api-key", key}};
    case Auth::x_api_key: return {{"x-api-key", key}};
  }
  return {};
}

}  // namespace sluice::provider
