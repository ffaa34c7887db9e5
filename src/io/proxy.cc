// ProxySettings: reading the environment and matching NO_PROXY. The grammars are those on which
// curl and Python's clients agree:
//   proxy    = ["http://"] [user [":" password] "@"] host [":" port] ["/"]     (percent-encoded)
//   no_proxy = entry *("," entry)
//   entry    = "*" / ["."] name [":" port] / address [":" port] / address "/" bits
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/base64.h"
#include "base/percent.h"
#include "io/address.h"
#include "io/connect.h"

namespace sluice::io {

namespace {

struct Variable {
  std::string name;
  std::string value;
};

// The first of these that is set, each in lower case before upper case. An empty value counts: it
// switches the proxy off.
Variable first_set(std::initializer_list<std::string_view> names) {
  for (const std::string_view each : names) {
    std::string name(each);
    if (const char* value = std::getenv(name.c_str())) return {name, value};
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
    if (const char* value = std::getenv(name.c_str())) return {name, value};
  }
  return {};
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::optional<int> parse_number(std::string_view text, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number >= 0 && number <= most ? std::optional(number) : std::nullopt;
}

struct HostPort {
  std::string_view host;
  std::optional<std::string_view> port;
};

// "host:port", "[v6]:port", "v6": a colon separates a port only if it is the only one, or follows a
// bracket.
HostPort split_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == text.npos) return {text, {}};
    const std::string_view host = text.substr(1, close - 1), rest = text.substr(close + 1);
    if (rest.starts_with(':')) return {host, rest.substr(1)};
    return {host, {}};
  }
  const auto colon = text.find(':');
  if (colon == text.npos || text.find(':', colon + 1) != text.npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

// Never quotes the value: it may hold a password.
Failure bad_proxy(const std::string& name, std::string_view why) {
  return fail(gateway_error("environment variable " + name + ": " + std::string(why) +
                            "; write it as http://host:port or http://user:password@host:port"));
}

Result<ProxySettings::Proxy> parse_proxy(const Variable& variable) {
  std::string_view url = trim(variable.value);
  if (const auto scheme_end = url.find("://"); scheme_end != url.npos) {
    const std::string scheme = lower(url.substr(0, scheme_end));
    if (scheme != "http") return bad_proxy(variable.name, "proxies of that kind are not supported");
    url.remove_prefix(scheme_end + 3);
  }
  url = url.substr(0, url.find_first_of("/?#"));
  ProxySettings::Proxy proxy;
  if (const auto at = url.rfind('@'); at != url.npos) {
    const std::string credentials = percent_decode(url.substr(0, at));
    const bool has_password = credentials.find(':') != credentials.npos;
    proxy.authorization = "Basic " + base64(has_password ? credentials : credentials + ":");
    url.remove_prefix(at + 1);
  }
  const auto [host, port] = split_port(url);
  const auto number = port ? parse_number(*port, 65535) : std::optional(80);
  if (host.empty()) return bad_proxy(variable.name, "it names no host");
  if (!number || *number == 0) return bad_proxy(variable.name, "its port is not a number");
  proxy.endpoint = {.host = std::string(host), .port = *number, .tls = false};
  return proxy;
}

Result<std::optional<ProxySettings::Proxy>> proxy_from(const Variable& variable) {
  if (trim(variable.value).empty()) return std::nullopt;
  TRY(auto proxy, parse_proxy(variable));
  return proxy;
}

std::string_view bytes_of(const Address& address) {
  if (address.family() == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr;
    return {reinterpret_cast<const char*>(&v6), sizeof v6};
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage).sin_addr;
  return {reinterpret_cast<const char*>(&v4), sizeof v4};
}

bool shares_prefix(const Address& a, const Address& b, int bits) {
  const std::string_view left = bytes_of(a), right = bytes_of(b);
  if (left.size() != right.size()) return false;
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (left.substr(0, whole) != right.substr(0, whole)) return false;
  if (bits % 8 == 0) return true;
  return ((left[whole] ^ right[whole]) >> (8 - bits % 8) & ((1 << bits % 8) - 1)) == 0;
}

bool block_contains(std::string_view block, const Address& address) {
  const auto slash = block.find('/');
  const auto base = Address::from_literal(block.substr(0, slash), 0);
  if (!base) return false;
  const int most = static_cast<int>(bytes_of(*base).size()) * 8;
  const auto bits = slash == block.npos ? most : parse_number(block.substr(slash + 1), most);
  return bits && shares_prefix(*base, address, *bits);
}

// `suffix` matches itself and the names below it.
bool name_is_below(std::string_view name, std::string_view suffix) {
  if (suffix.starts_with('.')) suffix.remove_prefix(1);
  if (suffix.empty() || !name.ends_with(suffix)) return false;
  return name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.';
}

bool is_exempt(std::string_view entry, const Endpoint& endpoint) {
  if (entry == "*") return true;
  const auto [host, port] = split_port(entry);
  if (port && parse_number(*port, 65535) != endpoint.port) return false;
  if (const auto address = Address::from_literal(endpoint.host, 0))
    return block_contains(host, *address);
  return name_is_below(lower(endpoint.host), host);
}

}  // namespace

Result<ProxySettings> ProxySettings::from_environment() {
  ProxySettings settings;
  TRY(settings.http, proxy_from(first_set({"http_proxy", "all_proxy"})));
  TRY(settings.https, proxy_from(first_set({"https_proxy", "all_proxy"})));
  const std::string exempt = first_set({"no_proxy"}).value;
  for (std::size_t at = 0; at < exempt.size();) {
    const std::size_t end = std::min(exempt.find_first_of(", ", at), exempt.size());
    const std::string_view entry = trim(std::string_view(exempt).substr(at, end - at));
    if (!entry.empty()) settings.exempt.push_back(lower(entry));
    at = end + 1;
  }
  return settings;
}

const ProxySettings::Proxy* ProxySettings::proxy_for(const Endpoint& endpoint) const {
  const std::optional<Proxy>& proxy = endpoint.tls ? https : http;
  if (!proxy) return nullptr;
  const bool straight = std::ranges::any_of(
      exempt, [&endpoint](const std::string& entry) { return is_exempt(entry, endpoint); });
  return straight ? nullptr : &*proxy;
}

}  // namespace sluice::io
