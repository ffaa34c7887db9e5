#pragma once
// The parts of the report.
#include <cstdint>
#include <string>
#include <vector>

#include "sluice/eval_data.h"
#include "sluice/eval_report.h"
#include "sluice/eval_vectors.h"

namespace sluice::eval {

// Pairs with slices: what each policy serves of them.
Table slices_table(std::string name, std::string title, const std::vector<Pair>& pairs,
                   const Vectors& vectors);

// Labelled pairs: precision and recall, and what a comparison costs.
void add_pairs(Report& report, const std::vector<Pair>& pairs, const Vectors& vectors);

struct StreamOptions {
  std::size_t length = 12'000;
  std::size_t seeds = 20;
};
// A stream of queries with intents: hits, and how many of them are right.
void add_stream(Report& report, const std::vector<Query>& queries, const Vectors& vectors,
                const StreamOptions& options);

}  // namespace sluice::eval
