#include "io/tunnel.h"

#include <algorithm>

#include "io/failure.h"

namespace sluice::io {

namespace {

constexpr std::size_t longest_head = 8192;
constexpr std::size_t longest_reason = 80;

std::string connect_request(const ProxySettings::Proxy& proxy, const Endpoint& target) {
  const std::string authority = host_and_port(target.host, target.port);
  std::string request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  if (!proxy.authorization.empty())
    request += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  return request + "\r\n";
}

// "403 Forbidden" of "HTTP/1.1 403 Forbidden\r\n…", short and printable; empty = no status line.
std::string status_of(std::string_view head) {
  if (!head.starts_with("HTTP/1.") || head.size() < 12 || head[8] != ' ') return "";
  const std::string_view code = head.substr(9, 3);
  if (!std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; })) return "";
  std::string status(head.substr(9, std::min(head.find('\r') - 9, longest_reason)));
  std::ranges::replace_if(status, [](char c) { return c < ' ' || c > '~'; }, '?');
  return status;
}

// What a proxy's reply head means for the tunnel.
Status judge(std::string_view head, std::string_view rest, std::string_view doing) {
  const std::string status = status_of(head);
  const auto refused = [&](std::string_view why) {
    return fail(connection_error("can't " + std::string(doing) + ": " + std::string(why)));
  };
  if (status.empty()) return refused("it does not answer as an HTTP proxy");
  if (status.starts_with("407"))
    return refused("it wants credentials (" + status +
                   "); set http://user:password@host:port in HTTPS_PROXY");
  if (status[0] != '2') return refused("it answered " + status);
  if (!rest.empty()) return refused("it sent data before the server could");
  return Done{};
}

}  // namespace

Async<Status> open_tunnel(Stream& stream, const ProxySettings::Proxy& proxy,
                          const Endpoint& target) {
  const std::string doing = "reach " + host_and_port(target.host, target.port) + " through proxy " +
                            host_and_port(proxy.endpoint.host, proxy.endpoint.port);
  const std::string request = connect_request(proxy, target);
  const IoError sent = co_await stream.send({request});
  if (sent != IoError::none)
    co_return fail(wait_error(sent, "can't " + doing + ": " + describe(sent)));
  std::string head;
  std::size_t end = head.npos;
  while (end == head.npos) {
    const Received more = co_await stream.recv();
    if (more.error != IoError::none)
      co_return fail(wait_error(more.error, "can't " + doing + ": " + describe(more.error)));
    head.append(more.data, more.size);
    end = head.find("\r\n\r\n");
    if (std::min(end, head.size()) > longest_head)
      co_return fail(connection_error("can't " + doing + ": its reply head is too long"));
  }
  co_return judge(std::string_view(head).substr(0, end), std::string_view(head).substr(end + 4),
                  doing);
}

}  // namespace sluice::io
