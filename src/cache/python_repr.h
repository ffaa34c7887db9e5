#pragma once
// JSON values as LiteLLM shows them in a cache key: parsed by orjson, printed by Python's str() and
// repr(). Pure; any thread.
//
// orjson: an integer beyond 64 bits becomes a float; of an object's members with the same name the
// last value counts, at the first one's place.
#include <string>
#include <string_view>

namespace sluice::cache {

// Appends str(value) of `json`, which is one valid value (scan_json): a string as it is, anything
// else as append_python_value.
void append_python_str(std::string& out, std::string_view json);
// Appends repr(value).
void append_python_value(std::string& out, std::string_view json);

}  // namespace sluice::cache
