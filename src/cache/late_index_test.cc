#include "cache/late_index.h"

#include <pthread.h>

#include <future>

#include "cache/embedded_index.h"
#include "cache/semantic_index_conformance_test.h"

namespace sluice::cache {
namespace {

using io::testing::run;
using io::testing::Running;
using Floats = std::vector<float>;

io::Async<Result<std::size_t>> clear_nothing(io::WaitLimit) { co_return std::size_t{0}; }

struct OverAnEmbeddedIndex {
  std::shared_ptr<SemanticIndex> make(io::Loop& loop) {
    return std::make_shared<LateIndex>(
        LateIndex::Parts{.loop = loop,
                         .opening = opening,
                         .make = [this](std::size_t) { return embedded; },
                         .clear_unopened = clear_nothing});
  }
  std::shared_ptr<EmbeddedIndex> embedded;
  Opening opening{[this](std::size_t dims) -> Status {
    embedded = *EmbeddedIndex::open({.dims = dims, .space = "test"});
    return Done{};
  }};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Late, SemanticIndexConformance, OverAnEmbeddedIndex);

io::Async<Result<std::size_t>> clear_five(io::WaitLimit) { co_return std::size_t{5}; }

struct LateIndexTest : ::testing::Test {
  std::shared_ptr<LateIndex> make_index() {
    return std::make_shared<LateIndex>(
        LateIndex::Parts{.loop = loop,
                         .opening = opening,
                         .make = [this](std::size_t) { return embedded; },
                         .clear_unopened = clear_five});
  }
  Result<std::string> put(LateIndex& index, const std::string& prompt, const Floats& vector) {
    return run(loop,
               index.put({.scope = "s", .prompt = prompt, .response = "r", .vector = vector}, {}));
  }
  Result<std::vector<Neighbour>> nearest(LateIndex& index, const Floats& vector) {
    const SemanticLookup lookup{.scope = "s", .vector = vector};
    return run(loop, index.nearest(lookup, {}));
  }

  io::Loop loop;
  std::promise<void> let_go;  // of the opening
  std::shared_future<void> let_go_future = let_go.get_future().share();
  Status outcome = Done{};
  std::shared_ptr<EmbeddedIndex> embedded;
  Opening opening{[this](std::size_t dims) -> Status {
    let_go_future.wait();
    if (outcome) embedded = *EmbeddedIndex::open({.dims = dims, .space = "test"});
    return outcome;
  }};
};

TEST_F(LateIndexTest, OpensForTheDimensionsOfTheFirstVector) {
  const auto index = make_index();
  EXPECT_EQ(index->name(), "unopened");
  let_go.set_value();
  ASSERT_TRUE(put(*index, "one", {1, 0, 0}));
  const auto found = nearest(*index, {1, 0, 0});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().entry->prompt, "one");
  EXPECT_EQ(index->name(), "embedded");
  const auto other_loops = make_index();
  EXPECT_EQ(nearest(*other_loops, {1, 0, 0})->size(), 1u) << "all loops share it";
}

TEST_F(LateIndexTest, WhileItOpensALookupFindsNothingAndAnEntryWaits) {
  const auto index = make_index();
  EXPECT_TRUE(nearest(*index, {1, 0})->empty());
  const Floats vector{1, 0};
  const NewSemanticEntry entry{.scope = "s", .prompt = "one", .response = "r", .vector = vector};
  Running<Result<std::string>> first(index->put(entry, {})), second(index->put(entry, {}));
  EXPECT_FALSE(first.done());
  let_go.set_value();
  ASSERT_TRUE(put(*index, "two", {0, 1}));
  io::testing::run_until(loop, [&] { return first.done() && second.done(); });
  EXPECT_EQ(nearest(*index, {1, 0})->size(), 2u);
}

TEST_F(LateIndexTest, AVectorOfOtherDimensionsIsRefusedAndToldOnce) {
  const auto index = make_index();
  let_go.set_value();
  ASSERT_TRUE(put(*index, "one", {1, 0}));
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(nearest(*index, {1, 0, 0}));
  EXPECT_FALSE(put(*index, "two", {1, 0, 0}));
  const std::string log = ::testing::internal::GetCapturedStderr();
  const std::size_t told = log.find("vectors have 3 dimensions, its first one had 2");
  ASSERT_NE(told, std::string::npos) << log;
  EXPECT_EQ(log.find("3 dimensions", told + 20), std::string::npos) << log;
  EXPECT_EQ(nearest(*index, {1, 0})->size(), 1u);
}

TEST_F(LateIndexTest, OneThatCantBeOpenedIsAnError) {
  outcome = fail(gateway_error("the disk is full"));
  const auto index = make_index();
  ::testing::internal::CaptureStderr();
  let_go.set_value();
  EXPECT_FALSE(put(*index, "one", {1, 0}));
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("the disk is full"), std::string::npos);
  EXPECT_FALSE(nearest(*index, {1, 0}));
  EXPECT_FALSE(run(loop, index->check({})));
}

// While it lives, no thread can be started: each would want a stack larger than all addresses.
class NoThreadsLeft {
 public:
  NoThreadsLeft() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge;
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, std::size_t{1} << 60);
    pthread_setattr_default_np(&huge);
    pthread_attr_destroy(&huge);
  }
  ~NoThreadsLeft() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }
  NoThreadsLeft(const NoThreadsLeft&) = delete;

 private:
  pthread_attr_t before_;
};

TEST_F(LateIndexTest, WithoutAThreadToOpenItItIsAnError) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "sanitizers choose the stacks of threads themselves";
#endif
  const auto index = make_index();
  ::testing::internal::CaptureStderr();
  {
    const NoThreadsLeft none;
    EXPECT_FALSE(put(*index, "one", {1, 0}));
  }
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("no thread"), std::string::npos);
  EXPECT_FALSE(nearest(*index, {1, 0}));
  EXPECT_FALSE(run(loop, index->check({})));
}

TEST_F(LateIndexTest, CanBeEmptiedBeforeItIsOpen) {
  const auto index = make_index();
  EXPECT_EQ(*run(loop, index->clear({})), 5u);
  let_go.set_value();
  ASSERT_TRUE(put(*index, "one", {1, 0}));
  EXPECT_EQ(*run(loop, index->clear({})), 1u);
}

TEST_F(LateIndexTest, MayGoAwayWhileItOpens) {
  auto index = make_index();
  EXPECT_TRUE(nearest(*index, {1, 0})->empty());
  index.reset();
  let_go.set_value();
  const auto next = make_index();
  EXPECT_TRUE(put(*next, "one", {1, 0}));
}

TEST_F(LateIndexTest, AnEntryWaitsNoLongerThanItMay) {
  const auto index = make_index();
  const Floats vector{1, 0};
  const NewSemanticEntry entry{.scope = "s", .prompt = "one", .response = "r", .vector = vector};
  const io::WaitLimit none_left{.deadline = io::Clock::now()};
  EXPECT_FALSE(run(loop, index->put(entry, none_left)));
  let_go.set_value();
}

}  // namespace
}  // namespace sluice::cache
