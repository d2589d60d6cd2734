"""Convex empirical risk of a linear model, and what is measured of a fit, whoever made it."""

import numpy as np
import scipy.sparse

from peer import Arrays, Options


class Risk:
    """Σᵢ ℓ(xᵢᵀw + b, yᵢ) + (λ/2)‖w‖², of dense or sparse features."""

    def __init__(self, arrays: Arrays, options: Options) -> None:
        self.targets = arrays["y"]
        self.loss = options["loss"]
        self.ridge = options["ridge"]
        self.has_intercept = options["hasIntercept"]
        if "X" in arrays:
            self.features = arrays["X"]
        else:
            columns = arrays["columns"].astype(np.int32)
            offsets = arrays["offsets"].astype(np.int32)
            self.features = scipy.sparse.csr_matrix(
                (arrays["values"], columns, offsets),
                shape=(len(offsets) - 1, int(arrays["columnCount"][0])),
            )

    def objective(self, weights: np.ndarray, intercept: float) -> float:
        outputs = self.features @ weights + intercept
        penalty = self.ridge / 2 * float(weights @ weights)
        if self.loss == "poisson":
            # Half the unit deviance.
            present = self.targets > 0
            constant = self.targets[present] * (np.log(self.targets[present]) - 1)
            return float(np.sum(np.exp(outputs) - self.targets * outputs) + constant.sum()) + penalty
        return float(np.sum(np.logaddexp(0, outputs) - self.targets * outputs)) + penalty

    def gradient(self, weights: np.ndarray, intercept: float) -> np.ndarray:
        outputs = self.features @ weights + intercept
        means = np.exp(outputs) if self.loss == "poisson" else 1 / (1 + np.exp(-outputs))
        slopes = means - self.targets
        gradient = self.features.T @ slopes + self.ridge * weights
        return np.append(gradient, slopes.sum()) if self.has_intercept else gradient
