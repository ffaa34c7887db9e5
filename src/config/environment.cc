#include "config/environment.h"

#include <unistd.h>

namespace sluice::config {

Environment Environment::of_process() {
  Values values;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; entry++) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    values.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return Environment(std::move(values));
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::string Environment::first_of(std::span<const std::string_view> names) const {
  for (const auto name : names) {
    if (auto value = get(name); value && !value->empty()) return *std::move(value);
  }
  return {};
}

void Environment::set_default(std::string name, std::string value) {
  values_.try_emplace(std::move(name), std::move(value));
}

}  // namespace sluice::config
