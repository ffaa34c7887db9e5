// Entries in this process: a table of vectors, what belongs to each row, and optionally a file.
#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "base/json_scan.h"
#include "base/unix_time.h"
#include "client/cache_store.h"
#include "client/entry_file.h"
#include "client/failures.h"
#include "client/vector_table.h"
#include "search/cache_layout.h"
#include "search/filter.h"

namespace sluice::client {
namespace {

namespace cache_field = search::cache_field;

// Beside RedisVL's fields: when an entry ends, in unix seconds.
constexpr std::string_view expires_field = "expires_at";

double number(const EntryFields& fields, std::string_view name, double otherwise) {
  const auto found = fields.find(name);
  return found == fields.end() ? otherwise : json_number(found->second).value_or(otherwise);
}

struct Row {
  std::string id;
  EntryFields fields;  // all but the vector
  double expires_at;   // infinite = never
  std::uint64_t sequence;
};

class EmbeddedStore final : public CacheStore {
 public:
  EmbeddedStore(const Embedded& options, Schema schema, const std::string& space)
      : schema_(std::move(schema)),
        most_(options.max_entries),
        vectors_(schema_.find(cache_field::vector)->vector()->dims) {
    if (most_ == 0) throw Exception(Failed::argument, "max_entries must be positive");
    if (options.directory.empty()) return;
    file_ = std::make_unique<EntryFile>(
        options.directory + "/" + schema_.name,
        space + " (" + std::to_string(schema_.find(cache_field::vector)->vector()->dims) + ")");
    load();
  }

  std::vector<CacheHit> find(const Lookup& lookup) override {
    const double now = unix_seconds();
    const std::shared_lock lock(mutex_);
    auto near = candidates(lookup);
    std::ranges::sort(near, {}, &VectorTable::Near::distance);
    std::vector<CacheHit> hits;
    for (const auto& [row, distance] : near) {
      if (hits.size() == lookup.count) break;
      const Row& entry = rows_[row];
      if (entry.expires_at > now && passes(entry, lookup.filter))
        hits.push_back(hit_of(entry, distance));
    }
    return hits;
  }

  std::string put(const NewEntry& entry) override {
    const double now = unix_seconds();
    EntryFields fields{entry.filters.begin(), entry.filters.end()};
    fields.emplace(cache_field::prompt, entry.prompt);
    fields.emplace(cache_field::response, entry.response);
    fields.emplace(cache_field::inserted_at, search::timestamp(now));
    fields.emplace(cache_field::updated_at, search::timestamp(now));
    if (entry.metadata) fields.emplace(cache_field::metadata, *entry.metadata);
    set_end(fields, entry.ttl, now);
    const std::unique_lock lock(mutex_);
    remove(entry.id);
    save(entry.id, fields, entry.vector);
    add(entry.id, std::move(fields), entry.vector);
    make_room(now);
    return schema_.key_of(entry.id);
  }

  bool change(const std::string& key, const EntryChange& change) override {
    const double now = unix_seconds();
    const std::unique_lock lock(mutex_);
    Row* row = find_row(key, now);
    if (row == nullptr) return false;
    const auto set = [row](std::string_view name, const std::string& value) {
      row->fields.insert_or_assign(std::string(name), value);
    };
    if (change.response) set(cache_field::response, *change.response);
    if (change.metadata) set(cache_field::metadata, *change.metadata);
    for (const auto& [name, value] : change.filters) set(name, value);
    set(cache_field::updated_at, search::timestamp(now));
    if (change.ttl) restart(*row, *change.ttl, now);
    save_again(*row);
    return true;
  }

  void expire(const std::vector<std::string>& keys, std::chrono::seconds ttl) override {
    const double now = unix_seconds();
    const std::unique_lock lock(mutex_);
    for (const std::string& key : keys) {
      Row* row = find_row(key, now);
      if (row == nullptr) continue;
      restart(*row, ttl, now);
      save_again(*row);
    }
  }

  std::size_t erase(const std::vector<std::string>& keys) override {
    const double now = unix_seconds();
    const std::unique_lock lock(mutex_);
    std::size_t erased = 0;
    for (const std::string& key : keys) {
      const Row* row = find_row(key, now);
      if (row != nullptr && remove(std::string(row->id))) erased++;
    }
    return erased;
  }

  std::size_t clear() override {
    const double now = unix_seconds();
    const std::unique_lock lock(mutex_);
    std::size_t erased = 0;
    while (!rows_.empty()) {
      if (rows_.back().expires_at > now) erased++;
      remove(std::string(rows_.back().id));
    }
    return erased;
  }

  void destroy() override { clear(); }
  const Schema& schema() const override { return schema_; }

 private:
  // All that are near enough when a filter may leave few of them; else the nearest, and some more
  // in place of those whose time has passed.
  std::vector<VectorTable::Near> candidates(const Lookup& lookup) const {
    constexpr std::size_t spare = 16;
    if (!lookup.filter.is_everything()) return vectors_.within(lookup.vector, lookup.distance);
    return vectors_.nearest_within(lookup.vector, lookup.distance, lookup.count + spare);
  }

  static void set_end(EntryFields& fields, std::optional<std::chrono::seconds> ttl, double now) {
    if (ttl)
      fields.insert_or_assign(std::string(expires_field),
                              search::timestamp(now + static_cast<double>(ttl->count())));
  }

  void restart(Row& row, std::chrono::seconds ttl, double now) {
    set_end(row.fields, ttl, now);
    row.expires_at = now + static_cast<double>(ttl.count());
  }

  // Null also for an entry whose time has passed.
  Row* find_row(const std::string& key, double now) {
    const std::string prefix = schema_.key_of("");
    if (!key.starts_with(prefix)) return nullptr;
    const auto found = places_.find(key.substr(prefix.size()));
    if (found == places_.end() || rows_[found->second].expires_at <= now) return nullptr;
    return &rows_[found->second];
  }

  bool passes(const Row& row, const Filter& filter) const {
    return value_of(search::passes(filter, schema_, [&](std::string_view field) {
      const auto found = row.fields.find(field);
      return found == row.fields.end() ? std::nullopt
                                       : std::optional<std::string_view>(found->second);
    }));
  }

  CacheHit hit_of(const Row& row, double distance) const {
    const auto text = [&](std::string_view name) {
      const auto found = row.fields.find(name);
      return found == row.fields.end() ? std::string() : found->second;
    };
    CacheHit hit{.key = schema_.key_of(row.id),
                 .entry_id = row.id,
                 .prompt = text(cache_field::prompt),
                 .response = text(cache_field::response),
                 .distance = distance,
                 .inserted_at = number(row.fields, cache_field::inserted_at, 0),
                 .updated_at = number(row.fields, cache_field::updated_at, 0)};
    if (row.fields.contains(cache_field::metadata)) hit.metadata = text(cache_field::metadata);
    for (const Field& field : schema_.fields) {
      if (!search::is_reserved(field.name) && row.fields.contains(field.name))
        hit.filters.emplace(field.name, text(field.name));
    }
    return hit;
  }

  void add(std::string id, EntryFields fields, std::span<const float> vector) {
    const double end = number(fields, expires_field, std::numeric_limits<double>::infinity());
    vectors_.add(vector);
    places_.emplace(id, rows_.size());
    order_.emplace(next_sequence_, id);
    rows_.push_back({std::move(id), std::move(fields), end, next_sequence_++});
  }

  bool remove(const std::string& id) {
    const auto found = places_.find(id);
    if (found == places_.end()) return false;
    const std::size_t at = found->second;
    if (file_ != nullptr) file_->erase(id);
    order_.erase(rows_[at].sequence);
    places_.erase(found);
    vectors_.remove(at);
    if (at + 1 < rows_.size()) {
      rows_[at] = std::move(rows_.back());
      places_[rows_[at].id] = at;
    }
    rows_.pop_back();
    return true;
  }

  // The oldest go first, and those whose time has passed when they are met on the way.
  void make_room(double now) {
    while (!order_.empty()) {
      const std::string id = order_.begin()->second;
      if (rows_.size() <= most_ && rows_[places_.at(id)].expires_at > now) return;
      remove(id);
    }
  }

  void save(const std::string& id, const EntryFields& fields, std::span<const float> vector) {
    if (file_ == nullptr) return;
    EntryFields whole = fields;
    whole.emplace(cache_field::vector, search::vector_blob(vector.data(), vector.size()));
    file_->put(id, whole);
  }

  void save_again(const Row& row) {
    if (file_ != nullptr) save(row.id, row.fields, vectors_.row(places_.at(row.id)));
  }

  void load() {
    const double now = unix_seconds();
    std::vector<std::pair<std::string, EntryFields>> entries;
    file_->read([&](std::string_view id, EntryFields fields) {
      entries.emplace_back(id, std::move(fields));
    });
    std::ranges::sort(entries, {}, [](const auto& entry) {
      return number(entry.second, cache_field::inserted_at, 0);
    });
    const std::size_t dims = schema_.find(cache_field::vector)->vector()->dims;
    for (auto& [id, fields] : entries) {
      const auto blob = fields.extract(std::string(cache_field::vector));
      const auto vector =
          blob.empty() ? std::vector<float>() : search::vector_of_blob(blob.mapped());
      const bool is_live =
          number(fields, expires_field, std::numeric_limits<double>::infinity()) > now;
      if (is_live && vector.size() == dims)
        add(id, std::move(fields), vector);
      else
        file_->erase(id);
    }
    make_room(now);
  }

  const Schema schema_;
  const std::size_t most_;
  std::shared_mutex mutex_;
  // Guarded by the mutex. Row i is that of vector i.
  VectorTable vectors_;
  std::vector<Row> rows_;
  std::unordered_map<std::string, std::size_t> places_;  // id → row
  std::map<std::uint64_t, std::string> order_;           // sequence → id: the oldest first
  std::uint64_t next_sequence_ = 0;
  std::unique_ptr<EntryFile> file_;
};

}  // namespace

std::unique_ptr<CacheStore> open_embedded_store(const Embedded& options, Schema schema,
                                                const std::string& space) {
  return std::make_unique<EmbeddedStore>(options, std::move(schema), space);
}

}  // namespace sluice::client
