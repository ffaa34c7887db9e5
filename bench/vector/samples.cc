#include "samples.h"

#include <cmath>
#include <fstream>
#include <stdexcept>

namespace {

using Vector = std::vector<float>;

void add(Vector& sum, std::span<const float> part, double weight) {
  for (std::size_t i = 0; i < sum.size(); i++) sum[i] += static_cast<float>(weight * part[i]);
}

void normalise(Vector& vector) {
  double squares = 0;
  for (const float value : vector) squares += static_cast<double>(value) * value;
  for (float& value : vector) value = static_cast<float>(value / std::sqrt(squares));
}

// Of length one.
Vector noise(std::size_t dims, std::mt19937& random) {
  std::normal_distribution<float> normal;
  Vector vector(dims);
  for (float& value : vector) value = normal(random);
  normalise(vector);
  return vector;
}

}  // namespace

Samples Samples::read(const std::string& path, std::size_t dims) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) throw std::runtime_error("cannot read " + path);
  const auto size = static_cast<std::size_t>(in.tellg());
  if (size == 0 || size % (dims * sizeof(float)) != 0)
    throw std::runtime_error(path + " does not hold rows of " + std::to_string(dims) + " floats");
  Samples samples(dims);
  samples.values_.resize(size / sizeof(float));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(samples.values_.data()), static_cast<std::streamsize>(size));
  return samples;
}

Samples Samples::made_up(std::size_t rows, std::size_t dims) {
  constexpr std::size_t rows_of_subject = 20, subjects_of_topic = 25;
  std::mt19937 random(7);
  Samples samples(dims);
  samples.values_.reserve(rows * dims);
  const Vector common = noise(dims, random);
  Vector topic, subject;
  for (std::size_t i = 0; i < rows; i++) {
    if (i % (rows_of_subject * subjects_of_topic) == 0) topic = noise(dims, random);
    if (i % rows_of_subject == 0) subject = noise(dims, random);
    Vector row(dims);
    add(row, common, std::sqrt(.05));
    add(row, topic, std::sqrt(.30));
    add(row, subject, std::sqrt(.30));
    add(row, noise(dims, random), std::sqrt(.35));
    normalise(row);
    samples.values_.insert(samples.values_.end(), row.begin(), row.end());
  }
  return samples;
}

std::vector<float> Samples::near(std::size_t i, double cosine, std::mt19937& random) const {
  const auto centre = row(i);
  Vector aside = noise(dims_, random);
  double along = 0;
  for (std::size_t k = 0; k < dims_; k++) along += static_cast<double>(aside[k]) * centre[k];
  add(aside, centre, -along);
  normalise(aside);
  Vector vector(centre.begin(), centre.end());
  for (float& value : vector) value = static_cast<float>(value * cosine);
  add(vector, aside, std::sqrt(1 - cosine * cosine));
  return vector;
}
