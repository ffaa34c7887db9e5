// Which question each request asks: one for all, or one of many that are equally long.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "options.h"

namespace bench {

// The numbers 0 to questions - 1: in order again and again, evenly at random, or by Zipf's law, by
// which 0 is asked most and k with a probability in proportion to (k + 1)^-exponent.
class Draw {
 public:
  explicit Draw(const Options& options);

  std::uint32_t next();

 private:
  std::uint32_t questions_;
  bool in_order_;
  std::uint32_t following_ = 0;
  std::mt19937_64 random_{std::random_device{}()};
  std::vector<double> cumulated_;  // by Zipf's law only
};

// A request's bytes, into which the number of a question is written as three words.
class Request {
 public:
  explicit Request(const Options& options);

  std::size_t size() const { return bytes_.size(); }

  // The request that asks `question`; holds until the next call.
  std::string_view asking(std::uint32_t question);

 private:
  void write_words(std::uint32_t question);
  void write_capitals(std::uint32_t question);

  bool varies_;
  bool alike_;
  std::string bytes_;
  std::size_t text_at_ = 0;
};

}  // namespace bench
