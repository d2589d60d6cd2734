// Partial vectors and bit masks with AVX2.

#include "Vector.h"

#if SCALAR_BYTES == 8
#define SET_LANES(value) _mm256_set1_epi64x((long long)(value))
#define LANE_NUMBERS _mm256_setr_epi64x(0, 1, 2, 3)
#define LANE_BITS(v)                                                                               \
  _mm256_setr_epi64x(1ll << 4 * (v), 2ll << 4 * (v), 4ll << 4 * (v), 8ll << 4 * (v))
#define GREATER(a, b) _mm256_cmpgt_epi64(a, b)
#define EQUAL(a, b) _mm256_cmpeq_epi64(a, b)
#define AVX(operation) _mm256_##operation##_pd
#else
#define SET_LANES(value) _mm256_set1_epi32((int)(value))
#define LANE_NUMBERS _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)
#define LANE_BITS(v) _mm256_sllv_epi32(_mm256_set1_epi32(1 << 8 * (v)), LANE_NUMBERS)
#define GREATER(a, b) _mm256_cmpgt_epi32(a, b)
#define EQUAL(a, b) _mm256_cmpeq_epi32(a, b)
#define AVX(operation) _mm256_##operation##_ps
#endif

// The first `count` < LANES values at p, zeros after them.
INLINE V K(load_partial)(const T *p, long count) {
  return (V)AVX(maskload)(p, GREATER(SET_LANES(count), LANE_NUMBERS));
}

INLINE void K(store_partial)(T *p, V value, long count) {
  AVX(maskstore)(p, GREATER(SET_LANES(count), LANE_NUMBERS), value);
}

// max(value, 0), in the form that lets NaN through: a diverging network should look like one.
INLINE V K(rectify)(V value) { return (V)AVX(max)((V){0}, value); }

// Bit v * LANES + l of the answer is [values[v][l] > 0].
INLINE uint64_t K(positive_bits)(const V values[PANEL_VECTORS]) {
  uint64_t bits = 0;
  UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
    const V zero = {0};
    const int mask = AVX(movemask)(AVX(cmp)(values[v], zero, _CMP_GT_OQ));
    bits |= (uint64_t)(unsigned)mask << (v * LANES);
  }
  return bits;
}

// The lanes of value, the v-th vector of a panel, whose bit v * LANES + l is set; zero elsewhere.
INLINE V K(keep)(V value, uint64_t bits, long v) {
  const __m256i lane_bits = LANE_BITS(v);
  const __m256i selected = EQUAL(_mm256_and_si256(SET_LANES(bits), lane_bits), lane_bits);
  return (V)_mm256_and_si256(selected, (__m256i)value);
}

#undef SET_LANES
#undef LANE_NUMBERS
#undef LANE_BITS
#undef GREATER
#undef EQUAL
#undef AVX
