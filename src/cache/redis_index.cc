#include "cache/redis_index.h"

#include <algorithm>

#include "base/log.h"
#include "store/redis_store.h"

namespace sluice::cache {

using search::Document;
using search::Found;

namespace {

namespace field = search::cache_field;

// Other scopes' entries (in the shared layout) and rows that have just expired take the places of
// those asked for: when that was not enough, more are asked for.
constexpr std::size_t spare_rows = 3, shared_rows = 10, more_each_time = 5, most_times = 4;

Schema own_schema(const std::string& name, std::size_t dims) {
  Schema schema{.name = name, .prefixes = {name}};
  schema.fields.push_back({.name = std::string(scope_field), .attributes = TagAttributes{}});
  schema.fields.push_back({.name = std::string(field::vector),
                           .attributes = VectorAttributes{.dims = dims,
                                                          .algorithm = VectorAlgorithm::hnsw,
                                                          .ef_runtime = 64,
                                                          .epsilon = std::nullopt}});
  return schema;
}

Error unusable_index(const std::string& name, const std::string& obstacle) {
  return client_error("the index `" + name + "` can't be used: " + obstacle +
                      "; use the embedding model it was made with, or another "
                      "redis_semantic_cache_index_name");
}

bool may_see(const SemanticEntry& entry, const SemanticLookup& lookup) {
  return entry.scope.empty() ? lookup.foreign_too : entry.scope == lookup.scope;
}

// What is further down is farther than the caller wants.
bool is_far_enough(const Found& found, const SemanticLookup& lookup) {
  if (found.documents.empty()) return false;
  const auto distance = found.documents.back().number(search::distance_field);
  return distance && 1 - *distance < lookup.least_similarity;
}

}  // namespace

RedisIndex::RedisIndex(redis::Client& client, RedisIndexOptions options)
    : client_(client),
      options_(std::move(options)),
      schema_(options_.layout == IndexLayout::shared
                  ? search::cache_schema(options_.name, options_.dims)
                  : own_schema(options_.prefix(), options_.dims)) {}

// --- The index itself. ---

io::Async<Status> RedisIndex::open(io::WaitLimit limit) {
  if (open_) co_return Done{};
  if (unusable_ != nullptr && io::Clock::now() < look_at_) co_return fail(*unusable_);
  const Status opened = co_await open_now(limit);
  if (opened) {
    open_ = true;
    unusable_ = nullptr;
    co_return opened;
  }
  // A server that is away is told about by its client, which also knows when to ask again.
  const ErrorCode code = opened.error().code;
  if (code == ErrorCode::connection || code == ErrorCode::timeout) co_return opened;
  if (unusable_ == nullptr || unusable_->message != opened.error().message)
    log(LogLevel::warn, "no semantic matching: " + opened.error().message);
  unusable_ = std::make_unique<Error>(opened.error());
  look_at_ = io::Clock::now() + look_again;
  co_return opened;
}

io::Async<Result<std::optional<search::IndexInfo>>> RedisIndex::info(io::WaitLimit limit) {
  const RedisCall call{search::index_info(schema_.name), 0};
  const redis::Command command = search::as_command(call.words, call.key_at);
  CO_TRY(const redis::Reply reply, co_await client_.run(command, limit));
  if (search::is_no_such_index(reply)) co_return std::optional<search::IndexInfo>();
  if (reply.is_error()) co_return fail(search::refusal(reply, "look at the index"));
  CO_TRY(search::IndexInfo info, search::parse_info(reply));
  co_return std::optional(std::move(info));
}

io::Async<Status> RedisIndex::open_now(io::WaitLimit limit) {
  CO_TRY(auto there, co_await info(limit));
  if (!there) {
    const RedisCall create{search::create_index(schema_), 0};
    const redis::Command command = search::as_command(create.words, create.key_at);
    CO_TRY(const redis::Reply reply, co_await client_.run(command, limit));
    if (!reply.is_error()) co_return Done{};
    if (!search::is_index_exists(reply)) co_return fail(search::refusal(reply, "make the index"));
    CO_TRY(there, co_await info(limit));  // another process has just made it
    if (!there) co_return fail(unusable_index(schema_.name, "it comes and goes"));
  }
  CO_TRY(const Schema existing, search::schema_of(*there));
  const std::string obstacle = search::cache_obstacle(schema_, existing);
  if (!obstacle.empty()) co_return fail(unusable_index(schema_.name, obstacle));
  co_return Done{};
}

// --- Lookups. ---

io::Async<Result<Found>> RedisIndex::ask(const SemanticLookup& lookup, std::size_t count,
                                         io::WaitLimit limit) {
  search::VectorSearch wanted{
      .field = std::string(field::vector),
      .vector = search::vector_blob(lookup.vector.data(), lookup.vector.size()),
      .count = count};
  for (const auto name : {field::prompt, field::response, field::metadata, field::inserted_at,
                          field::updated_at, field::vector})
    wanted.returned.emplace_back(name);
  if (options_.layout == IndexLayout::own)
    wanted.filter = Tag(std::string(scope_field)) == scope_tag(lookup.scope);
  CO_TRY(search::Search search, search::nearest(wanted));
  search.sort_by.clear();  // valkey-search knows no order, and none is needed
  const search::Arguments words = search::search_command(schema_.name, search);
  const redis::Command command = search::as_command(words, 0);
  CO_TRY(const redis::Reply reply, co_await client_.run(command, limit));
  if (search::is_no_such_index(reply)) {
    open_ = false;  // FLUSHALL takes the index along: the next call makes it again
    co_return Found{};
  }
  co_return search::parse_search(reply);
}

std::vector<Neighbour> RedisIndex::read(const Found& found, const SemanticLookup& lookup) const {
  std::vector<Neighbour> neighbours;
  for (const Document& document : found.documents) {
    if (!search::is_cache_key(schema_.name, document.key)) continue;
    auto hash = read_hash(document, options_.dims);
    if (!hash || !may_see(hash->entry, lookup)) continue;
    auto near =
        as_neighbour(std::move(*hash), document.key.substr(schema_.name.size() + 1), lookup);
    if (near) neighbours.push_back(std::move(*near));
  }
  std::ranges::sort(neighbours, std::greater(), &Neighbour::similarity);
  if (neighbours.size() > lookup.count) neighbours.resize(lookup.count);
  return neighbours;
}

io::Async<Result<std::vector<Neighbour>>> RedisIndex::nearest(const SemanticLookup& lookup,
                                                              io::WaitLimit limit) {
  CO_TRY([[maybe_unused]] const Done fine, check_lookup(lookup, options_.dims));
  CO_TRY([[maybe_unused]] const Done opened, co_await open(limit));
  std::size_t count = options_.layout == IndexLayout::own ? lookup.count + spare_rows
                                                          : std::max(lookup.count * 3, shared_rows);
  std::vector<Neighbour> neighbours;
  for (std::size_t times = 0; times < most_times; times++, count *= more_each_time) {
    CO_TRY(const Found found, co_await ask(lookup, count, limit));
    neighbours = read(found, lookup);
    const bool is_all = found.documents.size() + found.expired < count;
    if (neighbours.size() >= lookup.count || is_all || is_far_enough(found, lookup)) break;
  }
  co_return neighbours;
}

// --- Changes. ---

io::Async<Result<std::string>> RedisIndex::put(const NewSemanticEntry& entry, io::WaitLimit limit) {
  CO_TRY([[maybe_unused]] const Done fine, check_entry(entry, options_.dims));
  CO_TRY([[maybe_unused]] const Done opened, co_await open(limit));
  co_return co_await write_entry(client_, options_, entry, limit);
}

io::Async<Result<bool>> RedisIndex::erase(std::string_view id, io::WaitLimit limit) {
  const std::string key = options_.key_of(id);
  co_return co_await erase_hash(client_, key, limit);
}

io::Async<Result<std::size_t>> RedisIndex::clear(io::WaitLimit limit) {
  store::RedisStore keys(client_, {});
  co_return co_await keys.clear(schema_.name + ":", limit);
}

// --- For operators. ---

io::Async<Result<IndexStats>> RedisIndex::stats(io::WaitLimit limit) {
  CO_TRY([[maybe_unused]] const Done opened, co_await open(limit));
  CO_TRY(const auto there, co_await info(limit));
  IndexStats stats;
  if (there)
    stats.entries = static_cast<std::size_t>(std::max(0.0, there->number("num_docs").value_or(0)));
  co_return stats;
}

io::Async<Status> RedisIndex::check(io::WaitLimit limit) {
  open_ = false;
  look_at_ = {};
  co_return co_await open(limit);
}

}  // namespace sluice::cache
