#include "config/redis_reader.h"

#include <gtest/gtest.h>

#include "config/yaml_parse.h"

namespace sluice::config {
namespace {

using std::chrono::milliseconds;

struct Read {
  std::optional<RedisOptions> options;
  std::vector<std::string> messages;  // "key: message"
};

Read read(const std::string& yaml, Environment::Values environment = {}) {
  YamlResult parsed = parse_yaml(yaml, 0);
  EXPECT_TRUE(parsed.ok) << yaml;
  Report report;
  report.add_file("config.yaml");
  Read result;
  result.options =
      read_redis(parsed.root, "cache_params", Environment(std::move(environment)), report);
  for (const Verdict& verdict : report.take())
    result.messages.push_back(verdict.place.key + ": " + verdict.message);
  return result;
}

using Nodes = std::vector<RedisAddress>;
using Messages = std::vector<std::string>;

TEST(RedisReader, ReadsAServer) {
  const auto [options, messages] = read(
      "{host: h, port: '7', db: 2, username: u, password: p, ssl: true, ssl_ca_certs: ca, "
      "ssl_certfile: c, ssl_keyfile: k, ssl_cert_reqs: none, socket_connect_timeout: 2}");
  EXPECT_EQ(messages, Messages{});
  ASSERT_TRUE(options);
  EXPECT_EQ(*options, (RedisOptions{.nodes = {{"h", 7}},
                                    .username = "u",
                                    .password = "p",
                                    .database = 2,
                                    .tls = true,
                                    .tls_verify = false,
                                    .tls_ca_file = "ca",
                                    .tls_certificate = "c",
                                    .tls_key = "k",
                                    .connect_timeout = milliseconds(2000)}));
}

TEST(RedisReader, HasDefaults) {
  const auto [options, messages] = read("{host: h, port: null, password: ''}");
  EXPECT_EQ(messages, Messages{});
  EXPECT_EQ(options, (RedisOptions{.nodes = {{"h", 6379}}}));
}

TEST(RedisReader, FillsGapsFromTheEnvironment) {
  const Environment::Values environment = {{"REDIS_HOST", "e"},     {"REDIS_PORT", "8"},
                                           {"REDIS_DB", "3"},       {"REDIS_USERNAME", "u"},
                                           {"REDIS_PASSWORD", "p"}, {"REDIS_SSL", "True"}};
  const auto all = read("{}", environment).options;
  EXPECT_EQ(
      all, (RedisOptions{
               .nodes = {{"e", 8}}, .username = "u", .password = "p", .database = 3, .tls = true}));
  const auto some = read("{host: h, password: q, ssl: false}", environment).options;
  EXPECT_EQ(some->nodes, (Nodes{{"h", 8}}));
  EXPECT_EQ(some->password, "q");
  EXPECT_FALSE(some->tls);
}

TEST(RedisReader, AUrlWins) {
  const auto [options, messages] =
      read("{host: h, port: 7, db: 1, password: p, url: 'rediss://u:s@r:9/4'}",
           {{"REDIS_HOST", "e"}, {"REDIS_CLUSTER_NODES", "[]"}});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->nodes, (Nodes{{"r", 9}}));
  EXPECT_EQ(options->username, "u");
  EXPECT_EQ(options->password, "s");
  EXPECT_EQ(options->database, 4);
  EXPECT_TRUE(options->tls);
  ASSERT_EQ(messages.size(), 1u);  // one cause, four places
  EXPECT_EQ(messages[0],
            "cache_params.host: has no effect beside a `url` (or REDIS_URL), which wins");
  EXPECT_EQ(read("{}", {{"REDIS_URL", "redis://r"}}).options->nodes, (Nodes{{"r", 6379}}));
}

TEST(RedisReader, ABadUrlIsToldWithoutItsPassword) {
  const auto [options, messages] = read("{url: 'http://u:secret@h'}");
  EXPECT_FALSE(options);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_TRUE(messages[0].starts_with("cache_params.url: ")) << messages[0];
  EXPECT_FALSE(messages[0].contains("secret")) << messages[0];
}

TEST(RedisReader, ReadsAClustersNodes) {
  const Nodes nodes = {{"a", 7001}, {"::1", 7002}};
  for (const std::string value :
       {"[{host: a, port: 7001}, {host: '::1', port: '7002'}]", "[[a, 7001], ['::1', 7002]]",
        "['a:7001', '[::1]:7002']", R"('[{"host":"a","port":7001},{"host":"::1","port":7002}]')"}) {
    const auto options = read("{redis_startup_nodes: " + value + ", host: x}").options;
    ASSERT_TRUE(options) << value;
    EXPECT_EQ(options->topology, RedisTopology::cluster);
    EXPECT_EQ(options->nodes, nodes) << value;
  }
  const auto from_environment =
      read("{}", {{"REDIS_CLUSTER_NODES", R"([{"host": "a", "port": "7001"}])"}}).options;
  ASSERT_TRUE(from_environment);
  EXPECT_EQ(from_environment->nodes, (Nodes{{"a", 7001}}));
  EXPECT_EQ(read("{startup_nodes: [{host: a}]}").options->topology, RedisTopology::cluster);
}

TEST(RedisReader, ReadsSentinels) {
  const auto [options, messages] = read(
      "{service_name: mymaster, sentinel_nodes: [[a, 26379], [b, 26379]], sentinel_password: s, "
      "password: p}");
  EXPECT_EQ(messages, Messages{});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->topology, RedisTopology::sentinel);
  EXPECT_EQ(options->nodes, (Nodes{{"a", 26379}, {"b", 26379}}));
  EXPECT_EQ(options->service_name, "mymaster");
  EXPECT_EQ(options->sentinel_password, "s");
  EXPECT_EQ(options->password, "p");
  EXPECT_EQ(read("{}", {{"REDIS_SENTINEL_NODES", R"([["a", 1]])"}, {"REDIS_SERVICE_NAME", "m"}})
                .options->nodes,
            (Nodes{{"a", 1}}));
}

TEST(RedisReader, ReadsASocket) {
  const auto options = read("{unix_socket_path: /run/redis.sock, db: 1}").options;
  ASSERT_TRUE(options);
  EXPECT_EQ(options->unix_socket, "/run/redis.sock");
  EXPECT_TRUE(options->nodes.empty());
  EXPECT_EQ(options->database, 1);
}

TEST(RedisReader, BoundsWhatARequestWaits) {
  EXPECT_EQ(read("{host: h}").options->deadline, milliseconds(20));
  EXPECT_EQ(read("{host: h, socket_timeout: 5}").options->deadline, milliseconds(20));
  EXPECT_EQ(read("{host: h, socket_timeout: 0.005}").options->deadline, milliseconds(5));
  EXPECT_EQ(read("{host: h, socket_timeout: 5, redis_deadline: 0.1}").options->deadline,
            milliseconds(100));
}

TEST(RedisReader, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"{port: 7}",
       "host: no Redis is named; write `host` or `url`, or set REDIS_HOST or "
       "REDIS_URL"},
      {"{host: h, port: 70000}", "port: must be a port, 1 to 65535"},
      {"{host: h, port: x}", "port: must be a port, 1 to 65535"},
      {"{host: h, db: -1}", "db: must be a whole number from 0 up, not `-1`"},
      {"{host: h, password: [p]}", "password: must be a text, not a list"},
      {"{host: h, ssl: maybe}", "ssl: must be true or false, not `maybe`"},
      {"{host: h, ssl_cert_reqs: maybe}", "ssl_cert_reqs: must be required, optional or none"},
      {"{host: h, redis_deadline: 0}", "redis_deadline: must be a number of seconds above 0"},
      {"{redis_startup_nodes: [a, {port: 1}]}",
       "redis_startup_nodes: must be a list of nodes such as `[{host: 10.0.0.1, port: 6379}]`"},
      {"{redis_startup_nodes: 'no json ['}",
       "redis_startup_nodes: must be a list of nodes such as `[{host: 10.0.0.1, port: 6379}]`"},
      {"{sentinel_nodes: [[a, 1]]}",
       "service_name: is needed with `sentinel_nodes`: the master's name at the sentinels"},
  };
  for (const auto& [yaml, message] : cases)
    EXPECT_EQ(read(yaml).messages, Messages{"cache_params." + std::string(message)}) << yaml;
}

TEST(RedisReader, KnowsWhetherARedisIsNamed) {
  EXPECT_TRUE(names_redis(Environment({{"REDIS_URL", "redis://h"}})));
  EXPECT_TRUE(names_redis(Environment({{"REDIS_CLUSTER_NODES", "[]"}})));
  EXPECT_FALSE(names_redis(Environment({{"REDIS_PASSWORD", "p"}, {"REDIS_HOST", ""}})));
  EXPECT_TRUE(names_redis(parse_yaml("{host: h}", 0).root));
  EXPECT_FALSE(names_redis(parse_yaml("{port: 7, host: null}", 0).root));
}

}  // namespace
}  // namespace sluice::config
