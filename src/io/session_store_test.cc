#include "io/session_store.h"

#include <gtest/gtest.h>

#include <ctime>

namespace sluice::io {
namespace {

SessionPtr session(int version, long age = 0) {
  SessionPtr made(SSL_SESSION_new());
  SSL_SESSION_set_protocol_version(made.get(), version);
  SSL_SESSION_set_time(made.get(), static_cast<long>(std::time(nullptr)) - age);
  SSL_SESSION_set_timeout(made.get(), 100);
  const unsigned char id[] = {1, 2, 3};  // without one nothing can be resumed
  SSL_SESSION_set1_id(made.get(), id, sizeof id);
  return made;
}

TEST(SessionStore, GivesTheNewestFirstAndATls13SessionOnce) {
  SessionStore store;
  SessionPtr first = session(TLS1_3_VERSION), second = session(TLS1_3_VERSION);
  const SSL_SESSION *oldest = first.get(), *newest = second.get();
  store.add("a:443", std::move(first));
  store.add("a:443", std::move(second));
  const SessionPtr one = store.take("a:443"), two = store.take("a:443");
  EXPECT_EQ(one.get(), newest);
  EXPECT_EQ(two.get(), oldest);
  EXPECT_EQ(store.take("a:443"), nullptr);
}

TEST(SessionStore, GivesATls12SessionAgainAndAgain) {
  SessionStore store;
  store.add("a:443", session(TLS1_2_VERSION));
  const SessionPtr one = store.take("a:443"), two = store.take("a:443");
  EXPECT_NE(one, nullptr);
  EXPECT_EQ(one.get(), two.get());
}

TEST(SessionStore, KnowsItsPeersApart) {
  SessionStore store;
  store.add("a:443", session(TLS1_3_VERSION));
  EXPECT_EQ(store.take("a:444"), nullptr);
  EXPECT_NE(store.take("a:443"), nullptr);
}

TEST(SessionStore, ForgetsWhatIsTooOld) {
  SessionStore store;
  store.add("a:443", session(TLS1_3_VERSION, 101));
  EXPECT_EQ(store.take("a:443"), nullptr);
  EXPECT_EQ(store.size(), 0u);
}

TEST(SessionStore, IsBoundedPerPeerAndInPeers) {
  SessionStore store;
  for (int i = 0; i < 20; i++) store.add("a:443", session(TLS1_3_VERSION));
  EXPECT_EQ(store.size(), SessionStore::most_per_peer);
  for (std::size_t i = 0; i < SessionStore::most_peers; i++)
    store.add("host" + std::to_string(i), session(TLS1_3_VERSION));
  EXPECT_EQ(store.size(), SessionStore::most_peers);
  EXPECT_EQ(store.take("a:443"), nullptr) << "it was silent longest";
  EXPECT_NE(store.take("host0"), nullptr);
}

}  // namespace
}  // namespace sluice::io
