#include "config/yaml_scalar.h"

#include <gtest/gtest.h>

#include <span>

namespace sluice::config {
namespace {

struct Case {
  std::string_view written;
  Kind kind;
  std::string_view text;
};

void expect_all(std::span<const Case> cases) {
  for (const auto& [written, kind, text] : cases) {
    const Scalar scalar = resolve_plain_scalar(written);
    EXPECT_EQ(scalar.kind, kind) << written;
    EXPECT_EQ(scalar.text, text) << written;
  }
}

// The expected values of this file are what PyYAML 6's SafeLoader gives.
TEST(YamlScalar, WordsAreBooleansAndNulls) {
  constexpr Case cases[] = {
      {"yes", Kind::boolean, "True"},
      {"On", Kind::boolean, "True"},
      {"FALSE", Kind::boolean, "False"},
      {"off", Kind::boolean, "False"},
      {"y", Kind::text, "y"},
      {"tRue", Kind::text, "tRue"},
      {"", Kind::null, "None"},
      {"~", Kind::null, "None"},
      {"Null", Kind::null, "None"},
      {"none", Kind::text, "none"},
  };
  expect_all(cases);
}

TEST(YamlScalar, IntegersMayBeOctalHexBinaryGroupedAndBase60) {
  constexpr Case cases[] = {
      {"0", Kind::integer, "0"},
      {"-0", Kind::integer, "0"},
      {"017", Kind::integer, "15"},
      {"08", Kind::text, "08"},
      {"0o17", Kind::text, "0o17"},
      {"0x1F", Kind::integer, "31"},
      {"-0b101", Kind::integer, "-5"},
      {"+5", Kind::integer, "5"},
      {"1_000", Kind::integer, "1000"},
      {"_1", Kind::text, "_1"},
      {"0_", Kind::integer, "0"},
      {"12:30", Kind::integer, "750"},
      {"12:60", Kind::text, "12:60"},
      {"190:20:30", Kind::integer, "685230"},
      {"123456789012345678901234567890", Kind::integer, "123456789012345678901234567890"},
  };
  expect_all(cases);
}

TEST(YamlScalar, RealsNeedADotAndASignedExponent) {
  constexpr Case cases[] = {
      {"1e-5", Kind::text, "1e-5"},    {"1.0e5", Kind::text, "1.0e5"},
      {"1.0e-5", Kind::real, "1e-05"}, {"1.", Kind::real, "1.0"},
      {".5", Kind::real, "0.5"},       {"+.5", Kind::text, "+.5"},
      {"-1.50", Kind::real, "-1.5"},   {"1.0e+16", Kind::real, "1e+16"},
      {"1_0.5", Kind::real, "10.5"},   {"12:30.5", Kind::real, "750.5"},
      {"-.inf", Kind::real, "-inf"},   {".nan", Kind::real, "nan"},
      {"-.nan", Kind::text, "-.nan"},  {"1.0e+400", Kind::real, "inf"},
      {"1.2.3", Kind::text, "1.2.3"},  {".", Kind::text, "."},
  };
  expect_all(cases);
}

TEST(YamlScalar, DatesAreRecognised) {
  constexpr Case cases[] = {
      {"2024-02-01", Kind::date, "2024-02-01"},
      {"2023-07-01-preview", Kind::text, "2023-07-01-preview"},
      {"2024-13-01", Kind::text, "2024-13-01"},
      {"2024-2-1", Kind::text, "2024-2-1"},
  };
  expect_all(cases);
}

}  // namespace
}  // namespace sluice::config
