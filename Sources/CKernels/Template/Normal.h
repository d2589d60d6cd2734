// Standard normal numbers: Philox4x32-10 on several counters side by side, and the Box-Muller transform
// with logarithm, sine and cosine of its own. Included once per level, with VECTOR_BYTES set.
//
// Every operation is one that IEEE 754 rounds correctly, in an order that no vector length changes, and none
// are fused: all levels give the same bits.
//
// Sources: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11. Box and
// Muller, Annals of Mathematical Statistics 29 (1958). The polynomials are those of log, sin and cos in Sun
// Microsystems' freely distributable fdlibm 5.3: errors below one unit in the last place.

#pragma clang fp contract(off)

#define WIDE (VECTOR_BYTES / 8)

typedef double wide __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef int64_t wide_int __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef uint64_t wide_word __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef double loose_wide __attribute__((vector_size(VECTOR_BYTES), aligned(8), may_alias));

INLINE wide wide_splat(double value) { return value - (wide){0}; }

INLINE wide_word word_splat(uint64_t value) { return value + (wide_word){0}; }

INLINE wide wide_choose(wide_int mask, wide yes, wide no) {
  return (wide)((mask & (wide_int)yes) | (~mask & (wide_int)no));
}

// The blocks of counters (position, position >> 32, stream, stream >> 32), as two words each.
INLINE void philox_words(
    uint64_t seed, uint64_t stream, wide_word position, wide_word *first, wide_word *second) {
  const uint64_t low = 0xffffffff;
  wide_word x0 = position & low, x1 = position >> 32;
  wide_word x2 = word_splat(stream & low), x3 = word_splat(stream >> 32);
  uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
  UNROLL for (long round = 0; round < 10; round++) {
    // Whatever is above the low half of a word is cut off before it is multiplied.
    const wide_word p0 = (x0 & low) * word_splat(0xD2511F53), p2 = (x2 & low) * word_splat(0xCD9E8D57);
    x0 = (p2 >> 32) ^ x1 ^ word_splat(key0);
    x1 = p2;
    x2 = (p0 >> 32) ^ x3 ^ word_splat(key1);
    x3 = p0;
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  *first = (x0 & low) | x1 << 32;
  *second = (x2 & low) | x3 << 32;
}

// Integers up to 2^53, exactly.
INLINE wide to_floating_point(wide_word value) {
  const wide low = (wide)((value & 0xffffffff) | word_splat(0x4330000000000000)) - 0x1p52;
  const wide high = (wide)(value >> 32 | word_splat(0x4530000000000000)) - 0x1p84;
  return high + low;
}

// The natural logarithm of normal numbers.
INLINE wide wide_log(wide x) {
  // x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2).
  const wide_word shifted = (wide_word)x + word_splat(0x3ff0000000000000 - 0x3fe6a09e667f3bcd);
  const wide k = (wide)(shifted >> 52 | word_splat(0x4330000000000000)) - (0x1p52 + 1023);
  const wide_word mantissa =
      (shifted & word_splat(0x000fffffffffffff)) + word_splat(0x3fe6a09e667f3bcd);
  const wide f = (wide)mantissa - 1.0;
  const wide s = f / (2.0 + f), z = s * s, w = z * z;
  const wide even =
      w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const wide odd =
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 +
                w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const wide half_square = 0.5 * f * f;
  const wide correction = s * (half_square + (even + odd)) + k * 1.90821492927058770002e-10;
  return k * 6.93147180369123816490e-01 - ((half_square - correction) - f);
}

// The cosine and sine of x + q pi / 2 for |x| <= pi / 4 and the q in the lowest bits of `quadrant`.
INLINE void wide_cosine_and_sine(wide x, wide_word quadrant, wide *cosine, wide *sine) {
  const wide z = x * x;
  const wide sine_rest =
      8.33333333332248946124e-03 +
      z * (-1.98412698298579493134e-04 +
           z * (2.75573137070700676789e-06 +
                z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
  const wide s = x + z * x * (-1.66666666666666324348e-01 + z * sine_rest);
  const wide cosine_rest =
      z * (4.16666666666666019037e-02 +
           z * (-1.38888888888741095749e-03 +
                z * (2.48015872894767294178e-05 +
                     z * (-2.75573143513906633035e-07 +
                          z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
  const wide half = 0.5 * z, rounded = 1.0 - half;
  const wide c = rounded + (((1.0 - rounded) - half) + z * cosine_rest);
  const wide_int is_odd = (wide_int)(-(quadrant & 1));
  const wide_word cosine_sign = ((quadrant + 1) & 2) << 62, sine_sign = (quadrant & 2) << 62;
  *cosine = (wide)((wide_word)wide_choose(is_odd, s, c) ^ cosine_sign);
  *sine = (wide)((wide_word)wide_choose(is_odd, c, s) ^ sine_sign);
}

// The cosine and sine of 2 pi t for 0 <= t < 1.
INLINE void wide_turn(wide t, wide *cosine, wide *sine) {
  // The nearest quarter turn, in the lowest bits of a number without a fraction, and the rest, exactly.
  const wide quarters = 4.0 * t, marked = quarters + 0x1.8p52;
  const wide x = (quarters - (marked - 0x1.8p52)) * 1.57079632679489661923;
  wide_cosine_and_sine(x, (wide_word)marked, cosine, sine);
}

INLINE wide wide_square_root(wide x) {
#if WIDE == 8
  return (wide)_mm512_sqrt_pd((__m512d)x);
#elif WIDE == 4
  return (wide)_mm256_sqrt_pd((__m256d)x);
#else
  return (wide){__builtin_sqrt(x[0]), __builtin_sqrt(x[1])};
#endif
}

// Two independent normal numbers from two words each.
INLINE void box_muller(wide_word first, wide_word second, wide *cosine, wide *sine) {
  // The radius takes its uniform value from 0 <.. 1, so that its logarithm is finite.
  const wide uniform = to_floating_point((first >> 11) + 1) * 0x1p-53;
  const wide radius = wide_square_root(-2.0 * wide_log(uniform));
  wide_turn(to_floating_point(second >> 11) * 0x1p-53, cosine, sine);
  *cosine *= radius;
  *sine *= radius;
}

INLINE void store_pairs(double *result, wide first, wide second) {
#if WIDE == 8
  const wide low = __builtin_shufflevector(first, second, 0, 8, 1, 9, 2, 10, 3, 11);
  const wide high = __builtin_shufflevector(first, second, 4, 12, 5, 13, 6, 14, 7, 15);
#elif WIDE == 4
  const wide low = __builtin_shufflevector(first, second, 0, 4, 1, 5);
  const wide high = __builtin_shufflevector(first, second, 2, 6, 3, 7);
#else
  const wide low = __builtin_shufflevector(first, second, 0, 2);
  const wide high = __builtin_shufflevector(first, second, 1, 3);
#endif
  *(loose_wide *)result = low;
  *(loose_wide *)(result + WIDE) = high;
}

enum { NORMAL_CHUNK = 128 };

// Numbers 2 * position and on, NORMAL_CHUNK of them or, to the next whole vector, 2 * pairs.
static void normal_pairs(
    uint64_t seed, uint64_t stream, uint64_t position, long pairs, double values[NORMAL_CHUNK]) {
  wide_word positions;
  for (long l = 0; l < WIDE; l++) positions[l] = position + (uint64_t)l;
  for (long p = 0; p < pairs; p += WIDE) {
    wide_word first, second;
    philox_words(seed, stream, positions, &first, &second);
    wide cosine, sine;
    box_muller(first, second, &cosine, &sine);
    store_pairs(values + 2 * p, cosine, sine);
    positions += (uint64_t)WIDE;
  }
}

#pragma clang fp contract(on)
