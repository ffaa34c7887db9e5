// Any bytes as a configuration file end in Settings or in an error verdict, never in a crash, and
// take bounded time and memory. The file may include itself.
#include <cstdint>
#include <string>

#include "config/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto read = [&](const std::string&) -> std::optional<std::string> { return text; };
  const sluice::config::Environment environment({{"OPENAI_API_KEY", "k"}, {"X", "x"}});
  const auto loaded = sluice::config::load("config.yaml", environment, read);
  const bool failed = sluice::config::exit_code(loaded.verdicts) == 2;
  if (failed == loaded.settings.has_value()) __builtin_trap();
  return 0;
}
