// Vectors of the scalar T, VECTOR_BYTES long, and what every level can do with them portably.
// Included once per level and scalar; K(name) appends the scalar's name. The level's masks follow
// in VectorPortable.h, VectorAVX2.h or VectorAVX512.h.

#define V K(vector)
#define LANES (VECTOR_BYTES / SCALAR_BYTES)

typedef T V __attribute__((vector_size(VECTOR_BYTES), may_alias));

// The same at any address: users' arrays are aligned to their elements only.
typedef T K(loose_vector)
    __attribute__((vector_size(VECTOR_BYTES), aligned(SCALAR_BYTES), may_alias));

INLINE V K(load)(const T *p) { return *(const K(loose_vector) *)p; }

INLINE void K(store)(T *p, V value) { *(K(loose_vector) *)p = value; }

INLINE V K(splat)(T value) { return value - (V){0}; }

// Adds the lanes in a fixed order.
INLINE T K(lane_sum)(V value) {
  T sum = value[0];
  UNROLL for (long l = 1; l < LANES; l++) sum += value[l];
  return sum;
}

// a[0] b[0] a[1] b[1] ... : the lower and the upper half of this sequence.
#if LANES == 2
#define INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 2)
#define INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 1, 3)
#elif LANES == 4
#define INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#elif LANES == 8
#define INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define INTERLEAVE_LOW(a, b)                                                                       \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define INTERLEAVE_HIGH(a, b)                                                                      \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#endif
