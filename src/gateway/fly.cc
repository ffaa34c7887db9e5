// The pilot of a flight: asks whoever may have the answer, one after the other, and keeps what a
// provider said.
#include <algorithm>

#include "cache/semantic_cache.h"
#include "gateway/assemble.h"
#include "gateway/cached_call.h"
#include "io/group.h"
#include "provider/catalog.h"

namespace sluice::gateway {

namespace {

// No fault of the request: at another time a provider would have answered.
bool is_outage(const Error& error) {
  switch (error.code) {
    case ErrorCode::timeout:
    case ErrorCode::rate_limit:
    case ErrorCode::internal:
    case ErrorCode::connection:
    case ErrorCode::unavailable: return true;
    case ErrorCode::api_error: return error.status >= 500;
    default: return false;
  }
}

class FlightRun {
 public:
  explicit FlightRun(Pilot& pilot) : p_(pilot) {}

  io::Async<Done> run() {
    bool told = false;
    if (p_.work.cache.reads) told = co_await tell_stored();
    if (!told) ask_by_meaning();
    if (!told && asked_ && p_.work.cache.reads) told = co_await tell_similar();
    if (!told) co_await ask_providers();
    co_return Done{};
  }

 private:
  // What a slower store than memory has.
  io::Async<bool> tell_stored() {
    auto hit =
        co_await p_.cache->find(p_.work.call.endpoint, p_.work.cache.key, &p_.flight->cancel());
    if (hit == nullptr || hit->entry.stored_at < oldest_wanted(p_.work.cache)) co_return false;
    if (!is_fresh(p_.work.cache, hit->entry)) {
      stale_ = std::move(hit);
      co_return false;
    }
    co_return tell(hit->entry, stored_head(p_.work.call, hit->entry, CacheOutcome::exact));
  }

  // Ends the flight with a stored answer. False: it can't be told in the form that is asked for.
  bool tell(const cache::Entry& entry, FlightHead head) {
    std::string made;
    const auto text = retell(p_.work.call, entry, made);
    if (!text) return false;
    p_.work.record.cache = head.outcome;
    p_.flight->open(std::move(head));
    p_.flight->append(*text);
    p_.flight->land(p_.work.record, true);
    return true;
  }

  // When nobody has answered: an answer that has ended is better than none.
  bool tell_stale() {
    if (stale_ == nullptr) return false;
    return tell(stale_->entry, stored_head(p_.work.call, stale_->entry, CacheOutcome::stale));
  }

  SemanticMode mode() const {
    return p_.work.cache.control.semantic.value_or(p_.cache->settings().semantic.mode);
  }

  void ask_by_meaning() {
    cache::SemanticCache* const semantic = p_.cache->semantic();
    if (semantic == nullptr || mode() == SemanticMode::off) return;
    auto asked = question_of(*semantic, p_.cache->settings(), p_.work.call, p_.work.cache);
    if (asked)
      asked_ = std::move(*asked);
    else if (p_.work.cache.reads)
      note_unmatched(*semantic, asked.error());
  }

  void note_unmatched(cache::SemanticCache& semantic, const Error& why) {
    constexpr auto outcome = cache::SemanticOutcome::not_matchable;
    semantic.counts().of(outcome)++;
    explain({.outcome = outcome, .reason = why.message.c_str()});
  }

  // For the client of a gateway that tells everything: hit;similarity=0.953;reason="…"
  void explain(const cache::SemanticFound& found) {
    if (!p_.snapshot->settings().verbose) return;
    TextBuffer said;
    said.append(cache::semantic_outcome_name(found.outcome));
    const auto thousandths = static_cast<std::int64_t>(found.similarity * 1000);
    if (thousandths > 0) said.append(";similarity=").append_thousandths(thousandths);
    if (*found.reason != '\0') said.append(";reason=\"").append(found.reason).append("\"");
    p_.semantic = said.text();
  }

  // The answer to a question that means the same. In shadow mode it is only noted.
  io::Async<bool> tell_similar() {
    const double oldest = oldest_wanted(p_.work.cache);
    auto found = co_await p_.cache->semantic()->find(*asked_, oldest, &p_.flight->cancel());
    explain(found);
    if (!found.hit) co_return false;
    const cache::Entry entry{.stored_at = found.hit->stored_at, .body = found.hit->body};
    if (mode() == SemanticMode::shadow) {
      shadow_ = std::move(*found.hit);
      co_return false;
    }
    FlightHead head = stored_head(p_.work.call, entry, CacheOutcome::semantic);
    if (p_.snapshot->settings().verbose) head.similarity = found.similarity;
    head.semantic = p_.semantic;
    co_return tell(entry, std::move(head));
  }

  // Under its key, unless it is there already, and for questions that mean the same. Side by side:
  // neither is to wait for the other's disk or server.
  io::Async<Done> keep(const Exchange& x, const std::string& answer, bool is_kept) {
    const std::string key = is_kept ? std::string() : key_of(x);
    io::Group group(p_.gateway.loop);
    if (!is_kept) group.spawn(p_.keep(x, key, answer, x.reply.usage));
    // A fallback's answer belongs to the fallback's scope, where nobody has asked.
    if (asked_ && x.record.fallbacks == 0) group.spawn(keep_by_meaning(answer));
    co_await group.join();
    co_return Done{};
  }

  io::Async<Done> keep_by_meaning(std::string_view answer) {
    cache::SemanticCache& semantic = *p_.cache->semantic();
    if (shadow_) co_await semantic.judge_shadow(*shadow_, answer);
    const auto ttl = cache::resolve_ttl(p_.cache->settings(), p_.work.cache.control);
    co_return co_await semantic.keep(*asked_, answer, ttl);
  }

  io::Async<Done> ask_providers() {
    Exchange x{.gateway = p_.gateway, .snapshot = *p_.snapshot, .work = p_.work};
    const Status opened = co_await p_.open_upstream(x);
    if (!opened) {
      const bool told = is_outage(opened.error()) && tell_stale();
      if (!told) p_.flight->fail(opened.error(), p_.work.record);
      co_return Done{};
    }
    std::optional<std::string> answer;
    bool kept = false;
    // Whoever asks again once he has seen the end finds the answer.
    const BeforeEnd keep_now = [&](std::string_view last) {
      if (!p_.work.cache.writes || is_rewritten(x)) return;
      answer = whole_answer(x, last);
      kept = answer && p_.keep_now(x, key_of(x), *answer, x.reply.usage);
    };
    co_await relay_to_flight(x, *p_.flight, p_.upstream_head(x), p_.errors.event, keep_now);
    if (answer) co_await keep(x, *answer, kept);
    co_return Done{};
  }

  // A fallback of the request's own that replaced some of its fields: nobody has asked that.
  static bool is_rewritten(const Exchange& x) {
    if (x.record.fallbacks == 0 || !x.call.fallbacks) return false;
    return std::ranges::any_of(
        *x.call.fallbacks, [](const RequestedFallback& each) { return !each.overrides.empty(); });
  }

  std::string key_of(const Exchange& x) const {
    const Deployment* deployment = p_.key_deployment(x);
    if (deployment == p_.work.cache.deployment && x.work.group == x.call.model)
      return p_.work.cache.key;
    return answer_key(p_.cache->settings(), x.call, p_.work.cache, x.work.group, deployment);
  }

  // The answer as it would be without `stream`. Nothing: it is not whole.
  std::optional<std::string> whole_answer(const Exchange& x, std::string_view last) const {
    if (!x.call.stream) return std::string(x.reply.body());
    if (x.reply.failed) return std::nullopt;
    auto events = p_.flight->text();
    if (!events) return std::nullopt;
    // A stream that the gateway made itself has no last piece: all of it is the body.
    events->append(x.reply.filter ? last : x.reply.body());
    auto whole = assemble_stream(x.call.endpoint, *events, x.reply.usage);
    if (!whole) return std::nullopt;
    return std::move(*whole);
  }

  Pilot& p_;
  std::unique_ptr<const cache::Hit> stale_;    // has ended; null: none
  std::optional<cache::AskedQuestion> asked_;  // nothing: the call is not matched by meaning
  std::optional<cache::SemanticHit> shadow_;   // what would have been told
};

}  // namespace

Pilot::Pilot(Gateway& its_gateway, std::shared_ptr<Flight> its_flight, const Snapshot& its_snapshot,
             const Workspace& from, const ErrorText& its_errors)
    : gateway(its_gateway),
      snapshot(its_snapshot.shared_from_this()),
      cache(its_gateway.cache),
      flight(std::move(its_flight)),
      body(from.call.body),
      errors(its_errors) {
  work.call = from.call;
  work.call.move_to(body);
  work.call.cancel = &flight->cancel();
  work.cache = from.cache;
  work.record.arrived = from.record.arrived;
  work.record.stream = from.record.stream;
}

io::Async<Status> Pilot::open_upstream(Exchange& x) {
  work.record.cache = CacheOutcome::miss;
  x.deadline = work.call.arrived + work.call.timeout.value_or(snapshot->settings().timeout);
  Status opened = co_await open_first_healthy(x);
  if (opened) note_usage(x);
  co_return opened;
}

FlightHead Pilot::upstream_head(const Exchange& x) const {
  http::HeaderBlock lines;
  add_reply_headers(x, lines);
  FlightHead head{.lines = std::string(lines.text()), .semantic = semantic};
  if (!x.call.stream) head.cost = x.record.cost;
  return head;
}

const Deployment* Pilot::key_deployment(const Exchange& x) const {
  const bool as_asked =
      cache->settings().key_scheme == KeyScheme::sluice && x.work.group == x.call.model;
  return as_asked ? work.cache.deployment : x.reply.route->deployment;
}

cache::Entry Pilot::entry_of(const Exchange& x, std::string_view answer, const Usage& usage) const {
  const Deployment& deployment = *x.reply.route->deployment;
  return {.from_stream = x.call.stream,
          .group = x.work.group,
          .provider = deployment.spec->name,
          .model = x.work.model,
          .model_id = deployment.id,
          .usage = usage,
          .body = answer};
}

bool Pilot::keep_now(const Exchange& x, std::string_view key, std::string_view answer,
                     const Usage& usage) {
  const auto ttl = cache::resolve_ttl(cache->settings(), work.cache.control);
  return cache->keep_now(x.call.endpoint, key, entry_of(x, answer, usage), ttl);
}

io::Async<Done> Pilot::keep(const Exchange& x, std::string_view key, std::string_view answer,
                            const Usage& usage) {
  const auto ttl = cache::resolve_ttl(cache->settings(), work.cache.control);
  const cache::Entry entry = entry_of(x, answer, usage);
  co_return co_await cache->keep(x.call.endpoint, key, entry, ttl);
}

io::Detached fly(std::unique_ptr<Pilot> pilot) {
  const PilotCount::Flying counted(pilot->gateway.pilots);
  if (pilot->work.call.endpoint == Endpoint::embeddings) {
    co_await fly_embeddings(*pilot);
  } else {
    FlightRun run(*pilot);
    co_await run.run();
  }
  if (!pilot->flight_key.empty()) pilot->gateway.flights.remove(pilot->flight_key, *pilot->flight);
}

}  // namespace sluice::gateway
