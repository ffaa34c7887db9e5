#pragma once
// What comes back from an index: documents, and what the server tells about the index itself.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

struct Document {
  std::string key{};
  std::vector<std::pair<std::string, std::string>> fields{};  // values are raw bytes

  // Nothing when the document has no such field.
  std::optional<std::string_view> find(std::string_view field) const;
  // The field as a number; nothing when it is none.
  std::optional<double> number(std::string_view field) const;
};

struct IndexAttribute {
  std::string identifier{}, attribute{}, type{};
  // What follows the type, in the server's order: ("WEIGHT", "1"), and flags without a value.
  std::vector<std::pair<std::string, std::optional<std::string>>> options{};

  const std::string* option(std::string_view name) const;
  bool has_flag(std::string_view name) const;
};

struct IndexInfo {
  std::string name{};
  std::vector<std::string> options{};  // index_options: "NOOFFSETS", …
  std::string key_type{};              // "HASH", "JSON"
  std::vector<std::string> prefixes{};
  std::vector<IndexAttribute> attributes{};
  // Every other value of the reply that is one number or text, in the server's order.
  std::vector<std::pair<std::string, std::string>> stats{};

  const std::string* stat(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;
  // Documents that were there before the index are still being read: a search may miss them.
  bool is_indexing() const;
};

}  // namespace sluice
