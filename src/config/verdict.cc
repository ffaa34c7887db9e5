#include "config/verdict.h"

#include <algorithm>
#include <tuple>

namespace sluice::config {
namespace {

std::tuple<int, int, int> order_of(const Mark& mark) { return {mark.file, mark.line, mark.column}; }

}  // namespace

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
  const auto same = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return entry.level == level && entry.message == message;
  });
  if (same == entries_.end()) {
    entries_.push_back({level, std::move(message), {{mark, std::move(key)}}});
    return;
  }
  // A value that several readers look at is reported once.
  const auto is_same_place = [&](const auto& place) {
    return place.second == key && order_of(place.first) == order_of(mark);
  };
  if (std::ranges::any_of(same->places, is_same_place)) return;
  same->places.emplace_back(mark, std::move(key));
}

bool Report::has_errors() const {
  return std::ranges::any_of(entries_, [](const Entry& e) { return e.level == Level::error; });
}

Place Report::place_of(const Mark& mark, std::string key) const {
  const auto file = static_cast<std::size_t>(mark.file);
  return {.file = file < files_.size() ? files_[file] : "",
          .line = mark.line,
          .column = mark.column,
          .key = std::move(key)};
}

std::vector<Verdict> Report::take() {
  const auto first_place = [](const auto& place) { return order_of(place.first); };
  for (Entry& entry : entries_) std::ranges::sort(entry.places, {}, first_place);
  std::ranges::sort(entries_, {}, [](const Entry& entry) {
    return std::tuple(order_of(entry.places.front().first), std::string_view(entry.message));
  });
  std::vector<Verdict> verdicts;
  for (Entry& entry : entries_) {
    Verdict& verdict =
        verdicts.emplace_back(Verdict{.level = entry.level, .message = std::move(entry.message)});
    for (auto& [mark, key] : entry.places) verdict.also.push_back(place_of(mark, std::move(key)));
    verdict.place = std::move(verdict.also.front());
    verdict.also.erase(verdict.also.begin());
  }
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
