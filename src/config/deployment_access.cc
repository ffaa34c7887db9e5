#include "config/deployment_access.h"

#include <algorithm>
#include <span>

#include "config/deployment_info.h"
#include "provider/catalog.h"
#include "provider/endpoint.h"

namespace sluice::config {
namespace {

// No line break, no other control character.
bool is_header_text(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

bool is_header_name(std::string_view name) {
  constexpr std::string_view signs = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           signs.contains(c);
  });
}

// Keys often come from files with a line break at their end.
std::string trimmed(std::string text) {
  constexpr std::string_view blanks = " \t\r\n";
  text.erase(text.find_last_not_of(blanks) + 1);
  text.erase(0, text.find_first_not_of(blanks));
  return text;
}

std::string without_trailing_slash(std::string url) {
  url.erase(url.find_last_not_of('/') + 1);
  return url;
}

// "`A` or `B`"
std::string alternatives(std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : names) text += (text.empty() ? "`" : " or `") + std::string(name) + "`";
  return text;
}

bool signs_in_to_azure(const Node& params) {
  constexpr std::string_view keys[] = {"tenant_id", "client_id", "client_secret", "azure_username",
                                       "azure_ad_token_provider"};
  return std::ranges::any_of(keys, [&](std::string_view key) { return params.find(key); });
}

bool needs_key(const Deployment& deployment) {
  const auto carries_key = [](const auto& header) { return is_secret(header.first); };
  return deployment.spec->key_required && !deployment.mock_response &&
         std::ranges::none_of(deployment.headers, carries_key);
}

}  // namespace

const Node* AccessReader::missing(std::string_view key) const {
  const Node* node = params_.find(key);
  return node != nullptr && node->is_null() && !node->variable.empty() ? node : nullptr;
}

Obstacle AccessReader::at(std::string_view key, std::string reason) const {
  const Node* node = params_.find(key);
  return {.reason = std::move(reason),
          .mark = (node == nullptr ? params_ : *node).mark,
          .key = reader_.path_of(key)};
}

std::optional<Obstacle> AccessReader::read_headers(Deployment& deployment) const {
  for (const std::string_view key : {"headers", "extra_headers"}) {
    const Node* headers = reader_.map(key);
    if (headers == nullptr) continue;
    const Reader values(*headers, reader_.path_of(key), report_);
    for (const Key& name : headers->keys) {
      const auto value = values.text(name.text);
      if (!value) continue;
      if (!is_header_name(name.text) || !is_header_text(*value)) {
        return Obstacle{.reason = "`" + std::string(key) +
                                  "` holds what is no header: a name has no "
                                  "spaces, a value no line breaks",
                        .mark = name.mark,
                        .key = values.path_of(name.text),
                        .is_mistake = true};
      }
      deployment.headers.emplace_back(name.text, *value);
    }
  }
  return std::nullopt;
}

Obstacle AccessReader::no_base(const Deployment& deployment) const {
  if (const Node* node = missing("api_base")) return at("api_base", missing_variable(*node));
  std::string reason = "provider `" + std::string(deployment.spec->name) + "` needs `api_base`";
  if (!deployment.spec->base_env.empty()) {
    reason += ", or the environment variable " + alternatives(deployment.spec->base_env);
  }
  return at("api_base", std::move(reason));
}

std::optional<Obstacle> AccessReader::read_base(Deployment& deployment) const {
  const Node* node = params_.find_set("api_base");
  std::string base = node == nullptr ? "" : trimmed(reader_.text_or_empty("api_base"));
  const bool is_written_here = !base.empty() && node->variable.empty();
  if (base.empty()) base = environment_.first_of(deployment.spec->base_env);
  if (base.empty()) base = deployment.spec->base_url;
  if (base.empty()) return no_base(deployment);
  if (const Node* variable = missing("api_base")) {
    report_missing_variable(*variable, reader_.path_of("api_base"), report_);
  }
  deployment.api_base = without_trailing_slash(std::move(base));
  const auto url = provider::parse_base_url(deployment.api_base);
  if (url) return std::nullopt;
  auto obstacle =
      at("api_base", "`api_base` is no usable URL: " + without_field(url.error().message));
  obstacle.is_mistake = is_written_here;
  return obstacle;
}

Obstacle AccessReader::no_key(const Deployment& deployment) const {
  if (const Node* node = missing("api_key")) return at("api_key", missing_variable(*node));
  if (const Node* node = missing("azure_ad_token")) {
    return at("azure_ad_token", missing_variable(*node));
  }
  if (signs_in_to_azure(params_)) {
    return at("api_key", "Azure AD sign-in is not supported yet; set `api_key`");
  }
  return at("api_key", "there is no API key; set `api_key` or the environment variable " +
                           alternatives(deployment.spec->key_env));
}

// A ready token signs in as it is; getting one from Azure AD is not supported yet.
void AccessReader::read_azure_token(Deployment& deployment) const {
  const Node* node = params_.find_set("azure_ad_token");
  std::string token = node != nullptr && node->is_scalar() ? node->text : "";
  if (token.empty()) token = environment_.get("AZURE_AD_TOKEN").value_or("");
  token = trimmed(std::move(token));
  if (token.empty() || token.starts_with("oidc/") || !is_header_text(token)) return;
  deployment.headers.emplace_back("Authorization", "Bearer " + token);
}

std::optional<Obstacle> AccessReader::read_key(Deployment& deployment, KeyNeed need) const {
  const Node* node = params_.find_set("api_key");
  if (node != nullptr) deployment.api_key = trimmed(reader_.text_or_empty("api_key"));
  const bool is_written_here = !deployment.api_key.empty() && node->variable.empty();
  if (deployment.api_key.empty()) {
    deployment.api_key = trimmed(environment_.first_of(deployment.spec->key_env));
  }
  if (deployment.api_key.empty() && deployment.spec->url == provider::UrlStyle::azure) {
    read_azure_token(deployment);
  }
  if (!is_header_text(deployment.api_key)) {
    auto obstacle = at("api_key", "the API key holds a line break or another control character");
    obstacle.is_mistake = is_written_here;
    return obstacle;
  }
  const bool is_needed = need == KeyNeed::as_the_provider_says && needs_key(deployment);
  if (deployment.api_key.empty() && is_needed) return no_key(deployment);
  if (const Node* variable = missing("api_key")) {
    report_missing_variable(*variable, reader_.path_of("api_key"), report_);
  }
  return std::nullopt;
}

}  // namespace sluice::config
