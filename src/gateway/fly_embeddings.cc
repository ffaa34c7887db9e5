// Embeddings, item by item: what is stored is not asked for again.
#include <algorithm>

#include "base/json_write.h"
#include "gateway/cached_call.h"
#include "gateway/embedding_items.h"
#include "io/group.h"

namespace sluice::gateway {

namespace {

class EmbeddingRun {
 public:
  explicit EmbeddingRun(Pilot& pilot)
      : p_(pilot),
        input_(*pilot.work.call.fields.find("input")),
        split_(split_input(input_)),
        items_(split_.items.size()) {}

  io::Async<Done> run() {
    if (p_.work.cache.reads) co_await look_up();
    for (std::size_t i = 0; i < items_.size(); i++)
      if (items_[i].empty()) missing_.push_back(i);
    if (missing_.empty())
      tell_stored();
    else
      co_await ask_provider();
    co_return Done{};
  }

 private:
  std::string key_of(std::size_t i, std::string_view group, const Deployment* deployment) const {
    return item_key(p_.cache->settings(), p_.work.call, p_.work.cache, group, deployment,
                    split_.items[i]);
  }

  // All items at once: a store that pipelines is waited for once.
  io::Async<Done> look_up() {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < items_.size(); i++)
      keys.push_back(key_of(i, p_.work.call.model, p_.work.cache.deployment));
    std::vector<io::CancelToken> tokens(items_.size());
    io::Group group(p_.gateway.loop);
    for (std::size_t i = 0; i < items_.size(); i++) group.spawn(look_up_one(i, keys[i], tokens[i]));
    co_await group.join();
    co_return Done{};
  }

  io::Async<Done> look_up_one(std::size_t i, const std::string& key, io::CancelToken& token) {
    const auto hit = co_await p_.cache->find(Endpoint::embeddings, key, &token);
    if (hit == nullptr || !is_fresh(p_.work.cache, hit->entry)) co_return Done{};
    items_[i] = hit->entry.body;
    tokens_ += hit->entry.usage.total_tokens;
    if (oldest_ == 0 || hit->entry.stored_at < oldest_) oldest_ = hit->entry.stored_at;
    if (model_.empty()) model_ = hit->entry.model;
    co_return Done{};
  }

  void tell_stored() {
    p_.work.record.cache = CacheOutcome::exact;
    std::string rest = ",\"model\":";
    append_json_string(rest, model_.empty() ? p_.work.call.model : model_);
    const cache::Entry facts{.stored_at = oldest_};
    p_.flight->open(stored_head(p_.work.call, facts, CacheOutcome::exact));
    p_.flight->append(make_reply(items_, rest, tokens_));
    p_.flight->land(p_.work.record, true);
  }

  io::Async<Done> ask_provider() {
    const bool some_stored = missing_.size() < items_.size();
    if (some_stored) ask_only_for_missing();
    Exchange x{.gateway = p_.gateway, .snapshot = *p_.snapshot, .work = p_.work};
    const Status opened = co_await p_.open_upstream(x);
    if (!opened) {
      p_.flight->fail(opened.error(), p_.work.record);
      co_return Done{};
    }
    auto reply = split_reply(x.reply.body(), missing_.size());
    if (!reply && some_stored) {
      const Error error = connection_error(
          "Connection error: the provider's answer has not one embedding for each input.");
      p_.flight->fail(error, p_.work.record);
      co_return Done{};
    }
    std::vector<Kept> kept;
    if (reply && p_.work.cache.writes) kept = describe(x, *reply);
    const bool done = keep_now(x, kept);
    tell(x, reply);
    if (!done) co_await keep(x, kept);
    co_return Done{};
  }

  void ask_only_for_missing() {
    std::vector<std::string_view> wanted;
    for (const std::size_t i : missing_) wanted.push_back(split_.items[i]);
    asked_body_ = body_with_items(p_.body, input_, wanted);
    p_.work.call.move_to(asked_body_);
  }

  // A provider's answer goes out as it came unless stored items stand in it.
  void tell(const Exchange& x, const std::optional<EmbeddingReply>& reply) {
    p_.flight->open(p_.upstream_head(x));
    if (missing_.size() == items_.size()) {
      p_.flight->append(x.reply.body());
    } else {
      for (std::size_t i = 0; i < missing_.size(); i++) items_[missing_[i]] = reply->items[i];
      p_.flight->append(make_reply(items_, reply->rest, tokens_ + x.reply.usage.total_tokens));
    }
    p_.flight->land(p_.work.record, true);
  }

  // One of the items that were asked for, as it is kept.
  struct Kept {
    std::string key;
    std::string_view item;
    Usage usage;
  };
  std::vector<Kept> describe(const Exchange& x, const EmbeddingReply& reply) {
    p_.work.call.move_to(p_.body);  // keys are those of the client's own body
    const Deployment* deployment = p_.key_deployment(x);
    std::vector<Kept> kept;
    for (std::size_t i = 0; i < missing_.size(); i++) {
      const auto tokens = share_of_tokens(x.reply.usage.total_tokens, missing_.size(), i);
      kept.push_back(
          {.key = key_of(missing_[i], x.work.group, deployment),
           .item = reply.items[i],
           .usage = {
               .prompt_tokens = tokens, .total_tokens = tokens, .known = x.reply.usage.known}});
    }
    return kept;
  }

  // Whoever asks again once he has seen the answer finds it, where keeping needs no waiting.
  bool keep_now(const Exchange& x, const std::vector<Kept>& all) {
    return std::ranges::all_of(
        all, [&](const Kept& each) { return p_.keep_now(x, each.key, each.item, each.usage); });
  }

  io::Async<Done> keep(const Exchange& x, const std::vector<Kept>& all) {
    for (const Kept& each : all) co_await p_.keep(x, each.key, each.item, each.usage);
    co_return Done{};
  }

  Pilot& p_;
  const JsonField input_;
  const EmbeddingInput split_;
  std::vector<std::string> items_;    // JSON objects; empty = not there yet
  std::vector<std::size_t> missing_;  // numbers of items to ask for
  std::string asked_body_, model_;
  std::int64_t tokens_ = 0;  // of stored items
  double oldest_ = 0;        // when the oldest stored one was stored
};

}  // namespace

io::Async<Done> fly_embeddings(Pilot& pilot) {
  EmbeddingRun run(pilot);
  co_return co_await run.run();
}

}  // namespace sluice::gateway
