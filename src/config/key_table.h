#pragma once
// Every key of LiteLLM's configuration that Sluice knows, with what it does with it. The checks,
// the suggestions for misspelt keys and docs/config.md come from these tables.
#include <span>
#include <string>
#include <string_view>

#include "config/verdict.h"

namespace sluice::config {

enum class Support {
  honoured,   // acted on
  parameter,  // sent to the provider when the client does not set it
  not_yet,    // known, not acted on: a verdict says `note`
  no_effect,  // acted on by LiteLLM only, and nothing is lost without it
};

struct KeySpec {
  std::string_view name;
  Support support = Support::honoured;
  std::string_view note =
      {};  // not_yet: what is missing; else what it is, for the docs; may be empty
};

enum class Section {
  top,
  model_list,
  litellm_params,
  model_info,
  litellm_settings,
  router_settings,
  general_settings,
  cache_params,
};

std::string_view name_of(Section section);  // "litellm_settings"; "top level" for Section::top
std::span<const KeySpec> keys_of(Section section);
const KeySpec* find_key(Section section, std::string_view key);

// The known key of that section most like `key`, when it is near enough to be a slip of the pen;
// else empty.
std::string_view nearest_key(Section section, std::string_view key);
// The same among any names.
std::string_view nearest_name(std::span<const std::string> names, std::string_view name);

// A verdict for each key of `map` that is not acted on: known but not honoured, written in the
// wrong section, or unknown. A value that asks for nothing (null, false, an empty list) needs no
// verdict.
void check_keys(Section section, const Node& map, const std::string& path, Report& report);

// All tables as Markdown, one per section.
std::string keys_as_markdown();

}  // namespace sluice::config
