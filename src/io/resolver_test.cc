#include "io/resolver.h"

#include <arpa/inet.h>
#include <sys/epoll.h>

#include <map>

#include "io/testing.h"

namespace sluice::io {
namespace {

using std::chrono::milliseconds;
using testing::run;
using testing::run_until;
using testing::Running;

// A name server on loopback that answers from a table.
class NameServer final : private Watcher {
 public:
  struct Record {
    std::vector<std::string> v4, v6;
    std::uint32_t ttl = 300;
  };

  explicit NameServer(Loop& loop)
      : loop_(loop), fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    Address at = *Address::from_literal("127.0.0.1", 0);
    ::bind(fd_.get(), at.get(), at.size);
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&at.storage), &at.size);
    port_ = at.port();
    loop_.watch(fd_.get(), EPOLLIN, *this);
  }
  ~NameServer() { loop_.forget(fd_.get(), *this); }

  Resolver::Options options() const {
    return {.servers = "127.0.0.1:" + std::to_string(port_), .first_try = milliseconds(100)};
  }
  std::map<std::string, Record> records;
  bool silent = false;
  int queries = 0;  // of type A

 private:
  static constexpr int type_a = 1, type_aaaa = 28;

  void on_events(std::uint32_t) override {
    char packet[512];
    Address from;
    from.size = sizeof from.storage;
    const ssize_t size = ::recvfrom(fd_.get(), packet, sizeof packet, 0,
                                    reinterpret_cast<sockaddr*>(&from.storage), &from.size);
    if (size < 17) return;
    const std::string reply = answer(std::string(packet, static_cast<std::size_t>(size)));
    if (!silent) ::sendto(fd_.get(), reply.data(), reply.size(), 0, from.get(), from.size);
  }

  std::string answer(const std::string& query) {
    std::string name;
    std::size_t at = 12;
    while (query[at] != 0) {
      const auto length = static_cast<std::size_t>(query[at]);
      name += (name.empty() ? "" : ".") + query.substr(at + 1, length);
      at += length + 1;
    }
    const int type = query[at + 2];
    if (type == type_a) queries++;
    const auto known = records.find(name);
    std::string answers;
    char count = 0;
    if (known != records.end()) {
      for (const auto& text : type == type_a ? known->second.v4 : known->second.v6) {
        answers += record(type, text, known->second.ttl);
        count++;
      }
    }
    const char status = known == records.end() ? 3 : 0;  // NXDOMAIN
    return query.substr(0, 2) +
           std::string{'\x81', static_cast<char>('\x80' | status), 0, 1, 0, count, 0, 0, 0, 0} +
           query.substr(12, at + 5 - 12) + answers;
  }

  static std::string record(int type, const std::string& text, std::uint32_t ttl) {
    char bytes[16];
    const int family = type == type_aaaa ? AF_INET6 : AF_INET;
    ::inet_pton(family, text.c_str(), bytes);
    const std::size_t size = type == type_aaaa ? 16 : 4;
    const std::uint32_t wire_ttl = htonl(ttl);
    return std::string{'\xc0', 12, 0, static_cast<char>(type), 0, 1} +
           std::string(reinterpret_cast<const char*>(&wire_ttl), 4) +
           std::string{0, static_cast<char>(size)} + std::string(bytes, size);
  }

  Loop& loop_;
  testing::Fd fd_;
  int port_ = 0;
};

using Addresses = Result<std::vector<Address>>;

Async<Addresses> look_up(Resolver& resolver, std::string name, WaitLimit limit = {}) {
  co_return co_await resolver.resolve(name, 443, limit);
}

std::string text_of(const Addresses& addresses) {
  if (!addresses) return addresses.error().message;
  std::string text;
  for (const Address& each : *addresses)
    text += (text.empty() ? "" : " ") + each.text() + "/" + std::to_string(each.port());
  return text;
}

struct Lab {
  Loop loop;
  NameServer server{loop};
  Resolver resolver{loop, server.options()};
};

TEST(Resolver, LiteralsNeedNoServer) {
  Lab lab;
  for (const auto& [literal, expected] :
       {std::pair("127.0.0.1", "127.0.0.1/443"), std::pair("::1", "::1/443"),
        std::pair("[2001:db8::1]", "2001:db8::1/443")})
    EXPECT_EQ(text_of(run(lab.loop, look_up(lab.resolver, literal))), expected);
  EXPECT_EQ(lab.server.queries, 0);
}

TEST(Resolver, TheHostsFileCounts) {
  Lab lab;
  const std::string found = text_of(run(lab.loop, look_up(lab.resolver, "localhost")));
  EXPECT_NE(found.find("127.0.0.1/443"), found.npos) << found;
  EXPECT_EQ(lab.server.queries, 0);
}

TEST(Resolver, FindsNamesAndLetsTheFamiliesTakeTurns) {
  Lab lab;
  lab.server.records["api.example.com"] = {.v4 = {"127.0.0.1", "127.0.0.2", "127.0.0.3"},
                                           .v6 = {"::1"}};
  const Addresses found = run(lab.loop, look_up(lab.resolver, "api.example.com"));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 4u);
  EXPECT_NE((*found)[0].family(), (*found)[1].family());
  for (const Address& each : *found) EXPECT_EQ(each.port(), 443);
}

TEST(Resolver, SimultaneousLookupsShareAQueryAndEachGetsItsPort) {
  Lab lab;
  lab.server.records["api.example.com"] = {.v4 = {"127.0.0.9"}};
  Running<Addresses> one(look_up(lab.resolver, "api.example.com"));
  Running<Addresses> two(look_up(lab.resolver, "api.example.com"));
  run_until(lab.loop, [&] { return one.done() && two.done(); });
  EXPECT_EQ(text_of(one.result()), "127.0.0.9/443");
  EXPECT_EQ(text_of(two.result()), "127.0.0.9/443");
  EXPECT_EQ(lab.server.queries, 1);
}

TEST(Resolver, AnAnswerIsKeptForItsTimeToLive) {
  Lab lab;
  lab.server.records["api.example.com"] = {.v4 = {"127.0.0.9"}, .ttl = 300};
  run(lab.loop, look_up(lab.resolver, "api.example.com"));
  lab.server.records["api.example.com"].v4 = {"127.0.0.10"};
  EXPECT_EQ(text_of(run(lab.loop, look_up(lab.resolver, "api.example.com"))), "127.0.0.9/443");
  EXPECT_EQ(lab.server.queries, 1);
}

Async<Done> sleep(Loop& loop, Duration duration) {
  Pause pause(loop, {.deadline = Clock::now() + duration});
  co_await pause;
  co_return Done{};
}

TEST(Resolver, AnAnswerWithoutTimeToLiveIsKeptForASecond) {
  Lab lab;
  lab.server.records["api.example.com"] = {.v4 = {"127.0.0.9"}, .ttl = 0};
  run(lab.loop, look_up(lab.resolver, "api.example.com"));
  run(lab.loop, look_up(lab.resolver, "api.example.com"));
  EXPECT_EQ(lab.server.queries, 1);
  run(lab.loop, sleep(lab.loop, milliseconds(1050)));
  run(lab.loop, look_up(lab.resolver, "api.example.com"));
  EXPECT_EQ(lab.server.queries, 2);
}

TEST(Resolver, FailuresAreNotKept) {
  Lab lab;
  EXPECT_EQ(text_of(run(lab.loop, look_up(lab.resolver, "api.example.com"))),
            "can't resolve api.example.com: the name does not exist");
  lab.server.records["api.example.com"] = {.v4 = {"127.0.0.9"}};
  EXPECT_EQ(text_of(run(lab.loop, look_up(lab.resolver, "api.example.com"))), "127.0.0.9/443");
}

TEST(Resolver, ErrorsSayWhy) {
  Lab lab;
  lab.server.records["empty.example.com"] = {};
  const std::string too_long = std::string(64, 'a') + ".example.com";
  EXPECT_EQ(text_of(run(lab.loop, look_up(lab.resolver, "empty.example.com"))),
            "can't resolve empty.example.com: the name has no address");
  EXPECT_EQ(text_of(run(lab.loop, look_up(lab.resolver, too_long))),
            "can't resolve " + too_long + ": that is not a valid host name");
  EXPECT_EQ(text_of(run(lab.loop, look_up(lab.resolver, ""))),
            "can't resolve a host name: it is empty");
  const Addresses missing = run(lab.loop, look_up(lab.resolver, "no.example.com"));
  EXPECT_EQ(missing.error().code, ErrorCode::connection);
  EXPECT_EQ(missing.error().blame, Blame::provider);
}

TEST(Resolver, ASilentServerIsGivenUpOn) {
  Lab lab;
  lab.server.silent = true;
  EXPECT_EQ(text_of(run(lab.loop, look_up(lab.resolver, "api.example.com"))),
            "can't resolve api.example.com: the name server does not answer");
}

TEST(Resolver, AServerThatIsNotThereIsAnError) {
  Loop loop;
  Resolver resolver(loop, {.servers = "127.0.0.1:1", .first_try = milliseconds(100)});
  EXPECT_EQ(text_of(run(loop, look_up(resolver, "api.example.com"))),
            "can't resolve api.example.com: the name server does not answer");
}

TEST(Resolver, EndsAtTheDeadlineOfEachWhoWaits) {
  Lab lab;
  lab.server.silent = true;
  const Time soon = Clock::now() + milliseconds(30);
  Running<Addresses> patient(look_up(lab.resolver, "api.example.com"));
  Running<Addresses> hasty(look_up(lab.resolver, "api.example.com", {.deadline = soon}));
  run_until(lab.loop, [&] { return hasty.done(); });
  EXPECT_EQ(hasty.result().error().code, ErrorCode::timeout);
  EXPECT_EQ(text_of(hasty.result()), "can't resolve api.example.com: timed out");
  EXPECT_FALSE(patient.done());
  lab.server.silent = false;
  lab.server.records["api.example.com"] = {.v4 = {"127.0.0.9"}};
  run_until(lab.loop, [&] { return patient.done(); });
  EXPECT_EQ(text_of(patient.result()), "127.0.0.9/443") << "c-ares asks a second time";
}

TEST(Resolver, EndsWhenCancelled) {
  Lab lab;
  lab.server.silent = true;
  CancelToken token;
  Running<Addresses> waiting(look_up(lab.resolver, "api.example.com", {.cancel = &token}));
  testing::turn(lab.loop);
  EXPECT_FALSE(waiting.done());
  token.cancel();
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.result().error().code, ErrorCode::cancelled);
}

Async<Done> destroy_after(std::unique_ptr<Resolver>& resolver,
                          std::unique_ptr<Running<Done>>& other) {
  const std::string name = "api.example.com";
  const Addresses found = co_await resolver->resolve(name, 443, {});
  EXPECT_EQ(text_of(found), "127.0.0.9/443");
  other.reset();
  resolver.reset();
  co_return Done{};
}

TEST(Resolver, WhoeverIsWokenMayDestroyItAndOthersWhoWait) {
  Loop loop;
  NameServer server(loop);
  server.records["api.example.com"] = {.v4 = {"127.0.0.9"}};
  auto resolver = std::make_unique<Resolver>(loop, server.options());
  std::unique_ptr<Running<Done>> one, two;
  one = std::make_unique<Running<Done>>(destroy_after(resolver, two));
  two = std::make_unique<Running<Done>>(destroy_after(resolver, one));
  run_until(loop, [&] { return resolver == nullptr; });
  EXPECT_NE(one == nullptr, two == nullptr);
}

TEST(Resolver, MayBeDestroyedWhileALookupIsUnderWay) {
  Loop loop;
  NameServer server(loop);
  server.silent = true;
  auto resolver = std::make_unique<Resolver>(loop, server.options());
  {
    const Running<Addresses> abandoned(look_up(*resolver, "api.example.com"));
    testing::turn(loop);
  }
  resolver.reset();
  testing::turn(loop);
}

TEST(Resolver, ManyNamesDoNotMakeTheCacheGrowWithoutEnd) {
  Lab lab;
  for (int i = 0; i < 600; i++) {
    const std::string name = "host" + std::to_string(i) + ".example.com";
    lab.server.records[name] = {.v4 = {"127.0.0.9"}};
    run(lab.loop, look_up(lab.resolver, name));
  }
  EXPECT_EQ(lab.server.queries, 600);
  EXPECT_LE(lab.resolver.kept_for_test(), 512u);
  run(lab.loop, look_up(lab.resolver, "host599.example.com"));
  EXPECT_EQ(lab.server.queries, 600) << "the newest answers stay";
}

TEST(Resolver, ServersThatCannotBeReadAreAnErrorAtStart) {
  Loop loop;
  EXPECT_THROW(Resolver(loop, {.servers = "not a server"}), std::runtime_error);
}

}  // namespace
}  // namespace sluice::io
