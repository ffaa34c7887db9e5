#include "redis/greeting.h"

#include <gtest/gtest.h>

#include "redis/resp.h"

namespace sluice::redis {
namespace {

// The commands, each as its words.
std::string words_of(const Greeting& greeting) {
  RespDecoder decoder;
  decoder.feed(greeting.commands);
  std::string out;
  std::size_t commands = 0;
  for (Reply command; decoder.next(command) == RespDecoder::Step::ready; commands++) {
    if (commands > 0) out += ", ";
    for (const Reply& word : command.items)
      out += (&word == command.items.data() ? "" : " ") + word.text;
  }
  EXPECT_EQ(greeting.replies, commands);
  return out;
}

Reply error(std::string line) { return {.type = Reply::Type::error, .text = std::move(line)}; }
const Reply ok{.type = Reply::Type::status, .text = "OK"};

TEST(Greeting, SaysWhatTheSignInHas) {
  const struct {
    SignIn sign_in;
    const char* words;
    const char* old_words;
  } examples[] = {
      {{}, "HELLO 3 SETNAME sluice", "PING"},
      {{.password = "pw"}, "HELLO 3 AUTH default pw SETNAME sluice", "AUTH pw, PING"},
      {{.username = "me", .password = "pw"},
       "HELLO 3 AUTH me pw SETNAME sluice",
       "AUTH me pw, PING"},
      {{.username = "default"}, "HELLO 3 SETNAME sluice", "PING"},
      {{.username = "me"}, "HELLO 3 AUTH me  SETNAME sluice", "AUTH me , PING"},
      {{.database = 3, .tracks = true},
       "HELLO 3 SETNAME sluice, SELECT 3, CLIENT TRACKING ON",
       "SELECT 3, PING"},
  };
  for (const auto& [sign_in, words, old_words] : examples) {
    EXPECT_EQ(words_of(make_greeting(sign_in)), words);
    EXPECT_EQ(words_of(make_old_greeting(sign_in)), old_words);
  }
}

TEST(Greeting, TellsAServerThatRefusesFromOneThatKnowsNoHello) {
  const SignIn nobody;
  for (const char* line : {"ERR unknown command `HELLO`, with args beginning with: `3`, `pw`",
                           "NOPROTO unsupported protocol version", "ERR unsupported command"}) {
    const auto welcome = read_welcome(nobody, std::vector{error(line)}, "redis a:1");
    ASSERT_TRUE(welcome) << line;
    EXPECT_TRUE(welcome->old_way) << line;
  }
  for (const char* line : {"WRONGPASS invalid", "NOAUTH needed", "DENIED protected",
                           "ERR max number of clients reached"})
    EXPECT_FALSE(read_welcome(nobody, std::vector{error(line)}, "redis a:1")) << line;
}

TEST(Greeting, ADatabaseMustBeThereTrackingNeedNot) {
  const SignIn sign_in{.database = 3, .tracks = true};
  const auto no_database = read_welcome(
      sign_in, std::vector{ok, error("ERR DB index is out of range"), ok}, "redis a:1");
  ASSERT_FALSE(no_database);
  EXPECT_NE(no_database.error().message.find("check `db`"), std::string::npos);
  const auto untold = read_welcome(sign_in, std::vector{ok, ok, error("NOPERM no")}, "redis a:1");
  ASSERT_TRUE(untold);
  EXPECT_FALSE(untold->tracking);
  EXPECT_TRUE(read_welcome(sign_in, std::vector{ok, ok, ok}, "redis a:1")->tracking);
}

TEST(Greeting, ARefusalRepeatsNoArgument) {
  const Status refused = read_old_welcome(
      std::vector{error("ERR unknown command `AUTH`, with args beginning with: `secret`")},
      "redis a:1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "redis a:1 refuses: ERR unknown command `AUTH`");
}

}  // namespace
}  // namespace sluice::redis
