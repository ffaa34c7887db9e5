// The library's calls on a real server without a search module: threads, refusals, a server that
// goes away.
#include "client/redis_link.h"

#include <gtest/gtest.h>
#include <sluice/search_index.h>
#include <sluice/semantic_cache.h>

#include <thread>

#include "redis/redis_server_for_test.h"

namespace sluice::client {
namespace {

RedisServer address_of(const redis::testing::RedisServer& server) {
  return {.url = "redis://127.0.0.1:" + std::to_string(server.port())};
}

template <class Call>
Failed failure(Call call) {
  try {
    call();
  } catch (const Exception& failed) {
    return failed.why();
  }
  ADD_FAILURE() << "nothing was thrown";
  return Failed::internal;
}

TEST(RedisLink, AnswersEveryThreadWithItsOwnReply) {
  const redis::testing::RedisServer server;
  const RedisLink link(address_of(server));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&link, t] {
      for (int i = 0; i < 50; i++) {
        const std::string text = std::to_string(t) + "-" + std::to_string(i);
        EXPECT_EQ(link.run({"ECHO", text}, link.due()).text, text);
        const auto both = link.run_all({{{"SET", text, "1"}, 1}, {{"GET", text}, 1}}, link.due());
        ASSERT_EQ(both.size(), 2u);
        EXPECT_EQ(both[1].text, "1");
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(RedisLink, TellsWhatStandsInTheWay) {
  RedisServer nowhere{.url = "redis://127.0.0.1:1", .timeout = std::chrono::milliseconds(500)};
  EXPECT_EQ(failure([&] { SearchIndex::list_all(nowhere); }), Failed::connection);
  EXPECT_EQ(failure([&] { RedisLink link({.url = "nonsense"}); }), Failed::argument);
  EXPECT_EQ(failure([&] { RedisLink link({.timeout = std::chrono::milliseconds(0)}); }),
            Failed::argument);
  const redis::testing::RedisServer locked({"--requirepass", "sesame"});
  try {
    SearchIndex::list_all({.url = "redis://:guess@127.0.0.1:" + std::to_string(locked.port())});
    FAIL();
  } catch (const Exception& failed) {
    EXPECT_NE(failed.why(), Failed::internal);
    EXPECT_EQ(std::string(failed.what()).find("guess"), std::string::npos);
  }
}

TEST(RedisLink, NamesAServerWithoutASearchModule) {
  const redis::testing::RedisServer server;
  EXPECT_EQ(failure([&] { SearchIndex::from_existing("x", address_of(server)); }),
            Failed::unsupported);
  const auto vectorizer =
      Vectorizer::custom(2, [](std::string_view) { return std::vector<float>{1, 0}; });
  EXPECT_EQ(failure([&] {
              SemanticCache cache({.store = address_of(server), .vectorizer = vectorizer});
            }),
            Failed::unsupported);
}

TEST(RedisLink, WorksAgainAfterTheServerDoes) {
  redis::testing::RedisServer server;
  auto address = address_of(server);
  const RedisLink link(address);
  EXPECT_EQ(link.run({"PING"}, link.due()).text, "PONG");
  server.stop();
  EXPECT_THROW(link.run({"PING"}, io::Clock::now() + std::chrono::milliseconds(200)), Exception);
  server.start();
  const auto answers = [&] {
    try {
      return link.run({"PING"}, link.due()).text == "PONG";
    } catch (const Exception&) {
      return false;  // the breaker is still open
    }
  };
  while (!answers()) std::this_thread::yield();
}

}  // namespace
}  // namespace sluice::client
