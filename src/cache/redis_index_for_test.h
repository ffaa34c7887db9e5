#pragma once
// What an index behind a Redis needs of one loop, for tests: a gateway in miniature.
#include <memory>

#include "cache/replicated_index.h"
#include "io/testing.h"
#include "redis/client.h"

namespace sluice::cache::testing {

struct Gateway {
  Gateway(io::Loop& its_loop, RedisOptions options)
      : loop(its_loop),
        connector(loop, nullptr),
        redis(std::make_shared<const RedisOptions>(std::move(options))),
        client(loop, connector, redis) {}

  // Fails the test when there is no reply.
  redis::Reply run(search::Arguments words, std::size_t key_at = 1) {
    const redis::Command command = search::as_command(words, key_at);
    auto reply = io::testing::run(loop, client.run(command, soon()));
    EXPECT_TRUE(reply) << reply.error().message;
    return reply ? *reply : redis::Reply{};
  }
  static io::WaitLimit soon() { return {.deadline = io::Clock::now() + std::chrono::seconds(10)}; }
  ReplicatedIndex::Parts parts(std::shared_ptr<Replica> replica, RedisIndexOptions options) {
    return {.loop = loop,
            .connector = connector,
            .client = client,
            .redis = redis,
            .replica = std::move(replica),
            .options = std::move(options)};
  }

  io::Loop& loop;
  io::Connector connector;
  std::shared_ptr<const RedisOptions> redis;
  redis::Client client;
};

}  // namespace sluice::cache::testing
