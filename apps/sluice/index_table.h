#pragma once
// Tables as `rvl` 0.5.2 draws them (the Python package tabulate, format rounded_outline): cells one
// space from the lines, columns two wider than their heading, columns of numbers to the right.
#include <sluice/document.h>
#include <string>
#include <vector>

namespace sluice {

using TableRow = std::vector<std::string>;

// Rows may be shorter than the heading.
std::string draw_table(const TableRow& heading, const std::vector<TableRow>& rows);
// All columns to the left.
std::string draw_plain_table(const TableRow& heading, const std::vector<TableRow>& rows);

// The two tables of `rvl index info`, and that of `rvl stats`.
std::string info_tables(const IndexInfo& info);
std::string stats_table(const IndexInfo& info);
// The same as JSON objects, in the shape of rvl 0.18.
std::string info_json(const IndexInfo& info);
std::string stats_json(const IndexInfo& info);

}  // namespace sluice
