#pragma once
// The kernels that this build has. kernel_for() picks one.
#include <span>

#include "embed/kernel.h"

namespace sluice::embed {

extern const Kernel portable_kernel;
#if defined(__x86_64__)
extern const Kernel avx2_kernel;
extern const Kernel avx512_kernel;
#elif defined(__aarch64__)
// Those that this machine can run, the better one last.
std::span<const Kernel* const> neon_kernels();
#endif

}  // namespace sluice::embed
