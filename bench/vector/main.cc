// What a search in a flat index costs and finds, and what an insert costs.
//
//   bench_vector [--rows N,N,…] [--dims N] [--file FLOATS] [--level portable|avx2|avx512|neon]
//
// Without a file the vectors are made up. Queries are other wordings of questions that are there
// (cosine .7 to .95); with a file, half of them are rows that were left out of the index.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include "samples.h"
#include "vector/flat_index.h"

namespace {

using sluice::CpuLevel;
using sluice::vector::FlatIndex;
using Clock = std::chrono::steady_clock;

struct Options {
  std::vector<std::size_t> rows{1'000, 10'000, 100'000, 1'000'000};
  std::size_t dims = 384;
  std::string file;
  CpuLevel level = sluice::cpu_level();
};

double microseconds(Clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

// The time of the quickest tenth of the runs, as the machine is rarely ours alone; and the median.
struct Times {
  double best, median;
};
Times summary(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {times[times.size() / 10], times[times.size() / 2]};
}

struct Query {
  std::vector<float> vector;
  std::size_t nearest;  // by exact cosine
  double cosine;
};

Query make_query(const Samples& samples, std::size_t rows, std::vector<float> vector) {
  Query query{std::move(vector), 0, -1};
  for (std::size_t i = 0; i < rows; i++) {
    const auto row = samples.row(i);
    float sum = 0;
    for (std::size_t k = 0; k < row.size(); k++) sum += row[k] * query.vector[k];
    if (sum > query.cosine) query.cosine = sum, query.nearest = i;
  }
  return query;
}

std::vector<Query> make_queries(const Samples& samples, std::size_t rows, std::size_t count,
                                bool from_file) {
  std::mt19937 random(11);
  std::vector<Query> queries;
  for (std::size_t i = 0; i < count; i++) {
    const std::size_t left_out = rows + i;
    if (from_file && i % 2 == 0 && left_out < samples.rows()) {
      const auto row = samples.row(left_out);
      queries.push_back(make_query(samples, rows, {row.begin(), row.end()}));
    } else {
      const double cosine = .7 + .25 * static_cast<double>(random() % 1000) / 1000;
      queries.push_back(make_query(samples, rows, samples.near(random() % rows, cosine, random)));
    }
  }
  return queries;
}

struct Recall {
  std::size_t asked = 0, found = 0;
  double share() const {
    return asked == 0 ? 1 : static_cast<double>(found) / static_cast<double>(asked);
  }
};

void measure(const Samples& samples, std::size_t rows, const Options& options) {
  const auto now = sluice::vector::Moment::min();
  FlatIndex index(samples.dims(), options.level);
  std::vector<double> inserts;
  for (std::size_t i = 0; i < rows; i++) {
    const auto start = Clock::now();
    index.insert(i, samples.row(i), sluice::vector::never_ends);
    inserts.push_back(microseconds(Clock::now() - start));
  }
  const auto queries =
      make_queries(samples, rows, rows > 200'000 ? 200 : 1000, !options.file.empty());
  Recall all, alike;
  std::vector<double> searches;
  double largest_error = 0;
  for (int pass = 0; pass < 3; pass++) {
    for (const Query& query : queries) {
      const auto start = Clock::now();
      const auto hits = index.nearest(query.vector, 3, now);
      searches.push_back(microseconds(Clock::now() - start));
      if (pass > 0) continue;
      const bool found = !hits.empty() && hits[0].cosine > query.cosine - 1e-4;
      all.asked++, all.found += found;
      if (query.cosine >= .8) alike.asked++, alike.found += found;
      if (found) largest_error = std::max(largest_error, std::abs(hits[0].cosine - query.cosine));
    }
  }
  const Times search = summary(searches);
  double total = 0;
  for (const double each : inserts) total += each;
  std::sort(inserts.begin(), inserts.end());
  std::printf("%9zu %5zu  %8.3f %8.3f  %8.2f %8.2f  %6.4f  %6.4f  %7.1e  %6.0f\n", rows,
              samples.dims(), search.best / 1000, search.median / 1000,
              total / static_cast<double>(rows), inserts[rows - 1 - rows / 100], all.share(),
              alike.share(), largest_error,
              static_cast<double>(index.memory_bytes()) / static_cast<double>(rows));
}

std::size_t number_of(std::string_view text) {
  std::size_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ptr != text.data() + text.size() || number == 0)
    throw std::runtime_error("not a positive number: " + std::string(text));
  return number;
}

std::vector<std::size_t> numbers_of(std::string_view list) {
  std::vector<std::size_t> numbers;
  while (true) {
    const std::size_t comma = list.find(',');
    numbers.push_back(number_of(list.substr(0, comma)));
    if (comma == std::string_view::npos) return numbers;
    list.remove_prefix(comma + 1);
  }
}

CpuLevel level_of(std::string_view name) {
  for (const auto level : {CpuLevel::portable, CpuLevel::neon, CpuLevel::avx2, CpuLevel::avx512})
    if (sluice::cpu_level_name(level) == name && sluice::cpu_has(level)) return level;
  throw std::runtime_error("this machine has no " + std::string(name));
}

Options read_options(std::span<char*> args) {
  Options options;
  for (std::size_t i = 1; i < args.size(); i += 2) {
    const std::string_view name = args[i];
    if (i + 1 == args.size()) throw std::runtime_error(std::string(name) + " needs a value");
    const std::string_view value = args[i + 1];
    if (name == "--rows")
      options.rows = numbers_of(value);
    else if (name == "--dims")
      options.dims = number_of(value);
    else if (name == "--file")
      options.file = value;
    else if (name == "--level")
      options.level = level_of(value);
    else
      throw std::runtime_error("unknown option " + std::string(name));
  }
  return options;
}

void run(const Options& options) {
  const std::size_t most = *std::max_element(options.rows.begin(), options.rows.end());
  const Samples samples = options.file.empty() ? Samples::made_up(most, options.dims)
                                               : Samples::read(options.file, options.dims);
  std::printf("kernels: %s; %s\n", sluice::cpu_level_name(options.level).data(),
              options.file.empty() ? "made-up vectors" : options.file.c_str());
  std::printf("%9s %5s  %8s %8s  %8s %8s  %6s  %6s  %7s  %6s\n", "rows", "dims", "search", "p50 ms",
              "insert", "p99 us", "r@1", "r@1>.8", "error", "B/row");
  for (const std::size_t rows : options.rows)
    measure(samples, std::min(rows, samples.rows()), options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(read_options({argv, static_cast<std::size_t>(argc)}));
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_vector: %s\n", failure.what());
    return 2;
  }
}
