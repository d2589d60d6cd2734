// Activation functions and their first three derivatives. Included once per level, after Normal.h, by whose rules
// all levels give the same bits.
//
// tanh is that of fdlibm 5.3 on another range: with e = exp(-2|x|), tanh|x| = -expm1(-2|x|) / (1 + e), and
// tanh' = 4 e / (1 + e)^2 keeps its relative accuracy where tanh is almost 1. Errors are below 3 units in the last
// place.

#pragma clang fp contract(off)

typedef struct {
  wide value, first, second, third;
} wide_activation;

INLINE wide wide_magnitude(wide x) { return (wide)((wide_word)x & word_splat(0x7fffffffffffffff)); }

// exp(y) and exp(y) - 1 for -708 <= y <= 0, each to a relative error of about a unit in the last place.
INLINE void wide_exponential(wide y, wide *exponential, wide *less_one) {
  // y = k log 2 + r, |r| <= log(2) / 2; the magic number leaves k in the lowest bits.
  const wide marked = y * 1.44269504088896338700e+00 + 0x1.8p52;
  const wide k = marked - 0x1.8p52;
  const wide high = y - k * 6.93147180369123816490e-01, low = k * 1.90821492927058770002e-10;
  const wide r = high - low, lost = (high - r) - low;
  // The Taylor series up to r^13 / 13!: a relative error of 2e-17 in expm1(r). By pairs (Estrin), so that processors
  // need not wait for one term after the other.
  const wide r2 = r * r, r4 = r2 * r2;
  const wide low_terms = (1.0 / 6 + r * (1.0 / 24)) + r2 * (1.0 / 120 + r * (1.0 / 720));
  const wide middle_terms =
      (1.0 / 5040 + r * (1.0 / 40320)) + r2 * (1.0 / 362880 + r * (1.0 / 3628800));
  const wide high_terms = (1.0 / 39916800 + r * (1.0 / 479001600)) + r2 * (1.0 / 6227020800);
  const wide sum = low_terms + r4 * (middle_terms + r4 * high_terms);
  const wide rest = lost + (0.5 * r2 + r2 * r * sum);
  const wide power = (wide)(((wide_word)marked + 1023) << 52);
  *exponential = power + power * (r + rest);
  // What the larger sum loses is added to the smaller one.
  const wide first = power - 1.0, second = power * r, both = first + second;
  *less_one = both + ((second - (both - first)) + power * rest);
}

INLINE wide_activation wide_tanh(wide x) {
  const wide size = wide_magnitude(x);
  // Beyond 22, tanh rounds to 1; derivatives go on to 350 and beyond that stay what they are there.
  const wide y = -2.0 * wide_choose((wide_int)(size > 350.0), wide_splat(350.0), size);
  wide e, less;
  wide_exponential(y, &e, &less);
  const wide quotient = wide_magnitude(less / (2.0 + less));
  wide_activation result;
  result.value =
      (wide)((wide_word)quotient | ((wide_word)x & word_splat(0x8000000000000000)));
  const wide sum = 1.0 + e;
  result.first = (4.0 * e) / (sum * sum);
  result.second = -2.0 * result.value * result.first;
  result.third = result.first * (6.0 * result.value * result.value - 2.0);
  return result;
}

// x / 2 (1 + tanh(c (x + a x^3))), Hendrycks and Gimpel, arXiv 1606.08415.
INLINE wide_activation wide_gelu(wide x) {
  const double c = 0.79788456080286535588, a = 0.044715;
  const wide square = x * x;
  const wide_activation t = wide_tanh(c * (x + a * square * x));
  const wide w1 = c * (1.0 + 3.0 * a * square), w2 = 6.0 * a * c * x;
  const double w3 = 6.0 * a * c;
  const wide h1 = t.first * w1;
  const wide h2 = t.second * w1 * w1 + t.first * w2;
  const wide h3 = t.third * w1 * w1 * w1 + 3.0 * t.second * w1 * w2 + t.first * w3;
  wide_activation result;
  result.value = 0.5 * x * (1.0 + t.value);
  result.first = 0.5 * (1.0 + t.value) + 0.5 * x * h1;
  result.second = h1 + 0.5 * x * h2;
  result.third = 1.5 * h2 + 0.5 * x * h3;
  return result;
}

// sin(frequency x) for |frequency x| up to about 1e6, where the quarter turns still come off exactly.
INLINE wide_activation wide_sine(wide x, double frequency) {
  const wide turn = frequency * x;
  const wide marked = turn * 6.36619772367581382433e-01 + 0x1.8p52;
  const wide q = marked - 0x1.8p52;
  // pi / 2 in three parts, the first two of 33 bits (fdlibm's __ieee754_rem_pio2).
  const wide rest = ((turn - q * 1.57079632673412561417e+00) - q * 6.07710050630396597660e-11) -
                    q * 2.02226624879595063154e-21;
  wide cosine, sine;
  wide_cosine_and_sine(rest, (wide_word)marked, &cosine, &sine);
  wide_activation result;
  result.value = sine;
  result.first = frequency * cosine;
  result.second = -(frequency * frequency) * sine;
  result.third = -(frequency * frequency * frequency) * cosine;
  return result;
}

// max(x, 0), with NaN let through.
INLINE wide_activation wide_relu(wide x) {
  const wide_int is_negative = (wide_int)(x < 0.0);
  wide_activation result;
  result.value = wide_choose(is_negative, wide_splat(0), x);
  result.first = wide_choose((wide_int)(x > 0.0), wide_splat(1), wide_splat(0));
  result.second = wide_splat(0);
  result.third = wide_splat(0);
  return result;
}

INLINE wide_activation wide_activate(optimkit_activation kind, double frequency, wide x) {
  switch (kind) {
    case OPTIMKIT_TANH: return wide_tanh(x);
    case OPTIMKIT_GELU: return wide_gelu(x);
    case OPTIMKIT_SINE: return wide_sine(x, frequency);
    case OPTIMKIT_RELU: break;
  }
  return wide_relu(x);
}

#pragma clang fp contract(on)
