// One request to several models at once: LiteLLM's batch completion.
#include <algorithm>
#include <memory>

#include "gateway/exchange.h"
#include "io/failure.h"
#include "io/group.h"

namespace sluice::gateway {

namespace {

// One model's part of the batch: a call with a record of its own, and with a token of its own,
// since a token serves one chain of waits.
struct Part {
  Workspace work;
  io::CancelToken cancel;
  std::string answer;
};
using Parts = std::vector<std::shared_ptr<Part>>;

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
                        const ErrorText& errors) {
  const Call& call = part.work.call;
  Exchange x{.gateway = gateway, .snapshot = snapshot, .work = part.work};
  x.deadline = call.arrived + call.timeout.value_or(snapshot.settings().timeout);
  const Status opened = co_await open_recorded(x);
  part.answer = opened ? std::string(x.reply.body()) : errors.json(opened.error());
  co_return Done{};
}

// Who leaves leaves all parts.
class PartsWait final : private io::Wait {
 public:
  PartsWait(io::CancelToken& token, const Parts& parts) : token_(token), parts_(parts) {
    if (token_.cancelled())
      cancel();
    else
      token_.enter(*this);
  }
  ~PartsWait() { token_.leave(); }
  PartsWait(const PartsWait&) = delete;

 private:
  // The batch goes on, and ends this object, inside the end of its last part.
  void cancel() override {
    const Parts parts = parts_;
    for (const auto& part : parts) part->cancel.cancel();
  }
  io::CancelToken& token_;
  const Parts& parts_;
};

}  // namespace

bool is_batch(const Snapshot& snapshot, const Call& call) {
  return call.endpoint == Endpoint::chat && !call.stream &&
         call.model.find(',') != std::string::npos && !snapshot.router().serves_exactly(call.model);
}

io::Async<Status> handle_batch(Gateway& gateway, const Snapshot& snapshot, Workspace& work,
                               http::ResponseWriter& out, const ErrorText& errors) {
  CO_TRY([[maybe_unused]] const Done complete, check_input(work.call));
  constexpr std::size_t most_models = 32;
  const std::vector<std::string> models = split_models(work.call.model);
  if (models.empty() || models.size() > most_models)
    co_return fail(client_error("`model` may list 1 to 32 models.", "model"));
  work.record.in_parts = true;
  Parts parts;
  io::Group group(gateway.loop);
  for (const std::string& model : models) {
    Part& part = *parts.emplace_back(std::make_shared<Part>());
    part.work.call = work.call;
    part.work.call.model = model;
    part.work.call.cancel = &part.cancel;
    part.work.record.endpoint = work.record.endpoint;
    part.work.record.call_id = work.record.call_id;
    part.work.record.arrived = work.record.arrived;
    group.spawn(ask_one(gateway, snapshot, part, errors));
  }
  {
    const PartsWait until_the_client_leaves(*work.call.cancel, parts);
    co_await group.join();
  }
  if (work.call.cancel->cancelled())
    co_return fail(io::wait_error(io::IoError::cancelled, "the client went away"));
  std::string body = "[";
  for (const auto& part : parts) {
    if (body.size() > 1) body += ",";
    body += part->answer;
  }
  body += "]";
  http::HeaderBlock& headers = begin_answer_headers(work.call);
  headers.add("content-type", "application/json");
  co_await out.send(200, headers, body);
  co_return Done{};
}

}  // namespace sluice::gateway
