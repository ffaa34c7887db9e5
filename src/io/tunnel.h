#pragma once
// CONNECT through a forward proxy (RFC 9110 section 9.3.6).
#include "base/result.h"
#include "io/async.h"
#include "io/connect.h"

namespace sluice::io {

// Asks the proxy at the other end of `stream` for a tunnel to `target`, within the stream's
// deadline. Afterwards the stream carries the target's bytes. The error says what the proxy
// answered.
Async<Status> open_tunnel(Stream& stream, const ProxySettings::Proxy& proxy,
                          const Endpoint& target);

}  // namespace sluice::io
