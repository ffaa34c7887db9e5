#include "config/yaml_parse.h"

#include <yaml.h>

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "config/yaml_scalar.h"

namespace sluice::config {
namespace {

constexpr std::size_t max_file_bytes = 16u << 20;
constexpr int max_depth = 100;
// Aliases are copied, so ten lines can stand for billions of values; no real file comes near this.
constexpr std::size_t max_nodes = 200'000;

constexpr std::string_view tag_prefix = "tag:yaml.org,2002:";

struct Event {
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&value); }
  yaml_event_t value{};
};

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

std::size_t count_of(const Node& node) {
  std::size_t count = 1;
  for (const Node& item : node.items) count += count_of(item);
  return count;
}

// One document. A method that fails leaves its reason in `problem` and returns nothing.
class Parser {
 public:
  Parser(std::string_view text, int file) : file_(file) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(&parser_); }

  std::optional<Node> document();

  YamlProblem problem;
  std::vector<YamlProblem> duplicates;

 private:
  bool next(Event& event);
  std::optional<Node> value(const Event& event, int depth);
  std::optional<Node> scalar(const yaml_event_t& event);
  std::optional<Node> tagged_scalar(std::string_view tag, Node node, std::string_view text);
  std::optional<Node> list(const yaml_event_t& event, int depth);
  std::optional<Node> map(const yaml_event_t& event, int depth);
  std::optional<Node> alias(const yaml_event_t& event);
  std::optional<Key> key(const Event& event);
  bool merge(const Node& from, Node& into);
  bool open_collection(std::string_view anchor, std::string_view tag, std::string_view expected,
                       const yaml_event_t& event);
  std::optional<Node> close_collection(std::string_view anchor, Node node);
  bool count(std::size_t nodes, Mark mark);
  std::nullopt_t failed(Mark mark, std::string message) {
    problem = {mark, std::move(message)};
    return std::nullopt;
  }
  Mark mark_of(const yaml_mark_t& mark) const {
    return {file_, static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1};
  }
  void grammar_problem();

  yaml_parser_t parser_{};
  int file_;
  std::size_t nodes_ = 0;
  std::map<std::string, Node, std::less<>> anchors_;
  std::set<std::string, std::less<>> open_anchors_;
};

void Parser::grammar_problem() {
  std::string message = parser_.problem == nullptr ? "not YAML" : parser_.problem;
  const bool bad_bytes = parser_.error == YAML_READER_ERROR;
  if (bad_bytes) message += " at byte " + std::to_string(parser_.problem_offset);
  if (message.contains("cannot start any token")) {
    message =
        "this character cannot start a value; put the value in quotes, and indent with spaces, not "
        "tabs";
  } else if (parser_.context != nullptr) {
    message += std::string(" ") + parser_.context;
    if (parser_.context_mark.line != parser_.problem_mark.line) {
      message += " that starts in line " + std::to_string(parser_.context_mark.line + 1);
    }
  }
  problem = {mark_of(bad_bytes ? parser_.mark : parser_.problem_mark), std::move(message)};
}

bool Parser::next(Event& event) {
  yaml_event_delete(&event.value);
  if (yaml_parser_parse(&parser_, &event.value) != 0) return true;
  grammar_problem();
  return false;
}

std::optional<Node> Parser::document() {
  Event event;
  if (!next(event) || !next(event)) return std::nullopt;  // the second is the document's start
  if (event.value.type == YAML_STREAM_END_EVENT) return Node{.text = "None"};
  if (!next(event)) return std::nullopt;
  auto root = value(event, 0);
  if (!root) return std::nullopt;
  if (!next(event) || !next(event)) return std::nullopt;
  if (event.value.type != YAML_STREAM_END_EVENT) {
    return failed(mark_of(event.value.start_mark),
                  "a second document starts here; keep one (remove the `---`)");
  }
  return root;
}

bool Parser::count(std::size_t nodes, Mark mark) {
  nodes_ += nodes;
  if (nodes_ <= max_nodes) return true;
  failed(mark, "more than " + std::to_string(max_nodes) + " values, aliases counted in full");
  return false;
}

std::optional<Node> Parser::value(const Event& event, int depth) {
  const Mark mark = mark_of(event.value.start_mark);
  if (depth > max_depth) {
    return failed(mark, "nested deeper than " + std::to_string(max_depth) + " levels");
  }
  if (!count(1, mark)) return std::nullopt;
  switch (event.value.type) {
    case YAML_SCALAR_EVENT: return scalar(event.value);
    case YAML_SEQUENCE_START_EVENT: return list(event.value, depth);
    case YAML_MAPPING_START_EVENT: return map(event.value, depth);
    case YAML_ALIAS_EVENT: return alias(event.value);
    default: return failed(mark, "a value is missing here");
  }
}

std::optional<Node> Parser::scalar(const yaml_event_t& event) {
  const auto& data = event.data.scalar;
  const std::string_view text(reinterpret_cast<const char*>(data.value), data.length);
  Node node{.kind = Kind::text,
            .quoted = data.style != YAML_PLAIN_SCALAR_STYLE,
            .mark = mark_of(event.start_mark)};
  const std::string anchor(view(data.anchor));
  auto result = tagged_scalar(view(data.tag), std::move(node), text);
  if (result && !anchor.empty()) anchors_.insert_or_assign(anchor, *result);
  return result;
}

std::optional<Node> Parser::tagged_scalar(std::string_view tag, Node node, std::string_view text) {
  if (tag == "!" || tag == "tag:yaml.org,2002:str" || (tag.empty() && node.quoted)) {
    node.text = text;
    return node;
  }
  auto [kind, value] = resolve_plain_scalar(text);
  constexpr std::pair<std::string_view, Kind> tags[] = {
      {"null", Kind::null}, {"bool", Kind::boolean}, {"int", Kind::integer}, {"float", Kind::real}};
  if (!tag.empty()) {
    const auto name = tag.starts_with(tag_prefix) ? tag.substr(tag_prefix.size()) : tag;
    bool fits = false;
    for (const auto& [known, wanted] : tags) fits |= name == known && kind == wanted;
    if (name == "float" && kind == Kind::integer) {
      fits = true;
      kind = Kind::real;
      value += ".0";
    }
    if (!fits)
      return failed(node.mark, "the tag `" + std::string(tag) + "` does not fit; remove it");
  }
  node.kind = kind;
  node.text = std::move(value);
  return node;
}

bool Parser::open_collection(std::string_view anchor, std::string_view tag,
                             std::string_view expected, const yaml_event_t& event) {
  if (!tag.empty() && tag != "!" && tag != std::string(tag_prefix) + std::string(expected)) {
    failed(mark_of(event.start_mark),
           "the tag `" + std::string(tag) + "` has no meaning here; remove it");
    return false;
  }
  if (!anchor.empty()) open_anchors_.emplace(anchor);
  return true;
}

std::optional<Node> Parser::close_collection(std::string_view anchor, Node node) {
  if (!anchor.empty()) {
    open_anchors_.erase(std::string(anchor));
    if (!count(count_of(node), node.mark)) return std::nullopt;  // the copy kept for aliases
    anchors_.insert_or_assign(std::string(anchor), node);
  }
  return node;
}

std::optional<Node> Parser::list(const yaml_event_t& event, int depth) {
  const std::string anchor(view(event.data.sequence_start.anchor));
  if (!open_collection(anchor, view(event.data.sequence_start.tag), "seq", event)) {
    return std::nullopt;
  }
  Node node{.kind = Kind::list, .mark = mark_of(event.start_mark)};
  Event item_event;
  while (next(item_event)) {
    if (item_event.value.type == YAML_SEQUENCE_END_EVENT) {
      return close_collection(anchor, std::move(node));
    }
    auto item = value(item_event, depth + 1);
    if (!item) return std::nullopt;
    node.items.push_back(std::move(*item));
  }
  return std::nullopt;
}

std::optional<Key> Parser::key(const Event& event) {
  const Mark mark = mark_of(event.value.start_mark);
  const auto type = event.value.type;
  if (type != YAML_SCALAR_EVENT && type != YAML_ALIAS_EVENT) {
    return failed(mark,
                  "a key must be a plain text; put a value that starts with `{` or `[` in "
                  "quotes");
  }
  auto node = value(event, 0);
  if (!node) return std::nullopt;
  if (!node->is_scalar()) return failed(mark, "a key must be a plain text");
  return Key{node->kind, std::move(node->text), mark};
}

bool Parser::merge(const Node& from, Node& into) {
  if (from.is_map()) {
    for (std::size_t i = 0; i < from.keys.size(); i++) into.set(from.keys[i], from.items[i]);
    return true;
  }
  bool is_list_of_maps = from.is_list();
  for (const Node& item : from.items) is_list_of_maps &= item.is_map();
  if (!is_list_of_maps) {
    failed(from.mark, "`<<` takes a mapping or a list of mappings");
    return false;
  }
  // The first of the list wins, so it is set last.
  for (auto item = from.items.rbegin(); item != from.items.rend(); ++item) merge(*item, into);
  return true;
}

std::optional<Node> Parser::map(const yaml_event_t& event, int depth) {
  const std::string anchor(view(event.data.mapping_start.anchor));
  if (!open_collection(anchor, view(event.data.mapping_start.tag), "map", event)) {
    return std::nullopt;
  }
  Node node{.kind = Kind::map, .mark = mark_of(event.start_mark)};
  Node own{.kind = Kind::map};  // wins over what `<<` brings
  Event item;
  while (next(item)) {
    if (item.value.type == YAML_MAPPING_END_EVENT) {
      merge(own, node);
      return close_collection(anchor, std::move(node));
    }
    const bool is_merge = item.value.type == YAML_SCALAR_EVENT &&
                          item.value.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
                          view(item.value.data.scalar.value) == "<<";
    auto name = key(item);
    if (!name || !next(item)) return std::nullopt;
    auto item_value = value(item, depth + 1);
    if (!item_value) return std::nullopt;
    if (is_merge) {
      if (!merge(*item_value, node)) return std::nullopt;
      continue;
    }
    if (own.find(name->text) != nullptr) duplicates.push_back({name->mark, name->text});
    own.set(std::move(*name), std::move(*item_value));
  }
  return std::nullopt;
}

std::optional<Node> Parser::alias(const yaml_event_t& event) {
  const Mark mark = mark_of(event.start_mark);
  const std::string name(view(event.data.alias.anchor));
  if (open_anchors_.contains(name)) {
    return failed(mark, "the alias `*" + name + "` would contain itself");
  }
  const auto found = anchors_.find(name);
  if (found == anchors_.end()) {
    return failed(mark, "no anchor `&" + name +
                            "` before this alias; a value that starts with `*` "
                            "needs quotes");
  }
  if (!count(count_of(found->second), mark)) return std::nullopt;
  return found->second;
}

}  // namespace

YamlResult parse_yaml(std::string_view text, int file) {
  YamlResult result;
  if (text.size() > max_file_bytes) {
    result.error = {{file, 1, 1}, "larger than 16 MiB"};
    return result;
  }
  Parser parser(text, file);
  auto root = parser.document();
  result.ok = root.has_value();
  if (root) result.root = std::move(*root);
  result.error = std::move(parser.problem);
  result.duplicates = std::move(parser.duplicates);
  return result;
}

}  // namespace sluice::config
