"""Exact Gauss-Newton training of the two-layer ReLU network in NumPy, with SciPy's BLAS and LAPACK.

K = (X Xᵀ) ∘ (B Bᵀ) / m with B the activation mask. Counts below 2²⁴ are exact in single precision, so B Bᵀ
is; everything else is double. Neurons are worked on in tiles that stay in cache.
"""

import time
from math import sqrt

import numpy as np
import scipy
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.blas import ssyrk

from peer import Arrays, Measurement, Options, Run, blas_kernels, serve

TILE_ELEMENTS = 1 << 20


class Training:
    """One network with the buffers that its training needs."""

    def __init__(self, arrays: Arrays, options: Options) -> None:
        self.features: np.ndarray = arrays["X"]
        self.targets: np.ndarray = arrays["y"]
        self.initial: np.ndarray = arrays["W0"]
        self.scaled_signs: np.ndarray = arrays["a"] / sqrt(len(arrays["a"]))
        self.tolerance: float = options["tolerance"]
        self.limit: int = options["maximumIterations"]

        samples, (width, dimension) = len(self.features), self.initial.shape
        tile = max(64, TILE_ELEMENTS // samples)
        self.tiles = [slice(i, min(width, i + tile)) for i in range(0, width, tile)]
        self.mask = [np.empty((samples, t.stop - t.start), np.float32) for t in self.tiles]
        self.scratch = np.empty(samples * tile)
        self.weights = np.empty_like(self.initial)
        self.update = np.empty((tile, dimension))
        self.counts = np.empty((samples, samples), np.float32, order="F")

    def run(self) -> Measurement:
        """Trains from the initial weights."""
        start = time.perf_counter()
        self.weights[:] = self.initial
        kernel = self.features @ self.features.T
        kernel /= len(self.initial)
        losses: list[float] = []
        while True:
            residual = self.forward()
            losses.append(0.5 * float(residual @ residual))
            if losses[-1] <= self.tolerance * losses[0] or len(losses) > self.limit:
                break
            self.step(self.solve(kernel, residual))
        return Measurement(time.perf_counter() - start, losses)

    def forward(self) -> np.ndarray:
        """f(W) − y; fills the mask."""
        residual = -self.targets
        for tile, mask in zip(self.tiles, self.mask):
            activations = self.scratch[: mask.size].reshape(mask.shape)
            np.matmul(self.features, self.weights[tile].T, out=activations)
            np.greater(activations, 0, out=mask)
            np.maximum(activations, 0, out=activations)
            residual += activations @ self.scaled_signs[tile]
        return residual

    def solve(self, kernel: np.ndarray, residual: np.ndarray) -> np.ndarray:
        """K⁻¹ (f − y)."""
        self.counts.fill(0)
        for mask in self.mask:
            ssyrk(1, mask.T, 1, self.counts, trans=1, lower=1, overwrite_c=1)
        gram = np.multiply(self.counts, kernel, order="F")
        factor = cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
        return cho_solve(factor, residual, check_finite=False)

    def step(self, coefficients: np.ndarray) -> None:
        """W ← W − Jᵀ z."""
        weighted = coefficients[:, None] * self.features
        for tile, mask in zip(self.tiles, self.mask):
            dense = self.scratch[: mask.size].reshape(mask.shape)
            dense[:] = mask
            update = self.update[: mask.shape[1]]
            np.matmul(dense.T, weighted, out=update)
            update *= self.scaled_signs[tile, None]
            self.weights[tile] -= update


def prepare_training(arrays: Arrays, options: Options) -> Run:
    return Training(arrays, options).run


if __name__ == "__main__":
    serve(
        f"NumPy {np.__version__}, SciPy {scipy.__version__}",
        blas_kernels,
        {"train": prepare_training},
    )
