#pragma once
// The gateway of one loop: what its requests share. The story of a request is handle_call.cc.
#include <memory>
#include <random>

#include "gateway/access_record.h"
#include "gateway/call.h"
#include "gateway/metrics.h"
#include "gateway/snapshot.h"
#include "http/response_writer.h"
#include "http/upstream.h"

namespace sluice::gateway {

struct Gateway {
  io::Loop& loop;
  http::UpstreamPool& upstreams;
  AccessLog& access_log;
  Metrics& metrics;
  std::shared_ptr<const Snapshot> snapshot;  // replaced on reload; requests copy it once
  router::Random random{std::random_device{}()};
  std::mt19937_64 ids{std::random_device{}()};
};

// LiteLLM's release whose behaviour this one has; told to clients that look for it.
constexpr std::string_view litellm_version = "1.68.0";

// A random UUID (version 4) as text.
std::string make_call_id(Gateway& gateway);

// How errors look to the client: `event` makes the last event of a stream that broke.
using ErrorEvent = std::string (*)(const Error& error);

// Answers one call: attempts, reply, access record. An error means that nothing was sent yet; the
// caller answers with it, and with `headers` as far as they are known.
io::Async<Status> handle_call(Gateway& gateway, std::shared_ptr<const Snapshot> snapshot,
                              Call& call, http::ResponseWriter& out, http::HeaderBlock& headers,
                              AccessRecord& record, ErrorEvent error_event);

// The same for `model: "a,b"`: every model is asked, side by side, and the answer is the list of
// theirs, failures as {"error": …} among them. Not for streams. (handle_batch.cc)
bool is_batch(const Snapshot& snapshot, const Call& call);
io::Async<Status> handle_batch(Gateway& gateway, std::shared_ptr<const Snapshot> snapshot,
                               Call& call, http::ResponseWriter& out, http::HeaderBlock& headers,
                               AccessRecord& record, std::string (*error_json)(const Error& error));

}  // namespace sluice::gateway
