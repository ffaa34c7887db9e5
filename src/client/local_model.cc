// The model that runs in this process: embed/encoder.h behind the library's seam.
#include <sluice/exception.h>

#include "client/model.h"
#include "embed/encoder.h"
#include "embed/model_location.h"

namespace sluice {
namespace {

class LocalModel final : public Vectorizer::Model {
 public:
  explicit LocalModel(std::shared_ptr<const embed::Encoder> encoder)
      : encoder_(std::move(encoder)) {}

  std::vector<Vectorizer::Vector> embed(const std::vector<std::string>& texts) const override {
    std::vector<Vectorizer::Vector> vectors;
    for (const std::string& text : texts) {
      vectors.emplace_back(dims());
      encoder_->encode(text, vectors.back());
    }
    return vectors;
  }
  std::size_t dims() const override { return static_cast<std::size_t>(encoder_->dimensions()); }
  const std::string& name() const override { return encoder_->name(); }
  const std::string& space() const override { return encoder_->space(); }

 private:
  std::shared_ptr<const embed::Encoder> encoder_;
};

}  // namespace

Vectorizer Vectorizer::local(const std::string& name_or_path) {
  auto encoder = embed::Encoder::open(embed::model_file(name_or_path));
  if (!encoder) {
    throw Exception(
        Failed::not_found,
        encoder.error().message + (embed::is_model_file(name_or_path)
                                       ? ""
                                       : "; `sluice model pull " + name_or_path + "` fetches it"));
  }
  return Vectorizer(std::make_shared<LocalModel>(std::move(*encoder)));
}

}  // namespace sluice
