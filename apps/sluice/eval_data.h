#pragma once
// The files that `sluice eval` reads.
#include <string>
#include <vector>

#include "base/result.h"
#include "sluice/eval_edits.h"

namespace sluice::eval {

// JSON lines, {"a": "…", "b": "…", "same": 1}; `same` is a number or a boolean. Error: names the
// file and the line.
Result<std::vector<Pair>> read_pairs(const std::string& file);

struct Query {
  std::string text;
  int intent;  // -1: out of scope, no two of which have the same answer
};

// CLINC150's data_full.json: an object of arrays of ["text", "intent"], of which the keys that
// begin with "oos" hold what is out of scope. All parts together.
Result<std::vector<Query>> read_queries(const std::string& file);

}  // namespace sluice::eval
