// Memory before a slower store: the suite of every store over each, and that nothing old is ever
// served, whoever changes it.
#include "store/tiered_store.h"

#include "store/disk_store.h"
#include "store/redis_for_test.h"
#include "store/store_conformance_test.h"

namespace sluice::store {
namespace {

using io::testing::run;
using io::testing::run_until;
using redis::testing::RedisServer;
using testing::RedisLink;
using namespace std::chrono_literals;

struct OverRedisMaker {
  std::unique_ptr<RedisServer> server;
  std::unique_ptr<RedisLink> link;
  std::unique_ptr<Store> make(io::Loop& loop) {
    if (!RedisServer::available()) return nullptr;
    server = std::make_unique<RedisServer>();
    link = std::make_unique<RedisLink>(loop, server->options());
    return std::make_unique<TieredStore>(std::make_shared<MemoryStore>(16u << 20), link->store);
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(MemoryOverRedis, StoreConformance, OverRedisMaker);

struct OverDiskMaker {
  io::testing::TempFolder folder;
  std::unique_ptr<Store> make(io::Loop&) {
    auto disk = DiskStore::open({.directory = folder.file("cache"), .capacity_bytes = 64u << 20});
    return std::make_unique<TieredStore>(std::make_shared<MemoryStore>(16u << 20), *disk);
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(MemoryOverDisk, StoreConformance, OverDiskMaker);

// A slower store whose answers come when the test says so.
class HeldStore final : public BackingStore {
 public:
  explicit HeldStore(io::Loop& loop) : loop_(loop) {}

  io::Async<Result<Found>> look(std::string_view, io::WaitLimit limit) override {
    const Found found = value;  // as it is now, like a reply that is already on its way
    io::Pause pause(loop_, limit);
    answer = &pause;
    co_await pause;
    co_return found;
  }
  io::Async<Result<Bytes>> get(std::string_view, io::WaitLimit) override { co_return value.bytes; }
  io::Async<Status> put(std::string_view, Bytes bytes, std::optional<Milliseconds>,
                        io::WaitLimit limit) override {
    value = {.bytes = std::move(bytes)};
    io::Pause pause(loop_, limit);
    if (holds_puts) co_await pause;
    co_return Done{};
  }
  io::Async<Result<bool>> erase(std::string_view, io::WaitLimit) override {
    value = {};
    co_return true;
  }
  io::Async<Result<std::size_t>> clear(std::string_view, io::WaitLimit) override {
    value = {};
    co_return std::size_t{1};
  }
  io::Async<Result<StoreStats>> stats(io::WaitLimit) override { co_return StoreStats{}; }
  io::Async<Status> check(io::WaitLimit) override { co_return Done{}; }
  std::string_view name() const override { return "held"; }
  Milliseconds copies_hold() const override { return hold; }
  void on_change(Changed function) override { changed = std::move(function); }

  Found value;
  Milliseconds hold = until_told;
  bool holds_puts = false;
  Changed changed;
  io::Pause* answer = nullptr;

 private:
  io::Loop& loop_;
};

struct RaceTest : ::testing::Test {
  // Asks for "a", lets `meanwhile` happen, then lets the answer come.
  template <class Meanwhile>
  Bytes get_while(const Meanwhile& meanwhile) {
    const io::testing::Running<Result<Bytes>> getting(store.get("a", {}));
    meanwhile();
    slower->answer->wake();
    EXPECT_TRUE(getting.done());
    return *getting.result();
  }

  io::Loop loop;
  std::shared_ptr<HeldStore> slower = std::make_shared<HeldStore>(loop);
  std::shared_ptr<MemoryStore> memory = std::make_shared<MemoryStore>(16u << 20);
  TieredStore store{memory, slower};
};

TEST_F(RaceTest, RemembersWhatIsReadAndNotWhatIsWritten) {
  run(loop, store.put("a", bytes_of("1"), {}, {}));
  EXPECT_EQ(store.find("a"), nullptr);
  EXPECT_EQ(*get_while([] {}), "1");
  EXPECT_EQ(*store.find("a"), "1");
  EXPECT_EQ(**run(loop, store.get("a", {})), "1") << "without asking";
}

TEST_F(RaceTest, AnAnswerIsNotRememberedWhenTheNewsOfAChangeCameBeforeIt) {
  slower->value.bytes = bytes_of("old");
  EXPECT_EQ(*get_while([&] { slower->changed("a"); }), "old");
  EXPECT_EQ(store.find("a"), nullptr);
}

TEST_F(RaceTest, AnAnswerIsNotRememberedWhenAnotherLoopHasWrittenMeanwhile) {
  TieredStore of_another_loop(memory, std::make_shared<HeldStore>(loop));
  slower->value.bytes = bytes_of("old");
  get_while([&] { run(loop, of_another_loop.put("a", bytes_of("new"), {}, {})); });
  EXPECT_EQ(store.find("a"), nullptr);
  get_while([&] { run(loop, of_another_loop.erase("a", {})); });
  EXPECT_EQ(store.find("a"), nullptr);
  get_while([&] { run(loop, of_another_loop.clear("", {})); });
  EXPECT_EQ(store.find("a"), nullptr);
}

TEST_F(RaceTest, AnAnswerIsNotRememberedWhenAConnectionWasLostMeanwhile) {
  slower->value.bytes = bytes_of("old");
  get_while([&] { slower->changed(std::nullopt); });
  EXPECT_EQ(store.find("a"), nullptr);
}

TEST_F(RaceTest, WhatIsRememberedGoesWithTheNews) {
  slower->value.bytes = bytes_of("1");
  get_while([] {});
  slower->changed("b");
  EXPECT_NE(store.find("a"), nullptr);
  slower->changed("a");
  EXPECT_EQ(store.find("a"), nullptr);
  get_while([] {});
  slower->changed(std::nullopt);
  EXPECT_EQ(store.find("a"), nullptr);
}

TEST_F(RaceTest, NothingIsRememberedThatNobodyWouldReport) {
  slower->value.bytes = bytes_of("1");
  slower->hold = 0ms;
  get_while([] {});
  EXPECT_EQ(store.find("a"), nullptr);
  slower->hold = BackingStore::until_told;
  slower->value.left = 0ms;
  get_while([] {});
  EXPECT_EQ(store.find("a"), nullptr);
}

TEST_F(RaceTest, AWriterThatGivesUpLeavesNothingOldBehind) {
  slower->value.bytes = bytes_of("1");
  get_while([] {});
  slower->holds_puts = true;
  {
    const io::testing::Running<Status> putting(store.put("a", bytes_of("2"), {}, {}));
    EXPECT_FALSE(putting.done());
  }
  EXPECT_EQ(store.find("a"), nullptr);
}

TEST(TieredOverDisk, RemembersForAMomentOnly) {
  io::Loop loop;
  io::Time now = io::Clock::now();
  const io::testing::TempFolder folder;
  const auto disk = *DiskStore::open({.directory = folder.file("cache")});
  const auto memory = std::make_shared<MemoryStore>(16u << 20, [&now] { return now; });
  TieredStore store(memory, disk);
  disk->keep("a", bytes_of("1"), {});
  EXPECT_EQ(**run(loop, store.get("a", {})), "1");
  EXPECT_EQ(*store.find("a"), "1");
  disk->keep("a", bytes_of("2"), {});  // as another process would
  now += 1s;
  EXPECT_EQ(**run(loop, store.get("a", {})), "2");
}

struct TieredOverRedis : ::testing::Test {
  void SetUp() override {
    if (!RedisServer::available()) GTEST_SKIP() << "redis-server is not installed";
  }
  static io::WaitLimit soon() { return {.deadline = io::Clock::now() + 10s}; }
  static std::optional<std::string> get(io::Loop& loop, Store& store, std::string_view key) {
    const auto found = run(loop, store.get(key, soon()));
    if (!found || *found == nullptr) return std::nullopt;
    return **found;
  }
  io::Loop loop;
  std::shared_ptr<MemoryStore> memory = std::make_shared<MemoryStore>(16u << 20);
};

TEST_F(TieredOverRedis, AChangeElsewhereIsSeenByAll) {
  RedisServer server;
  RedisLink ours(loop, server.options()), theirs(loop, server.options());
  TieredStore store(memory, ours.store);
  run(loop, theirs.store->put("a", bytes_of("1"), {}, soon()));
  run_until(loop, [&] { return get(loop, store, "a") == "1" && store.find("a") != nullptr; });
  run(loop, theirs.store->put("a", bytes_of("2"), {}, soon()));
  run_until(loop, [&] { return get(loop, store, "a") == "2"; });
  run(loop, theirs.store->erase("a", soon()));
  run_until(loop, [&] { return get(loop, store, "a") == std::nullopt; });
}

TEST_F(TieredOverRedis, AFlushElsewhereIsSeenByAll) {
  RedisServer server;
  RedisLink ours(loop, server.options()), theirs(loop, server.options());
  TieredStore store(memory, ours.store);
  run(loop, theirs.store->put("a", bytes_of("1"), {}, soon()));
  run_until(loop, [&] { return get(loop, store, "a") == "1" && store.find("a") != nullptr; });
  run(loop, theirs.client.run({"FLUSHALL"}, soon()));
  run_until(loop, [&] { return get(loop, store, "a") == std::nullopt; });
}

TEST_F(TieredOverRedis, NothingIsServedFromMemoryOnceTheServerIsLost) {
  RedisServer server;
  RedisLink ours(loop, server.options());
  TieredStore store(memory, ours.store);
  run(loop, store.put("a", bytes_of("1"), {}, soon()));
  run_until(loop, [&] { return get(loop, store, "a") == "1" && store.find("a") != nullptr; });
  server.stop();
  run_until(loop, [&] { return store.find("a") == nullptr; });
}

TEST_F(TieredOverRedis, AnEndInRedisIsAnEndInMemory) {
  RedisServer server;
  RedisLink ours(loop, server.options());
  TieredStore store(memory, ours.store);
  run(loop, store.put("a", bytes_of("1"), 300ms, soon()));
  const auto begin = io::Clock::now();
  run_until(loop, [&] { return get(loop, store, "a") == std::nullopt; });
  EXPECT_LT(io::Clock::now() - begin, 5s);
}

// Two loops write and read one key, each with a connection of its own and one memory for both:
// nobody ever reads a number that is lower than one whose writing had ended before.
TEST_F(TieredOverRedis, LoopsNeverSeeAnOldValueAfterANewOneIsWritten) {
  RedisServer server;
  std::atomic<int> written = 0, wrong = 0, hits = 0;
  const auto work = [&](bool writes) {
    io::Loop its_loop;
    RedisLink link(its_loop, server.options());
    TieredStore store(memory, link.store);
    for (int i = 1; i <= 1500; i++) {
      if (writes && i % 5 == 0) {
        EXPECT_TRUE(run(its_loop, store.put("n", bytes_of(std::to_string(i)), {}, soon())));
        written = i;
      }
      const int least = written;
      hits += store.find("n") != nullptr ? 1 : 0;
      const auto found = get(its_loop, store, "n");
      if ((found ? std::stoi(*found) : 0) < least) wrong++;
    }
  };
  std::thread writer(work, true), reader(work, false), another(work, false);
  for (std::thread* each : {&writer, &reader, &another}) each->join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(hits, 0);
}

}  // namespace
}  // namespace sluice::store
