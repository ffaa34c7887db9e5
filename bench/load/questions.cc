#include "questions.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bench {
namespace {

constexpr std::array<std::string_view, 100> words = {
    "apple", "beach", "birds", "boats", "books", "brain", "bread", "brick", "brush", "bulbs",
    "cable", "cards", "chain", "chair", "chalk", "chess", "cloth", "cloud", "coins", "coral",
    "crabs", "crane", "cream", "crown", "dance", "doors", "dough", "drill", "drums", "eagle",
    "earth", "fence", "field", "flame", "flour", "flute", "frost", "fruit", "geese", "ghost",
    "glass", "globe", "glove", "grain", "grape", "grass", "hands", "hinge", "honey", "horse",
    "hotel", "house", "jeans", "jelly", "juice", "kites", "knife", "lemon", "lever", "light",
    "maple", "metal", "money", "moose", "motor", "mouse", "music", "nerve", "night", "ocean",
    "olive", "onion", "opera", "organ", "paint", "paper", "pearl", "piano", "pilot", "plant",
    "poems", "queen", "radio", "river", "robot", "salad", "scale", "sheep", "shell", "smoke",
    "snake", "spoon", "steam", "stone", "storm", "sugar", "table", "tiger", "tower", "train"};
constexpr std::size_t word_size = 5;

constexpr std::string_view question_text =
    "please explain what _____, _____ and _____ have in common, and where the three of them meet ";
constexpr std::string_view same_text =
    "Please explain how an event loop works, with a short example. ";

// The start of the body, up to the user's text.
std::string make_body_start(const Options& options) {
  std::string body = R"({"model":"gpt-4o-mini",)";
  if (options.stream) body += R"("stream":true,)";
  return body + R"("temperature":0.7,"max_tokens":256,"user":"u100000",)"
                R"("messages":[{"role":"system","content":"You are a helpful assistant."},)"
                R"({"role":"user","content":")";
}

std::string make_head(const Options& options, std::size_t body_size) {
  return "POST " + options.path + " HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(options.port) +
         "\r\naccept: */*\r\nuser-agent: OpenAI/Python 1.50.0\r\nauthorization: Bearer " +
         options.key +
         "\r\ncontent-type: application/json\r\ncontent-length: " + std::to_string(body_size) +
         "\r\n\r\n";
}

// The words of a question. Of the first 10,000 no two have more than one word in the same place,
// and hardly any the same words in another order, so that they are not taken for the same.
std::array<std::size_t, 3> words_of(std::uint32_t question) {
  const std::size_t first = question % 100, second = question / 100 % 100;
  return {first, second, (first + 3 * second + 37 + question / 10'000) % 100};
}

}  // namespace

Draw::Draw(const Options& options)
    : questions_(std::uint32_t(options.questions)), in_order_(options.in_order) {
  if (options.zipf_exponent <= 0) return;
  double sum = 0;
  cumulated_.reserve(questions_);
  for (std::uint32_t k = 0; k < questions_; ++k)
    cumulated_.push_back(sum += std::pow(k + 1, -options.zipf_exponent));
}

std::uint32_t Draw::next() {
  if (questions_ <= 1) return 0;
  if (in_order_) return following_++ % questions_;
  if (cumulated_.empty())
    return std::uniform_int_distribution<std::uint32_t>(0, questions_ - 1)(random_);
  const double at = std::uniform_real_distribution<double>(0, cumulated_.back())(random_);
  const auto found = std::ranges::upper_bound(cumulated_, at);
  return std::min(std::uint32_t(found - cumulated_.begin()), questions_ - 1);
}

Request::Request(const Options& options) : varies_(options.questions > 0), alike_(options.alike) {
  constexpr std::string_view end = R"("}]})";
  const auto size = std::size_t(options.body_bytes);
  std::string body = make_body_start(options);
  const std::size_t start = body.size();
  if (varies_) body += question_text;
  const std::size_t fixed = body.size();
  while (body.size() + end.size() < size) body += same_text;
  body.resize(std::max(fixed, size - std::min(size, end.size())));
  body += end;

  bytes_ = make_head(options, body.size());
  text_at_ = bytes_.size() + start;
  bytes_ += body;
  if (varies_) write_words(0);
}

std::string_view Request::asking(std::uint32_t question) {
  if (varies_ && alike_)
    write_capitals(question);
  else if (varies_)
    write_words(question);
  return bytes_;
}

void Request::write_words(std::uint32_t question) {
  std::size_t at = 0;
  for (const std::size_t word : words_of(question)) {
    at = question_text.find('_', at);
    bytes_.replace(text_at_ + at, word_size, words[word]);
    at += word_size;
  }
}

// Each bit of the number decides whether one of the words begins with a capital.
void Request::write_capitals(std::uint32_t question) {
  for (std::size_t word = 0; word != std::string_view::npos && word < question_text.size();) {
    char& letter = bytes_[text_at_ + word];
    letter = char((question & 1) != 0 ? letter & ~0x20 : letter | 0x20);
    question >>= 1;
    word = question_text.find(' ', word);
    if (word != std::string_view::npos) ++word;
  }
}

}  // namespace bench
