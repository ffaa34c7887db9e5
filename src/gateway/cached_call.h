#pragma once
// Calls whose answer may come from the cache, or go there: the part of the story that stands
// between the call and the attempts. handle_cached (handle_cached.cc) answers from memory at once;
// whatever takes longer is a flight's business (fly.cc), which others with the same request follow.
#include <memory>
#include <string>

#include "cache/response_cache.h"
#include "gateway/exchange.h"
#include "gateway/flight.h"

namespace sluice::gateway {

// Answers the call of the workspace, whose cache wish was read.
io::Async<Status> handle_cached(Gateway& gateway, const Snapshot& snapshot, Workspace& work,
                                http::ResponseWriter& out, const ErrorText& errors);

// Everything that a flight needs once its first client may have left.
struct Pilot {
  Pilot(Gateway& its_gateway, std::shared_ptr<Flight> its_flight, const Snapshot& snapshot,
        const Workspace& from, const ErrorText& errors);

  Gateway& gateway;
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<cache::ResponseCache> cache;
  std::shared_ptr<Flight> flight;
  std::string flight_key;  // empty: nobody else may join
  std::string body;
  Workspace work;
  ErrorText errors;
  std::string semantic;  // as in FlightHead

  // Attempts until a provider answers or all have failed.
  io::Async<Status> open_upstream(Exchange& exchange);
  // What the flight begins with, once a provider has answered.
  FlightHead upstream_head(const Exchange& exchange) const;
  // Whose parameters the key of the answer has: Sluice looks under one key, whichever deployment of
  // the group answers.
  const Deployment* key_deployment(const Exchange& exchange) const;
  // Keeps one answer, or one item of one, that the exchange brought; keep_now only where that needs
  // no waiting: false, nothing was kept.
  bool keep_now(const Exchange& exchange, std::string_view key, std::string_view answer,
                const Usage& usage);
  io::Async<Done> keep(const Exchange& exchange, std::string_view key, std::string_view answer,
                       const Usage& usage);

 private:
  cache::Entry entry_of(const Exchange& exchange, std::string_view answer,
                        const Usage& usage) const;
};

// Flies to the end: slower stores, then a provider; then the answer is kept.
io::Detached fly(std::unique_ptr<Pilot> pilot);

// The part of a flight that is about the items of an embedding request. (fly_embeddings.cc)
io::Async<Done> fly_embeddings(Pilot& pilot);

// A stored answer in the form that the call asks for: the entry's own text, or one that is made
// here and put into `made`. Nothing: it is none.
std::optional<std::string_view> retell(const Call& call, const cache::Entry& entry,
                                       std::string& made);
// When a stored answer must have been stored to be young enough for the call, whatever its end:
// Unix seconds.
double oldest_wanted(const CacheWish& wish);
// It is young enough, and its end has not come.
bool is_fresh(const CacheWish& wish, const cache::Entry& entry);
// The header lines of an answer from a store, as in FlightHead::lines.
void add_stored_lines(http::HeaderBlock& headers, const Call& call, const cache::Entry& entry);
FlightHead stored_head(const Call& call, const cache::Entry& entry, CacheOutcome outcome);

}  // namespace sluice::gateway
