#include "store/ghost_table.h"

namespace sluice::store {

void GhostTable::add(std::size_t hash) {
  const std::uint32_t tag = tag_of(hash);
  Set& set = set_of(hash);
  Place* place = &set[0];
  for (Place& each : set) {
    if (each.tag == tag || each.tag == 0) {
      place = &each;
      break;
    }
    if (insertions_ - each.number > insertions_ - place->number) place = &each;
  }
  *place = {.tag = tag, .number = ++insertions_};
}

bool GhostTable::take(std::size_t hash, std::size_t length) {
  const std::uint32_t tag = tag_of(hash);
  for (Place& each : set_of(hash)) {
    if (each.tag != tag) continue;
    each.tag = 0;
    return insertions_ - each.number <= length;
  }
  return false;
}

}  // namespace sluice::store
