#pragma once
// TLS sessions to resume, by host and port. A resumed handshake costs less than half the CPU of a
// full one and no certificate check. Any thread.
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <openssl/ssl.h>

namespace sluice::io {

struct FreeSession {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using SessionPtr = std::unique_ptr<SSL_SESSION, FreeSession>;

class SessionStore {
 public:
  // Keeps the newest few of a peer; of too many peers, the one that was silent longest goes.
  void add(const std::string& peer, SessionPtr session);
  // The newest session of that peer, or null. A TLS 1.3 ticket is given out once (RFC 8446 C.4: a
  // ticket used twice lets an observer link the connections).
  SessionPtr take(const std::string& peer);
  std::size_t size() const;

  static constexpr std::size_t most_per_peer = 4, most_peers = 256;

 private:
  struct Peer {
    std::vector<SessionPtr> sessions;  // oldest first
    std::uint64_t last_added = 0;
  };
  void make_room();

  mutable std::mutex mutex_;
  std::map<std::string, Peer> peers_;  // guarded by mutex_
  std::uint64_t added_ = 0;            // guarded by mutex_
};

}  // namespace sluice::io
