// OpenBLAS as OptimKit sees it: CBLAS, the LAPACK routines it uses, and the run-time kernel switch.

#ifndef OPTIMKIT_COPENBLAS_SHIM_H
#define OPTIMKIT_COPENBLAS_SHIM_H

#include <cblas.h>
#include <stddef.h>

// LAPACK comes in the same library but without a C header. Fortran passes the length of each character
// argument after the others.
#define OPTIMKIT_DECLARE_LAPACK(P, T)                                                              \
  void P##potrf_(                                                                                  \
      const char *uplo, const blasint *n, T *a, const blasint *lda, blasint *info, size_t);        \
  void P##pocon_(                                                                                  \
      const char *uplo, const blasint *n, const T *a, const blasint *lda, const T *anorm,          \
      T *rcond, T *work, blasint *iwork, blasint *info, size_t);                                   \
  void P##trcon_(                                                                                  \
      const char *norm, const char *uplo, const char *diag, const blasint *n, const T *a,          \
      const blasint *lda, T *rcond, T *work, blasint *iwork, blasint *info, size_t, size_t,        \
      size_t);                                                                                     \
  void P##gelqt3_(                                                                                 \
      const blasint *m, const blasint *n, T *a, const blasint *lda, T *t, const blasint *ldt,      \
      blasint *info);                                                                              \
  void P##geqrt3_(                                                                                 \
      const blasint *m, const blasint *n, T *a, const blasint *lda, T *t, const blasint *ldt,      \
      blasint *info);                                                                              \
  void P##geqrf_(                                                                                  \
      const blasint *m, const blasint *n, T *a, const blasint *lda, T *tau, T *work,               \
      const blasint *lwork, blasint *info);                                                        \
  void P##tpqrt_(                                                                                  \
      const blasint *m, const blasint *n, const blasint *l, const blasint *nb, T *a,               \
      const blasint *lda, T *b, const blasint *ldb, T *t, const blasint *ldt, T *work,             \
      blasint *info);                                                                              \
  void P##larft_(                                                                                  \
      const char *direct, const char *storev, const blasint *n, const blasint *k, const T *v,      \
      const blasint *ldv, const T *tau, T *t, const blasint *ldt, size_t, size_t);                 \
  void P##larfb_(                                                                                  \
      const char *side, const char *trans, const char *direct, const char *storev,                 \
      const blasint *m, const blasint *n, const blasint *k, const T *v, const blasint *ldv,        \
      const T *t, const blasint *ldt, T *c, const blasint *ldc, T *work, const blasint *ldwork,    \
      size_t, size_t, size_t, size_t);                                                             \
  void P##geqp3_(                                                                                  \
      const blasint *m, const blasint *n, T *a, const blasint *lda, blasint *jpvt, T *tau,         \
      T *work, const blasint *lwork, blasint *info);                                               \
  void P##ormlq_(                                                                                  \
      const char *side, const char *trans, const blasint *m, const blasint *n,                     \
      const blasint *k, T *a, const blasint *lda, const T *tau, T *c, const blasint *ldc, T *work, \
      const blasint *lwork, blasint *info, size_t, size_t);                                        \
  void P##ormqr_(                                                                                  \
      const char *side, const char *trans, const blasint *m, const blasint *n,                     \
      const blasint *k, T *a, const blasint *lda, const T *tau, T *c, const blasint *ldc, T *work, \
      const blasint *lwork, blasint *info, size_t, size_t);                                        \
  void P##syevd_(                                                                                  \
      const char *jobz, const char *uplo, const blasint *n, T *a, const blasint *lda, T *w,        \
      T *work, const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info, size_t, \
      size_t);                                                                                     \
  void P##gebrd_(                                                                                  \
      const blasint *m, const blasint *n, T *a, const blasint *lda, T *d, T *e, T *tauq, T *taup,  \
      T *work, const blasint *lwork, blasint *info);                                               \
  void P##ormbr_(                                                                                  \
      const char *vect, const char *side, const char *trans, const blasint *m, const blasint *n,   \
      const blasint *k, T *a, const blasint *lda, const T *tau, T *c, const blasint *ldc, T *work, \
      const blasint *lwork, blasint *info, size_t, size_t, size_t);                                \
  void P##gesdd_(                                                                                  \
      const char *jobz, const blasint *m, const blasint *n, T *a, const blasint *lda, T *s, T *u,  \
      const blasint *ldu, T *vt, const blasint *ldvt, T *work, const blasint *lwork,               \
      blasint *iwork, blasint *info, size_t);

OPTIMKIT_DECLARE_LAPACK(d, double)
OPTIMKIT_DECLARE_LAPACK(s, float)

#undef OPTIMKIT_DECLARE_LAPACK

#if defined(__APPLE__)

/// There a library must have what is linked to it, weakly or not; Homebrew's is younger than its processors.
static inline int optimkit_openblas_reinitialize(void) { return 0; }

#else

// Entry points of builds with run-time kernel selection; other builds lack them.
void gotoblas_dynamic_init(void) __attribute__((weak));
void gotoblas_dynamic_quit(void) __attribute__((weak));

/// Chooses the kernel again, as OPENBLAS_CORETYPE says; 0 where this build has no choice to make.
static inline int optimkit_openblas_reinitialize(void) {
  if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit) return 0;
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  return 1;
}

#endif

#endif
