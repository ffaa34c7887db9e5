#include "cache/report.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "base/json_write.h"
#include "cache/semantic_cache.h"

namespace sluice::cache {

namespace {

void append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ",";
  out.append("\"").append(name).append("\":");
}

void append_count(std::string& out, std::string_view name, std::size_t count) {
  append_name(out, name);
  out += std::to_string(count);
}

void append_fact(std::string& out, std::string_view name, std::string_view fact) {
  append_name(out, name);
  if (fact.empty()) {
    out += "null";
  } else {
    append_json_string(out, fact);
  }
}

// To the millisecond: what lies beyond is noise.
void append_seconds(std::string& out, std::string_view name, std::optional<double> seconds) {
  append_name(out, name);
  if (seconds && std::isfinite(*seconds)) {
    append_json_double(out, std::round(std::max(0.0, *seconds) * 1000) / 1000);
  } else {
    out += "null";
  }
}

void append_usage(std::string& out, const Usage& usage) {
  append_name(out, "usage");
  if (!usage.known) {
    out += "null";
    return;
  }
  std::string row = "{";
  append_count(row, "prompt_tokens", static_cast<std::size_t>(usage.prompt_tokens));
  append_count(row, "completion_tokens", static_cast<std::size_t>(usage.completion_tokens));
  append_count(row, "total_tokens", static_cast<std::size_t>(usage.total_tokens));
  out += row + "}";
}

void append_semantic(std::string& out, const SemanticCounts& counts) {
  std::string lookups = "{", all = "{";
  for (std::size_t i = 0; i < semantic_outcomes; i++)
    append_count(lookups, semantic_outcome_name(static_cast<SemanticOutcome>(i)),
                 counts.lookups[i]);
  append_name(all, "lookups");
  all += lookups + "}";
  append_count(all, "kept", counts.kept);
  append_count(all, "not_kept", counts.not_kept);
  append_count(all, "shadow_same", counts.shadow_same);
  append_count(all, "shadow_other", counts.shadow_other);
  append_name(out, "semantic");
  out += all + "}";
}

}  // namespace

std::string_view type_name(CacheType type) {
  constexpr std::array<std::string_view, 5> names{"local", "disk", "redis", "semantic",
                                                  "redis-semantic"};
  return names.at(static_cast<std::size_t>(type));
}

std::string stats_json(CacheType type, const ResponseCache::Stats& stats,
                       const SemanticCounts* semantic) {
  std::string out = "{\"type\":\"" + std::string(type_name(type)) + "\",\"stores\":[";
  for (const auto& [name, store] : stats) {
    if (out.back() == '}') out += ",";
    std::string row = "{";
    append_fact(row, "name", name);
    append_count(row, "entries", store.entries);
    append_count(row, "bytes", store.bytes);
    append_count(row, "capacity_bytes", store.capacity_bytes);
    append_count(row, "evicted", store.evicted);
    append_count(row, "expired", store.expired);
    out += row + "}";
  }
  out += "]";
  if (semantic != nullptr) append_semantic(out, *semantic);
  return out + "}";
}

std::string entry_json(std::string_view key, const ResponseCache::Stored& stored, double now) {
  const Entry& entry = stored.hit->entry;
  std::optional<double> left;
  if (stored.left) left = std::chrono::duration<double>(*stored.left).count();
  if (entry.expires_at) left = *entry.expires_at - now;  // what the store adds is for stale answers
  std::string out = "{";
  append_fact(out, "key", key);
  append_seconds(out, "age", now - entry.stored_at);
  append_seconds(out, "ttl", left);
  append_fact(out, "group", entry.group);
  append_fact(out, "provider", entry.provider);
  append_fact(out, "model", entry.model);
  append_fact(out, "model_id", entry.model_id);
  append_name(out, "from_stream");
  out += entry.from_stream ? "true" : "false";
  append_usage(out, entry.usage);
  append_name(out, "response");
  out.append(entry.body);
  return out + "}";
}

std::string deleted_json(std::size_t count) {
  return R"({"status":"success","deleted":)" + std::to_string(count) + "}";
}

}  // namespace sluice::cache
