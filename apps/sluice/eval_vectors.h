#pragma once
// The embeddings of many texts.
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "embed/encoder.h"

namespace sluice::eval {

// Texts and their unit vectors; each text is encoded once.
class Vectors {
 public:
  // Encodes what is new, on as many threads as there are cores.
  void add(const embed::Encoder& encoder, const std::vector<std::string>& texts,
           const std::string& what);

  std::size_t size() const { return index_.size(); }
  // Only of texts that were added.
  std::size_t index_of(const std::string& text) const { return index_.at(text); }
  std::span<const float> at(std::size_t index) const {
    return {values_.data() + index * dimensions_, dimensions_};
  }
  double similarity(const std::string& a, const std::string& b) const;

 private:
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<float> values_;
  std::size_t dimensions_ = 0;
};

double dot(std::span<const float> a, std::span<const float> b);

}  // namespace sluice::eval
