#pragma once
// What every store keeps, whatever is behind it. A test of a store derives a fixture that makes
// one:
//
//   struct MemoryMaker { std::unique_ptr<Store> make(io::Loop&); };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreConformance, MemoryMaker);
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "io/group.h"
#include "io/testing.h"
#include "store/store.h"

namespace sluice::store {

inline Bytes bytes_of(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

// `Maker` is default-constructible; make(loop) gives an empty store, which is destroyed before the
// loop and the maker are. Null: what it needs is not installed.
template <class Maker>
class StoreConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    if (store == nullptr) GTEST_SKIP() << "what this store needs is not installed";
  }
  io::WaitLimit soon() { return {.deadline = io::Clock::now() + std::chrono::seconds(10)}; }

  std::optional<std::string> get(std::string_view key) {
    const auto found = io::testing::run(loop, store->get(key, soon()));
    EXPECT_TRUE(found) << found.error().message;
    if (!found || *found == nullptr) return std::nullopt;
    return **found;
  }
  void put(std::string_view key, std::string value, std::optional<Milliseconds> ttl = {}) {
    const Status status =
        io::testing::run(loop, store->put(key, bytes_of(std::move(value)), ttl, soon()));
    EXPECT_TRUE(status) << status.error().message;
  }
  bool erase(std::string_view key) {
    const auto erased = io::testing::run(loop, store->erase(key, soon()));
    EXPECT_TRUE(erased) << erased.error().message;
    return erased && *erased;
  }
  std::size_t clear(std::string_view prefix) {
    const auto cleared = io::testing::run(loop, store->clear(prefix, soon()));
    EXPECT_TRUE(cleared) << cleared.error().message;
    return cleared ? *cleared : 0;
  }

  Maker maker;
  io::Loop loop;
  std::unique_ptr<Store> store = maker.make(loop);
};
TYPED_TEST_SUITE_P(StoreConformance);

TYPED_TEST_P(StoreConformance, KeepsWhatItIsGiven) {
  EXPECT_EQ(this->get("a"), std::nullopt);
  this->put("a", "one");
  EXPECT_EQ(this->get("a"), "one");
  EXPECT_EQ(this->get("A"), std::nullopt);
  EXPECT_EQ(this->get(""), std::nullopt);
}

TYPED_TEST_P(StoreConformance, TheLastValueCounts) {
  for (int i = 0; i < 20; i++) {
    this->put("a", std::to_string(i));
    EXPECT_EQ(this->get("a"), std::to_string(i));
  }
}

TYPED_TEST_P(StoreConformance, TakesAnyBytes) {
  std::string every;
  for (int i = 0; i < 256; i++) every += static_cast<char>(i);
  const std::string large(1 << 20, 'x');
  this->put("binary", every);
  this->put(every, "its key is binary");
  this->put("empty", "");
  this->put("large", large);
  EXPECT_EQ(this->get("binary"), every);
  EXPECT_EQ(this->get(every), "its key is binary");
  EXPECT_EQ(this->get("empty"), "");
  EXPECT_EQ(this->get("large"), large);
}

TYPED_TEST_P(StoreConformance, ErasesOneEntry) {
  this->put("a", "1");
  this->put("b", "2");
  EXPECT_TRUE(this->erase("a"));
  EXPECT_FALSE(this->erase("a"));
  EXPECT_EQ(this->get("a"), std::nullopt);
  EXPECT_EQ(this->get("b"), "2");
}

TYPED_TEST_P(StoreConformance, ClearsWhatBeginsWithAPrefix) {
  const std::vector<std::string> keys{"team:a", "team:b", "teamwork", "team", "te*m:x", "other"};
  for (const std::string& key : keys) this->put(key, "v");
  EXPECT_EQ(this->clear("te*m:"), 1u) << "a prefix is no pattern";
  EXPECT_EQ(this->clear("team:"), 2u);
  EXPECT_EQ(this->get("team:a"), std::nullopt);
  EXPECT_EQ(this->get("teamwork"), "v");
  EXPECT_EQ(this->clear("nobody"), 0u);
  EXPECT_EQ(this->clear("te"), 2u);
  EXPECT_EQ(this->get("other"), "v");
}

TYPED_TEST_P(StoreConformance, APrefixIsBytesAndNoPattern) {
  const std::string odd = std::string("\0\xff[a-z]?\\*\r\n", 12);
  const std::vector<std::string> keys{odd + "1", odd + "2", "[a]:x", "a:x", "?:x", "b:x", "\\:x"};
  for (const std::string& key : keys) this->put(key, "v");
  EXPECT_EQ(this->clear("[a]"), 1u);
  EXPECT_EQ(this->clear("?"), 1u);
  EXPECT_EQ(this->clear("\\"), 1u);
  EXPECT_EQ(this->clear(odd), 2u);
  EXPECT_EQ(this->get("a:x"), "v");
  EXPECT_EQ(this->clear(""), 2u) << "every key begins with nothing";
  EXPECT_EQ(this->get("b:x"), std::nullopt);
}

TYPED_TEST_P(StoreConformance, ATimeToLiveThatIsOverLeavesNothing) {
  this->put("a", "old");
  this->put("a", "new", Milliseconds(0));
  EXPECT_EQ(this->get("a"), std::nullopt);
  this->put("b", "old");
  this->put("b", "new", Milliseconds(-1));
  EXPECT_EQ(this->get("b"), std::nullopt);
}

TYPED_TEST_P(StoreConformance, EntriesEnd) {
  this->put("short", "v", Milliseconds(60));
  this->put("long", "v", Milliseconds(3'600'000));
  this->put("always", "v");
  const auto give_up = io::Clock::now() + std::chrono::seconds(10);
  while (this->get("short") && io::Clock::now() < give_up) {
  }
  EXPECT_EQ(this->get("short"), std::nullopt);
  EXPECT_EQ(this->get("long"), "v");
  EXPECT_EQ(this->get("always"), "v");
  this->put("short", "again");
  EXPECT_EQ(this->get("short"), "again") << "an end belongs to the value it came with";
  this->put("longest", "v", Milliseconds::max());
  EXPECT_EQ(this->get("longest"), "v");
}

TYPED_TEST_P(StoreConformance, HoldsManyEntries) {
  std::map<std::string, std::string> model;
  std::minstd_rand random(1);
  for (int i = 0; i < 3000; i++) {
    const std::string key = "key-" + std::to_string(random() % 500);
    if (random() % 5 == 0) {
      EXPECT_EQ(this->erase(key), model.erase(key) > 0);
    } else {
      model[key] = std::string(random() % 300, static_cast<char>('a' + random() % 26));
      this->put(key, model[key]);
    }
  }
  for (int i = 0; i < 500; i++) {
    const std::string key = "key-" + std::to_string(i);
    const auto found = model.find(key);
    EXPECT_EQ(this->get(key), found == model.end() ? std::nullopt : std::optional(found->second));
  }
}

template <class Store>
io::Async<Done> write_and_read(Store& store, int number, io::WaitLimit limit, int& wrong) {
  const std::string key = "side-" + std::to_string(number);
  const Bytes value = bytes_of(std::string(static_cast<std::size_t>(number % 97), 'v') + key);
  const Status put = co_await store.put(key, value, {}, limit);
  const auto found = co_await store.get(key, limit);
  if (!put || !found || *found == nullptr || **found != *value) wrong++;
  co_return Done{};
}

TYPED_TEST_P(StoreConformance, ServesManyAtOnce) {
  int wrong = 0;
  io::Group group(this->loop);
  for (int i = 0; i < 500; i++) group.spawn(write_and_read(*this->store, i, this->soon(), wrong));
  io::testing::run(this->loop, group.join());
  EXPECT_EQ(wrong, 0);
}

TYPED_TEST_P(StoreConformance, SaysHowItIs) {
  this->put("a", "value");
  const Status fine = io::testing::run(this->loop, this->store->check(this->soon()));
  EXPECT_TRUE(fine) << fine.error().message;
  const auto stats = io::testing::run(this->loop, this->store->stats(this->soon()));
  EXPECT_TRUE(stats) << stats.error().message;
  EXPECT_FALSE(this->store->name().empty());
  EXPECT_EQ(this->get("a"), "value") << "a check leaves what is there";
}

REGISTER_TYPED_TEST_SUITE_P(StoreConformance, KeepsWhatItIsGiven, TheLastValueCounts, TakesAnyBytes,
                            ErasesOneEntry, ClearsWhatBeginsWithAPrefix, APrefixIsBytesAndNoPattern,
                            ATimeToLiveThatIsOverLeavesNothing, EntriesEnd, HoldsManyEntries,
                            ServesManyAtOnce, SaysHowItIs);

}  // namespace sluice::store
