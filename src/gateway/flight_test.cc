// One upstream call and those who follow it.
#include "gateway/flight.h"

#include <thread>

#include "io/testing.h"

namespace sluice::gateway {
namespace {

using io::testing::run;
using io::testing::Running;
using State = Flight::Follower::State;

// What a follower saw.
struct Seen {
  std::string text;
  State end = State::more;
  int parts = 0;
};

io::Async<Seen> follow(Flight::Follower& follower) {
  Seen seen;
  std::string text;
  const State opened = co_await follower.wait_open();
  if (opened != State::more) {
    seen.end = opened;
    co_return seen;
  }
  while (seen.end == State::more) {
    seen.end = co_await follower.next(text);
    seen.text += text;
    seen.parts++;
  }
  co_return seen;
}

struct FlightTest : ::testing::Test {
  io::Loop loop;
  FlightTable table;
  std::shared_ptr<Flight> flight = table.board("key", loop, nullptr).flight;
};

TEST_F(FlightTest, IdenticalCallsShareOne) {
  const auto second = table.board("key", loop, nullptr);
  EXPECT_FALSE(second.is_new);
  EXPECT_EQ(second.flight, flight);
  EXPECT_TRUE(table.board("other", loop, nullptr).is_new);
  EXPECT_TRUE(table.board("", loop, nullptr).is_new);
  EXPECT_TRUE(table.board("", loop, nullptr).is_new) << "an empty key is nobody else's";
  table.remove("key", *flight);
  EXPECT_TRUE(table.board("key", loop, nullptr).is_new);
}

TEST_F(FlightTest, AFollowerSeesWhatComesAsItComes) {
  Flight::Follower follower(flight, loop, nullptr, true);
  Running<Seen> seen(follow(follower));
  flight->open({.lines = "a: b\r\n"});
  EXPECT_FALSE(seen.done());
  flight->append("one ");
  flight->append("two ");
  flight->land({}, true);
  ASSERT_TRUE(seen.done());
  EXPECT_EQ(seen.result().text, "one two ");
  EXPECT_EQ(seen.result().end, State::landed);
  EXPECT_EQ(seen.result().parts, 3);
  EXPECT_EQ(follower.head().lines, "a: b\r\n");
}

TEST_F(FlightTest, WhoJoinsLateGetsWhatThereIsAtOnce) {
  Flight::Follower first(flight, loop, nullptr, true);
  flight->open({});
  flight->append("one ");
  flight->append("two ");
  ASSERT_TRUE(flight->admit());
  Flight::Follower second(flight, loop, nullptr, false);
  std::string text;
  const auto next = [&]() -> io::Async<State> { co_return co_await second.next(text); };
  EXPECT_EQ(run(loop, next()), State::more);
  EXPECT_EQ(text, "one two ");
  flight->append("three");
  flight->land({}, true);
  EXPECT_EQ(run(loop, next()), State::landed);
  EXPECT_EQ(text, "three");
}

TEST_F(FlightTest, FailuresReachEverybody) {
  ASSERT_TRUE(flight->admit());
  Flight::Follower first(flight, loop, nullptr, true), second(flight, loop, nullptr, false);
  Running<Seen> seen_first(follow(first)), seen_second(follow(second));
  flight->fail(gateway_error("no provider answers"), {});
  EXPECT_EQ(seen_first.result().end, State::failed);
  EXPECT_EQ(seen_second.result().end, State::failed);
  EXPECT_EQ(second.error().message, "no provider answers");
}

TEST_F(FlightTest, AnAnswerThatBrokeIsNoWholeOne) {
  Flight::Follower follower(flight, loop, nullptr, true);
  Running<Seen> seen(follow(follower));
  flight->open({});
  flight->append("data: {\"error\":{}}\n\n");
  flight->land({}, false);
  EXPECT_EQ(seen.result().end, State::broken);
}

TEST_F(FlightTest, TheCallGoesOnUntilTheLastHasLeft) {
  ASSERT_TRUE(flight->admit());
  auto leader = std::make_unique<Flight::Follower>(flight, loop, nullptr, true);
  auto other = std::make_unique<Flight::Follower>(flight, loop, nullptr, false);
  leader.reset();
  EXPECT_FALSE(flight->cancel().cancelled());
  other.reset();
  EXPECT_TRUE(flight->cancel().cancelled());
  EXPECT_FALSE(flight->admit()) << "nobody joins a call that is being cancelled";
  EXPECT_TRUE(table.board("key", loop, nullptr).is_new);
}

TEST_F(FlightTest, WhatHasLandedIsNotCancelled) {
  auto leader = std::make_unique<Flight::Follower>(flight, loop, nullptr, true);
  flight->open({});
  flight->land({}, true);
  leader.reset();
  EXPECT_FALSE(flight->cancel().cancelled()) << "it may still be storing its answer";
  EXPECT_TRUE(flight->admit());
}

TEST_F(FlightTest, TheLeaderPaysOrWhoeverIsLeft) {
  ASSERT_TRUE(flight->admit());
  auto leader = std::make_unique<Flight::Follower>(flight, loop, nullptr, true);
  Flight::Follower other(flight, loop, nullptr, false);
  EXPECT_FALSE(other.claim_cost());
  leader.reset();
  EXPECT_TRUE(other.claim_cost());
  EXPECT_FALSE(other.claim_cost()) << "once";
}

TEST_F(FlightTest, AClientThatLeavesStopsFollowing) {
  ASSERT_TRUE(flight->admit());
  io::CancelToken token;
  Flight::Follower stays(flight, loop, nullptr, true), leaves(flight, loop, &token, false);
  Running<Seen> seen_stays(follow(stays)), seen_leaves(follow(leaves));
  flight->open({});
  token.cancel();
  EXPECT_EQ(seen_leaves.result().end, State::cancelled);
  flight->append("still");
  flight->land({}, true);
  EXPECT_EQ(seen_stays.result().text, "still");
}

TEST_F(FlightTest, WhoIsTooFarBehindIsCutAndNobodyElse) {
  ASSERT_TRUE(flight->admit());
  Flight::Follower quick(flight, loop, nullptr, true), slow(flight, loop, nullptr, false);
  Running<Seen> seen_quick(follow(quick));
  flight->open({});
  const std::string megabyte(1 << 20, 'x');
  const std::size_t pieces = Flight::most_kept / megabyte.size() + 2;
  for (std::size_t i = 0; i < pieces; i++) flight->append(megabyte);
  flight->land({}, true);
  EXPECT_EQ(seen_quick.result().text.size(), pieces * megabyte.size());
  EXPECT_EQ(Running<Seen>(follow(slow)).result().end, State::cut);
  EXPECT_FALSE(flight->admit()) << "its beginning is gone";
  EXPECT_FALSE(flight->text());
}

using Followers = std::vector<std::unique_ptr<Flight::Follower>>;

io::Async<Seen> end_with_next(Followers& followers, std::size_t i) {
  const State opened = co_await followers[i]->wait_open();
  followers[i + 1].reset();
  co_return Seen{.end = opened};
}

// A follower whose wake-up ends another one while the flight goes through its list.
TEST_F(FlightTest, FollowersMayEndWhileOthersAreWoken) {
  constexpr std::size_t count = 50;
  Followers followers;
  std::vector<std::unique_ptr<Running<Seen>>> running;
  for (std::size_t i = 0; i < count; i++) {
    if (i > 0) ASSERT_TRUE(flight->admit());
    followers.push_back(std::make_unique<Flight::Follower>(flight, loop, nullptr, i == 0));
    if (i % 2 == 0) running.push_back(std::make_unique<Running<Seen>>(end_with_next(followers, i)));
  }
  flight->open({});
  flight->append("x");
  flight->land({}, true);
  for (const auto& each : running) EXPECT_TRUE(each->done());
}

// Followers on a loop of another thread get the same bytes.
TEST_F(FlightTest, OtherLoopsFollowToo) {
  constexpr int pieces = 200;
  ASSERT_TRUE(flight->admit());
  Flight::Follower own(flight, loop, nullptr, true);
  Seen seen;
  std::thread other([&] {
    io::Loop its_loop;
    Flight::Follower follower(flight, its_loop, nullptr, false);
    seen = run(its_loop, follow(follower));
  });
  Running<Seen> seen_own(follow(own));
  flight->open({});
  std::string all;
  for (int i = 0; i < pieces; i++) {
    const std::string piece = std::to_string(i) + " ";
    all += piece;
    flight->append(piece);
  }
  flight->land({}, true);
  other.join();
  EXPECT_EQ(seen.text, all);
  EXPECT_EQ(seen.end, State::landed);
  EXPECT_EQ(seen_own.result().text, all);
}

}  // namespace
}  // namespace sluice::gateway
