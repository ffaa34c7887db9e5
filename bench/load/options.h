// What to ask for and how.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

inline constexpr int most_questions = 1'000'000;
inline constexpr int most_alike = 1 << 17;  // the words of a question

struct Options {
  int port = 0;
  int connections = 64;
  double warmup_seconds = 1;
  double seconds = 5;
  double rate = 0;             // requests/s; 0: the next one as soon as a reply is there
  std::uint64_t requests = 0;  // ends after so many; 0: ends by time
  int body_bytes = 600;
  bool stream = false;
  int questions = 0;         // how many different ones; 0: the same for all, without a number in it
  double zipf_exponent = 0;  // 0: all questions are asked equally often
  bool in_order = false;
  bool alike = false;  // the questions differ in capitals only
  std::string path = "/v1/chat/completions";
  std::string key;
};

// False, with a line on standard error, for an option that does not exist, a missing port or a
// number of questions that can't be made.
bool parse_options(int argc, char** argv, Options& options);

}  // namespace bench
