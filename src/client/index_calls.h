#pragma once
// What can be asked of an index, on a thread that waits. All throw what exception.h lists.
#include <optional>
#include <string>
#include <vector>

#include "client/redis_link.h"
#include "search/replies.h"

namespace sluice::client {

[[noreturn]] void throw_no_index(const std::string& name);

// Nothing when there is no such index.
std::optional<IndexInfo> find_index(const RedisLink& link, const std::string& name, io::Time due);
// False: there is one of that name already.
bool create_index(const RedisLink& link, const Schema& schema, io::Time due);
// Throws not_found when there is none.
void drop_index(const RedisLink& link, const std::string& name, search::Documents documents,
                io::Time due);

// Whole answers only: one that the server cut short is thrown as timeout.
search::Found find_documents(const RedisLink& link, const std::string& index,
                             const search::Search& search, io::Time due);

// Erases keys; returns how many there were.
std::size_t erase_keys(const RedisLink& link, const std::vector<std::string>& keys, io::Time due);

// Throws the first refusal among the replies.
void expect_no_refusal(const std::vector<redis::Reply>& replies, std::string_view attempted);

}  // namespace sluice::client
