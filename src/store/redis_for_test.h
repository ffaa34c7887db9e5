#pragma once
// A real Redis and stores that use it, for tests.
#include "io/testing.h"
#include "redis/redis_server_for_test.h"
#include "store/redis_store.h"

namespace sluice::store::testing {

// A RedisStore with what it needs of its own loop.
struct RedisLink {
  RedisLink(io::Loop& loop, const RedisOptions& options, RedisStore::Options store_options = {})
      : connector(loop, nullptr),
        client(loop, connector, std::make_shared<const RedisOptions>(options)),
        store(std::make_shared<RedisStore>(client, std::move(store_options))) {}
  io::Connector connector;
  redis::Client client;
  std::shared_ptr<RedisStore> store;
};

}  // namespace sluice::store::testing
