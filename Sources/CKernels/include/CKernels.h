// Kernels with run-time CPU dispatch, for Float and Double.
//
// Every kernel exists once per instruction-set level; `optimkit_kernel_table_double(level)` and
// `optimkit_kernel_table_float(level)` return the table of one level. Kernels are single-threaded and work
// on a range of the problem: callers partition the range, and results never depend on how many
// threads shared the work. No kernel allocates.

#ifndef OPTIMKIT_CKERNELS_H
#define OPTIMKIT_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Instruction-set levels, each a superset of the one before.
typedef enum {
  OPTIMKIT_LEVEL_PORTABLE = 0,
  OPTIMKIT_LEVEL_AVX2 = 1,           // AVX2, FMA, POPCNT, BMI
  OPTIMKIT_LEVEL_AVX512 = 2,         // AVX-512 F, BW, DQ, VL
  OPTIMKIT_LEVEL_AVX512_POPCNT = 3,  // and VPOPCNTDQ
} optimkit_level;

/// The best level that this processor and operating system support.
optimkit_level optimkit_supported_level(void);

/// "portable", "avx2", "avx512" or "avx512-vpopcntdq".
const char *optimkit_level_name(optimkit_level level);

/// Rows of a lane group are this many bytes long: 8 doubles or 16 floats.
#define OPTIMKIT_LANE_BYTES 64

/// A two-layer ReLU network on its samples:
/// f[i][o] = scale * sum_r signs[o][r] * max(0, dot(w_r, x_i)).
typedef struct {
  long samples;       // n
  long features;      // d
  long neurons;       // m
  long outputs;       // k
  long words;         // ceil(m / 64): 64-bit words of activation bits in a row
  const void *x;      // n by d, row-major, of the kernel's scalar type
  const void *signs;  // k by 64 * words, row-major, of the kernel's scalar type, zero beyond m
  double scale;       // 1 / sqrt(m)
} optimkit_relu;

/// Activation functions of networks.
typedef enum {
  OPTIMKIT_RELU = 0,  // max(x, 0)
  OPTIMKIT_TANH = 1,
  OPTIMKIT_GELU = 2,  // x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
  OPTIMKIT_SINE = 3,  // sin(frequency x)
} optimkit_activation;

#define OPTIMKIT_DECLARE_KERNELS(NAME, T)                                                          \
  typedef struct {                                                                                 \
    /* Bytes of 64-byte aligned scratch that one call of any relu_ kernel needs.                */ \
    size_t (*relu_scratch_size)(const optimkit_relu *network);                                     \
                                                                                                   \
    /* Neurons 64 * first_word ..< 64 * last_word: writes their activation bits (bit r % 64 of  */ \
    /* bits[i * words + r / 64] is [dot(w_r, x_i) > 0], zero for r >= m; skipped where bits is  */ \
    /* NULL) and overwrites partial (n by k, row-major) with their share of the outputs.        */ \
    /* weights is the whole m by d matrix, row-major.                                           */ \
    void (*relu_forward)(                                                                          \
        const optimkit_relu *network, const T *weights, long first_word, long last_word,           \
        uint64_t *bits, T *partial, void *scratch);                                                \
                                                                                                   \
    /* partial[i][o] = scale * sum over these neurons of signs[o][r] bit_ir dot(v_r, x_i).      */ \
    void (*relu_product)(                                                                          \
        const optimkit_relu *network, const T *v, const uint64_t *bits, long first_word,           \
        long last_word, T *partial, void *scratch);                                                \
                                                                                                   \
    /* result[r] (row r of m by d) = scale * sum_i bit_ir (sum_o signs[o][r] u[i][o]) x_i for   */ \
    /* these neurons; other rows are left alone.                                                */ \
    void (*relu_transposed_product)(                                                               \
        const optimkit_relu *network, const T *u, const uint64_t *bits, long first_word,           \
        long last_word, T *result, void *scratch);                                                 \
                                                                                                   \
    /* partial = (product after transposed product) of u over these neurons, without the m by d */ \
    /* intermediate ever leaving the cache.                                                     */ \
    void (*relu_gram_product)(                                                                     \
        const optimkit_relu *network, const T *u, const uint64_t *bits, long first_word,           \
        long last_word, T *partial, void *scratch);                                                \
                                                                                                   \
    /* Rows of the Jacobian's left Kronecker factors in lanes: with i = (first_row + lane) / k   */ \
    /* and o = (first_row + lane) % k,                                                          */ \
    /*   block[q][lane] = scale * bit_ir * signs[o][r], r = first_neuron + q, for lane < count, */ \
    /* and zero for count <= lane < lanes. Bit r % 64 of negative[o * words + r / 64] is        */ \
    /* [signs[o][r] < 0]. Block and lanes are as below.                                         */ \
    void (*relu_left_factors)(                                                                     \
        const optimkit_relu *network, const uint64_t *bits, const uint64_t *negative,              \
        long first_row, long count, long first_neuron, T *block, long rows, long lanes);           \
                                                                                                   \
    /* Weighted bit Gram, lower triangle, rows first_row ..< last_row of n: for j <= i          */ \
    /*   result[i * row_stride + j * column_stride] = scale * inner[i * n + j] * count(i, j)    */ \
    /* with count = popcount(bits_i & bits_j), or, where negative is not NULL,                  */ \
    /* popcount(bits_i & bits_j & ~negative) - popcount(bits_i & bits_j & negative).            */ \
    void (*bit_gram)(                                                                              \
        const uint64_t *bits, long n, long words, const uint64_t *negative, const T *inner,        \
        T scale, long first_row, long last_row, T *result, long row_stride, long column_stride);   \
                                                                                                   \
    /* Blocks of sketch input: `rows` rows of `lanes` values, row-major; lanes is a multiple of */ \
    /* OPTIMKIT_LANE_BYTES / sizeof(T), and the block is 64-byte aligned.                       */ \
                                                                                                   \
    /* block[q][i] = source[i * source_stride + q] for i < count, zero for count <= i < lanes.  */ \
    void (*transpose_into_lanes)(                                                                  \
        const T *source, long source_stride, long count, T *block, long rows, long lanes);         \
                                                                                                   \
    /* block[q][i] = source[q * source_stride + i] for i < count, zero for count <= i < lanes.  */ \
    void (*copy_into_lanes)(                                                                       \
        const T *source, long source_stride, long count, T *block, long rows, long lanes);         \
                                                                                                   \
    /* block[a * right_rows + b][i] = left[a][i] * right[b][i].                                 */ \
    void (*khatri_rao)(                                                                            \
        const T *left, long left_rows, const T *right, long right_rows, T *block, long lanes);     \
                                                                                                   \
    /* Multiplies row q by -1 where bit (first_bit + q) of sign_bits is set.                    */ \
    void (*flip_signs)(                                                                            \
        T *block, long rows, long lanes, const uint64_t *sign_bits, uint64_t first_bit);           \
                                                                                                   \
    /* Unnormalised Walsh-Hadamard transform along the 2^log2_rows rows, in place, natural      */ \
    /* (Sylvester) order.                                                                       */ \
    void (*hadamard)(T *block, long log2_rows, long lanes);                                        \
                                                                                                   \
    /* sum[t] += scale * (-1)^parity(hi & block_index) * block[lo] for t < count, where         */ \
    /* lo = low log2_rows bits of sampled[t] and hi the rest: block number block_index's share  */ \
    /* of the sampled rows of a Hadamard transform longer than a block.                         */ \
    void (*hadamard_gather)(                                                                       \
        T *sum, const uint64_t *sampled, long count, long lanes, const T *block, long log2_rows,   \
        uint64_t block_index, T scale);                                                            \
                                                                                                   \
    /* For each block row q and each of its nonzeros entries[q * nonzeros + t] = 2 * row + bit: */ \
    /* sum[row] += (bit ? -scale : scale) * block[q].                                           */ \
    void (*sparse_sign)(                                                                           \
        T *sum, long lanes, const T *block, long rows, const uint32_t *entries, long nonzeros,     \
        T scale);                                                                                  \
                                                                                                   \
    /* Elements first ..< first + count of a sequence of independent standard normal numbers:   */ \
    /* 2 p and 2 p + 1 come from the block of Philox4x32-10 with key `seed` and counter         */ \
    /* (p, stream), each of 64 bits. All levels give the same bits.                             */ \
    void (*normal)(uint64_t seed, uint64_t stream, uint64_t first, long count, T *result);         \
                                                                                                   \
    /* An activation function of x, and its first three derivatives, each where it is not NULL  */ \
    /* and the one before is not. A result may be x itself. All levels give the same bits.      */ \
    void (*activate)(                                                                              \
        optimkit_activation kind, double frequency, const T *x, long count, T *value, T *first,    \
        T *second, T *third);                                                                      \
  } optimkit_kernels_##NAME;                                                                       \
                                                                                                   \
  /* The kernels of a level; of the best supported one where this build or processor lacks it.  */ \
  const optimkit_kernels_##NAME *optimkit_kernel_table_##NAME(optimkit_level level);

/// The two normal numbers that 128 random bits make: those of the `normal` kernels.
void optimkit_normal_pair(uint64_t first, uint64_t second, double pair[2]);

OPTIMKIT_DECLARE_KERNELS(double, double)
OPTIMKIT_DECLARE_KERNELS(float, float)

#undef OPTIMKIT_DECLARE_KERNELS

#endif
