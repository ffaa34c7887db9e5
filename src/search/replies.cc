#include "search/replies.h"

#include "search/reply_shape.h"
#include "search/text_case.h"

namespace sluice::search {
namespace {

using redis::Reply;
using Type = Reply::Type;

bool append_fields(const Reply& row, Document& document) {
  if (!is_group(row) || row.items.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < row.items.size(); i += 2) {
    const auto name = scalar(row.items[i]);
    if (!name) return false;
    // A field may be null, as FT.SEARCH answers for a JSON path that is not there.
    if (auto value = scalar(row.items[i + 1])) document.fields.emplace_back(*name, *value);
  }
  return true;
}

// [total, key, [f, v, …], key, nil, …]; without the lists for NOCONTENT.
Result<Found> parse_flat(const std::vector<Reply>& items) {
  if (items.empty() || items[0].type != Type::integer || items[0].integer < 0)
    return strange("FT.SEARCH");
  Found found{.total = static_cast<std::size_t>(items[0].integer)};
  for (std::size_t i = 1; i < items.size();) {
    if (!is_text(items[i])) return strange("FT.SEARCH");
    Document document{items[i++].text, {}};
    if (i < items.size() && items[i].is_nil()) {
      found.expired++;
      i++;
      continue;
    }
    if (i < items.size() && is_group(items[i]) && !append_fields(items[i++], document))
      return strange("FT.SEARCH");
    found.documents.push_back(std::move(document));
  }
  return found;
}

Status append_row(const Reply& row, Found& found) {
  const Reply* id = is_group(row) ? find_value(row.items, "id") : nullptr;
  if (id == nullptr || !is_text(*id)) return strange("FT.SEARCH");
  const Reply* fields = find_value(row.items, "extra_attributes");
  if (fields != nullptr && fields->is_nil()) {
    found.expired++;
    return Done{};
  }
  Document document{id->text, {}};
  if (fields != nullptr && !append_fields(*fields, document)) return strange("FT.SEARCH");
  found.documents.push_back(std::move(document));
  return Done{};
}

// {attributes, format, results: [{id, extra_attributes, values}], total_results, warning}
Result<Found> parse_mapped(const std::vector<Reply>& pairs) {
  const Reply* results = find_value(pairs, "results");
  const Reply* total = find_value(pairs, "total_results");
  if (results == nullptr || !is_group(*results)) return strange("FT.SEARCH");
  Found found;
  if (total != nullptr && total->type == Type::integer && total->integer >= 0)
    found.total = static_cast<std::size_t>(total->integer);
  const Reply* warning = find_value(pairs, "warning");
  found.partial = warning != nullptr && !warning->items.empty();
  for (const Reply& row : results->items) {
    TRY(const Done appended, append_row(row, found));
    (void)appended;
  }
  return found;
}

bool contains(std::string_view text, std::string_view part) {
  return lowered(text).find(part) != std::string::npos;
}

}  // namespace

Result<Found> parse_search(const Reply& reply) {
  if (reply.is_error()) return fail(refusal(reply, "search"));
  if (reply.type == Type::map) return parse_mapped(reply.items);
  if (reply.type != Type::list) return strange("FT.SEARCH");
  // RESP3 without a type for maps, as some proxies send it: names come first.
  if (!reply.items.empty() && is_text(reply.items[0])) return parse_mapped(reply.items);
  return parse_flat(reply.items);
}

Result<std::vector<std::string>> parse_list(const Reply& reply) {
  if (reply.is_error()) return fail(refusal(reply, "list the indexes"));
  if (reply.type != Type::list) return strange("FT._LIST");
  std::vector<std::string> names;
  for (const Reply& item : reply.items) {
    if (!is_text(item)) return strange("FT._LIST");
    names.push_back(item.text);
  }
  return names;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_hash(const Reply& reply) {
  if (reply.is_error()) return fail(refusal(reply, "read an entry"));
  Document document;
  if (!append_fields(reply, document)) return strange("HGETALL");
  return std::move(document.fields);
}

bool is_no_such_index(const Reply& reply) {
  if (!reply.is_error() || is_index_exists(reply)) return false;
  for (const char* words : {"unknown index name", "no such index", "search_index_not_found"}) {
    if (contains(reply.text, words)) return true;
  }
  return contains(reply.text, "index") && contains(reply.text, "not found");
}

bool is_index_exists(const Reply& reply) {
  return reply.is_error() && contains(reply.text, "already exists");
}

bool is_unknown_command(const Reply& reply) {
  return reply.is_error() && contains(reply.text, "unknown command");
}

Error refusal(const Reply& reply, std::string_view attempted) {
  Error error = client_error("cannot " + std::string(attempted) + ": " + reply.text);
  if (is_no_such_index(reply)) {
    error.code = ErrorCode::not_found;
    error.status = 404;
  } else if (reply.text.starts_with("NOPERM") || reply.text.starts_with("NOAUTH") ||
             reply.text.starts_with("WRONGPASS")) {
    error.code = ErrorCode::permission_denied;
    error.status = 403;
  } else if (is_unknown_command(reply)) {
    error.code = ErrorCode::unsupported_params;
    error.message = "cannot " + std::string(attempted) +
                    ": the server has no search module (Redis Stack, Redis 8 with its query "
                    "engine or valkey-search have one)";
  }
  return error;
}

}  // namespace sluice::search
