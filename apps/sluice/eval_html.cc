// The report as one HTML file without scripts or anything from elsewhere.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "base/html.h"
#include "sluice/eval_report.h"

namespace sluice::eval {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

// Colours that differ in hue and lightness, so that they can be told apart without colour, too.
constexpr std::array<std::string_view, 6> colors{"#1b7f5c", "#8a8f98", "#c2571a",
                                                 "#3a5fc8", "#a03c9b", "#b8932b"};

constexpr double width = 640, height = 300, left = 56, right = 150, top = 14, bottom = 40;

// The part of the plane that is shown.
struct Window {
  double x_max, y_min;
  double x(double share) const { return left + share / x_max * (width - left - right); }
  double y(double share) const { return top + (1 - share) / (1 - y_min) * (height - top - bottom); }
};

Window window_of(const Plot& plot) {
  double x_max = 0.05, y_min = 0.98;
  for (const Series& series : plot.series) {
    for (const auto& [x, y] : series.points) {
      x_max = std::max(x_max, x);
      y_min = std::min(y_min, y);
    }
  }
  return {std::min(1.0, x_max * 1.02), std::max(0.0, y_min - 0.1 * (1 - y_min))};
}

void print_axes(const Plot& plot, const Window& window, std::ostream& out) {
  constexpr int steps = 5;
  for (int i = 0; i <= steps; i++) {
    const double y = 1 - (1 - window.y_min) * i / steps;
    const double x = window.x_max * i / steps;
    out << "<line x1='" << left << "' x2='" << width - right << "' y1='" << window.y(y) << "' y2='"
        << window.y(y) << "' class='grid'/><text x='" << left - 6 << "' y='" << window.y(y) + 4
        << "' text-anchor='end'>" << number(100 * y) << " %</text><text x='" << window.x(x)
        << "' y='" << height - bottom + 16 << "' text-anchor='middle'>" << number(100 * x)
        << " %</text>\n";
  }
  out << "<text x='" << (left + width - right) / 2 << "' y='" << height - 4
      << "' text-anchor='middle'>" << escape_html(plot.x_label) << "</text>\n";
}

void print_series(const Series& series, std::size_t index, const Window& window,
                  std::ostream& out) {
  const std::string_view color = colors[index % colors.size()];
  if (series.points.size() > 1) {
    out << "<polyline fill='none' stroke-width='2' stroke='" << color << "' points='";
    for (const auto& [x, y] : series.points)
      out << number(window.x(x)) << "," << number(window.y(y)) << " ";
    out << "'/>";
  } else {
    for (const auto& [x, y] : series.points)
      out << "<circle r='4' fill='" << color << "' cx='" << number(window.x(x)) << "' cy='"
          << number(window.y(y)) << "'/>";
  }
  const double row = top + 10 + 18 * static_cast<double>(index);
  out << "<rect x='" << width - right + 12 << "' y='" << row - 8 << "' width='12' height='4' fill='"
      << color << "'/><text x='" << width - right + 30 << "' y='" << row << "'>"
      << escape_html(series.name) << "</text>\n";
}

void print_plot(const Plot& plot, std::ostream& out) {
  const Window window = window_of(plot);
  out << "<h2>" << escape_html(plot.title) << "</h2>\n<svg viewBox='0 0 " << width << " " << height
      << "' role='img' aria-label='" << escape_html(plot.title) << "'>\n";
  print_axes(plot, window, out);
  for (std::size_t i = 0; i < plot.series.size(); i++) print_series(plot.series[i], i, window, out);
  out << "</svg>\n";
}

void print_table(const Table& table, std::ostream& out) {
  out << "<h2>" << escape_html(table.title) << "</h2>\n";
  if (!table.note.empty()) out << "<p>" << escape_html(table.note) << "</p>\n";
  out << "<div class='wide'><table><tr>";
  for (const auto& column : table.columns) out << "<th>" << escape_html(column) << "</th>";
  out << "</tr>\n";
  for (const auto& row : table.rows) {
    out << "<tr>";
    for (const Cell& each : row) out << "<td>" << escape_html(each.text) << "</td>";
    out << "</tr>\n";
  }
  out << "</table></div>\n";
}

constexpr std::string_view head = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>sluice eval</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #8884; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: currentColor; }
.grid { stroke: #8886; stroke-width: .5; } code { font-size: .9em; overflow-wrap: anywhere; }
</style></head><body>
<h1>Semantic cache: what is served, and how often it is right</h1>
)";

}  // namespace

void print_html(const Report& report, std::ostream& out) {
  out << head << "<p>Model: " << escape_html(report.model) << "<br>Command: <code>"
      << escape_html(report.command) << "</code></p>\n";
  for (const Plot& plot : report.plots) print_plot(plot, out);
  for (const Table& table : report.tables) print_table(table, out);
  out << "</body></html>\n";
}

}  // namespace sluice::eval
