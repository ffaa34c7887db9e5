// The library's cache in this process. In a Redis it is tested beside RedisVL, end to end.
#include <gtest/gtest.h>
#include <sluice/semantic_cache.h>

#include <cmath>
#include <filesystem>
#include <thread>

namespace sluice {
namespace {

// Texts of one or two letters "ab" → a direction, so that distances can be read off.
std::vector<float> direction(std::string_view text) {
  std::vector<float> vector(4, 0);
  for (const char c : text) vector[static_cast<std::size_t>(c - 'a') % 4] += 1;
  return vector;
}

Vectorizer letters(std::string name = "letters") {
  return Vectorizer::custom(4, direction, std::move(name));
}

CacheOptions in_memory() { return {.store = Embedded{}, .vectorizer = letters()}; }

std::vector<std::string> responses(const std::vector<CacheHit>& hits) {
  std::vector<std::string> out;
  for (const CacheHit& hit : hits) out.push_back(hit.response);
  return out;
}
using Responses = std::vector<std::string>;

Failed failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const Exception& failed) {
    EXPECT_STRNE(failed.what(), "");
    return failed.why();
  }
  ADD_FAILURE() << "nothing was thrown";
  return Failed::internal;
}

TEST(SemanticCache, FindsWhatIsNearEnough) {
  SemanticCache cache(in_memory());
  const std::string key = cache.store("a", "answer", {.metadata = R"({"n": 1})"});
  const auto hits = cache.check("aaaaaaab");
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].key, key);
  EXPECT_EQ(key, "llmcache:" + hits[0].entry_id);
  EXPECT_EQ(hits[0].prompt, "a");
  EXPECT_EQ(hits[0].response, "answer");
  EXPECT_EQ(hits[0].metadata, R"({"n": 1})");
  EXPECT_NEAR(hits[0].distance, 1 - 7 / std::sqrt(50), 1e-6);
  EXPECT_NEAR(hits[0].similarity(), 7 / std::sqrt(50), 1e-6);
  EXPECT_GT(hits[0].inserted_at, 1.7e9);
  EXPECT_TRUE(cache.check("ab").empty());
  EXPECT_TRUE(cache.check("c").empty());
}

TEST(SemanticCache, GivesTheNearestFirstAndNoMoreThanAsked) {
  SemanticCache cache(in_memory());
  cache.store("ab", "2");
  cache.store("a", "1");
  cache.store("c", "4");
  cache.store("abb", "3");
  EXPECT_EQ(responses(cache.check("a", {.num_results = 3, .distance_threshold = 0.9})),
            (Responses{"1", "2", "3"}));
  EXPECT_EQ(responses(cache.check("a", {.num_results = 9, .distance_threshold = 2})),
            (Responses{"1", "2", "3", "4"}));
  EXPECT_TRUE(cache.check("a", {.num_results = 0}).empty());
}

TEST(SemanticCache, CountsTheThresholdItselfAndTakesZero) {
  SemanticCache cache(in_memory());
  cache.store("ab", "same");
  cache.store("abb", "other");
  EXPECT_EQ(responses(cache.check("ab", {.num_results = 5, .distance_threshold = 0})),
            Responses{"same"});
  cache.set_distance_threshold(distance_of(0.9));
  EXPECT_NEAR(cache.distance_threshold(), 0.1, 1e-12);
  EXPECT_EQ(failure([&] { cache.set_distance_threshold(2.5); }), Failed::argument);
  EXPECT_EQ(failure([&] { cache.check("a", {.distance_threshold = -0.1}); }), Failed::argument);
}

TEST(SemanticCache, ReplacesAllOfAnEntry) {
  SemanticCache cache(in_memory());
  const auto key = cache.store("a", "old", {.metadata = "{}", .ttl = std::chrono::seconds(100)});
  EXPECT_EQ(cache.store("a", "new"), key);
  const auto hits = cache.check("a", {.num_results = 5});
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].response, "new");
  EXPECT_FALSE(hits[0].metadata);
}

CacheOptions with_team() {
  auto options = in_memory();
  options.filterable_fields = {{.name = "team", .attributes = TagAttributes{}},
                               {.name = "year", .attributes = NumericAttributes{}}};
  return options;
}

TEST(SemanticCache, KeepsFilteredEntriesApart) {
  SemanticCache cache(with_team());
  const auto blue = cache.store("a", "for blue", {.filters = {{"team", "blue"}, {"year", "2024"}}});
  const auto red = cache.store("a", "for red", {.filters = {{"team", "red"}}});
  EXPECT_NE(blue, red);
  EXPECT_EQ(responses(cache.check("a", {.filter = Tag("team") == "red"})), Responses{"for red"});
  EXPECT_EQ(responses(cache.check("a", {.num_results = 5, .filter = Num("year") > 2000})),
            Responses{"for blue"});
  EXPECT_EQ(cache.check("a", {.filter = Tag("team") == "blue"})[0].filters,
            (std::map<std::string, std::string>{{"team", "blue"}, {"year", "2024"}}));
  EXPECT_EQ(failure([&] { cache.check("a", {.filter = Tag("team") == ""}); }), Failed::argument);
  EXPECT_EQ(failure([&] { cache.check("a", {.filter = Filter::raw("@team:{x}")}); }),
            Failed::argument);
}

TEST(SemanticCache, ChangesAndDropsEntries) {
  SemanticCache cache(with_team());
  const auto key = cache.store("a", "old");
  cache.store("b", "stays");
  cache.update(key, {.response = "new", .metadata = R"({"x": 1})", .filters = {{"team", "t"}}});
  const auto hit = cache.check("a", {.filter = Tag("team") == "t"}).at(0);
  EXPECT_EQ(hit.response, "new");
  EXPECT_EQ(hit.metadata, R"({"x": 1})");
  EXPECT_GE(hit.updated_at, hit.inserted_at);
  EXPECT_EQ(cache.drop({hit.entry_id, "none"}), 1u);
  EXPECT_TRUE(cache.check("a").empty());
  EXPECT_EQ(failure([&] { cache.update(key, {.response = "x"}); }), Failed::not_found);
  EXPECT_EQ(failure([&] { cache.drop_keys({"other:1"}); }), Failed::argument);
  EXPECT_EQ(responses(cache.check("b")), Responses{"stays"});
}

TEST(SemanticCache, ClearsAll) {
  SemanticCache cache(in_memory());
  for (const char* text : {"a", "b", "ab", "c"}) cache.store(text, "x");
  EXPECT_EQ(cache.clear(), 4u);
  EXPECT_TRUE(cache.check("a", {.distance_threshold = 2}).empty());
  cache.store("a", "again");
  EXPECT_EQ(cache.check("a").size(), 1u);
}

TEST(SemanticCache, ForgetsTheOldestWhenItIsFull) {
  auto options = in_memory();
  options.store = Embedded{.max_entries = 2};
  SemanticCache cache(options);
  cache.store("a", "1");
  cache.store("b", "2");
  cache.store("a", "1 again");  // now the newest
  cache.store("c", "3");
  EXPECT_TRUE(cache.check("b").empty());
  EXPECT_EQ(responses(cache.check("a")), Responses{"1 again"});
  EXPECT_EQ(responses(cache.check("c")), Responses{"3"});
}

TEST(SemanticCache, EndsEntriesAtTheirTime) {
  auto options = in_memory();
  options.ttl = std::chrono::seconds(1);
  SemanticCache cache(options);
  cache.store("a", "short");
  cache.store("ab", "long", {.ttl = std::chrono::seconds(100)});
  EXPECT_EQ(cache.check("a").size(), 1u);
  while (!cache.check("a").empty()) std::this_thread::yield();
  EXPECT_EQ(responses(cache.check("ab")), Responses{"long"});
  EXPECT_EQ(cache.clear(), 1u);
  EXPECT_EQ(failure([&] { cache.set_ttl(std::chrono::seconds(0)); }), Failed::argument);
}

TEST(SemanticCache, RefusesWhatItCannotHold) {
  SemanticCache cache(in_memory());
  const std::string broken = "\xff";
  EXPECT_EQ(failure([&] { cache.store(broken, "x"); }), Failed::argument);
  EXPECT_EQ(failure([&] { cache.store("x", broken); }), Failed::argument);
  EXPECT_EQ(failure([&] { cache.store("x", "y", {.metadata = "[1]"}); }), Failed::argument);
  EXPECT_EQ(failure([&] { cache.store("x", "y", {.filters = {{"team", "t"}}}); }),
            Failed::argument);
  EXPECT_EQ(failure([&] { cache.store("x", "y", {.vector = {{1, 2}}}); }), Failed::argument);
  EXPECT_EQ(failure([&] { cache.store("x", "y", {.vector = {{1, 2, 3, INFINITY}}}); }),
            Failed::argument);
  auto options = in_memory();
  options.filterable_fields = {{.name = "metadata", .attributes = TagAttributes{}}};
  EXPECT_EQ(failure([&] { SemanticCache reserved(options); }), Failed::argument);
}

TEST(SemanticCache, TakesVectorsAsTheyAre) {
  SemanticCache cache(in_memory());
  cache.store("what it says does not matter", "x", {.vector = direction("d")});
  EXPECT_EQ(cache.check("nor this", {.vector = direction("dd")}).size(), 1u);
  cache.store("nothing", "zero", {.vector = {{0, 0, 0, 0}}});
  EXPECT_EQ(
      cache.check("", {.num_results = 9, .distance_threshold = 2, .vector = direction("d")}).size(),
      1u);
}

TEST(SemanticCache, AnswersFuturesAndHandsOnFailures) {
  SemanticCache cache(in_memory());
  auto stored = cache.store_async("a", "x");
  const std::string key = stored.get();
  EXPECT_EQ(cache.check_async("a").get().at(0).key, key);
  cache.update_async(key, {.response = "y"}).get();
  EXPECT_EQ(responses(cache.check_async("a").get()), Responses{"y"});
  auto refused = cache.store_async("\xff", "x");
  EXPECT_EQ(failure([&] { refused.get(); }), Failed::argument);
  auto late = std::make_unique<SemanticCache>(in_memory());
  auto pending = late->store_async("a", "x");
  late.reset();
  EXPECT_NE(pending.get(), "");
  EXPECT_EQ(cache.drop_async({key.substr(key.find(':') + 1)}).get(), 1u);
  EXPECT_EQ(cache.clear_async().get(), 0u);
}

TEST(SemanticCache, ServesManyThreads) {
  SemanticCache cache(in_memory());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&cache, t] {
      for (int i = 0; i < 200; i++) {
        const std::string text(static_cast<std::size_t>(i % 7 + 1), static_cast<char>('a' + t));
        const auto key = cache.store(text, "x");
        cache.check(text, {.num_results = 3});
        if (i % 3 == 0) cache.drop_keys({key});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(cache.clear(), 28u);
}

class OnDisk : public testing::Test {
 protected:
  OnDisk() {
    std::string name = testing::TempDir() + "sluice-cache-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~OnDisk() override { std::filesystem::remove_all(folder_); }

  CacheOptions options(Vectorizer vectorizer = letters()) const {
    auto made = with_team();
    made.store = Embedded{.directory = folder_};
    made.vectorizer = std::move(vectorizer);
    return made;
  }

  std::string folder_;
};

TEST_F(OnDisk, EntriesOutliveTheCache) {
  {
    SemanticCache cache(options());
    cache.store("a", "kept", {.metadata = R"({"é": 1})", .filters = {{"team", "blue"}}});
    const auto changed = cache.store("b", "old");
    cache.update(changed, {.response = "changed"});
    cache.drop_keys({cache.store("c", "dropped")});
    cache.store("d", "ends", {.ttl = std::chrono::seconds(1)});
    while (!cache.check("d").empty()) std::this_thread::yield();
  }
  SemanticCache cache(options());
  const auto hit = cache.check("a", {.filter = Tag("team") == "blue"}).at(0);
  EXPECT_EQ(hit.response, "kept");
  EXPECT_EQ(hit.metadata, R"({"é": 1})");
  EXPECT_EQ(hit.distance, 0);
  EXPECT_EQ(responses(cache.check("b")), Responses{"changed"});
  EXPECT_EQ(cache.clear(), 2u);
}

TEST_F(OnDisk, OneCacheHasTheDirectoryAtATime) {
  {
    SemanticCache cache(options());
    EXPECT_EQ(failure([&] { SemanticCache second(options()); }), Failed::conflict);
  }
  SemanticCache again(options());
}

TEST_F(OnDisk, VectorsOfAnotherModelAreNotMixedIn) {
  {
    SemanticCache cache(options());
  }
  EXPECT_EQ(failure([&] { SemanticCache other(options(letters("others"))); }), Failed::conflict);
}

TEST_F(OnDisk, ADirectoryThatCannotBeMadeIsNamed) {
  auto made = options();
  made.store = Embedded{.directory = "/proc/nowhere"};
  try {
    SemanticCache cache(made);
    FAIL();
  } catch (const Exception& failed) {
    EXPECT_EQ(failed.why(), Failed::argument);
    EXPECT_NE(std::string(failed.what()).find("/proc/nowhere"), std::string::npos);
  }
}

TEST(Vectorizer, TellsAModelThatMisbehaves) {
  const auto wrong_size =
      Vectorizer::custom(3, [](std::string_view) { return std::vector<float>{1, 2}; });
  EXPECT_EQ(failure([&] { (void)wrong_size.embed("x"); }), Failed::internal);
  const auto not_finite =
      Vectorizer::custom(1, [](std::string_view) { return std::vector<float>{NAN}; });
  EXPECT_EQ(failure([&] { (void)not_finite.embed("x"); }), Failed::internal);
  EXPECT_EQ(failure([&] { (void)letters().embed("\xff"); }), Failed::argument);
  EXPECT_EQ(failure([&] { Vectorizer::custom(0, direction); }), Failed::argument);
  EXPECT_EQ(letters().embed_many({"a", "b"}).size(), 2u);
}

}  // namespace
}  // namespace sluice
