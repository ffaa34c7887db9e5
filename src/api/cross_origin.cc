#include "api/cross_origin.h"

#include "base/result.h"

namespace sluice::api {

bool is_preflight(const http::Request& request) {
  return request.head.method == "OPTIONS" && !request.header("origin").empty() &&
         !request.header("access-control-request-method").empty();
}

io::Async<Done> answer_preflight(const http::Request& request, http::ResponseWriter& out) {
  http::HeaderBlock headers;
  headers.add("vary", "Origin");
  headers.add("access-control-allow-methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
  headers.add("access-control-max-age", "600");
  headers.add("access-control-allow-credentials", "true");
  headers.add("access-control-allow-origin", request.header("origin"));
  if (const auto asked = request.header("access-control-request-headers"); !asked.empty())
    headers.add("access-control-allow-headers", asked);
  headers.add("content-type", "text/plain; charset=utf-8");
  co_await out.send(200, headers, "OK");
  co_return Done{};
}

void add_cross_origin_headers(const http::Request& request, http::ResponseWriter& out) {
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return;
  // Browsers refuse `*` for a request with credentials: name the origin then.
  const bool credentials = !request.header("cookie").empty();
  http::HeaderBlock headers;
  headers.add("access-control-allow-origin", credentials ? origin : "*");
  headers.add("access-control-allow-credentials", "true");
  if (credentials) headers.add("vary", "Origin");
  out.set_common(headers.text());
}

}  // namespace sluice::api
