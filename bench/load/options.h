// What to ask for and how.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

struct Options {
  int port = 0;
  int connections = 64;
  double warmup_seconds = 1;
  double seconds = 5;
  double rate = 0;             // requests/s; 0: the next one as soon as a reply is there
  std::uint64_t requests = 0;  // ends after so many; 0: ends by time
  int body_bytes = 600;
  bool stream = false;
  std::string path = "/v1/chat/completions";
  std::string key;
};

// The head and body of a chat request.
std::string make_request(const Options& options);

// False, with a line on standard error, for an option that does not exist or a missing port.
bool parse_options(int argc, char** argv, Options& options);

}  // namespace bench
