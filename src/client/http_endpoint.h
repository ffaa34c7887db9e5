#pragma once
// A server that speaks HTTP under a base URL, asked by a thread that waits. Any thread but the
// runtime's own.
//
//   const HttpEndpoint gateway({.base_url = "http://127.0.0.1:4000", .key = key});
//   const auto answer = gateway.ask("GET", "/cache/stats", "", io::Clock::now() + patience);
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/upstream.h"

namespace sluice::client {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

class HttpEndpoint {
 public:
  struct Options {
    std::string base_url;
    std::string key;  // sent as a bearer token; empty = none
    bool verify_tls = true;
    std::string ca_file;  // empty = the system's
  };
  // Throws argument when the URL or the CA file can't be used.
  explicit HttpEndpoint(const Options& options);

  // `path` is appended to that of the base URL and may bring a query; `body` is JSON, empty for
  // none. Error: no connection or no whole answer in time. Any status is an answer.
  Result<HttpAnswer> ask(std::string_view method, std::string_view path, std::string_view body,
                         io::Time deadline) const;
  // The base URL as it may be shown: without its query.
  const std::string& place() const { return place_; }

 private:
  std::string place_, target_prefix_, path_, query_, headers_;
  http::Origin origin_;
};

}  // namespace sluice::client
