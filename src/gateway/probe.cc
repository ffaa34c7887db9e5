#include "gateway/probe.h"

#include "gateway/exchange.h"

namespace sluice::gateway {

// What LiteLLM asks, by the deployment's mode.
static std::pair<Endpoint, std::string_view> question(const Deployment& deployment) {
  if (deployment.mode == "embedding")
    return {Endpoint::embeddings, R"({"input":["test from sluice"]})"};
  if (deployment.mode == "completion")
    return {Endpoint::completions, R"({"prompt":"test from sluice"})"};
  return {Endpoint::chat, R"({"messages":[{"role":"user","content":"Hey how's it going?"}]})"};
}

io::Async<Status> probe(Gateway& gateway, const Snapshot& snapshot, router::DeploymentIndex index,
                        Milliseconds limit) {
  const Deployment& deployment = snapshot.settings().deployments[index];
  const auto [endpoint, body] = question(deployment);
  io::CancelToken cancel;
  Workspace work;
  work.call = {.endpoint = endpoint,
               .body = body,
               .model = deployment.group,
               .timeout = limit,
               .cancel = &cancel,
               .arrived = gateway.loop.now()};
  make_call_id(gateway, work.call.id);
  (void)scan_json_object(body, work.call.fields);
  Exchange x{.gateway = gateway, .snapshot = snapshot, .work = work};
  x.deadline = io::Clock::now() + limit;
  const router::Group group{
      .name = deployment.group, .target = deployment.group, .members = {index}};
  const Attempt attempt{group, {.deployment = index}, {}};
  co_return co_await ask(x, attempt);
}

}  // namespace sluice::gateway
