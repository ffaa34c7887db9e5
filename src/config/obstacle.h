#pragma once
// Why a deployment cannot be called.
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "config/node.h"

namespace sluice::config {

struct Obstacle {
  std::string reason;  // for the client and the verdict
  Mark mark;
  std::string key;
  bool is_mistake = false;  // the file is to blame, not a variable or a provider Sluice lacks

  // The same place with that reason.
  Obstacle because(std::string why) const {
    return {.reason = std::move(why), .mark = mark, .key = key};
  }
};

// The part of `model` before the first slash, when it looks like the name of a provider; else
// empty.
std::string provider_prefix(const std::string& model);

// The obstacle for a model whose provider could not be found; `error` says why. `provider` is the
// name that nobody knows: custom_llm_provider, or the model's prefix, or empty. It may be newer
// than Sluice, or come from a Python file; only without one, or with a misspelt one, the file is to
// blame.
Obstacle unknown_model(const Error& error, const std::string& provider, const Obstacle& at);

// "api_base: it must …" -> "it must …", for a verdict that names the key itself.
std::string without_field(const std::string& message);

}  // namespace sluice::config
