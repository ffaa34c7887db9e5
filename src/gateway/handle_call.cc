// The story of one call to a model.
#include <algorithm>
#include <cstring>

#include "base/digest.h"
#include "base/json_write.h"
#include "gateway/cached_call.h"
#include "gateway/exchange.h"
#include "http/recycled.h"
#include "provider/catalog.h"
#include "provider/prices.h"

namespace sluice::gateway {

namespace {

constexpr std::string_view route_names[] = {"/chat/completions", "/completions", "/embeddings"};

// LiteLLM's words, which differ by endpoint: clients match on them.
Error invalid_model(const Call& call) {
  const auto endpoint = static_cast<std::size_t>(call.endpoint);
  std::string text = std::string(route_names[endpoint]) + ": Invalid model name passed in model=" +
                     (call.model.empty() ? "None" : call.model) +
                     ". Call `/v1/models` to view available models for your key.";
  switch (call.endpoint) {
    case Endpoint::chat: text = "{'error': '" + text + "'}"; break;
    case Endpoint::completions: text = "400: {'error': '" + text + "'}"; break;
    case Endpoint::embeddings: {
      std::string quoted;
      append_json_string(quoted, text);
      text = "{\"error\": " + quoted + "}";
    }
  }
  Error error = client_error(std::move(text), "None");
  error.type = "None";
  return error;
}

// The model is configured, but nothing that could serve it is.
std::optional<Error> unavailable(const Settings& settings, std::string_view model) {
  const auto alias = settings.aliases.find(model);
  const std::string_view target = alias == settings.aliases.end() ? model : alias->second.target;
  std::vector<std::string> captures;
  for (const UnavailableDeployment& each : settings.unavailable) {
    const bool matches =
        each.group == target || (each.group.find('*') != std::string::npos &&
                                 router::matches_pattern(each.group, target, captures));
    if (!matches) continue;
    return Error{.code = ErrorCode::bad_request,
                 .blame = Blame::gateway,
                 .status = 400,
                 .message = "model `" + std::string(model) + "` can't be served: " + each.reason,
                 .type = "invalid_request_error",
                 .param = "model"};
  }
  return std::nullopt;
}

void add_milliseconds(http::HeaderBlock& headers, std::string_view line_start,
                      io::Duration duration) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  headers.raw()
      .append(line_start)
      .append_thousandths(std::max<std::int64_t>(micros, 0))
      .append("\r\n");
}

// The provider's own headers, under LiteLLM's names: llm_provider-NAME, and its rate limits as they
// are.
void add_provider_headers(const http::Head& head, http::HeaderBlock& headers) {
  constexpr std::string_view prefix = "llm_provider-";
  std::size_t most = 0;
  for (const auto& [name, value] : head.headers)
    most += prefix.size() + 2 * (name.size() + value.size() + 4);  // ": " and an end of line
  BoundedText lines(headers.raw(), most);
  for (const auto& [name, value] : head.headers) {
    if (value.empty() || http::name_is(name, "transfer-encoding") ||
        http::name_is(name, "connection"))
      continue;
    lines.put(prefix).put_lower(name).put(": ").put(value).put("\r\n");
    if (http::name_is(name.substr(0, 12), "x-ratelimit-"))
      lines.put(name).put(": ").put(value).put("\r\n");
  }
}

}  // namespace

void add_reply_headers(const Exchange& x, http::HeaderBlock& headers) {
  add_content_type(headers, x.call);
  headers.raw().append(x.reply.route->reply_lines);
  const io::Duration total = io::Clock::now() - x.record.arrived;
  add_milliseconds(headers, "x-litellm-response-duration-ms: ", total);
  add_milliseconds(headers, "x-litellm-overhead-duration-ms: ", total - x.record.upstream_time);
  headers.add("x-litellm-model-group", x.work.group);
  headers.raw().append("x-litellm-attempted-retries: ").append_number(x.record.attempts - 1);
  headers.raw()
      .append("\r\nx-litellm-attempted-fallbacks: ")
      .append_number(x.record.fallbacks)
      .append("\r\n");
  if (x.reply.call) add_provider_headers(x.reply.call->head(), headers);
}

Result<const router::Group*> find_group(const Snapshot& snapshot, Workspace& work,
                                        std::optional<router::Group>& scratch) {
  const router::Group* group = snapshot.router().find(work.call.model, scratch);
  if (group != nullptr) {
    work.record.group.assign(group->label());
    return group;
  }
  if (auto error = unavailable(snapshot.settings(), work.call.model))
    return fail(std::move(*error));
  return fail(invalid_model(work.call));
}

// A wildcard deployment's price is that of the model it was called for.
void note_usage(const Exchange& x) {
  const Deployment& deployment = *x.reply.route->deployment;
  Price price = deployment.price;
  if (!price.known) {
    const auto* facts = provider::find_facts(deployment.spec->name, x.work.model);
    if (facts != nullptr) price = facts->price;
  }
  x.record.usage = x.reply.usage;
  x.record.cost = provider::cost_of(price, x.reply.usage);
}

io::Async<Status> open_recorded(Exchange& x) {
  std::optional<router::Group> scratch;
  const auto group = find_group(x.snapshot, x.work, scratch);
  Status opened = Done{};
  if (group)
    opened = co_await open_first_healthy(x);
  else
    opened = fail(group.error());
  if (opened) {
    note_usage(x);
  } else {
    x.record.error = opened.error().code;
    x.record.blame = opened.error().blame;
  }
  x.record.status = opened ? 200 : opened.error().status;
  x.record.ended = io::Clock::now();
  x.gateway.metrics.count(x.record);
  x.gateway.access_log.write(x.record);
  co_return opened;
}

void Workspace::reset() {
  call.reset();
  record.reset();
  http::reset_string(model);
  http::reset_string(group);
  cache.reset();
  flight.reset();
}

void make_call_id(Gateway& gateway, std::string& id) {
  const std::uint64_t random[2] = {gateway.ids(), gateway.ids()};
  char bytes[16];
  std::memcpy(bytes, random, sizeof bytes);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);  // RFC 4122 variant
  id.assign(36, '-');
  char* at = id.data();
  std::size_t from = 0;
  for (const std::size_t size : {4, 2, 2, 2, 6}) {
    write_hex({bytes + from, size}, at);
    from += size;
    at += 2 * size + 1;
  }
}

void add_content_type(http::HeaderBlock& headers, const Call& call) {
  constexpr std::string_view whole = "content-type: application/json\r\n";
  constexpr std::string_view stream = "content-type: text/event-stream; charset=utf-8\r\n";
  headers.raw().append(call.stream ? stream : whole);
}

http::HeaderBlock& begin_answer_headers(const Call& call) {
  thread_local http::HeaderBlock headers;
  headers.clear();
  headers.add_clean("x-litellm-call-id", call.id);  // it was checked, or is ours
  headers.add_clean("x-litellm-version", litellm_version);
  return headers;
}

io::Async<Status> handle_call(Gateway& gateway, const Snapshot& snapshot, Workspace& work,
                              http::ResponseWriter& out, const ErrorText& errors) {
  std::optional<router::Group> scratch;
  CO_TRY(const router::Group* const group, find_group(snapshot, work, scratch));
  CO_TRY([[maybe_unused]] const Done complete, check_input(work.call));
  if (gateway.cache != nullptr) {
    const Status wished =
        read_cache_wish(gateway.cache->settings(), snapshot, *group, work.call, work.cache);
    if (!wished) co_return wished;
    if (work.cache.any()) co_return co_await handle_cached(gateway, snapshot, work, out, errors);
    work.record.cache = CacheOutcome::off;
  }

  Exchange x{.gateway = gateway, .snapshot = snapshot, .work = work};
  x.deadline = work.call.arrived + work.call.timeout.value_or(snapshot.settings().timeout);
  const Status opened = co_await open_first_healthy(x);
  if (!opened) co_return opened;

  note_usage(x);
  http::HeaderBlock& headers = begin_answer_headers(work.call);
  if (!work.call.stream)  // of a stream the usage is not known yet
    headers.raw().append("x-litellm-response-cost: ").append_double(x.record.cost).append("\r\n");
  if (gateway.cache != nullptr) headers.add_clean("x-sluice-cache", "off");
  add_reply_headers(x, headers);
  co_await relay(x, out, headers, errors.event);
  if (work.call.stream) note_usage(x);
  co_return Done{};
}

}  // namespace sluice::gateway
