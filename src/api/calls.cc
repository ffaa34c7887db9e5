// Chat completions, text completions and embeddings.
#include <algorithm>

#include "api/api.h"
#include "api/authenticate.h"
#include "api/error_json.h"
#include "http/recycled.h"

namespace sluice::api {

namespace {

using gateway::AccessRecord;
using gateway::Endpoint;

constexpr std::string_view names[] = {"chat", "completions", "embeddings"};

// Writes the access record and counts it on every way out.
class RecordedCall {
 public:
  RecordedCall(Context& context, AccessRecord& record) : context_(context), record_(record) {}
  ~RecordedCall() {
    if (record_.in_parts) return;
    record_.ended = io::Clock::now();
    const bool left = context_.request.cancel->cancelled() && !context_.out.finished();
    record_.status = left ? 499 : context_.out.status();
    context_.gateway.metrics.count(record_);
    context_.gateway.access_log.write(record_);
  }

 private:
  Context& context_;
  AccessRecord& record_;
};

// "6000" for whole seconds, "1.5" for others.
std::string seconds_text(Milliseconds duration) {
  const auto whole = duration.count() / 1000, rest = duration.count() % 1000;
  if (rest == 0) return std::to_string(whole);
  std::string text = std::to_string(whole) + "." + std::to_string(1000 + rest).substr(1);
  while (text.back() == '0') text.pop_back();
  return text;
}

io::Async<Done> send_call_error(Context& context, gateway::Workspace& work, const Error& error) {
  const std::string body = error_json(error);
  http::HeaderBlock& headers = gateway::begin_answer_headers(work.call);
  headers.add("content-type", "application/json");
  headers.add("x-litellm-response-cost", "0");
  const Milliseconds timeout = work.call.timeout.value_or(context.snapshot->settings().timeout);
  headers.add("x-litellm-timeout", seconds_text(timeout));
  if (error.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after);
    headers.add("retry-after", std::to_string(seconds.count()));
  }
  co_await context.out.send(error.status, headers, body);
  co_return Done{};
}

// A client's own id goes into headers, logs and answers: it must be fit for all of them.
bool is_call_id(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// What is known of a call before its body is read.
void begin_call(Context& context, Endpoint endpoint, gateway::Workspace& work) {
  work.call.endpoint = endpoint;
  constexpr std::size_t longest_id = 256;
  const auto own_id = context.request.header("x-litellm-call-id").substr(0, longest_id);
  if (is_call_id(own_id))
    work.call.id.assign(own_id);
  else
    gateway::make_call_id(context.gateway, work.call.id);
  work.record.endpoint = names[static_cast<std::size_t>(endpoint)];
  work.record.call_id = work.call.id;
  work.record.arrived = context.request.arrived;
}

io::Async<Done> answer_call(Context& context, Endpoint endpoint) {
  constexpr gateway::ErrorText errors{.json = error_json, .event = error_event};
  http::Recycled<gateway::Workspace> work;
  const gateway::Snapshot& snapshot = *context.snapshot;
  begin_call(context, endpoint, *work);
  const RecordedCall recorded(context, work->record);
  if (snapshot.settings().cache)
    work->call.tenant = tenant_of(snapshot.settings(), context.request);
  Status status = parse_call(context.request, snapshot.settings(), context.url_model, work->call);
  work->record.stream = work->call.stream;
  if (status && gateway::is_batch(snapshot, work->call))
    status = co_await gateway::handle_batch(context.gateway, snapshot, *work, context.out, errors);
  else if (status)
    status = co_await gateway::handle_call(context.gateway, snapshot, *work, context.out, errors);
  if (status) co_return Done{};
  work->record.error = status.error().code;
  work->record.blame = status.error().blame;
  if (status.error().code == ErrorCode::cancelled) co_return Done{};  // nobody listens
  co_return co_await send_call_error(context, *work, status.error());
}

}  // namespace

io::Async<Done> answer_chat(Context& context) { return answer_call(context, Endpoint::chat); }
io::Async<Done> answer_completions(Context& context) {
  return answer_call(context, Endpoint::completions);
}
io::Async<Done> answer_embeddings(Context& context) {
  return answer_call(context, Endpoint::embeddings);
}

}  // namespace sluice::api
