#pragma once
// Commands to a Redis that belong together, with words that own their bytes.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "redis/client.h"
#include "search/commands.h"

namespace sluice::cache {

struct RedisCall {
  search::Arguments words;
  std::size_t key_at = 1;  // which word decides about a Cluster's node; 0 = any node
};

// One reply for each, in their order; refusals are replies.
io::Async<Result<std::vector<redis::Reply>>> send_all(redis::Client& client,
                                                      const std::vector<RedisCall>& calls,
                                                      io::WaitLimit limit);
// Changes to one key, seen by others as one. In a Cluster they only follow each other, as its
// transactions are tied to a node. Error: also a refusal; `attempted` says of what.
io::Async<Status> send_together(redis::Client& client, std::vector<RedisCall> calls,
                                bool is_cluster, std::string_view attempted, io::WaitLimit limit);
// One command. Error: also a refusal.
io::Async<Result<redis::Reply>> send_one(redis::Client& client, const RedisCall& call,
                                         std::string_view attempted, io::WaitLimit limit);

// A step through the keys of one master (Client::count_masters) that begin with `prefix`; the walk
// begins and ends with the cursor "0". A key may come twice, as SCAN has it.
struct KeyPage {
  std::vector<std::string> keys;
  std::string next;
};
io::Async<Result<KeyPage>> scan_keys(redis::Client& client, std::size_t master, std::string prefix,
                                     std::string cursor, io::WaitLimit limit);

}  // namespace sluice::cache
