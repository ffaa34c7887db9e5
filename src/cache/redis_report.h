#pragma once
// What a Redis says about itself, as JSON. Pure; any thread.
#include <string>
#include <string_view>

namespace sluice::cache {

// The lines of INFO ("name:value", sections apart) as one object; numbers as numbers.
std::string info_json(std::string_view info);
// The lines of CLIENT LIST ("id=3 addr=… name=…") as a list of objects; `count` is their number.
std::string clients_json(std::string_view list, std::size_t& count);

}  // namespace sluice::cache
