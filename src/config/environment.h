#pragma once
// The environment variables a configuration may look at, as a value: a test passes its own.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::config {

class Environment {
 public:
  using Values = std::map<std::string, std::string, std::less<>>;

  Environment() = default;
  explicit Environment(Values values) : values_(std::move(values)) {}
  // A copy of this process's variables.
  static Environment of_process();

  std::optional<std::string> get(std::string_view name) const;
  // The first of `names` that is set and not empty; empty when none is.
  std::string first_of(std::span<const std::string_view> names) const;
  // Keeps a value that is there already.
  void set_default(std::string name, std::string value);

 private:
  Values values_;
};

}  // namespace sluice::config
