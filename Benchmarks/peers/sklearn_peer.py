"""Linear models with scikit-learn: `Ridge` by Cholesky factorization of the normal equations, no penalty;
`LogisticRegression` and `PoissonRegressor` with any of their solvers."""

import time
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge

from peer import Arrays, Measurement, Options, Run, blas_kernels, serve
from regression import accuracy
from risk import Risk


def prepare_ridge(arrays: Arrays, options: Options) -> Run:
    matrix, target = arrays["A"], arrays["b"]

    def run() -> Measurement:
        model = Ridge(alpha=0, fit_intercept=False, solver="cholesky", copy_X=False)
        start = time.perf_counter()
        model.fit(matrix, target)
        seconds = time.perf_counter() - start
        return Measurement(seconds, metrics=accuracy(matrix, target, model.coef_))

    return run


def prepare_risk(arrays: Arrays, options: Options) -> Run:
    risk = Risk(arrays, options)
    count = len(risk.targets)
    start, intercept = np.zeros(risk.features.shape[1]), 0.0
    norm = np.linalg.norm(risk.gradient(start, intercept))
    largest = np.abs(risk.gradient(start, intercept)).max()
    solver, iterations = options["solver"], options["maximumIterations"]
    # liblinear ends at a norm of the gradient relative to its start, times the share of the rarer class; the others
    # at a largest element of the gradient of the mean loss. Three times below the tolerance leaves the norm below it
    # in nearly all cases.
    positive = np.mean(risk.targets > 0)
    if solver == "liblinear":
        tolerance = options["tolerance"] / min(positive, 1 - positive)
    else:
        tolerance = options["tolerance"] / 3 * largest / count

    def make() -> LogisticRegression | PoissonRegressor:
        # Mean losses take their penalty divided by the number of samples, sums the inverse of it as C.
        if risk.loss == "poisson":
            return PoissonRegressor(
                alpha=risk.ridge / count, fit_intercept=risk.has_intercept, solver=solver,
                max_iter=iterations, tol=tolerance,
            )
        return LogisticRegression(
            C=1 / risk.ridge, fit_intercept=risk.has_intercept, solver=solver,
            max_iter=iterations, tol=tolerance,
        )

    def run() -> Measurement:
        model = make()
        with warnings.catch_warnings():
            # What did not converge shows in its gradient.
            warnings.simplefilter("ignore")
            start = time.perf_counter()
            model.fit(risk.features, risk.targets)
            seconds = time.perf_counter() - start
        weights, intercept = model.coef_.ravel(), float(np.ravel(model.intercept_)[0])
        gradient = np.linalg.norm(risk.gradient(weights, intercept))
        return Measurement(
            seconds,
            metrics={
                "relativeGradient": float(gradient / norm),
                "objective": risk.objective(weights, intercept),
                "iterations": float(np.ravel(model.n_iter_)[0]),
            },
        )

    return run


if __name__ == "__main__":
    serve(
        f"scikit-learn {sklearn.__version__}", blas_kernels,
        {"ridge": prepare_ridge, "risk": prepare_risk},
    )
