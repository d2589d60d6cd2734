// The weighted bit Gram matrix from its tiles of counts.

BIT_GRAM_LINKAGE void BIT_GRAM(
    const uint64_t *bits, long n, long words, const uint64_t *negative, const T *inner, T scale,
    long first_row, long last_row, T *result, long row_stride, long column_stride) {
  int64_t counts[BIT_TILE][BIT_TILE];
  for (long i0 = first_row; i0 < last_row; i0 += BIT_TILE) {
    const long i1 = at_most(i0 + BIT_TILE, last_row);
    for (long j0 = 0; j0 < i1; j0 += BIT_TILE) {
      const long j1 = at_most(j0 + BIT_TILE, i1);
      count_tile(bits, words, negative, i0, i1, j0, j1, counts);
      for (long i = i0; i < i1; i++) {
        for (long j = j0; j < at_most(j1, i + 1); j++) {
          result[i * row_stride + j * column_stride] =
              scale * inner[i * n + j] * (T)counts[i - i0][j - j0];
        }
      }
    }
  }
}
