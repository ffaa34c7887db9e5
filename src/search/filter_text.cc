// Filter → the query text of FT.SEARCH, dialect 2:
//
//   tag      @f:{a|b\ c}     number   @f:[(1 +inf]     text    @f:("a phrase")   @f:(pattern*)
//   geo      @f:[lon lat r unit]      missing  ismissing(@f)
//   and      (A B)           or       (A | B)          not     (-A)
#include <cmath>

#include "base/json_write.h"
#include "search/filter.h"
#include "search/filter_node.h"

namespace sluice::search {
namespace {

constexpr std::string_view special = ",.<>{}[]\\\"':;!@#$%^&*()-+=~/ |?`\t\n\r\v\f";

std::string escaped(std::string_view text, std::string_view kept = {}) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos && kept.find(c) == std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

// A phrase stands in quotes: only what ends or escapes it needs care.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string decimal(double value) {
  if (value == std::floor(value) && std::fabs(value) < 1e15)
    return std::to_string(static_cast<long long>(value));
  std::string out;
  append_json_double(out, value);
  return out;
}

// What keeps the text in its parentheses and field: brackets in pairs, nothing that names another
// field or attribute. A backslash makes the next character ordinary.
std::string_view fault_of(std::string_view text, std::string_view forbidden) {
  int depth = 0;
  bool in_quotes = false;
  for (std::size_t i = 0; i < text.size(); i++) {
    const char c = text[i];
    if (c == '\\') {
      if (++i == text.size()) return "ends with a lone backslash";
    } else if (c == '"') {
      in_quotes = !in_quotes;
    } else if (in_quotes) {
      continue;
    } else if (forbidden.find(c) != std::string_view::npos) {
      return "holds one of @ { } [ ] : = ; $ ~ ' without a backslash before it";
    } else if (c == '(') {
      depth++;
    } else if (c == ')' && --depth < 0) {
      return "closes a parenthesis that is not open";
    }
  }
  if (in_quotes) return "has a quote that is not closed";
  return depth > 0 ? "has a parenthesis that is not closed" : "";
}

std::string problem(const TagCondition& tag) {
  if (tag.values.empty()) return "needs at least one value";
  for (const auto& value : tag.values) {
    if (value.find_first_not_of(tag.is_pattern ? " *" : " ") == std::string::npos)
      return "needs a value that is not empty";
    if (value.find('\0') != std::string::npos) return "has a value with a zero byte";
  }
  return {};
}
std::string problem(const NumberCondition& number) {
  if (std::isnan(number.low) || std::isnan(number.high)) return "is compared with no number";
  return {};
}
std::string problem(const TextCondition& text) {
  if (text.text.find_first_not_of(' ') == std::string::npos)
    return "needs a text that is not empty";
  if (text.text.find('\0') != std::string::npos) return "has a text with a zero byte";
  return text.is_pattern ? std::string(fault_of(text.text, "@{}[]:=;$~'")) : "";
}
std::string problem(const GeoRadius& circle) {
  const bool finite = std::isfinite(circle.longitude) && std::isfinite(circle.latitude) &&
                      std::isfinite(circle.radius);
  if (!finite || std::fabs(circle.longitude) > 180 || std::fabs(circle.latitude) > 90)
    return "needs a longitude from -180 to 180 and a latitude from -90 to 90";
  return circle.radius > 0 ? "" : "needs a radius above 0";
}
std::string problem(const MissingCondition&) { return {}; }
std::string problem(const RawCondition& raw) { return std::string(fault_of(raw.query, "")); }
std::string problem(const Joined&) { return {}; }
std::string problem(const Negated& negated) {
  return negated.filter.is_everything() ? "the opposite of everything is nothing" : "";
}

std::string at(const std::string& field) { return "@" + escaped(field, "_"); }

// RedisVL writes this one without the inner parentheses.
std::string negated_phrase(const Filter& filter) {
  const FilterNode* node = filter.node();
  const auto* text = node == nullptr ? nullptr : std::get_if<TextCondition>(&node->condition);
  if (text == nullptr || text->is_pattern || !problem(*text).empty()) return {};
  return "(-" + at(node->field) + ":" + quoted(text->text) + ")";
}

struct Writer {
  const std::string& field;

  Result<std::string> operator()(const TagCondition& tag) const {
    std::string values;
    for (const auto& value : tag.values) {
      if (!values.empty()) values += '|';
      values += escaped(value, tag.is_pattern ? "*" : "");
    }
    return at(field) + ":{" + values + "}";
  }
  Result<std::string> operator()(const NumberCondition& number) const {
    return at(field) + ":[" + (number.open_low ? "(" : "") + number.low_text + " " +
           (number.open_high ? "(" : "") + number.high_text + "]";
  }
  Result<std::string> operator()(const TextCondition& text) const {
    return at(field) + ":(" + (text.is_pattern ? text.text : quoted(text.text)) + ")";
  }
  Result<std::string> operator()(const GeoRadius& circle) const {
    return at(field) + ":[" + decimal(circle.longitude) + " " + decimal(circle.latitude) + " " +
           decimal(circle.radius) + " " + std::string(name_of(circle.unit)) + "]";
  }
  Result<std::string> operator()(const MissingCondition&) const {
    return "ismissing(" + at(field) + ")";
  }
  Result<std::string> operator()(const RawCondition& raw) const { return "(" + raw.query + ")"; }
  Result<std::string> operator()(const Joined& joined) const {
    TRY(const std::string left, text_of(joined.left));
    TRY(const std::string right, text_of(joined.right));
    return "(" + left + (joined.either ? " | " : " ") + right + ")";
  }
  Result<std::string> operator()(const Negated& negated) const {
    if (const std::string phrase = negated_phrase(negated.filter); !phrase.empty()) return phrase;
    TRY(const std::string text, text_of(negated.filter));
    return "(-" + text + ")";
  }
};

}  // namespace

std::string problem_of(const FilterNode& node) {
  return std::visit([](const auto& condition) { return problem(condition); }, node.condition);
}

Result<std::string> text_of(const Filter& filter) {
  const FilterNode* node = filter.node();
  if (node == nullptr) return std::string("*");
  if (const std::string what = problem_of(*node); !what.empty()) {
    return fail(client_error(
        node->field.empty() ? "filter: " + what : "filter on `" + node->field + "`: " + what,
        node->field));
  }
  return std::visit(Writer{node->field}, node->condition);
}

}  // namespace sluice::search
