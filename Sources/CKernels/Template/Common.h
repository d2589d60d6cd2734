// Words that all templates use.

#ifndef OPTIMKIT_COMMON_H
#define OPTIMKIT_COMMON_H

#include <stdbool.h>
#include <string.h>

#include "../Levels.h"

// Kernels take block shapes as arguments that are constant after inlining, and keep small arrays of
// vectors in registers once their loops are unrolled.
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE long at_most(long value, long limit) { return value < limit ? value : limit; }

INLINE long quotient_up(long value, long divisor) { return (value + divisor - 1) / divisor; }

// The next block's size when `remaining` things go into as few blocks of at most `limit` as
// possible, all nearly the same size.
INLINE long balanced_block(long remaining, long limit) {
  return quotient_up(remaining, quotient_up(remaining, limit));
}

#endif
