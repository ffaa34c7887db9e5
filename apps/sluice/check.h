#pragma once
// `sluice check FILE [--json]`: what of a LiteLLM configuration is honoured, without starting
// anything. Also the printer of verdicts that the server uses at its start.
#include <iosfwd>
#include <span>
#include <string_view>
#include <vector>

#include "config/verdict.h"

namespace sluice {

// Arguments after `check`. Exit code: 0 = everything is honoured, 1 = runs without something,
// 2 = cannot run, or the arguments are wrong.
int run_check(std::span<const std::string_view> args);

// One line for each verdict: "FILE:LINE: key.path: message".
void print_verdicts(const std::vector<config::Verdict>& verdicts, std::ostream& out);
// The same as one JSON object, with the exit code.
void print_verdicts_json(const std::vector<config::Verdict>& verdicts, std::ostream& out);

}  // namespace sluice
