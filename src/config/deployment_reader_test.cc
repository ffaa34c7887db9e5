#include "config/deployment_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "config/load_for_test.h"
#include "provider/catalog.h"

namespace sluice::config {
namespace {

// One deployment called "m" with these litellm_params, written in one line.
Loaded load_params(const std::string& params, Environment::Values environment = {}) {
  environment.try_emplace("OPENAI_API_KEY", "sk-fake");
  return load_text("model_list:\n- {model_name: m, litellm_params: " + params + "}\n",
                   {.environment = std::move(environment)});
}

Deployment read(const std::string& params, Environment::Values environment = {}) {
  const Loaded loaded = load_params(params, std::move(environment));
  EXPECT_EQ(lines_of(loaded), Lines{}) << params;
  return loaded.settings ? loaded.settings->deployments.at(0) : Deployment{};
}

TEST(Deployment, IsReadWhole) {
  const Deployment deployment = read(
      "{model: groq/llama-3, api_key: k, api_base: 'https://h/v1/', timeout: 1.5, stream_timeout: "
      "'2', "
      "num_retries: 3, rpm: 60, tpm: '1000', weight: 2, temperature: "
      "0.5, "
      "top_k: 3, extra_headers: {X-A: 1}, extra_body: {a: {b: [1]}}, drop_params: true, "
      "additional_drop_params: [seed], allowed_openai_params: [thinking], tags: [fast], "
      "ssl_verify: false, mock_response: hello, max_retries: 0}");
  EXPECT_EQ(deployment.group, "m");
  EXPECT_EQ(deployment.spec, provider::find_provider("groq"));
  EXPECT_EQ(deployment.litellm_model, "groq/llama-3");
  EXPECT_EQ(deployment.model, "llama-3");
  EXPECT_EQ(deployment.api_key, "k");
  EXPECT_EQ(deployment.api_base, "https://h/v1");
  EXPECT_EQ(deployment.timeout, Milliseconds(1500));
  EXPECT_EQ(deployment.stream_timeout, Milliseconds(2000));
  EXPECT_EQ(deployment.num_retries, 3);
  EXPECT_EQ(deployment.rpm, 60);
  EXPECT_EQ(deployment.tpm, 1000);
  EXPECT_EQ(deployment.weight, 2);
  EXPECT_EQ(deployment.defaults, (NamedValues{{"temperature", "0.5"}, {"top_k", "3"}}));
  EXPECT_EQ(deployment.headers, (NamedValues{{"X-A", "1"}}));
  EXPECT_EQ(deployment.extra_body, (NamedValues{{"a", R"({"b":[1]})"}}));
  EXPECT_EQ(deployment.drop_params, true);
  EXPECT_EQ(deployment.additional_drop_params, (Lines{"seed"}));
  EXPECT_EQ(deployment.allowed_openai_params, (Lines{"thinking"}));
  EXPECT_EQ(deployment.tags, (Lines{"fast"}));
  EXPECT_EQ(deployment.ssl_verify, false);
  EXPECT_EQ(deployment.mock_response, "hello");
}

TEST(Deployment, TheResponsesPrefixIsNoPartOfTheModel) {
  const Loaded loaded = load_params("{model: openai/responses/o3}");
  EXPECT_EQ(loaded.settings->deployments.at(0).model, "o3");
  EXPECT_EQ(
      lines_of(loaded),
      (Lines{"ignored 2 model_list[0].litellm_params.model: the Responses API is not used yet; "
             "the model is called through chat completions"}));
}

TEST(Deployment, LimitsMayStandBesideTheParameters) {
  const Loaded loaded = load_text(
      "model_list:\n- {model_name: m, rpm: 5, tpm: 6, litellm_params: {model: gpt-4o, tpm: 7}}\n");
  EXPECT_EQ(loaded.settings->deployments[0].rpm, 5);
  EXPECT_EQ(loaded.settings->deployments[0].tpm, 7);
}

TEST(Deployment, KeyAndBaseComeFromTheProvidersVariables) {
  const Deployment openai = read("{model: gpt-4o}", {{"OPENAI_API_KEY", "k\n"}});
  EXPECT_EQ(openai.api_key, "k");
  EXPECT_EQ(openai.api_base, "https://api.openai.com/v1");
  const Deployment moved = read("{model: gpt-4o}", {{"OPENAI_BASE_URL", "http://h:1/v1/"}});
  EXPECT_EQ(moved.api_base, "http://h:1/v1");
  const Deployment azure =
      read("{model: azure/x}", {{"AZURE_API_KEY", "k"},
                                {"AZURE_API_BASE", "https://r.openai.azure.com"},
                                {"AZURE_API_VERSION", "2024-10-21"}});
  EXPECT_EQ(azure.api_key, "k");
  EXPECT_EQ(azure.api_base, "https://r.openai.azure.com");
  EXPECT_EQ(azure.api_version, "2024-10-21");
}

TEST(Deployment, BaseUrlIsAnotherNameForApiBase) {
  EXPECT_EQ(read("{model: openai/x, base_url: 'http://h/v1'}").api_base, "http://h/v1");
}

TEST(Deployment, AnUnquotedVersionThatLooksLikeADateIsKept) {
  EXPECT_EQ(read("{model: azure/x, api_key: k, api_base: 'https://h', api_version: 2024-02-01}")
                .api_version,
            "2024-02-01");
}

TEST(Deployment, AnAzureAdTokenSignsInWithoutAKey) {
  const Deployment deployment =
      read("{model: azure/x, api_base: 'https://h', azure_ad_token: os.environ/T}", {{"T", "jwt"}});
  EXPECT_EQ(deployment.api_key, "");
  EXPECT_EQ(deployment.headers, (NamedValues{{"Authorization", "Bearer jwt"}}));
}

TEST(Deployment, WhatCannotBeCalledIsRememberedAndNeverStopsTheOthers) {
  const Loaded loaded = load_text(
      "model_list:\n"
      "- {model_name: good, litellm_params: {model: gpt-4o}}\n"
      "- {model_name: cloud, litellm_params: {model: bedrock/x, aws_region_name: us-east-1}}\n"
      "- {model_name: cloud, litellm_params: {model: bedrock/y}}\n"
      "- {model_name: keyless, litellm_params: {model: groq/x, api_key: os.environ/NO_KEY}}\n"
      "- {model_name: other, litellm_params: {model: groq/x}}\n"
      "- {model_name: newer, litellm_params: {model: brandnew/x}}\n"
      "- {model_name: homeless, litellm_params: {model: azure/x, api_key: k}}\n"
      "- {model_name: typo, litellm_params: {model: opneai/gpt-4o}}\n"
      "- {model_name: bad, litellm_params: {model: openai/x, api_base: my-server}}\n");
  ASSERT_TRUE(loaded.settings);
  EXPECT_EQ(loaded.settings->deployments.size(), 1u);
  const auto& missing = loaded.settings->unavailable;
  ASSERT_EQ(missing.size(), 8u);
  EXPECT_EQ(missing[0].group, "cloud");
  EXPECT_EQ(missing[0].provider, "bedrock");
  EXPECT_EQ(missing[0].reason, "provider `bedrock` is not supported yet");
  EXPECT_EQ(
      lines_of(loaded),
      (Lines{
          "unsupported 3 model_list[1].litellm_params.model: provider `bedrock` is not supported "
          "yet; this deployment is not served",
          "unsupported 5 model_list[3].litellm_params.api_key: the environment variable `NO_KEY` "
          "is "
          "not set; this deployment is not served",
          "unsupported 6 model_list[4].litellm_params.api_key: there is no API key; set `api_key` "
          "or "
          "the environment variable `GROQ_API_KEY`; this deployment is not served",
          "unsupported 7 model_list[5].litellm_params.model: provider `brandnew` is not known; for "
          "an OpenAI-compatible server write `openai/MODEL` and its `api_base`; this deployment is "
          "not served",
          "unsupported 8 model_list[6].litellm_params.api_base: provider `azure` needs `api_base`, "
          "or the environment variable `AZURE_API_BASE`; this deployment is not served",
          "unsupported 9 model_list[7].litellm_params.model: provider `opneai` is not known; write "
          "`openai` if that is meant; this deployment is not served",
          "unsupported 10 model_list[8].litellm_params.api_base: `api_base` is no usable URL: it "
          "must start with http:// or https://; write it as https://host[:port][/path]; this "
          "deployment is not served"}));
  EXPECT_EQ(loaded.verdicts[0].also.size(), 1u);
  EXPECT_EQ(exit_code(loaded.verdicts), 1);
}

TEST(Deployment, TheBeginningOfAProvidersNameIsNotEnough) {
  const Loaded loaded = load_params("{model: together/mixtral}");
  ASSERT_EQ(loaded.verdicts.size(), 2u);
  EXPECT_EQ(
      loaded.verdicts[1].message,
      "provider `together` is not known; write `together_ai` if that is meant; this deployment "
      "is not served");
}

TEST(Deployment, OnlyAMistakeKeepsAFileWithoutDeploymentsFromRunning) {
  EXPECT_EQ(exit_code(load_params("{model: bedrock/x}").verdicts), 1);
  EXPECT_EQ(exit_code(load_params("{model: groq/x}").verdicts), 1);
  EXPECT_EQ(exit_code(load_params("{model: no-such-model}").verdicts), 2);
  EXPECT_EQ(exit_code(load_params("{model: openai/x, api_base: 'ftp://h'}").verdicts), 2);
  EXPECT_EQ(exit_code(load_params("{model: os.environ/NOT_SET}").verdicts), 1);
}

TEST(Deployment, AMissingBaseFallsBackToTheProvidersOwn) {
  const Loaded loaded = load_params("{model: openai/x, api_base: os.environ/NOT_SET}");
  EXPECT_EQ(loaded.settings->deployments.at(0).api_base, "https://api.openai.com/v1");
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 2 model_list[0].litellm_params.api_base: the environment variable "
                   "`NOT_SET` is not set; this counts as absent"}));
}

TEST(Deployment, NoKeyIsNeededWhenTheCallBringsOneOrNoneIsMade) {
  EXPECT_EQ(lines_of(load_params("{model: groq/x, mock_response: hi}")), Lines{});
  EXPECT_EQ(lines_of(load_params("{model: groq/x, extra_headers: {Authorization: Bearer x}}")),
            Lines{});
  const Loaded by_client = load_text(
      "model_list:\n- {model_name: m, litellm_params: {model: groq/x}}\n"
      "general_settings: {allow_client_side_credentials: true}\n");
  EXPECT_EQ(by_client.settings->deployments.size(), 1u);
}

TEST(Deployment, AKeyWithALineBreakIsRefusedAndNeverShown) {
  const Loaded loaded = load_params("{model: gpt-4o, api_key: \"sk-se\\ncret\"}");
  EXPECT_EQ(exit_code(loaded.verdicts), 2);
  for (const auto& line : lines_of(loaded)) EXPECT_FALSE(line.contains("sk-se"));
}

TEST(Deployment, EachOrganizationIsADeployment) {
  const Loaded loaded = load_params("{model: gpt-4o, organization: [org-1, org-2]}");
  const auto& deployments = loaded.settings->deployments;
  ASSERT_EQ(deployments.size(), 2u);
  EXPECT_EQ(deployments[0].organization, "org-1");
  EXPECT_EQ(deployments[1].organization, "org-2");
  EXPECT_EQ(deployments[0].id, deployments[1].id);
}

TEST(Deployment, CredentialsFillWhatTheParametersLeaveOpen) {
  const std::string credentials =
      "credential_list:\n"
      "- credential_name: mine\n"
      "  credential_values: {api_key: os.environ/MY_KEY, api_base: 'http://h/v1'}\n";
  const Loaded loaded = load_text(
      credentials +
          "model_list:\n"
          "- {model_name: m, litellm_params: {model: openai/x, litellm_credential_name: mine, "
          "api_base: 'http://own/v1'}}\n"
          "- {model_name: n, litellm_params: {model: openai/x, litellm_credential_name: mien}}\n",
      {.environment = {{"MY_KEY", "k"}, {"OPENAI_API_KEY", "other"}}});
  EXPECT_EQ(loaded.settings->deployments.at(0).api_key, "k");
  EXPECT_EQ(loaded.settings->deployments.at(0).api_base, "http://own/v1");
  EXPECT_EQ(loaded.settings->deployments.at(1).api_key, "other");
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 6 model_list[1].litellm_params.litellm_credential_name: "
                   "credential_list has no credential `mien`"}));
}

TEST(Deployment, TheRoutersDefaultsFillWhatIsStillOpen) {
  const Loaded loaded = load_text(
      "model_list:\n"
      "- {model_name: m, litellm_params: {model: gpt-4o, seed: 1}}\n"
      "router_settings: {default_litellm_params: {seed: 2, timeout: 3, top_p: 0.5}}\n");
  const Deployment& deployment = loaded.settings->deployments.at(0);
  EXPECT_EQ(deployment.timeout, Milliseconds(3000));
  EXPECT_EQ(deployment.defaults, (NamedValues{{"seed", "1"}, {"top_p", "0.5"}}));
}

TEST(Deployment, AHeaderThatCannotBeSentKeepsItFromBeingServed) {
  for (const auto* headers : {"{'a b': c}", "{a: \"b\\nc\"}", "{'': x}"}) {
    const Loaded loaded =
        load_params(std::string("{model: gpt-4o, extra_headers: ") + headers + "}");
    EXPECT_EQ(loaded.verdicts.at(1).level, Level::unsupported) << headers;
  }
  EXPECT_EQ(exit_code(load_params("{model: gpt-4o, extra_headers: [a]}").verdicts), 2);
}

TEST(Deployment, AnUnknownCustomProviderIsNoMistakeUnlessMisspelt) {
  EXPECT_EQ(exit_code(load_params("{model: x, custom_llm_provider: brandnew}").verdicts), 1);
  EXPECT_EQ(exit_code(load_params("{model: x, custom_llm_provider: opneai}").verdicts), 2);
  EXPECT_EQ(read("{model: x, custom_llm_provider: openai}").model, "x");
}

TEST(Deployment, OnlyThoseForThisEnvironmentAreServed) {
  const std::string yaml =
      "model_list:\n"
      "- model_name: m\n"
      "  litellm_params: {model: gpt-4o}\n"
      "  model_info: {supported_environments: [staging, production]}\n"
      "- {model_name: n, litellm_params: {model: gpt-4o}}\n";
  const auto groups = [&](Environment::Values environment) {
    environment.emplace("OPENAI_API_KEY", "k");
    const Loaded loaded = load_text(yaml, {.environment = std::move(environment)});
    return std::pair(loaded.settings->deployments.size(), loaded.verdicts.size());
  };
  EXPECT_EQ(groups({{"LITELLM_ENVIRONMENT", "production"}}), std::pair(2uz, 0uz));
  EXPECT_EQ(groups({{"LITELLM_ENVIRONMENT", "development"}}), std::pair(1uz, 0uz));
  EXPECT_EQ(groups({}), std::pair(1uz, 1uz));
}

TEST(Deployment, AStarServesEveryProviderWithAKey) {
  const Loaded loaded =
      load_text("model_list:\n- {model_name: '*', litellm_params: {model: '*'}}\n",
                {.environment = {{"OPENAI_API_KEY", "o"}, {"GROQ_API_KEY", "g"}}});
  Lines groups;
  for (const auto& deployment : loaded.settings->deployments) {
    groups.push_back(deployment.group + " " + std::string(deployment.spec->name) + " " +
                     deployment.api_key);
  }
  std::ranges::sort(groups);
  EXPECT_EQ(groups, (Lines{"* openai o", "groq/* groq g", "openai/* openai o"}));
}

TEST(Deployment, AStarAddsNothingToAPatternOfTheFile) {
  const Loaded loaded = load_text(
      "model_list:\n"
      "- {model_name: '*', litellm_params: {model: '*'}}\n"
      "- {model_name: 'groq/*', litellm_params: {model: 'groq/*', api_key: own}}\n",
      {.environment = {{"GROQ_API_KEY", "g"}}});
  ASSERT_EQ(loaded.settings->deployments.size(), 1u);
  EXPECT_EQ(loaded.settings->deployments[0].api_key, "own");
}

TEST(Deployment, AStarWithItsOwnKeyServesOpenAiOnly) {
  const Loaded loaded =
      load_text("model_list:\n- {model_name: '*', litellm_params: {model: '*', api_key: k}}\n",
                {.environment = {{"GROQ_API_KEY", "g"}}});
  EXPECT_EQ(loaded.settings->deployments.size(), 1u);
}

TEST(Deployment, AParameterLikeAKnownOneIsSentAndTold) {
  const Loaded loaded = load_params("{model: gpt-4o, temprature: 1, repeat_last_n: 3}");
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 2 model_list[0].litellm_params.temprature: is sent to the provider "
                   "as it is; did you mean `temperature`?"}));
  EXPECT_EQ(loaded.settings->deployments.at(0).defaults,
            (NamedValues{{"temprature", "1"}, {"repeat_last_n", "3"}}));
}

TEST(Deployment, AKindOfRequestThatIsNotServedIsTold) {
  const Loaded loaded = load_text(
      "model_list:\n"
      "- model_name: m\n"
      "  litellm_params: {model: gpt-4o}\n"
      "  model_info: {mode: realtime}\n");
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 4 model_list[0].model_info.mode: requests of the kind `realtime` "
                   "are not served yet; only chat, completions and embeddings are"}));
}

TEST(Deployment, PricesOfTheFileReplaceThoseOfTheTable) {
  const Price listed = read("{model: gpt-4o}").price;
  EXPECT_TRUE(listed.known);
  EXPECT_DOUBLE_EQ(listed.input, 2.5e-06);
  const Price own = read("{model: gpt-4o, input_cost_per_token: 1e-7}").price;
  EXPECT_DOUBLE_EQ(own.input, 1e-7);
  EXPECT_DOUBLE_EQ(own.output, listed.output);
  EXPECT_FALSE(read("{model: openai/nobody-knows-me}").price.known);
}

TEST(Deployment, TheBaseModelSaysThePrice) {
  const Loaded loaded = load_text(
      "model_list:\n"
      "- model_name: m\n"
      "  litellm_params: {model: azure/mine, api_key: k, api_base: 'https://h'}\n"
      "  model_info: {base_model: azure/gpt-4o}\n");
  EXPECT_TRUE(loaded.settings->deployments.at(0).price.known);
  EXPECT_EQ(loaded.settings->deployments.at(0).mode, "chat");
}

TEST(Deployment, ItsOwnIdIsKept) {
  const Loaded loaded = load_text(
      "model_list:\n- {model_name: m, litellm_params: {model: gpt-4o}, model_info: {id: 17}}\n");
  EXPECT_EQ(loaded.settings->deployments.at(0).id, "17");
  EXPECT_EQ(loaded.settings->deployments.at(0).count_key, "") << "the id counts";
}

TEST(Deployment, WithoutAnIdIsCountedUnderWhatItsLimitsDoNotChange) {
  const Loaded narrow = load_params("{model: gpt-4o, max_parallel_requests: 1}");
  const Loaded wide = load_params("{model: gpt-4o, max_parallel_requests: 2}");
  const Deployment &a = narrow.settings->deployments.at(0), &b = wide.settings->deployments.at(0);
  EXPECT_NE(a.id, b.id);
  EXPECT_EQ(a.count_key, b.count_key);
  EXPECT_NE(a.count_key, "");
}

TEST(DeploymentInfo, ParametersAreShownInLiteLlmsOrderWithoutSecrets) {
  const Deployment deployment = read(
      "{model: openai/x, temperature: 0.2, api_key: sk-hidden, api_base: 'http://h/v1', "
      "extra_headers: {X-Api: sk-hidden}, extra_body: {deep: {api_key: sk-hidden, kept: 1}}, "
      "api_token: sk-hidden, max_tokens: 5}");
  EXPECT_EQ(deployment.params_json,
            R"({"api_base":"http://h/v1","use_in_pass_through":false,)"
            R"("merge_reasoning_content_in_choices":false,"model":"openai/x","temperature":0.2,)"
            R"("extra_body":{"deep":{"kept":1}},"max_tokens":5})");
}

TEST(DeploymentInfo, NoSecretIsShownWhateverItsName) {
  const Loaded loaded = load_text(R"(
model_list:
- model_name: m
  litellm_params:
    model: openai/x
    api_key: sk-hidden
    aws_access_key_id: sk-hidden
    aws_secret_access_key: sk-hidden
    aws_session_token: sk-hidden
    azure_ad_token: sk-hidden
    azure_password: sk-hidden
    client_secret: sk-hidden
    vertex_credentials: {private_key: sk-hidden}
    headers: {Authorization: sk-hidden}
    my-api-key: sk-hidden
  model_info:
    custom_tokenizer: {identifier: a/b, auth_token: sk-hidden}
)");
  const Deployment& deployment = loaded.settings->deployments.at(0);
  EXPECT_FALSE(deployment.params_json.contains("sk-hidden"));
  EXPECT_FALSE(deployment.info_json.contains("sk-hidden"));
  EXPECT_TRUE(deployment.info_json.contains("a/b")) << deployment.info_json;
  for (const auto& line : lines_of(loaded)) EXPECT_FALSE(line.contains("sk-hidden"));
}

TEST(DeploymentInfo, ShowsTheFactsOfThePriceTable) {
  const std::string info = read("{model: gpt-4o-mini}").info_json;
  EXPECT_TRUE(info.starts_with(R"({"id":")"));
  EXPECT_TRUE(info.contains(R"("db_model":false,"key":"gpt-4o-mini","max_tokens":16384,)")) << info;
  EXPECT_TRUE(info.contains(R"("supports_reasoning":false)")) << info;
  EXPECT_TRUE(info.contains(R"("supports_native_streaming":null)")) << info;
  EXPECT_TRUE(info.contains(R"("supported_openai_params":["frequency_penalty",)")) << info;
}

TEST(DeploymentInfo, WhatTheFileSaysWinsOverTheTable) {
  const Loaded loaded = load_text(
      "model_list:\n"
      "- model_name: m\n"
      "  litellm_params: {model: gpt-4o-mini}\n"
      "  model_info: {max_tokens: 7, team: blue, mode: chat}\n");
  EXPECT_TRUE(loaded.settings->deployments.at(0).info_json.contains(
      R"("db_model":false,"max_tokens":7,"team":"blue","mode":"chat","key":)"))
      << loaded.settings->deployments.at(0).info_json;
}

}  // namespace
}  // namespace sluice::config
