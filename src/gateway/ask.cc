// One attempt at one deployment: encode, send, read until the reply is open or has failed.
#include <algorithm>
#include <ctime>

#include "gateway/exchange.h"
#include "gateway/failure_text.h"
#include "gateway/local_embeddings.h"
#include "gateway/local_reply.h"
#include "gateway/reply_facts.h"
#include "gateway/splice.h"
#include "provider/catalog.h"

namespace sluice::gateway {

namespace {

using provider::Dialect;

bool is_json(std::string_view content_type) {
  return content_type.find("json") != std::string_view::npos;
}
bool is_event_stream(std::string_view content_type) {
  return http::equals_ignoring_case(content_type.substr(0, 17), "text/event-stream");
}

std::string_view content_type_of(const http::UpstreamCall& call) {
  const std::string_view* value = call.head().find("content-type");
  return value == nullptr ? std::string_view() : *value;
}

// `retry-after-ms`, or `retry-after` in seconds; dates are not used by providers.
std::optional<Milliseconds> retry_after(const http::Head& head) {
  const auto number = [&head](std::string_view name) -> std::optional<double> {
    const std::string_view* value = head.find(name);
    return value == nullptr ? std::nullopt : json_number(*value);
  };
  if (const auto ms = number("retry-after-ms"); ms && *ms >= 0 && *ms < 1e9)
    return Milliseconds(static_cast<std::int64_t>(*ms));
  if (const auto seconds = number("retry-after"); seconds && *seconds >= 0 && *seconds < 1e6)
    return Milliseconds(static_cast<std::int64_t>(*seconds * 1000));
  return std::nullopt;
}

provider::ReplyContext reply_context(const Exchange& x) {
  return {.model = x.work.model,
          .created = std::time(nullptr),
          .fallback_id = x.call.id,
          .include_usage = x.call.wants_usage};
}

// The request for one deployment, written into memory that all requests of the thread share.
class DeploymentRequest final : public http::RequestSource {
 public:
  DeploymentRequest(const Exchange& exchange, const Attempt& attempt, const Route& route)
      : x_(exchange), attempt_(attempt), route_(route) {}

  // Error: the client asks for what the provider does not have.
  Result<std::span<const std::string_view>> write() {
    Scratch& to = scratch();
    if (const Status written = write_body(to); !written) return fail(written.error());
    if (const Status written = write_head(to); !written) return fail(written.error());
    to.pieces[0] = to.head.text();
    const auto body = to.body.pieces(to.pieces.size() - 1);
    std::ranges::copy(body, to.pieces.begin() + 1);
    return std::span<const std::string_view>(to.pieces.data(), body.size() + 1);
  }
  // What could be written once can be written again.
  std::span<const std::string_view> write_again() override { return *write(); }

 private:
  struct Scratch {
    TextBuffer head;
    PieceList body;
    std::string translated;  // the body in the provider's own format
    std::array<std::string_view, io::Stream::max_pieces> pieces;
  };
  static Scratch& scratch() {
    thread_local Scratch scratch;
    return scratch;
  }

  Status write_body(Scratch& to) const {
    const Deployment& deployment = *route_.deployment;
    const Status spliced = splice_body({.call = x_.call,
                                        .settings = x_.snapshot.settings(),
                                        .deployment = deployment,
                                        .model = x_.work.model,
                                        .overrides = attempt_.overrides},
                                       to.body);
    const Dialect& dialect = *deployment.spec->dialect;
    if (!spliced || dialect.encode_request == nullptr) return spliced;
    TRY(to.translated, dialect.encode_request(to.body.join()));
    to.body.clear();
    to.body.borrow(to.translated);
    return Done{};
  }

  Status write_head(Scratch& to) const {
    to.head.clear();
    const std::string& prepared = route_.heads[static_cast<std::size_t>(x_.call.endpoint)];
    if (!prepared.empty()) {
      to.head.append(prepared);
    } else {
      TRY(const std::string line, route_.request_line(x_.call.endpoint, x_.work.model));
      to.head.append(line).append(route_.header_lines);
    }
    http::HeaderBlock extra;
    for (const auto& [name, value] : x_.call.extra_headers) extra.add(name, value);
    to.head.append(extra.text()).append(x_.call.forwarded_headers);
    to.head.append("content-length: ").append_number(static_cast<std::int64_t>(to.body.size()));
    to.head.append("\r\n\r\n");
    return Done{};
  }

  const Exchange& x_;
  const Attempt& attempt_;
  const Route& route_;
};

// The deployment's route, or one with the credentials that the client brought.
Result<const Route*> choose_route(Exchange& x, router::DeploymentIndex index) {
  if (!x.call.client_key && !x.call.client_base) return &x.snapshot.route(index);
  x.reply = OpenReply{};  // an earlier attempt's points to that attempt's route
  TRY(x.client_route, x.snapshot.client_route(index, x.call));
  return &x.client_route->route;
}

// The answers that need no provider.
Status answer_locally(Exchange& x, const std::string& text) {
  if (auto error = mock_error(text, x.work.model)) return fail(std::move(*error));
  if (x.call.endpoint == Endpoint::embeddings)
    return fail(client_error(
        "the built-in echo and mock responses make no embeddings; ask another model."));
  x.reply.made = make_completion(
      x.call.endpoint,
      {.text = text, .model = x.work.model, .id = x.call.id, .created = std::time(nullptr)});
  x.reply.usage = {.prompt_tokens = 10, .completion_tokens = 20, .total_tokens = 30, .known = true};
  if (!x.call.stream) return Done{};
  TRY(x.reply.made, as_stream(x.call.endpoint, x.reply.made, x.call.wants_usage));
  return Done{};
}

// The whole answer: read to its end and checked, so that a broken one can be asked for again.
io::Async<Status> open_whole(Exchange& x, const Dialect& dialect, io::Time deadline) {
  http::UpstreamCall& call = *x.reply.call;
  const auto body = co_await call.read_all(deadline);
  if (!body) co_return fail(body.error());
  auto facts = read_reply(*body, content_type_of(call));
  if (!facts) co_return fail(std::move(facts).error());
  if (!facts->error.empty()) co_return fail(dialect.decode_error(500, *body));
  call.finish();
  x.reply.wire_body = *body;
  x.reply.usage = facts->usage;
  if (dialect.decode_reply != nullptr) {
    auto decoded = dialect.decode_reply(*body, reply_context(x), x.reply.usage);
    if (!decoded) co_return fail(std::move(decoded).error());
    x.reply.made = std::move(*decoded);
  }
  if (!x.call.stream) co_return Done{};
  // A provider that does not stream: the client asked for one, so it gets one.
  auto told = as_stream(x.call.endpoint, x.reply.body(), x.call.wants_usage);
  if (!told) co_return fail(std::move(told).error());
  x.reply.made = std::move(*told);
  co_return Done{};
}

// A stream up to its first event. What precedes it (comments) waits with it.
io::Async<Status> open_stream(Exchange& x, const Dialect& dialect, io::Time deadline) {
  http::UpstreamCall& call = *x.reply.call;
  auto decoder = dialect.make_stream_decoder != nullptr
                     ? dialect.make_stream_decoder(reply_context(x))
                     : nullptr;
  x.reply.filter = std::make_unique<EventFilter>(dialect, std::move(decoder), x.call.wants_usage);
  EventFilter& filter = *x.reply.filter;
  while (!filter.started() && !filter.ended()) {
    const auto block = co_await call.next_block(deadline);
    if (!block) co_return fail(block.error());
    const Status fed = feed_block(x, *block, x.reply.made);
    // What came before a fault that follows the first event is good: relay() reports the fault.
    if (!fed && !filter.started()) co_return fail(fed.error());
    if (!fed) x.reply.failed = std::make_unique<Error>(fed.error());
    if (call.body_done()) break;
  }
  co_return Done{};
}

io::Async<Status> open_reply(Exchange& x, const Dialect& dialect, io::Time deadline) {
  http::UpstreamCall& call = *x.reply.call;
  const int status = call.head().status;
  const std::string_view content_type = content_type_of(call);
  if (status >= 300) {
    const auto body = co_await call.read_all(deadline);
    Error error = dialect.decode_error(status, body ? *body : std::string_view());
    error.retry_after = retry_after(call.head());
    // LiteLLM's clients know a provider's type and param only for errors of the request itself.
    const bool about_request = status == 422 || error.type == "invalid_request_error";
    if (error.code != ErrorCode::bad_request || !about_request)
      error.type = error.param = std::nullopt;
    call.finish();
    co_return fail(std::move(error));
  }
  const bool stream = x.call.stream && (is_event_stream(content_type) || !is_json(content_type));
  if (stream && is_event_stream(content_type)) co_return co_await open_stream(x, dialect, deadline);
  co_return co_await open_whole(x, dialect, deadline);
}

// The words clients know: class and provider before the message; for a timeout of ours, how long it
// was.
void describe_failure(Error& error, const Exchange& x, const Deployment& deployment,
                      io::Time began) {
  using Seconds = std::chrono::duration<double>;
  if (error.code == ErrorCode::timeout && error.blame == Blame::gateway) {
    error.blame = Blame::provider;
    error.message = timeout_text();
    if (!x.call.stream)
      error.message += timing_text(Seconds(attempt_timeout(x, deployment)).count(),
                                   Seconds(io::Clock::now() - began).count());
  }
  if (error.code == ErrorCode::connection && !error.message.starts_with("Connection error"))
    error.message.insert(0, "Connection error: ");
  name_failure(error, deployment.spec->display);
  if (error.code == ErrorCode::timeout) error.message += deployment_text(deployment.timeout);
}

}  // namespace

Status feed_block(Exchange& x, std::string_view wire, std::string& out) {
  http::UpstreamCall& call = *x.reply.call;
  EventFilter& filter = *x.reply.filter;
  if (wire.empty() && !call.body_done())
    return fail(
        connection_error("Connection error: the provider closed the stream before its end."));
  std::string_view data;
  auto step = call.next_data(wire, data);
  for (; step == http::ChunkDecoder::Step::data; step = call.next_data(wire, data)) {
    if (Status fed = filter.feed(data, out); !fed) return fed;
  }
  if (step == http::ChunkDecoder::Step::malformed)
    return fail(
        connection_error("Connection error: the provider's chunked encoding is malformed."));
  return call.body_done() ? filter.end(out) : Status(Done{});
}

Milliseconds attempt_timeout(const Exchange& x, const Deployment& deployment) {
  const Settings& settings = x.snapshot.settings();
  if (x.call.stream) {
    if (x.call.stream_timeout) return *x.call.stream_timeout;
    if (deployment.stream_timeout) return *deployment.stream_timeout;
    if (settings.stream_timeout) return *settings.stream_timeout;
  }
  return x.call.timeout.value_or(deployment.timeout.value_or(settings.timeout));
}

io::Async<Status> ask(Exchange& x, const Attempt& attempt) {
  const auto chosen = choose_route(x, attempt.pick.deployment);
  if (!chosen) co_return fail(chosen.error());
  const Route& route = **chosen;
  const Deployment& deployment = *route.deployment;
  x.reply = OpenReply{.route = &route};
  x.work.model.assign(attempt.pick.model ? *attempt.pick.model : deployment.model);
  x.work.group.assign(attempt.group.name);
  x.record.deployment = x.snapshot.route(attempt.pick.deployment).deployment;
  x.record.model.assign(x.work.model);
  x.record.attempts++;
  const std::optional<std::string>& mock =
      x.call.mock_response ? x.call.mock_response : deployment.mock_response;
  if (mock) co_return answer_locally(x, *mock);
  if (deployment.spec->builtin) {
    if (x.work.model == "echo") co_return answer_locally(x, echo_of(x.call));
    co_return co_await embed_locally(x);
  }

  DeploymentRequest request(x, attempt, route);
  const auto pieces = request.write();
  if (!pieces) co_return fail(pieces.error());
  const io::Time began = io::Clock::now();
  const io::Time deadline = std::min(x.deadline, began + attempt_timeout(x, deployment));
  http::UpstreamCall& call = x.reply.call.emplace(x.gateway.upstreams, route.origin, x.call.cancel);
  Status opened = co_await call.start(*pieces, request, deadline);
  if (opened) opened = co_await open_reply(x, *deployment.spec->dialect, deadline);
  x.record.sent_upstream = began;
  x.record.upstream_time += io::Clock::now() - began;
  if (!opened) describe_failure(opened.error(), x, deployment, began);
  co_return opened;
}

}  // namespace sluice::gateway
