#include "cache/embedded_index.h"

#include <atomic>
#include <thread>

#include "cache/semantic_frame.h"
#include "cache/semantic_index_conformance_test.h"

namespace sluice::cache {
namespace {

struct InMemory {
  std::shared_ptr<SemanticIndex> make(io::Loop&) {
    return *EmbeddedIndex::open({.dims = index_dims, .space = "test"});
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Embedded, SemanticIndexConformance, InMemory);

struct OnDisk {
  std::shared_ptr<SemanticIndex> make(io::Loop&) {
    auto disk = *store::DiskStore::open({.directory = folder.file("cache")});
    return *EmbeddedIndex::open({.dims = index_dims, .space = "test", .disk = disk});
  }
  io::testing::TempFolder folder;
};
INSTANTIATE_TYPED_TEST_SUITE_P(EmbeddedOnDisk, SemanticIndexConformance, OnDisk);

NewSemanticEntry entry_of(const std::string& prompt, std::span<const float> vector) {
  return {.scope = "s", .prompt = prompt, .response = prompt, .vector = vector};
}

class EmbeddedIndexTest : public ::testing::Test {
 protected:
  std::shared_ptr<EmbeddedIndex> open(std::string space = "test", std::size_t dims = index_dims) {
    auto disk = *store::DiskStore::open({.directory = folder.file("cache")});
    return *EmbeddedIndex::open({.dims = dims,
                                 .space = std::move(space),
                                 .capacity_bytes = capacity,
                                 .disk = on_disk ? disk : nullptr,
                                 .clock = [this] { return time; }});
  }
  std::string keep(EmbeddedIndex& index, const std::string& prompt,
                   std::optional<Milliseconds> ttl = {}) {
    const auto vector = vector_of(prompt);
    NewSemanticEntry entry = entry_of(prompt, vector);
    entry.ttl = ttl;
    return *index.keep(entry);
  }
  std::vector<Neighbour> find(EmbeddedIndex& index, const std::string& prompt) {
    const auto vector = vector_of(prompt);
    return *index.find({.scope = "s", .vector = vector, .count = 1, .least_similarity = .99F});
  }

  io::testing::TempFolder folder;
  std::size_t capacity = 10 << 20;
  bool on_disk = true;
  EmbeddedIndex::WallTime time = std::chrono::system_clock::now();
};

TEST_F(EmbeddedIndexTest, IsThereAgainAfterARestart) {
  {
    auto index = open();
    keep(*index, "stays");
    keep(*index, "ends", std::chrono::seconds(60));
    index->remove(keep(*index, "goes"));
    const auto vector = vector_of("whole");
    ASSERT_TRUE(index->keep({.scope = "other\nscope",
                             .prompt = "whole",
                             .response = "response",
                             .vector = vector,
                             .metadata = R"({"a":1})"}));
    EXPECT_EQ(find(*index, "stays").size(), 1u);
  }
  auto index = open();
  EXPECT_EQ(find(*index, "stays").size(), 1u);
  EXPECT_EQ(find(*index, "ends").size(), 1u);
  EXPECT_TRUE(find(*index, "goes").empty());
  const auto vector = vector_of("whole");
  const auto found = *index->find({.scope = "other\nscope", .vector = vector});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].entry->prompt, "whole");
  EXPECT_EQ(found[0].entry->response, "response");
  EXPECT_EQ(found[0].entry->metadata, R"({"a":1})");
  EXPECT_NEAR(found[0].similarity, 1, 1e-6);
  time += std::chrono::seconds(61);
  EXPECT_TRUE(find(*index, "ends").empty()) << "an end outlives the process";
  EXPECT_TRUE(index->remove(found[0].entry->id)) << "ids are the same";
}

TEST_F(EmbeddedIndexTest, LeavesTheVectorsOfAnotherEncoderAlone) {
  keep(*open("encoder A"), "p");
  EXPECT_TRUE(find(*open("encoder B"), "p").empty());
  EXPECT_EQ(open("encoder B")->count().entries, 0u);
  EXPECT_EQ(open("encoder A", index_dims - 1)->count().entries, 0u);
  EXPECT_EQ(find(*open("encoder A"), "p").size(), 1u) << "what it left alone is still there";
}

TEST_F(EmbeddedIndexTest, SkipsWhatIsBrokenOnDisk) {
  keep(*open(), "good");
  const auto disk = *store::DiskStore::open({.directory = folder.file("cache")});
  std::string prefix;
  std::string frame;
  ASSERT_TRUE(disk->flush(std::chrono::seconds(10)));
  ASSERT_TRUE(disk->for_each("semantic:", [&](std::string_view key, std::string_view bytes, auto) {
    prefix = key.substr(0, key.rfind(':') + 1);
    frame = bytes;
  }));
  ASSERT_FALSE(frame.empty());
  const auto plant = [&](const std::string& id, std::string bytes) {
    ASSERT_TRUE(disk->keep(prefix + id, std::make_shared<const std::string>(std::move(bytes)), {}));
  };
  plant("empty", "");
  plant("text", "not a frame at all, but long enough to hold the header of one, and then some");
  plant("cut", frame.substr(0, frame.size() - 1));
  plant("longer", frame + "x");
  frame[0] = 'X';
  plant("version", frame);
  auto index = open();
  EXPECT_EQ(index->count().entries, 1u);
  EXPECT_EQ(find(*index, "good").size(), 1u);
}

TEST_F(EmbeddedIndexTest, EndsEntriesAtTheirTime) {
  on_disk = false;
  auto index = open();
  for (int i = 0; i < 300; i++) keep(*index, std::to_string(i), std::chrono::seconds(10));
  keep(*index, "longer", std::chrono::seconds(20));
  keep(*index, "endless", Milliseconds::max());
  time += std::chrono::seconds(10);
  EXPECT_TRUE(find(*index, "7").empty());
  EXPECT_EQ(find(*index, "longer").size(), 1u);
  const IndexStats stats = index->count();
  EXPECT_EQ(stats.entries, 2u);
  EXPECT_EQ(stats.expired, 300u);
  time += std::chrono::hours(24 * 365 * 100);
  EXPECT_EQ(find(*index, "endless").size(), 1u);
}

TEST_F(EmbeddedIndexTest, StaysWithinItsBytesAndKeepsWhatIsServed) {
  capacity = 400'000;
  auto index = open();
  keep(*index, "popular");
  for (int i = 0; i < 3000; i++) {
    keep(*index, "once " + std::to_string(i));
    EXPECT_LE(index->count().bytes, capacity);
    const auto found = find(*index, "popular");
    ASSERT_EQ(found.size(), 1u) << "after " << i;
    if (i % 50 == 0) index->used(found[0]);
  }
  const IndexStats stats = index->count();
  EXPECT_GT(stats.entries, 200u);
  EXPECT_EQ(stats.entries + stats.evicted, 3001u);
  const std::size_t entries = stats.entries;
  index.reset();
  EXPECT_EQ(open()->count().entries, entries) << "what was evicted is gone from the disk too";
}

TEST_F(EmbeddedIndexTest, DoesNotKeepWhatWouldCrowdOutAllElse) {
  capacity = 100'000;
  auto index = open();
  const auto vector = vector_of("huge");
  const std::string response(20'000, 'x');
  EXPECT_TRUE(
      index->keep({.scope = "s", .prompt = "huge", .response = response, .vector = vector}));
  EXPECT_TRUE(find(*index, "huge").empty());
  EXPECT_EQ(index->count().entries, 0u);
}

// For the thread sanitizer.
TEST_F(EmbeddedIndexTest, ServesAllLoopsAtOnce) {
  on_disk = false;
  capacity = 500'000;
  auto index = open();
  keep(*index, "stays");
  std::atomic<bool> stop = false;
  std::atomic<int> missing = 0, searches = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; t++)
    threads.emplace_back([&] {
      while (!stop) {
        const auto found = find(*index, "stays");
        if (found.empty() || found[0].entry->response != "stays") missing++;
        if (!found.empty()) index->used(found[0]);
        searches++;
      }
    });
  threads.emplace_back([&] {
    for (int i = 0; i < 1000; i++) index->remove(keep(*index, "brief " + std::to_string(i)));
  });
  // What nobody has served yet goes first: an entry that stays must have been found before.
  const auto wait_for = [&searches](int more) {
    for (const int enough = searches + more; searches < enough;) std::this_thread::yield();
  };
  wait_for(10);
  for (int i = 0; i < 1500; i++) {
    keep(*index, "passing " + std::to_string(i));
    if (i % 50 == 0) wait_for(3);
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(missing, 0);
}

TEST(SemanticFrame, SurvivesAnyBytes) {
  const SemanticEntry entry{
      .scope = "scope", .prompt = "prompt", .response = "response", .metadata = "{}"};
  const std::string frame = encode_frame(entry, "space", vector_of("x"));
  const auto whole = decode_frame(frame);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->space, "space");
  EXPECT_EQ(whole->entry.response, "response");
  EXPECT_EQ(whole->vector, vector_of("x"));
  for (std::size_t size = 0; size < frame.size(); size++)
    EXPECT_FALSE(decode_frame(frame.substr(0, size)));
  std::mt19937 random(4);
  for (int i = 0; i < 5000; i++) {
    std::string mutated = frame;
    for (int k = 0; k < 3; k++) mutated[random() % 70] = static_cast<char>(random());
    decode_frame(mutated);
  }
}

}  // namespace
}  // namespace sluice::cache
