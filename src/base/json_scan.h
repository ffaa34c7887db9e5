#pragma once
// Validates a JSON text (RFC 8259, UTF-8, no lone surrogates) in one pass without building
// anything, and lists the fields of its top-level object as pieces of the text. That is what a
// proxy needs: it acts on a few fields and forwards the rest byte for byte, so it must be sure that
// whoever parses the text next sees the same thing. Strings, and what is skimmed over, are read in
// blocks of 64 bytes (json_blocks.h).
//
//   JsonFields fields;
//   if (const auto fault = scan_json_object(body, fields)) return at(fault->offset, fault->what);
//   for (const JsonField& field : fields) …
#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

enum class JsonType : std::uint8_t { null, boolean, number, string, array, object };

struct JsonField {
  std::string_view key;    // unescaped
  std::string_view value;  // JSON text of the value, as it stands in the document
  JsonType type;
  std::uint32_t begin;  // offset of the key's opening quote
  std::uint32_t end;    // offset just after the value
};

// The fields of one object, in the order of the text; duplicate names are all there. The views
// point into the scanned text, and for keys with escapes into this object.
class JsonFields {
 public:
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }
  const JsonField& operator[](std::size_t i) const { return fields_[i]; }
  // The last field of that name, which is the one that counts; nullptr when there is none.
  const JsonField* find(std::string_view key) const;
  // Whether a field of this list is the last of its name.
  bool counts(const JsonField& field) const {
    return !has_duplicates_ || find(field.key) == &field;
  }
  void clear();

 private:
  friend class JsonScanner;
  std::vector<JsonField> fields_;
  std::forward_list<std::string> unescaped_keys_;
  bool has_duplicates_ = false;  // or may have: not looked for in long lists, nor by a skim
};

struct JsonFault {
  std::size_t offset;  // in bytes, of the first byte that is wrong
  const char* what;    // "expected ':' after the key"
};

constexpr std::size_t max_json_bytes = 0xffff'ffffu;  // offsets are 32 bits
constexpr int max_json_depth = 512;

// Scans `json`, which must be one object; `fields` is cleared first. Nothing when all is well.
std::optional<JsonFault> scan_json_object(std::string_view json, JsonFields& fields);
// The same at a small part of the cost, for texts of a sender that is trusted to write JSON: what
// is nested is only checked to have its strings closed and its brackets balanced. Finds a text that
// was cut. Duplicate names are not looked for; the last one is still what find() gives.
std::optional<JsonFault> skim_json_object(std::string_view json, JsonFields& fields);
// Scans any one JSON value.
std::optional<JsonFault> scan_json(std::string_view json);
// Lists the elements of `json`, which must be one array.
std::optional<JsonFault> scan_json_array(std::string_view json,
                                         std::vector<std::string_view>& elements);

// The first byte in [at, end) that ends or interrupts a JSON string ('"', '\\' or a control
// character), or `end`.
const char* skip_plain_json(const char* at, const char* end);

// "line 3, column 14" (both from 1; columns in bytes) for an offset.
std::string json_position(std::string_view json, std::size_t offset);

// The text of a JSON string (`value` with its quotes, valid).
std::string json_unescape(std::string_view value);
// Whether a text from elsewhere may stand in a JSON string.
bool is_utf8(std::string_view text);
std::optional<bool> json_bool(std::string_view value);
std::optional<double> json_number(std::string_view value);

}  // namespace sluice
