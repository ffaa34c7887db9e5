#include "io/failure.h"

#include <cctype>
#include <cstring>

namespace sluice::io {

std::string describe_errno(int error) {
  const char* text = ::strerrordesc_np(error);
  if (text == nullptr) return "system error " + std::to_string(error);
  std::string result(text);
  result[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(result[0])));
  return result;
}

std::string host_and_port(std::string_view host, int port) {
  const bool is_v6 = host.find(':') != host.npos;
  std::string result = is_v6 ? "[" : "";
  result.append(host).append(is_v6 ? "]:" : ":").append(std::to_string(port));
  return result;
}

Error wait_error(IoError ended, std::string message) {
  Error error = connection_error(std::move(message));
  if (ended == IoError::timeout) {
    error.code = ErrorCode::timeout;
    error.status = 408;
  } else if (ended == IoError::cancelled) {
    error.code = ErrorCode::cancelled;
    error.blame = Blame::client;
    error.status = 499;
  }
  return error;
}

}  // namespace sluice::io
