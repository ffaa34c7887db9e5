#pragma once
// Which vector instructions this machine has. Code with several kernels picks one by it at run
// time; tests run each kernel that the machine can.
#include <string_view>

namespace sluice {

enum class CpuLevel {
  portable,  // plain C++
  neon,      // ARM: NEON
  avx2,      // x86: AVX2, FMA, F16C
  avx512,    // x86: AVX-512 F, BW, DQ, VL, VNNI, VPOPCNTDQ
};

// The best of this machine.
CpuLevel cpu_level();
// Whether this machine runs kernels of that level.
bool cpu_has(CpuLevel level);
std::string_view cpu_level_name(CpuLevel level);

}  // namespace sluice
