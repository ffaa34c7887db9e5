#include "config/cache_params.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "config/key_table.h"
#include "config/reader.h"
#include "config/redis_reader.h"

namespace sluice::config {
namespace {

constexpr std::string_view default_disk_dir = ".sluice_cache";
constexpr std::string_view litellm_embedding_model = "text-embedding-ada-002";
constexpr std::string_view own_index_name = "sluice_semantic_cache";

struct TypeName {
  std::string_view name;
  CacheType type;
};
constexpr auto types = std::to_array<TypeName>({
    {"local", CacheType::memory},
    {"redis", CacheType::redis},
    {"redis-semantic", CacheType::redis_semantic},
    {"disk", CacheType::disk},
    {"semantic", CacheType::semantic},
});
constexpr std::string_view types_of_litellm[] = {"qdrant-semantic", "s3", "gcs", "azure-blob",
                                                 "valkey-semantic"};

// LiteLLM's names of calls. The proxy makes the asynchronous ones; people write either.
struct CallType {
  std::string_view name;
  bool CacheSettings::* endpoint;  // null: not served, or never cached
};
constexpr auto call_types = std::to_array<CallType>({
    {"acompletion", &CacheSettings::chat},
    {"completion", &CacheSettings::chat},
    {"atext_completion", &CacheSettings::completions},
    {"text_completion", &CacheSettings::completions},
    {"aembedding", &CacheSettings::embeddings},
    {"embedding", &CacheSettings::embeddings},
    {"atranscription", nullptr},
    {"transcription", nullptr},
    {"arerank", nullptr},
    {"rerank", nullptr},
    {"aresponses", nullptr},
    {"responses", nullptr},
    {"anthropic_messages", nullptr},
});

// "268435456", "256MB", "1.5 GiB": a power of 1024 either way, as it is of memory.
std::optional<std::size_t> bytes_of(std::string_view text) {
  double number = 0;
  const auto read = std::from_chars(text.begin(), text.end(), number);
  if (read.ec != std::errc() || !(number >= 0)) return std::nullopt;
  std::string unit;
  for (const char c : std::string_view(read.ptr, text.end()))
    if (c != ' ') unit.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  constexpr std::pair<std::string_view, int> units[] = {
      {"", 0},     {"B", 0},  {"K", 10},  {"KB", 10},  {"KIB", 10}, {"M", 20},  {"MB", 20},
      {"MIB", 20}, {"G", 30}, {"GB", 30}, {"GIB", 30}, {"T", 40},   {"TB", 40}, {"TIB", 40}};
  for (const auto& [name, shift] : units) {
    constexpr double most = 1e18;
    const double size = number * static_cast<double>(std::size_t{1} << shift);
    if (unit == name && size <= most) return static_cast<std::size_t>(size);
  }
  return std::nullopt;
}

// One mapping of cache parameters, with what stands around it.
class CacheReader {
 public:
  CacheReader(const Node& params, const std::string& path, const Environment& environment,
              Report& report)
      : params_(params),
        reader_(params, path, report),
        environment_(environment),
        report_(report) {}

  std::optional<CacheSettings> read() {
    if (!read_type()) return std::nullopt;
    check_params();
    read_scheme();
    read_mode();
    settings_.name_space = name_space();
    read_ttl();
    read_call_types();
    read_sizes();
    settings_.shared_by_keys = reader_.boolean("shared_by_keys").value_or(false);
    if (is_semantic()) read_semantic();
    read_place();
    return std::move(settings_);
  }

 private:
  bool is_semantic() const {
    return settings_.type == CacheType::semantic || settings_.type == CacheType::redis_semantic;
  }

  bool read_type() {
    const auto name = reader_.text("type");
    if (!name) return settings_.type = CacheType::memory, warn_about_redis(), true;
    for (const TypeName& each : types) {
      if (each.name == *name) return settings_.type = each.type, true;
    }
    if (std::ranges::find(types_of_litellm, *name) != std::end(types_of_litellm)) {
      report_.ignored(reader_.value("type")->mark, reader_.path_of("type"),
                      "caches of type `" + *name + "` are not there yet; answers are not cached");
    } else {
      reader_.wrong("type", "`" + *name +
                                "` is no type of cache; write local, redis, disk, semantic or "
                                "redis-semantic");
    }
    return false;
  }

  // Without a type LiteLLM's cache is in memory, whatever else is written: a common surprise.
  void warn_about_redis() const {
    for (const std::string_view key : {"host", "url", "redis_startup_nodes", "sentinel_nodes"}) {
      const Node* node = params_.find(key);
      if (node == nullptr || (node->is_null() && node->variable.empty())) continue;
      report_.ignored(node->mark, reader_.path_of(key),
                      "has no effect without `type: redis`; answers are cached in memory");
      return;
    }
  }

  void check_params() const {
    Node known{.kind = Kind::map, .mark = params_.mark};
    for (std::size_t i = 0; i < params_.keys.size(); i++) {
      const Key& key = params_.keys[i];
      if (find_key(Section::cache_params, key.text) != nullptr) {
        known.set(key, params_.items[i]);
        continue;
      }
      // Any keyword of the Redis client is allowed, so only what looks misspelt is told.
      const auto near = nearest_key(Section::cache_params, key.text);
      if (near.empty()) continue;
      report_.ignored(key.mark, reader_.path_of(key.text),
                      "is not a known cache parameter; did you mean `" + std::string(near) + "`?");
    }
    check_keys(Section::cache_params, known, reader_.path(), report_);
  }

  void read_scheme() {
    const bool shared = settings_.type == CacheType::redis;
    settings_.key_scheme = shared ? KeyScheme::litellm : KeyScheme::sluice;
    const auto name = reader_.text("key_scheme");
    if (!name) return;
    if (*name == "litellm")
      settings_.key_scheme = KeyScheme::litellm;
    else if (*name == "sluice")
      settings_.key_scheme = KeyScheme::sluice;
    else
      reader_.wrong("key_scheme", "must be litellm or sluice");
  }

  void read_mode() {
    const auto name = reader_.text("mode");
    if (!name || *name == "default_on") return;
    settings_.default_off = *name == "default_off";
    if (!settings_.default_off) reader_.wrong("mode", "must be default_on or default_off");
  }

  std::string name_space() const {
    std::string name = reader_.text_or_empty("namespace");
    const bool has_control = std::ranges::any_of(
        name, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
    if (has_control) reader_.wrong("namespace", "must not contain control characters");
    return name;
  }

  void read_ttl() {
    const bool in_redis =
        settings_.type == CacheType::redis || settings_.type == CacheType::redis_semantic;
    const bool in_memory = settings_.type == CacheType::memory;
    settings_.ttl = positive("ttl");
    const auto redis = positive("default_in_redis_ttl");
    const auto memory = positive("default_in_memory_ttl");
    if (in_redis && redis) settings_.ttl = redis;
    if (in_memory && memory) settings_.ttl = memory;
    read_stale_if_error();
  }

  // LiteLLM's entries don't say when they end: the store alone knows, and drops them.
  void read_stale_if_error() {
    const auto time = positive("stale_if_error");
    if (!time) return;
    settings_.stale_if_error = *time;
    if (settings_.key_scheme == KeyScheme::litellm)
      reader_.wrong("stale_if_error", "needs `key_scheme: sluice`");
  }

  std::optional<Milliseconds> positive(std::string_view key) const {
    const auto time = reader_.seconds(key);
    if (!time || time->count() > 0) return time;
    reader_.wrong(key, "must be a number of seconds above 0");
    return std::nullopt;
  }

  void read_call_types() {
    const Node* list = reader_.value("supported_call_types");
    if (list == nullptr) return;
    settings_.chat = settings_.completions = settings_.embeddings = false;
    for (const std::string& name : reader_.texts("supported_call_types")) {
      const auto found = std::ranges::find(call_types, name, &CallType::name);
      if (found == call_types.end())
        report_.ignored(list->mark, reader_.path_of("supported_call_types"),
                        "`" + name +
                            "` is no type of call; write acompletion, atext_completion "
                            "or aembedding");
      else if (found->endpoint != nullptr)
        settings_.*found->endpoint = true;
    }
  }

  void read_sizes() {
    read_size("memory_bytes", settings_.memory_bytes);
    read_size("disk_bytes", settings_.disk_bytes);
  }

  void read_size(std::string_view key, std::size_t& size) const {
    const auto text = reader_.text(key);
    if (!text) return;
    constexpr std::size_t least = std::size_t{1} << 20;
    const auto bytes = bytes_of(*text);
    if (bytes && *bytes >= least)
      size = *bytes;
    else
      reader_.wrong(key, "must be a number of bytes from 1MB up, such as 256MB");
  }

  void read_semantic() {
    SemanticSettings& semantic = settings_.semantic;
    const bool shared = settings_.type == CacheType::redis_semantic;
    read_semantic_mode();
    if (const auto least = reader_.amount("similarity_threshold")) {
      semantic.similarity_threshold = *least;
      if (*least > 1) reader_.wrong("similarity_threshold", "must be a number from 0 to 1");
    }
    if (shared)
      semantic.embedding_model = reader_.text("redis_semantic_cache_embedding_model")
                                     .value_or(std::string(litellm_embedding_model));
    if (const auto model = reader_.text("embedding_model")) semantic.embedding_model = *model;
    if (semantic.embedding_model == "built-in") semantic.embedding_model.clear();
    if (!shared) semantic.index_name = own_index_name;
    if (const auto name = reader_.text("redis_semantic_cache_index_name"); name && !name->empty())
      semantic.index_name = *name;
    if (const auto timeout = positive("semantic_cache_embedding_timeout"))
      semantic.embedding_timeout = *timeout;
    semantic.vetoes = reader_.boolean("vetoes");
    semantic.share_foreign_entries = reader_.boolean("share_foreign_entries").value_or(true);
  }

  // YAML reads a bare on and off as true and false.
  void read_semantic_mode() {
    const Node* node = reader_.value("semantic_mode");
    if (node == nullptr) return;
    SemanticMode& mode = settings_.semantic.mode;
    if (const auto on = as_boolean(*node))
      mode = *on ? SemanticMode::on : SemanticMode::off;
    else if (node->text == "on" || node->text == "off")
      mode = node->text == "on" ? SemanticMode::on : SemanticMode::off;
    else if (node->text == "shadow")
      mode = SemanticMode::shadow;
    else
      reader_.wrong("semantic_mode", "must be on, shadow or off");
  }

  // Where the entries are, besides in memory.
  void read_place() {
    switch (settings_.type) {
      case CacheType::memory: return;
      case CacheType::redis:
      case CacheType::redis_semantic:
        settings_.redis = read_redis(params_, reader_.path(), environment_, report_);
        return;
      case CacheType::semantic:
        // Embedded, unless the file itself names a Redis: one in the environment may serve others.
        if (names_redis(params_))
          settings_.redis = read_redis(params_, reader_.path(), environment_, report_);
        else
          read_disk_dir();
        return;
      case CacheType::disk: read_disk_dir();
    }
  }

  void read_disk_dir() {
    settings_.disk_dir = reader_.text("disk_cache_dir").value_or("");
    if (settings_.disk_dir.empty()) settings_.disk_dir = default_disk_dir;
  }

  const Node& params_;
  Reader reader_;
  const Environment& environment_;
  Report& report_;
  CacheSettings settings_;
};

}  // namespace

std::optional<CacheSettings> read_cache_params(const Node& params, const std::string& path,
                                               const Environment& environment, Report& report) {
  return CacheReader(params, path, environment, report).read();
}

}  // namespace sluice::config
