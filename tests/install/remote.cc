// A stranger's program that embeds with a server: remote BASE_URL KEY TEXT...
// Prints one line of JSON: the dimensions, how many vectors, and whether first and last are equal.
#include <sluice/exception.h>
#include <sluice/vectorizer.h>

#include <iostream>
#include <string>
#include <vector>

int main(int count, char** arguments) {
  try {
    const auto vectorizer =
        sluice::Vectorizer::remote({.base_url = arguments[1], .api_key = arguments[2]});
    const auto vectors =
        vectorizer.embed_many(std::vector<std::string>(arguments + 3, arguments + count));
    const bool equal = vectors.front() == vectors.back();
    std::cout << "{\"dims\":" << vectorizer.dims() << ",\"vectors\":" << vectors.size()
              << ",\"equal\":" << (equal ? "true" : "false") << "}\n";
  } catch (const sluice::Exception& failed) {
    const char* const names[] = {"argument",    "not_found",  "conflict", "permission",
                                 "unsupported", "connection", "timeout",  "internal"};
    std::cout << "{\"failed\":\"" << names[static_cast<int>(failed.why())] << "\",\"message\":\""
              << failed.what() << "\"}\n";
    return 1;
  }
}
