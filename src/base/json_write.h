#pragma once
// Appends JSON to a string.
#include <string>
#include <string_view>

namespace sluice {

// Appends `text` as a JSON string with its quotes. Bytes ≥ 0x80 are copied: `text` is UTF-8.
void append_json_string(std::string& out, std::string_view text);
// The same in ASCII, as json.dumps writes it: what lies beyond is escaped ("\\u00e9").
void append_ascii_json_string(std::string& out, std::string_view text);
// Appends the shortest text that reads back as `value`, as Python's repr does ("1e-05", "0.1",
// "1.0").
void append_json_double(std::string& out, double value);

}  // namespace sluice
