// The bit Gram matrix for x86 with AVX-512 and VPOPCNTDQ.

#if defined(__x86_64__)

#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "Levels.h"

// All functions from here on, but none of the headers above, may use these instructions.
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx2,popcnt,bmi,avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq"))), \
    apply_to = function)

#include "Template/Common.h"

enum { BIT_BLOCK = 4 };

// The 8 words at p that `lanes` selects, zeros for the others.
INLINE __m512i load_words(const uint64_t *p, __mmask8 lanes) {
  return _mm512_maskz_loadu_epi64(lanes, p);
}

INLINE void add_counts(
    __m512i acc[BIT_BLOCK][BIT_BLOCK], const uint64_t *const *rows, const uint64_t *const *columns,
    const uint64_t *mask, const int masked, long word, __mmask8 lanes) {
  __m512i row[BIT_BLOCK];
  UNROLL for (long i = 0; i < BIT_BLOCK; i++) {
    row[i] = load_words(rows[i] + word, lanes);
    if (masked) row[i] = _mm512_and_si512(row[i], load_words(mask + word, lanes));
  }
  UNROLL for (long j = 0; j < BIT_BLOCK; j++) {
    const __m512i column = load_words(columns[j] + word, lanes);
    UNROLL for (long i = 0; i < BIT_BLOCK; i++) {
      const __m512i common = _mm512_and_si512(row[i], column);
      acc[i][j] = _mm512_add_epi64(acc[i][j], _mm512_popcnt_epi64(common));
    }
  }
}

INLINE void count_block(
    const uint64_t *const *rows, const uint64_t *const *columns, const uint64_t *mask,
    const int masked, long words, int64_t counts[BIT_BLOCK][BIT_BLOCK]) {
  __m512i acc[BIT_BLOCK][BIT_BLOCK];
  UNROLL for (long i = 0; i < BIT_BLOCK; i++) {
    UNROLL for (long j = 0; j < BIT_BLOCK; j++) acc[i][j] = _mm512_setzero_si512();
  }
  long w = 0;
  for (; w + 8 <= words; w += 8) add_counts(acc, rows, columns, mask, masked, w, 0xff);
  if (w < words) {
    add_counts(acc, rows, columns, mask, masked, w, (__mmask8)((1u << (words - w)) - 1));
  }
  UNROLL for (long i = 0; i < BIT_BLOCK; i++) {
    UNROLL for (long j = 0; j < BIT_BLOCK; j++) counts[i][j] = _mm512_reduce_add_epi64(acc[i][j]);
  }
}

INLINE void count_bits(
    const uint64_t *const *rows, const uint64_t *const *columns, const uint64_t *mask, long words,
    int64_t counts[BIT_BLOCK][BIT_BLOCK]) {
  if (mask) {
    count_block(rows, columns, mask, 1, words, counts);
  } else {
    count_block(rows, columns, mask, 0, words, counts);
  }
}

#include "Template/BitTile.h"

#define BIT_GRAM_LINKAGE

#define T double
#define BIT_GRAM optimkit_bit_gram_double_avx512_popcnt
#include "Template/BitGram.h"
#undef T
#undef BIT_GRAM

#define T float
#define BIT_GRAM optimkit_bit_gram_float_avx512_popcnt
#include "Template/BitGram.h"
#undef T
#undef BIT_GRAM

#pragma clang attribute pop

#endif
