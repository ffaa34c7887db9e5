#include "options.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bench {

std::string make_request(const Options& options) {
  constexpr std::string_view end = R"("}]})";
  const auto size = std::size_t(options.body_bytes);
  std::string body = R"({"model":"gpt-4o-mini",)";
  if (options.stream) body += R"("stream":true,)";
  body += R"("temperature":0.7,"max_tokens":256,"user":"u100000",)"
          R"("messages":[{"role":"system","content":"You are a helpful assistant."},)"
          R"({"role":"user","content":")";
  const std::size_t fixed = body.size();
  while (body.size() + end.size() < size)
    body += "Please explain how an event loop works, with a short example. ";
  body.resize(std::max(fixed, size - std::min(size, end.size())));
  body += end;

  return "POST " + options.path + " HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(options.port) +
         "\r\naccept: */*\r\nuser-agent: OpenAI/Python 1.50.0\r\nauthorization: Bearer " +
         options.key +
         "\r\ncontent-type: application/json\r\ncontent-length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

bool parse_options(int argc, char** argv, Options& options) {
  for (int option; (option = ::getopt(argc, argv, "p:c:w:t:r:n:b:su:k:")) != -1;) {
    switch (option) {
      case 'p': options.port = std::atoi(optarg); break;
      case 'c': options.connections = std::atoi(optarg); break;
      case 'w': options.warmup_seconds = std::atof(optarg); break;
      case 't': options.seconds = std::atof(optarg); break;
      case 'r': options.rate = std::atof(optarg); break;
      case 'n': options.requests = std::strtoull(optarg, nullptr, 10); break;
      case 'b': options.body_bytes = std::atoi(optarg); break;
      case 's': options.stream = true; break;
      case 'u': options.path = optarg; break;
      case 'k': options.key = optarg; break;
      default: return false;
    }
  }
  if (options.port == 0) std::fputs("bench_load: -p PORT is missing\n", stderr);
  return options.port != 0;
}

}  // namespace bench
