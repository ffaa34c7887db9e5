#include "cache/cache_control.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sluice::cache {
namespace {

constexpr double longest_seconds = 1e9;  // 31 years, and no sum of times overflows

Error type_error(std::string_view field, std::string_view expected) {
  return client_error("`" + std::string(field) + "` must be " + std::string(expected) + ".",
                      std::string(field));
}

Milliseconds from_seconds(double seconds) {
  return Milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000)));
}

Status read_bool(const JsonField& field, std::string_view name, bool& out) {
  const auto value = json_bool(field.value);
  if (!value) return fail(type_error(name, "true or false"));
  out = *value;
  return Done{};
}

Status read_ttl(const JsonField& field, std::string_view name, std::optional<Milliseconds>& out) {
  const auto value = json_number(field.value);
  if (!value || *value <= 0 || *value > longest_seconds)
    return fail(type_error(name, "a number of seconds above 0"));
  out = from_seconds(*value);
  return Done{};
}

Status read_max_age(const JsonField& field, std::string_view name,
                    std::optional<Milliseconds>& out) {
  const auto value = json_number(field.value);
  if (!value || *value < 0 || *value > longest_seconds)
    return fail(type_error(name, "a number of seconds from 0"));
  out = from_seconds(*value);
  return Done{};
}

Status read_semantic(const JsonField& field, std::string_view name,
                     std::optional<SemanticMode>& out) {
  if (field.value == "\"on\"")
    out = SemanticMode::on;
  else if (field.value == "\"shadow\"")
    out = SemanticMode::shadow;
  else if (field.value == "\"off\"")
    out = SemanticMode::off;
  else
    return fail(type_error(name, "\"on\", \"shadow\" or \"off\""));
  return Done{};
}

// A namespace stands in keys and in patterns to find them, so it is a word.
Status read_name_space(const JsonField& field, std::string_view name, std::string& out) {
  constexpr std::size_t longest = 256;
  constexpr std::string_view expected = "a string of at most 256 bytes without control characters";
  if (field.type != JsonType::string) return fail(type_error(name, expected));
  out = json_unescape(field.value);
  const bool is_word = std::ranges::none_of(
      out, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (out.size() > longest || !is_word) return fail(type_error(name, expected));
  return Done{};
}

Status read_member(const JsonField& field, CacheControl& control) {
  if (field.type == JsonType::null) return Done{};
  if (field.key == "ttl") return read_ttl(field, "cache.ttl", control.ttl);
  if (field.key == "s-maxage") return read_max_age(field, "cache.s-maxage", control.max_age);
  if (field.key == "s-max-age") return read_max_age(field, "cache.s-max-age", control.max_age);
  if (field.key == "no-cache") return read_bool(field, "cache.no-cache", control.no_cache);
  if (field.key == "no-store") return read_bool(field, "cache.no-store", control.no_store);
  if (field.key == "use-cache") return read_bool(field, "cache.use-cache", control.use_cache);
  if (field.key == "namespace")
    return read_name_space(field, "cache.namespace", control.name_space);
  if (field.key == "semantic") return read_semantic(field, "cache.semantic", control.semantic);
  return Done{};
}

Status read_cache(const JsonField& field, CacheControl& control) {
  JsonFields members;
  if (field.type != JsonType::object || scan_json_object(field.value, members))
    return fail(type_error("cache", "an object such as {\"no-cache\": true}"));
  for (const JsonField& member : members) {
    if (!members.counts(member)) continue;
    if (Status status = read_member(member, control); !status) return status;
  }
  return Done{};
}

// metadata.redis_namespace: LiteLLM's second place for a namespace. Metadata is free text, so
// what is no namespace is none.
void read_metadata(const JsonField& field, CacheControl& control) {
  if (field.type != JsonType::object || !field.value.contains("redis_namespace")) return;
  JsonFields members;
  if (scan_json_object(field.value, members)) return;
  const JsonField* name = members.find("redis_namespace");
  std::string name_space;
  if (name != nullptr && read_name_space(*name, "metadata.redis_namespace", name_space))
    control.name_space = name_space;
}

std::optional<double> seconds_of(std::string_view digits) {
  if (digits.size() >= 2 && digits.front() == '"' && digits.back() == '"')
    digits = digits.substr(1, digits.size() - 2);
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), seconds);
  if (error == std::errc::result_out_of_range) return longest_seconds;
  if (error != std::errc() || end != digits.end()) return std::nullopt;
  return std::min(static_cast<double>(seconds), longest_seconds);
}

bool same_word(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
  });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

void read_directive(std::string_view directive, CacheControl& control) {
  const auto equals = directive.find('=');
  const std::string_view name = trimmed(directive.substr(0, equals));
  if (same_word(name, "no-cache")) control.no_cache = true;
  if (same_word(name, "no-store")) control.no_store = true;
  if (equals == std::string_view::npos) return;
  const auto seconds = seconds_of(trimmed(directive.substr(equals + 1)));
  if (!seconds) return;
  if (same_word(name, "max-age")) control.max_age = from_seconds(*seconds);
  if (same_word(name, "s-maxage") && *seconds > 0) control.default_ttl = from_seconds(*seconds);
}

// RFC 9111 section 5.2: directives between commas.
void read_header(std::string_view header, CacheControl& control) {
  while (!header.empty()) {
    const auto comma = header.find(',');
    read_directive(header.substr(0, comma), control);
    header.remove_prefix(comma == std::string_view::npos ? header.size() : comma + 1);
  }
}

// `caching: false` opts out of both halves.
Status read_caching(const JsonField& field, CacheControl& control) {
  bool wanted = true;
  if (Status status = read_bool(field, "caching", wanted); !status) return status;
  if (!wanted) control.no_cache = control.no_store = true;
  return Done{};
}

Status read_fields(const JsonFields& fields, CacheControl& control) {
  const auto set = [&](std::string_view name) {
    const JsonField* field = fields.find(name);
    return field != nullptr && field->type != JsonType::null ? field : nullptr;
  };
  if (const JsonField* metadata = set("metadata")) read_metadata(*metadata, control);
  if (const JsonField* caching = set("caching")) {
    if (Status status = read_caching(*caching, control); !status) return status;
  }
  if (const JsonField* ttl = set("ttl"); ttl != nullptr && !control.default_ttl) {
    if (Status status = read_ttl(*ttl, "ttl", control.default_ttl); !status) return status;
  }
  if (const JsonField* cache = set("cache")) return read_cache(*cache, control);
  return Done{};
}

bool is_cached(const CacheSettings& settings, const CacheControl& control,
               provider::Endpoint endpoint) {
  if (settings.default_off && !control.use_cache) return false;
  switch (endpoint) {
    case provider::Endpoint::chat: return settings.chat;
    case provider::Endpoint::completions: return settings.completions;
    case provider::Endpoint::embeddings: return settings.embeddings;
  }
  return false;
}

}  // namespace

Result<CacheControl> read_cache_control(const JsonFields& fields, std::string_view header) {
  CacheControl control;
  read_header(header, control);
  if (const Status status = read_fields(fields, control); !status) return fail(status.error());
  return control;
}

bool may_read(const CacheSettings& settings, const CacheControl& control,
              provider::Endpoint endpoint) {
  return is_cached(settings, control, endpoint) && !control.no_cache;
}

bool may_write(const CacheSettings& settings, const CacheControl& control,
               provider::Endpoint endpoint) {
  return is_cached(settings, control, endpoint) && !control.no_store;
}

std::optional<Milliseconds> resolve_ttl(const CacheSettings& settings,
                                        const CacheControl& control) {
  using std::chrono::seconds;
  if (control.ttl) return control.ttl;
  if (settings.ttl) return settings.ttl;
  if (control.default_ttl) return control.default_ttl;
  if (settings.default_ttl) return settings.default_ttl;
  switch (settings.type) {
    case CacheType::memory: return seconds(600);
    case CacheType::redis: return seconds(60);
    case CacheType::disk:
    case CacheType::semantic:
    case CacheType::redis_semantic: break;
  }
  return std::nullopt;
}

std::string_view name_space_of(const CacheSettings& settings, const CacheControl& control) {
  return control.name_space.empty() ? settings.name_space : control.name_space;
}

}  // namespace sluice::cache
