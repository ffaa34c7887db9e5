#pragma once
// Python literals, which LiteLLM stores in a Redis wherever it writes str(value) instead of JSON.
// Pure; any thread.
//
//   value  = dict / list / tuple / string / number / "True" / "False" / "None"
//   dict   = "{" [value ":" value *("," value ":" value)] [","] "}"
//   list   = "[" … "]", tuple = "(" … ")"
//   string = ["u"] in single or double quotes, with the escapes of repr(): \\ \' \" \n \r \t \a \b
//            \f \v \0 \xNN \uNNNN \UNNNNNNNN
#include <optional>
#include <string>
#include <string_view>

namespace sluice::cache {

// The same value as compact JSON: True → true, a tuple → an array. Nothing when `text` is no such
// literal, or one that JSON cannot say: nan and inf, lone surrogates, names that are no strings.
std::optional<std::string> python_literal_to_json(std::string_view text);

}  // namespace sluice::cache
