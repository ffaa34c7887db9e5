#include "cache/late_index.h"

#include <algorithm>

namespace sluice::cache {

namespace {

// Of a lookup, for the opening: only a disk with many entries takes longer.
constexpr Milliseconds lookup_patience{100};

Error not_open() {
  return gateway_error("the semantic index could not be opened; the log says why");
}

}  // namespace

// In the list while it waits.
class LateIndex::Waiter {
 public:
  Waiter(LateIndex& index, io::WaitLimit limit) : index_(index), pause_(index.p_.loop, limit) {
    index_.waiting_.push_back(&pause_);
  }
  ~Waiter() { std::erase(index_.waiting_, &pause_); }
  Waiter(const Waiter&) = delete;
  io::Pause& pause() { return pause_; }

 private:
  LateIndex& index_;
  io::Pause pause_;
};

LateIndex::LateIndex(Parts parts)
    : p_(std::move(parts)), self_(std::make_shared<LateIndex*>(this)) {
  p_.opening.add(*this);
}

LateIndex::~LateIndex() {
  p_.opening.remove(*this);
  *self_ = nullptr;
}

void LateIndex::on_opened() {
  p_.loop.post([self = self_] {
    if (*self != nullptr) (*self)->wake_all();
  });
}

void LateIndex::wake_all() {
  const std::shared_ptr<LateIndex*> self = self_;
  while (*self != nullptr && !waiting_.empty()) {
    io::Pause* const next = waiting_.back();
    waiting_.pop_back();
    next->wake();
  }
}

io::Async<LateIndex::State> LateIndex::settled(io::WaitLimit limit) {
  if (p_.opening.state() == State::opening) {
    Waiter waiter(*this, limit);
    co_await waiter.pause();
  }
  co_return p_.opening.state();
}

SemanticIndex& LateIndex::opened() {
  if (index_ == nullptr) index_ = p_.make(p_.opening.dims());
  return *index_;
}

io::Async<Result<std::vector<Neighbour>>> LateIndex::nearest(const SemanticLookup& lookup,
                                                             io::WaitLimit limit) {
  p_.opening.begin(lookup.vector.size());
  CO_TRY([[maybe_unused]] const Done fits, p_.opening.check(lookup.vector.size()));
  const io::WaitLimit brief{
      .deadline = std::min<io::Time>(limit.deadline, io::Clock::now() + lookup_patience),
      .cancel = limit.cancel};
  const State state = co_await settled(brief);
  if (state == State::failed) co_return fail(not_open());
  if (state != State::open) co_return std::vector<Neighbour>();
  co_return co_await opened().nearest(lookup, limit);
}

io::Async<Result<std::string>> LateIndex::put(const NewSemanticEntry& entry, io::WaitLimit limit) {
  p_.opening.begin(entry.vector.size());
  CO_TRY([[maybe_unused]] const Done fits, p_.opening.check(entry.vector.size()));
  const State state = co_await settled(limit);
  if (state != State::open) co_return fail(not_open());
  co_return co_await opened().put(entry, limit);
}

io::Async<Result<bool>> LateIndex::erase(std::string_view id, io::WaitLimit limit) {
  if (p_.opening.state() != State::open) co_return false;
  co_return co_await opened().erase(id, limit);
}

io::Async<Result<std::size_t>> LateIndex::clear(io::WaitLimit limit) {
  const State state = co_await settled(limit);
  if (state != State::open) co_return co_await p_.clear_unopened(limit);
  co_return co_await opened().clear(limit);
}

io::Async<Result<IndexStats>> LateIndex::stats(io::WaitLimit limit) {
  if (p_.opening.state() != State::open) co_return IndexStats{};
  co_return co_await opened().stats(limit);
}

io::Async<Status> LateIndex::check(io::WaitLimit limit) {
  const State state = p_.opening.state();
  if (state == State::failed) co_return fail(not_open());
  if (state != State::open) co_return Done{};
  co_return co_await opened().check(limit);
}

void LateIndex::used(const Neighbour& neighbour) { opened().used(neighbour); }

std::string_view LateIndex::name() const {
  return index_ == nullptr ? std::string_view("unopened") : index_->name();
}

}  // namespace sluice::cache
