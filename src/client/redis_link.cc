#include "client/redis_link.h"

#include "client/failures.h"
#include "client/runtime.h"
#include "redis/url.h"

namespace sluice::client {

static std::shared_ptr<const RedisOptions> options_of(const RedisServer& server) {
  RedisOptions options = value_of(redis::parse_redis_url(server.url));
  if (server.cluster) options.topology = RedisTopology::cluster;
  if (!server.ca_file.empty()) options.tls_ca_file = server.ca_file;
  if (!server.verify_tls) options.tls_verify = false;
  options.connect_timeout = std::min<Milliseconds>(options.connect_timeout, server.timeout);
  return std::make_shared<const RedisOptions>(std::move(options));
}

RedisLink::RedisLink(const RedisServer& server)
    : options_(options_of(server)), timeout_(server.timeout) {
  if (timeout_.count() <= 0) throw Exception(Failed::argument, "timeout must be positive");
  Runtime& runtime = Runtime::shared();
  client_ = runtime.make_on_loop<redis::Client>(runtime.loop(), runtime.connector(), options_);
}

redis::Reply RedisLink::run(const Request& request, io::Time due) const {
  const redis::Command command = search::as_command(request.arguments, request.key_at);
  return value_of(Runtime::shared().run<redis::Reply>(
      [&] { return client_->run(command, {.deadline = due}); }));
}

std::vector<redis::Reply> RedisLink::run_all(const std::vector<Request>& requests,
                                             io::Time due) const {
  std::vector<redis::Command> commands;
  for (const Request& each : requests)
    commands.push_back(search::as_command(each.arguments, each.key_at));
  return value_of(Runtime::shared().run<std::vector<redis::Reply>>(
      [&] { return client_->run_all(commands, {.deadline = due}); }));
}

}  // namespace sluice::client
