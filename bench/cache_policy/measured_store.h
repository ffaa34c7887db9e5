#pragma once
// What the gateway's own memory store does: on the same streams, and per hit on one and two
// threads.
#include <cstddef>

#include "streams.h"

namespace bench {

// Hits among the requests for keys below `stream.first_scanned`, of the second half; `entries` fit.
double store_hit_rate(const Stream& stream, std::size_t entries);

// Prints nanoseconds per hit and per write on one and two threads, beside a map and a list behind
// mutexes (LRU), and the memory that entries take beside what the store counts.
void print_store_costs();

}  // namespace bench
