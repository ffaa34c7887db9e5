#include "cache/probed_index.h"

#include "base/log.h"
#include "cache/redis_index.h"
#include "cache/vector_set_index.h"

namespace sluice::cache {

Result<std::unique_ptr<SemanticIndex>> ProbedIndex::choose(const redis::Reply& commands) const {
  const auto knows = [&](std::size_t i) {
    return i < commands.items.size() && !commands.items[i].items.empty();
  };
  // Where COMMAND is not allowed, RedisVL's way of asking will tell.
  if (commands.is_error() || knows(0)) return std::make_unique<RedisIndex>(p_.client, p_.options);
  if (knows(1)) return std::make_unique<VectorSetIndex>(p_.client, p_.options);
  if (knows(2)) return std::make_unique<ReplicatedIndex>(p_);
  return fail(
      client_error("the Redis has neither a search module, vector sets nor streams: "
                   "semantic matching needs Redis 5 or later, or Valkey"));
}

io::Async<Result<SemanticIndex*>> ProbedIndex::index(io::WaitLimit limit) {
  if (index_ != nullptr) co_return index_.get();
  redis::Command ask{"COMMAND", "INFO", "FT.SEARCH", "VADD", "XADD"};
  ask.key_at = 0;
  CO_TRY(const redis::Reply commands, co_await p_.client.run(ask, limit));
  if (index_ != nullptr) co_return index_.get();  // another call has asked meanwhile
  CO_TRY(index_, choose(commands));
  p_.replica->say_once(index_->name(), p_.options);
  co_return index_.get();
}

std::string_view ProbedIndex::name() const {
  return index_ == nullptr ? std::string_view("redis") : index_->name();
}

void ProbedIndex::used(const Neighbour& neighbour) {
  if (index_ != nullptr) index_->used(neighbour);
}

io::Async<Result<std::vector<Neighbour>>> ProbedIndex::nearest(const SemanticLookup& lookup,
                                                               io::WaitLimit limit) {
  CO_TRY(SemanticIndex* const found, co_await index(limit));
  co_return co_await found->nearest(lookup, limit);
}
io::Async<Result<std::string>> ProbedIndex::put(const NewSemanticEntry& entry,
                                                io::WaitLimit limit) {
  CO_TRY(SemanticIndex* const found, co_await index(limit));
  co_return co_await found->put(entry, limit);
}
io::Async<Result<bool>> ProbedIndex::erase(std::string_view id, io::WaitLimit limit) {
  CO_TRY(SemanticIndex* const found, co_await index(limit));
  co_return co_await found->erase(id, limit);
}
io::Async<Result<std::size_t>> ProbedIndex::clear(io::WaitLimit limit) {
  CO_TRY(SemanticIndex* const found, co_await index(limit));
  co_return co_await found->clear(limit);
}
io::Async<Result<IndexStats>> ProbedIndex::stats(io::WaitLimit limit) {
  CO_TRY(SemanticIndex* const found, co_await index(limit));
  co_return co_await found->stats(limit);
}
io::Async<Status> ProbedIndex::check(io::WaitLimit limit) {
  CO_TRY(SemanticIndex* const found, co_await index(limit));
  co_return co_await found->check(limit);
}

}  // namespace sluice::cache
