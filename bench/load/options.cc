#include "options.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace bench {

bool parse_options(int argc, char** argv, Options& options) {
  for (int option; (option = ::getopt(argc, argv, "p:c:w:t:r:n:b:su:k:q:z:oa")) != -1;) {
    switch (option) {
      case 'p': options.port = std::atoi(optarg); break;
      case 'c': options.connections = std::atoi(optarg); break;
      case 'w': options.warmup_seconds = std::atof(optarg); break;
      case 't': options.seconds = std::atof(optarg); break;
      case 'r': options.rate = std::atof(optarg); break;
      case 'n': options.requests = std::strtoull(optarg, nullptr, 10); break;
      case 'b': options.body_bytes = std::atoi(optarg); break;
      case 's': options.stream = true; break;
      case 'q': options.questions = std::atoi(optarg); break;
      case 'z': options.zipf_exponent = std::atof(optarg); break;
      case 'o': options.in_order = true; break;
      case 'a': options.alike = true; break;
      case 'u': options.path = optarg; break;
      case 'k': options.key = optarg; break;
      default: return false;
    }
  }
  if (options.port == 0) std::fputs("bench_load: -p PORT is missing\n", stderr);
  const int most = options.alike ? most_alike : most_questions;
  const bool can_make = options.questions >= 0 && options.questions <= most;
  if (!can_make) std::fprintf(stderr, "bench_load: -q must be from 1 to %d\n", most);
  return options.port != 0 && can_make;
}

}  // namespace bench
