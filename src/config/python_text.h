#pragma once
// Values written as Python writes them. LiteLLM's model ids are digests of such text, so a
// deployment keeps its id only if this agrees to the byte.
#include <string>

#include "config/node.h"

namespace sluice::config {

// str(value).
std::string python_str(const Node& node);
// json.dumps(value): ", " and ": " between items, everything outside ASCII escaped.
std::string python_json(const Node& node);
// The same value as compact JSON in UTF-8, as the gateway sends it.
std::string compact_json(const Node& node);

}  // namespace sluice::config
