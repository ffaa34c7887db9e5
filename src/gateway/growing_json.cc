#include "gateway/growing_json.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/json_write.h"

namespace sluice::gateway {

namespace {

std::string_view trim(std::string_view json) {
  constexpr std::string_view space = " \t\r\n";
  const std::size_t begin = json.find_first_not_of(space);
  if (begin == std::string_view::npos) return {};
  return json.substr(begin, json.find_last_not_of(space) - begin + 1);
}

// What stands between the quotes or brackets of a text, a list or an object.
std::string_view inside(std::string_view value) { return trim(value.substr(1, value.size() - 2)); }

// A text's own spaces count.
std::string_view letters(std::string_view quoted) { return quoted.substr(1, quoted.size() - 2); }

bool is_blank_part(const JsonField& part) {
  switch (part.type) {
    case JsonType::null: return true;
    case JsonType::string: return letters(part.value).empty();
    case JsonType::array:
    case JsonType::object: return inside(part.value).empty();
    default: return false;
  }
}

PartRule rule_of(const JsonField& part, const Shape& shape) {
  const auto found = std::ranges::find(shape.rules, part.key, &PartRule::name);
  return found == shape.rules.end() ? PartRule{part.key, shape.others} : *found;
}

struct ItemPlace {
  std::optional<int> index;  // absent: it does not say
  bool is_named = false;     // it has an id
  const char* fault = nullptr;
};

ItemPlace place_of(const JsonFields& item) {
  ItemPlace place;
  const JsonField* id = item.find("id");
  place.is_named = id != nullptr && id->type == JsonType::string && !is_blank_part(*id);
  const JsonField* index = item.find("index");
  if (index == nullptr || index->type == JsonType::null) return place;
  const double number = json_number(index->value).value_or(-1);
  if (index->type != JsonType::number || number != std::floor(number) || number < 0)
    place.fault = "an index is no whole number";
  else if (number >= GrowingJson::most_items)
    place.fault = "an index is too large";
  else
    place.index = static_cast<int>(number);
  return place;
}

}  // namespace

const char* GrowingJson::add(const JsonFields& part, const Shape& shape) {
  if (part.size() > most_members) return "an object has too many fields";
  if (!becomes(Kind::object)) return "a field changes its type";
  for (const JsonField& field : part) {
    if (!part.counts(field)) continue;
    const PartRule rule = rule_of(field, shape);
    if (rule.joining == Joining::ignore) continue;
    auto at = std::ranges::find(members_, field.key, &Members::value_type::first);
    if (at == members_.end()) {
      if (members_.size() == most_members) return "an object has too many fields";
      at = members_.emplace(at, std::string(field.key), GrowingJson());
    }
    if (const char* fault = at->second.add_field(field, rule)) return fault;
  }
  return nullptr;
}

const char* GrowingJson::add_field(const JsonField& part, const PartRule& rule) {
  if (part.type == JsonType::null) return nullptr;
  switch (rule.joining) {
    case Joining::grow: return grow(part);
    case Joining::base64:
      if (is_text() && text_.ends_with('=') && !is_blank_part(part))
        return "base64 goes on after its end";
      return grow(part);
    case Joining::first:
      if (is_blank() || text_ == "0") set(part);
      return nullptr;
    case Joining::last:
      if (is_blank() || !is_blank_part(part)) set(part);
      return nullptr;
    case Joining::agree: return agree(part);
    case Joining::object: return fill(part, *rule.shape);
    case Joining::indexed: return fill_items(part, *rule.shape);
    case Joining::ignore: return nullptr;
  }
  return nullptr;
}

// Texts are joined as they are escaped: each part is valid, so no escape is cut in two.
const char* GrowingJson::grow(const JsonField& part) {
  constexpr const char* fault = "a field changes its type";
  switch (part.type) {
    case JsonType::string:
      if (!becomes(Kind::text)) return fault;
      text_ += letters(part.value);
      return nullptr;
    case JsonType::array: {
      if (!becomes(Kind::list)) return fault;
      const std::string_view more = inside(part.value);
      if (!text_.empty() && !more.empty()) text_ += ',';
      text_ += more;
      return nullptr;
    }
    default:
      if (!becomes(Kind::value)) return fault;
      if (text_.empty() || !is_blank_part(part)) text_ = part.value;
      return nullptr;
  }
}

const char* GrowingJson::agree(const JsonField& part) {
  if (is_blank_part(part)) return nullptr;
  if (is_null()) set(part);
  GrowingJson told;
  told.set(part);
  return told.kind_ == kind_ && told.text_ == text_ ? nullptr : "an identity changes";
}

const char* GrowingJson::fill(const JsonField& part, const Shape& shape) {
  JsonFields fields;
  if (part.type != JsonType::object || scan_json_object(part.value, fields))
    return "a field is no object";
  return add(fields, shape);
}

const char* GrowingJson::fill_items(const JsonField& part, const Shape& shape) {
  std::vector<std::string_view> list;
  if (part.type != JsonType::array || scan_json_array(part.value, list))
    return "a field is no list";
  if (!becomes(Kind::items)) return "a field changes its type";
  for (const std::string_view item : list) {
    if (const char* fault = add_item(item, shape)) return fault;
  }
  return nullptr;
}

// Some providers leave the index out: then an item goes on with the last one, or, when it has an
// id, begins a new one.
const char* GrowingJson::add_item(std::string_view item, const Shape& shape) {
  JsonFields fields;
  if (scan_json_object(item, fields)) return "an item is no object";
  const ItemPlace place = place_of(fields);
  if (place.fault != nullptr) return place.fault;
  const int latest = items_.empty() ? 0 : items_.rbegin()->first;
  const int next = place.is_named && !items_.empty() ? latest + 1 : latest;
  const int index = place.index.value_or(next);
  if (index >= most_items) return "a list has too many items";
  return items_[index].add(fields, shape);
}

void GrowingJson::set(const JsonField& part) {
  const bool is_text = part.type == JsonType::string;
  kind_ = is_text ? Kind::text : Kind::value;
  text_ = is_text ? letters(part.value) : part.value;
}

// Whether it is of that kind, or is from now on.
bool GrowingJson::becomes(Kind kind) {
  if (is_null()) kind_ = kind;
  return kind_ == kind;
}

bool GrowingJson::is_blank() const {
  switch (kind_) {
    case Kind::null: return true;
    case Kind::value:
      return text_.front() == '{' || text_.front() == '[' ? inside(text_).empty() : false;
    case Kind::text:
    case Kind::list: return text_.empty();
    case Kind::object: return members_.empty();
    case Kind::items: return items_.empty();
  }
  return false;
}

const GrowingJson* GrowingJson::find(std::string_view name) const {
  const auto at = std::ranges::find(members_, name, &Members::value_type::first);
  return at == members_.end() ? nullptr : &at->second;
}

void GrowingJson::write(std::string& out) const {
  std::string_view comma;
  switch (kind_) {
    case Kind::null: out += "null"; break;
    case Kind::value: out += text_; break;
    case Kind::text: out.append("\"").append(text_).append("\""); break;
    case Kind::list: out.append("[").append(text_).append("]"); break;
    case Kind::object:
      out += '{';
      for (const auto& [name, value] : members_) {
        append_json_string(out.append(comma), name);
        value.write(out += ':');
        comma = ",";
      }
      out += '}';
      break;
    case Kind::items:
      out += '[';
      for (const auto& [index, item] : items_) {
        item.write(out.append(comma));
        comma = ",";
      }
      out += ']';
      break;
  }
}

}  // namespace sluice::gateway
