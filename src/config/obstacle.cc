#include "config/obstacle.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "config/key_table.h"
#include "provider/catalog.h"

namespace sluice::config {
namespace {

const std::vector<std::string>& provider_names() {
  static const auto names = [] {
    std::vector<std::string> all;
    for (const auto& spec : provider::catalog()) all.emplace_back(spec.name);
    return all;
  }();
  return names;
}

// The provider that a wrong prefix may stand for: a slip of the pen, or only the beginning of a
// name
// ("together" for "together_ai").
std::string provider_meant(const std::string& prefix) {
  if (const auto near = nearest_name(provider_names(), prefix); !near.empty()) {
    return std::string(near);
  }
  for (const auto& name : provider_names()) {
    if (prefix.size() >= 4 && name.starts_with(prefix + "_")) return name;
  }
  return {};
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

std::string without_field(const std::string& message) {
  const auto colon = message.find(": ");
  const bool has_field = colon != std::string::npos && message.find(' ') > colon;
  return has_field ? message.substr(colon + 2) : message;
}

std::string provider_prefix(const std::string& model) {
  const auto slash = model.find('/');
  if (slash == std::string::npos) return {};
  std::string prefix = model.substr(0, slash);
  return std::ranges::all_of(prefix, is_name_character) ? prefix : std::string{};
}

Obstacle unknown_model(const Error& error, const std::string& provider, const Obstacle& at) {
  if (provider == "auto_router") {
    return at.because("automatic routing by content is not supported yet");
  }
  // A known provider without a model, or a bare name.
  if (provider.empty() || provider::find_provider(provider) != nullptr ||
      provider::is_missing_provider(provider)) {
    Obstacle obstacle = at.because(without_field(error.message));
    obstacle.is_mistake = true;
    return obstacle;
  }
  const std::string meant = provider_meant(provider);
  if (meant.empty()) {
    return at.because("provider `" + provider +
                      "` is not known; for an OpenAI-compatible server write `openai/MODEL` and "
                      "its `api_base`");
  }
  Obstacle obstacle = at.because("provider `" + provider + "` is not known; write `" + meant +
                                 "` if that is meant");
  obstacle.is_mistake = true;
  return obstacle;
}

}  // namespace sluice::config
