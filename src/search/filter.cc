#include <sluice/filter.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/json_write.h"
#include "base/unix_time.h"
#include "search/filter_node.h"

namespace sluice {
namespace {

using namespace search;

constexpr double infinity = std::numeric_limits<double>::infinity();

Filter condition(const std::string& field, auto what) {
  return Filter(std::make_shared<FilterNode>(FilterNode{field, std::move(what)}));
}

Filter range(const std::string& field, const Number& low, const Number& high,
             Bounds bounds = Bounds::both) {
  return condition(field, NumberCondition{low.value(), high.value(), low.text(), high.text(),
                                          bounds == Bounds::neither || bounds == Bounds::right,
                                          bounds == Bounds::neither || bounds == Bounds::left});
}

Filter at_least(const std::string& field, const Number& low, Bounds bounds) {
  return range(field, low, Number(infinity), bounds);
}
Filter at_most(const std::string& field, const Number& high, Bounds bounds) {
  return range(field, Number(-infinity), high, bounds);
}

Number seconds(Timestamp::Time time) { return Number(unix_seconds(time)); }

Filter within(const std::string& field, std::chrono::year_month_day day) {
  const std::chrono::sys_days start = day;
  return range(field, seconds(start), seconds(start + std::chrono::days(1)), Bounds::left);
}

}  // namespace

Number::Number(double value) : value_(value) {
  if (std::isinf(value)) {
    text_ = value > 0 ? "+inf" : "-inf";
  } else {
    append_json_double(text_, value);
  }
}

Filter Filter::raw(std::string query) {
  if (query.empty() || query == "*") return {};
  return condition({}, RawCondition{std::move(query)});
}

Filter operator&(const Filter& a, const Filter& b) {
  if (a.is_everything()) return b;
  if (b.is_everything()) return a;
  return condition({}, Joined{a, b, false});
}

Filter operator|(const Filter& a, const Filter& b) {
  if (a.is_everything()) return b;
  if (b.is_everything()) return a;
  return condition({}, Joined{a, b, true});
}

Filter operator!(const Filter& filter) { return condition({}, Negated{filter}); }

Filter Tag::in(std::vector<std::string> values) const {
  return condition(field_, TagCondition{std::move(values)});
}
Filter Tag::not_in(std::vector<std::string> values) const { return !in(std::move(values)); }
Filter Tag::like(std::string pattern) const {
  return condition(field_, TagCondition{{std::move(pattern)}, true});
}
Filter Tag::is_missing() const { return condition(field_, MissingCondition{}); }

Filter Num::operator==(Number value) const { return range(field_, value, value); }
Filter Num::operator!=(Number value) const { return !(*this == std::move(value)); }
Filter Num::operator>(Number value) const { return at_least(field_, value, Bounds::right); }
Filter Num::operator>=(Number value) const { return at_least(field_, value, Bounds::both); }
Filter Num::operator<(Number value) const { return at_most(field_, value, Bounds::left); }
Filter Num::operator<=(Number value) const { return at_most(field_, value, Bounds::both); }
Filter Num::between(Number low, Number high, Bounds bounds) const {
  return range(field_, low, high, bounds);
}
Filter Num::is_missing() const { return condition(field_, MissingCondition{}); }

Filter Text::operator==(std::string phrase) const {
  return condition(field_, TextCondition{std::move(phrase)});
}
Filter Text::operator!=(std::string phrase) const { return !(*this == std::move(phrase)); }
Filter Text::like(std::string pattern) const {
  return condition(field_, TextCondition{std::move(pattern), true});
}
Filter Text::is_missing() const { return condition(field_, MissingCondition{}); }

Filter Geo::operator==(GeoRadius circle) const { return condition(field_, circle); }
Filter Geo::operator!=(GeoRadius circle) const { return !(*this == circle); }
Filter Geo::is_missing() const { return condition(field_, MissingCondition{}); }

Filter Timestamp::operator==(Time time) const {
  return range(field_, seconds(time), seconds(time));
}
Filter Timestamp::operator!=(Time time) const { return !(*this == time); }
Filter Timestamp::operator>(Time time) const {
  return at_least(field_, seconds(time), Bounds::right);
}
Filter Timestamp::operator>=(Time time) const {
  return at_least(field_, seconds(time), Bounds::both);
}
Filter Timestamp::operator<(Time time) const {
  return at_most(field_, seconds(time), Bounds::left);
}
Filter Timestamp::operator<=(Time time) const {
  return at_most(field_, seconds(time), Bounds::both);
}
Filter Timestamp::between(Time low, Time high, Bounds bounds) const {
  return range(field_, seconds(low), seconds(high), bounds);
}
Filter Timestamp::operator==(std::chrono::year_month_day day) const { return within(field_, day); }
Filter Timestamp::operator!=(std::chrono::year_month_day day) const { return !(*this == day); }

namespace search {

std::string_view name_of(GeoUnit unit) {
  constexpr std::array names{"m", "km", "mi", "ft"};
  return names[static_cast<std::size_t>(unit)];
}

double meters(GeoUnit unit) {
  // As Redis's GEO commands have them.
  constexpr std::array values{1.0, 1000.0, 1609.34, 0.3048};
  return values[static_cast<std::size_t>(unit)];
}

}  // namespace search
}  // namespace sluice
