#include "embed/kernel.h"

#include "embed/kernels.h"

namespace sluice::embed {

std::size_t attention_scratch(const Attention& shape) {
  // Keys transposed, values and four rows of scores; widths rounded up for the widest vectors.
  const auto rows = static_cast<std::size_t>(padded(shape.rows));
  const auto size = static_cast<std::size_t>(padded(shape.head_size));
  return rows * size * 2 + rows * 4;
}

const Kernel& kernel_for(CpuLevel level) {
  if (!cpu_has(level)) return portable_kernel;
  switch (level) {
#if defined(__x86_64__)
    case CpuLevel::avx512: return avx512_kernel;
    case CpuLevel::avx2: return avx2_kernel;
#elif defined(__aarch64__)
    case CpuLevel::neon: return *neon_kernels().back();
#endif
    default: return portable_kernel;
  }
}

}  // namespace sluice::embed
