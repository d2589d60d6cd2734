// Standard normal numbers as values of T: doubles, rounded.

static void K(normal)(uint64_t seed, uint64_t stream, uint64_t first, long count, T *result) {
  double values[NORMAL_CHUNK];
  while (count > 0) {
    const long skipped = (long)(first % 2);
    const long written = at_most(count, NORMAL_CHUNK - skipped);
    normal_pairs(seed, stream, first / 2, quotient_up(skipped + written, 2), values);
    for (long i = 0; i < written; i++) result[i] = (T)values[skipped + i];
    first += (uint64_t)written;
    result += written;
    count -= written;
  }
}
