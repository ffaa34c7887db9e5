#include "config/redis_reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "config/reader.h"
#include "config/yaml_parse.h"
#include "redis/url.h"

namespace sluice::config {
namespace {

struct Variable {
  std::string_view key, name;
};
constexpr auto variables = std::to_array<Variable>({
    {"db", "REDIS_DB"},
    {"host", "REDIS_HOST"},
    {"password", "REDIS_PASSWORD"},
    {"port", "REDIS_PORT"},
    {"redis_startup_nodes", "REDIS_CLUSTER_NODES"},
    {"sentinel_nodes", "REDIS_SENTINEL_NODES"},
    {"sentinel_password", "REDIS_SENTINEL_PASSWORD"},
    {"service_name", "REDIS_SERVICE_NAME"},
    {"socket_connect_timeout", "REDIS_SOCKET_CONNECT_TIMEOUT"},
    {"socket_timeout", "REDIS_SOCKET_TIMEOUT"},
    {"ssl", "REDIS_SSL"},
    {"ssl_ca_certs", "REDIS_SSL_CA_CERTS"},
    {"ssl_cert_reqs", "REDIS_SSL_CERT_REQS"},
    {"ssl_certfile", "REDIS_SSL_CERTFILE"},
    {"ssl_keyfile", "REDIS_SSL_KEYFILE"},
    {"unix_socket_path", "REDIS_UNIX_SOCKET_PATH"},
    {"url", "REDIS_URL"},
    {"username", "REDIS_USERNAME"},
});

// Keys that say where a Redis is.
constexpr std::string_view places[] = {"url", "redis_startup_nodes", "sentinel_nodes",
                                       "unix_socket_path", "host"};

// `params` with what the environment adds.
Node with_environment(const Node& params, const Environment& environment) {
  Node all = params;
  for (const auto& [key, name] : variables) {
    const auto value = environment.get(name);
    if (!value || value->empty() || all.find_set(key) != nullptr) continue;
    all.set(Key{.text = std::string(key), .mark = params.mark},
            Node{.kind = Kind::text,
                 .mark = params.mark,
                 .text = *value,
                 .variable = std::string(name)});
  }
  return all;
}

class RedisReader {
 public:
  RedisReader(const Node& params, const std::string& path, Report& report)
      : params_(params), reader_(params, path, report), report_(report) {}

  std::optional<RedisOptions> read() {
    if (!read_place()) return std::nullopt;
    read_sign_in();
    read_tls();
    read_times();
    if (failed_) return std::nullopt;
    return std::move(options_);
  }

 private:
  void wrong(std::string_view key, std::string message) {
    reader_.wrong(key, std::move(message));
    failed_ = true;
  }

  bool has(std::string_view key) const { return params_.find_set(key) != nullptr; }

  bool read_place() {
    if (has("url")) return read_url();
    if (has("redis_startup_nodes")) {
      options_.topology = RedisTopology::cluster;
      return read_nodes("redis_startup_nodes");
    }
    if (has("sentinel_nodes")) return read_sentinel();
    read_database();
    if (const auto socket = reader_.text("unix_socket_path")) {
      options_.unix_socket = *socket;
      return !socket->empty();
    }
    return read_host();
  }

  // What the URL leaves out, it leaves at its default, whatever stands beside it.
  bool read_url() {
    auto parsed = redis::parse_redis_url(reader_.text_or_empty("url"));
    if (!parsed) {
      wrong("url", parsed.error().message);
      return false;
    }
    options_ = std::move(*parsed);
    for (const std::string_view key : {"host", "port", "db", "password"}) {
      const Node* node = params_.find_set(key);
      if (node == nullptr || !node->variable.empty()) continue;
      report_.ignored(node->mark, reader_.path_of(key),
                      "has no effect beside a `url` (or REDIS_URL), which wins");
    }
    return true;
  }

  bool read_sentinel() {
    options_.topology = RedisTopology::sentinel;
    options_.service_name = reader_.text_or_empty("service_name");
    options_.sentinel_username = reader_.text_or_empty("sentinel_username");
    options_.sentinel_password = reader_.text_or_empty("sentinel_password");
    if (options_.service_name.empty())
      wrong("service_name", "is needed with `sentinel_nodes`: the master's name at the sentinels");
    read_database();
    return read_nodes("sentinel_nodes");
  }

  bool read_host() {
    const std::string host = reader_.text_or_empty("host");
    if (host.empty()) {
      wrong("host", "no Redis is named; write `host` or `url`, or set REDIS_HOST or REDIS_URL");
      return false;
    }
    const Node* written = reader_.value("port");
    const auto port = written == nullptr ? std::optional<int>(6379) : port_of(*written);
    if (!port) {
      wrong("port", "must be a port, 1 to 65535");
      return false;
    }
    options_.nodes = {{.host = host, .port = *port}};
    return true;
  }

  static std::optional<int> port_of(const Node& node) {
    const auto port = as_integer(node);
    if (!port || *port < 1 || *port > 65535) return std::nullopt;
    return static_cast<int>(*port);
  }

  // Databases of a server are numbered from 0; how many there are only it knows.
  void read_database() {
    const auto database = reader_.count("db");
    if (!database) return;
    constexpr std::int64_t most = 1'000'000;
    if (*database > most) return wrong("db", "must be the number of a database, as 0");
    options_.database = static_cast<int>(*database);
  }

  // [{host: a, port: 1}], [[a, 1]] or ["a:1"]; as text, the JSON of one of them.
  bool read_nodes(std::string_view key) {
    Node list = *params_.find_set(key);
    if (list.is_text()) {
      YamlResult parsed = parse_yaml(list.text, list.mark.file);
      if (parsed.ok) list = std::move(parsed.root);
    }
    for (const Node& item : list.items) {
      const auto address = list.is_list() ? address_of(item) : std::nullopt;
      if (!address) {
        options_.nodes.clear();
        break;
      }
      options_.nodes.push_back(*address);
    }
    if (options_.nodes.empty())
      wrong(key, "must be a list of nodes such as `[{host: 10.0.0.1, port: 6379}]`");
    return !options_.nodes.empty();
  }

  static std::optional<RedisAddress> address_of(const Node& item) {
    const Node* host = nullptr;
    const Node* port = nullptr;
    if (item.is_map()) host = item.find_set("host"), port = item.find_set("port");
    if (item.is_list() && item.items.size() == 2) host = &item.items[0], port = &item.items[1];
    if (item.is_text()) return address_of(item.text);
    if (host == nullptr || !host->is_scalar() || host->text.empty()) return std::nullopt;
    if (port == nullptr) return RedisAddress{.host = host->text};
    const auto number = port_of(*port);
    if (!number) return std::nullopt;
    return RedisAddress{.host = host->text, .port = *number};
  }

  static std::optional<RedisAddress> address_of(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return RedisAddress{.host = std::string(text)};
    std::string_view host = text.substr(0, colon);
    const auto port =
        port_of(Node{.kind = Kind::text, .text = std::string(text.substr(colon + 1))});
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (!port || host.empty()) return std::nullopt;
    return RedisAddress{.host = std::string(host), .port = *port};
  }

  // A URL's user and password stand.
  void read_sign_in() {
    if (options_.username.empty()) options_.username = reader_.text_or_empty("username");
    if (!has("url")) options_.password = reader_.text_or_empty("password");
  }

  void read_tls() {
    options_.tls = reader_.boolean("ssl").value_or(false) || options_.tls;
    if (const auto file = reader_.text("ssl_ca_certs")) options_.tls_ca_file = *file;
    if (const auto file = reader_.text("ssl_certfile")) options_.tls_certificate = *file;
    if (const auto file = reader_.text("ssl_keyfile")) options_.tls_key = *file;
    if (const auto wanted = reader_.text("ssl_cert_reqs")) read_cert_reqs(*wanted);
    const Node* names = reader_.value("ssl_check_hostname");
    if (names != nullptr && as_boolean(*names) == false)
      report_.ignored(names->mark, reader_.path_of("ssl_check_hostname"),
                      "a certificate's name is always checked; `ssl_cert_reqs: none` turns all "
                      "checks off");
  }

  // Python's names for it: None in a file is null, so text here.
  void read_cert_reqs(std::string_view wanted) {
    if (wanted == "none" || wanted == "None" || wanted == "CERT_NONE") {
      options_.tls_verify = false;
    } else if (wanted != "required" && wanted != "CERT_REQUIRED" && wanted != "optional" &&
               wanted != "CERT_OPTIONAL") {
      wrong("ssl_cert_reqs", "must be required, optional or none");
    }
  }

  // LiteLLM waits up to socket_timeout for a reply, so a shorter one shortens our deadline too; a
  // longer one is no reason to let a request wait.
  void read_times() {
    if (const auto time = positive("socket_connect_timeout")) options_.connect_timeout = *time;
    if (const auto time = positive("socket_timeout"))
      options_.deadline = std::min(options_.deadline, *time);
    if (const auto time = positive("redis_deadline")) options_.deadline = *time;
  }

  std::optional<Milliseconds> positive(std::string_view key) {
    const auto time = reader_.seconds(key);
    if (!time || time->count() > 0) return time;
    wrong(key, "must be a number of seconds above 0");
    return std::nullopt;
  }

  const Node& params_;
  Reader reader_;
  Report& report_;
  RedisOptions options_;
  bool failed_ = false;
};

}  // namespace

bool names_redis(const Node& params) {
  return std::ranges::any_of(places, [&](std::string_view key) {
    const Node* node = params.find(key);
    return node != nullptr && (!node->is_null() || !node->variable.empty());
  });
}

bool names_redis(const Environment& environment) {
  return std::ranges::any_of(variables, [&](const Variable& each) {
    return std::ranges::find(places, each.key) != std::end(places) &&
           !environment.get(each.name).value_or("").empty();
  });
}

std::optional<RedisOptions> read_redis(const Node& params, const std::string& path,
                                       const Environment& environment, Report& report) {
  Node all = with_environment(params, environment);
  // redis-py's own name for it, which LiteLLM passes on.
  if (const Node* nodes = all.find_set("startup_nodes");
      nodes != nullptr && params.find_set("redis_startup_nodes") == nullptr)
    all.set(Key{.text = "redis_startup_nodes"}, Node(*nodes));
  return RedisReader(all, path, report).read();
}

}  // namespace sluice::config
