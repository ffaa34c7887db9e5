#include "client/index_calls.h"

#include "client/failures.h"

namespace sluice::client {

using redis::Reply;

void throw_no_index(const std::string& name) {
  throw Exception(Failed::not_found, "there is no index `" + name + "`");
}

std::optional<IndexInfo> find_index(const RedisLink& link, const std::string& name, io::Time due) {
  const Reply reply = link.run(search::index_info(name), due);
  if (search::is_no_such_index(reply)) return {};
  return value_of(search::parse_info(reply));
}

bool create_index(const RedisLink& link, const Schema& schema, io::Time due) {
  value_of(search::check(schema));
  const Reply reply = link.run(search::create_index(schema), due);
  if (search::is_index_exists(reply)) return false;
  expect_no_refusal({reply}, "create the index `" + schema.name + "`");
  return true;
}

void drop_index(const RedisLink& link, const std::string& name, search::Documents documents,
                io::Time due) {
  const Reply reply = link.run(search::drop_index(name, documents), due);
  if (search::is_no_such_index(reply)) throw_no_index(name);
  expect_no_refusal({reply}, "delete the index `" + name + "`");
}

search::Found find_documents(const RedisLink& link, const std::string& index,
                             const search::Search& search, io::Time due) {
  search::Found found =
      value_of(search::parse_search(link.run(search::search_command(index, search), due)));
  if (found.partial)
    throw Exception(Failed::timeout, "the server gave up searching `" + index + "` in time");
  return found;
}

std::size_t erase_keys(const RedisLink& link, const std::vector<std::string>& keys, io::Time due) {
  std::vector<Request> requests;
  for (const std::string& key : keys) requests.push_back({{"UNLINK", key}, 1});
  if (requests.empty()) return 0;
  const std::vector<Reply> replies = link.run_all(requests, due);
  expect_no_refusal(replies, "erase documents");
  std::size_t erased = 0;
  for (const Reply& reply : replies) erased += reply.integer > 0 ? 1 : 0;
  return erased;
}

void expect_no_refusal(const std::vector<Reply>& replies, std::string_view attempted) {
  for (const Reply& reply : replies) {
    if (reply.is_error()) throw exception_of(search::refusal(reply, attempted));
  }
}

}  // namespace sluice::client
