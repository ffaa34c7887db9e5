#include "api/cross_origin.h"

#include <gtest/gtest.h>

#include "io/testing.h"

namespace sluice::api {
namespace {

// A client on a real connection, and what it gets.
struct Browser {
  io::Loop loop;
  io::testing::TcpPair pair;
  io::Stream stream{loop, pair.near.take()};
  http::Request request;
  http::Head answer;
  std::string bytes;

  explicit Browser(const std::string& head) {
    request.bytes = head + "\r\n";
    EXPECT_EQ(http::parse_request_head(request.bytes, request.head), http::Parse::complete);
  }

  io::Async<Done> respond() {
    http::ResponseWriter out(stream, request.head, false);
    if (is_preflight(request)) co_return co_await answer_preflight(request, out);
    add_cross_origin_headers(request, out);
    const http::HeaderBlock none;
    co_await out.send(200, none, "{}");
    co_return Done{};
  }

  // The value of a header of the answer; "(none)" when it is not there.
  std::string header(std::string_view name) const {
    const std::string_view* value = answer.find(name);
    return value == nullptr ? "(none)" : std::string(*value);
  }

  void run() {
    io::testing::run(loop, respond());
    bytes.resize(4096);
    const ssize_t got = ::recv(pair.far.get(), bytes.data(), bytes.size(), 0);
    ASSERT_GT(got, 0);
    bytes.resize(static_cast<std::size_t>(got));
    ASSERT_EQ(http::parse_response_head(bytes, answer), http::Parse::complete);
  }
};

TEST(CrossOrigin, APreflightIsAllowedWhatItAsksFor) {
  Browser browser(
      "OPTIONS /v1/models HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n"
      "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-a, x-b\r\n");
  browser.run();
  EXPECT_EQ(browser.answer.status, 200);
  EXPECT_EQ(browser.header("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(browser.header("access-control-allow-headers"), "x-a, x-b");
  EXPECT_EQ(browser.header("access-control-allow-credentials"), "true");
  EXPECT_EQ(browser.header("access-control-max-age"), "600");
  EXPECT_EQ(browser.header("vary"), "Origin");
  EXPECT_NE(browser.header("access-control-allow-methods").find("POST"), std::string::npos);
  EXPECT_TRUE(browser.bytes.ends_with("\r\n\r\nOK"));
}

TEST(CrossOrigin, OnlyABrowsersQuestionIsAPreflight) {
  const std::string options = "OPTIONS /health/liveness HTTP/1.1\r\nHost: x\r\n";
  const std::string origin = "Origin: https://a.example\r\n";
  const std::string asks = "Access-Control-Request-Method: POST\r\n";
  EXPECT_TRUE(is_preflight(Browser(options + origin + asks).request));
  EXPECT_FALSE(is_preflight(Browser(options).request));
  EXPECT_FALSE(is_preflight(Browser(options + origin).request));
  EXPECT_FALSE(is_preflight(Browser(options + asks).request));
  EXPECT_FALSE(is_preflight(Browser("GET / HTTP/1.1\r\nHost: x\r\n" + origin + asks).request));
}

TEST(CrossOrigin, AnAnswerIsForEveryOrigin) {
  Browser browser("GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n");
  browser.run();
  EXPECT_EQ(browser.header("access-control-allow-origin"), "*");
  EXPECT_EQ(browser.header("access-control-allow-credentials"), "true");
  EXPECT_EQ(browser.header("vary"), "(none)");
}

TEST(CrossOrigin, ARequestWithCookiesIsToldItsOwnOrigin) {
  Browser browser("GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\nCookie: a=b\r\n");
  browser.run();
  EXPECT_EQ(browser.header("access-control-allow-origin"), "https://a.example");
  EXPECT_EQ(browser.header("vary"), "Origin");
}

TEST(CrossOrigin, WithoutAnOriginNothingIsAdded) {
  Browser browser("GET / HTTP/1.1\r\nHost: x\r\n");
  browser.run();
  for (const http::Header& header : browser.answer.headers)
    EXPECT_FALSE(header.name.starts_with("access-control")) << header.name;
}

}  // namespace
}  // namespace sluice::api
