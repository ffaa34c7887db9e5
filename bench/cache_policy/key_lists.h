#pragma once
// Queues of keys, each key in at most one of them, linked through arrays with a place for each key.
#include <cstdint>
#include <vector>

#include "streams.h"

namespace bench {

inline constexpr Key no_key = ~Key{0};

struct KeyList {
  Key oldest = no_key, youngest = no_key;
  std::size_t count = 0;
};

class KeyLinks {
 public:
  explicit KeyLinks(Key end) : older_(end), younger_(end), list_(end, nullptr) {}

  KeyList* list_of(Key key) const { return list_[key]; }
  void push(KeyList& list, Key key) {
    older_[key] = list.youngest;
    younger_[key] = no_key;
    (list.youngest == no_key ? list.oldest : younger_[list.youngest]) = key;
    list.youngest = key;
    list.count++;
    list_[key] = &list;
  }
  void take(Key key) {
    KeyList& list = *list_[key];
    (older_[key] == no_key ? list.oldest : younger_[older_[key]]) = younger_[key];
    (younger_[key] == no_key ? list.youngest : older_[younger_[key]]) = older_[key];
    list.count--;
    list_[key] = nullptr;
  }
  void move(Key key, KeyList& to) {
    take(key);
    push(to, key);
  }

 private:
  std::vector<Key> older_, younger_;
  std::vector<KeyList*> list_;
};

}  // namespace bench
