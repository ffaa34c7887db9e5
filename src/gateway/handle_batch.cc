// One request to several models at once: LiteLLM's batch completion.
#include <algorithm>
#include <memory>

#include "gateway/exchange.h"
#include "io/group.h"

namespace sluice::gateway {

namespace {

// One model's part of the batch.
struct Part {
  Call call;
  AccessRecord record;
  std::string answer;
};

std::vector<std::string> split_models(std::string_view list) {
  std::vector<std::string> models;
  while (!list.empty()) {
    std::string_view name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!name.empty()) models.emplace_back(name);
  }
  return models;
}

io::Async<Done> ask_one(Gateway& gateway, const Snapshot& snapshot, Part& part,
                        std::string (*error_json)(const Error& error)) {
  Status status = check_model(snapshot, part.call);
  Exchange x{.gateway = gateway, .snapshot = snapshot, .call = part.call, .record = part.record};
  x.deadline = part.call.arrived + part.call.timeout.value_or(snapshot.settings().timeout);
  if (status) status = co_await open_first_healthy(x);
  note_deployment(x);
  if (status) {
    note_usage(x);
    part.answer = x.reply.body();
  } else {
    part.record.error = status.error().code;
    part.answer = error_json(status.error());
  }
  co_return Done{};
}

// The batch's own record: the sum of its parts.
void add_up(const std::vector<std::unique_ptr<Part>>& parts, AccessRecord& record) {
  for (const auto& part : parts) {
    record.attempts += part->record.attempts;
    record.fallbacks += part->record.fallbacks;
    record.cost += part->record.cost;
    record.upstream_time = std::max(record.upstream_time, part->record.upstream_time);
    record.usage.known |= part->record.usage.known;
    record.usage.prompt_tokens += part->record.usage.prompt_tokens;
    record.usage.completion_tokens += part->record.usage.completion_tokens;
    record.usage.total_tokens += part->record.usage.total_tokens;
  }
}

}  // namespace

bool is_batch(const Snapshot& snapshot, const Call& call) {
  return call.endpoint == Endpoint::chat && !call.stream &&
         call.model.find(',') != std::string::npos && !snapshot.router().serves_exactly(call.model);
}

io::Async<Status> handle_batch(Gateway& gateway, std::shared_ptr<const Snapshot> snapshot,
                               Call& call, http::ResponseWriter& out, http::HeaderBlock& headers,
                               AccessRecord& record,
                               std::string (*error_json)(const Error& error)) {
  CO_TRY([[maybe_unused]] const Done complete, check_input(call));
  constexpr std::size_t most_models = 32;
  const std::vector<std::string> models = split_models(call.model);
  if (models.empty() || models.size() > most_models)
    co_return fail(client_error("`model` may list 1 to 32 models.", "model"));
  std::vector<std::unique_ptr<Part>> parts;
  // Each part has a token of its own, since a token serves one chain of waits; all end by the
  // deadline.
  std::vector<io::CancelToken> tokens(models.size());
  io::Group group(gateway.loop);
  for (std::size_t i = 0; i < models.size(); i++) {
    Part& part = *parts.emplace_back(std::make_unique<Part>());
    part.call = call;
    part.call.model = models[i];
    part.call.cancel = &tokens[i];
    part.record.arrived = call.arrived;
    group.spawn(ask_one(gateway, *snapshot, part, error_json));
  }
  co_await group.join();
  add_up(parts, record);
  std::string body = "[";
  for (const auto& part : parts) {
    if (body.size() > 1) body += ",";
    body += part->answer;
  }
  headers.add("content-type", "application/json");
  body += "]";
  co_await out.send(200, headers, body);
  co_return Done{};
}

}  // namespace sluice::gateway
