#pragma once
// What `sluice cache` prints for people, made of the JSON of cache/report.h. Text that is not that
// comes out as it is.
#include <string>
#include <string_view>

namespace sluice {

std::string cache_stats_text(std::string_view json);
std::string cache_entry_text(std::string_view json);
std::string cache_deleted_text(std::string_view json);

}  // namespace sluice
