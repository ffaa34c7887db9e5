#pragma once
// One call on its way: the client's request, the attempts, and the reply that was opened at last.
// Owned by handle_call's frame; the functions of attempts.cc and relay.cc work on it in turn.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/event_filter.h"
#include "gateway/gateway.h"
#include "io/semaphore.h"

namespace sluice::gateway {

// A reply with a good status whose first event, or whole body, is there. Only such a reply may
// reach the client: up to here everything can still be tried elsewhere, from here on nothing.
struct OpenReply {
  const Route* route = nullptr;
  std::optional<http::UpstreamCall> call;  // absent when the gateway made the answer itself
  std::string_view wire_body;              // whole answers: the provider's bytes
  std::string made;                        // a translated or made answer; a stream's first events
  std::unique_ptr<EventFilter> filter;     // streams from a provider
  std::unique_ptr<Error> failed;  // the stream broke after its first event, which is in `made`
  Usage usage;

  std::string_view body() const { return made.empty() ? wire_body : std::string_view(made); }
};

class Flight;
struct FlightHead;

struct Exchange {
  Gateway& gateway;
  const Snapshot& snapshot;
  Workspace& work;
  const Call& call = work.call;
  AccessRecord& record = work.record;
  io::Time deadline{};             // of everything before the first byte to the client
  io::Semaphore::Permit permit{};  // of the deployment under way; outlives its connection
  OpenReply reply{};
  std::unique_ptr<ClientRoute> client_route{};  // for a client that brings its own credentials
};

// Walks the group's deployments, then its fallbacks, until one answers: the border between what can
// be tried again and what can't. On success exchange.reply is open. (attempts.cc)
io::Async<Status> open_first_healthy(Exchange& exchange);

// One attempt at one deployment. (ask.cc)
struct Attempt {
  const router::Group& group;
  router::Pick pick;
  std::string_view overrides;  // JSON object, or empty
};
io::Async<Status> ask(Exchange& exchange, const Attempt& attempt);

// Takes bytes of an open stream; appends to `out` what the client gets. An empty block is the end
// of the connection. Error: the stream is broken. (ask.cc)
Status feed_block(Exchange& exchange, std::string_view wire, std::string& out);

// How long the gaps of a stream, and one attempt, may be.
Milliseconds attempt_timeout(const Exchange& exchange, const Deployment& deployment);

// What serves the call's model (see router::Router::find); it is noted in the record. Error:
// nothing does, and what to say. (handle_call.cc)
Result<const router::Group*> find_group(const Snapshot& snapshot, Workspace& work,
                                        std::optional<router::Group>& scratch);
// Opens the reply to a call that no client's record tells of: a part of a batch, a vector for the
// cache. It is logged and counted by itself. (handle_call.cc)
io::Async<Status> open_recorded(Exchange& exchange);
// Notes in the record what the answer took. (handle_call.cc)
void note_usage(const Exchange& exchange);
// The header lines of a provider's answer, without those that each request has of its own.
// (handle_call.cc)
void add_reply_headers(const Exchange& exchange, http::HeaderBlock& headers);

// Sends the open reply to the client. Errors of the stream become its last event. (relay.cc)
using ErrorEvent = std::string (*)(const Error& error);
io::Async<Done> relay(Exchange& exchange, http::ResponseWriter& out,
                      const http::HeaderBlock& headers, ErrorEvent error_event);
// The same into the log of a flight, which then has landed. `before_end` is called when the answer
// is whole, or broken for good, and nobody has seen its end: with the piece that will end a stream.
using BeforeEnd = std::function<void(std::string_view last)>;
io::Async<Done> relay_to_flight(Exchange& exchange, Flight& flight, FlightHead head,
                                ErrorEvent error_event, const BeforeEnd& before_end);

}  // namespace sluice::gateway
