#include <sluice/search_index.h>

#include <algorithm>

#include "client/document_id.h"
#include "client/failures.h"
#include "client/index_calls.h"
#include "client/runtime.h"

namespace sluice {

using client::Request;
using client::value_of;

namespace {

// How many commands leave at once, as in RedisVL.
constexpr std::size_t batch_size = 200;

search::VectorSearch vector_search(const auto& query, const Schema& schema) {
  const Field* field = schema.find(query.field);
  const VectorAttributes* vector = field == nullptr ? nullptr : field->vector();
  if (vector == nullptr) {
    throw Exception(Failed::argument,
                    "the index `" + schema.name + "` has no vector field `" + query.field + "`");
  }
  if (query.vector.size() != vector->dims) {
    throw Exception(Failed::argument, "the vector has " + std::to_string(query.vector.size()) +
                                          " dimensions; `" + query.field + "` has " +
                                          std::to_string(vector->dims));
  }
  return {.field = query.field,
          .vector = search::vector_blob(query.vector.data(), query.vector.size(), vector->type),
          .filter = query.filter,
          .returned = query.return_fields,
          .count = query.count};
}

search::Search to_search(const VectorQuery& query, const Schema& schema) {
  return value_of(search::nearest(vector_search(query, schema)));
}

search::Search to_search(const RangeQuery& query, const Schema& schema) {
  return value_of(search::within_distance(vector_search(query, schema), query.distance_threshold,
                                          query.epsilon));
}

search::Search to_search(const FilterQuery& query, const Schema&) {
  search::Search search = value_of(search::filtered(query.filter));
  search.count = query.count;
  search.returned = query.return_fields;
  search.sort_by = query.sort_by;
  search.descending = query.descending;
  return search;
}

std::string key_for(const Record& record, std::size_t i, const LoadOptions& options,
                    const Schema& schema) {
  if (!options.keys.empty()) return options.keys[i];
  if (options.id_field.empty()) return schema.key_of(client::make_document_id());
  const auto id = record.find(options.id_field);
  if (id == record.end() || id->second.empty()) {
    throw Exception(Failed::argument,
                    "record " + std::to_string(i) + " has no field `" + options.id_field + "`");
  }
  return schema.key_of(id->second);
}

// A vector of another length would never be found, and nobody would be told.
void check_record(const Record& record, std::size_t i, const Schema& schema) {
  for (const Field& field : schema.fields) {
    const auto value = record.find(field.name);
    const VectorAttributes* vector = field.vector();
    if (vector == nullptr || value == record.end()) continue;
    if (value->second.size() != vector->dims * search::size_of(vector->type)) {
      throw Exception(Failed::argument,
                      "record " + std::to_string(i) + ": `" + field.name + "` must be the " +
                          std::to_string(vector->dims * search::size_of(vector->type)) +
                          " bytes of its vector (vector_bytes makes them)");
    }
  }
  if (record.empty())
    throw Exception(Failed::argument, "record " + std::to_string(i) + " is empty");
}

}  // namespace

class SearchIndex::Impl {
 public:
  Impl(Schema schema, const RedisServer& server) : schema(std::move(schema)), link(server) {}

  std::vector<Document> find(const auto& query) const {
    return client::find_documents(link, schema.name, to_search(query, schema), link.due())
        .documents;
  }

  const Schema schema;
  const client::RedisLink link;
};

SearchIndex::SearchIndex(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
SearchIndex::SearchIndex(Schema schema, RedisServer server) {
  value_of(search::check(schema));
  impl_ = std::make_shared<Impl>(std::move(schema), server);
}
SearchIndex::~SearchIndex() = default;
SearchIndex::SearchIndex(SearchIndex&&) noexcept = default;
SearchIndex& SearchIndex::operator=(SearchIndex&&) noexcept = default;

SearchIndex SearchIndex::from_existing(const std::string& name, RedisServer server) {
  const client::RedisLink link(server);
  const auto info = client::find_index(link, name, link.due());
  if (!info) client::throw_no_index(name);
  return SearchIndex(std::make_shared<Impl>(value_of(search::schema_of(*info)), server));
}

std::vector<std::string> SearchIndex::list_all(RedisServer server) {
  const client::RedisLink link(server);
  return value_of(search::parse_list(link.run(search::list_indexes(), link.due())));
}

bool SearchIndex::exists() const {
  return client::find_index(impl_->link, impl_->schema.name, impl_->link.due()).has_value();
}

bool SearchIndex::create(const CreateOptions& options) {
  const io::Time due = impl_->link.due();
  if (client::create_index(impl_->link, impl_->schema, due)) return true;
  if (!options.overwrite) return false;
  client::drop_index(impl_->link, impl_->schema.name,
                     options.drop_documents ? search::Documents::erase : search::Documents::keep,
                     due);
  return client::create_index(impl_->link, impl_->schema, due);
}

void SearchIndex::destroy(bool drop_documents) {
  client::drop_index(impl_->link, impl_->schema.name,
                     drop_documents ? search::Documents::erase : search::Documents::keep,
                     impl_->link.due());
}

IndexInfo SearchIndex::info() const {
  auto info = client::find_index(impl_->link, impl_->schema.name, impl_->link.due());
  if (!info) client::throw_no_index(impl_->schema.name);
  return std::move(*info);
}

std::vector<std::string> SearchIndex::load(const std::vector<Record>& records,
                                           const LoadOptions& options) {
  if (impl_->schema.storage == StorageType::json)
    throw Exception(Failed::unsupported, "load() writes hashes; this index holds JSON");
  if (!options.keys.empty() && options.keys.size() != records.size())
    throw Exception(Failed::argument, "there must be as many keys as records");
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < records.size(); i++) {
    check_record(records[i], i, impl_->schema);
    keys.push_back(key_for(records[i], i, options, impl_->schema));
  }
  for (std::size_t from = 0; from < records.size(); from += batch_size) {
    std::vector<Request> requests;
    for (std::size_t i = from; i < std::min(from + batch_size, records.size()); i++) {
      Request& write = requests.emplace_back(Request{{"HSET", keys[i]}, 1});
      for (const auto& [name, value] : records[i])
        write.arguments.insert(write.arguments.end(), {name, value});
      if (options.ttl)
        requests.push_back({{"EXPIRE", keys[i], std::to_string(options.ttl->count())}, 1});
    }
    client::expect_no_refusal(impl_->link.run_all(requests, impl_->link.due()), "load documents");
  }
  return keys;
}

std::optional<Record> SearchIndex::fetch(const std::string& id) const {
  const std::string key = impl_->schema.key_of(id);
  const bool json = impl_->schema.storage == StorageType::json;
  const auto reply = impl_->link.run(
      json ? Request{{"JSON.GET", key}, 1} : Request{{"HGETALL", key}, 1}, impl_->link.due());
  if (json) {
    client::expect_no_refusal({reply}, "read a document");
    return reply.is_nil() ? std::nullopt : std::optional(Record{{"$", reply.text}});
  }
  auto fields = value_of(search::parse_hash(reply));
  if (fields.empty()) return {};
  return Record(std::make_move_iterator(fields.begin()), std::make_move_iterator(fields.end()));
}

std::size_t SearchIndex::drop_keys(const std::vector<std::string>& keys) {
  return client::erase_keys(impl_->link, keys, impl_->link.due());
}

std::vector<Document> SearchIndex::query(const VectorQuery& query) const {
  return impl_->find(query);
}
std::vector<Document> SearchIndex::query(const RangeQuery& query) const {
  return impl_->find(query);
}
std::vector<Document> SearchIndex::query(const FilterQuery& query) const {
  return impl_->find(query);
}

std::size_t SearchIndex::count(const Filter& filter) const {
  return client::find_documents(impl_->link, impl_->schema.name, value_of(search::counted(filter)),
                                impl_->link.due())
      .total;
}

void SearchIndex::paginate(const FilterQuery& query, std::size_t page_size,
                           const std::function<bool(std::vector<Document>&& page)>& use) const {
  if (page_size == 0) throw Exception(Failed::argument, "page_size must be positive");
  search::Search page = to_search(query, impl_->schema);
  page.count = page_size;
  for (page.offset = 0;; page.offset += page_size) {
    auto found = client::find_documents(impl_->link, impl_->schema.name, page, impl_->link.due());
    const bool last = found.documents.size() + found.expired < page_size;
    if (!found.documents.empty() && !use(std::move(found.documents))) return;
    if (last) return;
  }
}

std::future<std::vector<Document>> SearchIndex::query_async(VectorQuery query) const {
  return client::Runtime::shared().later<std::vector<Document>>(
      [impl = impl_, query = std::move(query)] { return impl->find(query); });
}
std::future<std::vector<Document>> SearchIndex::query_async(RangeQuery query) const {
  return client::Runtime::shared().later<std::vector<Document>>(
      [impl = impl_, query = std::move(query)] { return impl->find(query); });
}
std::future<std::vector<Document>> SearchIndex::query_async(FilterQuery query) const {
  return client::Runtime::shared().later<std::vector<Document>>(
      [impl = impl_, query = std::move(query)] { return impl->find(query); });
}

const Schema& SearchIndex::schema() const { return impl_->schema; }

std::string vector_bytes(const std::vector<float>& vector, VectorType type) {
  return search::vector_blob(vector.data(), vector.size(), type);
}

}  // namespace sluice
