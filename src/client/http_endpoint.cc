#include "client/http_endpoint.h"

#include <array>

#include "client/failures.h"
#include "client/runtime.h"
#include "provider/endpoint.h"

namespace sluice::client {
namespace {

// Written once; lives as long as the call.
class Written final : public http::RequestSource {
 public:
  Written(std::string_view head, std::string_view body) : pieces_{head, body} {}
  std::span<const std::string_view> write_again() override { return pieces_; }

 private:
  std::array<std::string_view, 2> pieces_;
};

io::Async<Result<HttpAnswer>> exchange(const http::Origin& origin, Written& request,
                                       io::Time deadline) {
  http::UpstreamCall call(Runtime::shared().upstreams(), origin, nullptr);
  CO_TRY([[maybe_unused]] const Done sent,
         co_await call.start(request.write_again(), request, deadline));
  CO_TRY(const std::string_view body, co_await call.read_all(deadline));
  HttpAnswer answer{call.head().status, std::string(body)};
  call.finish();
  co_return answer;
}

void append_line(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') head += c;
  }
  head += "\r\n";
}

}  // namespace

HttpEndpoint::HttpEndpoint(const Options& options) {
  const provider::BaseUrl base = value_of(provider::parse_base_url(options.base_url));
  place_ = (base.tls ? "https://" : "http://") + base.authority + base.path;
  path_ = base.path;
  query_ = base.query;
  origin_.endpoint = {.host = base.host, .port = base.port, .tls = base.tls};
  origin_.key = place_ + (options.verify_tls ? " verified by " + options.ca_file : " unverified");
  if (base.tls) {
    origin_.tls = value_of(
        io::TlsContext::client({.verify = options.verify_tls, .ca_file = options.ca_file}));
  }
  std::string authorization;
  const bool absolute =
      Runtime::shared().connector().absolute_form(origin_.endpoint, &authorization);
  if (absolute) target_prefix_ = "http://" + base.authority;
  append_line(headers_, "host", base.authority);
  if (!options.key.empty()) append_line(headers_, "authorization", "Bearer " + options.key);
  if (!authorization.empty()) append_line(headers_, "proxy-authorization", authorization);
  append_line(headers_, "accept-encoding", "identity");
  append_line(headers_, "user-agent", "sluice");
}

Result<HttpAnswer> HttpEndpoint::ask(std::string_view method, std::string_view path,
                                     std::string_view body, io::Time deadline) const {
  std::string head(method);
  head.append(" ").append(target_prefix_).append(path_).append(path);
  if (!query_.empty())
    head.append(path.find('?') == std::string_view::npos ? "?" : "&").append(query_);
  head.append(" HTTP/1.1\r\n").append(headers_);
  if (!body.empty()) append_line(head, "content-type", "application/json");
  if (method != "GET") append_line(head, "content-length", std::to_string(body.size()));
  head += "\r\n";
  Written request(head, body);
  return Runtime::shared().run<HttpAnswer>([&] { return exchange(origin_, request, deadline); });
}

}  // namespace sluice::client
