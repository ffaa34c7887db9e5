#include "cache/scope_record.h"

namespace sluice::cache {

bool ScopeRecord::admit(std::string_view scope) {
  const std::lock_guard lock(mutex_);
  const auto found = tallies_.find(std::string(scope));
  if (found == tallies_.end()) return true;
  Tally& tally = found->second;
  const bool rests = tally.lookups >= enough_lookups && tally.hits < tally.lookups * least_hit_rate;
  return !rests || ++tally.left_out % probe_every == 0;
}

void ScopeRecord::note(std::string_view scope, bool hit) {
  const std::lock_guard lock(mutex_);
  // Scopes without end are one-off prompts: starting over costs them nothing.
  if (tallies_.size() >= most_scopes) tallies_.clear();
  Tally& tally = tallies_[std::string(scope)];
  tally.lookups++;
  if (!hit) return;
  tally.hits++;
  // What counts is how it goes now.
  if (tally.lookups >= 2 * enough_lookups) tally.lookups /= 2, tally.hits = (tally.hits + 1) / 2;
}

}  // namespace sluice::cache
