#include "key_lists.h"
#include "policies.h"

namespace bench {

namespace {

class Lru final : public Policy {
 public:
  Lru(std::size_t entries, Key end) : entries_(entries), links_(end) {}
  bool ask(Key key) override {
    if (links_.list_of(key) != nullptr) {
      links_.move(key, list_);
      return true;
    }
    if (list_.count == entries_) links_.take(list_.oldest);
    links_.push(list_, key);
    return false;
  }

 private:
  std::size_t entries_;
  KeyLinks links_;
  KeyList list_;
};

}  // namespace

std::unique_ptr<Policy> make_lru(std::size_t entries, Key end) {
  return std::make_unique<Lru>(entries, end);
}

}  // namespace bench
