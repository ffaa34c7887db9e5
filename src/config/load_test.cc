#include "config/load.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "config/load_for_test.h"

namespace sluice::config {
namespace {

constexpr const char* one_model =
    "model_list:\n"
    "- {model_name: gpt, litellm_params: {model: gpt-4o}}\n";

TEST(Load, AFileThatIsHonouredWholeHasNoVerdict) {
  const Loaded loaded = load_text(R"(
model_list:
- model_name: gpt
  litellm_params: {model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY, temperature: 0.2}
litellm_settings: {drop_params: true, num_retries: 3, request_timeout: 10, set_verbose: yes}
general_settings: {master_key: sk-1}
)");
  EXPECT_EQ(lines_of(loaded), Lines{});
  EXPECT_EQ(exit_code(loaded.verdicts), 0);
  ASSERT_TRUE(loaded.settings);
  EXPECT_TRUE(loaded.settings->drop_params);
  EXPECT_TRUE(loaded.settings->verbose);
  EXPECT_EQ(loaded.settings->num_retries, 3);
  EXPECT_EQ(loaded.settings->timeout, Milliseconds(10'000));
  EXPECT_EQ(loaded.settings->master_key, "sk-1");
}

TEST(Load, LimitsOnWhatIsUnderWayAreHonoured) {
  const Loaded loaded = load_text(R"(
model_list:
- model_name: gpt
  litellm_params: {model: openai/gpt-4o, api_key: sk-1, max_parallel_requests: 3}
router_settings: {default_max_parallel_requests: 8}
general_settings: {master_key: sk-1}
)");
  EXPECT_EQ(lines_of(loaded), Lines{});
  ASSERT_TRUE(loaded.settings);
  EXPECT_EQ(loaded.settings->deployments[0].max_parallel_requests, 3);
  EXPECT_EQ(loaded.settings->default_max_parallel_requests, 8);
}

TEST(Load, BrokenFilesAreErrorsWithALine) {
  const std::pair<const char*, const char*> cases[] = {
      {"model_list: [\n",
       "error 2 : not valid YAML: did not find expected node content while "
       "parsing a flow node"},
      {"- a\n",
       "error 1 : the file must be a mapping that starts with `model_list:` or another "
       "section"},
      {"model_list: gpt\n", "error 1 model_list: must be a list (`- item` lines), not `gpt`"},
      {"model_list:\n- gpt\n",
       "error 2 model_list[0]: must be a mapping with `model_name` and `litellm_params`"},
      {"model_list:\n- litellm_params: {model: gpt-4o}\n",
       "error 2 model_list[0].model_name: is missing; write the name that clients ask for"},
      {"model_list:\n- model_name: a\n",
       "error 2 model_list[0].litellm_params.model: is missing; write `model: PROVIDER/MODEL`"},
      {"include: a.yaml\n", "error 1 include: must be a list of file names"},
      {"include: [no.yaml]\n", "error 1 include: cannot read the file no.yaml"},
      {"litellm_settings: [a]\n",
       "error 1 litellm_settings: must be a mapping (`key: value` "
       "lines), not a list"},
  };
  for (const auto& [yaml, expected] : cases) {
    const Loaded loaded = load_text(yaml);
    EXPECT_FALSE(loaded.settings) << yaml;
    const Lines lines = lines_of(loaded);
    EXPECT_NE(std::ranges::find(lines, expected), lines.end()) << yaml << lines.at(0);
    EXPECT_EQ(exit_code(loaded.verdicts), 2) << yaml;
  }
}

TEST(Load, AWrongValueOfAKnownKeyIsAnError) {
  const Loaded loaded = load_text(std::string(one_model) + R"(
litellm_settings:
  num_retries: many
  drop_params: [true]
router_settings:
  timeout: -1
  routing_strategy: random
)");
  EXPECT_FALSE(loaded.settings);
  EXPECT_EQ(
      lines_of(loaded),
      (Lines{"error 5 litellm_settings.num_retries: must be a whole number from 0 up, not `many`",
             "error 6 litellm_settings.drop_params: must be true or false, not a list",
             "error 8 router_settings.timeout: must be a number of seconds, not `-1`",
             "error 9 router_settings.routing_strategy: `random` is no routing strategy; write "
             "simple-shuffle, least-busy, usage-based-routing-v2, latency-based-routing or "
             "cost-based-routing"}));
}

TEST(Load, KeysThatAreNotHonouredAreToldOnceForEachCause) {
  const Loaded loaded = load_text(std::string(one_model) + R"(
litellm_settings:
  success_callback: [langfuse]
  failure_callback: [sentry]
  cache: true
  cache_params: {type: local, namespce: x}
  drop_parms: true
general_settings:
  background_health_checks: false
)");
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 5 litellm_settings.success_callback: callbacks are not called "
                   "yet; nothing is logged to them",
                   "ignored 8 litellm_settings.cache_params.namespce: is not a known cache "
                   "parameter; did you mean `namespace`?",
                   "ignored 9 litellm_settings.drop_parms: is not known and does "
                   "nothing here; did you mean `drop_params`?"}));
  EXPECT_EQ(loaded.verdicts[0].also[0].line, 6);
  EXPECT_EQ(exit_code(loaded.verdicts), 1);
}

TEST(Load, MetricsCallbacksNeedNoCall) {
  const Loaded loaded = load_text(std::string(one_model) +
                                  "litellm_settings: {callbacks: [prometheus], success_callback: "
                                  "[prometheus, langfuse]}\n");
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 3 litellm_settings.success_callback: callbacks are not called "
                   "yet; nothing is logged to them"}));
}

TEST(Load, AKeyInTheWrongSectionIsToldWhereItBelongs) {
  const Loaded loaded = load_text(std::string(one_model) +
                                  "litellm_settings:\n"
                                  "  completion_model: gpt\n"
                                  "routing_strategy: simple-shuffle\n");
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 4 litellm_settings.completion_model: has no effect here; move it "
                   "to `general_settings`",
                   "ignored 5 routing_strategy: has no effect here; move it to "
                   "`router_settings`"}));
}

TEST(Load, AKeyWrittenTwiceIsTold) {
  const Loaded loaded = load_text(std::string(one_model) +
                                  "litellm_settings: {num_retries: 1}\n"
                                  "litellm_settings: {drop_params: true}\n");
  EXPECT_EQ(lines_of(loaded), (Lines{"ignored 4 litellm_settings: written twice in one "
                                     "mapping; only the last counts"}));
  EXPECT_EQ(loaded.settings->num_retries, 2);
}

TEST(Load, IncludedListsExtendAndOtherValuesReplace) {
  const Loaded loaded = load_text(
      "include: [models.yaml]\n"
      "model_list:\n"
      "- {model_name: a, litellm_params: {model: gpt-4o}}\n"
      "litellm_settings: {num_retries: 1, drop_params: true}\n",
      {.others = {{"models.yaml",
                   "model_list:\n- {model_name: b, litellm_params: {model: gpt-4o}}\n"
                   "litellm_settings: {num_retries: 5}\n"
                   "general_settings: {alerting: [slack]}\n"}}});
  ASSERT_TRUE(loaded.settings);
  ASSERT_EQ(loaded.settings->deployments.size(), 2u);
  EXPECT_EQ(loaded.settings->deployments[1].group, "b");
  EXPECT_EQ(loaded.settings->num_retries, 5);
  EXPECT_FALSE(loaded.settings->drop_params);
  ASSERT_EQ(loaded.verdicts.size(), 1u);
  EXPECT_EQ(loaded.files, (Lines{"config.yaml", "models.yaml"}));
  EXPECT_EQ(loaded.verdicts[0].place.file, "models.yaml");
  EXPECT_EQ(loaded.verdicts[0].place.line, 4);
}

TEST(Load, IncludesAreRelativeToTheMainFile) {
  const auto read = [](const std::string& path) -> std::optional<std::string> {
    if (path == "conf/main.yaml") return "include: [parts/a.yaml]\n";
    if (path == "conf/parts/a.yaml") return one_model;
    return std::nullopt;
  };
  const Loaded loaded = load("conf/main.yaml", Environment({{"OPENAI_API_KEY", "k"}}), read);
  ASSERT_TRUE(loaded.settings);
  EXPECT_EQ(loaded.settings->deployments.size(), 1u);
}

TEST(Load, EnvironmentVariablesOfTheFileYieldToTheRealOnes) {
  const std::string yaml =
      "environment_variables:\n"
      "  OPENAI_API_KEY: from-file\n"
      "  COPY: os.environ/SOURCE\n"
      "model_list:\n"
      "- {model_name: a, litellm_params: {model: gpt-4o}}\n"
      "- {model_name: b, litellm_params: {model: gpt-4o, api_key: os.environ/COPY}}\n";
  const Loaded from_file = load_text(yaml, {.environment = {{"SOURCE", "copied"}}});
  EXPECT_EQ(from_file.settings->deployments[0].api_key, "from-file");
  EXPECT_EQ(from_file.settings->deployments[1].api_key, "copied");
  const Loaded real =
      load_text(yaml, {.environment = {{"SOURCE", "x"}, {"OPENAI_API_KEY", "real"}}});
  EXPECT_EQ(real.settings->deployments[0].api_key, "real");
}

TEST(Load, ReferencesAreReplacedEverywhereAlsoInLists) {
  const Loaded loaded = load_text(
      "model_list:\n"
      "- model_name: a\n"
      "  litellm_params:\n"
      "    model: os.environ/MODEL\n"
      "    rpm: os.environ/RPM\n"
      "    drop_params: os.environ/DROP\n"
      "    stop: [os.environ/STOP, end]\n",
      {.environment = {{"OPENAI_API_KEY", "k"},
                       {"MODEL", "gpt-4o"},
                       {"RPM", "60"},
                       {"DROP", "True"},
                       {"STOP", "halt"}}});
  ASSERT_TRUE(loaded.settings);
  const Deployment& deployment = loaded.settings->deployments.at(0);
  EXPECT_EQ(deployment.model, "gpt-4o");
  EXPECT_EQ(deployment.rpm, 60);
  EXPECT_EQ(deployment.drop_params, true);
  EXPECT_EQ(deployment.defaults, (NamedValues{{"stop", R"(["halt","end"])"}}));
}

TEST(Load, ShellReferencesAreNotReplacedAndThatIsTold) {
  const Loaded loaded = load_text(
      "model_list:\n"
      "- model_name: a\n"
      "  litellm_params: {model: gpt-4o, api_key: '${OPENAI_API_KEY}', stop: ['$5', '${}', '${a "
      "b}']}\n"
      "general_settings: {master_key: '${KEY:-sk-1}'}\n");
  EXPECT_EQ(loaded.settings->deployments.at(0).api_key, "${OPENAI_API_KEY}");
  EXPECT_EQ(
      lines_of(loaded),
      (Lines{"ignored 3 model_list[0].litellm_params.api_key: `${NAME}` is taken as it stands; "
             "write `os.environ/NAME` as the whole value"}));
  EXPECT_EQ(loaded.verdicts.at(0).also.at(0).key, "general_settings.master_key");
}

TEST(Load, AMissingVariableCountsAsAbsentAndIsTold) {
  const Loaded loaded = load_text(
      "model_list:\n"
      "- model_name: a\n"
      "  litellm_params:\n"
      "    model: gpt-4o\n"
      "    timeout: os.environ/TIMEOUT\n");
  ASSERT_TRUE(loaded.settings);
  EXPECT_FALSE(loaded.settings->deployments.at(0).timeout);
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 5 model_list[0].litellm_params.timeout: the environment variable "
                   "`TIMEOUT` is not set; this counts as absent"}));
}

TEST(Load, LiteLlmsVariablesAreTheDefaults) {
  const Environment::Values environment = {{"OPENAI_API_KEY", "k"},
                                           {"LITELLM_MASTER_KEY", "sk-env"},
                                           {"LITELLM_DROP_PARAMS", "True"},
                                           {"REQUEST_TIMEOUT", "7.5"},
                                           {"SSL_VERIFY", "false"}};
  const Loaded loaded = load_text(one_model, {.environment = environment});
  EXPECT_EQ(loaded.settings->master_key, "sk-env");
  EXPECT_TRUE(loaded.settings->drop_params);
  EXPECT_EQ(loaded.settings->timeout, Milliseconds(7500));
  EXPECT_FALSE(loaded.settings->ssl_verify);
}

TEST(Load, RouterSettingsWinOverLiteLlmSettings) {
  const Loaded loaded = load_text(std::string(one_model) + R"(
litellm_settings: {num_retries: 1, request_timeout: 1, fallbacks: [{a: [gpt]}]}
router_settings: {num_retries: 4, timeout: 2, retry_after: 0.5, fallbacks: [{gpt: [gpt]}]}
)");
  EXPECT_EQ(loaded.settings->num_retries, 4);
  EXPECT_EQ(loaded.settings->timeout, Milliseconds(2000));
  EXPECT_EQ(loaded.settings->retry_after, Milliseconds(500));
  EXPECT_TRUE(loaded.settings->fallbacks.contains("gpt"));
  EXPECT_FALSE(loaded.settings->fallbacks.contains("a"));
}

TEST(Load, FallbacksAreReadWithTheirDefault) {
  const Loaded loaded = load_text(R"(
model_list:
- {model_name: a, litellm_params: {model: gpt-4o}}
- {model_name: b, litellm_params: {model: gpt-4o}}
router_settings:
  fallbacks: [{a: [b]}]
  context_window_fallbacks: [{b: [a]}]
  default_fallbacks: [b]
)");
  EXPECT_EQ(lines_of(loaded), Lines{});
  EXPECT_EQ(loaded.settings->fallbacks, (Fallbacks{{"*", Lines{"b"}}, {"a", Lines{"b"}}}));
  EXPECT_EQ(loaded.settings->context_window_fallbacks, (Fallbacks{{"b", Lines{"a"}}}));
}

TEST(Load, MalformedFallbacksFailWithLiteLlmsWords) {
  const Loaded loaded = load_text(std::string(one_model) + R"(
router_settings:
  fallbacks:
  - gpt
  - {a: [gpt], b: [gpt]}
)");
  EXPECT_FALSE(loaded.settings);
  EXPECT_EQ(
      lines_of(loaded),
      (Lines{
          "error 6 router_settings.fallbacks[0]: Item 'gpt' is not a dictionary. Write `- model: "
          "[fallback]`.",
          "error 7 router_settings.fallbacks[1]: Dictionary '{'a': ['gpt'], 'b': ['gpt']}' must "
          "have "
          "exactly one key, but has 2 keys. Start a new `-` item for each."}));
}

TEST(Load, NamesThatLeadNowhereAreTold) {
  const Loaded loaded = load_text(R"(
model_list:
- {model_name: gpt-four, litellm_params: {model: gpt-4o}}
- {model_name: "claude/*", litellm_params: {model: "openai/*"}}
router_settings:
  fallbacks: [{gpt-four: [gtp-four, claude/x]}, {other: [gpt-four]}]
  model_group_alias: {short: gpt-four, bad: nobody}
)");
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 6 router_settings.fallbacks.gpt-four: no `model_name` is "
                   "`gtp-four`, so this leads nowhere; did you mean `gpt-four`?",
                   "ignored 6 router_settings.fallbacks: no `model_name` is `other`, so this "
                   "never applies",
                   "ignored 7 router_settings.model_group_alias.bad: no `model_name` is "
                   "`nobody`, so this leads nowhere"}));
}

TEST(Load, AliasesMayBeHidden) {
  const Loaded loaded = load_text(std::string(one_model) + R"(
router_settings: {model_group_alias: {a: gpt, b: {model: gpt, hidden: true}}}
litellm_settings: {model_alias_map: {c: gpt, a: other}}
)");
  const auto& aliases = loaded.settings->aliases;
  EXPECT_FALSE(aliases.at("a").hidden);
  EXPECT_EQ(aliases.at("a").target, "gpt");
  EXPECT_TRUE(aliases.at("b").hidden);
  EXPECT_TRUE(aliases.at("c").hidden);
}

TEST(Load, RetryPoliciesAreRead) {
  const Loaded loaded = load_text(std::string(one_model) + R"(
router_settings:
  retry_policy: {TimeoutErrorRetries: 3, BadRequestErrorRetries: 0}
  model_group_retry_policy: {gpt: {RateLimitErrorRetries: 7}}
)");
  EXPECT_EQ(loaded.settings->retry_policy->timeout, 3);
  EXPECT_EQ(loaded.settings->retry_policy->bad_request, 0);
  EXPECT_FALSE(loaded.settings->retry_policy->rate_limit);
  EXPECT_EQ(loaded.settings->group_retry_policy.at("gpt").rate_limit, 7);
}

TEST(Load, OtherStrategiesAreToldAndReplaced) {
  const Loaded loaded =
      load_text(std::string(one_model) + "router_settings: {routing_strategy: least-busy}\n");
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 3 router_settings.routing_strategy: `least-busy` is not there "
                   "yet; deployments are chosen by simple-shuffle"}));
}

TEST(Load, SslVerifyTakesAPath) {
  const Loaded loaded =
      load_text(std::string(one_model) + "litellm_settings: {ssl_verify: /ca.pem}\n");
  EXPECT_TRUE(loaded.settings->ssl_verify);
  EXPECT_EQ(loaded.settings->ssl_ca_file, "/ca.pem");
}

TEST(Load, AnEmptyFileRunsWithNothing) {
  const Loaded loaded = load_text("");
  ASSERT_TRUE(loaded.settings);
  EXPECT_EQ(lines_of(loaded), (Lines{"ignored 1 model_list: there is no model to serve; add one"}));
}

TEST(Load, AFileThatCannotBeReadIsAnError) {
  const Loaded loaded = load("/no/such/file.yaml", Environment());
  EXPECT_FALSE(loaded.settings);
  EXPECT_EQ(lines_of(loaded), (Lines{"error 0 : cannot read the file /no/such/file.yaml"}));
}

TEST(LoadWithoutFile, OneModelAnswersEveryRequest) {
  const Loaded loaded = load_without_file({.model = "gpt-4o",
                                           .alias = "mine",
                                           .api_base = "http://localhost:9/v1/",
                                           .headers = {{"x-a", "b"}},
                                           .temperature = 0.5,
                                           .max_tokens = 7,
                                           .request_timeout = 2.5,
                                           .drop_params = true},
                                          Environment({{"OPENAI_API_KEY", "k"}}));
  ASSERT_TRUE(loaded.settings);
  EXPECT_EQ(loaded.settings->completion_model, "mine");
  EXPECT_EQ(loaded.settings->embedding_model, "mine");
  EXPECT_EQ(loaded.settings->timeout, Milliseconds(2500));
  EXPECT_TRUE(loaded.settings->drop_params);
  const Deployment& deployment = loaded.settings->deployments.at(0);
  EXPECT_EQ(deployment.group, "mine");
  EXPECT_EQ(deployment.model, "gpt-4o");
  EXPECT_EQ(deployment.api_base, "http://localhost:9/v1");
  EXPECT_EQ(deployment.headers, (NamedValues{{"x-a", "b"}}));
  EXPECT_EQ(deployment.extra_body, (NamedValues{{"temperature", "0.5"}, {"max_tokens", "7"}}));
}

TEST(LoadWithoutFile, AnUnknownModelIsAnError) {
  const Loaded loaded = load_without_file({.model = "no-such-model"}, Environment());
  EXPECT_FALSE(loaded.settings);
  EXPECT_EQ(exit_code(loaded.verdicts), 2);
}

TEST(ConfigPath, TheFlagWinsOverTheVariable) {
  const Environment environment({{"CONFIG_FILE_PATH", "/etc/a.yaml"}});
  EXPECT_EQ(config_path("b.yaml", environment), "b.yaml");
  EXPECT_EQ(config_path("", environment), "/etc/a.yaml");
  EXPECT_EQ(config_path("", Environment()), "");
}

}  // namespace
}  // namespace sluice::config
