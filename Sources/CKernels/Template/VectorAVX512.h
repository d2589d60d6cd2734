// Partial vectors and bit masks with AVX-512, whose mask registers are activation bits already.

#include "Vector.h"

#if SCALAR_BYTES == 8
typedef __mmask8 K(mask);
#define AVX512(operation) _mm512_##operation##_pd
#define POSITIVE(value) _mm512_cmp_pd_mask(value, _mm512_setzero_pd(), _CMP_GT_OQ)
#else
typedef __mmask16 K(mask);
#define AVX512(operation) _mm512_##operation##_ps
#define POSITIVE(value) _mm512_cmp_ps_mask(value, _mm512_setzero_ps(), _CMP_GT_OQ)
#endif

// The first `count` < LANES values at p, zeros after them.
INLINE V K(load_partial)(const T *p, long count) {
  return (V)AVX512(maskz_loadu)((K(mask))((1u << count) - 1), p);
}

INLINE void K(store_partial)(T *p, V value, long count) {
  AVX512(mask_storeu)(p, (K(mask))((1u << count) - 1), value);
}

// max(value, 0), in the form that lets NaN through: a diverging network should look like one.
INLINE V K(rectify)(V value) { return (V)AVX512(max)((V){0}, value); }

// Bit v * LANES + l of the answer is [values[v][l] > 0].
INLINE uint64_t K(positive_bits)(const V values[PANEL_VECTORS]) {
  uint64_t bits = 0;
  UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
    bits |= (uint64_t)POSITIVE(values[v]) << (v * LANES);
  }
  return bits;
}

// The lanes of value, the v-th vector of a panel, whose bit v * LANES + l is set; zero elsewhere.
INLINE V K(keep)(V value, uint64_t bits, long v) {
  return (V)AVX512(maskz_mov)((K(mask))(bits >> (v * LANES)), value);
}

#undef AVX512
#undef POSITIVE
