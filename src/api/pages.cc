// The page at `/`, and the numbers for Prometheus.
#include <algorithm>

#include "api/api.h"
#include "base/html.h"
#include "base/unix_time.h"
#include "cache/response_cache.h"

namespace sluice::api {

namespace {

constexpr std::string_view page_head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sluice</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#1c2733}
h1{margin-bottom:0}code,pre{font:14px/1.5 ui-monospace,monospace;background:#f1f4f7;border-radius:4px}
code{padding:.1em .3em}pre{padding:.8rem;overflow-x:auto}li{margin:.1rem 0}.muted{color:#5b6b7b}
</style></head><body><h1>Sluice</h1>
)";

// The models are only shown where asking for them needs no key.
std::string model_list(const gateway::Snapshot& snapshot) {
  constexpr std::size_t most = 50;
  const auto& names = snapshot.router().public_names();
  if (!snapshot.settings().master_key.empty())
    return "<p>" + std::to_string(names.size()) +
           " model groups; <code>GET /v1/models</code> lists them for a key.</p>";
  std::string out = "<p>Model groups:</p><ul>";
  for (std::size_t i = 0; i < std::min(most, names.size()); i++)
    out += "<li><code>" + escape_html(names[i]) + "</code></li>";
  if (names.size() > most)
    out += "<li class=\"muted\">and " + std::to_string(names.size() - most) + " more</li>";
  return out + "</ul>";
}

std::string curl_line(const gateway::Snapshot& snapshot, std::string_view host) {
  const auto& names = snapshot.router().public_names();
  const bool open = snapshot.settings().master_key.empty();
  const auto plain = std::ranges::find_if(
      names, [](const std::string& name) { return name.find('*') == std::string::npos; });
  const std::string model = open && plain != names.end() ? *plain : "MODEL";
  std::string out = "curl http://" + std::string(host) + "/v1/chat/completions \\\n";
  if (!open) out += "  -H 'Authorization: Bearer YOUR_KEY' \\\n";
  return out + "  -d '{\"model\": \"" + model +
         "\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'";
}

}  // namespace

io::Async<Done> answer_home(Context& context) {
  const std::string_view asked = context.request.header("host");
  const std::string_view host = asked.empty() ? std::string_view("127.0.0.1:4000") : asked;
  std::string page(page_head);
  page += "<p class=\"muted\">version " + context.process.version +
          ", an OpenAI-compatible gateway</p>";
  page += model_list(*context.snapshot);
  page += "<p>Try it:</p><pre>" + escape_html(curl_line(*context.snapshot, host)) + "</pre>";
  page +=
      "<p class=\"muted\"><a href=\"/health/readiness\">readiness</a> · <a "
      "href=\"/metrics\">metrics</a></p>";
  page += "</body></html>\n";
  http::HeaderBlock headers;
  headers.add("content-type", "text/html; charset=utf-8");
  co_await context.out.send(200, headers, page);
  co_return Done{};
}

io::Async<Done> answer_metrics(Context& context) {
  const std::vector<const gateway::Metrics*> loops(context.process.metrics.begin(),
                                                   context.process.metrics.end());
  std::string text = gateway::Metrics::print(loops);
  const auto& cache = context.gateway.cache;
  const cache::SemanticCounts* semantic = cache == nullptr ? nullptr : cache->semantic_counts();
  if (semantic != nullptr) text += gateway::print_semantic(*semantic);
  const double started = unix_seconds(context.process.started);
  text +=
      "# HELP process_start_time_seconds When the process started, in seconds since 1970.\n"
      "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds " +
      std::to_string(started) + "\n";
  text +=
      "# HELP sluice_build_info The version that runs.\n# TYPE sluice_build_info gauge\n"
      "sluice_build_info{version=\"" +
      context.process.version + "\"} 1\n";
  http::HeaderBlock headers;
  headers.add("content-type", "text/plain; version=0.0.4; charset=utf-8");
  co_await context.out.send(200, headers, text);
  co_return Done{};
}

}  // namespace sluice::api
