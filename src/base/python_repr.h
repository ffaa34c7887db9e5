#pragma once
// Texts as Python's repr() shows them. LiteLLM's cache keys and model ids are digests of such text,
// so it has to agree to the byte.
#include <string>
#include <string_view>

namespace sluice {

// Appends repr(text): in single quotes, or in double ones when there are single quotes and no
// double ones inside; what Python does not count as printable is escaped. `text` is UTF-8.
// Printable is what Unicode 15.1 says, the version of Python 3.13.
void append_python_repr(std::string& out, std::string_view text);

}  // namespace sluice
