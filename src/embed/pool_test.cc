#include "embed/pool.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "embed/tiny_model_for_test.h"

namespace sluice::embed {
namespace {

using Clock = std::chrono::steady_clock;
using Vector = std::vector<float>;
using Outcome = Pool::Outcome;

std::shared_ptr<const Encoder> tiny_encoder() {
  using testing::TinyModel;
  const std::string weights = TinyModel().safetensors();
  const std::string tokenizer = TinyModel::tokenizer(), config = TinyModel::config();
  std::string folder = (std::filesystem::temp_directory_path() / "embed-XXXXXX").string();
  const std::string path = std::string(::mkdtemp(folder.data())) + "/tiny.sluice";
  std::ofstream(path, std::ios::binary)
      << *convert({.weights = weights, .tokenizer = tokenizer, .config = config});
  auto encoder = *Encoder::open(path);
  std::filesystem::remove_all(folder);  // the mapping stays
  return encoder;
}

const Clock::time_point some_day = Clock::now() + std::chrono::hours(1);

Pool::Job job(std::string text, Pool::Done done) {
  return {.text = std::move(text), .deadline = some_day, .done = std::move(done)};
}

// Keeps the pool's only thread busy until it is let go. Like all that a pool's threads touch in
// these tests it is made before the pool, whose end waits for them.
class Plug {
 public:
  void put_into(Pool& pool) {
    EXPECT_TRUE(pool.submit(job("plug", [this](Outcome, const Vector&) {
      reached_.set_value();
      let_go_.get_future().wait();
    })));
    reached_.get_future().wait();
  }
  void pull() { let_go_.set_value(); }

 private:
  std::promise<void> reached_, let_go_;
};

TEST(Pool, EncodesOnAThreadOfItsOwn) {
  std::promise<std::pair<Vector, std::thread::id>> promise;
  Pool pool(tiny_encoder(), {.threads = 2});
  ASSERT_TRUE(pool.submit(job("the cat", [&](Outcome outcome, Vector made) {
    EXPECT_EQ(outcome, Outcome::encoded);
    promise.set_value({std::move(made), std::this_thread::get_id()});
  })));
  const auto [vector, thread] = promise.get_future().get();
  Vector expected(vector.size());
  pool.encoder().encode("the cat", expected);
  EXPECT_EQ(vector, expected);
  EXPECT_NE(thread, std::this_thread::get_id());
  EXPECT_EQ(pool.counts().encoded, 1u);
}

TEST(Pool, TurnsAwayWhatDoesNotFitTheQueue) {
  std::promise<void> done;
  Plug plug;
  Pool pool(tiny_encoder(), {.threads = 1, .most_waiting = 1});
  plug.put_into(pool);
  EXPECT_TRUE(pool.submit(job("a", [&](Outcome, const Vector&) { done.set_value(); })));
  EXPECT_FALSE(pool.submit(job("b", [](Outcome, const Vector&) { ADD_FAILURE(); })));
  EXPECT_EQ(pool.counts().turned_away, 1u);
  plug.pull();
  done.get_future().wait();
}

TEST(Pool, WhatComesTooLateIsNotEncoded) {
  std::promise<Outcome> late;
  Plug plug;
  Pool pool(tiny_encoder(), {.threads = 1});
  plug.put_into(pool);
  Pool::Job late_job = job("a", [&](Outcome outcome, const Vector& vector) {
    EXPECT_TRUE(vector.empty());
    late.set_value(outcome);
  });
  late_job.deadline = Clock::now();
  EXPECT_TRUE(pool.submit(std::move(late_job)));
  plug.pull();
  EXPECT_EQ(late.get_future().get(), Outcome::too_late);
  EXPECT_EQ(pool.counts().too_late, 1u);
}

TEST(Pool, ALongTextIsCutOrRefused) {
  std::promise<Outcome> cut, refused;
  Pool pool(tiny_encoder(), {.threads = 1});
  std::string text;
  for (int i = 0; i < pool.encoder().max_tokens() - 1; i++) text += "the ";
  ASSERT_TRUE(pool.submit(job(text, [&](Outcome outcome, const Vector& vector) {
    EXPECT_FALSE(vector.empty());
    cut.set_value(outcome);
  })));
  Pool::Job whole = job(text, [&](Outcome outcome, const Vector& vector) {
    EXPECT_TRUE(vector.empty());
    refused.set_value(outcome);
  });
  whole.long_text = LongText::refused;
  ASSERT_TRUE(pool.submit(std::move(whole)));
  EXPECT_EQ(cut.get_future().get(), Outcome::encoded);
  EXPECT_EQ(refused.get_future().get(), Outcome::too_long);
}

TEST(Pool, WhatWaitsAtTheEndIsTold) {
  std::promise<Outcome> left;
  Plug plug;
  {
    Pool pool(tiny_encoder(), {.threads = 1});
    plug.put_into(pool);
    ASSERT_TRUE(
        pool.submit(job("a", [&](Outcome outcome, const Vector&) { left.set_value(outcome); })));
    plug.pull();
  }
  left.get_future().get();  // told, with a vector or without
}

TEST(Pool, CallsNobodyOnceItHasStopped) {
  Plug plug;
  std::atomic<bool> stopped = false;
  std::atomic<int> told = 0;
  const auto tell = [&](Outcome, const Vector&) {
    EXPECT_FALSE(stopped);
    told++;
  };
  Pool pool(tiny_encoder(), {.threads = 1});
  plug.put_into(pool);
  ASSERT_TRUE(pool.submit(job("a", tell)));
  ASSERT_TRUE(pool.submit(job("b", tell)));
  plug.pull();
  pool.stop();
  stopped = true;
  EXPECT_EQ(told, 2);
  EXPECT_FALSE(pool.submit(job("c", tell)));
}

}  // namespace
}  // namespace sluice::embed
