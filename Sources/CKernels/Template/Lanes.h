// Filling blocks of sketch input, and their Khatri-Rao products and random signs.

static void K(transpose_into_lanes)(
    const T *source, long source_stride, long count, T *block, long rows, long lanes) {
  K(transpose)(source, source_stride, count, rows, 1, block, lanes, lanes);
}

static void K(copy_into_lanes)(
    const T *source, long source_stride, long count, T *block, long rows, long lanes) {
  const long whole = count / LANES * LANES;
  for (long q = 0; q < rows; q++) {
    const T *from = source + q * source_stride;
    T *to = block + q * lanes;
    for (long i = 0; i < whole; i += LANES) K(store)(to + i, K(load)(from + i));
    if (whole == lanes) continue;
    K(store)(to + whole, K(load_partial)(from + whole, count - whole));
    for (long i = whole + LANES; i < lanes; i += LANES) K(store)(to + i, (V){0});
  }
}

static void K(khatri_rao)(
    const T *left, long left_rows, const T *right, long right_rows, T *block, long lanes) {
  for (long a = 0; a < left_rows; a++) {
    for (long b = 0; b < right_rows; b++) {
      for (long i = 0; i < lanes; i += LANES) {
        K(store)(block + i, K(load)(left + i) * K(load)(right + b * lanes + i));
      }
      block += lanes;
    }
    left += lanes;
  }
}

static void K(flip_signs)(
    T *block, long rows, long lanes, const uint64_t *sign_bits, uint64_t first_bit) {
  static const T signs[2] = {1, -1};
  for (long q = 0; q < rows; q++) {
    const uint64_t bit = first_bit + (uint64_t)q;
    const V sign = K(splat)(signs[sign_bits[bit / 64] >> (bit % 64) & 1]);
    for (long i = 0; i < lanes; i += LANES) K(store)(block + i, sign * K(load)(block + i));
    block += lanes;
  }
}
