#include "sluice/model_bench.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <memory>

#include "base/json_scan.h"
#include "base/json_write.h"
#include "embed/encoder.h"
#include "embed/model_location.h"

namespace sluice {

namespace {

constexpr std::array levels{CpuLevel::avx512, CpuLevel::avx2, CpuLevel::neon, CpuLevel::portable};

Result<std::vector<CpuLevel>> levels_named(const std::string& kernel) {
  std::vector<CpuLevel> found;
  for (const CpuLevel level : levels)
    if (cpu_has(level) && (kernel.empty() || kernel == cpu_level_name(level)))
      found.push_back(level);
  if (!found.empty()) return found;
  std::string names;
  for (const CpuLevel level : levels)
    if (cpu_has(level)) names.append(names.empty() ? "" : ", ").append(cpu_level_name(level));
  return fail(client_error("this machine has no kernel `" + kernel + "`; it has " + names));
}

// Microseconds, sorted: 500 texts, or as many as two seconds allow. The words change, as they do in
// life, so that the embeddings are not all in the nearest cache.
std::vector<double> time_texts(const embed::Encoder& model, int words) {
  using Clock = std::chrono::steady_clock;
  constexpr int rounds = 500;
  constexpr std::array vocabulary{"water ", "city ", "what ", "the ", "of ", "price ", "name "};
  std::vector<float> vector(static_cast<std::size_t>(model.dimensions()));
  std::vector<double> times;
  const auto give_up = Clock::now() + std::chrono::seconds(2);
  for (std::size_t round = 0; round < rounds && Clock::now() < give_up; round++) {
    std::string text;
    for (int i = 0; i < words; i++)
      text += vocabulary[(round + static_cast<std::size_t>(i) * (round + 1)) % vocabulary.size()];
    const auto begin = Clock::now();
    model.encode(text, vector);
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::ranges::sort(times);
  return times;
}

void append_float(std::string& out, float value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

std::string describe(const embed::Encoder& model, std::string_view text) {
  std::vector<float> vector(static_cast<std::size_t>(model.dimensions()));
  model.encode(text, vector);
  std::string out = "{\"pieces\":[";
  for (const embed::Piece& piece : model.pieces(text, text.size() + 1)) {
    if (!out.ends_with('[')) out += ',';
    append_json_string(out, piece.text);
  }
  out += "],\"unknown\":";
  out += model.has_unknown(text) ? "true" : "false";
  out += ",\"embedding\":[";
  for (const float value : vector) {
    if (!out.ends_with('[')) out += ',';
    append_float(out, value);
  }
  return out += "]}\n";
}

}  // namespace

Status bench_model(const std::string& name, const std::string& kernel, std::ostream& out) {
  TRY(const auto wanted, levels_named(kernel));
  out << "kernel    tokens    p50 µs    p99 µs\n" << std::fixed << std::setprecision(0);
  for (const CpuLevel level : wanted) {
    TRY(const auto encoder, embed::Encoder::open(embed::model_path(name), level));
    for (const int tokens : {7, 12, 32, 128}) {
      const auto times = time_texts(*encoder, tokens);
      out << std::left << std::setw(10) << cpu_level_name(level) << std::right << std::setw(6)
          << tokens << std::setw(10) << times[times.size() / 2] << std::setw(10)
          << times[times.size() * 99 / 100] << std::endl;
    }
  }
  return Done{};
}

Status embed_lines(const EmbedRequest& request, std::istream& in, std::ostream& out) {
  TRY(const auto wanted, levels_named(request.kernel));
  TRY(const auto encoder, embed::Encoder::open(embed::model_path(request.name), wanted.front()));
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); number++) {
    if (!request.json_strings) {
      out << describe(*encoder, line);
    } else if (line.starts_with('"') && !scan_json(line)) {
      out << describe(*encoder, json_unescape(line));
    } else {
      return fail(client_error("line " + std::to_string(number) + " is no JSON string"));
    }
  }
  return Done{};
}

}  // namespace sluice
