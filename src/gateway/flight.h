#pragma once
// One upstream call that identical requests share. Its pilot (fly.cc) runs on the loop that started
// it and writes a log of what the client gets; every request that wants the same follows that log,
// from its beginning, on whatever loop it is. Nobody who follows can slow the pilot or the others:
// who falls too far behind is cut off. When nobody follows any more, the call is cancelled.
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/access_record.h"
#include "gateway/snapshot.h"
#include "io/pause.h"

namespace sluice::gateway {

// What an answer begins with.
struct FlightHead {
  std::string lines;           // header lines, without those that each request has of its own
  std::optional<double> cost;  // US dollars; not known of a stream when it begins
  CacheOutcome outcome = CacheOutcome::miss;
  double stored_at = 0;  // Unix seconds; of answers from a cache
  float similarity = 0;  // of semantic ones, for debugging; 0 = not to be told
  std::string semantic;  // what matching by meaning found, for debugging; empty = not to be told
};

class Flight : public std::enable_shared_from_this<Flight> {
 public:
  // Bytes of the log that are kept for those who are behind; of a longer answer only its end is.
  static constexpr std::size_t most_kept = 16u << 20;

  Flight(io::Loop& loop, std::shared_ptr<const Snapshot> snapshot)
      : loop_(loop), snapshot_(std::move(snapshot)) {}
  Flight(const Flight&) = delete;

  // --- The pilot; on the loop that started the flight. ---
  // Everybody's departure cancels it.
  io::CancelToken& cancel() { return cancel_; }
  void open(FlightHead head);
  void append(std::string_view text);  // not empty
  // The answer is whole, or was cut by an error that its last piece tells.
  void land(const AccessRecord& record, bool whole);
  // Nothing was opened.
  void fail(const Error& error, const AccessRecord& record);

  // All that was told; nothing when some of it is gone.
  std::optional<std::string> text() const;

  // --- Those who follow; any loop. ---
  class Follower;
  // Takes one more, who then makes a Follower. False: the log's beginning is gone, or nobody
  // followed any more and the call is being cancelled.
  bool admit();

 private:
  struct Station;  // the followers of one loop
  void notify();
  void leave(const Follower& follower);
  std::shared_ptr<Station> station(io::Loop& loop);

  io::Loop& loop_;
  std::shared_ptr<const Snapshot> snapshot_;  // records point into it
  io::CancelToken cancel_;

  mutable std::mutex mutex_;  // guards what follows
  std::deque<std::shared_ptr<const std::string>> pieces_;
  std::size_t first_piece_ = 0;  // number of the first one that is kept
  std::size_t kept_ = 0;         // bytes
  FlightHead head_;
  AccessRecord record_;
  std::unique_ptr<Error> error_;
  bool opened_ = false, ended_ = false, whole_ = false, cost_claimed_ = false, leader_left_ = false;
  std::size_t followers_ = 0;
  bool abandoned_ = false;
  std::vector<std::shared_ptr<Station>> stations_;
};

// One request's view of a flight. Lives in the frame of the coroutine that follows.
class Flight::Follower {
 public:
  // `leads`: for this one the flight was started.
  Follower(std::shared_ptr<Flight> flight, io::Loop& loop, io::CancelToken* cancel, bool leads);
  ~Follower();
  Follower(const Follower&) = delete;

  enum class State {
    more,       // `text` holds what came since the last time
    landed,     // `text` holds the rest (may be empty), and the answer is whole
    broken,     // the same, but the answer ended with an error, which it tells
    failed,     // nothing was opened: error() says why
    cut,        // too far behind
    cancelled,  // the client has left, or waited too long
  };
  // Waits until the answer is open, or nothing will come.
  io::Async<State> wait_open();
  // Waits for more; several pieces that are there come together.
  io::Async<State> next(std::string& text);

  bool leads() const { return leads_; }
  // Tokens and cost are counted once: for who leads or, if that one has left, for the first to ask.
  bool claim_cost();

  const FlightHead& head() const { return flight_->head_; }        // once open
  const Error& error() const { return *flight_->error_; }          // once failed
  const AccessRecord& record() const { return flight_->record_; }  // once landed, broken or failed

 private:
  friend class Flight;
  State look(std::string& text);
  std::shared_ptr<Flight> flight_;
  std::shared_ptr<Station> station_;
  io::Pause pause_;
  bool leads_;
  std::size_t at_ = 0;  // number of the next piece
  Follower** before_ = nullptr;
  Follower* after_ = nullptr;
};

// The flights of the process, by what they answer.
class FlightTable {
 public:
  struct Boarding {
    std::shared_ptr<Flight> flight;
    bool is_new;  // the caller must start it
  };
  // The flight for that key, or a new one on that loop; the caller is admitted. An empty key is
  // nobody else's.
  Boarding board(std::string_view key, io::Loop& loop,
                 const std::shared_ptr<const Snapshot>& snapshot);
  // No request joins it from now on.
  void remove(std::string_view key, const Flight& flight);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Flight>, Hash, std::equal_to<>> flights_;
};

}  // namespace sluice::gateway
