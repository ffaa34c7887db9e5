#pragma once
// What the tests of the client share.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "io/group.h"
#include "io/testing.h"
#include "redis/client.h"
#include "redis/redis_server_for_test.h"

namespace sluice::redis::testing {

struct RedisTest : ::testing::Test {
  using Time = std::chrono::milliseconds;

  void SetUp() override {
    if (!RedisServer::available()) GTEST_SKIP() << "redis-server is not installed";
  }
  static io::WaitLimit in(Time time) { return {.deadline = io::Clock::now() + time}; }
  std::unique_ptr<Client> connect(RedisOptions options) {
    return std::make_unique<Client>(loop, connector,
                                    std::make_shared<const RedisOptions>(std::move(options)));
  }
  Result<Reply> ask(Client& client, const Command& command, Time time = Time(5000)) {
    return io::testing::run(loop, client.run(command, in(time)));
  }
  // The reply's text, or what went wrong.
  std::string text(Client& client, const Command& command, Time time = Time(5000)) {
    const auto reply = ask(client, command, time);
    return reply ? reply->text : "error: " + reply.error().message;
  }
  // Asks a server on a connection of its own.
  std::string tell(int port, std::vector<std::string> words) {
    const auto direct = connect({.nodes = {{.host = "127.0.0.1", .port = port}}});
    const Command command(std::vector<std::string_view>(words.begin(), words.end()));
    return text(*direct, command, Time(2000));
  }
  void sleep(Time time) { io::testing::run(loop, pause(loop, time)); }
  // Repeats until it is true, for half a minute at most.
  template <class Check>
  bool until(Check check) {
    const io::Time give_up = io::Clock::now() + std::chrono::seconds(30);
    while (!check()) {
      if (io::Clock::now() > give_up) return false;
      sleep(Time(10));
    }
    return true;
  }

  io::Loop loop;
  io::Connector connector{loop, nullptr};

 private:
  static io::Async<Done> pause(io::Loop& loop, Time time) {
    io::Pause pause(loop, {.deadline = io::Clock::now() + time});
    co_await pause;
    co_return Done{};
  }
};

// Many callers side by side, each with a key of its own, who write and read it again and again:
// what they read must be what somebody has written there, whole and not newer than the last write.
class Callers {
 public:
  Callers(io::Loop& loop, Client& client, int count, std::chrono::milliseconds deadline)
      : loop_(loop), client_(client), deadline_(deadline) {
    for (int i = 0; i < count; i++)
      running_.push_back(std::make_unique<io::testing::Running<Done>>(call(i)));
  }
  // Ends all of them.
  void finish() {
    stopped_ = true;
    io::testing::run_until(loop_, [this] {
      return std::ranges::all_of(running_, [](const auto& each) { return each->done(); });
    });
  }
  int wrong = 0, answered = 0, failed = 0, late = 0;
  // Whose last round went well.
  std::vector<bool> well = std::vector<bool>(1000);

 private:
  static std::string value_of(const std::string& key, int round) {
    const std::string head = key + " " + std::to_string(round) + " ";
    return head + std::string(static_cast<std::size_t>(round * 37 % 3000), 'x') + "|";
  }
  void judge(const std::string& key, const Reply& reply, int round) {
    if (reply.is_error() || reply.is_nil()) return;
    int written = -1;
    if (reply.text.starts_with(key + " ")) written = std::atoi(reply.text.c_str() + key.size() + 1);
    if (written < 0 || written > round || reply.text != value_of(key, written)) wrong++;
  }
  io::Async<Done> call(int number) {
    const std::string key = "caller-" + std::to_string(number);
    for (int round = 0; !stopped_; round++) {
      const std::string value = value_of(key, round);
      const Command set{"SET", key, value}, get{"GET", key};
      const io::Time due = io::Clock::now() + deadline_;
      const auto stored = co_await client_.run(set, {.deadline = due});
      const auto got = co_await client_.run(get, {.deadline = due});
      if (io::Clock::now() > due + std::chrono::seconds(2)) late++;  // the machine may be busy
      if (got) judge(key, *got, round);
      const bool good = stored && got && !stored->is_error() && !got->is_error();
      (good ? answered : failed)++;
      well[static_cast<std::size_t>(number)] = good;
      io::Pause pause(loop_, {.deadline = io::Clock::now() + std::chrono::milliseconds(5)});
      co_await pause;
    }
    co_return Done{};
  }

  io::Loop& loop_;
  Client& client_;
  const std::chrono::milliseconds deadline_;
  bool stopped_ = false;
  std::vector<std::unique_ptr<io::testing::Running<Done>>> running_;
};

}  // namespace sluice::redis::testing
