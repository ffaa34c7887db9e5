// The cache from outside: whether it works, what it holds, and taking things out.
#include "api/api.h"
#include "base/json_scan.h"
#include "base/json_write.h"
#include "cache/response_cache.h"

namespace sluice::api {

namespace {

constexpr Milliseconds patience{5'000};  // of an operator; requests have less

constexpr std::string_view names[] = {"local", "disk", "redis", "semantic", "redis-semantic"};

std::string_view type_name(const CacheSettings& settings) {
  return names[static_cast<std::size_t>(settings.type)];
}

Error no_cache() {
  return Error{.code = ErrorCode::unavailable,
               .status = 503,
               .message = "Cache not initialized: set `litellm_settings.cache: true`.",
               .type = "None",
               .param = "None"};
}

io::WaitLimit limit_of(const Context& context) {
  return {.deadline = io::Clock::now() + patience, .cancel = context.request.cancel};
}

// The failure of a store, as an operator should see it.
Error as_unhealthy(const Error& error) {
  return Error{.code = ErrorCode::unavailable,
               .status = 503,
               .message = "Service Unhealthy (" + error.message + ")",
               .type = "cache_ping_error",
               .param = "cache_ping"};
}

Result<std::vector<std::string>> read_keys(std::string_view body) {
  constexpr std::string_view expected = "the body must be {\"keys\": [\"…\", …]}.";
  JsonFields fields;
  std::vector<std::string_view> elements;
  if (scan_json_object(body, fields)) return fail(client_error(std::string(expected), "keys"));
  const JsonField* list = fields.find("keys");
  if (list == nullptr || list->type != JsonType::array || scan_json_array(list->value, elements))
    return fail(client_error(std::string(expected), "keys"));
  std::vector<std::string> keys;
  for (const std::string_view each : elements) {
    if (!each.starts_with('"')) return fail(client_error(std::string(expected), "keys"));
    keys.push_back(json_unescape(each));
  }
  return keys;
}

void append_count(std::string& out, std::string_view name, std::size_t count) {
  if (out.back() != '{') out += ",";
  out.append("\"").append(name).append("\":").append(std::to_string(count));
}

}  // namespace

io::Async<Done> answer_cache_ping(Context& context) {
  const auto cache = context.gateway.cache;
  if (cache == nullptr) co_return co_await send_error(context, no_cache());
  const Status working = co_await cache->check(limit_of(context));
  if (!working) co_return co_await send_error(context, as_unhealthy(working.error()));
  std::string body = R"({"status":"healthy","cache_type":")";
  body.append(type_name(cache->settings()));
  body += R"(","ping_response":true,"set_cache_response":"success"})";
  co_return co_await send_json(context, 200, body);
}

io::Async<Done> answer_cache_delete(Context& context) {
  const auto cache = context.gateway.cache;
  if (cache == nullptr) co_return co_await send_error(context, no_cache());
  const auto keys = read_keys(context.request.body());
  if (!keys) co_return co_await send_error(context, keys.error());
  std::size_t deleted = 0;
  for (const std::string& key : *keys) {
    const auto erased = co_await cache->erase(key, limit_of(context));
    if (!erased) co_return co_await send_error(context, as_unhealthy(erased.error()));
    if (*erased) deleted++;
  }
  const std::string body = R"({"status":"success","deleted":)" + std::to_string(deleted) + "}";
  co_return co_await send_json(context, 200, body);
}

io::Async<Done> answer_cache_flush(Context& context) {
  const auto cache = context.gateway.cache;
  if (cache == nullptr) co_return co_await send_error(context, no_cache());
  const auto deleted = co_await cache->clear(limit_of(context));
  if (!deleted) co_return co_await send_error(context, as_unhealthy(deleted.error()));
  const std::string body = R"({"status":"success","deleted":)" + std::to_string(*deleted) + "}";
  co_return co_await send_json(context, 200, body);
}

io::Async<Done> answer_cache_stats(Context& context) {
  const auto cache = context.gateway.cache;
  if (cache == nullptr) co_return co_await send_error(context, no_cache());
  const auto stats = co_await cache->stats(limit_of(context));
  if (!stats) co_return co_await send_error(context, as_unhealthy(stats.error()));
  std::string body = "{\"type\":\"" + std::string(type_name(cache->settings())) + "\",\"stores\":[";
  for (const auto& [name, store] : *stats) {
    if (body.back() == '}') body += ",";
    std::string row = "{";
    append_count(row, "entries", store.entries);
    append_count(row, "bytes", store.bytes);
    append_count(row, "capacity_bytes", store.capacity_bytes);
    append_count(row, "evicted", store.evicted);
    append_count(row, "expired", store.expired);
    body += "{\"name\":\"" + std::string(name) + "\"," + row.substr(1) + "}";
  }
  co_return co_await send_json(context, 200, body + "]}");
}

}  // namespace sluice::api
