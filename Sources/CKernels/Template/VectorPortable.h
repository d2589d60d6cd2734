// Partial vectors and bit masks without intrinsics; with a compiler's help they are a few
// instructions each on any processor.

#include "Vector.h"

#if SCALAR_BYTES == 8
typedef int64_t K(lane_int);
#else
typedef int32_t K(lane_int);
#endif
typedef K(lane_int) K(mask_vector) __attribute__((vector_size(VECTOR_BYTES)));

// The first `count` < LANES values at p, zeros after them.
INLINE V K(load_partial)(const T *p, long count) {
  T values[LANES] = {0};
  for (long l = 0; l < count; l++) values[l] = p[l];
  return K(load)(values);
}

INLINE void K(store_partial)(T *p, V value, long count) {
  T values[LANES];
  K(store)(values, value);
  for (long l = 0; l < count; l++) p[l] = values[l];
}

// Lane l holds the bit of neuron first + l. Panels have at most 32 neurons at this level, so a lane
// is wide enough.
INLINE K(mask_vector) K(lane_bits)(long first) {
  K(mask_vector) bits;
  UNROLL for (long l = 0; l < LANES; l++) bits[l] = (K(lane_int))((uint64_t)1 << (first + l));
  return bits;
}

// max(value, 0), in the form that lets NaN through: a diverging network should look like one.
INLINE V K(rectify)(V value) {
  const K(mask_vector) negative = (V){0} > value;
  return (V)((K(mask_vector))value & ~negative);
}

// Bit v * LANES + l of the answer is [values[v][l] > 0].
INLINE uint64_t K(positive_bits)(const V values[PANEL_VECTORS]) {
  K(mask_vector) bits = {0};
  UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
    bits |= (values[v] > (V){0}) & K(lane_bits)(v * LANES);
  }
  uint64_t answer = 0;
  UNROLL for (long l = 0; l < LANES; l++) answer |= (uint64_t)bits[l];
  return answer;
}

// The lanes of value, the v-th vector of a panel, whose bit v * LANES + l is set; zero elsewhere.
INLINE V K(keep)(V value, uint64_t bits, long v) {
  const K(mask_vector) lane_bits = K(lane_bits)(v * LANES);
  const K(mask_vector) all = (K(lane_int))bits - (K(mask_vector)){0};
  return (V)((K(mask_vector))value & ((all & lane_bits) == lane_bits));
}
