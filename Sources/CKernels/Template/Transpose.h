// Matrix transposition by square tiles that fit the registers.

INLINE V K(load_some)(const T *p, long count) {
  return count == LANES ? K(load)(p) : K(load_partial)(p, count);
}

INLINE void K(store_some)(T *p, V value, long count) {
  if (count == LANES) {
    K(store)(p, value);
  } else {
    K(store_partial)(p, value, count);
  }
}

// Every round moves one bit of the row number into the lane number, and one bit back.
INLINE void K(transpose_registers)(V tile[LANES]) {
  UNROLL for (long round = 1; round < LANES; round *= 2) {
    V next[LANES];
    UNROLL for (long j = 0; j < LANES / 2; j++) {
      next[2 * j] = INTERLEAVE_LOW(tile[j], tile[j + LANES / 2]);
      next[2 * j + 1] = INTERLEAVE_HIGH(tile[j], tile[j + LANES / 2]);
    }
    UNROLL for (long j = 0; j < LANES; j++) tile[j] = next[j];
  }
}

// One tile: `rows` by `columns` values of the source, all at most LANES, become `columns` rows of
// `width` values.
INLINE void K(transpose_tile)(
    const T *source, long source_stride, long rows, long columns, T scale, T *target,
    long target_stride, long width) {
  V tile[LANES];
  UNROLL for (long i = 0; i < LANES; i++) {
    tile[i] = i < rows ? scale * K(load_some)(source + i * source_stride, columns) : (V){0};
  }
  K(transpose_registers)(tile);
  UNROLL for (long q = 0; q < LANES; q++) {
    if (q < columns) K(store_some)(target + q * target_stride, tile[q], width);
  }
}

// target[q * target_stride + i] = scale * source[i * source_stride + q] for q < columns, i < rows,
// and zero for rows <= i < width.
INLINE void K(transpose)(
    const T *source, long source_stride, long rows, long columns, T scale, T *target,
    long target_stride, long width) {
  for (long q = 0; q < columns; q += LANES) {
    for (long i = 0; i < width; i += LANES) {
      // Tiles of zeros only read nothing, and must not even point beyond the source.
      const T *from = source + (i < rows ? i * source_stride + q : 0);
      T *to = target + q * target_stride + i;
      if (q + LANES <= columns && i + LANES <= rows) {
        K(transpose_tile)(from, source_stride, LANES, LANES, scale, to, target_stride, LANES);
      } else {
        K(transpose_tile)(
            from, source_stride, at_most(rows - i, LANES), at_most(columns - q, LANES), scale, to,
            target_stride, at_most(width - i, LANES));
      }
    }
  }
}
