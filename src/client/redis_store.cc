// Entries where RedisVL has them (search/cache_layout.h), so that both find the other's.
#include <algorithm>
#include <atomic>
#include <chrono>

#include "base/unix_time.h"
#include "client/cache_store.h"
#include "client/failures.h"
#include "client/index_calls.h"
#include "search/cache_layout.h"

namespace sluice::client {
namespace {

using search::Found;
namespace cache_field = search::cache_field;

// Rows of entries that have just expired, or that belong to a cache with a longer name, take the
// places of those asked for: a lookup asks for more, and goes on while that was not enough.
constexpr std::size_t least_asked = 5, most_pages = 8;
constexpr std::size_t clear_batch = 500;

std::string text_of(const Document& document, std::string_view field) {
  return std::string(document.find(field).value_or(""));
}

class RedisStore final : public CacheStore {
 public:
  RedisStore(const RedisServer& server, Schema schema, bool overwrite)
      : link_(server), schema_(std::move(schema)) {
    open(overwrite);
  }

  std::vector<CacheHit> find(const Lookup& lookup) override {
    const io::Time due = link_.due();
    std::vector<CacheHit> hits;
    std::size_t seen = 0;
    for (std::size_t page = 0; page < most_pages; page++) {
      const std::size_t asked = std::max(least_asked, lookup.count) << page;
      const Found found = ask(lookup, seen, asked, due);
      for (const Document& document : found.documents) append_hit(document, lookup, hits);
      const std::size_t rows = found.documents.size() + found.expired;
      // A query for neighbours has no pages: it is asked for more of them, from the start.
      const bool is_last = rows < asked;
      if (hits.size() >= lookup.count || is_last) break;
      if (only_neighbours_) {
        hits.clear();
      } else {
        seen += rows;
      }
    }
    std::ranges::sort(hits, {}, &CacheHit::distance);
    if (hits.size() > lookup.count) hits.resize(lookup.count);
    return hits;
  }

  std::string put(const NewEntry& entry) override {
    const io::Time due = link_.due();
    const std::string key = schema_.key_of(entry.id);
    const std::string blob = search::vector_blob(entry.vector.data(), entry.vector.size());
    const double now = unix_seconds();
    search::Arguments store =
        search::store_entry(key, {.prompt = entry.prompt,
                                  .response = entry.response,
                                  .vector = blob,
                                  .id = entry.id,
                                  .inserted_at = now,
                                  .updated_at = now,
                                  .metadata = entry.metadata,
                                  .filters = {entry.filters.begin(), entry.filters.end()}});
    std::vector<Request> requests;
    requests.push_back({{"UNLINK", key}, 1});
    requests.push_back({std::move(store), 1});
    if (entry.ttl) requests.push_back({{"EXPIRE", key, std::to_string(entry.ttl->count())}, 1});
    write(std::move(requests), due);
    return key;
  }

  bool change(const std::string& key, const EntryChange& change) override {
    const io::Time due = link_.due();
    const redis::Reply there = link_.run({{"EXISTS", key}, 1}, due);
    expect_no_refusal({there}, "read an entry");
    if (there.integer == 0) return false;
    Request set{{"HSET", key}, 1};
    const auto add = [&](std::string_view name, std::string_view value) {
      set.arguments.emplace_back(name);
      set.arguments.emplace_back(value);
    };
    if (change.response) add(cache_field::response, *change.response);
    if (change.metadata) add(cache_field::metadata, *change.metadata);
    for (const auto& [name, value] : change.filters) add(name, value);
    add(cache_field::updated_at, search::timestamp(unix_seconds()));
    std::vector<Request> requests{std::move(set)};
    if (change.ttl) requests.push_back({{"EXPIRE", key, std::to_string(change.ttl->count())}, 1});
    write(std::move(requests), due);
    return true;
  }

  void expire(const std::vector<std::string>& keys, std::chrono::seconds ttl) override {
    std::vector<Request> requests;
    for (const std::string& key : keys)
      requests.push_back({{"EXPIRE", key, std::to_string(ttl.count())}, 1});
    if (!requests.empty())
      expect_no_refusal(link_.run_all(requests, link_.due()), "set the time of an entry");
  }

  std::size_t erase(const std::vector<std::string>& keys) override {
    return erase_keys(link_, keys, link_.due());
  }

  // Pages stay where they are while their entries go; only what is not ours, or is gone already
  // without the index knowing, is stepped over.
  std::size_t clear() override {
    std::size_t erased = 0;
    search::Search page{.only_keys = true, .count = clear_batch};
    for (;;) {
      const io::Time due = link_.due();
      const Found found = find_documents(link_, schema_.name, page, due);
      std::vector<std::string> keys;
      for (const Document& document : found.documents) {
        if (search::is_cache_key(schema_.name, document.key)) keys.push_back(document.key);
      }
      const std::size_t gone = erase_keys(link_, keys, due);
      erased += gone;
      if (found.documents.size() + found.expired < page.count) return erased;
      page.offset += found.documents.size() + found.expired - gone;
    }
  }

  // Its own entries and then the index: DD would take those of a cache with a longer name along.
  void destroy() override {
    clear();
    drop_index(link_, schema_.name, search::Documents::keep, link_.due());
  }

  const Schema& schema() const override { return schema_; }

 private:
  void open(bool overwrite) {
    const io::Time due = link_.due();
    auto info = find_index(link_, schema_.name, due);
    if (!info && create_index(link_, schema_, due)) return;
    if (!info) info = find_index(link_, schema_.name, due);  // somebody else has just made it
    if (!info) throw Exception(Failed::conflict, "the index `" + schema_.name + "` comes and goes");
    const std::string obstacle =
        search::cache_obstacle(schema_, value_of(search::schema_of(*info)));
    if (obstacle.empty()) return;
    if (!overwrite) {
      throw Exception(Failed::conflict, "the existing index `" + schema_.name +
                                            "` schema does not match this cache (" + obstacle +
                                            "): use its model and fields, another name, or "
                                            "overwrite, which keeps its documents");
    }
    drop_index(link_, schema_.name, search::Documents::keep, due);
    create_index(link_, schema_, due);
  }

  Found ask(const Lookup& lookup, std::size_t offset, std::size_t count, io::Time due) {
    const search::VectorSearch wanted{
        .field = std::string(cache_field::vector),
        .vector = search::vector_blob(lookup.vector.data(), lookup.vector.size()),
        .filter = lookup.filter,
        .returned = search::returned_fields(schema_),
        .count = count,
        .offset = offset};
    if (!only_neighbours_) {
      const redis::Reply reply =
          send(value_of(search::within_distance(wanted, lookup.distance)), due);
      if (!reply.is_error()) return value_of(search::parse_search(reply));
      if (search::is_no_such_index(reply)) return reopened(due);
    }
    // valkey-search has no ranges and needs no order; the distance is looked at here.
    search::Search nearest = value_of(search::nearest(wanted));
    nearest.sort_by.clear();
    const redis::Reply reply = send(nearest, due);
    if (search::is_no_such_index(reply)) return reopened(due);
    Found found = value_of(search::parse_search(reply));
    only_neighbours_ = true;
    return found;
  }

  redis::Reply send(const search::Search& search, io::Time due) const {
    return link_.run(search::search_command(schema_.name, search), due);
  }

  // FLUSHALL takes the index along: it is made again, and what is stored from now on is found.
  Found reopened(io::Time due) {
    create_index(link_, schema_, due);
    return {};
  }

  void append_hit(const Document& document, const Lookup& lookup,
                  std::vector<CacheHit>& hits) const {
    const auto distance = document.number(search::distance_field);
    if (!distance || *distance > lookup.distance) return;
    if (!search::is_cache_key(schema_.name, document.key)) return;
    if (!document.find(cache_field::prompt) || !document.find(cache_field::response)) return;
    CacheHit hit{.key = document.key,
                 .entry_id = text_of(document, cache_field::entry_id),
                 .prompt = text_of(document, cache_field::prompt),
                 .response = text_of(document, cache_field::response),
                 .distance = *distance,
                 .inserted_at = document.number(cache_field::inserted_at).value_or(0),
                 .updated_at = document.number(cache_field::updated_at).value_or(0)};
    if (const auto metadata = document.find(cache_field::metadata)) hit.metadata = *metadata;
    for (const Field& field : schema_.fields) {
      const auto value = document.find(field.name);
      if (value && !search::is_reserved(field.name)) hit.filters.emplace(field.name, *value);
    }
    hits.push_back(std::move(hit));
  }

  // Seen by others as one change. A Cluster's commands for one key go to one node anyway, where
  // they follow each other.
  void write(std::vector<Request> requests, io::Time due) const {
    if (!link_.is_cluster()) {
      requests.insert(requests.begin(), Request{{"MULTI"}});
      requests.push_back({{"EXEC"}});
    }
    const auto replies = link_.run_all(requests, due);
    expect_no_refusal(replies, "write an entry");
    expect_no_refusal(replies.back().items, "write an entry");
  }

  const RedisLink link_;
  const Schema schema_;
  std::atomic<bool> only_neighbours_ = false;
};

}  // namespace

std::unique_ptr<CacheStore> open_redis_store(const RedisServer& server, Schema schema,
                                             bool overwrite) {
  return std::make_unique<RedisStore>(server, std::move(schema), overwrite);
}

}  // namespace sluice::client
