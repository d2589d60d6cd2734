// The kernels for any processor: 16-byte vectors, which are NEON on ARM and SSE2 on x86.

#include "Template/Common.h"

typedef uint64_t W __attribute__((vector_size(16)));
typedef uint64_t unaligned_W __attribute__((vector_size(16), aligned(8), may_alias));

INLINE W load_words(const uint64_t *p) { return *(const unaligned_W *)p; }

INLINE W odd_bits(W a, W b, W c) { return a ^ b ^ c; }

INLINE W majority_bits(W a, W b, W c) { return (a & b) | ((a ^ b) & c); }

INLINE W word_counts(W words) {
  return (W){(uint64_t)__builtin_popcountll(words[0]), (uint64_t)__builtin_popcountll(words[1])};
}

#include "Template/CountHarleySeal.h"

#include "Template/BitTile.h"

#define LEVEL(name) APPEND_LEVEL(name)
#define APPEND_LEVEL(name) name##_portable
#define VECTOR_BYTES 16
#define VECTOR_HEADER "VectorPortable.h"
#if defined(__aarch64__)
#define PANEL_VECTORS 4  // 6 * 4 sums, 4 weights and a broadcast in 32 registers
#else
#define PANEL_VECTORS 2  // 6 * 2 sums, 2 weights, a broadcast and a product in 16 registers
#endif

#include "Template/BothScalars.h"

void optimkit_normal_pair(uint64_t first, uint64_t second, double pair[2]) {
  wide cosine, sine;
  box_muller(word_splat(first), word_splat(second), &cosine, &sine);
  pair[0] = cosine[0];
  pair[1] = sine[0];
}
