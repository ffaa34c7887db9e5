#pragma once
// A configuration written in a test, with the environment and the files that the test wants.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/load.h"

namespace sluice::config {

struct TestFiles {
  std::map<std::string, std::string> others = {};  // by path, for `include`
  Environment::Values environment = {{"OPENAI_API_KEY", "sk-fake"}};
};

inline Loaded load_text(const std::string& yaml, const TestFiles& files = {}) {
  const auto read = [&](const std::string& path) -> std::optional<std::string> {
    if (path == "config.yaml") return yaml;
    const auto found = files.others.find(path);
    if (found == files.others.end()) return std::nullopt;
    return found->second;
  };
  return load("config.yaml", Environment(files.environment), read);
}

using Lines = std::vector<std::string>;

// "LEVEL LINE key: message" of each verdict.
inline Lines lines_of(const Loaded& loaded) {
  Lines lines;
  for (const Verdict& verdict : loaded.verdicts) {
    lines.push_back(std::string(name_of(verdict.level)) + " " + std::to_string(verdict.place.line) +
                    " " + verdict.place.key + ": " + verdict.message);
  }
  return lines;
}

}  // namespace sluice::config
