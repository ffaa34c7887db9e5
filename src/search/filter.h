#pragma once
// What becomes of a filter: the text that FT.SEARCH takes, or an answer about one document, which
// is how the embedded index filters.
#include <sluice/filter.h>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "search/schema.h"

namespace sluice::search {

using sluice::Filter;
using sluice::Num;
using sluice::Tag;

// As FT.SEARCH takes it (dialect 2): "*" for everything. Error: names the field and what is wrong.
Result<std::string> text_of(const Filter& filter);

// The value of a document's field; nothing where it has none.
using FieldLookup = std::function<std::optional<std::string_view>(std::string_view field)>;

// Whether a document passes. `schema` says how tags are split and compared; fields that it lacks
// are compared by what the filter takes them for. Error: as text_of(), and for what only a server
// can answer (raw text, fuzzy words).
Result<bool> passes(const Filter& filter, const Schema& schema, const FieldLookup& fields);

}  // namespace sluice::search
