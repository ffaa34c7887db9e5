#include "io/stream.h"

#include <cstring>
#include <numeric>
#include <vector>

#include "io/testing.h"

namespace sluice::io {
namespace {

using std::chrono::milliseconds;
using testing::run;
using testing::run_until;
using testing::Running;
using testing::turn;

constexpr int small = 32768;  // socket buffers that a megabyte does not fit

// A stream under test, and the bare socket at its other end.
struct Ends {
  Ends() = default;
  explicit Ends(int buffer_bytes) {
    ::setsockopt(pair.near.get(), SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    ::setsockopt(pair.far.get(), SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    stream.emplace(loop, pair.near.take());
  }

  void peer_sends(std::string_view bytes) {
    EXPECT_EQ(::send(pair.far.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // What the peer can read just now.
  std::string peer_reads() {
    std::string all(1 << 20, '\0');
    const ssize_t got = ::recv(pair.far.get(), all.data(), all.size(), MSG_DONTWAIT);
    all.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return all;
  }
  bool peer_sees_end() {
    char byte;
    return ::recv(pair.far.get(), &byte, 1, MSG_DONTWAIT) == 0;
  }
  void peer_resets() {
    const linger hard{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(pair.far.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    pair.far.close();
  }

  Loop loop;
  testing::TcpPair pair;
  std::optional<Stream> stream;
};

struct PlainEnds : Ends {
  PlainEnds() { stream.emplace(loop, pair.near.take()); }
};

struct Got {
  std::string bytes;
  IoError error = IoError::none;
};

Async<Got> receive(Stream& stream) {
  const Received got = co_await stream.recv();
  co_return Got{.bytes = std::string(got.data, got.size), .error = got.error};
}

Async<Got> receive_some(Stream& stream, std::size_t size) {
  std::string buffer(size, '\0');
  const Received got = co_await stream.recv_into(buffer.data(), size);
  co_return Got{.bytes = std::string(got.data, got.size), .error = got.error};
}

Async<IoError> send(Stream& stream, std::vector<std::string_view> pieces) {
  co_return co_await stream.send(pieces);
}

TEST(StreamRecv, GivesWhatIsThereAndWaitsForMore) {
  PlainEnds ends;
  ends.peer_sends("one");
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).bytes, "one");
  Running<Got> waiting(receive(*ends.stream));
  EXPECT_FALSE(waiting.done());
  ends.peer_sends("two");
  run_until(ends.loop, [&] { return waiting.done(); });
  EXPECT_EQ(waiting.result().bytes, "two");
}

TEST(StreamRecv, ReadsPieceByPieceFromOneArrival) {
  PlainEnds ends;
  ends.peer_sends("abcdefg");
  for (const char* expected : {"abc", "def", "g"})
    EXPECT_EQ(run(ends.loop, receive_some(*ends.stream, 3)).bytes, expected);
}

TEST(StreamRecv, ExactlyFullReadsNeitherLoseBytesNorTheEnd) {
  PlainEnds ends;
  ends.peer_sends("abcdef");
  ends.pair.far.close();
  for (const char* expected : {"abc", "def"})
    EXPECT_EQ(run(ends.loop, receive_some(*ends.stream, 3)).bytes, expected);
  EXPECT_EQ(run(ends.loop, receive_some(*ends.stream, 3)).error, IoError::end);
}

TEST(StreamRecv, GivesTheBytesThatCameWithTheEndThenTheEndAgainAndAgain) {
  PlainEnds ends;
  ends.peer_sends("last words");
  ends.pair.far.close();
  turn(ends.loop);  // data and end come in one event
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).bytes, "last words");
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).error, IoError::end);
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).error, IoError::end);
  EXPECT_TRUE(ends.stream->peer_gone());
}

TEST(StreamRecv, AnEndThatComesAfterTheDataWasReadIsSeen) {
  PlainEnds ends;
  ends.peer_sends("data");
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).bytes, "data");
  ends.pair.far.close();
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).error, IoError::end);
}

TEST(StreamRecv, ABrokenConnectionIsAReset) {
  PlainEnds ends;
  ends.peer_resets();
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).error, IoError::reset);
}

TEST(StreamSend, PiecesLeaveInOrder) {
  PlainEnds ends;
  EXPECT_EQ(run(ends.loop, send(*ends.stream, {"a", "", "bc", "", "def", "g"})), IoError::none);
  EXPECT_EQ(ends.peer_reads(), "abcdefg");
  EXPECT_EQ(run(ends.loop, send(*ends.stream, {})), IoError::none);
  EXPECT_EQ(run(ends.loop, send(*ends.stream, {"1", "2", "3", "4", "5", "6", "7", "8", ""})),
            IoError::none);
  EXPECT_EQ(ends.peer_reads(), "12345678");
}

TEST(StreamSend, SmallOnesLeaveAtTheEndOfTheTurnLargeOnesAtOnce) {
  PlainEnds ends;
  std::string words = "small";
  Running<IoError> sending(send(*ends.stream, {words, " one"}));
  words = "!!!!!";  // as the next read does to the shared buffer
  EXPECT_FALSE(sending.done());
  EXPECT_EQ(ends.peer_reads(), "");
  turn(ends.loop);
  EXPECT_EQ(sending.result(), IoError::none);
  EXPECT_EQ(ends.peer_reads(), "small one");
  const std::string large(100'000, 'x');
  Running<IoError> at_once(send(*ends.stream, {large}));
  EXPECT_TRUE(at_once.done());
}

TEST(StreamSend, AllOfATurnHaveLeftBeforeTheFirstGoesOn) {
  PlainEnds first, second;
  Stream other(first.loop, second.pair.far.take());
  std::string seen;
  const auto send_and_look = [&]() -> Async<IoError> {
    const IoError sent = co_await first.stream->send({"one"});
    char bytes[16];
    const ssize_t got = ::recv(second.stream->fd(), bytes, sizeof bytes, MSG_DONTWAIT);
    seen.assign(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
    co_return sent;
  };
  Running<IoError> looking(send_and_look());
  Running<IoError> sending(send(other, {"two"}));
  run_until(first.loop, [&] { return looking.done() && sending.done(); });
  EXPECT_EQ(seen, "two");
}

TEST(StreamSend, WhatIsGivenUpBeforeTheTurnsEndDoesNotLeave) {
  PlainEnds ends, others;
  CancelToken token;
  ends.stream->set_cancel(&token);
  Running<IoError> cancelled(send(*ends.stream, {"cancelled"}));
  token.cancel();
  EXPECT_EQ(cancelled.result(), IoError::cancelled);
  {
    const Running<IoError> destroyed(send(*ends.stream, {"destroyed"}));
  }
  turn(ends.loop);
  EXPECT_EQ(ends.peer_reads(), "");
  EXPECT_EQ(run(ends.loop, send(*ends.stream, {"kept"})), IoError::none);
  EXPECT_EQ(ends.peer_reads(), "kept");
}

TEST(StreamSend, OneThatGoesOnMayDestroyAnotherThatIsToGoOn) {
  PlainEnds first, second;
  Stream other(first.loop, second.pair.far.take());
  std::optional<Running<IoError>> victim;
  const auto send_and_destroy = [&]() -> Async<IoError> {
    const IoError sent = co_await first.stream->send({"one"});
    victim.reset();
    co_return sent;
  };
  Running<IoError> destroying(send_and_destroy());
  victim.emplace(send(other, {"two"}));
  run_until(first.loop, [&] { return destroying.done(); });
  turn(first.loop);
  EXPECT_FALSE(victim);
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; i++) bytes[i] = static_cast<char>(i * 7 + i / 251);
  return bytes;
}

TEST(StreamSend, WhatTheSocketDoesNotTakeIsCopiedAndFollows) {
  Ends ends(small);
  const std::string expected = pattern(1 << 20);
  std::string bytes = expected;
  const std::string_view all = bytes;
  Running<IoError> sending(
      send(*ends.stream, {all.substr(0, 100), all.substr(100, 300'000), all.substr(300'100)}));
  ASSERT_FALSE(sending.done()) << "the socket took a megabyte at once";
  bytes.assign(bytes.size(), '!');  // as the next read does to the shared buffer
  std::string arrived;
  run_until(ends.loop, [&] {
    arrived += ends.peer_reads();
    return arrived.size() == expected.size();
  });
  EXPECT_TRUE(sending.done());
  EXPECT_EQ(sending.result(), IoError::none);
  EXPECT_TRUE(arrived == expected);
}

TEST(StreamPost, NeitherWaitsForTheReaderNorForThePeer) {
  Ends ends(small);
  const std::string expected = pattern(1 << 20);
  Running<Got> reading(receive(*ends.stream));
  for (std::size_t at = 0; at < expected.size(); at += 100'000)
    ends.stream->post(std::string_view(expected).substr(at, 100'000));
  EXPECT_GT(ends.stream->unsent(), 0u) << "the socket took a megabyte at once";
  ends.peer_sends("a word between");
  std::string arrived;
  run_until(ends.loop, [&] {
    arrived += ends.peer_reads();
    return arrived.size() == expected.size();
  });
  EXPECT_TRUE(arrived == expected);
  EXPECT_EQ(ends.stream->unsent(), 0u);
  ASSERT_TRUE(reading.done());
  EXPECT_EQ(reading.result().bytes, "a word between");
}

TEST(StreamPost, WhatIsLeftFollowsThoughNobodyWaits) {
  Ends ends(small);
  ends.stream->post(pattern(1 << 20));
  std::size_t arrived = 0;
  run_until(ends.loop, [&] {
    arrived += ends.peer_reads().size();
    return arrived == 1 << 20;
  });
}

TEST(StreamPost, ABrokenConnectionIsForTheReaderToFind) {
  Ends ends(small);
  Running<Got> reading(receive(*ends.stream));
  ends.peer_resets();
  ends.stream->post(pattern(1 << 20));
  run_until(ends.loop, [&] { return reading.done(); });
  EXPECT_NE(reading.result().error, IoError::none);
}

TEST(StreamSend, PiecesThatCannotEvenBeginAreCopiedToo) {
  Ends ends(small);
  const std::string big(1 << 20, 'x');
  ends.stream->set_deadline(ends.loop.now());
  EXPECT_EQ(run(ends.loop, send(*ends.stream, {big})), IoError::timeout);
  ends.stream->set_deadline(never);
  std::string tail = "the end";
  Running<IoError> sending(send(*ends.stream, {tail}));
  ASSERT_FALSE(sending.done());
  tail = "garbage";
  std::string arrived;
  run_until(ends.loop, [&] {
    arrived += ends.peer_reads();
    return sending.done() && arrived.ends_with("d");
  });
  EXPECT_TRUE(arrived.ends_with("xxxthe end"));
}

TEST(StreamSend, ToABrokenConnectionIsAReset) {
  PlainEnds ends;
  ends.peer_resets();
  turn(ends.loop);
  EXPECT_EQ(run(ends.loop, send(*ends.stream, {"hello"})), IoError::reset);
}

TEST(StreamSend, EndsWhenTheConnectionBreaksWhileItWaits) {
  Ends ends(small);
  const std::string big(1 << 20, 'x');
  Running<IoError> sending(send(*ends.stream, {big}));
  ASSERT_FALSE(sending.done());
  ends.peer_resets();
  run_until(ends.loop, [&] { return sending.done(); });
  EXPECT_EQ(sending.result(), IoError::reset);
}

TEST(StreamDeadline, EndsAReadThatWaitsAndTheNextOneToo) {
  PlainEnds ends;
  const Time due = Clock::now() + milliseconds(20);
  ends.stream->set_deadline(due);
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).error, IoError::timeout);
  EXPECT_GE(Clock::now(), due);
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).error, IoError::timeout);
  ends.peer_sends("late");
  turn(ends.loop);
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).bytes, "late") << "it need not wait";
}

TEST(StreamDeadline, EndsASendThatWaits) {
  Ends ends(small);
  const std::string big(1 << 20, 'x');
  ends.stream->set_deadline(Clock::now() + milliseconds(20));
  EXPECT_EQ(run(ends.loop, send(*ends.stream, {big})), IoError::timeout);
}

TEST(StreamDeadline, CanBeLiftedAndMoved) {
  PlainEnds ends;
  ends.stream->set_deadline(ends.loop.now());
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).error, IoError::timeout);
  ends.stream->set_deadline(never);
  Running<Got> waiting(receive(*ends.stream));
  turn(ends.loop);
  EXPECT_FALSE(waiting.done());
  ends.stream->set_deadline(Clock::now() + milliseconds(1));
  run_until(ends.loop, [&] { return waiting.done(); });
  EXPECT_EQ(waiting.result().error, IoError::timeout);
}

TEST(StreamCancel, EndsAReadOrASendThatWaits) {
  PlainEnds reading;
  CancelToken read_token;
  reading.stream->set_cancel(&read_token);
  Running<Got> receiving(receive(*reading.stream));
  read_token.cancel();
  ASSERT_TRUE(receiving.done());
  EXPECT_EQ(receiving.result().error, IoError::cancelled);

  Ends writing(small);
  CancelToken write_token;
  writing.stream->set_cancel(&write_token);
  const std::string big(1 << 20, 'x');
  Running<IoError> sending(send(*writing.stream, {big}));
  write_token.cancel();
  ASSERT_TRUE(sending.done());
  EXPECT_EQ(sending.result(), IoError::cancelled);
}

TEST(StreamCancel, ACancelledTokenBarsEveryWait) {
  PlainEnds ends;
  CancelToken token;
  ends.stream->set_cancel(&token);
  token.cancel();
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).error, IoError::cancelled);
}

TEST(StreamCancel, ADestroyedWaitLeavesTokenAndStream) {
  PlainEnds ends;
  CancelToken token;
  ends.stream->set_cancel(&token);
  {
    const Running<Got> waiting(receive(*ends.stream));
  }
  ends.peer_sends("x");
  turn(ends.loop);
  token.cancel();
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).bytes, "x");
}

TEST(StreamHangup, CancelsTheTokenWhenThePeerLeavesWhileNobodyWaits) {
  for (const bool in_order : {true, false}) {
    PlainEnds ends;
    CancelToken token;
    ends.stream->cancel_on_hangup(&token);
    ends.peer_sends("pipelined");
    turn(ends.loop);
    EXPECT_FALSE(token.cancelled()) << "more bytes are not a hang-up";
    in_order ? ends.pair.far.close() : ends.peer_resets();
    run_until(ends.loop, [&] { return token.cancelled(); });
    CancelToken late;
    ends.stream->cancel_on_hangup(&late);
    EXPECT_TRUE(late.cancelled()) << "it is gone already";
  }
}

TEST(StreamHangup, EndsTheWaitOnAnotherStream) {
  PlainEnds client, provider;
  CancelToken token;
  client.stream->cancel_on_hangup(&token);
  provider.stream->set_cancel(&token);
  Running<Got> waiting(receive(*provider.stream));
  client.pair.far.close();
  run_until(client.loop, [&] { return waiting.done(); });
  EXPECT_EQ(waiting.result().error, IoError::cancelled);
}

TEST(StreamHangup, IsSeenWhileASendWaits) {
  Ends ends(small);
  CancelToken token;
  ends.stream->cancel_on_hangup(&token);
  const std::string big(1 << 20, 'x');
  Running<IoError> sending(send(*ends.stream, {big}));
  ::shutdown(ends.pair.far.get(), SHUT_WR);
  run_until(ends.loop, [&] { return token.cancelled(); });
  EXPECT_FALSE(sending.done()) << "who only stopped to ask may still read";
}

// Owns an idle connection, as a pool does.
struct Owner final : Wait {
  void cancel() override {
    told++;
    if (destroy) ends->stream.reset();
  }
  PlainEnds* ends = nullptr;
  bool destroy = false;
  int told = 0;
};

TEST(StreamIdle, TheOwnerIsToldOnceOfBytesAnEndOrTheDeadline) {
  for (const char* reason : {"bytes", "end", "reset", "deadline"}) {
    for (const bool destroy : {false, true}) {
      PlainEnds ends;
      Owner owner;
      owner.ends = &ends;
      owner.destroy = destroy;
      ends.stream->on_idle_end(&owner);
      turn(ends.loop);
      EXPECT_EQ(owner.told, 0) << reason;
      EXPECT_TRUE(ends.stream->is_quiet());
      const std::string_view what = reason;
      if (what == "bytes") ends.peer_sends("unasked");
      if (what == "end") ends.pair.far.close();
      if (what == "reset") ends.peer_resets();
      if (what == "deadline") ends.stream->set_deadline(ends.loop.now());
      run_until(ends.loop, [&] { return owner.told > 0; });
      if (!destroy && what == "bytes") ends.peer_sends("more");
      turn(ends.loop);
      EXPECT_EQ(owner.told, 1) << reason;
      if (!destroy && what != "deadline") EXPECT_FALSE(ends.stream->is_quiet()) << reason;
    }
  }
}

TEST(Stream, ClosesInOrderUnlessToldToReset) {
  PlainEnds ordered;
  ordered.stream.reset();
  EXPECT_TRUE(ordered.peer_sees_end());
  PlainEnds reset;
  reset.stream->reset_on_close();
  reset.stream.reset();
  char byte;
  EXPECT_EQ(::recv(reset.pair.far.get(), &byte, 1, MSG_DONTWAIT), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST(Stream, AfterItsOwnEndItStillReads) {
  PlainEnds ends;
  ends.stream->shut_send();
  EXPECT_TRUE(ends.peer_sees_end());
  ends.peer_sends("answer");
  EXPECT_EQ(run(ends.loop, receive(*ends.stream)).bytes, "answer");
}

Async<Done> destroy_after_read(std::optional<Stream>& stream) {
  const Received got = co_await stream->recv();
  EXPECT_EQ(std::string_view(got.data, got.size), "go");
  stream.reset();
  co_return Done{};
}

TEST(Stream, WhoeverIsResumedMayDestroyIt) {
  PlainEnds ends;
  Running<Done> waiting(destroy_after_read(ends.stream));
  ends.peer_sends("go");
  run_until(ends.loop, [&] { return waiting.done(); });
  EXPECT_FALSE(ends.stream.has_value());
}

Async<Done> destroy_after_timeout(std::optional<Stream>& stream) {
  const Received got = co_await stream->recv();
  EXPECT_EQ(got.error, IoError::timeout);
  stream.reset();
  co_return Done{};
}

TEST(Stream, ATimeoutMayDestroyItToo) {
  PlainEnds ends;
  ends.stream->set_deadline(ends.loop.now());
  run(ends.loop, destroy_after_timeout(ends.stream));
  EXPECT_FALSE(ends.stream.has_value());
}

using Connection = std::unique_ptr<Running<Done>>;

Async<Done> destroy_other_after_read(Loop& loop, int fd, Connection& other) {
  Stream stream(loop, fd);
  const Received got = co_await stream.recv();
  EXPECT_EQ(got.error, IoError::none);
  other.reset();
  co_return Done{};
}

// Both have an event in one batch; the first to run destroys the second.
TEST(Stream, AnEventInTheSameBatchDoesNotReachADestroyedStream) {
  Loop loop;
  testing::TcpPair a, b;
  Connection first, second;
  first = std::make_unique<Running<Done>>(destroy_other_after_read(loop, a.near.take(), second));
  second = std::make_unique<Running<Done>>(destroy_other_after_read(loop, b.near.take(), first));
  turn(loop);
  for (const int fd : {a.far.get(), b.far.get()}) EXPECT_EQ(::send(fd, "x", 1, 0), 1);
  run_until(loop, [&] { return !first || !second; });
  turn(loop);
  EXPECT_TRUE((first && first->done()) || (second && second->done()));
}

}  // namespace
}  // namespace sluice::io
