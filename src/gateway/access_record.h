#pragma once
// The one wide event of each request: made at its start, filled on its way, written at its end on
// every way out. Holds names and numbers, never a key or a prompt.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/text_buffer.h"
#include "io/loop.h"
#include "model/deployment.h"
#include "model/usage.h"

namespace sluice::gateway {

// Where an answer came from, as `x-sluice-cache` says it.
enum class CacheOutcome : std::uint8_t {
  none,      // no cache is configured
  off,       // the request, or its kind, goes past the cache
  miss,      // a provider made it
  exact,     // stored, or under way already, for the same request
  semantic,  // stored for a question that means the same
  stale,     // stored for the same request and past its end, as no provider answered
};
constexpr auto cache_outcomes = static_cast<std::size_t>(CacheOutcome::stale) + 1;
std::string_view cache_outcome_name(CacheOutcome outcome);  // "" for none

struct AccessRecord {
  std::string_view endpoint;  // "chat", "completions", "embeddings"
  std::string_view call_id;
  std::string group;  // the configured group (or pattern) that served; "" = none found
  const Deployment* deployment = nullptr;  // the last one asked; lives as long as the snapshot
  std::string model;                       // the provider's name for it
  int status = 0;
  int attempts = 0, fallbacks = 0;
  bool stream = false;
  bool in_parts = false;  // a batch: the record of each model says more than a sum would
  CacheOutcome cache = CacheOutcome::none;
  Usage usage;
  double cost = 0;  // US dollars
  io::Time arrived{}, ended{};
  std::optional<io::Time> sent_upstream, first_byte;  // of the attempt that answered; to the client
  io::Duration upstream_time{};                       // waiting for providers, all attempts
  std::optional<ErrorCode> error;
  Blame blame = Blame::client;

  void reset();
};

// Collects records of one loop and writes them in batches: when 16 KB are there, or 100 ms later.
class AccessLog {
 public:
  explicit AccessLog(io::Loop& loop);
  ~AccessLog();
  void write(const AccessRecord& record);
  void flush();

 private:
  class FlushTimer final : public io::Timer {
   public:
    explicit FlushTimer(AccessLog& log) : log_(log) {}
    void on_timer() override { log_.flush(); }

   private:
    AccessLog& log_;
  };
  io::Loop& loop_;
  FlushTimer timer_;
  TextBuffer lines_;
};

// "RateLimitError": the name of the class in OpenAI's and LiteLLM's clients.
std::string_view error_class_name(ErrorCode code);

}  // namespace sluice::gateway
