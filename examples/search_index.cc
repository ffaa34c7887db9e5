// Makes an index, loads three documents and asks for them in every way:
//   search_index redis://localhost:6379
#include <sluice/search_index.h>

#include <iostream>

namespace {

void print(const char* what, const std::vector<sluice::Document>& documents) {
  std::cout << what << ":\n";
  for (const auto& document : documents)
    std::cout << "  " << document.key << " " << document.find("title").value_or("") << " "
              << document.find("vector_distance").value_or("") << "\n";
}

void run(const sluice::RedisServer& server) {
  sluice::Schema schema{.name = "example-books", .prefixes = {"example-books"}};
  schema.fields = {
      {.name = "title", .attributes = sluice::TextAttributes{}},
      {.name = "shelf", .attributes = sluice::TagAttributes{}},
      {.name = "year", .attributes = sluice::NumericAttributes{}, .sortable = true},
      {.name = "embedding", .attributes = sluice::VectorAttributes{.dims = 2}},
  };
  sluice::SearchIndex index(schema, server);
  index.create({.overwrite = true, .drop_documents = true});

  const auto book = [](std::string title, std::string shelf, int year, std::vector<float> vector) {
    return sluice::Record{{"title", title},
                          {"shelf", shelf},
                          {"year", std::to_string(year)},
                          {"embedding", sluice::vector_bytes(vector)}};
  };
  index.load({book("Faust", "drama", 1808, {1, 0}), book("Emma", "novel", 1815, {0, 1}),
              book("Ivanhoe", "novel", 1819, {.6f, .8f})},
             {.id_field = "title"});

  print("nearest",
        index.query(sluice::VectorQuery{
            .field = "embedding", .vector = {1, .1f}, .count = 2, .return_fields = {"title"}}));
  print("within 0.1", index.query(sluice::RangeQuery{.field = "embedding",
                                                     .vector = {0, 1},
                                                     .distance_threshold = 0.1,
                                                     .return_fields = {"title"}}));
  const auto old_novels = (sluice::Tag("shelf") == "novel") & (sluice::Num("year") < 1818);
  print("old novels", index.query(sluice::FilterQuery{
                          .filter = old_novels, .return_fields = {{"title"}}, .sort_by = "year"}));
  std::cout << index.count(sluice::Tag("shelf") == "novel") << " novels\n";
  index.destroy(true);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    run({.url = count > 1 ? arguments[1] : "redis://localhost:6379"});
  } catch (const sluice::Exception& failed) {
    std::cerr << failed.what() << "\n";
    return 1;
  }
}
