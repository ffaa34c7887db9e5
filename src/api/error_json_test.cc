#include "api/error_json.h"

#include <gtest/gtest.h>

#include "base/json_scan.h"

namespace sluice::api {
namespace {

TEST(ErrorJson, HasOpenAIsFormWithTheStatusAsText) {
  EXPECT_EQ(error_json({.status = 429, .message = "slow down"}),
            R"({"error":{"message":"slow down","type":null,"param":null,"code":"429"}})");
  EXPECT_EQ(error_json(client_error("`n` must be 1.", "n")),
            R"({"error":{"message":"`n` must be 1.","type":"invalid_request_error","param":"n",)"
            R"("code":"400"}})");
}

TEST(ErrorJson, AnyTextMakesValidJson) {
  EXPECT_EQ(error_json({.status = 500, .message = "a\"b\\c\nd é", .type = "t\"", .param = "p\t"}),
            R"({"error":{"message":"a\"b\\c\nd é","type":"t\"","param":"p\t","code":"500"}})");
  const std::string bytes =
      error_json({.status = 400, .message = "key \xff\x80 \xc3", .param = "\xe9"});
  EXPECT_FALSE(scan_json(bytes)) << bytes;
  EXPECT_NE(bytes.find("key ?? ?"), std::string::npos) << bytes;
}

TEST(ErrorEvent, IsOneEvent) {
  EXPECT_EQ(error_event({.status = 500, .message = "a\n\nb"}),
            "data: {\"error\":{\"message\":\"a\\n\\nb\",\"type\":null,\"param\":null,"
            "\"code\":\"500\"}}\n\n");
}

}  // namespace
}  // namespace sluice::api
