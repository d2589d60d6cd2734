"""Least squares with SciPy: LAPACK's `gelsd` behind `lstsq`, and the iterations `lsqr` and `lsmr`."""

import time
from collections.abc import Callable

import numpy as np
import scipy
from scipy.linalg import lstsq
from scipy.sparse.linalg import lsmr, lsqr

from peer import Arrays, Measurement, Options, Run, blas_kernels, serve
from regression import accuracy

Solve = Callable[[float], tuple[np.ndarray, int]]


def prepare_lstsq(arrays: Arrays, options: Options) -> Run:
    """`gelsd` overwrites a column-major copy of A, made outside the time."""
    matrix, target = arrays["A"], arrays["b"]

    def run() -> Measurement:
        copy = np.array(matrix, order="F")
        start = time.perf_counter()
        solution = lstsq(copy, target, overwrite_a=True, check_finite=False)[0]
        seconds = time.perf_counter() - start
        return Measurement(seconds, metrics=accuracy(matrix, target, solution))

    return run


def prepare_iterative(method: Callable[..., tuple], limit: str) -> Callable[[Arrays, Options], Run]:
    """LSQR or LSMR, whose limits on iterations have different names."""

    def prepare(arrays: Arrays, options: Options) -> Run:
        def solve(tolerance: float) -> tuple[np.ndarray, int]:
            result = method(
                arrays["A"], arrays["b"], atol=tolerance, btol=0, conlim=0,
                **{limit: options["maximumIterations"]},
            )  # fmt: skip
            return result[0], result[2]

        return iterative(solve, arrays, options)

    return prepare


def iterative(solve: Solve, arrays: Arrays, options: Options) -> Run:
    """Runs with the loosest `atol`, within a factor of 2, that reaches the tolerance.

    `atol` bounds ‖Aᵀr‖ relative to ‖A‖ ‖r‖, by estimates; the tolerance asked for is relative to ‖Aᵀb‖.
    """
    matrix, target = arrays["A"], arrays["b"]
    tolerance: float = options["tolerance"]
    atol = tolerance
    for _ in range(4):
        solution, iterations = solve(atol)
        reached = accuracy(matrix, target, solution)["normalResidual"]
        if tolerance / 2 <= reached <= tolerance or iterations >= options["maximumIterations"]:
            break
        atol *= 0.75 * tolerance / reached

    def run() -> Measurement:
        start = time.perf_counter()
        solution, iterations = solve(atol)
        seconds = time.perf_counter() - start
        metrics = accuracy(matrix, target, solution)
        return Measurement(seconds, metrics={**metrics, "iterations": iterations})

    return run


if __name__ == "__main__":
    serve(
        f"SciPy {scipy.__version__}",
        blas_kernels,
        {
            "lstsq": prepare_lstsq,
            "lsqr": prepare_iterative(lsqr, "iter_lim"),
            "lsmr": prepare_iterative(lsmr, "maxiter"),
        },
    )
