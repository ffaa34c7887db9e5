#pragma once
// Peers on the test's own loop: a server that answers as it is told, and a slow link to a real one.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/listener.h"
#include "io/pause.h"
#include "io/testing.h"
#include "model/redis_options.h"
#include "redis/resp.h"

namespace sluice::redis::testing {

using io::testing::Running;

// Answers each command in turn, and reads no further before its answer has left.
class FakeServer {
 public:
  using Words = std::vector<std::string>;
  // The bytes to send for a command; nothing = hang up.
  using Answer = std::function<std::optional<std::string>(const Words& words)>;

  FakeServer(io::Loop& loop, Answer answer)
      : loop_(loop),
        answer_(std::move(answer)),
        listener_(*io::Listener::open(loop, "127.0.0.1", 0, [this](int fd, const io::Address&) {
          sessions_.push_back(std::make_unique<Running<Done>>(serve(fd)));
        })) {}
  RedisOptions options() const {
    return {.nodes = {{.host = "127.0.0.1", .port = listener_->port()}}};
  }

 private:
  io::Async<Done> serve(int fd) {
    io::Stream stream(loop_, fd);
    RespDecoder decoder;
    for (;;) {
      Reply command;
      const auto step = decoder.next(command);
      if (step == RespDecoder::Step::malformed) co_return Done{};
      if (step == RespDecoder::Step::need_more) {
        const io::Received got = co_await stream.recv();
        if (got.error != io::IoError::none) co_return Done{};
        decoder.feed({got.data, got.size});
        continue;
      }
      Words words;
      for (const Reply& item : command.items) words.push_back(item.text);
      const auto answer = answer_(words);
      if (!answer) co_return Done{};
      const io::IoError sent = co_await stream.send({*answer});
      if (sent != io::IoError::none) co_return Done{};
    }
  }

  io::Loop& loop_;
  const Answer answer_;
  std::vector<std::unique_ptr<Running<Done>>> sessions_;
  std::unique_ptr<io::Listener> listener_;
};

// Passes bytes on, a piece at a time and after a while, both ways.
class SlowLink {
 public:
  SlowLink(io::Loop& loop, int server_port)
      : loop_(loop),
        server_(*io::Address::from_literal("127.0.0.1", server_port)),
        listener_(*io::Listener::open(loop, "127.0.0.1", 0,
                                      [this](int fd, const io::Address&) { connect(fd); })) {}
  RedisOptions options() const {
    return {.nodes = {{.host = "127.0.0.1", .port = listener_->port()}}};
  }

  std::size_t piece = 65536;
  Milliseconds delay{0};                      // of each piece
  std::size_t cut_after = std::string::npos;  // bytes of the server, over all connections
  std::size_t received = 0;                   // bytes of the server that have been passed on

 private:
  struct Pair {
    std::unique_ptr<io::Stream> client, server;
    std::unique_ptr<Running<Done>> up, down;
  };

  void connect(int fd) {
    const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool there = ::connect(out, server_.get(), server_.size) == 0;
    ::fcntl(out, F_SETFL, O_NONBLOCK);
    auto pair = std::make_unique<Pair>();
    pair->client = std::make_unique<io::Stream>(loop_, fd);
    pair->server = std::make_unique<io::Stream>(loop_, out);
    if (there) {
      pair->up = std::make_unique<Running<Done>>(carry(*pair->client, *pair->server, nullptr));
      pair->down = std::make_unique<Running<Done>>(carry(*pair->server, *pair->client, &cut_after));
    }
    pairs_.push_back(std::move(pair));
  }

  // One end's end is the other's.
  io::Async<Done> carry(io::Stream& from, io::Stream& to, std::size_t* budget) {
    std::string bytes(65536, '\0');
    for (;;) {
      const io::Received got = co_await from.recv_into(bytes.data(), std::min(piece, bytes.size()));
      io::Pause pause(loop_, {.deadline = io::Clock::now() + delay});
      if (delay.count() > 0) co_await pause;
      const std::size_t allowed = budget != nullptr ? std::min(got.size, *budget) : got.size;
      if (budget != nullptr && *budget != std::string::npos) *budget -= allowed;
      to.post({bytes.data(), allowed});
      if (budget != nullptr) received += allowed;
      if (got.error != io::IoError::none || allowed < got.size) {
        to.shut_send();
        co_return Done{};
      }
    }
  }

  io::Loop& loop_;
  const io::Address server_;
  std::vector<std::unique_ptr<Pair>> pairs_;
  std::unique_ptr<io::Listener> listener_;
};

}  // namespace sluice::redis::testing
