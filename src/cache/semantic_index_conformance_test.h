#pragma once
// What every semantic index keeps, whatever is behind it. A test of an index derives a fixture that
// makes one for vectors of `index_dims`:
//
//   struct EmbeddedMaker { std::shared_ptr<SemanticIndex> make(io::Loop&); };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Embedded, SemanticIndexConformance, EmbeddedMaker);
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "base/json_scan.h"
#include "base/unix_time.h"
#include "cache/semantic_index.h"
#include "io/group.h"
#include "io/testing.h"

namespace sluice::cache {

constexpr std::size_t index_dims = 64;

// A question's vector: the same for the same name, almost at a right angle to every other one.
inline std::vector<float> vector_of(std::string_view name) {
  std::mt19937 random(static_cast<unsigned>(std::hash<std::string_view>()(name)));
  std::normal_distribution<float> normal;
  std::vector<float> vector(index_dims);
  for (float& value : vector) value = normal(random);
  return vector;
}

// A vector between two, with this cosine to the first when the two are at a right angle.
inline std::vector<float> between(std::span<const float> a, std::span<const float> b,
                                  double cosine) {
  double aa = 0, bb = 0;
  for (const float value : a) aa += double{value} * value;
  for (const float value : b) bb += double{value} * value;
  std::vector<float> vector(a.size());
  for (std::size_t i = 0; i < a.size(); i++)
    vector[i] = static_cast<float>(cosine * a[i] / std::sqrt(aa) +
                                   std::sqrt(1 - cosine * cosine) * b[i] / std::sqrt(bb));
  return vector;
}

inline bool holds_eventually(const std::function<bool()>& holds) {
  const auto give_up = io::Clock::now() + std::chrono::seconds(10);
  while (!holds())
    if (io::Clock::now() > give_up) return false;
  return true;
}

// `Maker` is default-constructible; make(loop) gives an empty index that lives no longer than it.
template <class Maker>
class SemanticIndexConformance : public ::testing::Test {
 protected:
  struct Text {
    std::string scope, prompt, response;
    std::string metadata{};
    std::optional<Milliseconds> ttl{};
  };
  using Neighbours = std::vector<Neighbour>;

  void SetUp() override {
    if (index == nullptr) GTEST_SKIP() << "its server is not installed";
  }

  io::WaitLimit soon() { return {.deadline = io::Clock::now() + std::chrono::seconds(10)}; }

  Result<std::string> try_put(const Text& text, std::span<const float> vector) {
    const NewSemanticEntry entry{.scope = text.scope,
                                 .prompt = text.prompt,
                                 .response = text.response,
                                 .vector = vector,
                                 .metadata = text.metadata,
                                 .ttl = text.ttl};
    return io::testing::run(loop, index->put(entry, soon()));
  }
  // With the vector of its prompt.
  std::string put(const Text& text) {
    auto id = try_put(text, vector_of(text.prompt));
    EXPECT_TRUE(id) << id.error().message;
    return id ? *id : "";
  }
  Neighbours nearest(const SemanticLookup& lookup) {
    auto found = io::testing::run(loop, index->nearest(lookup, soon()));
    EXPECT_TRUE(found) << found.error().message;
    return found ? std::move(*found) : Neighbours{};
  }
  // The response of the nearest that is alike; empty = there is none.
  std::string answer(std::string_view scope, std::span<const float> vector) {
    const Neighbours found =
        nearest({.scope = scope, .vector = vector, .count = 1, .least_similarity = .9F});
    return found.empty() ? "" : found[0].entry->response;
  }
  std::string answer(std::string_view scope, std::string_view prompt) {
    return answer(scope, vector_of(prompt));
  }
  bool erase(std::string_view id) {
    const auto erased = io::testing::run(loop, index->erase(id, soon()));
    EXPECT_TRUE(erased) << erased.error().message;
    return erased && *erased;
  }
  std::size_t clear() {
    const auto cleared = io::testing::run(loop, index->clear(soon()));
    EXPECT_TRUE(cleared) << cleared.error().message;
    return cleared ? *cleared : 0;
  }

  Maker maker;
  io::Loop loop;
  std::shared_ptr<SemanticIndex> index = maker.make(loop);
};
TYPED_TEST_SUITE_P(SemanticIndexConformance);

TYPED_TEST_P(SemanticIndexConformance, FindsWhatIsAlike) {
  const double before = unix_seconds();
  this->put({.scope = "s", .prompt = "capital of France", .response = "Paris"});
  this->put({.scope = "s", .prompt = "boiling point of water", .response = "100 °C"});
  const auto asked = between(vector_of("capital of France"), vector_of("wording"), .93);
  const auto found = this->nearest({.scope = "s", .vector = asked, .count = 1});
  ASSERT_EQ(found.size(), 1u);
  const SemanticEntry& entry = *found[0].entry;
  EXPECT_EQ(entry.prompt, "capital of France");
  EXPECT_EQ(entry.response, "Paris");
  EXPECT_EQ(entry.scope, "s");
  EXPECT_EQ(entry.metadata, "");
  EXPECT_GE(entry.inserted_at, std::floor(before * 100) / 100) << "servers round them";
  EXPECT_LE(entry.updated_at, unix_seconds() + .01);
  EXPECT_NEAR(found[0].similarity, *cosine_of(asked, vector_of("capital of France")), 1e-4);
}

TYPED_TEST_P(SemanticIndexConformance, KeepsScopesApart) {
  constexpr int scopes = 40;
  for (int i = 0; i < scopes; i++) {
    const std::string scope = "tenant-" + std::to_string(i);
    this->put({.scope = scope, .prompt = "hello", .response = "for " + scope});
  }
  for (int i = 0; i < scopes; i++) {
    const std::string scope = "tenant-" + std::to_string(i);
    EXPECT_EQ(this->answer(scope, "hello"), "for " + scope);
    const auto found = this->nearest(
        {.scope = scope, .vector = vector_of("hello"), .count = 5, .foreign_too = true});
    EXPECT_EQ(found.size(), 1u) << "nothing of the others";
  }
  for (const std::string_view other : {"tenant-1*", "tenant-4", "Tenant-1", "tenant", ""})
    if (other != "tenant-4") {
      EXPECT_EQ(this->answer(other, "hello"), "") << other;
    }
}

TYPED_TEST_P(SemanticIndexConformance, TheLastAnswerToAPromptCounts) {
  for (int i = 0; i < 5; i++) {
    this->put({.scope = "s", .prompt = "hello", .response = std::to_string(i)});
    EXPECT_EQ(this->answer("s", "hello"), std::to_string(i));
  }
  const auto found = this->nearest({.scope = "s", .vector = vector_of("hello"), .count = 5});
  EXPECT_EQ(found.size(), 1u);
}

TYPED_TEST_P(SemanticIndexConformance, GivesTheNearestFirstAndNoMoreThanAsked) {
  const auto asked = vector_of("asked");
  for (const int percent : {70, 95, 80, 90, 60}) {
    const std::string name = std::to_string(percent);
    const auto vector = between(asked, vector_of("away " + name), percent / 100.0);
    ASSERT_TRUE(this->try_put({.scope = "s", .prompt = name, .response = name}, vector));
  }
  const auto found = this->nearest({.scope = "s", .vector = asked, .count = 4});
  ASSERT_EQ(found.size(), 4u);
  for (std::size_t i = 1; i < found.size(); i++)
    EXPECT_GE(found[i - 1].similarity, found[i].similarity);
  const float third = found[2].similarity;
  const auto alike = this->nearest(
      {.scope = "s", .vector = asked, .count = 10, .least_similarity = third - .001F});
  EXPECT_EQ(alike.size(), 3u);
}

TYPED_TEST_P(SemanticIndexConformance, ErasesOneEntry) {
  const std::string id = this->put({.scope = "s", .prompt = "a", .response = "1"});
  this->put({.scope = "s", .prompt = "b", .response = "2"});
  this->put({.scope = "t", .prompt = "a", .response = "3"});
  EXPECT_TRUE(this->erase(id));
  EXPECT_FALSE(this->erase(id));
  EXPECT_FALSE(this->erase("nobody"));
  EXPECT_FALSE(this->erase(""));
  EXPECT_EQ(this->answer("s", "a"), "");
  EXPECT_EQ(this->answer("s", "b"), "2");
  EXPECT_EQ(this->answer("t", "a"), "3");
}

TYPED_TEST_P(SemanticIndexConformance, ClearsEverything) {
  EXPECT_EQ(this->clear(), 0u);
  for (int i = 0; i < 150; i++)
    this->put({.scope = "s" + std::to_string(i % 3), .prompt = std::to_string(i), .response = "r"});
  EXPECT_EQ(this->clear(), 150u);
  EXPECT_EQ(this->answer("s1", "1"), "");
  this->put({.scope = "s1", .prompt = "1", .response = "again"});
  EXPECT_EQ(this->answer("s1", "1"), "again");
}

TYPED_TEST_P(SemanticIndexConformance, EntriesEnd) {
  this->put({.scope = "s", .prompt = "short", .response = "v", .ttl = Milliseconds(80)});
  this->put({.scope = "s", .prompt = "long", .response = "v", .ttl = Milliseconds(3'600'000)});
  this->put({.scope = "s", .prompt = "always", .response = "v"});
  EXPECT_TRUE(holds_eventually([&] { return this->answer("s", "short").empty(); }));
  EXPECT_EQ(this->answer("s", "long"), "v");
  EXPECT_EQ(this->answer("s", "always"), "v");
  this->put({.scope = "s", .prompt = "short", .response = "again"});
  EXPECT_EQ(this->answer("s", "short"), "again") << "an end belongs to the answer it came with";
}

TYPED_TEST_P(SemanticIndexConformance, ADeadNeighbourHidesNobody) {
  const auto asked = vector_of("asked");
  for (int i = 0; i < 30; i++) {
    const auto vector = between(asked, vector_of("away " + std::to_string(i)), .995);
    ASSERT_TRUE(this->try_put(
        {.scope = "s", .prompt = std::to_string(i), .response = "dead", .ttl = Milliseconds(100)},
        vector));
  }
  const auto vector = between(asked, vector_of("alive"), .93);
  ASSERT_TRUE(this->try_put({.scope = "s", .prompt = "alive", .response = "alive"}, vector));
  EXPECT_TRUE(holds_eventually([&] { return this->answer("s", asked) == "alive"; }));
}

TYPED_TEST_P(SemanticIndexConformance, TakesAnyText) {
  const std::string with_nul("nul\0byte", 8);
  const std::vector<std::string> texts{"",
                                       "it's \"quoted\" \\ and\r\n\tbroken",
                                       "{1: 'x', |*@:()}",
                                       with_nul,
                                       "日本語 — ü 🦆",
                                       "-inf",
                                       std::string(200'000, 'x')};
  for (const std::string& text : texts)
    this->put({.scope = "s", .prompt = "to " + text.substr(0, 50), .response = text});
  for (const std::string& text : texts) {
    const auto found =
        this->nearest({.scope = "s", .vector = vector_of("to " + text.substr(0, 50)), .count = 1});
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].entry->prompt, "to " + text.substr(0, 50));
    EXPECT_TRUE(found[0].entry->response == text) << text.substr(0, 50);
  }
  const std::string scope = "a\"b'c|d {e} :*?";
  this->put({.scope = scope, .prompt = "p", .response = "odd scope"});
  EXPECT_EQ(this->answer(scope, "p"), "odd scope");
}

TYPED_TEST_P(SemanticIndexConformance, KeepsMetadata) {
  this->put({.scope = "s",
             .prompt = "p",
             .response = "r",
             .metadata = R"({"model": "gpt", "n": [1, {"é": null}]})"});
  this->put({.scope = "s", .prompt = "q", .response = "r", .metadata = "{}"});
  this->put({.scope = "s",
             .prompt = "liar",
             .response = "r",
             .metadata = R"({"sluice_scope": "t", "a": 1})"});
  const auto metadata_of = [&](std::string_view prompt) {
    const auto found = this->nearest({.scope = "s", .vector = vector_of(prompt), .count = 1});
    return found.empty() ? "none" : found[0].entry->metadata;
  };
  JsonFields fields;
  const std::string metadata = metadata_of("p");
  ASSERT_FALSE(scan_json_object(metadata, fields)) << metadata;
  ASSERT_NE(fields.find("model"), nullptr);
  EXPECT_EQ(fields.find("model")->value, "\"gpt\"");
  ASSERT_NE(fields.find("n"), nullptr);
  EXPECT_EQ(fields.find("n")->value, R"([1, {"é": null}])");
  EXPECT_EQ(metadata_of("q"), metadata_of("q"));
  EXPECT_EQ(this->answer("t", "liar"), "") << "no metadata moves an entry into another scope";
  EXPECT_EQ(this->answer("s", "liar"), "r");
}

TYPED_TEST_P(SemanticIndexConformance, RefusesWhatItCannotKeep) {
  using Text = typename TestFixture::Text;
  const auto good = vector_of("p");
  auto infinite = good;
  infinite[3] = std::numeric_limits<float>::infinity();
  const std::vector<float> zero(index_dims), shorter(index_dims - 1, 1.F);
  for (const auto& vector : {infinite, zero, shorter, std::vector<float>{}}) {
    EXPECT_FALSE(this->try_put({.scope = "s", .prompt = "p", .response = "r"}, vector));
    const auto found = io::testing::run(
        this->loop, this->index->nearest({.scope = "s", .vector = vector}, this->soon()));
    EXPECT_FALSE(found);
  }
  for (const Text& text : {Text{"", "p", "r"}, Text{"s", "\xff", "r"}, Text{"s", "p", "\xc3("},
                           Text{"s", "p", "r", "[1]"}, Text{"s", "p", "r", "{"}})
    EXPECT_FALSE(this->try_put(text, good));
  EXPECT_EQ(this->answer("s", good), "");
}

TYPED_TEST_P(SemanticIndexConformance, StaysTrueToAModel) {
  std::map<std::string, std::pair<std::string, std::string>> model;  // prompt → id, response
  std::minstd_rand random(1);
  for (int i = 0; i < 400; i++) {
    const std::string prompt = "prompt " + std::to_string(random() % 60);
    if (random() % 4 == 0 && model.contains(prompt)) {
      EXPECT_TRUE(this->erase(model[prompt].first));
      model.erase(prompt);
    } else {
      const std::string response = std::to_string(i);
      model[prompt] = {this->put({.scope = "s", .prompt = prompt, .response = response}), response};
    }
  }
  for (int i = 0; i < 60; i++) {
    const std::string prompt = "prompt " + std::to_string(i);
    EXPECT_EQ(this->answer("s", prompt), model.contains(prompt) ? model[prompt].second : "");
  }
}

inline io::Async<Done> put_and_find(SemanticIndex& index, int number, io::WaitLimit limit,
                                    int& wrong) {
  const std::string scope = "scope " + std::to_string(number % 3);
  const std::string prompt = "side " + std::to_string(number);
  const auto vector = vector_of(prompt);
  const NewSemanticEntry entry{
      .scope = scope, .prompt = prompt, .response = prompt, .vector = vector};
  const auto put = co_await index.put(entry, limit);
  const SemanticLookup lookup{.scope = scope, .vector = vector, .count = 1};
  const auto found = co_await index.nearest(lookup, limit);
  if (!put || !found || found->empty() || (*found)[0].entry->response != prompt) wrong++;
  co_return Done{};
}

TYPED_TEST_P(SemanticIndexConformance, ServesManyAtOnce) {
  int wrong = 0;
  io::Group group(this->loop);
  for (int i = 0; i < 60; i++) group.spawn(put_and_find(*this->index, i, this->soon(), wrong));
  io::testing::run(this->loop, group.join());
  EXPECT_EQ(wrong, 0);
}

TYPED_TEST_P(SemanticIndexConformance, SaysHowItIs) {
  this->put({.scope = "s", .prompt = "p", .response = "r"});
  const Status fine = io::testing::run(this->loop, this->index->check(this->soon()));
  EXPECT_TRUE(fine) << fine.error().message;
  const auto stats = io::testing::run(this->loop, this->index->stats(this->soon()));
  ASSERT_TRUE(stats) << stats.error().message;
  EXPECT_EQ(stats->entries, 1u);
  EXPECT_FALSE(this->index->name().empty());
  EXPECT_EQ(this->answer("s", "p"), "r") << "a check leaves what is there";
}

REGISTER_TYPED_TEST_SUITE_P(SemanticIndexConformance, FindsWhatIsAlike, KeepsScopesApart,
                            TheLastAnswerToAPromptCounts, GivesTheNearestFirstAndNoMoreThanAsked,
                            ErasesOneEntry, ClearsEverything, EntriesEnd, ADeadNeighbourHidesNobody,
                            TakesAnyText, KeepsMetadata, RefusesWhatItCannotKeep, StaysTrueToAModel,
                            ServesManyAtOnce, SaysHowItIs);

}  // namespace sluice::cache
