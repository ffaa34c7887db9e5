#pragma once
// A store that memory can stand in front of (tiered_store.h).
#include <functional>

#include "store/store.h"

namespace sluice::store {

struct Found {
  Bytes bytes;                       // null: nothing
  std::optional<Milliseconds> left;  // until it ends; absent: it does not
};

class BackingStore : public Store {
 public:
  // A key that somebody has changed; nullopt: whatever was read may have changed.
  using Changed = std::function<void(std::optional<std::string_view> key)>;
  static constexpr Milliseconds until_told = Milliseconds::max();

  // As get(), and how much longer it holds.
  virtual io::Async<Result<Found>> look(std::string_view key, io::WaitLimit limit) = 0;
  // How long a copy of something that is read now may be used without asking again: until_told when
  // every change is reported to on_change(), zero when not at all.
  virtual Milliseconds copies_hold() const = 0;
  // Called on the store's own loop. Set once, before the first look().
  virtual void on_change(Changed changed) = 0;
};

}  // namespace sluice::store
