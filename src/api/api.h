#pragma once
// The HTTP surface of one loop: routes, authentication, cross-origin headers, and the handlers of
// each group of endpoints. api/routes.cc is the table of what there is.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/gateway.h"
#include "http/server.h"

namespace sluice::api {

// What handlers need of the process around them.
struct Process {
  std::string version;                     // of Sluice
  std::vector<gateway::Metrics*> metrics;  // of all loops
  std::chrono::system_clock::time_point started;
};

// One request while it is being answered.
struct Context {
  gateway::Gateway& gateway;
  const Process& process;
  std::shared_ptr<const gateway::Snapshot> snapshot;
  http::Request& request;
  http::ResponseWriter& out;
  std::string_view url_model;  // what `{model}` of the route's path stood for
};

using Answer = io::Async<Done> (*)(Context& context);

class Api final : public http::Handler {
 public:
  Api(gateway::Gateway& gateway, const Process& process) : gateway_(gateway), process_(process) {}
  io::Async<Done> handle(http::Request& request, http::ResponseWriter& out) override;
  std::string protocol_error(int status, std::string_view message) override;

 private:
  gateway::Gateway& gateway_;
  const Process& process_;
};

// Handlers (one file per group): calls.cc, models.cc, cache.cc, health.cc, pages.cc.
io::Async<Done> answer_chat(Context& context);
io::Async<Done> answer_completions(Context& context);
io::Async<Done> answer_embeddings(Context& context);
io::Async<Done> answer_models(Context& context);
io::Async<Done> answer_model(Context& context);
io::Async<Done> answer_model_info(Context& context);
io::Async<Done> answer_model_group_info(Context& context);
io::Async<Done> answer_cache_redis_info(Context& context);
io::Async<Done> answer_cache_ping(Context& context);
io::Async<Done> answer_cache_delete(Context& context);
io::Async<Done> answer_cache_flush(Context& context);
io::Async<Done> answer_cache_stats(Context& context);
io::Async<Done> answer_cache_entry(Context& context);
io::Async<Done> answer_alive(Context& context);
io::Async<Done> answer_ready(Context& context);
io::Async<Done> answer_health(Context& context);
io::Async<Done> answer_metrics(Context& context);
io::Async<Done> answer_home(Context& context);

// Shared by the handlers.
io::Async<Done> send_json(Context& context, int status, std::string_view body);
io::Async<Done> send_error(Context& context, const Error& error);

}  // namespace sluice::api
