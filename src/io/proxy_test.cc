#include <cstdlib>
#include <map>

#include <gtest/gtest.h>

#include "io/connect.h"

namespace sluice::io {
namespace {

// Sets exactly these proxy variables, and restores what was there before.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& wanted) {
    for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy",
                             "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
      if (const char* value = std::getenv(name)) before_[name] = value;
      names_.push_back(name);
      ::unsetenv(name);
    }
    for (const auto& [name, value] : wanted) ::setenv(name.c_str(), value.c_str(), 1);
  }
  Environment(const Environment&) = delete;
  ~Environment() {
    for (const std::string& name : names_) ::unsetenv(name.c_str());
    for (const auto& [name, value] : before_) ::setenv(name.c_str(), value.c_str(), 1);
  }

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::string> before_;
};

const Endpoint secure{.host = "api.example.com", .port = 443, .tls = true};
const Endpoint plain{.host = "api.example.com", .port = 80, .tls = false};

// "host:port authorization" of the proxy for an endpoint, "straight", or the error.
std::string proxy_of(const Endpoint& endpoint,
                     const std::map<std::string, std::string>& variables) {
  const Environment environment(variables);
  const auto settings = ProxySettings::from_environment();
  if (!settings) return settings.error().message;
  const ProxySettings::Proxy* proxy = settings->proxy_for(endpoint);
  if (proxy == nullptr) return "straight";
  std::string text = proxy->endpoint.host + ":" + std::to_string(proxy->endpoint.port);
  return proxy->authorization.empty() ? text : text + " " + proxy->authorization;
}

TEST(ProxySettings, EachSchemeHasItsVariable) {
  EXPECT_EQ(proxy_of(secure, {}), "straight");
  EXPECT_EQ(proxy_of(secure, {{"HTTPS_PROXY", "http://p:3128"}}), "p:3128");
  EXPECT_EQ(proxy_of(plain, {{"HTTPS_PROXY", "http://p:3128"}}), "straight");
  EXPECT_EQ(proxy_of(plain, {{"HTTP_PROXY", "http://p:3128"}}), "p:3128");
  EXPECT_EQ(proxy_of(secure, {{"ALL_PROXY", "http://p:3128"}}), "p:3128");
  EXPECT_EQ(proxy_of(plain, {{"all_proxy", "http://p:3128"}}), "p:3128");
}

TEST(ProxySettings, LowerCaseAndTheSpecialVariableWin) {
  EXPECT_EQ(proxy_of(secure, {{"HTTPS_PROXY", "upper:1"}, {"https_proxy", "lower:2"}}), "lower:2");
  EXPECT_EQ(proxy_of(secure, {{"HTTPS_PROXY", "special:1"}, {"all_proxy", "all:2"}}), "special:1");
  EXPECT_EQ(proxy_of(secure, {{"https_proxy", ""}, {"all_proxy", "all:2"}}), "straight")
      << "an empty value switches the proxy off";
}

TEST(ProxySettings, AddressesAreReadAsOtherClientsReadThem) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://p:3128", "p:3128"},
      {"http://p:3128/", "p:3128"},
      {"p:3128", "p:3128"},
      {"HTTP://p", "p:80"},
      {" http://p:3128 ", "p:3128"},
      {"http://[::1]:3128", "::1:3128"},
      {"http://10.0.0.1:3128", "10.0.0.1:3128"},
      {"http://user:pass@p:3128", "p:3128 Basic dXNlcjpwYXNz"},
      {"user:pass@p:3128", "p:3128 Basic dXNlcjpwYXNz"},
      {"http://user@p:3128", "p:3128 Basic dXNlcjo="},
      {"http://us%40er:p%3Aa%25s%zz@p:3128", "p:3128 Basic dXNAZXI6cDphJXMleno="},
  };
  for (const auto& [value, expected] : cases)
    EXPECT_EQ(proxy_of(secure, {{"HTTPS_PROXY", value}}), expected) << value;
}

TEST(ProxySettings, AValueThatCannotBeUsedIsNamedButNotQuoted) {
  for (const char* value : {"https://user:secret@p:3128", "socks5://user:secret@p:1080",
                            "http://user:secret@p:port", "http://user:secret@p:0",
                            "http://user:secret@p:99999", "http://user:secret@", "http://:3128"}) {
    const std::string message = proxy_of(secure, {{"HTTPS_PROXY", value}});
    EXPECT_TRUE(message.starts_with("environment variable HTTPS_PROXY: ")) << message;
    EXPECT_TRUE(
        message.ends_with("; write it as http://host:port or http://user:password@host:port"))
        << message;
    EXPECT_EQ(message.find("secret"), message.npos);
  }
}

TEST(ProxySettings, NoProxyNamesWhatGoesStraight) {
  struct Case {
    const char* no_proxy;
    const char* host;
    bool straight;
  };
  const Case cases[] = {
      {"*", "api.example.com", true},
      {"api.example.com", "api.example.com", true},
      {"API.example.com", "api.EXAMPLE.com", true},
      {"example.com", "api.example.com", true},
      {".example.com", "api.example.com", true},
      {".example.com", "example.com", true},
      {"ample.com", "api.example.com", false},
      {"other.com, example.com", "api.example.com", true},
      {"other.com example.com", "api.example.com", true},
      {"other.com,,", "api.example.com", false},
      {"example.com:443", "api.example.com", true},
      {"example.com:8443", "api.example.com", false},
      {"10.0.0.1", "10.0.0.1", true},
      {"10.0.0.1", "10.0.0.10", false},
      {"0.0.1", "10.0.0.1", false},
      {"10.0.0.0/8", "10.200.1.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"10.1.128.0/17", "10.1.200.1", true},
      {"10.1.128.0/17", "10.1.100.1", false},
      {"192.168.1.4/30", "192.168.1.7", true},
      {"192.168.1.4/30", "192.168.1.8", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"10.0.0.0/33", "10.0.0.1", false},
      {"10.0.0.0/x", "10.0.0.1", false},
      {"::1", "::1", true},
      {"[::1]", "::1", true},
      {"[::1]:443", "::1", true},
      {"2001:db8::/32", "2001:db8:ffff::1", true},
      {"2001:db8::/33", "2001:db8:ffff::1", false},
      {"2001:db8::/32", "2001:db9::1", false},
      {"10.0.0.0/8", "api.example.com", false},
      {"", "api.example.com", false},
  };
  for (const Case& each : cases) {
    const Endpoint endpoint{.host = each.host, .port = 443, .tls = true};
    const std::string expected = each.straight ? "straight" : "p:3128";
    EXPECT_EQ(proxy_of(endpoint, {{"HTTPS_PROXY", "p:3128"}, {"NO_PROXY", each.no_proxy}}),
              expected)
        << each.no_proxy << " for " << each.host;
  }
}

}  // namespace
}  // namespace sluice::io
