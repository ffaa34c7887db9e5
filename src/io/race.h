#pragma once
// Connects to whichever of several addresses answers first (RFC 8305).
#include <span>
#include <string_view>

#include "base/result.h"
#include "io/address.h"
#include "io/async.h"
#include "io/pause.h"

namespace sluice::io {

// A connected socket, closed unless taken.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(other.take()) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();
  int fd() const { return fd_; }
  int take();  // the caller closes it

 private:
  int fd_ = -1;
};

// Tries the addresses in order; the next one starts after 250 ms or when one fails. The losers are
// closed. `target` is what the error names ("api.example.com:443"), with each address and why it
// failed.
Async<Result<Socket>> connect_any(Loop& loop, std::string_view target,
                                  std::span<const Address> addresses, WaitLimit limit);

}  // namespace sluice::io
