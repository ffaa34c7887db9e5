#include <sluice/exception.h>
#include <sluice/vectorizer.h>

#include <algorithm>
#include <cmath>

#include "base/json_scan.h"
#include "client/model.h"

namespace sluice {
namespace {

class CustomModel final : public Vectorizer::Model {
 public:
  CustomModel(std::size_t dims, Vectorizer::Function function, std::string name)
      : dims_(dims), function_(std::move(function)), name_(std::move(name)) {}

  std::vector<Vectorizer::Vector> embed(const std::vector<std::string>& texts) const override {
    std::vector<Vectorizer::Vector> vectors;
    for (const std::string& text : texts) vectors.push_back(function_(text));
    return vectors;
  }
  std::size_t dims() const override { return dims_; }
  const std::string& name() const override { return name_; }

 private:
  std::size_t dims_;
  Vectorizer::Function function_;
  std::string name_;
};

// A vector that no index could use is the model's fault, told where it happens.
void check_vector(const Vectorizer::Vector& vector, const Vectorizer::Model& model) {
  if (vector.size() != model.dims()) {
    throw Exception(Failed::internal, "the vectorizer `" + model.name() + "` gave " +
                                          std::to_string(vector.size()) + " numbers instead of " +
                                          std::to_string(model.dims()));
  }
  if (!std::ranges::all_of(vector, [](float value) { return std::isfinite(value); })) {
    throw Exception(Failed::internal,
                    "the vectorizer `" + model.name() + "` gave a number that is not finite");
  }
}

}  // namespace

Vectorizer Vectorizer::remote(const RemoteModel& model) {
  return Vectorizer(client::make_remote_model(model));
}

Vectorizer Vectorizer::custom(std::size_t dims, Function function, std::string name) {
  if (dims == 0) throw Exception(Failed::argument, "a vectorizer needs dims above 0");
  if (!function) throw Exception(Failed::argument, "a vectorizer needs a function");
  return Vectorizer(std::make_shared<CustomModel>(dims, std::move(function), std::move(name)));
}

Vectorizer::Vector Vectorizer::embed(std::string_view text) const {
  return std::move(embed_many({std::string(text)}).front());
}

std::vector<Vectorizer::Vector> Vectorizer::embed_many(
    const std::vector<std::string>& texts) const {
  for (const std::string& text : texts) {
    if (!is_utf8(text)) throw Exception(Failed::argument, "a text to embed is not UTF-8");
  }
  std::vector<Vector> vectors = model_->embed(texts);
  if (vectors.size() != texts.size())
    throw Exception(Failed::internal, "the vectorizer `" + name() + "` gave too few vectors");
  for (const Vector& vector : vectors) check_vector(vector, *model_);
  return vectors;
}

std::size_t Vectorizer::dims() const { return model_->dims(); }
const std::string& Vectorizer::name() const { return model_->name(); }
const std::string& Vectorizer::space() const { return model_->space(); }

}  // namespace sluice
