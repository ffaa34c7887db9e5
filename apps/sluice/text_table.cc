#include "sluice/text_table.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace sluice {
namespace {

enum class Align { left, right };

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string_view cell(const TableRow& row, std::size_t column) {
  return column < row.size() ? std::string_view(row[column]) : std::string_view();
}

// To the right when there are cells and all of them are numbers.
Align align_of(const std::vector<TableRow>& rows, std::size_t column) {
  bool has_number = false;
  for (const TableRow& row : rows) {
    const auto text = cell(row, column);
    if (text.empty()) continue;
    if (!number_of(text)) return Align::left;
    has_number = true;
  }
  return has_number ? Align::right : Align::left;
}

struct Column {
  std::size_t width;
  Align align;
};

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; i++) out += text;
  return out;
}

std::string line(const std::vector<Column>& columns, std::string_view left, std::string_view middle,
                 std::string_view right) {
  std::string out(left);
  for (std::size_t i = 0; i < columns.size(); i++) {
    if (i > 0) out += middle;
    out += repeat("─", columns[i].width + 2);
  }
  return out + std::string(right) + "\n";
}

std::string row_of(const std::vector<Column>& columns, const TableRow& row) {
  std::string out;
  for (std::size_t i = 0; i < columns.size(); i++) {
    const auto text = cell(row, i);
    const std::string space(columns[i].width - width_of(text), ' ');
    const bool left = columns[i].align == Align::left;
    out += "│ " + (left ? std::string(text) + space : space + std::string(text)) + " ";
  }
  return out + "│\n";
}

std::string draw(const TableRow& heading, const std::vector<TableRow>& rows, bool numbers_right) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < heading.size(); i++) {
    Column column{width_of(heading[i]) + 2, numbers_right ? align_of(rows, i) : Align::left};
    for (const TableRow& row : rows) column.width = std::max(column.width, width_of(cell(row, i)));
    columns.push_back(column);
  }
  std::string out =
      line(columns, "╭", "┬", "╮") + row_of(columns, heading) + line(columns, "├", "┼", "┤");
  for (const TableRow& row : rows) out += row_of(columns, row);
  return out + line(columns, "╰", "┴", "╯");
}

}  // namespace

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::string draw_table(const TableRow& heading, const std::vector<TableRow>& rows) {
  return draw(heading, rows, true);
}
std::string draw_plain_table(const TableRow& heading, const std::vector<TableRow>& rows) {
  return draw(heading, rows, false);
}

}  // namespace sluice
