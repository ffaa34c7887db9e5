#include "io/session_store.h"

#include <algorithm>
#include <ctime>

namespace sluice::io {

namespace {

bool is_usable(const SSL_SESSION* session) {
  const long age = static_cast<long>(std::time(nullptr)) - SSL_SESSION_get_time(session);
  return SSL_SESSION_is_resumable(session) && age < SSL_SESSION_get_timeout(session);
}

}  // namespace

void SessionStore::add(const std::string& peer, SessionPtr session) {
  const std::lock_guard lock(mutex_);
  if (!peers_.contains(peer)) make_room();
  Peer& entry = peers_[peer];
  entry.last_added = ++added_;
  if (entry.sessions.size() == most_per_peer) entry.sessions.erase(entry.sessions.begin());
  entry.sessions.push_back(std::move(session));
}

void SessionStore::make_room() {
  if (peers_.size() < most_peers) return;
  peers_.erase(std::ranges::min_element(peers_, {},
                                        [](const auto& entry) { return entry.second.last_added; }));
}

SessionPtr SessionStore::take(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return nullptr;
  std::vector<SessionPtr>& sessions = found->second.sessions;
  while (!sessions.empty() && !is_usable(sessions.back().get())) sessions.pop_back();
  if (sessions.empty()) return nullptr;
  SessionPtr newest = std::move(sessions.back());
  sessions.pop_back();
  if (SSL_SESSION_get_protocol_version(newest.get()) < TLS1_3_VERSION) {
    SSL_SESSION_up_ref(newest.get());
    sessions.emplace_back(newest.get());
  }
  return newest;
}

std::size_t SessionStore::size() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [name, peer] : peers_) count += peer.sessions.size();
  return count;
}

}  // namespace sluice::io
