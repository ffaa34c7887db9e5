#include "cache/redis_report.h"

#include <gtest/gtest.h>

namespace sluice::cache {
namespace {

TEST(InfoJson, TellsNumbersAndTexts) {
  EXPECT_EQ(
      info_json("# Server\r\nredis_version:7.0.15\r\nuptime:12\r\n\r\n# Memory\r\nratio:1.50\r\n"
                "db0:keys=1,expires=0\r\nempty:\r\n"),
      R"({"redis_version":"7.0.15","uptime":12,"ratio":1.50,"db0":"keys=1,expires=0","empty":""})");
  EXPECT_EQ(info_json(""), "{}");
  EXPECT_EQ(info_json("x:\xff\r\ny:01\r\n"), R"({"y":"01"})");
}

TEST(ClientsJson, HasOneObjectForEach) {
  std::size_t count = 0;
  EXPECT_EQ(clients_json("id=3 addr=127.0.0.1:5 name=\nid=4 addr=[::1]:6 name=a\"b\n", count),
            R"([{"id":3,"addr":"127.0.0.1:5","name":""},{"id":4,"addr":"[::1]:6","name":"a\"b"}])");
  EXPECT_EQ(count, 2u);
  EXPECT_EQ(clients_json("", count), "[]");
  EXPECT_EQ(count, 0u);
}

}  // namespace
}  // namespace sluice::cache
