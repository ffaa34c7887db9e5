#include "redis/resp.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sluice::redis {
namespace {

using Step = RespDecoder::Step;
using Type = Reply::Type;

std::string shown(const Reply& reply) {
  switch (reply.type) {
    case Type::nil: return "nil";
    case Type::status: return "+" + reply.text;
    case Type::error: return "-" + reply.text;
    case Type::integer: return std::to_string(reply.integer);
    case Type::number: return "," + reply.text;
    case Type::text: return "'" + reply.text + "'";
    case Type::list:
    case Type::map: {
      std::string out = reply.type == Type::list ? "[" : "{";
      for (const Reply& item : reply.items) out += (out.size() > 1 ? " " : "") + shown(item);
      return out + (reply.type == Type::list ? "]" : "}");
    }
  }
  return "?";
}

// All replies in the bytes, cut into pieces of that size.
std::string decoded(std::string_view bytes, std::size_t piece) {
  RespDecoder decoder;
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    decoder.feed(bytes.substr(at, piece));
    for (;;) {
      Reply reply;
      const Step step = decoder.next(reply);
      if (step == Step::malformed) return out + "malformed";
      if (step == Step::need_more) break;
      out += (decoder.was_push() ? ">" : "") + shown(reply) + ";";
    }
  }
  return out;
}

TEST(AppendCommand, WritesAnyBytes) {
  std::string out;
  const std::string binary("a\r\n\0b", 5);
  const std::vector<std::string_view> args{"SET", binary, ""};
  append_command(out, args);
  EXPECT_EQ(out, std::string("*3\r\n$3\r\nSET\r\n$5\r\na\r\n\0b\r\n$0\r\n\r\n", 30));
}

TEST(RespDecoder, ReadsEveryTypeHoweverItIsCut) {
  const std::pair<std::string_view, std::string_view> examples[] = {
      {"+OK\r\n", "+OK;"},
      {"-ERR no\r\n", "-ERR no;"},
      {":-42\r\n:+7\r\n", "-42;7;"},
      {"$5\r\na\r\nbc\r\n", "'a\r\nbc';"},
      {"$0\r\n\r\n$-1\r\n*-1\r\n_\r\n", "'';nil;nil;nil;"},
      {"*2\r\n$1\r\na\r\n*1\r\n:1\r\n*0\r\n", "['a' [1]];[];"},
      {"%1\r\n+k\r\n~2\r\n#t\r\n#f\r\n", "{+k [1 0]};"},
      {",1.5\r\n,inf\r\n,-inf\r\n", ",1.5;,inf;,-inf;"},
      {"(349298743298\r\n", "'349298743298';"},
      {"=7\r\ntxt:abc\r\n", "'abc';"},
      {"!9\r\nERR wrong\r\n", "-ERR wrong;"},
      {">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n+OK\r\n", ">[+invalidate ['k']];+OK;"},
      {"*3\r\n*0\r\n%0\r\n*1\r\n*0\r\n", "[[] {} [[]]];"},
      {",-nan\r\n,3\r\n,1e-7\r\n", ",-nan;,3;,1e-7;"},
      {"|1\r\n+ttl\r\n:3600\r\n$1\r\nv\r\n", "'v';"},
      {"|0\r\n*2\r\n|1\r\n+a\r\n*1\r\n:1\r\n:2\r\n:3\r\n", "[2 3];"},
      {">0\r\n|1\r\n+a\r\n+b\r\n>1\r\n+x\r\n", ">[];>[+x];"},
  };
  for (const auto& [bytes, expected] : examples) {
    for (std::size_t piece = 1; piece <= bytes.size(); piece++)
      EXPECT_EQ(decoded(bytes, piece), expected) << bytes << " in pieces of " << piece;
  }
}

TEST(RespDecoder, RefusesWhatIsNoRedis) {
  for (const std::string& bytes : {std::string("HTTP/1.1 400 Bad Request\r\n"),
                                   std::string("\r\n"),
                                   std::string("$x\r\n"),
                                   std::string("$-2\r\n"),
                                   std::string("$3\r\nabcde\r\n"),
                                   std::string(":1x\r\n"),
                                   std::string("#x\r\n"),
                                   std::string(",x\r\n"),
                                   std::string("*99999999999\r\n"),
                                   std::string("$99999999999\r\n"),
                                   std::string("=2\r\nab\r\n"),
                                   std::string(100'000, '+'),
                                   std::string("$?\r\n;1\r\na\r\n"),
                                   std::string("*?\r\n"),
                                   std::string("%-1\r\n"),
                                   std::string("$+1\r\na\r\n"),
                                   std::string("_x\r\n"),
                                   std::string("(1x\r\n"),
                                   std::string("(\r\n"),
                                   std::string(":\r\n"),
                                   std::string(":+-1\r\n"),
                                   std::string("+a\nb\r\n"),
                                   std::string(",0x1p3\r\n"),
                                   std::string(",infinity\r\n"),
                                   std::string("!-1\r\n"),
                                   std::string("*1\r\n>1\r\n+x\r\n"),
                                   std::string("\x15\x03\x01"),
                                   std::string("H")}) {
    for (const std::size_t piece : {bytes.size(), std::size_t{1}})
      EXPECT_TRUE(decoded(bytes, piece).ends_with("malformed")) << bytes.substr(0, 40);
  }
  std::string deep;
  for (std::size_t i = 0; i <= RespDecoder::max_depth; i++) deep += "*1\r\n";
  EXPECT_EQ(decoded(deep, deep.size()), "malformed");
}

TEST(RespDecoder, BoundsWhatAReplyMayHoldOverAllOfItsLists) {
  const std::string half = std::to_string(RespDecoder::max_items / 2);
  const std::string lists = "*3\r\n*" + half + "\r\n" + [] {
    std::string items;
    for (std::size_t i = 0; i < RespDecoder::max_items / 2; i++) items += "_\r\n";
    return items;
  }();
  EXPECT_EQ(decoded(lists + "*1\r\n", lists.size() + 4), "") << "there is room";
  EXPECT_EQ(decoded(lists + "*" + half + "\r\n", lists.size() + 99), "malformed");
  const std::string most = std::to_string(RespDecoder::max_text);
  EXPECT_EQ(decoded("$" + most + "\r\n", 99), "");
  EXPECT_EQ(decoded("*2\r\n$1\r\na\r\n$" + most + "\r\n", 99), "malformed");
}

TEST(RespDecoder, TheNextReplyBeginsWithFreshBounds) {
  RespDecoder decoder;
  for (int i = 0; i < 3; i++) {
    decoder.feed("*1\r\n$" + std::to_string(1 << 20) + "\r\n" + std::string(1 << 20, 'x') + "\r\n");
    Reply reply;
    ASSERT_EQ(decoder.next(reply), Step::ready);
    EXPECT_EQ(reply.items[0].text.size(), 1u << 20);
  }
}

}  // namespace
}  // namespace sluice::redis
