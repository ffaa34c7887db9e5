#include "config/reader.h"

#include <cmath>

namespace sluice::config {
namespace {

// 100 years: beyond it a wait is a slip of the pen, and sums of waits could overflow.
constexpr double max_seconds = 100.0 * 366 * 24 * 3600;

// What the file says, for a message; long or structured values are only named by their kind.
std::string shown(const Node& node) {
  if (!node.variable.empty()) return "the value of `" + node.variable + "`";
  if (!node.is_scalar() || node.text.size() > 40) return std::string(name_of(node.kind));
  return "`" + node.text + "`";
}

}  // namespace

std::string missing_variable(const Node& node) {
  if (node.variable.starts_with("oidc/")) {
    return "OIDC tokens (`" + node.variable + "`) are not fetched yet";
  }
  return "the environment variable `" + node.variable + "` is not set";
}

void report_missing_variable(const Node& node, std::string path, Report& report) {
  if (!node.is_null() || node.variable.empty()) return;
  report.ignored(node.mark, std::move(path), missing_variable(node) + "; this counts as absent");
}

std::string Reader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void Reader::wrong(std::string_view key, std::string message) const {
  const Node* node = map_.find(key);
  report_.error(node == nullptr ? map_.mark : node->mark, path_of(key), std::move(message));
}

const Node* Reader::value(std::string_view key) const {
  const Node* node = map_.find(key);
  if (node == nullptr) return nullptr;
  report_missing_variable(*node, path_of(key), report_);
  return node->is_null() ? nullptr : node;
}

template <class T>
std::optional<T> Reader::expect(const Node& node, std::string_view key, std::optional<T> value,
                                std::string_view wanted) const {
  if (!value) wrong(key, "must be " + std::string(wanted) + ", not " + shown(node));
  return value;
}

std::optional<bool> Reader::boolean(std::string_view key) const {
  const Node* node = value(key);
  if (node == nullptr) return std::nullopt;
  return expect(*node, key, as_boolean(*node), "true or false");
}

std::optional<std::string> Reader::text(std::string_view key) const {
  const Node* node = value(key);
  if (node == nullptr) return std::nullopt;
  const bool fits = node->is_scalar();
  return expect(*node, key, fits ? std::optional(node->text) : std::nullopt, "a text");
}

std::optional<std::int64_t> Reader::count(std::string_view key) const {
  const Node* node = value(key);
  if (node == nullptr) return std::nullopt;
  auto number = as_integer(*node);
  if (number && *number < 0) number.reset();
  return expect(*node, key, number, "a whole number from 0 up");
}

std::optional<double> Reader::amount(std::string_view key) const {
  const Node* node = value(key);
  if (node == nullptr) return std::nullopt;
  auto number = as_number(*node);
  if (number && *number < 0) number.reset();
  return expect(*node, key, number, "a number from 0 up");
}

std::optional<Milliseconds> Reader::seconds(std::string_view key) const {
  const Node* node = value(key);
  if (node == nullptr) return std::nullopt;
  const auto number = as_number(*node);
  std::optional<Milliseconds> time;
  if (number && *number >= 0 && *number <= max_seconds) {
    time = Milliseconds(static_cast<std::int64_t>(std::ceil(*number * 1000)));
  }
  return expect(*node, key, time, "a number of seconds");
}

std::vector<std::string> Reader::texts(std::string_view key) const {
  const Node* node = value(key);
  if (node == nullptr) return {};
  if (node->is_scalar()) return {node->text};
  std::vector<std::string> all;
  for (const Node& item : node->items) {
    if (!node->is_list() || !item.is_scalar()) {
      wrong(key, "must be a list of texts");
      return {};
    }
    report_missing_variable(item, path_of(key), report_);
    if (!item.is_null()) all.push_back(item.text);
  }
  return all;
}

const Node* Reader::map(std::string_view key) const {
  const Node* node = value(key);
  if (node == nullptr || node->is_map()) return node;
  wrong(key, "must be a mapping (`key: value` lines), not " + shown(*node));
  return nullptr;
}

const Node* Reader::list(std::string_view key) const {
  const Node* node = value(key);
  if (node == nullptr || node->is_list()) return node;
  wrong(key, "must be a list (`- item` lines), not " + shown(*node));
  return nullptr;
}

}  // namespace sluice::config
