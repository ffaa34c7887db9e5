// Health: of this process, and of the deployments by really calling them.
#include "api/api.h"
#include "base/json_write.h"
#include "gateway/probe.h"
#include "io/group.h"

namespace sluice::api {

namespace {

constexpr Milliseconds probe_limit{60'000};

struct Probed {
  router::DeploymentIndex deployment;
  Status status;
};

io::Async<Done> probe_into(Context& context, Probed& result) {
  result.status =
      co_await gateway::probe(context.gateway, *context.snapshot, result.deployment, probe_limit);
  co_return Done{};
}

// Those that can be asked: a pattern is no model.
std::vector<Probed> to_probe(const Settings& settings, std::string_view model) {
  std::vector<Probed> list;
  for (router::DeploymentIndex i = 0; i < settings.deployments.size(); i++) {
    const Deployment& each = settings.deployments[i];
    const bool wanted = model.empty() || model == each.group || model == each.litellm_model;
    if (wanted && each.model.find('*') == std::string::npos) list.push_back({i, Done{}});
  }
  return list;
}

std::string entry(const Deployment& deployment, const Status& status) {
  std::string out = deployment.params_json;
  if (status || out.size() < 2) return out;
  out.pop_back();
  out += out.back() == '{' ? "\"error\":" : ",\"error\":";
  append_json_string(out, status.error().message);
  return out + "}";
}

}  // namespace

io::Async<Done> answer_alive(Context& context) {
  co_return co_await send_json(context, 200, "\"I'm alive!\"");
}

io::Async<Done> answer_ready(Context& context) {
  const std::string body =
      R"({"status":"healthy","db":"Not connected","cache":null,"litellm_version":")" +
      std::string(gateway::litellm_version) + R"(","success_callbacks":[],"version":")" +
      context.process.version + "\"}";
  co_return co_await send_json(context, 200, body);
}

io::Async<Done> answer_health(Context& context) {
  const Settings& settings = context.snapshot->settings();
  const std::string model = http::query_value(context.request.query(), "model");
  std::vector<Probed> results = to_probe(settings, model);
  io::Group group(context.gateway.loop);
  for (Probed& each : results) group.spawn(probe_into(context, each));
  co_await group.join();

  std::string healthy, unhealthy;
  std::size_t healthy_count = 0;
  for (const Probed& each : results) {
    std::string& list = each.status ? healthy : unhealthy;
    if (!list.empty()) list += ",";
    list += entry(settings.deployments[each.deployment], each.status);
    if (each.status) healthy_count++;
  }
  const std::string body =
      "{\"healthy_endpoints\":[" + healthy + "],\"unhealthy_endpoints\":[" + unhealthy +
      "],\"healthy_count\":" + std::to_string(healthy_count) +
      ",\"unhealthy_count\":" + std::to_string(results.size() - healthy_count) + "}";
  co_return co_await send_json(context, 200, body);
}

}  // namespace sluice::api
