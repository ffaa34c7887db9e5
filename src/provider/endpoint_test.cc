#include "provider/endpoint.h"

#include <gtest/gtest.h>

#include "provider/catalog.h"

namespace sluice::provider {
namespace {

Deployment deployment_of(std::string_view provider, std::string_view api_base = {}) {
  Deployment deployment;
  deployment.spec = find_provider(provider);
  deployment.api_base = api_base;
  return deployment;
}

std::string target(const Deployment& deployment, Endpoint endpoint, std::string_view model) {
  const auto base = base_url_of(deployment);
  if (!base) return base.error().message;
  const auto path = request_target(deployment, *base, endpoint, model);
  return path ? *path : path.error().message;
}

TEST(BaseUrl, IsTakenApart) {
  struct Case {
    std::string_view text;
    bool tls;
    std::string_view host;
    int port;
    std::string_view authority, path, query;
  };
  constexpr Case cases[] = {
      {"https://api.openai.com/v1", true, "api.openai.com", 443, "api.openai.com", "/v1", ""},
      {"https://api.openai.com/v1//", true, "api.openai.com", 443, "api.openai.com", "/v1", ""},
      {"http://localhost:11434", false, "localhost", 11434, "localhost:11434", "", ""},
      {"http://127.0.0.1:80/", false, "127.0.0.1", 80, "127.0.0.1", "", ""},
      {"https://[::1]:8443/a/b", true, "::1", 8443, "[::1]:8443", "/a/b", ""},
      {"http://[2001:db8::1]", false, "2001:db8::1", 80, "[2001:db8::1]", "", ""},
      {"https://x.test?a=b&c", true, "x.test", 443, "x.test", "", "a=b&c"},
      {"https://x_y.test/p?q=/", true, "x_y.test", 443, "x_y.test", "/p", "q=/"},
  };
  for (const auto& test : cases) {
    const auto base = parse_base_url(test.text);
    ASSERT_TRUE(base) << test.text << ": " << base.error().message;
    EXPECT_EQ(base->tls, test.tls) << test.text;
    EXPECT_EQ(base->host, test.host) << test.text;
    EXPECT_EQ(base->port, test.port) << test.text;
    EXPECT_EQ(base->authority, test.authority) << test.text;
    EXPECT_EQ(base->path, test.path) << test.text;
    EXPECT_EQ(base->query, test.query) << test.text;
  }
}

TEST(BaseUrl, RefusesWhatIsNotOneAndNeverShowsIt) {
  for (const auto* text :
       {"", "api.openai.com/v1", "ftp://x", "https://", "https:///v1", "https://user:pw@x.test",
        "https://x.test:", "https://x.test:0", "https://x.test:65536", "https://x.test:80a",
        "https://x.test/a b", "https://x.test/\r\nHost: y", "https://x.test/#part", "https://[::1",
        "https://[::1]x", "https://[zz]", "https://a:b:c", "https://b\xc3\xbc.test"}) {
    const auto base = parse_base_url(text);
    ASSERT_FALSE(base) << text;
    EXPECT_EQ(base.error().code, ErrorCode::bad_request) << text;
    EXPECT_TRUE(base.error().message.starts_with("api_base: ")) << base.error().message;
    EXPECT_FALSE(base.error().message.contains("pw")) << base.error().message;
  }
}

TEST(BaseUrl, DefaultsToTheProvidersOwn) {
  EXPECT_EQ(base_url_of(deployment_of("groq"))->authority, "api.groq.com");
  const auto missing = base_url_of(deployment_of("hosted_vllm"));
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error().message.contains("hosted_vllm"));
  EXPECT_EQ(missing.error().param, "api_base");
}

TEST(RequestTarget, OpenAiStyle) {
  const auto openai = deployment_of("openai");
  EXPECT_EQ(target(openai, Endpoint::chat, "gpt-4o"), "/v1/chat/completions");
  EXPECT_EQ(target(openai, Endpoint::completions, "x"), "/v1/completions");
  EXPECT_EQ(target(openai, Endpoint::embeddings, "x"), "/v1/embeddings");
  EXPECT_EQ(target(deployment_of("openai", "http://h:1"), Endpoint::chat, "x"),
            "/chat/completions");
  EXPECT_EQ(target(deployment_of("openai", "http://h:1/v1/"), Endpoint::chat, "x"),
            "/v1/chat/completions");
  EXPECT_EQ(
      target(deployment_of("openai", "http://h/v1/chat/completions"), Endpoint::embeddings, "x"),
      "/v1/embeddings");
  EXPECT_EQ(target(deployment_of("openai", "http://h/v1?key=1"), Endpoint::chat, "x"),
            "/v1/chat/completions?key=1");
  EXPECT_EQ(target(deployment_of("perplexity"), Endpoint::chat, "sonar"), "/chat/completions");
}

TEST(RequestTarget, AddsTheVersionThatABaseLacks) {
  EXPECT_EQ(target(deployment_of("ollama"), Endpoint::chat, "x"), "/v1/chat/completions");
  for (const auto* base : {"http://h:11434", "http://h:11434/", "http://h:11434/v1"})
    EXPECT_EQ(target(deployment_of("ollama", base), Endpoint::chat, "x"), "/v1/chat/completions");
  EXPECT_EQ(target(deployment_of("mistral", "https://x.test"), Endpoint::chat, "x"),
            "/v1/chat/completions");
  EXPECT_EQ(target(deployment_of("cohere", "https://api.cohere.com"), Endpoint::embeddings, "x"),
            "/compatibility/v1/embeddings");
}

TEST(RequestTarget, AzureStyle) {
  auto azure = deployment_of("azure", "https://x.openai.azure.com/");
  EXPECT_EQ(target(azure, Endpoint::chat, "gpt4"),
            "/openai/deployments/gpt4/chat/completions?api-version=2025-02-01-preview");
  azure.api_version = "2024-06-01";
  EXPECT_EQ(target(azure, Endpoint::embeddings, "e/1 ä"),
            "/openai/deployments/e%2F1%20%C3%A4/embeddings?api-version=2024-06-01");
  azure.api_base = "https://x.openai.azure.com/openai/deployments/d1";
  EXPECT_EQ(target(azure, Endpoint::chat, "other"),
            "/openai/deployments/d1/chat/completions?api-version=2024-06-01");
  azure.api_base =
      "https://x.openai.azure.com/openai/deployments/d1/chat/completions?api-version=2023-05-15";
  EXPECT_EQ(target(azure, Endpoint::chat, "other"),
            "/openai/deployments/d1/chat/completions?api-version=2023-05-15");
  azure.api_base = "https://x.openai.azure.com/openai/deployments/e1/embeddings";
  EXPECT_EQ(target(azure, Endpoint::embeddings, "other"),
            "/openai/deployments/e1/embeddings?api-version=2024-06-01");
  azure.api_base = "https://x.openai.azure.com/openai/v1/";
  EXPECT_EQ(target(azure, Endpoint::chat, "other"), "/openai/v1/chat/completions");
  azure.api_base = "https://gateway.ai.cloudflare.com/v1/acct/gw/azure-openai/res";
  EXPECT_EQ(target(azure, Endpoint::chat, "d2"),
            "/v1/acct/gw/azure-openai/res/d2/chat/completions?api-version=2024-06-01");
}

TEST(RequestTarget, AzureAiStyle) {
  auto azure = deployment_of("azure_ai", "https://x.services.ai.azure.com");
  EXPECT_EQ(target(azure, Endpoint::chat, "m"), "/models/chat/completions");
  azure.api_version = "2024-05-01-preview";
  EXPECT_EQ(target(azure, Endpoint::chat, "m"),
            "/models/chat/completions?api-version=2024-05-01-preview");
  azure.api_base = "https://m.eastus2.models.ai.azure.com/v1";
  azure.api_version.clear();
  EXPECT_EQ(target(azure, Endpoint::chat, "m"), "/v1/chat/completions");
}

TEST(RequestTarget, AnthropicStyle) {
  for (const auto* base :
       {"", "https://api.anthropic.com/", "https://x.test/v1", "https://x.test/v1/messages"})
    EXPECT_EQ(target(deployment_of("anthropic", base), Endpoint::chat, "m"), "/v1/messages");
  EXPECT_EQ(target(deployment_of("anthropic", "https://x.test/proxy"), Endpoint::chat, "m"),
            "/proxy/v1/messages");
  const auto missing = target(deployment_of("anthropic"), Endpoint::embeddings, "m");
  EXPECT_TRUE(missing.contains("anthropic has no /embeddings endpoint")) << missing;
}

TEST(AuthHeader, FollowsTheRow) {
  auto openai = deployment_of("openai");
  EXPECT_FALSE(auth_header(openai));
  openai.api_key = "sk-1";
  EXPECT_EQ(auth_header(openai)->first, "authorization");
  EXPECT_EQ(auth_header(openai)->second, "Bearer sk-1");

  auto azure = deployment_of("azure", "https://x.openai.azure.com");
  azure.api_key = "k";
  EXPECT_EQ(auth_header(azure)->first, "api-key");
  EXPECT_EQ(auth_header(azure)->second, "k");

  auto anthropic = deployment_of("anthropic");
  anthropic.api_key = "k";
  EXPECT_EQ(auth_header(anthropic)->first, "x-api-key");
  EXPECT_EQ(auth_header(anthropic)->second, "k");

  auto azure_ai = deployment_of("azure_ai", "https://x.services.ai.azure.com");
  azure_ai.api_key = "k";
  EXPECT_EQ(auth_header(azure_ai)->first, "api-key");
  azure_ai.api_base = "https://m.eastus2.models.ai.azure.com";
  EXPECT_EQ(auth_header(azure_ai)->second, "Bearer k");
}

}  // namespace
}  // namespace sluice::provider
