#pragma once
// Reads the values of one mapping. A value of the wrong kind is an error verdict that says what to
// write; a null value is as if absent, and one from a variable that is not set says so.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "config/verdict.h"
#include "model/deployment.h"

namespace sluice::config {

class Reader {
 public:
  // `map` and `report` must outlive this. `path` is the mapping's own, "litellm_settings".
  Reader(const Node& map, std::string path, Report& report)
      : map_(map), path_(std::move(path)), report_(report) {}

  std::optional<bool> boolean(std::string_view key) const;
  std::optional<std::string> text(std::string_view key) const;
  // Empty instead of nothing.
  std::string text_or_empty(std::string_view key) const { return text(key).value_or(""); }
  std::optional<std::int64_t> count(std::string_view key) const;    // a whole number from 0
  std::optional<double> amount(std::string_view key) const;         // a number from 0
  std::optional<Milliseconds> seconds(std::string_view key) const;  // a number of seconds from 0
  std::vector<std::string> texts(std::string_view key) const;       // a list, or one text
  const Node* map(std::string_view key) const;
  const Node* list(std::string_view key) const;
  // Any value; nullptr when null or absent.
  const Node* value(std::string_view key) const;

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view key) const;
  // An error at the value of `key`, or at the mapping when it has none.
  void wrong(std::string_view key, std::string message) const;

 private:
  template <class T>
  std::optional<T> expect(const Node& node, std::string_view key, std::optional<T> value,
                          std::string_view wanted) const;

  const Node& map_;
  std::string path_;
  Report& report_;
};

// The verdict for a value whose variable is not set, when the rest can do without it.
void report_missing_variable(const Node& node, std::string path, Report& report);
// "the environment variable `NAME` is not set"
std::string missing_variable(const Node& node);

}  // namespace sluice::config
