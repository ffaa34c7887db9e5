#include "config/verdict.h"

#include <algorithm>
#include <tuple>

namespace sluice::config {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::ignored: return "ignored";
    case Level::unsupported: return "unsupported";
    case Level::error: return "error";
  }
  return "error";
}

int Report::add_file(std::string path) {
  files_.push_back(std::move(path));
  return static_cast<int>(files_.size()) - 1;
}

void Report::ignored(const Mark& mark, std::string key, std::string message) {
  add(Level::ignored, mark, std::move(key), std::move(message));
}

void Report::unsupported(const Mark& mark, std::string key, std::string message) {
  add(Level::unsupported, mark, std::move(key), std::move(message));
}

void Report::error(const Mark& mark, std::string key, std::string message) {
  add(Level::error, mark, std::move(key), std::move(message));
}

void Report::add(Level level, const Mark& mark, std::string key, std::string message) {
  Place place{.line = mark.line, .column = mark.column, .key = std::move(key)};
  if (static_cast<std::size_t>(mark.file) < files_.size()) {
    place.file = files_[static_cast<std::size_t>(mark.file)];
  }
  const auto same = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return entry.verdict.level == level && entry.verdict.message == message;
  });
  if (same == entries_.end()) {
    entries_.push_back({{level, std::move(place), std::move(message), {}}, mark});
    return;
  }
  // A value that several readers look at is reported once.
  if (same->verdict.place.key == place.key && same->verdict.place.line == place.line) return;
  same->verdict.also.push_back(std::move(place));
}

bool Report::has_errors() const {
  return std::ranges::any_of(entries_,
                             [](const Entry& e) { return e.verdict.level == Level::error; });
}

std::vector<Verdict> Report::take() {
  std::ranges::sort(entries_, {}, [](const Entry& entry) {
    const Mark& mark = entry.mark;
    return std::tuple(mark.file, mark.line, mark.column, std::string_view(entry.verdict.message));
  });
  std::vector<Verdict> verdicts;
  for (Entry& entry : entries_) verdicts.push_back(std::move(entry.verdict));
  entries_.clear();
  return verdicts;
}

int exit_code(const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return 0;
  return std::ranges::any_of(verdicts, [](const Verdict& v) { return v.level == Level::error; })
             ? 2
             : 1;
}

}  // namespace sluice::config
