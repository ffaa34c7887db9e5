#pragma once
// The filter language of RedisVL: conditions on fields, joined by & and |, negated by !.
//
//   sluice::Filter filter = (Tag("team") == "blue") & (Num("year") >= 2024);
//
// Values are escaped, so that none can say more than itself. What can't be asked (an empty tag, a
// text pattern that would leave its field) is an error of the query, never a filter that lets
// everything pass. Thread-safe once made.
#include <chrono>
#include <concepts>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

enum class GeoUnit { meters, kilometers, miles, feet };
struct GeoRadius {
  double longitude = 0, latitude = 0;  // degrees
  double radius = 1;
  GeoUnit unit = GeoUnit::kilometers;
};

namespace search {
struct FilterNode;  // of the library
}

// Immutable; copies share.
class Filter {
 public:
  Filter() = default;  // everything
  // Made by the conditions below.
  explicit Filter(std::shared_ptr<const search::FilterNode> node) : node_(std::move(node)) {}

  // A text of RediSearch's own language. It is put in parentheses, so that a `|` in it can't take
  // it out of what it is joined with. Only where a server answers.
  static Filter raw(std::string query);

  bool is_everything() const { return node_ == nullptr; }
  // For the library.
  const search::FilterNode* node() const { return node_.get(); }

  // As in RedisVL, "everything" drops out of both.
  friend Filter operator&(const Filter& a, const Filter& b);
  friend Filter operator|(const Filter& a, const Filter& b);
  friend Filter operator!(const Filter& filter);

 private:
  std::shared_ptr<const search::FilterNode> node_;
};

class Tag {
 public:
  explicit Tag(std::string field) : field_(std::move(field)) {}
  Filter operator==(std::string value) const { return in({std::move(value)}); }
  Filter operator!=(std::string value) const { return not_in({std::move(value)}); }
  Filter in(std::vector<std::string> values) const;  // any of these
  Filter not_in(std::vector<std::string> values) const;
  Filter like(std::string pattern) const;  // `*` at the beginning, the end or both: "tech*"
  Filter is_missing() const;               // needs a field with index_missing

 private:
  std::string field_;
};

enum class Bounds { both, neither, left, right };  // which ends of a range belong to it

// A number as it is written into a filter: whole numbers stay whole.
class Number {
 public:
  template <std::integral T>
  Number(T value) : text_(std::to_string(value)), value_(static_cast<double>(value)) {}
  Number(double value);
  const std::string& text() const { return text_; }
  double value() const { return value_; }

 private:
  std::string text_;
  double value_;
};

class Num {
 public:
  explicit Num(std::string field) : field_(std::move(field)) {}
  Filter operator==(Number value) const;
  Filter operator!=(Number value) const;
  Filter operator>(Number value) const;
  Filter operator>=(Number value) const;
  Filter operator<(Number value) const;
  Filter operator<=(Number value) const;
  Filter between(Number low, Number high, Bounds bounds = Bounds::both) const;
  Filter is_missing() const;

 private:
  std::string field_;
};

class Text {
 public:
  explicit Text(std::string field) : field_(std::move(field)) {}
  Filter operator==(std::string phrase) const;
  Filter operator!=(std::string phrase) const;
  // RediSearch's patterns within the field: "engine*", "engine*|doc", "%%fuzzy%%", "two words".
  Filter like(std::string pattern) const;
  Filter is_missing() const;

 private:
  std::string field_;
};

class Geo {
 public:
  explicit Geo(std::string field) : field_(std::move(field)) {}
  Filter operator==(GeoRadius circle) const;  // within
  Filter operator!=(GeoRadius circle) const;
  Filter is_missing() const;

 private:
  std::string field_;
};

// A numeric field that holds unix seconds. Days are days in UTC.
class Timestamp {
 public:
  using Time = std::chrono::system_clock::time_point;
  explicit Timestamp(std::string field) : field_(std::move(field)) {}
  Filter operator==(Time time) const;
  Filter operator!=(Time time) const;
  Filter operator>(Time time) const;
  Filter operator>=(Time time) const;
  Filter operator<(Time time) const;
  Filter operator<=(Time time) const;
  Filter between(Time low, Time high, Bounds bounds = Bounds::both) const;
  Filter operator==(std::chrono::year_month_day day) const;  // within that day
  Filter operator!=(std::chrono::year_month_day day) const;

 private:
  std::string field_;
};

}  // namespace sluice
