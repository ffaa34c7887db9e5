#pragma once
// Typed reads from one JSON object of a model's files (config.json, tokenizer.json, the header of
// safetensors).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_scan.h"
#include "base/result.h"

namespace sluice::embed {

class JsonReader {
 public:
  // `what` names the object in errors. `json` outlives the reader.
  static Result<JsonReader> parse(std::string_view json, std::string what);

  // Null counts as absent.
  const JsonField* find(std::string_view key) const;
  const JsonFields& fields() const { return fields_; }

  // Error: absent, or of another type.
  Result<JsonReader> object(std::string_view key) const;
  Result<std::vector<std::string_view>> array(std::string_view key) const;
  Result<std::string> text(std::string_view key) const;
  Result<std::uint32_t> count(std::string_view key) const;
  // `otherwise` when absent. Error: of another type.
  Result<bool> flag(std::string_view key, bool otherwise) const;

  Failure wrong(std::string_view key, std::string_view expected) const;

 private:
  JsonFields fields_;
  std::string what_;
};

// A JSON number that is a whole one and fits; nothing for any other value.
std::optional<std::uint64_t> json_count(std::string_view value);

}  // namespace sluice::embed
