#include "router/router.h"

#include <gtest/gtest.h>

#include <map>

namespace sluice::router {
namespace {

using namespace std::chrono_literals;

Deployment deployment(std::string group, std::string model, std::string id) {
  Deployment made;
  made.group = std::move(group);
  made.litellm_model = "openai/" + model;
  made.model = std::move(model);
  made.id = std::move(id);
  return made;
}

struct Fixture {
  Settings settings;
  HealthTable health;
  Random random{7};
  std::optional<Group> scratch;
  RateWindow::Time now{std::chrono::hours(1)};
};

TEST(Router, FindsGroupsIdsAliasesModelsAndPatternsInThisOrder) {
  Fixture f;
  f.settings.deployments = {
      deployment("a", "gpt-4o", "id-1"), deployment("a", "gpt-4o-mini", "id-2"),
      deployment("openai/*", "*", "id-3"), deployment("openai/gpt-4*", "*", "id-4")};
  f.settings.aliases = {{"alias", {.target = "a"}}, {"secret", {.target = "a", .hidden = true}}};
  const Router router(f.settings, f.health);

  EXPECT_EQ(router.find("a", f.scratch)->members, (std::vector<DeploymentIndex>{0, 1}));
  EXPECT_EQ(router.find("id-2", f.scratch)->members, (std::vector<DeploymentIndex>{1}));
  EXPECT_EQ(router.find("alias", f.scratch)->name, "alias");
  EXPECT_EQ(router.find("alias", f.scratch)->target, "a");
  EXPECT_EQ(router.find("openai/gpt-4o", f.scratch)->members, (std::vector<DeploymentIndex>{0}));
  EXPECT_EQ(router.find("openai/gpt-4.1", f.scratch)->members, (std::vector<DeploymentIndex>{3}));
  EXPECT_EQ(router.find("openai/o3", f.scratch)->members, (std::vector<DeploymentIndex>{2}));
  EXPECT_EQ(router.find("nobody", f.scratch), nullptr);
  EXPECT_EQ(router.public_names(),
            (std::vector<std::string>{"a", "openai/*", "openai/gpt-4*", "alias"}));
}

TEST(Router, AnAliasMayStandForWhatAPatternServes) {
  Fixture f;
  f.settings.deployments = {deployment("openai/*", "*", "id-1")};
  f.settings.aliases = {{"short", {.target = "openai/gpt-4o"}}};
  const Router router(f.settings, f.health);
  const Group* group = router.find("short", f.scratch);
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->name, "short");
  EXPECT_EQ(router.pick(*group, {}, {}, f.now, f.random)->model, "gpt-4o");
  EXPECT_EQ(router.public_names(), (std::vector<std::string>{"openai/*", "short"}));
}

TEST(Router, AGroupIsNotExtendedByOthersModelStrings) {
  Fixture f;
  f.settings.deployments = {
      deployment("openai/gpt-4o", "gpt-4o", "id-1"), deployment("b", "gpt-4o", "id-2"),
      deployment("c", "gpt-4o-mini", "id-3"), deployment("d", "gpt-4o-mini", "id-4")};
  const Router router(f.settings, f.health);
  EXPECT_EQ(router.find("openai/gpt-4o", f.scratch)->members, (std::vector<DeploymentIndex>{0}));
  EXPECT_EQ(router.find("openai/gpt-4o-mini", f.scratch)->members,
            (std::vector<DeploymentIndex>{2, 3}));
}

TEST(Router, WhatMayBeUnderWayIsSaidOrReckonedAsLiteLlmDoes) {
  struct Case {
    std::optional<std::int64_t> parallel, rpm, tpm, by_default, expected;
  };
  const Case cases[] = {
      {{}, {}, {}, {}, {}},    {2, 30, 60'000, 5, 2},   {{}, 30, 60'000, 5, 30},
      {{}, {}, 60'000, 5, 10}, {{}, {}, 17'999, {}, 2}, {{}, {}, 10, {}, 1},
      {{}, {}, {}, 5, 5},      {0, 30, {}, 5, {}},  // 0 is no limit
  };
  for (const Case& each : cases) {
    Fixture f;
    f.settings.deployments = {deployment("a", "gpt-4o", "id-1")};
    f.settings.deployments[0].max_parallel_requests = each.parallel;
    f.settings.deployments[0].rpm = each.rpm;
    f.settings.deployments[0].tpm = each.tpm;
    f.settings.default_max_parallel_requests = each.by_default;
    EXPECT_EQ(Router(f.settings, f.health).most_under_way(0), each.expected);
  }
}

TEST(Router, FillsTheStarsOfTheUpstreamModel) {
  Fixture f;
  f.settings.deployments = {deployment("my-*-x-*", "vendor-*-*", "id-1")};
  const Router router(f.settings, f.health);
  const Group* group = router.find("my-big-x-model", f.scratch);
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(router.pick(*group, {}, {}, f.now, f.random)->model, "vendor-big-model");
}

TEST(Router, SharesByWeight) {
  Fixture f;
  f.settings.deployments = {deployment("a", "x", "1"), deployment("a", "x", "2")};
  f.settings.deployments[0].weight = 3;
  f.settings.deployments[1].weight = 1;
  const Router router(f.settings, f.health);
  std::map<DeploymentIndex, int> seen;
  for (int i = 0; i < 4000; i++)
    seen[router.pick(*router.find("a", f.scratch), {}, {}, f.now, f.random)->deployment]++;
  EXPECT_NEAR(seen[0], 3000, 150);
}

TEST(Router, AvoidsWhatJustFailedUnlessNothingElseIsLeft) {
  Fixture f;
  f.settings.deployments = {deployment("a", "x", "1"), deployment("a", "x", "2")};
  const Router router(f.settings, f.health);
  const Group* group = router.find("a", f.scratch);
  const DeploymentIndex failed[] = {0};
  for (int i = 0; i < 20; i++) {
    EXPECT_EQ(router.pick(*group, failed, {}, f.now, f.random)->deployment, 1u);
    const DeploymentIndex gone[] = {1};
    EXPECT_EQ(router.pick(*group, failed, gone, f.now, f.random)->deployment, 0u);
  }
}

TEST(Router, FullDeploymentsLeaveTheirPlaceAndAllFullIs429) {
  Fixture f;
  f.settings.deployments = {deployment("a", "x", "1"), deployment("a", "x", "2")};
  f.settings.deployments[0].rpm = 5;
  f.settings.deployments[1].rpm = 2;
  const Router router(f.settings, f.health);
  const Group* group = router.find("a", f.scratch);
  std::map<DeploymentIndex, int> seen;
  for (int i = 0; i < 7; i++) {
    const DeploymentIndex picked = router.pick(*group, {}, {}, f.now, f.random)->deployment;
    EXPECT_TRUE(router.take_place(picked, f.now));
    seen[picked]++;
  }
  EXPECT_EQ(seen, (std::map<DeploymentIndex, int>{{0, 5}, {1, 2}}));
  const auto refused = router.pick(*group, {}, {}, f.now, f.random);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 429);
  EXPECT_GE(*refused.error().retry_after, 59s);
  EXPECT_LE(*refused.error().retry_after, 60s);
  EXPECT_TRUE(router.pick(*group, {}, {}, f.now + *refused.error().retry_after + 500ms, f.random));
}

TEST(Router, APickTakesNoPlaceAndAPlaceIsOneOfTheMinuteInWhichItIsTaken) {
  Fixture f;
  f.settings.deployments = {deployment("a", "x", "1")};
  f.settings.deployments[0].rpm = 1;
  const Router router(f.settings, f.health);
  const Group* group = router.find("a", f.scratch);
  for (int i = 0; i < 5; i++) EXPECT_TRUE(router.pick(*group, {}, {}, f.now, f.random));
  const RateWindow::Time later = f.now + 61s;  // after a wait for something else
  EXPECT_TRUE(router.take_place(0, later));
  EXPECT_FALSE(router.take_place(0, later));
  EXPECT_FALSE(router.pick(*group, {}, {}, later, f.random));
}

TEST(Router, AReloadThatChangesLimitsGoesOnCounting) {
  Fixture f;
  f.settings.deployments = {deployment("a", "x", "1"), deployment("a", "x", "2"),
                            deployment("a", "x", "3")};
  for (DeploymentIndex i = 0; i < 2; i++) f.settings.deployments[i].count_key = "same";
  Settings changed = f.settings;
  changed.deployments[0].id = "1, with another limit";
  changed.deployments[2].id = "another";
  const Router before(f.settings, f.health), after(changed, f.health);
  EXPECT_EQ(&before.under_way(0), &after.under_way(0));
  EXPECT_EQ(&before.under_way(1), &after.under_way(1));
  EXPECT_NE(&before.under_way(0), &before.under_way(1)) << "they differ in their limits";
  EXPECT_NE(&before.under_way(2), &after.under_way(2));
}

TEST(RateWindow, NeverLetsMoreThroughInAnySixtySeconds) {
  RateWindow window;
  Random random(3);
  std::vector<RateWindow::Time> taken;
  RateWindow::Time now{std::chrono::hours(5)};
  for (int i = 0; i < 20'000; i++) {
    now += std::chrono::milliseconds(random() % 40);
    if (window.take(50, now)) taken.push_back(now);
  }
  for (std::size_t i = 50; i < taken.size(); i++) EXPECT_GT(taken[i] - taken[i - 50], 60s);
  // Within the half second of a slice it is not stricter than it must be.
  EXPECT_GE(taken.size(), static_cast<std::size_t>((now - taken[0]) / 61s) * 50);
}

TEST(Router, FallbacksByGroupThenPrefixThenDefault) {
  Fixture f;
  f.settings.deployments = {deployment("openai/a", "x", "1"), deployment("b", "x", "2")};
  f.settings.fallbacks = {{"a", {"fa"}}, {"*", {"all"}}};
  f.settings.context_window_fallbacks = {{"b", {"long"}}};
  const Router router(f.settings, f.health);
  EXPECT_EQ(router.fallbacks(*router.find("openai/a", f.scratch), ErrorCode::internal)->front(),
            "fa");
  EXPECT_EQ(router.fallbacks(*router.find("b", f.scratch), ErrorCode::internal)->front(), "all");
  EXPECT_EQ(router.fallbacks(*router.find("b", f.scratch), ErrorCode::context_window)->front(),
            "long");
}

}  // namespace
}  // namespace sluice::router
