#include "io/outage.h"

#include <map>
#include <mutex>

#include "base/log.h"

namespace sluice::io {

namespace {

using Clock = std::chrono::steady_clock;

struct Outage {
  int loops = 0;  // that go without
  std::uint64_t without = 0;
  Clock::time_point begin;
};

std::mutex mutex;
std::map<std::string, Outage>& outages() {  // guarded by `mutex`
  static std::map<std::string, Outage> map;
  return map;
}

void log_end(const std::string& server, const Outage& outage) {
  const auto away =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - outage.begin);
  log(LogLevel::info, server + " answers again",
      {{"away_ms", std::to_string(away.count())},
       {"calls_without", std::to_string(outage.without)}});
}

}  // namespace

void outage_begins(const std::string& server, const std::string& why) {
  {
    const std::lock_guard lock(mutex);
    Outage& outage = outages()[server];
    if (outage.loops++ > 0) return;
    outage.begin = Clock::now();
  }
  log(LogLevel::warn, why + "; answering without it");
}

void outage_ends(const std::string& server, std::uint64_t without) {
  Outage ended;
  {
    const std::lock_guard lock(mutex);
    const auto found = outages().find(server);
    found->second.without += without;
    if (--found->second.loops > 0) return;
    ended = found->second;
    outages().erase(found);
  }
  log_end(server, ended);
}

void outage_is_over(const std::string& server) {
  {
    const std::lock_guard lock(mutex);
    const auto found = outages().find(server);
    if (--found->second.loops > 0) return;
    outages().erase(found);
  }
  log(LogLevel::info, server + " is not needed any more");
}

}  // namespace sluice::io
