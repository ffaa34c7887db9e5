#include "redis/url.h"

#include <gtest/gtest.h>

namespace sluice::redis {
namespace {

TEST(RedisUrl, NamesHostPortAndDatabase) {
  const struct {
    const char* url;
    RedisOptions expected;
  } examples[] = {
      {"redis://", {.nodes = {{"localhost", 6379}}}},
      {"redis://cache", {.nodes = {{"cache", 6379}}}},
      {"redis://cache:7000/3", {.nodes = {{"cache", 7000}}, .database = 3}},
      {"redis://[::1]:7000", {.nodes = {{"::1", 7000}}}},
      {"rediss://cache", {.nodes = {{"cache", 6379}}, .tls = true}},
      {"redis://:secret@cache", {.nodes = {{"cache", 6379}}, .password = "secret"}},
      {"redis://me:p%40ss%3A@cache/",
       {.nodes = {{"cache", 6379}}, .username = "me", .password = "p@ss:"}},
      {"redis://me:p@ss@cache", {.nodes = {{"cache", 6379}}, .username = "me", .password = "p@ss"}},
      {"unix:///run/redis.sock", {.unix_socket = "/run/redis.sock"}},
      {"unix://:pw@/run/r.sock?db=2",
       {.unix_socket = "/run/r.sock", .password = "pw", .database = 2}},
      {"rediss://h?ssl_cert_reqs=none&ssl_ca_certs=/ca.pem",
       {.nodes = {{"h", 6379}}, .tls = true, .tls_verify = false, .tls_ca_file = "/ca.pem"}},
      {"rediss://h/1?ssl_certfile=/c.pem&ssl_keyfile=%2Fk.pem&ssl_cert_reqs=optional",
       {.nodes = {{"h", 6379}},
        .database = 1,
        .tls = true,
        .tls_certificate = "/c.pem",
        .tls_key = "/k.pem"}},
      {"redis://h?socket_timeout=0.005&socket_connect_timeout=2.5&username=u&password=p%26w",
       {.nodes = {{"h", 6379}},
        .username = "u",
        .password = "p&w",
        .connect_timeout = Milliseconds(2500),
        .deadline = Milliseconds(5)}},
      {"redis://me@h?socket_timeout=5&username=other&decode_responses=true&protocol=3",
       {.nodes = {{"h", 6379}}, .username = "me"}},
  };
  for (const auto& [url, expected] : examples) {
    const auto options = parse_redis_url(url);
    ASSERT_TRUE(options) << url << ": " << options.error().message;
    EXPECT_EQ(*options, expected) << url;
  }
}

TEST(RedisUrl, RefusesOthersWithoutTellingThePassword) {
  for (const char* url :
       {"", "cache:6379", "http://:secret@cache", "redis://:secret@cache:port",
        "redis://:secret@cache:0", "redis://:secret@cache/x", "redis://:secret@[::1",
        "redis://:secret@[::1]x", "unix://:secret@", "redis://:secret@cache?what=1",
        "redis://:sec?secret@cache", "redis://:secret@cache?secret-2", "redis://h?db=secret",
        "redis://h?socket_timeout=secret", "redis://h?socket_timeout=0",
        "redis://h?ssl_cert_reqs=secret"}) {
    const auto options = parse_redis_url(url);
    ASSERT_FALSE(options) << url;
    EXPECT_EQ(options.error().message.find("secret"), std::string::npos) << url;
  }
}

}  // namespace
}  // namespace sluice::redis
