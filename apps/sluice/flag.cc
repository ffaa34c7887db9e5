#include "sluice/flag.h"

#include <string>

namespace sluice {

std::string_view flag_name(std::string_view argument) {
  return argument.substr(0, argument.find('='));
}

Result<std::string_view> flag_value(std::span<const std::string_view> args, std::size_t& i) {
  const std::string_view name = flag_name(args[i]);
  if (name.size() < args[i].size()) return args[i].substr(name.size() + 1);
  if (i + 1 == args.size()) return fail(client_error(std::string(name) + " takes a value"));
  return args[++i];
}

}  // namespace sluice
