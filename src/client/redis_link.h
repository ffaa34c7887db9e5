#pragma once
// A Redis for threads that wait: each call sends its commands through the loop's client and blocks
// until the replies are there. Any thread may call.
#include <sluice/redis_server.h>
#include <memory>
#include <vector>

#include "io/timer.h"
#include "redis/client.h"
#include "search/commands.h"

namespace sluice::client {

// A command and its key's place, as redis::Command has it; owns its bytes.
struct Request {
  search::Arguments arguments;
  std::size_t key_at = 0;
};

class RedisLink {
 public:
  // Connects with the first command. Throws: argument for a URL that can't be read.
  explicit RedisLink(const RedisServer& server);

  // The end of a call that begins now.
  io::Time due() const { return io::Clock::now() + timeout_; }
  bool is_cluster() const { return options_->topology == RedisTopology::cluster; }

  // The server's reply, which may be its refusal. Throws: connection, timeout.
  redis::Reply run(const Request& request, io::Time due) const;
  redis::Reply run(search::Arguments arguments, io::Time due) const {
    return run(Request{std::move(arguments)}, due);
  }
  // One reply for each, in their order.
  std::vector<redis::Reply> run_all(const std::vector<Request>& requests, io::Time due) const;

 private:
  std::shared_ptr<const RedisOptions> options_;
  Milliseconds timeout_;
  std::shared_ptr<redis::Client> client_;
};

}  // namespace sluice::client
