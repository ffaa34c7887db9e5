// A stranger's program on the installed library: does what its input says, one command a line,
// words separated by tabs, and prints one JSON line for each. The end-to-end tests drive it beside
// RedisVL, which is why its vectorizer is simple enough to be written in both languages.
#include <sluice/search_index.h>
#include <sluice/semantic_cache.h>

#include <cmath>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>

namespace {

using Words = std::vector<std::string>;

constexpr std::size_t dims = 64;

// How often each pair of neighbouring bytes is there, by (31 a + b) mod 64; of length 1.
std::vector<float> embed(std::string_view text) {
  std::vector<float> vector(dims, 0);
  for (std::size_t i = 0; i + 1 < text.size(); i++) {
    const auto a = static_cast<unsigned char>(text[i]), b = static_cast<unsigned char>(text[i + 1]);
    vector[(31u * a + b) % dims] += 1;
  }
  float length = 0;
  for (const float value : vector) length += value * value;
  if (length == 0) vector[0] = length = 1;
  for (float& value : vector) value /= std::sqrt(length);
  return vector;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string list(const std::vector<std::string>& json) {
  std::string out = "[";
  for (const auto& each : json) out += (out.size() > 1 ? "," : "") + each;
  return out + "]";
}

// "team=blue" → Tag("team") == "blue"
sluice::Filter filter_of(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return {};
  return sluice::Tag(text.substr(0, equals)) == text.substr(equals + 1);
}

std::map<std::string, std::string> filters_of(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return {};
  return {{text.substr(0, equals), text.substr(equals + 1)}};
}

std::string word(const Words& words, std::size_t i) { return i < words.size() ? words[i] : ""; }

class Probe {
 public:
  Probe(const std::string& name, const std::string& url, const std::string& tag)
      : server_{.url = url}, cache_(options(name, server_, tag)), name_(name) {}

  std::string run(const Words& words) {
    const std::string& command = words.at(0);
    if (command == "store") return store(words);
    if (command == "check") return check(words);
    if (command == "update") return update(words);
    if (command == "drop") return std::to_string(cache_.drop({words.at(1)}));
    if (command == "clear") return std::to_string(cache_.clear());
    if (command == "destroy") return cache_.destroy(), "true";
    if (command == "count") return std::to_string(index().count(filter_of(word(words, 1))));
    if (command == "nearest") return nearest(words);
    if (command == "pages") return pages();
    if (command == "fetch") return fetch(words);
    return quoted("unknown command " + command);
  }

 private:
  static sluice::CacheOptions options(const std::string& name, const sluice::RedisServer& server,
                                      const std::string& tag) {
    sluice::CacheOptions options{.name = name, .store = server};
    options.vectorizer = sluice::Vectorizer::custom(dims, embed);
    if (!tag.empty())
      options.filterable_fields = {{.name = tag, .attributes = sluice::TagAttributes{}}};
    return options;
  }

  sluice::SearchIndex index() const { return sluice::SearchIndex::from_existing(name_, server_); }

  // store PROMPT RESPONSE [METADATA] [TAG=VALUE] [TTL]
  std::string store(const Words& words) {
    sluice::StoreOptions more{.filters = filters_of(word(words, 4))};
    if (!word(words, 3).empty()) more.metadata = words[3];
    if (!word(words, 5).empty()) more.ttl = std::chrono::seconds(std::stoi(words[5]));
    return quoted(cache_.store_async(words.at(1), words.at(2), more).get());
  }

  // check PROMPT [TAG=VALUE] [DISTANCE] [COUNT]
  std::string check(const Words& words) {
    sluice::CheckOptions options{.filter = filter_of(word(words, 2))};
    if (!word(words, 3).empty()) options.distance_threshold = std::stod(words[3]);
    if (!word(words, 4).empty()) options.num_results = std::stoul(words[4]);
    std::vector<std::string> hits;
    for (const auto& hit : cache_.check(words.at(1), options)) {
      std::ostringstream json;
      json << "{\"key\":" << quoted(hit.key) << ",\"prompt\":" << quoted(hit.prompt)
           << ",\"response\":" << quoted(hit.response) << ",\"distance\":" << hit.distance
           << ",\"metadata\":" << hit.metadata.value_or("null") << ",\"filters\":{";
      for (const auto& [name, value] : hit.filters) json << quoted(name) << ":" << quoted(value);
      json << "}}";
      hits.push_back(json.str());
    }
    return list(hits);
  }

  // update KEY RESPONSE [METADATA]
  std::string update(const Words& words) {
    sluice::EntryChange change{.response = words.at(2)};
    if (!word(words, 3).empty()) change.metadata = words[3];
    cache_.update(words.at(1), change);
    return "true";
  }

  // nearest TEXT COUNT [TAG=VALUE]
  std::string nearest(const Words& words) {
    std::vector<std::string> prompts;
    for (const auto& document :
         index().query(sluice::VectorQuery{.field = "prompt_vector",
                                           .vector = embed(words.at(1)),
                                           .count = std::stoul(words.at(2)),
                                           .filter = filter_of(word(words, 3)),
                                           .return_fields = {"prompt"}}))
      prompts.push_back(quoted(document.find("prompt").value_or("")));
    return list(prompts);
  }

  std::string pages() {
    std::vector<std::string> sizes;
    index().paginate({}, 2, [&](std::vector<sluice::Document>&& page) {
      sizes.push_back(std::to_string(page.size()));
      return true;
    });
    return list(sizes);
  }

  std::string fetch(const Words& words) {
    const auto record = index().fetch(words.at(1));
    return record ? quoted(record->at("response")) : "null";
  }

  sluice::RedisServer server_;
  sluice::SemanticCache cache_;
  std::string name_;
};

}  // namespace

// probe NAME URL [TAG]
int main(int count, char** arguments) {
  try {
    Probe probe(arguments[1], arguments[2], count > 3 ? arguments[3] : "");
    std::cout << "\"ready\"" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      Words words;
      std::istringstream in(line);
      for (std::string each; std::getline(in, each, '\t');) words.push_back(each);
      try {
        std::cout << probe.run(words) << std::endl;
      } catch (const sluice::Exception& failed) {
        std::cout << "{\"failed\":" << static_cast<int>(failed.why())
                  << ",\"message\":" << quoted(failed.what()) << "}" << std::endl;
      }
    }
  } catch (const sluice::Exception& failed) {
    std::cout << "{\"failed\":" << static_cast<int>(failed.why())
              << ",\"message\":" << quoted(failed.what()) << "}" << std::endl;
  }
}
