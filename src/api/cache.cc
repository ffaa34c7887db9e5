// The cache from outside: whether it works, what it holds, and taking things out.
#include "api/api.h"
#include "base/json_scan.h"
#include "base/unix_time.h"
#include "cache/report.h"

namespace sluice::api {

namespace {

constexpr Milliseconds patience{5'000};  // of an operator; requests have less

Error no_cache() {
  return Error{.code = ErrorCode::unavailable,
               .status = 503,
               .message = "Cache not initialized: set `litellm_settings.cache: true`.",
               .type = "None",
               .param = "None"};
}

Error no_key() { return client_error("the query must name an entry: ?key=KEY.", "key"); }

Error no_entry() {
  Error error = client_error("no answer is kept under that key.", "key");
  error.code = ErrorCode::not_found;
  error.status = 404;
  return error;
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

using Told = Result<std::string>;  // JSON

// Sends what the cache tells. It is held meanwhile: a reload may put another one in its place.
io::Async<Done> answer_from_cache(Context& context,
                                  io::Async<Told> (*ask)(Context&, cache::ResponseCache&)) {
  const auto cache = context.gateway.cache;
  if (cache == nullptr) co_return co_await send_error(context, no_cache());
  const Told told = co_await ask(context, *cache);
  if (!told) co_return co_await send_error(context, told.error());
  co_return co_await send_json(context, 200, *told);
}

io::Async<Told> ping(Context& context, cache::ResponseCache& cache) {
  const Status working = co_await cache.check(limit_of(context));
  if (!working) co_return fail(as_unhealthy(working.error()));
  std::string body = R"({"status":"healthy","cache_type":")";
  body.append(cache::type_name(cache.settings().type));
  co_return body += R"(","ping_response":true,"set_cache_response":"success"})";
}

io::Async<Told> erase(Context& context, cache::ResponseCache& cache) {
  CO_TRY(const auto keys, read_keys(context.request.body()));
  std::size_t deleted = 0;
  for (const std::string& key : keys) {
    const auto erased = co_await cache.erase(key, limit_of(context));
    if (!erased) co_return fail(as_unhealthy(erased.error()));
    if (*erased) deleted++;
  }
  co_return cache::deleted_json(deleted);
}

io::Async<Told> flush(Context& context, cache::ResponseCache& cache) {
  const auto deleted = co_await cache.clear(limit_of(context));
  if (!deleted) co_return fail(as_unhealthy(deleted.error()));
  co_return cache::deleted_json(*deleted);
}

io::Async<Told> stats(Context& context, cache::ResponseCache& cache) {
  const auto rows = co_await cache.stats(limit_of(context));
  if (!rows) co_return fail(as_unhealthy(rows.error()));
  co_return cache::stats_json(cache.settings().type, *rows, cache.semantic_counts());
}

io::Async<Told> entry(Context& context, cache::ResponseCache& cache) {
  const std::string key = http::query_value(context.request.query(), "key");
  if (key.empty()) co_return fail(no_key());
  const auto stored = co_await cache.look(key, limit_of(context));
  if (!stored) co_return fail(as_unhealthy(stored.error()));
  if (stored->hit == nullptr) co_return fail(no_entry());
  co_return cache::entry_json(key, *stored, unix_seconds());
}

io::Async<Told> redis_info(Context& context, cache::ResponseCache& cache) {
  auto info = co_await cache.redis_info(limit_of(context));
  if (!info) co_return fail(as_unhealthy(info.error()));
  co_return info;
}

}  // namespace

io::Async<Done> answer_cache_ping(Context& context) { return answer_from_cache(context, ping); }
io::Async<Done> answer_cache_delete(Context& context) { return answer_from_cache(context, erase); }
io::Async<Done> answer_cache_flush(Context& context) { return answer_from_cache(context, flush); }
io::Async<Done> answer_cache_stats(Context& context) { return answer_from_cache(context, stats); }
io::Async<Done> answer_cache_entry(Context& context) { return answer_from_cache(context, entry); }
io::Async<Done> answer_cache_redis_info(Context& context) {
  return answer_from_cache(context, redis_info);
}

}  // namespace sluice::api
