"""Exact Gauss-Newton training of the two-layer ReLU network in JAX, compiled by XLA; and a physics-informed network.

K = (X Xᵀ) ∘ (B Bᵀ) / m with B the activation mask. Counts below 2²⁴ are exact in single precision, so B Bᵀ
is; everything else is double. XLA has no symmetric product: of B Bᵀ, blocks of rows are computed up to the
diagonal.
"""

import time
from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
from jax.scipy.linalg import cho_factor, cho_solve

from peer import Arrays, Measurement, Options, Run, serve
from physics import prepare_physics

jax.config.update("jax_enable_x64", True)

ROW_BLOCKS = 4


@jax.jit
def initial_kernel(features: jax.Array, signs: jax.Array) -> jax.Array:
    """X Xᵀ / m."""
    return features @ features.T / len(signs)


@jax.jit
def forward(
    weights: jax.Array, features: jax.Array, targets: jax.Array, signs: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """The loss, f(W) − y, and the mask."""
    activations = features @ weights.T
    residual = jnp.maximum(activations, 0) @ (signs / jnp.sqrt(len(signs))) - targets
    return 0.5 * residual @ residual, residual, (activations > 0).astype(jnp.float32)


@partial(jax.jit, donate_argnums=0)
def step(
    weights: jax.Array,
    mask: jax.Array,
    residual: jax.Array,
    features: jax.Array,
    signs: jax.Array,
    kernel: jax.Array,
) -> jax.Array:
    """W − Jᵀ K⁻¹ (f − y); Cholesky reads the lower triangle of K alone."""
    counts = jnp.zeros_like(kernel, dtype=jnp.float32)
    bounds = [len(mask) * i // ROW_BLOCKS for i in range(ROW_BLOCKS + 1)]
    for low, high in pairwise(bounds):
        counts = counts.at[low:high, :high].set(mask[low:high] @ mask[:high].T)
    coefficients = cho_solve(cho_factor(kernel * counts, lower=True), residual)
    update = mask.astype(jnp.float64).T @ (coefficients[:, None] * features)
    return weights - (signs / jnp.sqrt(len(signs)))[:, None] * update


def prepare_training(arrays: Arrays, options: Options) -> Run:
    features, targets, signs, initial = (
        jax.device_put(arrays[name]) for name in ("X", "y", "a", "W0")
    )
    tolerance: float = options["tolerance"]
    limit: int = options["maximumIterations"]

    def run() -> Measurement:
        start = time.perf_counter()
        weights = jnp.array(initial, copy=True)
        kernel = initial_kernel(features, signs)
        losses: list[float] = []
        while True:
            loss, residual, mask = forward(weights, features, targets, signs)
            losses.append(float(loss))
            if losses[-1] <= tolerance * losses[0] or len(losses) > limit:
                break
            weights = step(weights, mask, residual, features, signs, kernel)
        return Measurement(time.perf_counter() - start, losses)

    return run


if __name__ == "__main__":
    serve(
        f"JAX {jax.__version__}",
        lambda: "XLA on the processor",
        {"train": prepare_training, "physics": prepare_physics},
    )
