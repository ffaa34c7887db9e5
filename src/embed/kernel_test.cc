#include "embed/kernel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "embed/kernels.h"
#include "embed/quantize.h"

namespace sluice::embed {
namespace {

using Numbers = std::vector<float>;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  Numbers numbers(int count, float scale = 1) {
    std::normal_distribution<float> normal(0, scale);
    Numbers numbers(static_cast<std::size_t>(count));
    for (float& number : numbers) number = normal(engine_);
    return numbers;
  }

 private:
  std::mt19937 engine_;
};

// All that this machine runs, besides the portable one.
std::vector<const Kernel*> kernels() {
  std::vector<const Kernel*> found;
  for (const CpuLevel level : {CpuLevel::avx2, CpuLevel::avx512})
    if (cpu_has(level)) found.push_back(&kernel_for(level));
#if defined(__aarch64__)
  for (const Kernel* kernel : neon_kernels()) found.push_back(kernel);
#endif
  return found;
}

// A matrix and what it stands for.
struct Matrix {
  Matrix(int inputs, int outputs, Random& random)
      : values(static_cast<std::size_t>(inputs * outputs)),
        scales(static_cast<std::size_t>(outputs * groups_of(inputs))),
        sums(scales.size()),
        bias(random.numbers(outputs)),
        weights(random.numbers(inputs * outputs, 0.05f)) {
    packed = {inputs, outputs, values.data(), scales.data(), sums.data(), bias.data()};
    pack();
  }
  std::span<const float> row(int output) const {
    const auto inputs = static_cast<std::size_t>(packed.inputs);
    return std::span(weights).subspan(static_cast<std::size_t>(output) * inputs, inputs);
  }

  void pack() {
    std::ranges::fill(sums, 0.0f);
    for (int output = 0; output < packed.outputs; output++)
      pack_output(row(output), 1, output, {packed.inputs, packed.outputs, values, scales, sums});
  }

  std::vector<std::int8_t> values;
  Numbers scales, sums, bias, weights;
  PackedMatrix packed;
};

Numbers product(const Kernel& kernel, const Numbers& x, int rows, const Matrix& matrix,
                Activation activation) {
  std::vector<std::uint8_t> bytes(x.size());
  Numbers scales(static_cast<std::size_t>(rows * groups_of(matrix.packed.inputs)));
  Numbers zeros(scales.size());
  QuantizedRows quantized{bytes.data(), scales.data(), zeros.data()};
  Numbers out(static_cast<std::size_t>(rows * matrix.packed.outputs));
  kernel.quantize(x.data(), rows, matrix.packed.inputs, quantized);
  kernel.multiply(quantized, rows, matrix.packed, activation, out.data());
  return out;
}

Numbers attended(const Kernel& kernel, const Numbers& qkv, const Attention& shape) {
  Numbers scratch(attention_scratch(shape));
  Numbers out(static_cast<std::size_t>(shape.rows * shape.out_stride));
  kernel.attend(qkv.data(), shape, scratch.data(), out.data());
  return out;
}

TEST(Kernel, ProductIsThatOfFloatsButForTheSizeOfAStep) {
  Random random(1);
  const Matrix matrix(96, 64, random);
  const Numbers x = random.numbers(5 * 96);
  const Numbers y = product(kernel_for(CpuLevel::portable), x, 5, matrix, Activation::none);
  for (int row = 0; row < 5; row++) {
    for (int output = 0; output < 64; output++) {
      double exact = matrix.bias[static_cast<std::size_t>(output)];
      for (int i = 0; i < 96; i++)
        exact += x[static_cast<std::size_t>(row * 96 + i)] *
                 matrix.row(output)[static_cast<std::size_t>(i)];
      EXPECT_NEAR(y[static_cast<std::size_t>(row * 64 + output)], exact, 0.03);
    }
  }
}

TEST(Kernel, ProductsOfAllInstructionSetsAreEqualToTheBit) {
  Random random(2);
  for (const int inputs : {32, 96, 192, 256}) {
    const Matrix matrix(inputs, 96, random);
    for (int rows = 1; rows <= 45; rows++) {
      const Numbers x = random.numbers(rows * inputs, 3);
      for (const Activation activation : {Activation::none, Activation::gelu})
        for (const Kernel* kernel : kernels())
          EXPECT_EQ(product(*kernel, x, rows, matrix, activation),
                    product(kernel_for(CpuLevel::portable), x, rows, matrix, activation))
              << cpu_level_name(kernel->level) << ", " << rows << " rows of " << inputs;
    }
  }
}

TEST(Kernel, TheLargestWeightsAndInputsDoNotOverflow) {
  constexpr int inputs = 1536;
  Random random(3);
  Matrix matrix(inputs, 32, random);
  std::ranges::fill(matrix.weights, -1.0f);
  matrix.pack();
  const Numbers x(inputs, 2.0f);
  for (CpuLevel level : {CpuLevel::portable, cpu_level()})
    EXPECT_NEAR(product(kernel_for(level), x, 1, matrix, Activation::none)[7],
                matrix.bias[7] - 2 * inputs, 0.01);
}

TEST(Kernel, ARowOfZerosGivesTheBias) {
  Random random(4);
  const Matrix matrix(32, 32, random);
  EXPECT_EQ(product(kernel_for(cpu_level()), Numbers(32), 1, matrix, Activation::none),
            matrix.bias);
}

TEST(Kernel, GeluIsTheExactOne) {
  Random random(5);
  Matrix matrix(32, 32, random);
  for (std::size_t i = 0; i < 32; i++) matrix.bias[i] = static_cast<float>(i) * 0.5f - 8;
  const Numbers y = product(kernel_for(cpu_level()), Numbers(32), 1, matrix, Activation::gelu);
  for (std::size_t i = 0; i < 32; i++)
    EXPECT_NEAR(y[i], matrix.bias[i] * 0.5 * std::erfc(-matrix.bias[i] / std::sqrt(2.0)), 2e-4);
}

TEST(Kernel, AttentionIsTheSoftmaxOfScoresOverValues) {
  Random random(6);
  const Attention shape{.rows = 7, .heads = 2, .head_size = 5, .stride = 32, .out_stride = 32};
  const Numbers qkv = random.numbers(7 * 32);
  const Numbers out = attended(kernel_for(CpuLevel::portable), qkv, shape);
  const auto at = [&](int row, int part, int head, int d) {
    return double{qkv[static_cast<std::size_t>(row * 32 + part * 10 + head * 5 + d)]};
  };
  for (int row = 0; row < 7; row++) {
    for (int head = 0; head < 2; head++) {
      double sum = 0, mixed = 0;
      for (int j = 0; j < 7; j++) {
        double score = 0;
        for (int d = 0; d < 5; d++) score += at(row, 0, head, d) * at(j, 1, head, d);
        sum += std::exp(score);
        mixed += std::exp(score) * at(j, 2, head, 3);
      }
      EXPECT_NEAR(out[static_cast<std::size_t>(row * 32 + head * 5 + 3)], mixed / sum, 1e-5);
    }
  }
}

TEST(Kernel, AttentionOfAllInstructionSetsIsEqualToTheBit) {
  Random random(7);
  for (const int rows : {1, 2, 5, 16, 17, 33, 70}) {
    for (const int size : {5, 32, 64}) {
      const Attention shape{
          .rows = rows, .heads = 3, .head_size = size, .stride = 9 * size, .out_stride = 3 * size};
      const Numbers qkv = random.numbers(rows * shape.stride);
      for (const Kernel* kernel : kernels())
        EXPECT_EQ(attended(*kernel, qkv, shape),
                  attended(kernel_for(CpuLevel::portable), qkv, shape))
            << rows << " rows of " << size << ", " << cpu_level_name(kernel->level);
    }
  }
}

TEST(Kernel, NormLeavesThePaddingAlone) {
  Random random(8);
  constexpr int width = 40, rows = 3;
  Numbers scale(64), shift(64);
  std::fill_n(scale.begin(), width, 1.0f);
  const Norm norm{scale.data(), shift.data(), 1e-12f};
  Numbers start(64 * rows);
  for (int row = 0; row < rows; row++)
    std::ranges::copy(random.numbers(width, 4), start.begin() + row * 64);
  for (const CpuLevel level : {CpuLevel::portable, cpu_level()}) {
    Numbers x = start;
    kernel_for(level).add_and_normalize(x.data(), start.data(), rows, width, norm);
    for (int row = 0; row < rows; row++) {
      double sum = 0, squares = 0;
      for (int i = 0; i < width; i++) {
        const double value = x[static_cast<std::size_t>(row * 64 + i)];
        sum += value, squares += value * value;
      }
      EXPECT_NEAR(sum, 0, 1e-4);
      EXPECT_NEAR(squares, width, 1e-3);
      EXPECT_EQ(x[static_cast<std::size_t>(row * 64 + width)], 0);
    }
  }
}

TEST(Kernel, NormsOfAllInstructionSetsAreEqualToTheBit) {
  Random random(9);
  const Numbers scale = random.numbers(384), shift = random.numbers(384);
  const Numbers start = random.numbers(384 * 4), added = random.numbers(384 * 4);
  const Norm norm{scale.data(), shift.data(), 1e-12f};
  Numbers expected = start;
  kernel_for(CpuLevel::portable).add_and_normalize(expected.data(), added.data(), 4, 384, norm);
  for (const Kernel* kernel : kernels()) {
    Numbers x = start;
    kernel->add_and_normalize(x.data(), added.data(), 4, 384, norm);
    EXPECT_EQ(x, expected) << cpu_level_name(kernel->level);
  }
}

}  // namespace
}  // namespace sluice::embed
