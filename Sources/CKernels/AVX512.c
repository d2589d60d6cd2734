// The kernels for x86 with AVX-512; the tables of the AVX-512 level with VPOPCNTDQ are here too.

#if defined(__x86_64__)

#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "Levels.h"

// All functions from here on, but none of the headers above, may use these instructions.
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx2,fma,popcnt,bmi,avx512f,avx512bw,avx512dq,avx512vl"))),             \
    apply_to = function)

#include "Template/Common.h"

typedef uint64_t W __attribute__((vector_size(64)));

INLINE W load_words(const uint64_t *p) { return (W)_mm512_loadu_si512(p); }

INLINE W odd_bits(W a, W b, W c) {
  return (W)_mm512_ternarylogic_epi64((__m512i)a, (__m512i)b, (__m512i)c, 0x96);
}

INLINE W majority_bits(W a, W b, W c) {
  return (W)_mm512_ternarylogic_epi64((__m512i)a, (__m512i)b, (__m512i)c, 0xe8);
}

// The number of bits in each word, from a table of the counts of 4-bit numbers.
INLINE W word_counts(W words) {
  const __m512i table = _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m512i nibble = _mm512_set1_epi8(15);
  const __m512i low = _mm512_and_si512((__m512i)words, nibble);
  const __m512i high = _mm512_and_si512(_mm512_srli_epi16((__m512i)words, 4), nibble);
  const __m512i counts =
      _mm512_add_epi8(_mm512_shuffle_epi8(table, low), _mm512_shuffle_epi8(table, high));
  return (W)_mm512_sad_epu8(counts, _mm512_setzero_si512());
}

#include "Template/CountHarleySeal.h"

#include "Template/BitTile.h"

#define LEVEL(name) APPEND_LEVEL(name)
#define APPEND_LEVEL(name) name##_avx512
#define VECTOR_BYTES 64
#define PANEL_VECTORS 4  // 6 * 4 sums, 4 weights and a broadcast in 32 registers
#define VECTOR_HEADER "VectorAVX512.h"

#define NEXT_LEVEL(name) APPEND_NEXT_LEVEL(name)
#define APPEND_NEXT_LEVEL(name) name##_avx512_popcnt
#define BIT_GRAM_OF_NEXT_LEVEL NEXT_LEVEL(K(optimkit_bit_gram))

#include "Template/BothScalars.h"

#pragma clang attribute pop

#endif
