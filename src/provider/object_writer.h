#pragma once
// Appends one JSON object to a string, field by field.
//
//   ObjectWriter object(out);
//   object.text("type", "text");
//   object.raw("cache_control", control.text);
//   object.close();
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_write.h"

namespace sluice::provider {

class ObjectWriter {
 public:
  // `out` must outlive the writer.
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

  // Writes `"name":`; the caller appends the value to the string it gets.
  std::string& key(std::string_view name) {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    append_json_string(out_, name);
    return out_ += ':';
  }
  void raw(std::string_view name, std::string_view json) { key(name) += json; }
  void text(std::string_view name, std::string_view value) { append_json_string(key(name), value); }
  void number(std::string_view name, std::int64_t value) { key(name) += std::to_string(value); }
  void close() { out_ += '}'; }

 private:
  std::string& out_;
  bool is_first_ = true;
};

}  // namespace sluice::provider
