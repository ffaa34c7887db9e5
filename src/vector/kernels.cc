#include "vector/kernels.h"

namespace sluice::vector {

const Kernels& kernels_of(CpuLevel level) {
  switch (level) {
    case CpuLevel::portable: return portable_kernels;
#if defined(__x86_64__)
    case CpuLevel::avx2: return avx2_kernels;
    case CpuLevel::avx512: return avx512_kernels;
    case CpuLevel::neon: break;
#elif defined(__aarch64__)
    case CpuLevel::neon: return neon_kernels;
    case CpuLevel::avx2:
    case CpuLevel::avx512: break;
#else
    default: break;
#endif
  }
  return portable_kernels;
}

}  // namespace sluice::vector
