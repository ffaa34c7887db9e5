#pragma once
// Looking into replies whose shape differs between RESP2 and RESP3, servers and versions; for the
// parsers of this folder.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "redis/reply.h"

namespace sluice::search {

bool is_text(const redis::Reply& reply);
bool is_group(const redis::Reply& reply);  // a list or a map
// One value as text, numbers as they were sent; nothing for groups, errors and nil.
std::optional<std::string> scalar(const redis::Reply& reply);
// The value under `name` of name, value, name, value, … whatever the case; null when absent.
const redis::Reply* find_value(const std::vector<redis::Reply>& pairs, std::string_view name);
// "the server's reply to FT.INFO has a shape that is not understood"
Failure strange(std::string_view command);

}  // namespace sluice::search
