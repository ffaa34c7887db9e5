// A call with a cache: from memory, or by a flight.
#include "base/json_write.h"
#include "base/unix_time.h"
#include "gateway/cached_call.h"
#include "gateway/embedding_items.h"
#include "gateway/local_reply.h"

namespace sluice::gateway {

namespace {

// A client that takes nothing for this long is gone.
constexpr std::chrono::seconds client_patience{120};

Error left_behind() {
  return Error{.code = ErrorCode::cancelled, .message = "the client has left"};
}

// What each answer of a gateway with a cache has of its own.
void add_cache_headers(http::HeaderBlock& headers, const Workspace& work, const FlightHead& head) {
  const CacheOutcome outcome = work.record.cache;
  const double cost = outcome == CacheOutcome::miss ? head.cost.value_or(0) : 0;
  if (outcome != CacheOutcome::miss || head.cost)
    headers.raw().append("x-litellm-response-cost: ").append_double(cost).append("\r\n");
  headers.add_clean("x-sluice-cache", cache_outcome_name(outcome));
  if (!head.semantic.empty()) headers.add("x-sluice-semantic", head.semantic);
  if (outcome == CacheOutcome::miss) return;
  // The items of an embedding request have keys of their own.
  if (work.call.endpoint != Endpoint::embeddings)
    headers.add("x-litellm-cache-key", work.cache.key);
  const double age = std::max(0.0, unix_seconds() - head.stored_at);
  if (outcome == CacheOutcome::semantic && head.similarity > 0)
    headers.raw()
        .append("x-litellm-semantic-similarity: ")
        .append_thousandths(static_cast<std::int64_t>(head.similarity * 1000))
        .append("\r\n");
  headers.raw().append("age: ").append_number(static_cast<std::int64_t>(age)).append("\r\n");
}

http::HeaderBlock& begin_cached_headers(const Workspace& work, const FlightHead& head) {
  http::HeaderBlock& headers = begin_answer_headers(work.call);
  headers.raw().append(head.lines);
  add_cache_headers(headers, work, head);
  return headers;
}

// One request's way through a flight's log.
class Follow {
 public:
  Follow(Workspace& work, Flight::Follower& follower, http::ResponseWriter& out, io::Loop& loop)
      : work_(work), follower_(follower), out_(out), loop_(loop) {}

  io::Async<Status> run() {
    const State opened = co_await follower_.wait_open();
    if (opened == State::cancelled) co_return fail(left_behind());
    if (opened == State::failed) {
      note_facts();
      co_return fail(follower_.error());
    }
    // Who joined a call that was under way has its answer for nothing, as from a store.
    const CacheOutcome outcome = follower_.head().outcome;
    const bool joined = outcome == CacheOutcome::miss && !follower_.leads();
    work_.record.cache = joined ? CacheOutcome::exact : outcome;
    if (work_.call.stream)
      co_await tell_stream();
    else
      co_await tell_whole();
    co_return Done{};
  }

 private:
  using State = Flight::Follower::State;

  io::Async<Done> tell_whole() {
    std::string text, more;
    State state = State::more;
    while (state == State::more) {
      state = co_await follower_.next(more);
      text += more;
    }
    if (state != State::landed) co_return Done{};  // the connection is cut
    note_facts();
    const http::HeaderBlock& headers = begin_cached_headers(work_, follower_.head());
    work_.record.first_byte = io::Clock::now();
    out_.set_deadline(loop_.now() + client_patience);
    co_await out_.send(200, headers, text);
    co_return Done{};
  }

  io::Async<Done> tell_stream() {
    std::string text;
    State state = co_await follower_.next(text);
    if (state == State::cut || state == State::cancelled) co_return Done{};
    work_.record.first_byte = io::Clock::now();
    const http::HeaderBlock& headers = begin_cached_headers(work_, follower_.head());
    out_.set_deadline(loop_.now() + client_patience);
    io::IoError sent = co_await out_.begin(200, headers, text);
    text.clear();
    while (state == State::more && sent == io::IoError::none) {
      state = co_await follower_.next(text);
      if (state != State::more) break;
      out_.set_deadline(loop_.now() + client_patience);
      sent = co_await out_.write(text);
    }
    if (sent != io::IoError::none || state == State::cut || state == State::cancelled)
      co_return Done{};
    note_facts();
    co_await out_.finish(text);
    co_return Done{};
  }

  // Who flew, for whom it cost something, and how it ended.
  void note_facts() {
    const AccessRecord& flown = follower_.record();
    AccessRecord& record = work_.record;
    if (!flown.group.empty()) record.group.assign(flown.group);
    record.error = flown.error;
    record.blame = flown.blame;
    const bool was_asked = flown.cache == CacheOutcome::miss || flown.cache == CacheOutcome::stale;
    if (!was_asked || !follower_.claim_cost()) return;
    record.deployment = flown.deployment;
    record.model.assign(flown.model);
    record.attempts = flown.attempts;
    record.fallbacks = flown.fallbacks;
    record.usage = flown.usage;
    record.cost = flown.cost;
    record.sent_upstream = flown.sent_upstream;
    record.upstream_time = flown.upstream_time;
  }

  Workspace& work_;
  Flight::Follower& follower_;
  http::ResponseWriter& out_;
  io::Loop& loop_;
};

io::Async<Done> tell_hit(Gateway& gateway, Workspace& work, const cache::Entry& entry,
                         std::string_view text, http::ResponseWriter& out) {
  work.record.cache = CacheOutcome::exact;
  http::HeaderBlock& headers = begin_answer_headers(work.call);
  add_stored_lines(headers, work.call, entry);
  add_cache_headers(headers, work, {.stored_at = entry.stored_at});
  work.record.first_byte = io::Clock::now();
  out.set_deadline(gateway.loop.now() + client_patience);
  if (work.call.stream) {
    const io::IoError sent = co_await out.begin(200, headers, text);
    if (sent == io::IoError::none) co_await out.finish({});
  } else {
    co_await out.send(200, headers, text);
  }
  co_return Done{};
}

}  // namespace

std::optional<std::string_view> retell(const Call& call, const cache::Entry& entry,
                                       std::string& made) {
  if (call.endpoint == Endpoint::embeddings) {
    std::string rest = ",\"model\":";
    append_json_string(rest, entry.model.empty() ? call.model : entry.model);
    return made = make_reply({std::string(entry.body)}, rest, entry.usage.total_tokens);
  }
  if (!call.stream) return entry.body;
  auto told = as_stream(call.endpoint, entry.body, call.wants_usage);
  if (!told) return std::nullopt;
  return made = std::move(*told);
}

double oldest_wanted(const CacheWish& wish) {
  if (!wish.control.max_age) return 0;
  return unix_seconds() - std::chrono::duration<double>(*wish.control.max_age).count();
}

bool is_fresh(const CacheWish& wish, const cache::Entry& entry) {
  return entry.stored_at >= oldest_wanted(wish) && !cache::has_ended(entry, unix_seconds());
}

void add_stored_lines(http::HeaderBlock& headers, const Call& call, const cache::Entry& entry) {
  add_content_type(headers, call);
  if (!entry.model_id.empty()) headers.add_clean("x-litellm-model-id", entry.model_id);
  headers.add("x-litellm-model-group", entry.group.empty() ? call.model : entry.group);
  headers.raw().append("x-litellm-attempted-retries: 0\r\nx-litellm-attempted-fallbacks: 0\r\n");
}

FlightHead stored_head(const Call& call, const cache::Entry& entry, CacheOutcome outcome) {
  http::HeaderBlock lines;
  add_stored_lines(lines, call, entry);
  return {.lines = std::string(lines.text()), .outcome = outcome, .stored_at = entry.stored_at};
}

io::Async<Status> handle_cached(Gateway& gateway, const Snapshot& snapshot, Workspace& work,
                                http::ResponseWriter& out, const ErrorText& errors) {
  if (work.cache.reads) {
    const auto hit = gateway.cache->find_now(work.call.endpoint, work.cache.key);
    const bool fits = hit != nullptr && is_fresh(work.cache, hit->entry);
    std::string made;
    const auto text = fits ? retell(work.call, hit->entry, made) : std::nullopt;
    if (text) {
      co_await tell_hit(gateway, work, hit->entry, *text, out);
      co_return Done{};
    }
  }
  // A call that must not be answered from the cache, or leave anything there, shares nothing.
  const bool shares = work.cache.reads && work.cache.writes;
  const std::string key = shares ? flight_key(work.call, work.cache) : std::string();
  const auto boarding = gateway.flights.board(key, gateway.loop, snapshot.shared_from_this());
  work.flight = boarding.flight;
  Flight::Follower follower(boarding.flight, gateway.loop, work.call.cancel, boarding.is_new);
  if (boarding.is_new) {
    auto pilot = std::make_unique<Pilot>(gateway, boarding.flight, snapshot, work, errors);
    pilot->flight_key = key;
    fly(std::move(pilot));
  }
  Follow follow(work, follower, out, gateway.loop);
  co_return co_await follow.run();
}

}  // namespace sluice::gateway
