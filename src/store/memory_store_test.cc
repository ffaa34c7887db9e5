// Memory: the suite of every store, and what only it promises: bounds, a scan, many threads.
#include "store/memory_store.h"

#include <thread>

#include "store/store_conformance_test.h"

namespace sluice::store {
namespace {

struct MemoryMaker {
  std::unique_ptr<Store> make(io::Loop&) { return std::make_unique<MemoryStore>(64u << 20); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreConformance, MemoryMaker);

TEST(MemoryStore, EndsByItsClock) {
  io::Time now = io::Clock::now();
  MemoryStore store(1 << 20, [&now] { return now; });
  store.keep("a", bytes_of("v"), Milliseconds(1000));
  now += Milliseconds(999);
  EXPECT_NE(store.find("a"), nullptr);
  now += Milliseconds(1);
  EXPECT_EQ(store.find("a"), nullptr);
}

TEST(MemoryStore, StaysWithinItsBytes) {
  MemoryStore store(1 << 20);
  for (int i = 0; i < 10'000; i++)
    store.keep("key-" + std::to_string(i), bytes_of(std::string(1000, 'v')), {});
  const StoreStats stats = store.count();
  EXPECT_LE(stats.bytes, std::size_t{1} << 20);
  EXPECT_GT(stats.entries, 700u);
  EXPECT_EQ(stats.entries + stats.evicted, 10'000u);
  EXPECT_GT(stats.bytes, stats.entries * 1000);
}

TEST(MemoryStore, DoesNotKeepWhatIsTooLarge) {
  MemoryStore store(1 << 20);
  store.keep("a", bytes_of("small"), {});
  store.keep("a", bytes_of(std::string(2 << 20, 'v')), {});
  EXPECT_EQ(store.find("a"), nullptr) << "the old value would be wrong";
  EXPECT_EQ(store.count().bytes, 0u);
}

TEST(MemoryStore, ExpiredEntriesLeaveByThemselves) {
  io::Time now = io::Clock::now();
  MemoryStore store(16u << 20, [&now] { return now; });
  for (int i = 0; i < 2000; i++)
    store.keep("old-" + std::to_string(i), bytes_of("v"), Milliseconds(1));
  now += Milliseconds(10);
  for (int i = 0; i < 20'000; i++) store.keep("new-" + std::to_string(i % 100), bytes_of("v"), {});
  EXPECT_EQ(store.count().entries, 100u);
  EXPECT_EQ(store.count().expired, 2000u);
}

TEST(MemoryStore, AScanDoesNotPushOutWhatIsAsked) {
  MemoryStore store(1 << 20);
  const auto name = [](const char* kind, int i) { return kind + std::to_string(i); };
  for (int round = 0; round < 4; round++) {
    for (int i = 0; i < 300; i++) {
      if (store.find(name("hot-", i)) == nullptr)
        store.keep(name("hot-", i), bytes_of(std::string(1000, 'h')), {});
    }
  }
  for (int i = 0; i < 20'000; i++)
    store.keep(name("scan-", i), bytes_of(std::string(1000, 's')), {});
  int left = 0;
  for (int i = 0; i < 300; i++) left += store.find(name("hot-", i)) != nullptr ? 1 : 0;
  EXPECT_GT(left, 290);
}

TEST(MemoryStore, WhatComesBackSoonAfterItWasPushedOutStays) {
  MemoryStore store(1 << 20);
  const auto keep = [&store](const char* kind, int i) {
    store.keep(kind + std::to_string(i), bytes_of(std::string(1000, 'v')), {});
  };
  for (int i = 0; i < 1000; i++) keep("first-", i);
  ASSERT_EQ(store.find("first-0"), nullptr);
  for (int i = 0; i < 50; i++) keep("first-", i);
  for (int i = 0; i < 5000; i++) keep("scan-", i);
  int left = 0;
  for (int i = 0; i < 50; i++) left += store.find("first-" + std::to_string(i)) != nullptr ? 1 : 0;
  EXPECT_EQ(left, 50);
}

TEST(MemoryStore, TakesAnyTimeToLive) {
  MemoryStore store(1 << 20);
  store.keep("longest", bytes_of("v"), Milliseconds::max());
  store.keep("none", bytes_of("v"), Milliseconds(0));
  store.keep("over", bytes_of("old"), {});
  store.keep("over", bytes_of("v"), Milliseconds::min());
  EXPECT_NE(store.find("longest"), nullptr);
  EXPECT_EQ(store.find("none"), nullptr);
  EXPECT_EQ(store.find("over"), nullptr) << "the old value would be wrong";
}

TEST(MemoryStore, CountsHitsAndMisses) {
  MemoryStore store(1 << 20);
  store.keep("a", bytes_of("v"), {});
  for (int i = 0; i < 3; i++) store.find("a");
  std::thread([&] { store.find("b"); }).join();
  EXPECT_EQ(store.count().hits, 3u);
  EXPECT_EQ(store.count().misses, 1u);
}

TEST(MemoryStore, ACopyIsNotKeptWhenTheKeyWasRemovedMeanwhile) {
  MemoryStore store(1 << 20);
  const MemoryStore::Mark removed = store.mark("a");
  store.remove("a");
  EXPECT_FALSE(store.keep_since(removed, "a", bytes_of("old"), {}));
  const MemoryStore::Mark cleared = store.mark("a");
  store.remove_prefix("");
  EXPECT_FALSE(store.keep_since(cleared, "a", bytes_of("old"), {}));
  EXPECT_EQ(store.find("a"), nullptr);
  EXPECT_TRUE(store.keep_since(store.mark("a"), "a", bytes_of("new"), {}));
  EXPECT_EQ(*store.find("a"), "new");
}

TEST(MemoryStore, RemovesAllAtOnceAndGivesItsBytesBack) {
  MemoryStore store(1 << 20);
  for (int i = 0; i < 100; i++) store.keep("old-" + std::to_string(i), bytes_of("v"), {});
  const MemoryStore::Mark before = store.mark("a");
  store.remove_all();
  for (int i = 0; i < 100; i++) EXPECT_EQ(store.find("old-" + std::to_string(i)), nullptr);
  EXPECT_FALSE(store.keep_since(before, "a", bytes_of("old"), {}));
  EXPECT_FALSE(store.remove("old-1"));
  EXPECT_EQ(store.remove_prefix("old-2"), 0u);
  for (int i = 0; i < 1000; i++) store.keep("new", bytes_of("v"), {});
  EXPECT_EQ(store.count().entries, 1u);
  EXPECT_EQ(*store.find("new"), "v");
}

TEST(MemoryStore, LetsGoOfTheBytesOfWhatIsRemoved) {
  MemoryStore store(1 << 20);
  const Bytes value = bytes_of("v");
  store.keep("a", value, {});
  store.remove("a");
  EXPECT_EQ(value.use_count(), 1);
}

// Readers and writers of the same few keys: what is read is always a whole value of that key, and
// never older than what its writer has written before.
TEST(MemoryStore, ManyThreadsSeeWholeValuesInOrder) {
  MemoryStore store(256 << 10);
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < 2; writer++) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < 20'000; i++) {
        const std::string key = "key-" + std::to_string(writer) + "-" + std::to_string(i % 7);
        const std::string value = key + "=" + std::to_string(i);
        store.keep(key, bytes_of(value), {});
        const Bytes found = store.find(key);
        if (found != nullptr && *found != value) wrong++;
        if (i % 50 == 0) store.remove(key);
      }
      over = true;
    });
  }
  for (int reader = 0; reader < 2; reader++) {
    threads.emplace_back([&] {
      for (int i = 0; !over; i++) {
        const std::string key = "key-" + std::to_string(i % 2) + "-" + std::to_string(i % 7);
        const Bytes found = store.find(key);
        if (found != nullptr && !found->starts_with(key + "=")) wrong++;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace sluice::store
