#include "api/authenticate.h"

#include <gtest/gtest.h>

namespace sluice::api {
namespace {

constexpr std::string_view right_key = "sk-right-0123456789";

struct Door {
  router::HealthTable health;
  gateway::TrustStore trust;
  std::shared_ptr<const gateway::Snapshot> snapshot;

  explicit Door(std::string_view master_key = right_key, std::string key_header = "") {
    Settings settings;
    settings.master_key = master_key;
    settings.key_header = std::move(key_header);
    snapshot = *gateway::Snapshot::make(std::move(settings), health, trust, {});
  }

  // Knocks with these header lines, each without its CRLF.
  Status knock(std::initializer_list<std::string> lines) const {
    http::Request request;
    request.bytes = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (const std::string& line : lines) request.bytes += line + "\r\n";
    request.bytes += "\r\n";
    EXPECT_EQ(http::parse_request_head(request.bytes, request.head), http::Parse::complete);
    return authenticate(*snapshot, request);
  }
  std::string answer(std::initializer_list<std::string> lines) const {
    const Status status = knock(lines);
    return status ? "welcome"
                  : std::to_string(status.error().status) + " " + status.error().message;
  }
};

TEST(Authenticate, WithoutAMasterKeyTheDoorIsOpen) {
  EXPECT_EQ(Door("").answer({}), "welcome");
  EXPECT_EQ(Door("").answer({"Authorization: Bearer anything"}), "welcome");
}

TEST(Authenticate, EveryHeaderThatClientsUseIsRead) {
  const Door door;
  const std::string key(right_key);
  for (const std::string& line :
       {"Authorization: Bearer " + key, "Authorization: bearer " + key,
        "AUTHORIZATION: Basic " + key, "x-litellm-api-key: Bearer " + key,
        "X-LiteLLM-API-Key: " + key, "api-key: " + key, "x-api-key: " + key,
        "x-goog-api-key: " + key, "Ocp-Apim-Subscription-Key: " + key})
    EXPECT_EQ(door.answer({line}), "welcome") << line;
}

TEST(Authenticate, TheFirstHeaderInLiteLlmsOrderCounts) {
  const Door door;
  const std::string right(right_key), wrong = "sk-wrong-0123456789";
  const std::vector<std::pair<std::string, std::string>> order = {
      {"x-litellm-api-key: ", ""}, {"authorization: ", "Bearer "},
      {"api-key: ", ""},           {"x-api-key: ", ""},
      {"x-goog-api-key: ", ""},    {"ocp-apim-subscription-key: ", ""}};
  for (std::size_t first = 0; first < order.size(); first++) {
    for (std::size_t second = first + 1; second < order.size(); second++) {
      const auto line = [&](std::size_t i, const std::string& key) {
        return order[i].first + order[i].second + key;
      };
      EXPECT_EQ(door.answer({line(second, wrong), line(first, right)}), "welcome")
          << line(first, "") << "before " << line(second, "");
      EXPECT_EQ(door.answer({line(second, right), line(first, wrong)}), "400 No connected db.");
    }
  }
}

TEST(Authenticate, AnEmptyHeaderIsNone) {
  EXPECT_EQ(Door().answer({"Authorization:", "api-key: " + std::string(right_key)}), "welcome");
}

TEST(Authenticate, AConfiguredHeaderReplacesAllOthers) {
  const Door door(right_key, "X-Own-Key");
  const std::string key(right_key);
  EXPECT_EQ(door.answer({"x-own-key: Bearer " + key}), "welcome");
  EXPECT_EQ(door.answer({"x-own-key: " + key}), "welcome");
  EXPECT_EQ(door.answer({"Authorization: Bearer " + key}),
            "401 Authentication Error, No api key passed in.");
}

TEST(Authenticate, RefusalsReadAsLiteLlms) {
  const Door door;
  EXPECT_EQ(door.answer({}), "401 Authentication Error, No api key passed in.");
  EXPECT_EQ(door.answer({"Authorization: sk-short"}),
            "401 Authentication Error, Malformed API Key passed in. Ensure Key has `Bearer ` "
            "prefix. Passed in: sk-short");
  EXPECT_EQ(door.answer({"Authorization: Bearer abc"}),
            "401 Authentication Error, LiteLLM Virtual Key expected. Received=abc, expected to "
            "start with 'sk-'.");
  EXPECT_EQ(door.answer({"Authorization: Bearer sk-other"}), "400 No connected db.");
  EXPECT_EQ(door.knock({}).error().type, "auth_error");
  EXPECT_EQ(door.knock({"api-key: sk-other"}).error().type, "no_db_connection");
}

TEST(Authenticate, ALongKeyIsNotRepeatedWhole) {
  const std::string told = Door().answer({"Authorization: Bearer abcd-0123456789-wxyz"});
  EXPECT_NE(told.find("abcd...wxyz"), std::string::npos) << told;
  EXPECT_EQ(told.find("0123456789"), std::string::npos) << told;
}

TEST(Authenticate, OnlyTheWholeKeyFits) {
  const Door door;
  const std::string key(right_key);
  for (const std::string& wrong :
       {key + "0", key.substr(0, key.size() - 1), std::string("sk-"), "SK" + key.substr(2)})
    EXPECT_NE(door.answer({"Authorization: Bearer " + wrong}), "welcome") << wrong;
}

}  // namespace
}  // namespace sluice::api
