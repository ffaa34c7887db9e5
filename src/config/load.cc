#include "config/load.h"

#include <fstream>
#include <iterator>

#include "base/json_write.h"
#include "config/deployments.h"
#include "config/embedding_model.h"
#include "config/key_table.h"
#include "config/references.h"
#include "config/settings_reader.h"

namespace sluice::config {
namespace {

Loaded finish(Settings settings, Report& report) {
  Loaded loaded;
  if (!report.has_errors()) loaded.settings = std::move(settings);
  loaded.verdicts = report.take();
  loaded.files = report.files();
  return loaded;
}

void add_text(Node& map, std::string key, const std::string& value) {
  if (!value.empty()) map.set({.text = std::move(key)}, {.kind = Kind::text, .text = value});
}

// The file that these flags stand for.
Node as_file(const ModelFlags& flags) {
  Node params{.kind = Kind::map};
  add_text(params, "model", flags.model);
  add_text(params, "api_base", flags.api_base);
  add_text(params, "api_version", flags.api_version);
  Node headers{.kind = Kind::map};
  for (const auto& [name, value] : flags.headers) add_text(headers, name, value);
  if (!headers.items.empty()) params.set({.text = "extra_headers"}, std::move(headers));
  Node entry{.kind = Kind::map};
  add_text(entry, "model_name", flags.alias.empty() ? flags.model : flags.alias);
  entry.set({.text = "litellm_params"}, std::move(params));
  Node list{.kind = Kind::list, .items = {std::move(entry)}};
  Node root{.kind = Kind::map};
  root.set({.text = "model_list"}, std::move(list));
  return root;
}

}  // namespace

std::optional<std::string> read_from_disk(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return std::nullopt;
  return text;
}

Loaded load(const std::string& path, Environment environment, const ReadFile& read) {
  Report report;
  const auto root = read_sources(path, read, environment, report);
  Settings settings;
  if (!root) return finish(std::move(settings), report);
  check_keys(Section::top, *root, "", report);
  read_settings(*root, environment, report, settings);
  read_deployments(*root, environment, report, settings);
  resolve_embedding_model(*root, environment, report, settings);
  check_references(*root, settings, report);
  return finish(std::move(settings), report);
}

Loaded load_without_file(const ModelFlags& flags, Environment environment) {
  Report report;
  Settings settings;
  const Node root = as_file(flags);
  read_settings(root, environment, report, settings);
  read_deployments(root, environment, report, settings);
  const std::string& group = flags.alias.empty() ? flags.model : flags.alias;
  settings.completion_model = settings.embedding_model = group;
  settings.drop_params |= flags.drop_params;
  if (flags.request_timeout && *flags.request_timeout > 0) {
    settings.timeout = Milliseconds(static_cast<std::int64_t>(*flags.request_timeout * 1000));
  }
  for (Deployment& deployment : settings.deployments) {
    if (flags.temperature) {
      std::string number;
      append_json_double(number, *flags.temperature);
      deployment.extra_body.emplace_back("temperature", std::move(number));
    }
    if (flags.max_tokens) {
      deployment.extra_body.emplace_back("max_tokens", std::to_string(*flags.max_tokens));
    }
  }
  return finish(std::move(settings), report);
}

std::string config_path(const std::string& flag, const Environment& environment) {
  return flag.empty() ? environment.get("CONFIG_FILE_PATH").value_or("") : flag;
}

}  // namespace sluice::config
