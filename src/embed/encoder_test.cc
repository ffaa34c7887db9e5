#include "embed/encoder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "embed/tiny_model_for_test.h"

namespace sluice::embed {
namespace {

using testing::TinyModel;
using Row = std::vector<double>;
using Rows = std::vector<Row>;

// A file of this test's own, gone at its end.
class TestFile {
 public:
  explicit TestFile(std::string_view bytes, const std::string& name = "tiny.sluice") {
    std::string folder = (std::filesystem::temp_directory_path() / "embed-XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    path_ = folder_ + "/" + name;
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~TestFile() { std::filesystem::remove_all(folder_); }
  TestFile(const TestFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string folder_, path_;
};

std::string converted(const TinyModel& model, Pooling pooling = Pooling::mean,
                      WeightsFormat format = WeightsFormat::safetensors) {
  const std::string weights = format == WeightsFormat::onnx ? model.onnx() : model.safetensors();
  const std::string tokenizer = TinyModel::tokenizer(), config = TinyModel::config();
  auto bytes = convert({.weights = weights,
                        .format = format,
                        .tokenizer = tokenizer,
                        .config = config,
                        .pooling = pooling});
  EXPECT_TRUE(bytes) << bytes.error().message;
  return bytes ? *bytes : "";
}

std::vector<float> encoded(const std::string& file, std::string_view text,
                           CpuLevel level = cpu_level()) {
  const TestFile on_disk(file);
  const auto encoder = Encoder::open(on_disk.path(), level);
  EXPECT_TRUE(encoder) << encoder.error().message;
  std::vector<float> vector(static_cast<std::size_t>((*encoder)->dimensions()));
  (*encoder)->encode(text, vector);
  return vector;
}

// The forward pass as the paper has it, in doubles and with the weights as published.
class Reference {
 public:
  explicit Reference(const TinyModel& model) : model_(model) {}

  Row encode(const std::vector<int>& ids, Pooling pooling) const {
    Rows x = embed(ids);
    for (int i = 0; i < testing::tiny_layers; i++) x = layer(i, x);
    Row pooled(x[0].size());
    const std::size_t count = pooling == Pooling::cls ? 1 : x.size();
    for (std::size_t i = 0; i < count; i++)
      for (std::size_t d = 0; d < pooled.size(); d++) pooled[d] += x[i][d];
    return pooled;
  }

 private:
  double at(const std::string& name, std::size_t index) const {
    return double{model_.tensors.at(name).values[index]};
  }

  Row norm(const std::string& name, const Row& x) const {
    double mean = 0, square = 0;
    for (const double value : x) mean += value / static_cast<double>(x.size());
    for (const double value : x)
      square += (value - mean) * (value - mean) / static_cast<double>(x.size());
    Row y(x.size());
    for (std::size_t d = 0; d < x.size(); d++)
      y[d] = (x[d] - mean) / std::sqrt(square + 1e-12) * at(name + ".weight", d) +
             at(name + ".bias", d);
    return y;
  }

  Row linear(const std::string& name, const Row& x) const {
    Row y(model_.tensors.at(name + ".bias").values.size());
    for (std::size_t o = 0; o < y.size(); o++) {
      y[o] = at(name + ".bias", o);
      for (std::size_t i = 0; i < x.size(); i++)
        y[o] += x[i] * at(name + ".weight", o * x.size() + i);
    }
    return y;
  }

  Rows embed(const std::vector<int>& ids) const {
    Rows rows;
    for (std::size_t i = 0; i < ids.size(); i++) {
      Row row(testing::tiny_hidden);
      for (std::size_t d = 0; d < row.size(); d++)
        row[d] = at("embeddings.word_embeddings.weight",
                    static_cast<std::size_t>(ids[i]) * row.size() + d) +
                 at("embeddings.position_embeddings.weight", i * row.size() + d) +
                 at("embeddings.token_type_embeddings.weight", d);
      rows.push_back(norm("embeddings.LayerNorm", row));
    }
    return rows;
  }

  Row attend(const std::string& self, const Rows& x, std::size_t query) const {
    constexpr std::size_t size = testing::tiny_hidden / testing::tiny_heads;
    Row mixed(testing::tiny_hidden);
    const Row q = linear(self + "query", x[query]);
    for (std::size_t first = 0; first < mixed.size(); first += size) {
      double sum = 0;
      Row weights;
      for (const Row& row : x) {
        const Row k = linear(self + "key", row);
        double score = 0;
        for (std::size_t d = first; d < first + size; d++) score += q[d] * k[d];
        weights.push_back(std::exp(score / std::sqrt(double{size})));
        sum += weights.back();
      }
      for (std::size_t j = 0; j < x.size(); j++)
        for (std::size_t d = first; d < first + size; d++)
          mixed[d] += weights[j] / sum * linear(self + "value", x[j])[d];
    }
    return mixed;
  }

  Rows layer(int index, const Rows& x) const {
    const std::string name = "encoder.layer." + std::to_string(index) + ".";
    const auto add = [](Row a, const Row& b) {
      for (std::size_t d = 0; d < a.size(); d++) a[d] += b[d];
      return a;
    };
    Rows out;
    for (std::size_t i = 0; i < x.size(); i++) {
      const Row mixed = attend(name + "attention.self.", x, i);
      const Row attended = norm(name + "attention.output.LayerNorm",
                                add(linear(name + "attention.output.dense", mixed), x[i]));
      Row wide = linear(name + "intermediate.dense", attended);
      for (double& value : wide) value *= 0.5 * std::erfc(-value / std::sqrt(2.0));
      out.push_back(
          norm(name + "output.LayerNorm", add(linear(name + "output.dense", wide), attended)));
    }
    return out;
  }

  const TinyModel& model_;
};

double cosine(const std::vector<float>& a, const Row& b) {
  double product = 0, square_a = 0, square_b = 0;
  for (std::size_t i = 0; i < a.size(); i++) {
    product += a[i] * b[i];
    square_a += double{a[i]} * a[i];
    square_b += b[i] * b[i];
  }
  return product / std::sqrt(square_a * square_b);
}

TEST(Encoder, AgreesWithTheModelInDoubles) {
  const TinyModel model;
  for (const Pooling pooling : {Pooling::mean, Pooling::cls}) {
    const std::string file = converted(model, pooling);
    // [CLS] the cat ##s sat . [SEP]
    const Row expected = Reference(model).encode({2, 4, 5, 9, 6, 14, 3}, pooling);
    EXPECT_GT(cosine(encoded(file, "The cats sat."), expected), 0.999);
  }
}

TEST(Encoder, AllInstructionSetsGiveTheSameBits) {
  const std::string file = converted(TinyModel());
  const auto expected = encoded(file, "the cat sat on the mat.", CpuLevel::portable);
  for (const CpuLevel level : {CpuLevel::neon, CpuLevel::avx2, CpuLevel::avx512})
    EXPECT_EQ(encoded(file, "the cat sat on the mat.", level), expected) << cpu_level_name(level);
}

TEST(Encoder, VectorsHaveLengthOneWhateverTheText) {
  const std::string file = converted(TinyModel());
  for (const std::string& text : {std::string(), std::string("\xff\xfe"), std::string(100'000, 'x'),
                                  std::string("[SEP][SEP]")}) {
    const auto vector = encoded(file, text);
    EXPECT_NEAR(cosine(vector, Row(vector.begin(), vector.end())), 1, 1e-6);
    double square = 0;
    for (const float value : vector) square += double{value} * value;
    EXPECT_NEAR(square, 1, 1e-5);
  }
}

TEST(Encoder, CutsTextsAtItsLimit) {
  const std::string file = converted(TinyModel());  // 16 positions, two for [CLS] and [SEP]
  std::string text;
  for (int i = 0; i < 14; i++) text += "cat ";
  EXPECT_EQ(encoded(file, text), encoded(file, text + "mat the sat"));
  EXPECT_NE(encoded(file, text), encoded(file, text.substr(4)));
}

TEST(Encoder, TellsItsFacts) {
  const TestFile file(converted(TinyModel()), "tiny-v1.5.sluice");
  const auto encoder = Encoder::open(file.path());
  ASSERT_TRUE(encoder);
  EXPECT_EQ((*encoder)->name(), "tiny-v1.5");
  EXPECT_EQ((*encoder)->dimensions(), testing::tiny_hidden);
  EXPECT_EQ((*encoder)->layers(), testing::tiny_layers);
  EXPECT_EQ((*encoder)->max_tokens(), testing::tiny_positions);
  EXPECT_EQ((*encoder)->count_tokens("the cats"), 3u);
  EXPECT_TRUE((*encoder)->has_unknown("the zebra"));
  const auto pieces = (*encoder)->pieces("cats zebra", 10);
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[1].text, "##s");
  EXPECT_TRUE(pieces[1].known);
  EXPECT_FALSE(pieces[2].known);
}

TEST(Encoder, TheSpaceIsThatOfTheContent) {
  const auto space_of = [](const std::string& bytes, const std::string& name) {
    const TestFile file(bytes, name);
    return (*Encoder::open(file.path()))->space();
  };
  const std::string one = converted(TinyModel(1));
  EXPECT_EQ(space_of(one, "a.sluice"), space_of(converted(TinyModel(1)), "b.sluice"));
  EXPECT_NE(space_of(one, "a.sluice"), space_of(converted(TinyModel(2)), "a.sluice"));
  EXPECT_NE(space_of(one, "a.sluice"), space_of(converted(TinyModel(1), Pooling::cls), "a.sluice"));
}

TEST(Convert, OnnxAndSafetensorsGiveTheSameFile) {
  const TinyModel model;
  EXPECT_EQ(converted(model), converted(model, Pooling::mean, WeightsFormat::onnx));
}

TEST(Convert, SaysWhatIsMissingOrOdd) {
  const std::string tokenizer = TinyModel::tokenizer(), config = TinyModel::config();
  const auto complaint = [&](const TinyModel& model, std::string_view its_config) {
    const std::string weights = model.safetensors();
    const auto bytes = convert({.weights = weights, .tokenizer = tokenizer, .config = its_config});
    return bytes ? "none" : bytes.error().message;
  };
  TinyModel model;
  EXPECT_EQ(complaint(model, R"({"model_type":"roberta","num_attention_heads":4})"),
            "config.json: `model_type` must be \"bert\", not \"roberta\"");
  EXPECT_EQ(complaint(model, R"({"num_attention_heads":7})"),
            "this model cannot be computed: the heads do not divide the hidden size");
  model.tensors.at("encoder.layer.1.output.dense.bias").values[3] = NAN;
  EXPECT_EQ(complaint(model, config), "the weights hold a value that is no finite number");
  model.tensors.erase("encoder.layer.1.attention.self.key.bias");
  EXPECT_EQ(complaint(model, config).substr(0, 60),
            "the weights lack encoder.layer.1.attention.self.key.bias; Sl");
}

TEST(Convert, FilesThatWereCutAreErrors) {
  const TinyModel model;
  const std::string tokenizer = TinyModel::tokenizer(), config = TinyModel::config();
  for (const auto& [format, whole] : {std::pair(WeightsFormat::safetensors, model.safetensors()),
                                      std::pair(WeightsFormat::onnx, model.onnx())}) {
    for (std::size_t size = 0; size < whole.size(); size += size < 4000 ? 1 : 997)
      EXPECT_FALSE(convert({.weights = std::string_view(whole).substr(0, size),
                            .format = format,
                            .tokenizer = tokenizer,
                            .config = config}))
          << size;
  }
}

TEST(ModelFile, AnyChangedByteIsFound) {
  const std::string whole = converted(TinyModel());
  for (std::size_t at = 0; at < whole.size(); at += at < 300 ? 1 : 4099) {
    if (at >= 56 && at < 64) continue;  // the head's reserve
    if (at >= 12 && at < 16) continue;
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    const TestFile file(changed);
    EXPECT_FALSE(Encoder::open(file.path())) << at;
  }
}

TEST(ModelFile, CutAndForeignFilesAreErrorsThatNameTheFile) {
  const std::string whole = converted(TinyModel());
  for (const std::string& bytes :
       {std::string(), whole.substr(0, 40), whole.substr(0, 150), whole.substr(0, whole.size() - 1),
        whole + "x", std::string(5000, 'x')}) {
    const TestFile file(bytes);
    const auto encoder = Encoder::open(file.path());
    ASSERT_FALSE(encoder) << bytes.size();
    EXPECT_TRUE(encoder.error().message.starts_with(file.path())) << encoder.error().message;
  }
  EXPECT_FALSE(Encoder::open("/nonexistent/x.sluice"));
  EXPECT_FALSE(Encoder::open("/tmp"));
}

TEST(ModelFile, AShapeThatLiesIsRefusedOrHarmless) {
  const std::string whole = converted(TinyModel());
  Shape shape;
  std::memcpy(&shape, whole.data() + head_bytes, sizeof shape);
  for (std::uint32_t Shape::* member :
       {&Shape::layers, &Shape::hidden, &Shape::heads, &Shape::intermediate, &Shape::vocabulary,
        &Shape::vocabulary_bytes, &Shape::written_out, &Shape::positions, &Shape::max_tokens,
        &Shape::cls, &Shape::unknown}) {
    for (const std::uint32_t value : {0u, 1u, 1000u, 0xffff'ffffu}) {
      Shape other = shape;
      other.*member = value;
      std::string bytes = whole;
      seal(bytes, other);
      const TestFile file(bytes);
      const auto encoder = Encoder::open(file.path());
      EXPECT_TRUE(!encoder || value < 2) << value;
      if (!encoder) continue;
      std::vector<float> vector(static_cast<std::size_t>((*encoder)->dimensions()));
      (*encoder)->encode("the cats sat on the mat", vector);
    }
  }
}

}  // namespace
}  // namespace sluice::embed
