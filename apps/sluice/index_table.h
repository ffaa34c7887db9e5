#pragma once
// What `sluice index` prints, in the words of `rvl`.
#include <sluice/document.h>
#include <string>

namespace sluice {

// The two tables of `rvl index info`, and that of `rvl stats`.
std::string info_tables(const IndexInfo& info);
std::string stats_table(const IndexInfo& info);
// The same as JSON objects, in the shape of rvl 0.18.
std::string info_json(const IndexInfo& info);
std::string stats_json(const IndexInfo& info);

}  // namespace sluice
