// Fast Walsh-Hadamard transform, three butterflies to a pass over the memory.
//
// A butterfly between rows h apart is one between values h * lanes apart in the flat block,
// whatever the number of lanes, so all passes are loops over contiguous runs.

// Transforms 2^log2 runs of `run` values each, at p, p + run, ...; log2 is constant and at most 3.
INLINE void K(hadamard_runs)(T *p, long run, const long log2) {
  const long count = 1l << log2;
  for (long t = 0; t < run; t += LANES) {
    V values[8];
    UNROLL for (long j = 0; j < count; j++) values[j] = K(load)(p + j * run + t);
    UNROLL for (long h = 1; h < count; h *= 2) {
      UNROLL for (long j = 0; j < count; j++) {
        if ((j & h) == 0) {
          const V a = values[j], b = values[j + h];
          values[j] = a + b;
          values[j + h] = a - b;
        }
      }
    }
    UNROLL for (long j = 0; j < count; j++) K(store)(p + j * run + t, values[j]);
  }
}

// One pass over the block: the butterflies between runs of `run` values.
INLINE void K(hadamard_pass)(T *block, long size, long run, const long log2) {
  for (T *p = block; p < block + size; p += run << log2) K(hadamard_runs)(p, run, log2);
}

static void K(hadamard)(T *block, long log2_rows, long lanes) {
  // Larger blocks are split first, down to parts that take all their passes in the L1 cache.
  enum { L1_BYTES = 16 * 1024 };
  const long size = lanes << log2_rows;
  if (log2_rows > 3 && size * SCALAR_BYTES > L1_BYTES) {
    K(hadamard_runs)(block, size / 8, 3);
    for (long j = 0; j < 8; j++) K(hadamard)(block + j * (size / 8), log2_rows - 3, lanes);
    return;
  }
  long run = lanes;
  switch (log2_rows % 3) {
    case 1: K(hadamard_pass)(block, size, run, 1); run *= 2; break;
    case 2: K(hadamard_pass)(block, size, run, 2); run *= 4; break;
    default: break;
  }
  for (; run < size; run *= 8) K(hadamard_pass)(block, size, run, 3);
}
