#pragma once
// Text → vector, for whoever stores and compares meanings. Cheap to copy; copies share.
// Thread-safe, as far as the function of a custom one is.
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// A server that speaks OpenAI's POST {base_url}/embeddings.
struct RemoteModel {
  std::string model = "text-embedding-3-small";
  std::string base_url = "https://api.openai.com/v1";
  std::string api_key{};  // empty = none is sent
  std::string ca_file{};  // PEM bundle to trust instead of the system's; empty = the system's
  bool verify_tls = true;
  std::chrono::milliseconds timeout{30000};
};

class Vectorizer {
 public:
  using Vector = std::vector<float>;
  using Function = std::function<Vector(std::string_view text)>;

  // The model that Sluice runs itself: a name that `sluice model pull` has fetched, or the path of
  // a model's file. Throws: not_found, with how to get it.
  static Vectorizer local(const std::string& name_or_path = "all-MiniLM-L6-v2");
  // Asks once, to learn the dimensions. Throws: connection, timeout, permission.
  static Vectorizer remote(const RemoteModel& model);
  // A function of yours, called from several threads at once. `name` goes into messages.
  static Vectorizer custom(std::size_t dims, Function function, std::string name = "custom");

  // Throws: argument for a text that is not UTF-8, and whatever the model fails with.
  Vector embed(std::string_view text) const;
  std::vector<Vector> embed_many(const std::vector<std::string>& texts) const;

  std::size_t dims() const;
  const std::string& name() const;
  // Names the space of its vectors, which those of another have no place in: a digest of a local
  // model, the name of others. A cache on disk remembers it.
  const std::string& space() const;

  class Model;  // of the library
  explicit Vectorizer(std::shared_ptr<const Model> model) : model_(std::move(model)) {}

 private:
  std::shared_ptr<const Model> model_;
};

}  // namespace sluice
