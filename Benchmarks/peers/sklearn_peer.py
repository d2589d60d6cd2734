"""Least squares with scikit-learn: `Ridge` by Cholesky factorization of the normal equations, no penalty."""

import time

import sklearn
from sklearn.linear_model import Ridge

from peer import Arrays, Measurement, Options, Run, blas_kernels, serve
from regression import accuracy


def prepare_ridge(arrays: Arrays, options: Options) -> Run:
    matrix, target = arrays["A"], arrays["b"]

    def run() -> Measurement:
        model = Ridge(alpha=0, fit_intercept=False, solver="cholesky", copy_X=False)
        start = time.perf_counter()
        model.fit(matrix, target)
        seconds = time.perf_counter() - start
        return Measurement(seconds, metrics=accuracy(matrix, target, model.coef_))

    return run


if __name__ == "__main__":
    serve(f"scikit-learn {sklearn.__version__}", blas_kernels, {"ridge": prepare_ridge})
