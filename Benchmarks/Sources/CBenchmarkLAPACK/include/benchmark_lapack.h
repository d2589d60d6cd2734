// The LAPACK driver that OptimKit is compared with; it comes in OpenBLAS, without a C header.

#ifndef BENCHMARK_LAPACK_H
#define BENCHMARK_LAPACK_H

#include <stddef.h>

/// Least squares by QR: b ← argmin ‖b − A x‖ in its first n elements, for a column-major A, m × n. Fortran
/// passes the length of the character argument after the others.
void dgels_(
    const char *trans, const int *m, const int *n, const int *nrhs, double *a, const int *lda,
    double *b, const int *ldb, double *work, const int *lwork, int *info, size_t);

#endif
