// The codecs, fed whole and split at every byte: the results must be equal.
#include <gtest/gtest.h>

#include "http/chunked.h"
#include "http/head.h"
#include "http/request.h"
#include "http/response_writer.h"
#include "http/sse.h"

namespace sluice::http {
namespace {

TEST(RequestHead, IsReadWholeAndIncompleteAtEveryShorterLength) {
  const std::string_view text =
      "POST /v1/chat/completions?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n"
      "Connection: Keep-Alive, close\r\nExpect: 100-Continue\r\nX-Empty:\r\nA:  b c\t\r\n\r\n";
  Head head;
  for (std::size_t size = 0; size < text.size(); size++)
    EXPECT_EQ(parse_request_head(text.substr(0, size), head), Parse::incomplete) << size;
  const std::string with_body = std::string(text) + "body";
  ASSERT_EQ(parse_request_head(with_body, head), Parse::complete);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/v1/chat/completions?a=b");
  EXPECT_EQ(head.size, text.size());
  EXPECT_EQ(head.length, 12u);
  EXPECT_FALSE(head.keep_alive);
  EXPECT_TRUE(head.expect_continue);
  EXPECT_EQ(*head.find("a"), "b c");
  EXPECT_EQ(*head.find("x-empty"), "");
}

TEST(RequestHead, WhatCouldBeReadInTwoWaysIsRefused) {
  for (const char* text : {
           "GET / HTTP/1.1\nHost: x\n\n",
           "GET / HTTP/1.1\r\nHost: x\r\n\nA: b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
           "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
           "GET / HTTP/1.1\r\nA: b\r\n\r\n",
           "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked \r\n\r\n",
           "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
       }) {
    Head head;
    EXPECT_EQ(parse_request_head(text, head), Parse::malformed) << text;
  }
}

TEST(RequestHead, SizesAreBounded) {
  Head head;
  std::string text = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (std::size_t i = 0; i < max_headers; i++) text += "A: b\r\n";
  EXPECT_EQ(parse_request_head(text + "\r\n", head), Parse::too_large);
  EXPECT_EQ(parse_request_head("GET /" + std::string(max_head_bytes, 'a'), head), Parse::too_large);
}

TEST(ResponseHead, ReadsStatusWithAndWithoutReason) {
  Head head;
  ASSERT_EQ(parse_response_head("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", head),
            Parse::complete);
  EXPECT_EQ(head.status, 200);
  ASSERT_EQ(parse_response_head("HTTP/1.0 529\r\n\r\n", head), Parse::complete);
  EXPECT_EQ(head.status, 529);
  EXPECT_FALSE(head.keep_alive);
  EXPECT_EQ(parse_response_head("HTTP/1.1 2000 OK\r\n\r\n", head), Parse::complete);
  EXPECT_EQ(parse_response_head("ICY 200 OK\r\n\r\n", head), Parse::malformed);
}

// Decodes the pieces; "!" is appended when the input is malformed, "." at the end of the body, then
// what follows it.
std::string decode(const std::vector<std::string_view>& pieces) {
  ChunkDecoder decoder;
  std::string out;
  for (std::string_view wire : pieces) {
    std::string_view data;
    auto step = decoder.next(wire, data);
    for (; step == ChunkDecoder::Step::data; step = decoder.next(wire, data)) out += data;
    if (step == ChunkDecoder::Step::malformed) return out + "!";
    if (step == ChunkDecoder::Step::done) out += "." + std::string(wire);
  }
  return out;
}

TEST(ChunkDecoder, GivesTheSameWhereverTheInputIsSplit) {
  const std::string_view wire =
      "5\r\nhello\r\n1;ext=\"a\"\r\n \r\n0a\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
  EXPECT_EQ(decode({wire}), "hello 0123456789.");
  for (std::size_t at = 0; at <= wire.size(); at++)
    EXPECT_EQ(decode({wire.substr(0, at), wire.substr(at)}),
              at == wire.size() ? "hello 0123456789.." : "hello 0123456789.")
        << at;
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < wire.size(); i++) bytes.push_back(wire.substr(i, 1));
  EXPECT_EQ(decode(bytes), "hello 0123456789.");
}

TEST(ChunkDecoder, RefusesWhatIsNotExactlyTheCoding) {
  for (const char* wire :
       {"x\r\n", "\r\n", "5\nhello", "5\r\nhelloX", "5\r\nhello\n", "-1\r\n", "0x5\r\n",
        "1000000000000000\r\n", "5 \r\nhello\r\n", "0\r\nnocolon\r\n\r\n", "0\r\n\n"})
    EXPECT_EQ(decode({wire}).back(), '!') << wire;
}

std::vector<std::string> events(const std::vector<std::string_view>& pieces) {
  SseSplitter splitter;
  std::vector<std::string> list;
  for (const std::string_view piece : pieces) {
    splitter.feed(piece);
    while (const auto event = splitter.next())
      list.push_back(std::string(event->name) + "|" + std::string(event->data) + "|" +
                     std::to_string(event->raw.size()));
  }
  list.push_back("rest " + std::string(splitter.rest()));
  return list;
}

TEST(SseSplitter, GivesTheSameEventsWhereverTheInputIsSplit) {
  const std::string_view stream =
      ": comment\n\nevent: a\r\ndata: one\r\n\r\ndata: two\ndata:three\n\ndata\n\nid: 1\n\ndata: "
      "ha";
  const auto whole = events({stream});
  EXPECT_EQ(whole, (std::vector<std::string>{"||11", "a|one|23", "|two\nthree|22", "||6", "||7",
                                             "rest data: ha"}));
  for (std::size_t at = 0; at <= stream.size(); at++)
    EXPECT_EQ(events({stream.substr(0, at), stream.substr(at)}), whole) << at;
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < stream.size(); i++) bytes.push_back(stream.substr(i, 1));
  EXPECT_EQ(events(bytes), whole);
}

TEST(Query, ValuesAreDecodedAndBrokenEscapesKept) {
  EXPECT_EQ(query_value("a=1&model=gpt%2D4&b=%zz", "model"), "gpt-4");
  EXPECT_EQ(query_value("a=1&model=gpt%2D4&b=%zz", "b"), "%zz");
  EXPECT_EQ(query_value("a=1", "b"), "");
}

TEST(HeaderBlock, AValueCannotAddALine) {
  HeaderBlock headers;
  headers.add("a", "b\r\nc: d");
  EXPECT_EQ(headers.text(), "a: bc: d\r\n");
}

}  // namespace
}  // namespace sluice::http
