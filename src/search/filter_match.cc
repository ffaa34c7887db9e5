// A filter held against one document, with the meaning the server gives it: tags are split at the
// separator and compared without case unless the schema says otherwise; a text matches by whole
// words without case and punctuation; a document that lacks a field passes only a negation.
#include <charconv>
#include <cmath>
#include <numbers>
#include <ranges>

#include "search/filter.h"
#include "search/filter_node.h"
#include "search/text_case.h"

namespace sluice::search {
namespace {

using Words = std::vector<std::string>;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// `*` stands for any bytes. Iterative, so that no pattern takes more than its length times the
// text's.
bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      p++, t++;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
}

// Lower-case words; `*` belongs to a word of a pattern.
Words words_of(std::string_view text, bool is_pattern) {
  Words words;
  bool inside = false;
  for (const char raw : text) {
    const char c = lower(raw);
    const bool belongs = is_word_byte(c) || (is_pattern && c == '*');
    if (belongs && !inside) words.emplace_back();
    if (belongs) words.back() += c;
    inside = belongs;
  }
  return words;
}

bool holds_phrase(const Words& text, const Words& phrase) {
  return !phrase.empty() && !std::ranges::search(text, phrase).empty();
}

// "a* b|c": any of the alternatives, each with all of its words.
bool holds_pattern(const Words& text, std::string_view pattern) {
  for (const auto part : std::views::split(pattern, '|')) {
    const Words wanted = words_of(std::string_view(part.begin(), part.end()), true);
    const auto is_there = [&](const std::string& word) {
      return std::ranges::any_of(text, [&](const auto& t) { return matches_pattern(word, t); });
    };
    if (!wanted.empty() && std::ranges::all_of(wanted, is_there)) return true;
  }
  return false;
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// Great-circle distance in meters, with Redis's radius of the earth.
double distance(const GeoRadius& from, double longitude, double latitude) {
  constexpr double radians = std::numbers::pi / 180, earth = 6372797.560856;
  const double u = std::sin((latitude - from.latitude) * radians / 2);
  const double v = std::sin((longitude - from.longitude) * radians / 2);
  return 2 * earth *
         std::asin(std::sqrt(u * u + std::cos(from.latitude * radians) *
                                         std::cos(latitude * radians) * v * v));
}

struct Matcher {
  const std::string& name;
  const Schema& schema;
  const FieldLookup& fields;

  Result<bool> operator()(const TagCondition& tag) const {
    const auto stored = fields(name);
    if (!stored) return false;
    const Field* field = schema.find(name);
    const auto* set = field == nullptr ? nullptr : std::get_if<TagAttributes>(&field->attributes);
    const TagAttributes attributes = set == nullptr ? TagAttributes{} : *set;
    const auto folded = [&](std::string_view text) {
      return attributes.case_sensitive ? std::string(trimmed(text)) : lowered(trimmed(text));
    };
    for (const auto part : std::views::split(*stored, attributes.separator)) {
      const std::string value = folded(std::string_view(part.begin(), part.end()));
      for (const auto& wanted : tag.values) {
        if (tag.is_pattern ? matches_pattern(folded(wanted), value) : folded(wanted) == value)
          return true;
      }
    }
    return false;
  }

  Result<bool> operator()(const NumberCondition& wanted) const {
    const auto stored = fields(name);
    const auto value = stored ? number_of(*stored) : std::nullopt;
    if (!value) return false;
    const bool above = wanted.open_low ? *value > wanted.low : *value >= wanted.low;
    const bool below = wanted.open_high ? *value < wanted.high : *value <= wanted.high;
    return above && below;
  }

  Result<bool> operator()(const TextCondition& wanted) const {
    if (wanted.is_pattern && wanted.text.find_first_of("%\"()-\\") != std::string::npos) {
      return fail(client_error("filter on `" + name +
                                   "`: only words, `*` and `|` can be matched "
                                   "without a search server",
                               name));
    }
    const auto stored = fields(name);
    if (!stored) return false;
    const Words text = words_of(*stored, false);
    return wanted.is_pattern ? holds_pattern(text, wanted.text)
                             : holds_phrase(text, words_of(wanted.text, false));
  }

  // Stored as "longitude,latitude".
  Result<bool> operator()(const GeoRadius& circle) const {
    const auto stored = fields(name);
    const auto comma = stored ? stored->find(',') : std::string_view::npos;
    if (comma == std::string_view::npos) return false;
    const auto longitude = number_of(trimmed(stored->substr(0, comma)));
    const auto latitude = number_of(trimmed(stored->substr(comma + 1)));
    if (!longitude || !latitude) return false;
    return distance(circle, *longitude, *latitude) <= circle.radius * meters(circle.unit);
  }

  Result<bool> operator()(const MissingCondition&) const { return !fields(name).has_value(); }

  Result<bool> operator()(const RawCondition&) const {
    return fail(client_error("filter: a raw query needs a search server"));
  }

  Result<bool> operator()(const Joined& joined) const {
    TRY(const bool left, search::passes(joined.left, schema, fields));
    TRY(const bool right, search::passes(joined.right, schema, fields));
    return joined.either ? left || right : left && right;
  }

  Result<bool> operator()(const Negated& negated) const {
    TRY(const bool inner, search::passes(negated.filter, schema, fields));
    return !inner;
  }
};

}  // namespace

Result<bool> passes(const Filter& filter, const Schema& schema, const FieldLookup& fields) {
  const FilterNode* node = filter.node();
  if (node == nullptr) return true;
  TRY(const std::string checked, text_of(filter));
  (void)checked;
  return std::visit(Matcher{node->field, schema, fields}, node->condition);
}

}  // namespace sluice::search
