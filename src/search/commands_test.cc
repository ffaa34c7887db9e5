// The commands as RedisVL 0.5.2 was recorded to send them.
#include "search/commands.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "search/cache_layout.h"

namespace sluice::search {
namespace {

// Words separated by single spaces; what holds one is quoted by ''.
std::string line(const Arguments& arguments) {
  std::string out;
  for (const auto& each : arguments) {
    if (!out.empty()) out += ' ';
    out += each.find(' ') == std::string::npos ? each : "'" + each + "'";
  }
  return out;
}

TEST(CreateIndex, OfACacheIsRedisVlsToTheByte) {
  EXPECT_EQ(line(create_index(cache_schema("llmcache", 1536))),
            "FT.CREATE llmcache ON HASH PREFIX 1 llmcache SCORE 1.0 SCHEMA prompt TEXT WEIGHT 1 "
            "response TEXT WEIGHT 1 inserted_at NUMERIC updated_at NUMERIC prompt_vector VECTOR "
            "FLAT 6 TYPE FLOAT32 DIM 1536 DISTANCE_METRIC COSINE");
}

TEST(CreateIndex, PutsFilterableFieldsLast) {
  const auto schema = cache_schema("filtered", 1536,
                                   {{.name = "tenant", .attributes = TagAttributes{}},
                                    {.name = "year", .attributes = NumericAttributes{}}});
  EXPECT_TRUE(line(create_index(schema))
                  .ends_with("DISTANCE_METRIC COSINE tenant TAG SEPARATOR , year NUMERIC"));
}

TEST(CreateIndex, WritesEveryAttributeInItsPlace) {
  const Schema schema{
      .name = "all",
      .prefixes = {"a", "b"},
      .fields = {
          {.name = "t",
           .attributes = TextAttributes{.weight = 2, .no_stem = true, .phonetic = "dm:en"},
           .sortable = true},
          {.name = "c",
           .attributes = TagAttributes{.separator = '|', .case_sensitive = true},
           .sortable = true,
           .unf = true,
           .index_empty = true,
           .index_missing = true},
          {.name = "n", .attributes = NumericAttributes{}, .sortable = true, .no_index = true},
          {.name = "g", .attributes = GeoAttributes{}},
          {.name = "v",
           .attributes = VectorAttributes{.dims = 3,
                                          .algorithm = VectorAlgorithm::hnsw,
                                          .type = VectorType::float64,
                                          .metric = DistanceMetric::inner_product,
                                          .initial_cap = 100}},
          {.name = "w", .attributes = VectorAttributes{.dims = 3, .block_size = 7}}}};
  EXPECT_EQ(line(create_index(schema)),
            "FT.CREATE all ON HASH PREFIX 2 a b SCORE 1.0 SCHEMA "
            "t TEXT WEIGHT 2.0 NOSTEM PHONETIC dm:en SORTABLE "
            "c TAG SEPARATOR | CASESENSITIVE INDEXEMPTY INDEXMISSING SORTABLE UNF "
            "n NUMERIC SORTABLE NOINDEX g GEO "
            "v VECTOR HNSW 16 TYPE FLOAT64 DIM 3 DISTANCE_METRIC IP INITIAL_CAP 100 M 16 "
            "EF_CONSTRUCTION 200 EF_RUNTIME 10 EPSILON 0.01 "
            "w VECTOR FLAT 8 TYPE FLOAT32 DIM 3 DISTANCE_METRIC COSINE BLOCK_SIZE 7");
}

TEST(CreateIndex, OfJsonNamesThePaths) {
  const Schema schema{.name = "j",
                      .storage = StorageType::json,
                      .fields = {{.name = "a", .attributes = NumericAttributes{}},
                                 {.name = "b", .path = "$.x.b", .attributes = GeoAttributes{}}}};
  EXPECT_EQ(line(create_index(schema)),
            "FT.CREATE j ON JSON PREFIX 1 rvl SCORE 1.0 SCHEMA $.a AS a NUMERIC $.x.b AS b GEO");
}

TEST(SearchCommand, LooksUpACacheAsRedisVl) {
  const auto schema = cache_schema("llmcache", 1536);
  const auto search = within_distance(
      {.field = "prompt_vector", .vector = "BLOB", .returned = returned_fields(schema), .count = 1},
      0.1);
  ASSERT_TRUE(search);
  EXPECT_EQ(line(search_command("llmcache", *search)),
            "FT.SEARCH llmcache '@prompt_vector:[VECTOR_RANGE $distance_threshold "
            "$vector]=>{$YIELD_DISTANCE_AS: vector_distance}' RETURN 7 entry_id prompt response "
            "inserted_at updated_at metadata vector_distance SORTBY vector_distance ASC DIALECT 2 "
            "LIMIT 0 1 PARAMS 4 vector BLOB distance_threshold 0.1");
}

TEST(SearchCommand, JoinsARangeWithItsFilter) {
  const auto search = within_distance({.field = "v",
                                       .vector = "BLOB",
                                       .filter = Tag("tenant") == "a b" & Num("year") > 2000,
                                       .count = 5,
                                       .offset = 10},
                                      0, 0.5);
  ASSERT_TRUE(search);
  EXPECT_EQ(line(search_command("i", *search)),
            "FT.SEARCH i '(@v:[VECTOR_RANGE $distance_threshold $vector]=>{$YIELD_DISTANCE_AS: "
            "vector_distance; $EPSILON: 0.5} (@tenant:{a\\ b} @year:[(2000 +inf]))' RETURN 1 "
            "vector_distance SORTBY vector_distance ASC DIALECT 2 LIMIT 10 5 PARAMS 4 vector BLOB "
            "distance_threshold 0.0");
}

TEST(SearchCommand, AsksForTheNearest) {
  const auto search = nearest({.field = "prompt_vector",
                               .vector = "BLOB",
                               .filter = Num("inserted_at") >= 0 & Text("prompt").like("capital*"),
                               .count = 2});
  ASSERT_TRUE(search);
  EXPECT_EQ(line(search_command("llmcache", *search)),
            "FT.SEARCH llmcache '(@inserted_at:[0 +inf] @prompt:(capital*))=>[KNN 2 @prompt_vector "
            "$vector AS vector_distance]' RETURN 1 vector_distance SORTBY vector_distance ASC "
            "DIALECT 2 LIMIT 0 2 PARAMS 2 vector BLOB");
}

TEST(SearchCommand, CountsAndPages) {
  EXPECT_EQ(line(search_command("i", *counted(Text("prompt").like("capital")))),
            "FT.SEARCH i @prompt:(capital) NOCONTENT DIALECT 2 LIMIT 0 0");
  Search page = *filtered({});
  page.offset = 30;
  page.count = 30;
  EXPECT_EQ(line(search_command("i", page)), "FT.SEARCH i * DIALECT 2 LIMIT 30 30");
  page.returned = {"prompt"};
  page.sort_by = "updated_at";
  page.descending = true;
  EXPECT_EQ(line(search_command("i", page)),
            "FT.SEARCH i * RETURN 1 prompt SORTBY updated_at DESC DIALECT 2 LIMIT 30 30");
}

TEST(SearchCommand, RefusesThresholdsThatAreNoDistance) {
  EXPECT_FALSE(within_distance({}, -1));
  EXPECT_FALSE(within_distance({}, std::nan("")));
  EXPECT_FALSE(within_distance({}, 1, -1));
  EXPECT_FALSE(nearest({.filter = Tag("u") == ""}));
}

TEST(IndexCommands, AreTheServersOwn) {
  EXPECT_EQ(line(drop_index("i", Documents::erase)), "FT.DROPINDEX i DD");
  EXPECT_EQ(line(drop_index("i", Documents::keep)), "FT.DROPINDEX i");
  EXPECT_EQ(line(index_info("i")), "FT.INFO i");
  EXPECT_EQ(line(list_indexes()), "FT._LIST");
  EXPECT_EQ(as_command(index_info("i")).key_at, 0u);
}

TEST(VectorBlob, IsLittleEndianFloats) {
  const float values[] = {1, .5, -.25, .1f};
  const std::string blob = vector_blob(values, 4);
  std::string hex;
  for (const unsigned char c : blob) {
    hex += "0123456789abcdef"[c >> 4];
    hex += "0123456789abcdef"[c & 15];
  }
  EXPECT_EQ(hex, "0000803f0000003f000080becdcccc3d");
}

TEST(VectorBlob, ComesBackFromEveryType) {
  const std::vector<float> values{1, 0, -2, 100};
  for (const auto type : {VectorType::float32, VectorType::float64, VectorType::float16,
                          VectorType::bfloat16, VectorType::int8}) {
    const std::string blob = vector_blob(values.data(), values.size(), type);
    EXPECT_EQ(blob.size(), values.size() * size_of(type));
    EXPECT_EQ(vector_of_blob(blob, type), values) << name_of(type);
  }
  EXPECT_TRUE(vector_of_blob("abc", VectorType::float32).empty());
}

TEST(VectorBlob, RoundsAndClamps) {
  const std::vector<float> values{-1, 1.6f, 300, std::nanf("")};
  EXPECT_EQ(vector_of_blob(vector_blob(values.data(), 4, VectorType::uint8), VectorType::uint8),
            (std::vector<float>{0, 2, 255, 0}));
}

}  // namespace
}  // namespace sluice::search
