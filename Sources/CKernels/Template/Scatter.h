// Sums over a block's rows, picked by a sampled Hadamard transform or scattered by a sparse sign
// matrix.

// sum += factor * row, `lanes` values long; lanes is a constant in the two common cases.
INLINE void K(add_row)(T *sum, T factor, const T *row, long lanes) {
  const V factors = K(splat)(factor);
  for (long i = 0; i < lanes; i += LANES) {
    K(store)(sum + i, K(load)(sum + i) + factors * K(load)(row + i));
  }
}

INLINE void K(gather_rows)(
    T *sum, const uint64_t *sampled, long count, long lanes, const T *block, long log2_rows,
    uint64_t block_index, T scale) {
  const T factors[2] = {scale, -scale};
  const uint64_t low_bits = ((uint64_t)1 << log2_rows) - 1;
  for (long t = 0; t < count; t++) {
    const uint64_t row = sampled[t] & low_bits, high = sampled[t] >> log2_rows;
    const int parity = __builtin_parityll(high & block_index);
    K(add_row)(sum + t * lanes, factors[parity], block + (long)row * lanes, lanes);
  }
}

INLINE void K(scatter_rows)(
    T *sum, long lanes, const T *block, long rows, const uint32_t *entries, long nonzeros,
    T scale) {
  const T factors[2] = {scale, -scale};
  for (long q = 0; q < rows; q++) {
    for (long t = 0; t < nonzeros; t++) {
      const uint32_t entry = entries[q * nonzeros + t];
      K(add_row)(sum + (long)(entry / 2) * lanes, factors[entry % 2], block + q * lanes, lanes);
    }
  }
}

#define ONE_GROUP (OPTIMKIT_LANE_BYTES / SCALAR_BYTES)

static void K(hadamard_gather)(
    T *sum, const uint64_t *sampled, long count, long lanes, const T *block, long log2_rows,
    uint64_t block_index, T scale) {
  if (lanes == ONE_GROUP) {
    K(gather_rows)(sum, sampled, count, ONE_GROUP, block, log2_rows, block_index, scale);
  } else if (lanes == 2 * ONE_GROUP) {
    K(gather_rows)(sum, sampled, count, 2 * ONE_GROUP, block, log2_rows, block_index, scale);
  } else {
    K(gather_rows)(sum, sampled, count, lanes, block, log2_rows, block_index, scale);
  }
}

static void K(sparse_sign)(
    T *sum, long lanes, const T *block, long rows, const uint32_t *entries, long nonzeros,
    T scale) {
  if (lanes == ONE_GROUP) {
    K(scatter_rows)(sum, ONE_GROUP, block, rows, entries, nonzeros, scale);
  } else if (lanes == 2 * ONE_GROUP) {
    K(scatter_rows)(sum, 2 * ONE_GROUP, block, rows, entries, nonzeros, scale);
  } else {
    K(scatter_rows)(sum, lanes, block, rows, entries, nonzeros, scale);
  }
}

#undef ONE_GROUP
