#include "gateway/embedding_vector.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sluice::gateway {
namespace {

using Vector = std::vector<float>;

std::string reply(const std::string& embedding) {
  return R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":)" + embedding +
         R"(}],"model":"m","usage":{"prompt_tokens":1,"total_tokens":1}})";
}

TEST(ReadVector, HasLengthOneWhateverWasSent) {
  EXPECT_EQ(*read_vector(reply("[3, -4e0]")), (Vector{0.6f, -0.8f}));
  EXPECT_EQ(*read_vector(reply("[0,0,1e-30]")), (Vector{0, 0, 1}));
  // Little-endian 3.0f and 4.0f.
  EXPECT_EQ(*read_vector(reply(R"("AABAQAAAgEA=")")), (Vector{0.6f, 0.8f}));
}

TEST(ReadVector, TakesAnAnswerWithoutWhatIsNotNeeded) {
  EXPECT_EQ(*read_vector(R"({"data":[{"embedding":[1]}]})"), Vector{1});
}

TEST(ReadVector, RefusesWhatIsNone) {
  const std::string many = "[" + std::string(2 * most_dimensions, ' ') + "1]";
  std::string too_many = "[1";
  for (std::size_t i = 0; i < most_dimensions; i++) too_many += ",1";
  for (const std::string& body :
       {reply("[]"), reply("[0,0]"), reply("[1e99]"), reply("[1,null]"), reply("[\"1\"]"),
        reply("[[1]]"), reply("\"\""), reply("\"AABA\""), reply("\"not base64\""),
        reply("\"AADAfw==\""), reply("null"), reply(too_many + "]"), std::string("{}"),
        std::string(R"({"data":[]})"),
        std::string(R"({"data":[{"embedding":[1]},{"embedding":[1]}]})"), std::string("[1]"),
        std::string()}) {
    const auto vector = read_vector(body);
    ASSERT_FALSE(vector) << body.substr(0, 200);
    EXPECT_EQ(vector.error().code, ErrorCode::connection);
  }
  EXPECT_TRUE(read_vector(reply(many)));
}

}  // namespace
}  // namespace sluice::gateway
