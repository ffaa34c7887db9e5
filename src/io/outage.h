#pragma once
// What the log says of servers that go away: once for the whole process, however many loops notice.
// Thread-safe.
#include <chrono>
#include <cstdint>
#include <string>

namespace sluice::io {

// A loop goes on without the server; `why` names it. The first one is logged.
void outage_begins(const std::string& server, const std::string& why);
// That loop asks it again, after `without` calls that had no answer. When it was the last one
// the end is logged, with all loops' calls and the time since the beginning.
void outage_ends(const std::string& server, std::uint64_t without);
// That loop needs the server no more: somebody else does its work, or nobody wants it.
void outage_is_over(const std::string& server);

}  // namespace sluice::io
