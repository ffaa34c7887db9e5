// The story of one call to a model.
#include <algorithm>

#include "base/json_write.h"
#include "gateway/exchange.h"
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

void add_milliseconds(http::HeaderBlock& headers, std::string_view name, io::Duration duration) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  std::string text;
  append_json_double(text, static_cast<double>(std::max<std::int64_t>(micros, 0)) / 1000);
  headers.add(name, text);
}

std::string_view without_query(std::string_view url) { return url.substr(0, url.find('?')); }

// The provider's own headers, under LiteLLM's names.
void add_provider_headers(const http::Head& head, http::HeaderBlock& headers) {
  for (const auto& [name, value] : head.headers) {
    if (value.empty() || http::equals_ignoring_case(name, "transfer-encoding") ||
        http::equals_ignoring_case(name, "connection"))
      continue;
    std::string lower = "llm_provider-" + std::string(name);
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    headers.add(lower, value);
    if (lower.starts_with("llm_provider-x-ratelimit-"))
      headers.add(std::string_view(lower).substr(13), value);
  }
}

void add_reply_headers(const Exchange& x, http::HeaderBlock& headers) {
  const Deployment& deployment = *x.reply.route->deployment;
  headers.add("x-litellm-model-id", deployment.id);
  if (!deployment.api_base.empty() && !deployment.spec->builtin)
    headers.add("x-litellm-model-api-base", without_query(deployment.api_base));
  if (!x.call.stream) {  // of a stream the usage is not known yet
    std::string cost;
    append_json_double(cost, x.record.cost);
    headers.add("x-litellm-response-cost", cost);
  }
  const io::Duration total = io::Clock::now() - x.record.arrived;
  add_milliseconds(headers, "x-litellm-response-duration-ms", total);
  add_milliseconds(headers, "x-litellm-overhead-duration-ms", total - x.record.upstream_time);
  headers.add("x-litellm-model-group", x.reply.group);
  headers.add("x-litellm-attempted-retries", std::to_string(x.record.attempts - 1));
  headers.add("x-litellm-attempted-fallbacks", std::to_string(x.record.fallbacks));
  if (x.reply.call) add_provider_headers(x.reply.call->head(), headers);
}

}  // namespace

Status check_model(const Snapshot& snapshot, const Call& call) {
  std::optional<router::Group> scratch;
  if (snapshot.router().find(call.model, scratch) != nullptr) return Done{};
  if (auto error = unavailable(snapshot.settings(), call.model)) return fail(std::move(*error));
  return fail(invalid_model(call));
}

void note_deployment(const Exchange& x) {
  if (x.reply.route == nullptr) return;
  const Deployment& deployment = *x.reply.route->deployment;
  x.record.deployment_id = deployment.id;
  x.record.model = x.reply.model;
  x.record.provider = deployment.spec->name;
  x.record.api_base = without_query(deployment.api_base);
}

// A wildcard deployment's price is that of the model it was called for.
void note_usage(const Exchange& x) {
  const Deployment& deployment = *x.reply.route->deployment;
  Price price = deployment.price;
  if (!price.known) {
    const auto* facts = provider::find_facts(deployment.spec->name, x.reply.model);
    if (facts != nullptr) price = facts->price;
  }
  x.record.usage = x.reply.usage;
  x.record.cost = provider::cost_of(price, x.reply.usage);
}

std::string make_call_id(Gateway& gateway) {
  constexpr char digits[] = "0123456789abcdef";
  std::string id;
  std::uint64_t bits[2] = {gateway.ids(), gateway.ids()};
  bits[0] = (bits[0] & 0xffffffffffff0fffull) | 0x4000;                 // version 4
  bits[1] = (bits[1] & 0x3fffffffffffffffull) | 0x8000000000000000ull;  // RFC 4122 variant
  for (int i = 0; i < 32; i++) {
    if (i == 8 || i == 12 || i == 16 || i == 20) id += '-';
    id += digits[bits[i / 16] >> (60 - i % 16 * 4) & 15];
  }
  return id;
}

io::Async<Status> handle_call(Gateway& gateway, std::shared_ptr<const Snapshot> snapshot,
                              Call& call, http::ResponseWriter& out, http::HeaderBlock& headers,
                              AccessRecord& record, ErrorEvent error_event) {
  CO_TRY([[maybe_unused]] const Done known, check_model(*snapshot, call));
  CO_TRY([[maybe_unused]] const Done complete, check_input(call));

  Exchange x{.gateway = gateway, .snapshot = *snapshot, .call = call, .record = record};
  x.deadline = call.arrived + call.timeout.value_or(snapshot->settings().timeout);
  const Status opened = co_await open_first_healthy(x);
  note_deployment(x);
  if (!opened) co_return opened;

  note_usage(x);
  headers.add("content-type",
              call.stream ? "text/event-stream; charset=utf-8" : "application/json");
  add_reply_headers(x, headers);
  co_await relay(x, out, headers, error_event);
  note_usage(x);
  co_return Done{};
}

}  // namespace sluice::gateway
