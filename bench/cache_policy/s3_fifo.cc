#include <algorithm>

#include "key_lists.h"
#include "policies.h"

namespace bench {

namespace {

class S3Fifo final : public Policy {
 public:
  S3Fifo(std::size_t entries, Key end)
      : entries_(entries),
        small_entries_(std::max<std::size_t>(entries / 10, 1)),
        links_(end),
        asked_(end, 0),
        left_(end, 0) {}

  bool ask(Key key) override {
    if (links_.list_of(key) != nullptr) {
      asked_[key] = std::min<std::uint8_t>(asked_[key] + 1, 3);
      return true;
    }
    while (small_.count + main_.count >= entries_) evict();
    const bool returned = left_[key] != 0 && number_ - left_[key] <= entries_ - small_entries_;
    left_[key] = 0;
    asked_[key] = 0;
    links_.push(returned ? main_ : small_, key);
    return false;
  }

 private:
  void evict() {
    if (small_.count >= small_entries_ || main_.count == 0) {
      const Key key = small_.oldest;
      if (asked_[key] > 1) {
        asked_[key] = 0;
        return links_.move(key, main_);
      }
      links_.take(key);
      left_[key] = ++number_;
      return;
    }
    const Key key = main_.oldest;
    if (asked_[key] == 0) return links_.take(key);
    asked_[key]--;
    links_.move(key, main_);
  }

  std::size_t entries_, small_entries_;
  KeyLinks links_;
  KeyList small_, main_;
  std::vector<std::uint8_t> asked_;
  // The ghost queue: which one it was to leave `small` unasked; 0 = it did not.
  std::vector<std::uint32_t> left_;
  std::uint32_t number_ = 0;
};

}  // namespace

std::unique_ptr<Policy> make_s3_fifo(std::size_t entries, Key end) {
  return std::make_unique<S3Fifo>(entries, end);
}

}  // namespace bench
