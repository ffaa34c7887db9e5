#include "gateway/flight.h"

#include <atomic>
#include <utility>

namespace sluice::gateway {

// Its list belongs to its loop's thread.
struct Flight::Station {
  explicit Station(io::Loop& on) : loop(on) {}

  void add(Follower& follower) { insert(waiting, follower); }
  static void remove(Follower& follower) {
    if (follower.before_ == nullptr) return;
    *follower.before_ = follower.after_;
    if (follower.after_ != nullptr) follower.after_->before_ = follower.before_;
    follower.before_ = nullptr;
  }
  // A follower that is woken may leave, and so may the station: whoever calls holds it.
  void wake() {
    told = false;
    Follower* woken = std::exchange(waiting, nullptr);
    if (woken != nullptr) woken->before_ = &woken;
    while (woken != nullptr) {
      Follower& next = *woken;
      remove(next);
      add(next);
      next.pause_.wake();
    }
  }

  io::Loop& loop;
  Follower* waiting = nullptr;
  std::atomic<bool> told = false;  // a wake() is on its way

 private:
  static void insert(Follower*& head, Follower& follower) {
    follower.before_ = &head;
    follower.after_ = head;
    if (head != nullptr) head->before_ = &follower.after_;
    head = &follower;
  }
};

void Flight::open(FlightHead head) {
  {
    const std::lock_guard lock(mutex_);
    head_ = std::move(head);
    opened_ = true;
  }
  notify();
}

void Flight::append(std::string_view text) {
  auto piece = std::make_shared<const std::string>(text);
  {
    const std::lock_guard lock(mutex_);
    pieces_.push_back(std::move(piece));
    for (kept_ += text.size(); kept_ > most_kept && pieces_.size() > 1; first_piece_++) {
      kept_ -= pieces_.front()->size();
      pieces_.pop_front();
    }
  }
  notify();
}

void Flight::land(const AccessRecord& record, bool whole) {
  {
    const std::lock_guard lock(mutex_);
    record_ = record;
    whole_ = whole;
    ended_ = true;
  }
  notify();
}

void Flight::fail(const Error& error, const AccessRecord& record) {
  {
    const std::lock_guard lock(mutex_);
    record_ = record;
    error_ = std::make_unique<Error>(error);
    ended_ = true;
  }
  notify();
}

// The own loop's followers run now, inside this call; those of others when their loops wake up.
void Flight::notify() {
  std::shared_ptr<Station> own;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& station : stations_) {
      if (&station->loop == &loop_) {
        own = station;
      } else if (!station->told.exchange(true)) {
        station->loop.post([station] { station->wake(); });
      }
    }
  }
  if (own != nullptr) own->wake();
}

std::optional<std::string> Flight::text() const {
  const std::lock_guard lock(mutex_);
  if (first_piece_ > 0) return std::nullopt;
  std::string text;
  text.reserve(kept_);
  for (const auto& piece : pieces_) text += *piece;
  return text;
}

bool Flight::admit() {
  const std::lock_guard lock(mutex_);
  if (abandoned_ || first_piece_ > 0) return false;
  followers_++;
  return true;
}

void Flight::leave(const Follower& follower) {
  {
    const std::lock_guard lock(mutex_);
    leader_left_ = leader_left_ || follower.leads_;
    if (--followers_ > 0 || ended_) return;
    abandoned_ = true;
  }
  if (&follower.station_->loop == &loop_) return cancel_.cancel();
  loop_.post([self = shared_from_this()] { self->cancel_.cancel(); });
}

std::shared_ptr<Flight::Station> Flight::station(io::Loop& loop) {
  const std::lock_guard lock(mutex_);
  for (const auto& each : stations_)
    if (&each->loop == &loop) return each;
  return stations_.emplace_back(std::make_shared<Station>(loop));
}

Flight::Follower::Follower(std::shared_ptr<Flight> flight, io::Loop& loop, io::CancelToken* cancel,
                           bool leads)
    : flight_(std::move(flight)),
      station_(flight_->station(loop)),
      pause_(loop, {.cancel = cancel}),
      leads_(leads) {
  station_->add(*this);
}

Flight::Follower::~Follower() {
  Station::remove(*this);
  flight_->leave(*this);
}

bool Flight::Follower::claim_cost() {
  const std::lock_guard lock(flight_->mutex_);
  if (!leads_ && !flight_->leader_left_) return false;
  return !std::exchange(flight_->cost_claimed_, true);
}

Flight::Follower::State Flight::Follower::look(std::string& text) {
  const std::lock_guard lock(flight_->mutex_);
  if (flight_->error_ != nullptr) return State::failed;
  if (at_ < flight_->first_piece_) return State::cut;
  for (const std::size_t end = flight_->first_piece_ + flight_->pieces_.size(); at_ < end; at_++)
    text += *flight_->pieces_[at_ - flight_->first_piece_];
  if (flight_->ended_) return flight_->whole_ ? State::landed : State::broken;
  return State::more;
}

io::Async<Flight::Follower::State> Flight::Follower::wait_open() {
  for (;;) {
    {
      const std::lock_guard lock(flight_->mutex_);
      if (flight_->error_ != nullptr) co_return State::failed;
      if (flight_->opened_) co_return State::more;
    }
    const io::IoError ended = co_await pause_;
    if (ended != io::IoError::none) co_return State::cancelled;
  }
}

io::Async<Flight::Follower::State> Flight::Follower::next(std::string& text) {
  text.clear();
  for (;;) {
    const State state = look(text);
    if (state != State::more || !text.empty()) co_return state;
    const io::IoError ended = co_await pause_;
    if (ended != io::IoError::none) co_return State::cancelled;
  }
}

FlightTable::Boarding FlightTable::board(std::string_view key, io::Loop& loop,
                                         const std::shared_ptr<const Snapshot>& snapshot) {
  const std::lock_guard lock(mutex_);
  const auto found = key.empty() ? flights_.end() : flights_.find(key);
  if (found != flights_.end() && found->second->admit()) return {found->second, false};
  auto flight = std::make_shared<Flight>(loop, snapshot);
  (void)flight->admit();  // a new one takes everybody
  if (!key.empty()) flights_.insert_or_assign(std::string(key), flight);
  return {std::move(flight), true};
}

void FlightTable::remove(std::string_view key, const Flight& flight) {
  const std::lock_guard lock(mutex_);
  const auto found = flights_.find(key);
  if (found != flights_.end() && found->second.get() == &flight) flights_.erase(found);
}

}  // namespace sluice::gateway
