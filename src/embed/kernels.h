#pragma once
// The kernels that this build has. kernel_for() picks one.
#include "embed/kernel.h"

namespace sluice::embed {

extern const Kernel portable_kernel;
#if defined(__x86_64__)
extern const Kernel avx2_kernel;
extern const Kernel avx512_kernel;
#elif defined(__aarch64__)
const Kernel& neon_kernel();  // with the dot-product instructions where the machine has them
#endif

}  // namespace sluice::embed
