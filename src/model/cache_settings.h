#pragma once
// What `cache_params` and what belongs to it say. Plain data; two equal values mean the same cache,
// which then survives a reload.
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/deployment.h"
#include "model/redis_options.h"

namespace sluice {

enum class CacheType {
  memory,          // `local`
  disk,            // memory in front of a file
  redis,           // memory in front of a Redis
  semantic,        // exact and semantic; embedded, or in Sluice's own index of a Redis
  redis_semantic,  // exact and semantic, in the index that RedisVL and LiteLLM share
};

// How an entry is named and written: Sluice's canonical key and format, or those of LiteLLM.
enum class KeyScheme { sluice, litellm };

enum class SemanticMode { on, shadow, off };

struct SemanticSettings {
  SemanticMode mode = SemanticMode::on;
  std::optional<double> similarity_threshold;  // least cosine; absent = the encoder's default
  // Who is asked for vectors: a model of the model_list, or a provider's; empty = the built-in
  // encoder.
  std::string embedding_model;
  // What makes them, whoever is asked: "openai/text-embedding-ada-002", or "sluice/NAME" for an
  // encoder in this process. Vectors of two models are never compared. Empty = the built-in one.
  std::string vector_model;
  Milliseconds embedding_timeout{2000};  // of a lookup by a model elsewhere, its vector included
  std::string index_name = "litellm_semantic_cache_index";
  std::optional<bool> vetoes;  // absent: on with the built-in encoder, off with others
  bool share_foreign_entries = true;
  bool operator==(const SemanticSettings&) const = default;
};

struct CacheSettings {
  CacheType type = CacheType::memory;
  KeyScheme key_scheme = KeyScheme::sluice;
  bool default_off = false;         // mode: default_off; requests opt in with use-cache
  std::string name_space;           // prefix of the keys, without ':'; may be empty
  std::optional<Milliseconds> ttl;  // of an entry
  // When neither `ttl` nor the request says one; absent = the type's default.
  std::optional<Milliseconds> default_ttl;
  // How long after its end an answer is kept, to be told when no provider answers. 0: not at all.
  Milliseconds stale_if_error{0};
  bool chat = true, completions = true, embeddings = true;  // supported_call_types
  std::vector<std::vector<std::string>> caching_groups;
  // LiteLLM's keys: parameters that only a provider knows take part as well.
  bool provider_params_in_key = false;
  std::string timeout_in_key = "6000";  // the router's timeout, then one of them, as in the file
  bool shared_by_keys = false;          // Sluice's keys: all virtual keys share their entries
  std::size_t memory_bytes = 256u << 20;
  std::string disk_dir;  // of `disk` and of an embedded `semantic`
  std::size_t disk_bytes = std::size_t{4} << 30;
  std::optional<RedisOptions> redis;
  SemanticSettings semantic;
  bool operator==(const CacheSettings&) const = default;
};

}  // namespace sluice
