#include "sluice/eval_report.h"

#include <algorithm>
#include <cstdio>

#include "base/json_write.h"

namespace sluice::eval {
namespace {

// Code points, as a terminal counts columns of what stands in these tables.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  return right ? blanks + text : text + blanks;
}

std::vector<std::size_t> widths_of(const Table& table) {
  std::vector<std::size_t> widths;
  for (const auto& column : table.columns) widths.push_back(width_of(column));
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); i++)
      widths[i] = std::max(widths[i], width_of(row[i].text));
  }
  return widths;
}

void print_table(const Table& table, std::ostream& out) {
  out << "\n" << table.title << "\n";
  if (!table.note.empty()) out << table.note << "\n";
  const auto widths = widths_of(table);
  for (std::size_t i = 0; i < widths.size(); i++)
    out << (i > 0 ? "  " : "") << padded(table.columns[i], widths[i], i > 0);
  out << "\n";
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); i++)
      out << (i > 0 ? "  " : "") << padded(row[i].text, widths[i], i > 0);
    out << "\n";
  }
}

void append_table(std::string& json, const Table& table) {
  append_json_string(json, table.name);
  json += ":[";
  for (std::size_t r = 0; r < table.rows.size(); r++) {
    json += r > 0 ? ",{" : "{";
    for (std::size_t i = 0; i < table.rows[r].size(); i++) {
      if (i > 0) json += ",";
      append_json_string(json, table.columns[i]);
      json += ":";
      const Cell& cell = table.rows[r][i];
      if (cell.value) {
        append_json_double(json, *cell.value);
      } else {
        append_json_string(json, cell.text);
      }
    }
    json += "}";
  }
  json += "]";
}

void append_plot(std::string& json, const Plot& plot) {
  append_json_string(json, plot.name);
  json += ":{";
  for (const Series& series : plot.series) {
    if (&series != plot.series.data()) json += ",";
    append_json_string(json, series.name);
    json += ":[";
    for (std::size_t i = 0; i < series.points.size(); i++) {
      json += i > 0 ? ",[" : "[";
      append_json_double(json, series.points[i].first);
      json += ",";
      append_json_double(json, series.points[i].second);
      json += "]";
    }
    json += "]";
  }
  json += "}";
}

}  // namespace

Cell cell(std::string text) { return {std::move(text), {}}; }

Cell count(std::size_t number) { return {std::to_string(number), static_cast<double>(number)}; }

Cell percent(double share, int decimals) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f %%", decimals, 100 * share);
  return {text, share};
}

void print_text(const Report& report, std::ostream& out) {
  out << "model: " << report.model << "\n";
  for (const Table& table : report.tables) print_table(table, out);
}

void print_json(const Report& report, std::ostream& out) {
  std::string json = "{\"model\":";
  append_json_string(json, report.model);
  json += ",\"command\":";
  append_json_string(json, report.command);
  for (const Table& table : report.tables) {
    json += ",";
    append_table(json, table);
  }
  for (const Plot& plot : report.plots) {
    json += ",";
    append_plot(json, plot);
  }
  out << json << "}\n";
}

}  // namespace sluice::eval
