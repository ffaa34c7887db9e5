#pragma once
// Vectors to measure with: read from a file, or made up in clusters as embeddings of questions are.
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <vector>

// Rows of `dims` floats, each of length one.
class Samples {
 public:
  // Raw little-endian float32, row after row. Throws std::runtime_error.
  static Samples read(const std::string& path, std::size_t dims);
  // Topics hold subjects, subjects hold questions: two questions have a cosine of about .05, .35 in
  // one topic and .65 of one subject.
  static Samples made_up(std::size_t rows, std::size_t dims);

  std::size_t dims() const { return dims_; }
  std::size_t rows() const { return values_.size() / dims_; }
  std::span<const float> row(std::size_t i) const { return {values_.data() + i * dims_, dims_}; }
  // Another wording of that row's question: a vector with this cosine to it.
  std::vector<float> near(std::size_t i, double cosine, std::mt19937& random) const;

 private:
  explicit Samples(std::size_t dims) : dims_(dims) {}
  std::size_t dims_;
  std::vector<float> values_;
};
