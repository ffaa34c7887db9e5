#include "redis/url.h"

#include <algorithm>
#include <array>
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

// Seconds, as 0.5.
Status read_time(std::string_view text, Milliseconds& time) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr double most = 1e6;
  if (error != std::errc() || end != text.data() + text.size() || !(seconds > 0 && seconds < most))
    return bad("has a timeout that is no number of seconds above 0");
  time = std::max(Milliseconds(1), Milliseconds(static_cast<std::int64_t>(seconds * 1000)));
  return Done{};
}

Status read_certificates_wish(std::string_view wish, RedisOptions& options) {
  if (wish != "none" && wish != "optional" && wish != "required")
    return bad("has `ssl_cert_reqs` with another value than required, optional or none");
  options.tls_verify = wish != "none";
  return Done{};
}

// A server that takes longer than we wait is none; a longer socket_timeout is no reason to wait.
Status read_reply_time(std::string_view text, RedisOptions& options) {
  Milliseconds time{};
  TRY([[maybe_unused]] const Done read, read_time(text, time));
  options.deadline = std::min(options.deadline, time);
  return Done{};
}

struct Option {
  std::string_view name;
  Status (*read)(std::string_view value, RedisOptions& options);
};

template <auto Member>
Status read_text(std::string_view value, RedisOptions& options) {
  options.*Member = percent_decode(value);
  return Done{};
}

constexpr auto known = std::to_array<Option>({
    {"db", read_database},
    {"password", read_text<&RedisOptions::password>},
    {"socket_connect_timeout",
     [](std::string_view value, RedisOptions& options) {
       return read_time(value, options.connect_timeout);
     }},
    {"socket_timeout", read_reply_time},
    {"ssl_ca_certs", read_text<&RedisOptions::tls_ca_file>},
    {"ssl_cert_reqs", read_certificates_wish},
    {"ssl_certfile", read_text<&RedisOptions::tls_certificate>},
    {"ssl_keyfile", read_text<&RedisOptions::tls_key>},
    {"username", read_text<&RedisOptions::username>},
});

// What redis-py takes there and means nothing here: pools, encodings, retries.
constexpr auto ignored = std::to_array<std::string_view>(
    {"client_name", "decode_responses", "encoding", "encoding_errors", "health_check_interval",
     "lib_name", "lib_version", "max_connections", "protocol", "retry_on_error", "retry_on_timeout",
     "single_connection_client", "socket_keepalive", "socket_read_size", "ssl_check_hostname",
     "ssl_min_version", "timeout"});

Status read_option(std::string_view name, std::string_view value, RedisOptions& options) {
  const auto option = std::ranges::find(known, name, &Option::name);
  if (option != known.end()) return option->read(value, options);
  if (std::ranges::find(ignored, name) != ignored.end()) return Done{};
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_";
  if (name.find_first_not_of(letters) != std::string_view::npos)
    return bad("has an option that is not known");
  return bad("has the option `" + std::string(name) + "`, which is not known");
}

Status read_query(std::string_view query, RedisOptions& options) {
  if (query.find('@') != std::string_view::npos)  // the end of a password that begins before it
    return bad("has a ? before its @; write it as %3F");
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    const std::string_view name = take_until(value, '=');
    TRY([[maybe_unused]] const Done read, read_option(name, value, options));
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
    read_user(main.substr(0, at), options);  // counts more than the options
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
