// Answers questions from a cache in memory, or in the Redis whose URL is given:
//   semantic_cache [redis://localhost:6379]
#include <sluice/semantic_cache.h>

#include <iostream>
#include <string>

int main(int count, char** arguments) {
  try {
    sluice::CacheOptions options{.name = "example"};
    if (count > 1)
      options.store = sluice::RedisServer{.url = arguments[1]};
    else
      options.store = sluice::Embedded{};
    options.ttl = std::chrono::minutes(10);
    sluice::SemanticCache cache(options);

    cache.store("What is the capital of France?", "Paris");
    cache.store("How long does an egg take to boil?", "Four to nine minutes",
                {.metadata = R"({"source": "kitchen"})"});

    for (std::string question; std::cout << "> " && std::getline(std::cin, question);) {
      const auto hits = cache.check(question);
      if (hits.empty()) std::cout << "nothing is near enough\n";
      for (const auto& hit : hits)
        std::cout << hit.response << "  (similarity " << hit.similarity() << ")\n";
    }
    cache.clear();
  } catch (const sluice::Exception& failed) {
    std::cerr << failed.what() << "\n";
    return 1;
  }
}
