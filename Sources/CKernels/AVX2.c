// The kernels for x86 with AVX2 and FMA.

#if defined(__x86_64__)

#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "Levels.h"

// All functions from here on, but none of the headers above, may use these instructions.
#pragma clang attribute push(__attribute__((target("avx2,fma,popcnt,bmi"))), apply_to = function)

#include "Template/Common.h"

typedef uint64_t W __attribute__((vector_size(32)));

INLINE W load_words(const uint64_t *p) { return (W)_mm256_loadu_si256((const __m256i *)p); }

INLINE W odd_bits(W a, W b, W c) { return a ^ b ^ c; }

INLINE W majority_bits(W a, W b, W c) { return (a & b) | ((a ^ b) & c); }

// The number of bits in each word, from a table of the counts of 4-bit numbers.
INLINE W word_counts(W words) {
  const __m256i table = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i low = _mm256_and_si256((__m256i)words, nibble);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi16((__m256i)words, 4), nibble);
  const __m256i counts =
      _mm256_add_epi8(_mm256_shuffle_epi8(table, low), _mm256_shuffle_epi8(table, high));
  return (W)_mm256_sad_epu8(counts, _mm256_setzero_si256());
}

#include "Template/CountHarleySeal.h"

#include "Template/BitTile.h"

#define LEVEL(name) APPEND_LEVEL(name)
#define APPEND_LEVEL(name) name##_avx2
#define VECTOR_BYTES 32
#define PANEL_VECTORS 2  // 6 * 2 sums, 2 weights and a broadcast in 16 registers
#define VECTOR_HEADER "VectorAVX2.h"

#include "Template/BothScalars.h"

#pragma clang attribute pop

#endif
