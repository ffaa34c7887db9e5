#include "redis/url.h"

#include <charconv>
#include <optional>

#include "base/percent.h"

namespace sluice::redis {
namespace {

Failure bad(const std::string& what) {
  return fail(
      client_error("the Redis URL " + what + "; it looks like redis://user:password@host:6379/0"));
}

std::optional<int> number(std::string_view text, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 && value <= most ? std::optional(value) : std::nullopt;
}

// What stands before `mark`, taken from the front of `text` with it; all of it without a mark.
std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

void read_user(std::string_view text, RedisOptions& options) {
  const std::string_view user = take_until(text, ':');
  options.username = percent_decode(user);
  options.password = percent_decode(text);
}

Status read_database(std::string_view text, RedisOptions& options) {
  constexpr int most = 1'000'000;
  const auto database = number(text, most);
  if (!database) return bad("names a database that is no number");
  options.database = *database;
  return Done{};
}

Status read_query(std::string_view query, RedisOptions& options) {
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    const std::string_view name = take_until(value, '=');
    if (name == "db") {
      TRY([[maybe_unused]] const Done read, read_database(value, options));
    } else if (name == "ssl_cert_reqs") {
      options.tls_verify = value != "none";
    } else if (name == "ssl_ca_certs") {
      options.tls_ca_file = percent_decode(value);
    } else {
      return bad("has the option `" + std::string(name) + "`, which is not known");
    }
  }
  return Done{};
}

Status read_host(std::string_view text, RedisOptions& options) {
  RedisAddress address{.host = "localhost"};
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return bad("has an IPv6 address without its ]");
    address.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!text.empty() && !text.starts_with(':')) return bad("has a host that can't be read");
  } else if (const auto host = take_until(text, ':'); !host.empty()) {
    address.host = percent_decode(host);
    if (!text.empty()) text = std::string_view(text.data() - 1, text.size() + 1);
  }
  if (text.starts_with(':')) {
    const auto port = number(text.substr(1), 65535);
    if (!port || *port == 0) return bad("has a port that is no number from 1 to 65535");
    address.port = *port;
  }
  options.nodes = {std::move(address)};
  return Done{};
}

}  // namespace

Result<RedisOptions> parse_redis_url(std::string_view url) {
  RedisOptions options;
  std::string_view rest = url;
  const std::size_t colon = rest.find("://");
  const std::string_view scheme = rest.substr(0, colon);
  if (colon == std::string_view::npos ||
      (scheme != "redis" && scheme != "rediss" && scheme != "unix"))
    return bad("must begin with redis://, rediss:// or unix://");
  rest.remove_prefix(colon + 3);
  options.tls = scheme == "rediss";
  std::string_view main = take_until(rest, '?');
  TRY([[maybe_unused]] const Done query, read_query(rest, options));
  // A password that is not encoded may hold an @: the last one ends it.
  if (const std::size_t at = main.rfind('@'); at != std::string_view::npos) {
    read_user(main.substr(0, at), options);
    main.remove_prefix(at + 1);
  }
  if (scheme == "unix") {
    options.unix_socket = percent_decode(main);
    if (options.unix_socket.empty()) return bad("names no socket");
    return options;
  }
  const std::string_view host = take_until(main, '/');
  TRY([[maybe_unused]] const Done read, read_host(host, options));
  if (!main.empty()) {
    TRY([[maybe_unused]] const Done database, read_database(main, options));
  }
  return options;
}

}  // namespace sluice::redis
