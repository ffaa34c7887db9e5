#include "gateway/cache_wish.h"

#include <optional>

#include "base/digest.h"
#include "cache/canonical_key.h"
#include "cache/litellm_key.h"
#include "cache/semantic_cache.h"
#include "gateway/snapshot.h"
#include "http/recycled.h"

namespace sluice::gateway {

namespace {

// A failure or an answer that the request itself makes up is nobody else's.
bool is_made_up(const Call& call) {
  return call.mock_response || call.mock_failure != MockFailure::none;
}

std::string credentials_digest(const Call& call) {
  if (!call.client_key && !call.client_base) return {};
  return sha256(call.client_key.value_or("") + '\n' + call.client_base.value_or(""));
}

struct Asked {
  std::string_view group;
  const Deployment* deployment;
  std::string_view credentials;
};

cache::KeyInput key_input(const CacheSettings& settings, const Call& call, const CacheWish& wish,
                          const Asked& asked) {
  return {.endpoint = call.endpoint,
          .group = asked.group,
          .fields = &call.fields,
          .deployment_params = asked.deployment == nullptr ? nullptr : &asked.deployment->defaults,
          .stream = call.stream,
          .name_space = cache::name_space_of(settings, wish.control),
          .tenant = settings.shared_by_keys ? std::string_view() : std::string_view(call.tenant),
          .credentials = asked.credentials};
}

}  // namespace

void CacheWish::reset() {
  reads = writes = false;
  http::reset_string(key);
  deployment = nullptr;
  control = {};
}

std::string answer_key(const CacheSettings& settings, const Call& call, const CacheWish& wish,
                       std::string_view group, const Deployment* deployment) {
  const std::string credentials = credentials_digest(call);
  const auto input = key_input(settings, call, wish, {group, deployment, credentials});
  return settings.key_scheme == KeyScheme::litellm ? cache::litellm_key(input, settings)
                                                   : cache::canonical_key(input, settings);
}

std::string item_key(const CacheSettings& settings, const Call& call, const CacheWish& wish,
                     std::string_view group, const Deployment* deployment, std::string_view item) {
  const std::string credentials = credentials_digest(call);
  const auto input = key_input(settings, call, wish, {group, deployment, credentials});
  return settings.key_scheme == KeyScheme::litellm
             ? cache::litellm_item_key(input, settings, item)
             : cache::canonical_item_key(input, settings, item);
}

Status read_cache_wish(const CacheSettings& settings, const Snapshot& snapshot,
                       const router::Group& group, const Call& call, CacheWish& wish) {
  TRY(wish.control, cache::read_cache_control(call.fields, call.cache_control));
  if (is_made_up(call)) return Done{};
  wish.reads = cache::may_read(settings, wish.control, call.endpoint);
  wish.writes = cache::may_write(settings, wish.control, call.endpoint);
  if (!wish.any()) return Done{};
  if (!group.members.empty())
    wish.deployment = &snapshot.settings().deployments[group.members.front()];
  wish.key = answer_key(settings, call, wish, call.model, wish.deployment);
  return Done{};
}

Result<cache::AskedQuestion> question_of(const cache::SemanticCache& semantic,
                                         const CacheSettings& settings, const Call& call,
                                         const CacheWish& wish) {
  const std::string credentials = credentials_digest(call);
  return semantic.prepare(
      key_input(settings, call, wish, {call.model, wish.deployment, credentials}));
}

std::string flight_key(const Call& call, const CacheWish& wish) {
  constexpr std::string_view ways[] = {"stream",         "stream_options",    "timeout",
                                       "stream_timeout", "request_timeout",   "num_retries",
                                       "fallbacks",      "disable_fallbacks", "cache"};
  std::string key = wish.key;
  for (const std::string_view name : ways) {
    const JsonField* field = call.fields.find(name);
    if (field != nullptr) key.append("\n").append(name).append(" ").append(field->value);
  }
  if (call.timeout) key.append("\n").append(std::to_string(call.timeout->count()));
  return key.append("\n").append(call.cache_control).append("\n").append(call.forwarded_headers);
}

}  // namespace sluice::gateway
