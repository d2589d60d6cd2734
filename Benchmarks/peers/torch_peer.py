"""Exact Gauss-Newton training of the two-layer ReLU network in PyTorch.

K = (X Xᵀ) ∘ (B Bᵀ) / m with B the activation mask. Counts below 2²⁴ are exact in single precision, so B Bᵀ
is; everything else is double. Neurons are worked on in tiles that stay in cache. PyTorch has no symmetric
product: of B Bᵀ, blocks of rows are computed up to the diagonal.
"""

import os
import time
from itertools import pairwise
from math import sqrt

import torch

from peer import Arrays, Measurement, Options, Run, serve

TILE_ELEMENTS = 1 << 20
ROW_BLOCKS = 4


class Training:
    """One network with the buffers that its training needs."""

    def __init__(self, arrays: Arrays, options: Options) -> None:
        self.features = torch.from_numpy(arrays["X"])
        self.targets = torch.from_numpy(arrays["y"])
        self.initial = torch.from_numpy(arrays["W0"])
        self.scaled_signs = torch.from_numpy(arrays["a"]) / sqrt(len(arrays["a"]))
        self.tolerance: float = options["tolerance"]
        self.limit: int = options["maximumIterations"]

        samples, (width, dimension) = len(self.features), self.initial.shape
        tile = max(64, TILE_ELEMENTS // samples)
        self.tiles = [slice(i, min(width, i + tile)) for i in range(0, width, tile)]
        self.mask = [torch.empty(samples, t.stop - t.start) for t in self.tiles]
        self.scratch = torch.empty(samples * tile, dtype=torch.float64)
        self.weights = torch.empty_like(self.initial)
        self.update = torch.empty(tile, dimension, dtype=torch.float64)
        self.counts = torch.empty(samples, samples)
        bounds = [samples * i // ROW_BLOCKS for i in range(ROW_BLOCKS + 1)]
        self.blocks = [(slice(low, high), slice(high)) for low, high in pairwise(bounds)]

    @torch.inference_mode()
    def run(self) -> Measurement:
        """Trains from the initial weights."""
        start = time.perf_counter()
        self.weights.copy_(self.initial)
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

    def forward(self) -> torch.Tensor:
        """f(W) − y; fills the mask."""
        residual = -self.targets
        for tile, mask in zip(self.tiles, self.mask):
            activations = self.scratch[: mask.numel()].view(mask.shape)
            torch.mm(self.features, self.weights[tile].T, out=activations)
            torch.gt(activations, 0, out=mask)
            activations.relu_()
            residual.addmv_(activations, self.scaled_signs[tile])
        return residual

    def solve(self, kernel: torch.Tensor, residual: torch.Tensor) -> torch.Tensor:
        """K⁻¹ (f − y); Cholesky reads the lower triangle of K alone."""
        self.counts.zero_()
        for mask in self.mask:
            for rows, columns in self.blocks:
                self.counts[rows, columns].addmm_(mask[rows], mask[columns].T)
        factor = torch.linalg.cholesky(kernel * self.counts)
        return torch.cholesky_solve(residual[:, None], factor)[:, 0]

    def step(self, coefficients: torch.Tensor) -> None:
        """W ← W − Jᵀ z."""
        weighted = coefficients[:, None] * self.features
        for tile, mask in zip(self.tiles, self.mask):
            dense = self.scratch[: mask.numel()].view(mask.shape)
            dense.copy_(mask)
            update = self.update[: mask.shape[1]]
            torch.mm(dense.T, weighted, out=update)
            update *= self.scaled_signs[tile, None]
            self.weights[tile] -= update


def prepare_training(arrays: Arrays, options: Options) -> Run:
    return Training(arrays, options).run


def kernels() -> str:
    """PyTorch's BLAS is linked into it, and its kernels are chosen at run time."""
    blas = "MKL" if torch.backends.mkl.is_available() else "BLAS of the build"
    return f"{blas}, {torch.backends.cpu.get_cpu_capability()}"


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)))
    serve(f"PyTorch {torch.__version__}", kernels, {"train": prepare_training})
