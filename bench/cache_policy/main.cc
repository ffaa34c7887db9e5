// Which eviction policy the memory store should have, and what the store costs.
//
//   bench_cache_policy [1000] [10000] [100000] [1000000] [costs]
//
// For caches of so many entries: the hit rates of three policies and of the store itself, each on
// the second half of a stream, with the nanoseconds that the policy takes per request. Then the
// store's own costs. All of it, when nothing is named, takes ten minutes; a million entries take
// half of that.
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "measured_store.h"
#include "policies.h"
#include "streams.h"

namespace bench {
namespace {

struct Score {
  double hit_rate = 0, nanoseconds = 0;
};

// Scanned keys can't hit and do not count.
Score play(Policy& policy, const Stream& stream) {
  const std::size_t half = stream.requests.size() / 2;
  std::size_t hits = 0, counted = 0;
  for (std::size_t i = 0; i < half; ++i) policy.ask(stream.requests[i]);
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = half; i < stream.requests.size(); ++i) {
    const bool hit = policy.ask(stream.requests[i]);
    if (stream.requests[i] >= stream.first_scanned) continue;
    ++counted;
    hits += hit ? 1 : 0;
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  return {double(hits) / double(counted), took.count() / double(stream.requests.size() - half)};
}

void compare(const char* kind, const StreamShape& shape, std::size_t entries) {
  const Stream stream = make_stream(shape);
  std::printf("%-6s %5.2f %9zu", kind, shape.zipf, entries);
  for (const auto make : {make_lru, make_s3_fifo, make_w_tiny_lfu}) {
    const auto policy = make(entries, stream.end);
    const Score score = play(*policy, stream);
    std::printf("  %6.1f %% %4.0f ns", score.hit_rate * 100, score.nanoseconds);
  }
  std::printf("  %6.1f %%\n", store_hit_rate(stream, entries) * 100);
  std::fflush(stdout);
}

void compare_all(std::size_t entries) {
  const std::size_t keys = entries < 1'000'000 ? 1'000'000 : 10 * entries;
  const std::size_t requests = keys == 1'000'000 ? 4'000'000 : keys;
  for (const double zipf : {0.8, 0.99, 1.2}) {
    const StreamShape plain{.keys = keys, .requests = requests, .zipf = zipf};
    StreamShape scanned = plain, drifting = plain;
    scanned.scan_percent = 33;
    drifting.drift_every = requests / 20;
    compare("plain", plain, entries);
    compare("scan", scanned, entries);
    compare("drift", drifting, entries);
  }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  std::vector<std::string_view> parts(argv + 1, argv + argc);
  if (parts.empty()) parts = {"1000", "10000", "100000", "1000000", "costs"};
  std::printf("stream  Zipf   entries  %16s  %16s  %16s  %8s\n", "LRU", "S3-FIFO", "W-TinyLFU",
              "the store");
  for (const std::string_view part : parts) {
    if (part == "costs")
      bench::print_store_costs();
    else
      bench::compare_all(std::stoul(std::string(part)));
  }
}
