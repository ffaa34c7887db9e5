// The lists of models: OpenAI's, and LiteLLM's with prices and limits.
#include <algorithm>
#include <set>

#include "api/api.h"
#include "base/json_scan.h"
#include "base/json_write.h"
#include "base/percent.h"
#include "provider/catalog.h"
#include "provider/prices.h"

namespace sluice::api {

namespace {

// LiteLLM's constant: nobody knows when a model group was made.
constexpr std::string_view model_tail =
    R"(,"object":"model","created":1677610602,"owned_by":"openai"})";

std::string model_json(std::string_view name) {
  std::string out = "{\"id\":";
  append_json_string(out, name);
  return out.append(model_tail);
}

std::string info_entry(const Deployment& deployment) {
  std::string out = "{\"model_name\":";
  append_json_string(out, deployment.group);
  return out + ",\"litellm_params\":" + deployment.params_json +
         ",\"model_info\":" + deployment.info_json + "}";
}

// What all deployments of a group have in common, as LiteLLM sums it up: the largest windows, the
// dearest prices, a feature if any has it.
class GroupInfo {
 public:
  explicit GroupInfo(std::string_view name) : name_(name) {}

  void add(const Deployment& deployment) {
    providers_.insert(std::string(deployment.spec->name));
    JsonFields info;
    if (scan_json_object(deployment.info_json, info)) return;
    for (auto& [key, value] : numbers_) {
      const JsonField* field = info.find(key);
      const auto number = field == nullptr ? std::nullopt : json_number(field->value);
      if (number) value = std::max(value.value_or(0), *number);
    }
    for (auto& [key, value] : features_) {
      const JsonField* field = info.find(key);
      value = value || (field != nullptr && field->value == "true");
    }
    if (const JsonField* mode = info.find("mode"); mode != nullptr) mode_ = mode->value;
    if (const JsonField* list = info.find("supported_openai_params"); list != nullptr)
      params_ = list->value;
    if (deployment.rpm) rpm_ = rpm_.value_or(0) + *deployment.rpm;
    if (deployment.tpm) tpm_ = tpm_.value_or(0) + *deployment.tpm;
  }

  std::string json() const {
    std::string out = "{\"model_group\":";
    append_json_string(out, name_);
    out += ",\"providers\":[";
    for (const std::string& each : providers_) {
      if (out.back() != '[') out += ",";
      append_json_string(out, each);
    }
    out += "]";
    for (const auto& [key, value] : numbers_) {
      out.append(",\"").append(key).append("\":");
      if (value)
        append_json_double(out, *value);
      else
        out += "null";
    }
    out += ",\"mode\":" + mode_;
    out += ",\"tpm\":" + (tpm_ ? std::to_string(*tpm_) : "null");
    out += ",\"rpm\":" + (rpm_ ? std::to_string(*rpm_) : "null");
    for (const auto& [key, value] : features_)
      out.append(",\"").append(key).append(value ? "\":true" : "\":false");
    return out + ",\"supported_openai_params\":" + params_ +
           ",\"configurable_clientside_auth_params\":null}";
  }

 private:
  std::string name_;
  std::set<std::string> providers_;
  std::vector<std::pair<std::string, std::optional<double>>> numbers_{
      {"max_input_tokens", {}},
      {"max_output_tokens", {}},
      {"input_cost_per_token", {}},
      {"output_cost_per_token", {}}};
  std::vector<std::pair<std::string, bool>> features_{{"supports_parallel_function_calling", false},
                                                      {"supports_vision", false},
                                                      {"supports_web_search", false},
                                                      {"supports_reasoning", false},
                                                      {"supports_function_calling", false}};
  std::string mode_ = "null", params_ = "null";
  std::optional<std::int64_t> rpm_, tpm_;
};

io::Async<Done> send_list(Context& context, std::string data, std::string_view tail = "}") {
  const std::string body = "{\"data\":[" + std::move(data) + "]" + std::string(tail);
  co_return co_await send_json(context, 200, body);
}

void append_item(std::string& list, std::string_view item) {
  if (!list.empty()) list += ",";
  list += item;
}

// What "provider/*" is known to serve, so that a client can offer a choice.
void append_known_models(std::string& data, const Deployment& deployment) {
  const std::string& pattern = deployment.group;
  const std::string prefix = std::string(deployment.spec->name) + "/";
  if (pattern != prefix + "*") return;
  for (const provider::ModelFacts* facts : provider::models_of(deployment.spec->name)) {
    std::string_view model = facts->key;
    if (model.starts_with(prefix)) model.remove_prefix(prefix.size());
    append_item(data, model_json(prefix + std::string(model)));
  }
}

}  // namespace

io::Async<Done> answer_models(Context& context) {
  std::string data;
  for (const std::string& name : context.snapshot->router().public_names())
    append_item(data, model_json(name));
  std::set<std::string_view> expanded;
  for (const Deployment& deployment : context.snapshot->settings().deployments) {
    if (expanded.insert(deployment.group).second) append_known_models(data, deployment);
  }
  co_return co_await send_list(context, std::move(data), ",\"object\":\"list\"}");
}

io::Async<Done> answer_model(Context& context) {
  const std::string name = percent_decode(context.url_model);
  std::optional<router::Group> scratch;
  if (context.snapshot->router().find(name, scratch) != nullptr)
    co_return co_await send_json(context, 200, model_json(name));
  Error error = client_error(
      "The model `" + name + "` does not exist. `/v1/models` lists those that do.", "model");
  error.status = 404;
  co_return co_await send_error(context, error);
}

io::Async<Done> answer_model_info(Context& context) {
  const std::string id = http::query_value(context.request.query(), "litellm_model_id");
  std::string data;
  for (const Deployment& deployment : context.snapshot->settings().deployments) {
    if (id.empty() || deployment.id == id) append_item(data, info_entry(deployment));
  }
  if (id.empty() || !data.empty()) co_return co_await send_list(context, std::move(data));
  std::string text;
  append_json_string(text, "Model id = " + id + " not found on litellm proxy");
  co_return co_await send_json(context, 400, "{\"detail\":{\"error\":" + text + "}}");
}

io::Async<Done> answer_model_group_info(Context& context) {
  const Settings& settings = context.snapshot->settings();
  const std::string wanted = http::query_value(context.request.query(), "model_group");
  std::string data;
  for (const std::string& name : context.snapshot->router().public_names()) {
    if (!wanted.empty() && name != wanted) continue;
    std::optional<router::Group> scratch;
    GroupInfo info(name);
    for (const auto index : context.snapshot->router().find(name, scratch)->members)
      info.add(settings.deployments[index]);
    append_item(data, info.json());
  }
  co_return co_await send_list(context, std::move(data));
}

}  // namespace sluice::api
