#include "search/filter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

namespace sluice::search {
namespace {

using namespace std::chrono_literals;

std::string text(const Filter& filter) {
  const auto written = text_of(filter);
  return written ? *written : "error: " + written.error().message;
}

struct Example {
  Filter filter;
  const char* expected;
};

TEST(FilterText, IsWhatRedisVlSends) {
  const Example examples[] = {
      {Filter(), "*"},
      {Tag("f") == "x", "@f:{x}"},
      {Tag("f") != "x", "(-@f:{x})"},
      {Tag("f").in({"a", "b c"}), "@f:{a|b\\ c}"},
      {Tag("f").like("tech*"), "@f:{tech*}"},
      {Tag("f").is_missing(), "ismissing(@f)"},
      {Num("n") == 5, "@n:[5 5]"},
      {Num("n") != 5, "(-@n:[5 5])"},
      {Num("n") > 5, "@n:[(5 +inf]"},
      {Num("n") >= 5, "@n:[5 +inf]"},
      {Num("n") < 5, "@n:[-inf (5]"},
      {Num("n") <= 5, "@n:[-inf 5]"},
      {Num("n") >= 2.5, "@n:[2.5 +inf]"},
      {Num("n").between(1, 10), "@n:[1 10]"},
      {Num("n").between(1, 10, Bounds::neither), "@n:[(1 (10]"},
      {Num("n").between(1, 10, Bounds::left), "@n:[1 (10]"},
      {Num("n").between(1, 10, Bounds::right), "@n:[(1 10]"},
      {Text("t") == "hello world", "@t:(\"hello world\")"},
      {Text("t") != "hello", "(-@t:\"hello\")"},
      {Text("t").like("engine*|doc"), "@t:(engine*|doc)"},
      {Geo("g") == GeoRadius{-122.4194, 37.7749, 1, GeoUnit::meters}, "@g:[-122.4194 37.7749 1 m]"},
      {Geo("g") != GeoRadius{1, 2, 2.7, GeoUnit::miles}, "(-@g:[1 2 2.7 mi])"},
      {Timestamp("at") >= Timestamp::Time(1740830400s), "@at:[1740830400.0 +inf]"},
      {Timestamp("at") == 2025y / 3 / 1, "@at:[1740787200.0 (1740873600.0]"},
      {Timestamp("at") != 2025y / 3 / 1, "(-@at:[1740787200.0 (1740873600.0])"},
      {Tag("tenant") == "a b" & Num("year") > 2000, "(@tenant:{a\\ b} @year:[(2000 +inf])"},
      {Tag("a") == "1" | Tag("b") == "2", "(@a:{1} | @b:{2})"},
      {(Tag("a") == "1" & Tag("b") == "2") & Tag("c") == "3", "((@a:{1} @b:{2}) @c:{3})"},
      {!(Tag("a") == "1" | Tag("b") == "2"), "(-(@a:{1} | @b:{2}))"},
      {Filter() & Tag("a") == "1", "@a:{1}"},
      {Tag("a") == "1" | Filter(), "@a:{1}"},
  };
  for (const auto& [filter, expected] : examples) EXPECT_EQ(text(filter), expected);
}

TEST(FilterText, LetsNoValueSayMoreThanItself) {
  EXPECT_EQ(text(Tag("u") == "a|b"), "@u:{a\\|b}");
  EXPECT_EQ(text(Tag("u") == "x} | @secret:{y"), "@u:{x\\}\\ \\|\\ \\@secret\\:\\{y}");
  EXPECT_EQ(text(Tag("u").like("a|b*")), "@u:{a\\|b*}");
  EXPECT_EQ(text(Text("t") == "say \"x\") @u:(y"), "@t:(\"say \\\"x\\\") @u:(y\")");
  EXPECT_EQ(text(Filter::raw("@u:{a} | @u:{b}")), "(@u:{a} | @u:{b})");
}

TEST(FilterText, RefusesWhatCannotBeAsked) {
  for (const Filter& filter : {Tag("u") == "",
                               Tag("u") == "  ",
                               Tag("u").in({}),
                               Tag("u").in({"a", ""}),
                               Tag("u").like("*"),
                               Tag("u") == std::string("a\0b", 3),
                               Text("t") == "",
                               Text("t").like("a) @u:{b} (c"),
                               Text("t").like("a) b (c"),
                               Text("t").like("a @u b"),
                               Text("t").like("\"open"),
                               Text("t").like("w'(' ) x (w')'"),
                               Text("t").like("a\\"),
                               Filter::raw("(a"),
                               Filter::raw("a)"),
                               !Filter(),
                               Num("n") == std::nan(""),
                               Geo("g") == GeoRadius{200, 0},
                               Geo("g") == GeoRadius{0, 0, 0},
                               (Tag("a") == "1") & (Tag("u") == "")}) {
    const auto written = text_of(filter);
    ASSERT_FALSE(written) << *written;
    EXPECT_EQ(written.error().code, ErrorCode::bad_request);
    EXPECT_NE(written.error().message.find("filter"), std::string::npos);
  }
}

class FilterMatch : public testing::Test {
 protected:
  bool passes(const Filter& filter) const {
    const auto result = search::passes(filter, schema_, [&](std::string_view field) {
      const auto found = document_.find(field);
      return found == document_.end() ? std::nullopt
                                      : std::optional<std::string_view>(found->second);
    });
    EXPECT_TRUE(result) << result.error().message;
    return result && *result;
  }
  Result<bool> match(const Filter& filter) const {
    return search::passes(filter, schema_,
                          [](std::string_view) { return std::optional<std::string_view>(); });
  }

  Schema schema_{.name = "x",
                 .fields = {{.name = "tags", .attributes = TagAttributes{}},
                            {.name = "id",
                             .attributes = TagAttributes{.separator = ';', .case_sensitive = true}},
                            {.name = "year", .attributes = NumericAttributes{}},
                            {.name = "text", .attributes = TextAttributes{}},
                            {.name = "place", .attributes = GeoAttributes{}}}};
  std::map<std::string, std::string, std::less<>> document_{
      {"tags", "Blue, green sea"},
      {"id", "Bob;x,y"},
      {"year", "2024"},
      {"text", "The Capital of France, they say, is Paris."},
      {"place", "2.3522,48.8566"}};
};

TEST_F(FilterMatch, TakesTagsAsTheSchemaSays) {
  EXPECT_TRUE(passes(Tag("tags") == "blue"));
  EXPECT_TRUE(passes(Tag("tags") == "GREEN SEA"));
  EXPECT_FALSE(passes(Tag("tags") == "green"));
  EXPECT_TRUE(passes(Tag("tags").like("gre*")));
  EXPECT_TRUE(passes(Tag("tags").like("*e*s*")));
  EXPECT_FALSE(passes(Tag("tags").like("*ez")));
  EXPECT_TRUE(passes(Tag("id") == "Bob"));
  EXPECT_FALSE(passes(Tag("id") == "bob"));
  EXPECT_TRUE(passes(Tag("id") == "x,y"));
  EXPECT_TRUE(passes(Tag("tags").not_in({"red", "white"})));
  EXPECT_FALSE(passes(Tag("absent") == "x"));
  EXPECT_TRUE(passes(Tag("absent") != "x"));
  EXPECT_TRUE(passes(Tag("absent").is_missing()));
  EXPECT_FALSE(passes(Tag("tags").is_missing()));
}

TEST_F(FilterMatch, ComparesNumbers) {
  EXPECT_TRUE(passes(Num("year") == 2024));
  EXPECT_FALSE(passes(Num("year") > 2024));
  EXPECT_TRUE(passes(Num("year") >= 2024));
  EXPECT_FALSE(passes(Num("year").between(2000, 2024, Bounds::left)));
  EXPECT_TRUE(passes(Num("year").between(2000, 2024, Bounds::right)));
  EXPECT_FALSE(passes(Num("text") > 0));
  EXPECT_TRUE(passes(Num("year") != 1999));
}

TEST_F(FilterMatch, FindsWordsAndPhrases) {
  EXPECT_TRUE(passes(Text("text") == "capital of france"));
  EXPECT_FALSE(passes(Text("text") == "capital france"));
  EXPECT_FALSE(passes(Text("text") == "cap"));
  EXPECT_TRUE(passes(Text("text").like("cap*")));
  EXPECT_TRUE(passes(Text("text").like("rome|par*")));
  EXPECT_TRUE(passes(Text("text").like("paris capital")));
  EXPECT_FALSE(passes(Text("text").like("rome capital")));
}

TEST_F(FilterMatch, MeasuresDistances) {
  const GeoRadius london{-0.1276, 51.5072, 350, GeoUnit::kilometers};
  EXPECT_TRUE(passes(Geo("place") == london));
  EXPECT_FALSE(passes(Geo("place") == GeoRadius{-0.1276, 51.5072, 200, GeoUnit::miles}));
  EXPECT_FALSE(passes(Geo("text") == london));
}

TEST_F(FilterMatch, JoinsAndNegates) {
  const Filter yes = Num("year") == 2024, no = Num("year") == 1;
  EXPECT_TRUE(passes(yes | no));
  EXPECT_FALSE(passes(yes & no));
  EXPECT_TRUE(passes(!(yes & no)));
  EXPECT_TRUE(passes(Filter()));
}

TEST_F(FilterMatch, SaysWhatOnlyAServerCanAnswer) {
  EXPECT_FALSE(match(Filter::raw("@x:{y}")));
  EXPECT_FALSE(match(Text("text").like("%%fuzzy%%")));
  EXPECT_FALSE(match(Tag("u") == ""));
}

}  // namespace
}  // namespace sluice::search
