// The kernel tables of the instruction-set levels, one definition per level source file.

#ifndef OPTIMKIT_LEVELS_H
#define OPTIMKIT_LEVELS_H

#include "CKernels.h"

extern const optimkit_kernels_double optimkit_kernels_double_portable;
extern const optimkit_kernels_float optimkit_kernels_float_portable;

#if defined(__x86_64__)

extern const optimkit_kernels_double optimkit_kernels_double_avx2;
extern const optimkit_kernels_float optimkit_kernels_float_avx2;

extern const optimkit_kernels_double optimkit_kernels_double_avx512;
extern const optimkit_kernels_float optimkit_kernels_float_avx512;

extern const optimkit_kernels_double optimkit_kernels_double_avx512_popcnt;
extern const optimkit_kernels_float optimkit_kernels_float_avx512_popcnt;

// All that AVX512Popcnt.c adds to the AVX-512 level.
void optimkit_bit_gram_double_avx512_popcnt(
    const uint64_t *bits, long n, long words, const uint64_t *negative, const double *inner,
    double scale, long first_row, long last_row, double *result, long row_stride,
    long column_stride);
void optimkit_bit_gram_float_avx512_popcnt(
    const uint64_t *bits, long n, long words, const uint64_t *negative, const float *inner,
    float scale, long first_row, long last_row, float *result, long row_stride,
    long column_stride);

#endif

#endif
