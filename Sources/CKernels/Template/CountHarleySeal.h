// Common bits of two rows by the Harley-Seal method: carry-save adders reduce 16 vectors to one
// before any bits are counted. The level provides the vector type W and its operations.

enum { BIT_BLOCK = 1 };

// Bitwise sum of three: *sum becomes the sum's low bits, the answer is its high bits.
INLINE W add_bits(W *sum, W b, W c) {
  const W a = *sum;
  *sum = odd_bits(a, b, c);
  return majority_bits(a, b, c);
}

INLINE int64_t count_common(
    const uint64_t *a, const uint64_t *b, const uint64_t *mask, const int masked, long words) {
  const long step = sizeof(W) / 8;
  W ones = {0}, twos = {0}, fours = {0}, eights = {0}, sixteens = {0}, total = {0};
  long w = 0;
#define NEXT(index)                                                                                \
  (load_words(a + w + (index)*step) & load_words(b + w + (index)*step) &                           \
   (masked ? load_words(mask + w + (index)*step) : ~(W){0}))
  for (; w + 16 * step <= words; w += 16 * step) {
    const W twos_0 = add_bits(&ones, NEXT(0), NEXT(1));
    const W twos_1 = add_bits(&ones, NEXT(2), NEXT(3));
    const W fours_0 = add_bits(&twos, twos_0, twos_1);
    const W twos_2 = add_bits(&ones, NEXT(4), NEXT(5));
    const W twos_3 = add_bits(&ones, NEXT(6), NEXT(7));
    const W fours_1 = add_bits(&twos, twos_2, twos_3);
    const W eights_0 = add_bits(&fours, fours_0, fours_1);
    const W twos_4 = add_bits(&ones, NEXT(8), NEXT(9));
    const W twos_5 = add_bits(&ones, NEXT(10), NEXT(11));
    const W fours_2 = add_bits(&twos, twos_4, twos_5);
    const W twos_6 = add_bits(&ones, NEXT(12), NEXT(13));
    const W twos_7 = add_bits(&ones, NEXT(14), NEXT(15));
    const W fours_3 = add_bits(&twos, twos_6, twos_7);
    const W eights_1 = add_bits(&fours, fours_2, fours_3);
    sixteens += word_counts(add_bits(&eights, eights_0, eights_1));
  }
  if (w > 0) {
    total = 16 * sixteens + 8 * word_counts(eights) + 4 * word_counts(fours) +
            2 * word_counts(twos) + word_counts(ones);
  }
  for (; w + step <= words; w += step) total += word_counts(NEXT(0));
#undef NEXT
  int64_t count = 0;
  for (long l = 0; l < step; l++) count += (int64_t)total[l];
  for (; w < words; w++) {
    count += __builtin_popcountll(a[w] & b[w] & (masked ? mask[w] : ~(uint64_t)0));
  }
  return count;
}

INLINE void count_bits(
    const uint64_t *const *rows, const uint64_t *const *columns, const uint64_t *mask, long words,
    int64_t counts[BIT_BLOCK][BIT_BLOCK]) {
  counts[0][0] = mask ? count_common(rows[0], columns[0], mask, 1, words)
                      : count_common(rows[0], columns[0], mask, 0, words);
}
