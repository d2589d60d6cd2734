// Chooses the kernels for the processor at hand.

#include "Levels.h"

optimkit_level optimkit_supported_level(void) {
#if defined(__x86_64__)
  // These checks cover the operating system's part (saving the wide registers) too.
  __builtin_cpu_init();
  if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi"))) {
    return OPTIMKIT_LEVEL_PORTABLE;
  }
  if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))) {
    return OPTIMKIT_LEVEL_AVX2;
  }
  return __builtin_cpu_supports("avx512vpopcntdq") ? OPTIMKIT_LEVEL_AVX512_POPCNT
                                                   : OPTIMKIT_LEVEL_AVX512;
#else
  return OPTIMKIT_LEVEL_PORTABLE;
#endif
}

const char *optimkit_level_name(optimkit_level level) {
  switch (level) {
    case OPTIMKIT_LEVEL_PORTABLE: return "portable";
    case OPTIMKIT_LEVEL_AVX2: return "avx2";
    case OPTIMKIT_LEVEL_AVX512: return "avx512";
    case OPTIMKIT_LEVEL_AVX512_POPCNT: return "avx512-vpopcntdq";
  }
  return "unknown";
}

static optimkit_level usable_level(optimkit_level wanted) {
  const optimkit_level supported = optimkit_supported_level();
  return wanted < supported ? wanted : supported;
}

#if defined(__x86_64__)
#define DEFINE_TABLE_LOOKUP(T)                                                                     \
  const optimkit_kernels_##T *optimkit_kernel_table_##T(optimkit_level level) {                    \
    switch (usable_level(level)) {                                                                 \
      case OPTIMKIT_LEVEL_AVX512_POPCNT: return &optimkit_kernels_##T##_avx512_popcnt;             \
      case OPTIMKIT_LEVEL_AVX512: return &optimkit_kernels_##T##_avx512;                           \
      case OPTIMKIT_LEVEL_AVX2: return &optimkit_kernels_##T##_avx2;                               \
      case OPTIMKIT_LEVEL_PORTABLE: break;                                                         \
    }                                                                                              \
    return &optimkit_kernels_##T##_portable;                                                       \
  }
#else
#define DEFINE_TABLE_LOOKUP(T)                                                                     \
  const optimkit_kernels_##T *optimkit_kernel_table_##T(optimkit_level level) {                    \
    (void)usable_level(level);                                                                     \
    return &optimkit_kernels_##T##_portable;                                                       \
  }
#endif

DEFINE_TABLE_LOOKUP(double)
DEFINE_TABLE_LOOKUP(float)
