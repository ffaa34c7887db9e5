#include "api/api.h"

#include "api/authenticate.h"
#include "api/cross_origin.h"
#include "api/error_json.h"
#include "api/routes.h"

namespace sluice::api {

io::Async<Done> send_json(Context& context, int status, std::string_view body) {
  http::HeaderBlock headers;
  headers.add("content-type", "application/json");
  co_await context.out.send(status, headers, body);
  co_return Done{};
}

io::Async<Done> send_error(Context& context, const Error& error) {
  const std::string body = error_json(error);
  co_return co_await send_json(context, error.status, body);
}

// No such path, or not with this method: FastAPI's answers, which LiteLLM's clients get.
static io::Async<Done> send_no_route(http::ResponseWriter& out, const std::string& allowed) {
  http::HeaderBlock headers;
  headers.add("content-type", "application/json");
  if (!allowed.empty()) headers.add("allow", allowed);
  const std::string_view body =
      allowed.empty() ? R"({"detail":"Not Found"})" : R"({"detail":"Method Not Allowed"})";
  co_await out.send(allowed.empty() ? 404 : 405, headers, body);
  co_return Done{};
}

static bool needs_key(const RouteRow& row, const Settings& settings) {
  return row.access == Access::key || (row.access == Access::metrics && settings.metrics_need_auth);
}

io::Async<Done> Api::handle(http::Request& request, http::ResponseWriter& out) {
  if (is_preflight(request)) co_return co_await answer_preflight(request, out);
  add_cross_origin_headers(request, out);
  const RouteMatch match = match_route(request.head.method, request.path());
  if (match.row == nullptr) co_return co_await send_no_route(out, match.allowed);
  Context context{.gateway = gateway_,
                  .process = process_,
                  .snapshot = gateway_.snapshot,
                  .request = request,
                  .out = out,
                  .url_model = match.model};
  if (needs_key(*match.row, context.snapshot->settings())) {
    const Status allowed = authenticate(*context.snapshot, request);
    if (!allowed) co_return co_await send_error(context, allowed.error());
  }
  co_return co_await match.row->answer(context);
}

std::string Api::protocol_error(int status, std::string_view message) {
  Error error = client_error(std::string(message));
  error.status = status;
  return error_json(error);
}

}  // namespace sluice::api
