#pragma once
// What `sluice eval` found out, and how it is shown: as text, JSON and an HTML page.
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace sluice::eval {

struct Cell {
  std::string text;
  std::optional<double> value;  // what JSON says instead of the text
};

Cell cell(std::string text);
Cell count(std::size_t number);
Cell percent(double share, int decimals = 1);  // of a share from 0 to 1

struct Table {
  std::string name;  // a key of the JSON
  std::string title, note;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

struct Series {
  std::string name;
  std::vector<std::pair<double, double>> points;  // shares from 0 to 1
};

// Precision against coverage.
struct Plot {
  std::string name, title, x_label;
  std::vector<Series> series;
};

struct Report {
  std::string model;    // what encoded the questions
  std::string command;  // that repeats it
  std::vector<Table> tables;
  std::vector<Plot> plots;
};

void print_text(const Report& report, std::ostream& out);
void print_json(const Report& report, std::ostream& out);
void print_html(const Report& report, std::ostream& out);

}  // namespace sluice::eval
