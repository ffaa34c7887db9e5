#pragma once
// Counters and histograms in Prometheus' text format, under LiteLLM's names so that its dashboards
// show Sluice too. Each loop counts for itself without locks; a scrape adds the loops up.
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/access_record.h"

namespace sluice::cache {
struct SemanticCounts;
}

namespace sluice::gateway {

// Written by one thread, read by any.
class Counter {
 public:
  void add(double amount) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

// Upper bounds in seconds, LiteLLM's.
extern const std::span<const double> latency_buckets;

class Histogram {
 public:
  void observe(io::Duration duration);
  void add_to(Histogram& sum) const;
  // Appends the lines of `name`, with `labels` (`a="b",c="d"`).
  void print(std::string& out, std::string_view name, std::string_view labels) const;

 private:
  static constexpr std::size_t most_buckets = 40;
  std::array<Counter, most_buckets> counts_;  // per bucket, not cumulative; the last is +Inf
  Counter sum_;
};

// How often each status was answered. A status gets its place when it first occurs.
class StatusCounts {
 public:
  void add(int status, double amount = 1);
  void add_to(StatusCounts& sum) const;
  template <class Use>
  void for_each(Use use) const {
    for (const Slot& slot : slots_) {
      if (const int status = slot.status.load(std::memory_order_relaxed); status != 0)
        use(status, slot.count.value());
    }
  }

 private:
  struct Slot {
    std::atomic<int> status = 0;
    Counter count;
  };
  std::array<Slot, 24> slots_;  // further statuses share the last one
};

class Metrics {
 public:
  // Counts one request. The owner's loop only.
  void count(const AccessRecord& record);
  // All loops' numbers as one exposition. Any thread.
  static std::string print(std::span<const Metrics* const> loops);

 private:
  // One per group and deployment, plus one for requests that reached none.
  struct Series {
    std::string labels;  // requested_model, model, model_id, api_provider
    StatusCounts requests, failures;
    Histogram total, upstream, first_token, overhead;
    Counter prompt_tokens, completion_tokens, total_tokens, spend, attempts, fallbacks;
    std::array<Counter, cache_outcomes> cache;  // by CacheOutcome
    void add_to(Series& sum) const;
  };
  Series& series(const AccessRecord& record);
  using Summed = std::map<std::string, std::unique_ptr<Series>>;
  static Summed sum(std::span<const Metrics* const> loops);

  mutable std::mutex mutex_;  // guards growth of the map against a scrape; the owner reads without
  std::unordered_map<std::string, std::unique_ptr<Series>> series_;
};

// What the semantic cache of the process did, as a part of that exposition.
std::string print_semantic(const cache::SemanticCounts& counts);

}  // namespace sluice::gateway
