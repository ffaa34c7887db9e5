#include "config/sources.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "config/yaml_parse.h"
#include "simdjson.h"

namespace sluice::config {
namespace {

constexpr std::string_view reference = "os.environ/";

std::optional<Node> read_file_as_map(const std::string& path, const ReadFile& read, Report& report,
                                     const Mark& named_at) {
  const auto text = read(path);
  if (!text) {
    report.error(named_at, named_at.line == 0 ? "" : "include", "cannot read the file " + path);
    return std::nullopt;
  }
  const int file = report.add_file(path);
  YamlResult yaml = parse_yaml(*text, file);
  if (!yaml.ok) {
    report.error(yaml.error.mark, "", "not valid YAML: " + yaml.error.message);
    return std::nullopt;
  }
  for (const auto& twice : yaml.duplicates) {
    report.ignored(twice.mark, twice.message, "written twice in one mapping; only the last counts");
  }
  if (yaml.root.is_null()) yaml.root = Node{.kind = Kind::map, .mark = {file, 1, 1}};
  if (!yaml.root.is_map()) {
    report.error(yaml.root.mark, "",
                 "the file must be a mapping that starts with `model_list:` or another section");
    return std::nullopt;
  }
  return std::move(yaml.root);
}

// Lists extend what is there, anything else replaces it.
void merge_included(Node included, Node& root) {
  for (std::size_t i = 0; i < included.keys.size(); i++) {
    Node& value = included.items[i];
    const auto there = std::ranges::find(root.keys, included.keys[i].text, &Key::text);
    if (there != root.keys.end() && value.is_list()) {
      Node& list = root.items[static_cast<std::size_t>(there - root.keys.begin())];
      if (list.is_list()) {
        std::ranges::move(value.items, std::back_inserter(list.items));
        continue;
      }
    }
    root.set(std::move(included.keys[i]), std::move(value));
  }
}

bool read_includes(const std::string& path, const ReadFile& read, Node& root, Report& report) {
  const Node* include = root.find("include");
  if (include == nullptr) return true;
  if (!include->is_list()) {
    report.error(include->mark, "include", "must be a list of file names");
    return false;
  }
  const auto folder = std::filesystem::path(path).parent_path();
  const std::vector<Node> names = include->items;
  for (const Node& name : names) {
    if (!name.is_text()) {
      report.error(name.mark, "include", "must be a list of file names");
      return false;
    }
    auto included = read_file_as_map((folder / name.text).string(), read, report, name.mark);
    if (!included) return false;
    merge_included(std::move(*included), root);
  }
  return true;
}

// What a reference stands for. `true` and `false` in a variable are booleans, as in LiteLLM.
Node referenced(const Node& node, const Environment& environment) {
  Node result{.kind = Kind::null, .mark = node.mark, .text = "None"};
  result.variable = node.text.substr(reference.size());
  const auto value = environment.get(result.variable);
  if (!value || !simdjson::validate_utf8(*value)) return result;
  result.kind = Kind::text;
  result.quoted = true;
  result.text = *value;
  const auto boolean = as_boolean(result);
  if (boolean && !as_integer(result)) {
    result.kind = Kind::boolean;
    result.text = *boolean ? "True" : "False";
  }
  return result;
}

void expand(Node& node, const Environment& environment) {
  if (node.is_text() && node.text.starts_with(reference)) {
    node = referenced(node, environment);
    return;
  }
  for (Node& item : node.items) expand(item, environment);
}

bool is_name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// True for text with `${NAME}` in it, which shells and Compose files replace, and LiteLLM does not.
bool has_shell_reference(std::string_view text) {
  for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
    const auto rest = text.substr(at + 2);
    const auto end = std::ranges::find_if_not(rest, is_name_character);
    if (end != rest.begin() && end != rest.end() && (*end == '}' || *end == ':')) return true;
  }
  return false;
}

void report_shell_references(const Node& node, const std::string& path, Report& report) {
  if (node.is_text() && has_shell_reference(node.text)) {
    report.ignored(node.mark, path,
                   "`${NAME}` is taken as it stands; write `os.environ/NAME` as the whole value");
  }
  for (std::size_t i = 0; i < node.items.size(); i++) {
    const std::string below = node.is_map() ? (path.empty() ? "" : ".") + node.keys[i].text
                                            : "[" + std::to_string(i) + "]";
    report_shell_references(node.items[i], path + below, report);
  }
}

void set_variables(const Node& variables, Environment& environment, Report& report) {
  if (!variables.is_map()) {
    if (!variables.is_null()) {
      report.error(variables.mark, "environment_variables", "must be a mapping of names to values");
    }
    return;
  }
  for (std::size_t i = 0; i < variables.items.size(); i++) {
    const std::string& name = variables.keys[i].text;
    const std::string path = "environment_variables." + name;
    Node value = variables.items[i];
    expand(value, environment);
    if (!value.is_scalar()) {
      report.error(value.mark, path, "must be a text or a number");
    } else if (!value.is_null()) {
      environment.set_default(name, value.text);
    } else if (!value.variable.empty() && !environment.get(name)) {
      report.ignored(value.mark, path,
                     "the environment variable `" + value.variable + "` is not set");
    }
  }
}

}  // namespace

std::optional<Node> read_sources(const std::string& path, const ReadFile& read,
                                 Environment& environment, Report& report) {
  auto root = read_file_as_map(path, read, report, Mark{});
  if (!root || !read_includes(path, read, *root, report)) return std::nullopt;
  if (const Node* variables = root->find("environment_variables")) {
    set_variables(*variables, environment, report);
  }
  report_shell_references(*root, "", report);
  expand(*root, environment);
  return root;
}

}  // namespace sluice::config
