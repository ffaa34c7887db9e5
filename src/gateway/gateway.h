#pragma once
// The gateway of one loop: what its requests share. The story of a request is handle_call.cc.
#include <memory>
#include <random>

#include "gateway/access_record.h"
#include "gateway/cache_wish.h"
#include "gateway/call.h"
#include "gateway/metrics.h"
#include "gateway/pilot_count.h"
#include "gateway/snapshot.h"
#include "http/response_writer.h"
#include "http/upstream.h"

namespace sluice::cache {
class ResponseCache;
}
namespace sluice::embed {
class Models;
}

namespace sluice::gateway {

class Flight;
class FlightTable;

struct Gateway {
  io::Loop& loop;
  http::UpstreamPool& upstreams;
  AccessLog& access_log;
  Metrics& metrics;
  std::shared_ptr<const Snapshot> snapshot;       // replaced on reload; requests copy it once
  FlightTable& flights;                           // of the process
  embed::Models& models;                          // of the process
  std::shared_ptr<cache::ResponseCache> cache{};  // null: none. Replaced on reload as well.
  PilotCount pilots{};
  router::Random random{std::random_device{}()};
  std::mt19937_64 ids{std::random_device{}()};
};

// LiteLLM's release whose behaviour this one has; told to clients that look for it.
constexpr std::string_view litellm_version = "1.68.0";

// Memory that a request works in and the next one uses again.
struct Workspace {
  Call call;
  AccessRecord record;
  std::string model;  // the provider's name for the model that is asked
  std::string group;  // the group that is asked: the client's name for it, or a fallback's
  CacheWish cache;    // what the call wants of the cache
  std::shared_ptr<Flight> flight;  // the one it follows; the record points into its snapshot

  void reset();
};

// A random UUID (version 4) as text, into `id`.
void make_call_id(Gateway& gateway, std::string& id);

// Where the headers of an answer are put together, beginning with the call's own. One per thread:
// they are sent, or copied, before anything suspends.
http::HeaderBlock& begin_answer_headers(const Call& call);
// The form that the call wants its answer in: JSON, or events.
void add_content_type(http::HeaderBlock& headers, const Call& call);

// How errors look to the client.
struct ErrorText {
  std::string (*json)(const Error& error);
  std::string (*event)(const Error& error);  // the last event of a stream that broke
};

// Answers the call of the workspace: attempts, reply, record. An error means that nothing was sent
// yet; the caller answers with it. All that is passed must live until the answer is sent.
io::Async<Status> handle_call(Gateway& gateway, const Snapshot& snapshot, Workspace& work,
                              http::ResponseWriter& out, const ErrorText& errors);

// The same for `model: "a,b"`: every model is asked, side by side, and the answer is the list of
// theirs, failures as {"error": …} among them. Not for streams. (handle_batch.cc)
bool is_batch(const Snapshot& snapshot, const Call& call);
io::Async<Status> handle_batch(Gateway& gateway, const Snapshot& snapshot, Workspace& work,
                               http::ResponseWriter& out, const ErrorText& errors);

}  // namespace sluice::gateway
