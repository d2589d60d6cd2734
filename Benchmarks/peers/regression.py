"""What is measured of the solution of a least-squares problem, whoever solved it."""

import numpy as np


def accuracy(matrix: np.ndarray, target: np.ndarray, solution: np.ndarray) -> dict[str, float]:
    """‖b − A x‖, and ‖Aᵀ(b − A x)‖ relative to ‖Aᵀb‖."""
    residual = target - matrix @ solution
    return {
        "residualNorm": float(np.linalg.norm(residual)),
        "normalResidual": float(
            np.linalg.norm(matrix.T @ residual) / np.linalg.norm(matrix.T @ target)
        ),
    }
