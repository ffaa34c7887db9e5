#include "base/cpu.h"

namespace sluice {

bool cpu_has(CpuLevel level) {
  switch (level) {
    case CpuLevel::portable: return true;
#if defined(__aarch64__)
    case CpuLevel::neon: return true;
#elif defined(__x86_64__)
    case CpuLevel::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("f16c");
    case CpuLevel::avx512:
      return cpu_has(CpuLevel::avx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni") &&
             __builtin_cpu_supports("avx512vpopcntdq");
#endif
    default: return false;
  }
}

CpuLevel cpu_level() {
  for (const CpuLevel level : {CpuLevel::avx512, CpuLevel::avx2, CpuLevel::neon})
    if (cpu_has(level)) return level;
  return CpuLevel::portable;
}

std::string_view cpu_level_name(CpuLevel level) {
  switch (level) {
    case CpuLevel::portable: return "portable";
    case CpuLevel::neon: return "neon";
    case CpuLevel::avx2: return "avx2";
    case CpuLevel::avx512: return "avx512";
  }
  return "";
}

}  // namespace sluice
