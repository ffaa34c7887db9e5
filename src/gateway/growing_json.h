#pragma once
// A JSON object told in parts, as the deltas of a stream tell an answer: texts and lists go on,
// objects are filled in. Which field grows how stands in a table. Time and memory are linear in
// what was told. Pure.
//
//   constexpr PartRule rules[] = {{"id", Joining::agree}};
//   GrowingJson whole;
//   if (const char* fault = whole.add(part, {rules, Joining::grow})) …
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_scan.h"

namespace sluice::gateway {

// What the next part of a field does to what is there. A part that is null changes nothing, except
// that the field is there. Blank is what says nothing: null, "", [] and {}.
enum class Joining : std::uint8_t {
  grow,     // a text or a list goes on, of anything else the last counts
  base64,   // the same, but a text that was padded has ended
  first,    // the first that is not blank, and not 0
  last,     // the last that is not blank
  agree,    // told at once, perhaps repeated: another text is a fault
  object,   // filled in field by field
  indexed,  // a list of objects, each filled in under its `index`
  ignore,
};

struct Shape;
struct PartRule {
  std::string_view name;
  Joining joining;
  const Shape* shape = nullptr;  // of `object`, and of each item of `indexed`
};
struct Shape {
  std::span<const PartRule> rules;
  Joining others;  // of fields without a rule: neither `object` nor `indexed`
};

// The whole, or one value in it.
class GrowingJson {
 public:
  using Members = std::vector<std::pair<std::string, GrowingJson>>;
  using Items = std::map<int, GrowingJson>;

  // No object of an answer has so many names, no list of choices or tool calls so many items.
  // Names are looked for one by one.
  static constexpr std::size_t most_members = 256;
  static constexpr int most_items = 1024;

  // Joins one more part, an object, to this one. Of fields with the same name the last counts.
  // Null, or what is wrong: the whole is of no use then.
  const char* add(const JsonFields& part, const Shape& shape);

  // In the order in which they came; empty when this is no object.
  const Members& members() const { return members_; }
  const Items& items() const { return items_; }
  // The member of that name, or nullptr.
  const GrowingJson* find(std::string_view name) const;
  bool is_null() const { return kind_ == Kind::null; }
  bool is_text() const { return kind_ == Kind::text; }
  // Whether this is a text of at least one character.
  bool has_text() const { return is_text() && !text_.empty(); }

  // As JSON. The items of an indexed list stand in the order of their indexes.
  void write(std::string& out) const;

 private:
  enum class Kind : std::uint8_t { null, text, list, value, object, items };

  const char* add_field(const JsonField& part, const PartRule& rule);
  const char* fill(const JsonField& part, const Shape& shape);
  const char* fill_items(const JsonField& part, const Shape& shape);
  const char* add_item(std::string_view item, const Shape& shape);
  const char* grow(const JsonField& part);
  const char* agree(const JsonField& part);
  void set(const JsonField& part);
  bool is_blank() const;
  bool becomes(Kind kind);

  Kind kind_ = Kind::null;
  std::string text_;  // JSON: of a text or a list what stands between its quotes or brackets
  Members members_;
  Items items_;
};

}  // namespace sluice::gateway
