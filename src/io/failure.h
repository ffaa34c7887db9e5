#pragma once
// How failures of sockets become the errors that connecting reports.
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/stream.h"

namespace sluice::io {

// The text of an errno value, as the middle of a sentence: "connection refused".
std::string describe_errno(int error);

// "HOST:PORT", an IPv6 literal in brackets.
std::string host_and_port(std::string_view host, int port);

// What waiting ended with: code timeout, cancelled or connection.
Error wait_error(IoError ended, std::string message);

}  // namespace sluice::io
