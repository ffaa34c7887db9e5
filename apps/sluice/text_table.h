#pragma once
// Tables as `rvl` 0.5.2 draws them (the Python package tabulate, format rounded_outline): cells one
// space from the lines, columns two wider than their heading, columns of numbers to the right.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

using TableRow = std::vector<std::string>;

// Rows may be shorter than the heading.
std::string draw_table(const TableRow& heading, const std::vector<TableRow>& rows);
// All columns to the left.
std::string draw_plain_table(const TableRow& heading, const std::vector<TableRow>& rows);

// The number that a cell shows; nothing when it is text.
std::optional<double> number_of(std::string_view text);

}  // namespace sluice
