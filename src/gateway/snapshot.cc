#include "gateway/snapshot.h"

#include "provider/catalog.h"
#include "provider/dialect.h"

namespace sluice::gateway {

namespace {

void add_line(std::string& lines, std::string_view name, std::string_view value) {
  lines.append(name).append(": ");
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') lines.push_back(c);
  }
  lines.append("\r\n");
}

std::string header_lines(const Deployment& deployment, const provider::BaseUrl& base) {
  std::string lines;
  add_line(lines, "host", base.authority);
  if (const auto auth = provider::auth_header(deployment))
    add_line(lines, auth->first, auth->second);
  add_line(lines, "content-type", "application/json");
  add_line(lines, "accept-encoding", "identity");  // replies are read, not only passed on
  add_line(lines, "user-agent", "sluice");
  if (!deployment.organization.empty())
    add_line(lines, "openai-organization", deployment.organization);
  if (!deployment.spec->dialect->version_header.empty())
    lines.append(deployment.spec->dialect->version_header).append("\r\n");
  for (const auto& [name, value] : deployment.headers) add_line(lines, name, value);
  return lines;
}

Error at_deployment(const Deployment& deployment, Error error) {
  error.message =
      "model_list: `" + deployment.group + "` (" + deployment.litellm_model + "): " + error.message;
  return error;
}

// Through a proxy, plain HTTP requests name the whole URL; TLS ones are tunnelled by the connector.
void use_proxy(Route& route, const io::ProxySettings& proxies) {
  if (route.base.tls) return;
  const auto* proxy = proxies.proxy_for(route.origin.endpoint);
  if (proxy == nullptr) return;
  route.absolute_prefix = "http://" + route.base.authority;
  if (!proxy->authorization.empty())
    add_line(route.header_lines, "proxy-authorization", proxy->authorization);
}

}  // namespace

Result<std::shared_ptr<io::TlsContext>> TrustStore::context(bool verify,
                                                            const std::string& ca_file) {
  std::shared_ptr<io::TlsContext>& context = contexts_[{verify, ca_file}];
  if (context == nullptr) {
    auto made = io::TlsContext::client({.verify = verify, .ca_file = ca_file});
    if (!made) return fail(std::move(made).error());
    context = std::move(*made);
  }
  return context;
}

Result<std::string> Route::request_line(Endpoint endpoint, std::string_view model) const {
  TRY(const std::string target, provider::request_target(*deployment, base, endpoint, model));
  return "POST " + absolute_prefix + target + " HTTP/1.1\r\n";
}

// All of a route but its TLS context.
static Status fill_route(Route& route, const Settings& settings, const io::ProxySettings& proxies) {
  const Deployment& deployment = *route.deployment;
  TRY(route.base, provider::base_url_of(deployment));
  const bool verify = deployment.ssl_verify.value_or(settings.ssl_verify);
  route.origin.endpoint = {.host = route.base.host, .port = route.base.port, .tls = route.base.tls};
  route.origin.key = (route.base.tls ? "https://" : "http://") + route.base.host + ":" +
                     std::to_string(route.base.port);
  if (route.base.tls)
    route.origin.key += verify ? " verified by " + settings.ssl_ca_file : " unverified";
  route.header_lines = header_lines(deployment, route.base);
  use_proxy(route, proxies);
  add_line(route.reply_lines, "x-litellm-model-id", deployment.id);
  if (!deployment.api_base.empty() && !deployment.spec->builtin)
    add_line(route.reply_lines, "x-litellm-model-api-base",
             deployment.api_base.substr(0, deployment.api_base.find('?')));
  return Done{};
}

static Result<Route> make_route(const Deployment& deployment, const Settings& settings,
                                TrustStore& trust, const io::ProxySettings& proxies) {
  Route route{.deployment = &deployment};
  TRY([[maybe_unused]] const Done filled, fill_route(route, settings, proxies));
  if (route.base.tls) {
    const bool verify = deployment.ssl_verify.value_or(settings.ssl_verify);
    TRY(route.origin.tls, trust.context(verify, settings.ssl_ca_file));
  }
  if (deployment.model.find('*') != std::string::npos) return route;
  for (const Endpoint endpoint : {Endpoint::chat, Endpoint::completions, Endpoint::embeddings}) {
    const auto line = route.request_line(endpoint, deployment.model);
    if (line) route.heads[static_cast<std::size_t>(endpoint)] = *line + route.header_lines;
  }
  return route;
}

Result<std::unique_ptr<ClientRoute>> Snapshot::client_route(router::DeploymentIndex index,
                                                            const Call& call) const {
  auto made = std::make_unique<ClientRoute>();
  made->deployment = *routes_[index].deployment;
  made->route.deployment = &made->deployment;
  if (call.client_base) {
    made->deployment.api_base = *call.client_base;
    made->deployment.api_key.clear();
    made->deployment.headers.clear();  // they may hold a key
    made->deployment.ssl_verify.reset();
  }
  if (call.client_key) made->deployment.api_key = *call.client_key;
  TRY([[maybe_unused]] const Done filled, fill_route(made->route, settings_, *proxies_));
  if (made->route.base.tls)
    made->route.origin.tls = call.client_base ? client_tls_ : routes_[index].origin.tls;
  return made;
}

// The settings of calls to the embedding model, which knows no other group.
static Settings settings_for(const Deployment& embedding, const Settings& all) {
  Settings alone = all;
  alone.deployments = {embedding};
  alone.unavailable.clear();
  alone.aliases.clear();
  alone.cache.reset();
  alone.embedding_deployment.reset();
  return alone;
}

Snapshot::Snapshot(Settings settings, router::HealthTable& health)
    : settings_(std::move(settings)), router_(settings_, health) {}

Result<std::shared_ptr<const Snapshot>> Snapshot::make(Settings settings,
                                                       router::HealthTable& health,
                                                       TrustStore& trust,
                                                       const io::ProxySettings& proxies) {
  std::shared_ptr<Snapshot> made(new Snapshot(std::move(settings), health));
  for (const Deployment& deployment : made->settings_.deployments) {
    auto route = make_route(deployment, made->settings_, trust, proxies);
    if (!route) return fail(at_deployment(deployment, std::move(route).error()));
    made->routes_.push_back(std::move(*route));
  }
  made->proxies_ = &proxies;
  if (const auto& embedding = made->settings_.embedding_deployment) {
    Settings alone = settings_for(*embedding, made->settings_);
    TRY(made->embeddings_, make(std::move(alone), health, trust, proxies));
  }
  if (made->settings_.allow_client_side_credentials) {
    TRY(made->client_tls_, trust.context(made->settings_.ssl_verify, made->settings_.ssl_ca_file));
  }
  return std::shared_ptr<const Snapshot>(std::move(made));
}

}  // namespace sluice::gateway
