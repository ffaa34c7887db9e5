#include "sluice/eval_sections.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <unordered_map>

#include "semantic/compare.h"
#include "semantic/question.h"
#include "sluice/eval_policies.h"
#include "sluice/eval_progress.h"
#include "sluice/eval_stats.h"
#include "sluice/eval_stream.h"

namespace sluice::eval {
namespace {

std::string range(Interval interval) {
  char text[48];
  std::snprintf(text, sizeof text, "%.1f to %.1f %%", 100 * interval.low, 100 * interval.high);
  return text;
}

struct Served {
  std::size_t all = 0;
  std::vector<std::size_t> by_policy;
};

// Slices in the order of their first pair.
std::vector<std::pair<std::string, bool>> slices_of(const std::vector<Pair>& pairs) {
  std::vector<std::pair<std::string, bool>> slices;
  for (const Pair& pair : pairs) {
    const std::pair slice{pair.slice, pair.same};
    if (std::ranges::find(slices, slice) == slices.end()) slices.push_back(slice);
  }
  return slices;
}

Served served_of(const std::vector<Pair>& pairs, const std::string& slice, const Vectors& vectors,
                 const std::vector<Policy>& rules) {
  Served served{.by_policy = std::vector<std::size_t>(rules.size(), 0)};
  for (const Pair& pair : pairs) {
    if (pair.slice != slice) continue;
    served.all++;
    const double similarity = vectors.similarity(pair.a, pair.b);
    for (std::size_t i = 0; i < rules.size(); i++)
      served.by_policy[i] += rules[i].same(pair.a, pair.b, similarity);
  }
  return served;
}

std::vector<Scored> by_cosine(const std::vector<Pair>& pairs, const Vectors& vectors) {
  std::vector<Scored> scored;
  for (const Pair& pair : pairs)
    scored.push_back({std::max(vectors.similarity(pair.a, pair.b), 0.0), pair.same});
  return scored;
}

std::vector<Scored> by_score(const std::vector<Pair>& pairs, const Vectors& vectors) {
  std::vector<Scored> scored;
  for (const Pair& pair : pairs)
    scored.push_back({score(pair.a, pair.b, vectors.similarity(pair.a, pair.b)), pair.same});
  return scored;
}

std::vector<Cell> recall_row(std::string name, const std::vector<Scored>& scored) {
  std::vector<Cell> row{cell(std::move(name)), percent(average_precision(scored))};
  for (const double precision : {0.80, 0.85, 0.90, 0.95})
    row.push_back(percent(recall_at(scored, precision)));
  return row;
}

std::vector<Cell> policy_row(const Policy& policy, const std::vector<Pair>& pairs,
                             const Vectors& vectors) {
  std::size_t served = 0, right = 0, all_right = 0;
  for (const Pair& pair : pairs) {
    all_right += pair.same;
    if (!policy.same(pair.a, pair.b, vectors.similarity(pair.a, pair.b))) continue;
    served++;
    right += pair.same;
  }
  return {cell(policy.name), percent(StreamResult::share(served, pairs.size())),
          percent(StreamResult::share(right, served)), cell(range(clopper_pearson(right, served))),
          percent(StreamResult::share(right, all_right))};
}

// Microseconds of a comparison: the median and the 99th percentile.
std::pair<double, double> cost_of(const std::vector<Pair>& pairs, const Vectors& vectors) {
  using std::chrono::steady_clock;
  std::vector<double> costs;
  score("", "warm up", 0.9);
  for (const Pair& pair : pairs) {
    const double similarity = vectors.similarity(pair.a, pair.b);
    const auto begin = steady_clock::now();
    score(pair.a, pair.b, similarity);
    costs.push_back(std::chrono::duration<double, std::micro>(steady_clock::now() - begin).count());
  }
  std::ranges::sort(costs);
  return {costs[costs.size() / 2], costs[costs.size() * 99 / 100]};
}

// Scores of pairs of queries, since each seed meets the same pairs again.
class ScoreMemo {
 public:
  explicit ScoreMemo(const std::vector<Query>& queries) : queries_(queries) {}
  double operator()(std::uint32_t asked, const Neighbour& stored) {
    const auto [low, high] = std::minmax(asked, stored.query);
    const auto [at, added] = scores_.try_emplace(std::uint64_t{low} << 32 | high, 0.f);
    if (added)
      at->second = static_cast<float>(
          score(queries_[low].text, queries_[high].text, static_cast<double>(stored.similarity)));
    return static_cast<double>(at->second);
  }

 private:
  const std::vector<Query>& queries_;
  std::unordered_map<std::uint64_t, float> scores_;
};

class StreamSection {
 public:
  StreamSection(const std::vector<Query>& queries, const Vectors& vectors,
                const StreamOptions& options)
      : queries_(queries),
        neighbours_(neighbours_of(queries, vectors, lowest)),
        stream_(queries, neighbours_),
        memo_(queries) {
    for (std::size_t seed = 0; seed < options.seeds; seed++)
      orders_.push_back(stream_.order(options.length, seed));
  }

  void add_to(Report& report) {
    constexpr std::size_t rows = 11;
    Progress progress("playing the stream", rows + cosines.size() + least_scores.size());
    const auto step = [&](auto result) {
      progress.advance();
      return result;
    };
    Table table = empty_table();
    for (const Policy& policy : policies()) {
      if (policy.name != "Sluice") table.rows.push_back(row(policy.name, step(run(policy))));
    }
    for (const double delta : {0.01, 0.02, 0.05}) {
      char name[32];
      std::snprintf(name, sizeof name, "vCache %.0f %%", 100 * delta);
      table.rows.push_back(row(name, step(run_vcache(delta))));
    }
    const double least = semantic::default_least_score;
    table.rows.push_back(row("Sluice", step(run_ours(least, 1, false))));
    table.rows.push_back(row("Sluice, 10 tenants apart", step(run_ours(least, 10, false))));
    table.rows.push_back(row("Sluice, matchable only", step(run_ours(least, 1, true))));
    report.tables.push_back(std::move(table));
    report.plots.push_back(plot(step));
  }

 private:
  static constexpr double lowest = 0.55;
  static constexpr std::array cosines{0.78, 0.80, 0.82, 0.84, 0.86, 0.88, 0.90, 0.92, 0.94, 0.96};
  static constexpr std::array least_scores{0.92,  0.94, 0.955, 0.965, 0.97,
                                           0.975, 0.98, 0.985, 0.99,  0.993};

  static Table empty_table() {
    return {.name = "stream",
            .title = "Stream of queries against a cache that begins empty",
            .note =
                "Right is the same intent. Mean of all orders; precision is of hits, with the "
                "lowest and highest of any order.",
            .columns = {"policy", "hits", "wrong per request", "precision", "lowest", "highest",
                        "entries"},
            .rows = {}};
  }

  struct Results {
    StreamResult sum;
    double lowest = 1, highest = 0;
    std::size_t orders = 0;
  };

  template <class Play>
  Results play(Play once) const {
    Results results;
    for (std::size_t i = 0; i < orders_.size(); i++) {
      const StreamResult result = once(orders_[i], i);
      results.sum += result;
      results.lowest = std::min(results.lowest, result.precision());
      results.highest = std::max(results.highest, result.precision());
      results.orders++;
    }
    return results;
  }

  Results run(const Policy& policy) const {
    return play([&](const auto& order, std::size_t) {
      return stream_.run(order, policy.candidates, [&](std::uint32_t, const Neighbour& stored) {
        return policy.same({}, {}, static_cast<double>(stored.similarity));
      });
    });
  }
  Results run_vcache(double delta) const {
    return play([&](const auto& order, std::size_t seed) {
      return stream_.run_vcache(order, delta, seed);
    });
  }
  // With `only_matchable`, queries that judge_question refuses are neither looked up nor stored.
  Results run_ours(double least, std::size_t tenants, bool only_matchable) {
    const auto same = [&](std::uint32_t asked, const Neighbour& stored) {
      if (static_cast<double>(stored.similarity) < semantic::lowest_similarity) return false;
      if (only_matchable && (!matchable(asked) || !matchable(stored.query))) return false;
      return memo_(asked, stored) >= least;
    };
    return play(
        [&](const auto& order, std::size_t) { return stream_.run(order, 3, same, tenants); });
  }
  bool matchable(std::uint32_t query) {
    if (matchable_.empty()) {
      for (const Query& each : queries_)
        matchable_.push_back(semantic::judge_question(each.text).matchable);
    }
    return matchable_[query];
  }

  static std::vector<Cell> row(std::string name, const Results& results) {
    const StreamResult& sum = results.sum;
    return {cell(std::move(name)),
            percent(sum.hit_rate()),
            percent(sum.wrong_per_request(), 2),
            percent(sum.precision(), 2),
            percent(results.lowest, 2),
            percent(results.highest, 2),
            count(sum.entries / std::max<std::size_t>(results.orders, 1))};
  }

  template <class Step>
  Plot plot(Step step) {
    Plot plot{"stream_curve",
              "Stream: precision of hits against hits",
              "requests answered from the cache",
              {{"cosine threshold", {}}, {"Sluice", {}}}};
    const auto add = [&](Series& series, const Results& results) {
      series.points.emplace_back(results.sum.hit_rate(), results.sum.precision());
    };
    for (const double threshold : cosines)
      add(plot.series[0], step(run({"", 1, [=](auto, auto, double similarity) {
                                      return similarity >= threshold;
                                    }})));
    for (const double least : least_scores) add(plot.series[1], step(run_ours(least, 1, false)));
    return plot;
  }

  const std::vector<Query>& queries_;
  std::vector<std::vector<Neighbour>> neighbours_;
  Stream stream_;
  ScoreMemo memo_;
  std::vector<std::vector<std::uint32_t>> orders_;
  std::vector<char> matchable_;
};

}  // namespace

Table slices_table(std::string name, std::string title, const std::vector<Pair>& pairs,
                   const Vectors& vectors) {
  const auto rules = policies();
  Table table{
      .name = std::move(name), .title = std::move(title), .note = {}, .columns = {}, .rows = {}};
  table.note = "Share of the pairs that each rule takes for the same question.";
  table.columns = {"slice", "must", "pairs"};
  for (const Policy& policy : rules) table.columns.push_back(policy.name);
  table.columns.emplace_back("Sluice, 95 % confidence");
  for (const auto& [slice, same] : slices_of(pairs)) {
    const Served served = served_of(pairs, slice, vectors, rules);
    std::vector<Cell> row{cell(slice), cell(same ? "hit" : "miss"), count(served.all)};
    for (const std::size_t hits : served.by_policy)
      row.push_back(percent(StreamResult::share(hits, served.all)));
    row.push_back(cell(range(clopper_pearson(served.by_policy.back(), served.all))));
    table.rows.push_back(std::move(row));
  }
  return table;
}

void add_pairs(Report& report, const std::vector<Pair>& pairs, const Vectors& vectors) {
  const auto cosine = by_cosine(pairs, vectors), ours = by_score(pairs, vectors);
  report.tables.push_back(
      {.name = "pairs",
       .title = "Labelled pairs: recall at a precision, by the best threshold",
       .note = {},
       .columns = {"score", "average precision", "recall at 80 %", "at 85 %", "at 90 %", "at 95 %"},
       .rows = {recall_row("cosine", cosine), recall_row("Sluice", ours)}});
  Table fixed{.name = "pairs_policies",
              .title = "Labelled pairs: the rules as they stand",
              .note = {},
              .columns = {},
              .rows = {}};
  fixed.columns = {"policy", "served", "precision", "95 % confidence", "recall"};
  for (const Policy& policy : policies()) fixed.rows.push_back(policy_row(policy, pairs, vectors));
  report.tables.push_back(std::move(fixed));
  const auto [median, high] = cost_of(pairs, vectors);
  char text[64];
  std::snprintf(text, sizeof text, "median %.1f µs, 99th percentile %.1f µs", median, high);
  report.tables.push_back({.name = "cost",
                           .title = "Cost of a comparison",
                           .note = {},
                           .columns = {"pairs", "time"},
                           .rows = {{count(pairs.size()), cell(text)}}});
  report.plots.push_back({"pairs_curve",
                          "Labelled pairs: precision against coverage",
                          "pairs taken for the same question",
                          {{"cosine threshold", precision_curve(cosine, pairs.size())},
                           {"Sluice", precision_curve(ours, pairs.size())}}});
}

void add_stream(Report& report, const std::vector<Query>& queries, const Vectors& vectors,
                const StreamOptions& options) {
  StreamSection(queries, vectors, options).add_to(report);
}

}  // namespace sluice::eval
