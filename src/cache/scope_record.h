#pragma once
// Which scopes are worth looking into: one that has been asked often and hardly ever had an answer
// rests, and is only tried now and then. Any thread.
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::cache {

class ScopeRecord {
 public:
  static constexpr std::uint32_t enough_lookups = 1000;
  static constexpr double least_hit_rate = 0.01;
  static constexpr std::uint32_t probe_every = 100;

  // False: the scope rests, this lookup is to be left out.
  bool admit(std::string_view scope);
  // A lookup that the index has answered.
  void note(std::string_view scope, bool hit);

 private:
  struct Tally {
    std::uint32_t lookups = 0, hits = 0, left_out = 0;
  };
  static constexpr std::size_t most_scopes = 16'384;
  std::mutex mutex_;
  std::unordered_map<std::string, Tally> tallies_;
};

}  // namespace sluice::cache
