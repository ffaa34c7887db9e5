#include <algorithm>
#include <array>
#include <bit>

#include "key_lists.h"
#include "policies.h"

namespace bench {

namespace {

// How often keys were asked lately: four counters of 4 bits each, the least of them counts
// (count-min); all are halved after ten times as many requests as there are entries.
class Sketch {
 public:
  explicit Sketch(std::size_t entries) : counters_(std::bit_ceil(entries)), sample_(10 * entries) {}

  void add(Key key) {
    for (unsigned row = 0; row < 4; ++row) {
      std::uint64_t& word = counters_[place(key, row)];
      const unsigned shift = shift_of(key, row);
      if (((word >> shift) & 15) < 15) word += std::uint64_t{1} << shift;
    }
    if (++added_ == sample_) age();
  }
  unsigned count(Key key) const {
    unsigned least = 15;
    for (unsigned row = 0; row < 4; ++row)
      least = std::min(least, unsigned(counters_[place(key, row)] >> shift_of(key, row)) & 15);
    return least;
  }

 private:
  static std::uint64_t hash(Key key, unsigned row) {
    static constexpr std::array<std::uint64_t, 4> factors{0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9,
                                                          0x94d049bb133111eb, 0xd6e8feb86659fd93};
    const std::uint64_t mixed = (key + 1) * factors[row];
    return mixed ^ (mixed >> 32);
  }
  std::size_t place(Key key, unsigned row) const { return hash(key, row) & (counters_.size() - 1); }
  static unsigned shift_of(Key key, unsigned row) { return row * 16 + (hash(key, row) >> 62) * 4; }
  void age() {
    for (std::uint64_t& word : counters_) word = (word >> 1) & 0x7777777777777777;
    added_ = sample_ / 2;
  }

  std::vector<std::uint64_t> counters_;
  std::size_t sample_, added_ = 0;
};

class WTinyLfu final : public Policy {
 public:
  WTinyLfu(std::size_t entries, Key end)
      : window_entries_(std::max<std::size_t>(entries / 100, 1)),
        main_entries_(entries - window_entries_),
        protected_entries_(main_entries_ * 8 / 10),
        sketch_(entries),
        links_(end) {}

  bool ask(Key key) override {
    sketch_.add(key);
    KeyList* list = links_.list_of(key);
    if (list != nullptr) {
      touch(key, *list);
      return true;
    }
    links_.push(window_, key);
    if (window_.count > window_entries_) admit(window_.oldest);
    return false;
  }

 private:
  void touch(Key key, KeyList& list) {
    links_.move(key, &list == &probation_ ? protected_ : list);
    if (protected_.count > protected_entries_) links_.move(protected_.oldest, probation_);
  }
  void admit(Key candidate) {
    if (probation_.count + protected_.count < main_entries_)
      return links_.move(candidate, probation_);
    const Key victim = probation_.count > 0 ? probation_.oldest : protected_.oldest;
    if (sketch_.count(candidate) <= sketch_.count(victim)) return links_.take(candidate);
    links_.take(victim);
    links_.move(candidate, probation_);
  }

  std::size_t window_entries_, main_entries_, protected_entries_;
  Sketch sketch_;
  KeyLinks links_;
  KeyList window_, probation_, protected_;
};

}  // namespace

std::unique_ptr<Policy> make_w_tiny_lfu(std::size_t entries, Key end) {
  return std::make_unique<WTinyLfu>(entries, end);
}

}  // namespace bench
