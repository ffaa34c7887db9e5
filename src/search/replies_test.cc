#include "search/replies.h"

#include <gtest/gtest.h>

#include "search/cache_layout.h"

namespace sluice::search {
namespace {

using redis::Reply;
using Type = Reply::Type;

Reply s(std::string text) { return {.type = Type::text, .text = std::move(text)}; }
Reply n(std::int64_t value) { return {.type = Type::integer, .integer = value}; }
Reply d(std::string digits) {
  return {.type = Type::number, .number = std::stod(digits), .text = digits};
}
Reply l(std::vector<Reply> items) { return {.type = Type::list, .items = std::move(items)}; }
Reply m(std::vector<Reply> items) { return {.type = Type::map, .items = std::move(items)}; }
Reply e(std::string text) { return {.type = Type::error, .text = std::move(text)}; }
const Reply nil{};

TEST(ParseSearch, ReadsRowsOfResp2) {
  const auto found =
      parse_search(l({n(3), s("c:1"), l({s("vector_distance"), s("0.06"), s("prompt"), s("p")}),
                      s("c:2"), nil, s("c:3"), l({})}));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->total, 3u);
  EXPECT_EQ(found->expired, 1u);
  ASSERT_EQ(found->documents.size(), 2u);
  EXPECT_EQ(found->documents[0].key, "c:1");
  EXPECT_EQ(found->documents[0].number("vector_distance"), 0.06);
  EXPECT_EQ(found->documents[0].find("prompt"), "p");
  EXPECT_FALSE(found->documents[0].find("absent"));
  EXPECT_FALSE(found->documents[0].number("prompt"));
  EXPECT_EQ(found->documents[1].key, "c:3");
}

TEST(ParseSearch, ReadsCountsAndBareKeys) {
  EXPECT_EQ(parse_search(l({n(7)}))->total, 7u);
  const auto keys = parse_search(l({n(2), s("a"), s("b")}));
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->documents.size(), 2u);
  EXPECT_EQ(keys->documents[1].key, "b");
}

TEST(ParseSearch, ReadsRowsOfResp3) {
  const auto found =
      parse_search(m({s("attributes"), l({}), s("format"), s("STRING"), s("results"),
                      l({m({s("id"), s("c:1"), s("extra_attributes"),
                            m({s("prompt"), s("p"), s("score"), d("0.5")}), s("values"), l({})}),
                         m({s("id"), s("c:2"), s("extra_attributes"), nil}),
                         m({s("id"), s("c:3"), s("values"), l({})})}),
                      s("total_results"), n(3), s("warning"), l({})}));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->total, 3u);
  EXPECT_EQ(found->expired, 1u);
  EXPECT_FALSE(found->partial);
  ASSERT_EQ(found->documents.size(), 2u);
  EXPECT_EQ(found->documents[0].number("score"), 0.5);
  EXPECT_EQ(found->documents[1].key, "c:3");
}

TEST(ParseSearch, TellsAnswersThatAreNotWhole) {
  const auto found = parse_search(m({s("results"), l({}), s("total_results"), n(0), s("warning"),
                                     l({s("Timeout limit was reached")})}));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->partial);
}

TEST(ParseSearch, RefusesOtherShapes) {
  for (const Reply& reply :
       {nil, n(1), s("OK"), l({}), l({n(-1)}), l({n(1), n(2)}), l({n(1), s("k"), l({s("odd")})}),
        l({n(1), s("k"), l({l({}), s("v")})}), m({}), m({s("results"), n(1)}),
        m({s("results"), l({n(1)})}), m({s("results"), l({m({s("id"), n(1)})})})})
    EXPECT_FALSE(parse_search(reply));
}

TEST(Refusals, AreToldApart) {
  for (const char* text :
       {"Unknown index name", "No such index nope", "nope: no such index", "Unknown Index name",
        "Index not found: nope", "Index with name 'nope' not found", "SEARCH_INDEX_NOT_FOUND nope"})
    EXPECT_EQ(parse_search(e(text)).error().code, ErrorCode::not_found) << text;
  EXPECT_TRUE(is_index_exists(e("Index already exists")));
  EXPECT_FALSE(is_no_such_index(e("Index already exists")));
  EXPECT_FALSE(is_no_such_index(s("Unknown index name")));
  EXPECT_EQ(parse_list(e("NOPERM this user has no permissions")).error().code,
            ErrorCode::permission_denied);
  const auto none = parse_info(e("ERR unknown command 'FT.INFO', with args beginning with: 'x'"));
  EXPECT_EQ(none.error().code, ErrorCode::unsupported_params);
  EXPECT_NE(none.error().message.find("no search module"), std::string::npos);
  EXPECT_EQ(parse_search(e("Syntax error at offset 3 near x")).error().code,
            ErrorCode::bad_request);
}

const Reply cache_info =
    l({s("index_name"), s("llmcache"), s("index_options"), l({}), s("index_definition"),
       l({s("key_type"), s("HASH"), s("prefixes"), l({s("llmcache")}), s("default_score"), s("1")}),
       s("attributes"),
       l({l({s("identifier"), s("prompt"), s("attribute"), s("prompt"), s("type"), s("TEXT"),
             s("WEIGHT"), s("1")}),
          l({s("identifier"), s("response"), s("attribute"), s("response"), s("type"), s("TEXT"),
             s("WEIGHT"), s("1")}),
          l({s("identifier"), s("inserted_at"), s("attribute"), s("inserted_at"), s("type"),
             s("NUMERIC")}),
          l({s("identifier"), s("updated_at"), s("attribute"), s("updated_at"), s("type"),
             s("NUMERIC")}),
          l({s("identifier"), s("prompt_vector"), s("attribute"), s("prompt_vector"), s("type"),
             s("VECTOR"), s("algorithm"), s("FLAT"), s("data_type"), s("FLOAT32"), s("dim"),
             n(1536), s("distance_metric"), s("COSINE")}),
          l({s("identifier"), s("tenant"), s("attribute"), s("tenant"), s("type"), s("TAG"),
             s("SEPARATOR"), s(","), s("CASESENSITIVE"), s("SORTABLE"), s("UNF")})}),
       s("num_docs"), n(2), s("bytes_per_record_avg"), s("nan"), s("indexing"), n(0),
       s("percent_indexed"), s("1"), s("gc_stats"), l({s("bytes_collected"), s("0")})});

TEST(ParseInfo, ReadsAnIndexAndItsNumbers) {
  const auto info = parse_info(cache_info);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->name, "llmcache");
  EXPECT_EQ(info->key_type, "HASH");
  EXPECT_EQ(info->prefixes, std::vector<std::string>{"llmcache"});
  EXPECT_EQ(*info->stat("num_docs"), "2");
  EXPECT_EQ(*info->stat("bytes_per_record_avg"), "nan");
  EXPECT_EQ(info->stat("gc_stats"), nullptr);
  EXPECT_FALSE(info->is_indexing());
  EXPECT_TRUE(info->attributes[5].has_flag("casesensitive"));
  EXPECT_EQ(*info->attributes[4].option("dim"), "1536");
}

TEST(ParseInfo, GivesTheSchemaBack) {
  Schema wanted = cache_schema("llmcache", 1536,
                               {{.name = "tenant",
                                 .attributes = TagAttributes{.case_sensitive = true},
                                 .sortable = true,
                                 .unf = true}});
  const auto schema = schema_of(*parse_info(cache_info));
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(difference(wanted, *schema), "");
  EXPECT_EQ(schema->fields, wanted.fields);
}

TEST(ParseInfo, ReadsFlagsOfResp3) {
  const auto info = parse_info(
      m({s("index_name"), s("i"), s("index_definition"),
         m({s("key_type"), s("JSON"), s("prefixes"), l({s("a"), s("b")})}), s("attributes"),
         l({m({s("identifier"), s("$.x"), s("attribute"), s("x"), s("type"), s("TEXT"), s("WEIGHT"),
               d("2"), s("flags"), l({s("NOSTEM"), s("SORTABLE")})})}),
         s("indexing"), n(1)}));
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_TRUE(info->is_indexing());
  const auto schema = schema_of(*info);
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->storage, StorageType::json);
  EXPECT_EQ(schema->prefixes.size(), 2u);
  const Field& field = schema->fields.at(0);
  EXPECT_EQ(field.path, "$.x");
  EXPECT_TRUE(field.sortable);
  EXPECT_EQ(std::get<TextAttributes>(field.attributes),
            (TextAttributes{.weight = 2, .no_stem = true}));
}

TEST(ParseInfo, ReadsValkeysNestedVectors) {
  const auto info = parse_info(
      l({s("index_name"), s("i"), s("index_definition"),
         l({s("key_type"), s("HASH"), s("prefixes"), l({s("i:")}), s("default_score"), s("1")}),
         s("attributes"),
         l({l({s("identifier"), s("embedding"), s("attribute"), s("embedding"), s("type"),
               s("VECTOR"), s("index"),
               l({s("capacity"), n(10240), s("dimensions"), n(4), s("distance_metric"), s("L2"),
                  s("size"), s("0"), s("data_type"), s("FLOAT32"), s("algorithm"),
                  l({s("name"), s("HNSW"), s("m"), n(8), s("ef_construction"), n(100),
                     s("ef_runtime"), n(20)})})})}),
         s("num_docs"), s("0"), s("backfill_in_progress"), s("0"), s("state"), s("ready")}));
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_FALSE(info->is_indexing());
  const auto schema = schema_of(*info);
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(*schema->fields.at(0).vector(), (VectorAttributes{.dims = 4,
                                                              .algorithm = VectorAlgorithm::hnsw,
                                                              .metric = DistanceMetric::l2,
                                                              .m = 8,
                                                              .ef_construction = 100,
                                                              .ef_runtime = 20}));
}

TEST(ParseInfo, RefusesOtherShapes) {
  const Reply definition = l({s("key_type"), s("HASH"), s("prefixes"), l({})});
  for (const Reply& reply :
       {nil, n(1), l({}), l({s("attributes"), l({})}), l({s("index_definition"), definition}),
        l({s("index_definition"), definition, s("attributes"), l({n(1)})}),
        l({s("index_definition"), definition, s("attributes"), l({l({s("identifier"), s("x")})})})})
    EXPECT_FALSE(parse_info(reply));
  const auto blank = parse_info(
      l({s("index_definition"), definition, s("attributes"),
         l({l({s("identifier"), s("v"), s("attribute"), s("v"), s("type"), s("VECTOR")})})}));
  ASSERT_TRUE(blank);
  EXPECT_FALSE(schema_of(*blank));  // no dimensions
}

TEST(ParseList, KeepsTheServersOrder) {
  EXPECT_EQ(*parse_list(l({s("b"), s("a")})), (std::vector<std::string>{"b", "a"}));
  EXPECT_FALSE(parse_list(n(1)));
}

TEST(ParseHash, ReadsPairsOfBothProtocols) {
  EXPECT_EQ(parse_hash(l({s("a"), s("1"), s("b"), s("2")}))->size(), 2u);
  EXPECT_EQ(parse_hash(m({s("a"), s("1")}))->front().second, "1");
  EXPECT_TRUE(parse_hash(l({}))->empty());
  EXPECT_FALSE(parse_hash(l({s("a")})));
}

}  // namespace
}  // namespace sluice::search
