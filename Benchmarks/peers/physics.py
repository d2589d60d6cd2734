"""A physics-informed network for −Δu = f in JAX: Gauss-Newton steps by a dense singular value decomposition, with
singular values below 10⁻⁸ of the largest left out, and the best of 31 step lengths 2⁻ᵏ, as in the code of energy natural
gradients (arXiv 2302.13163)."""

import time

import jax
import jax.numpy as jnp

from peer import Arrays, Measurement, Options, Run

CUTOFF = 1e-8
STEPS = 0.5 ** jnp.arange(31)


def network(parameters: jax.Array, width: int, x: jax.Array) -> jax.Array:
    """A hidden tanh layer: its neurons' weights and bias one after the other, then the output's."""
    count = width * (len(x) + 1)
    hidden = parameters[:count].reshape(width, len(x) + 1)
    values = jnp.tanh(hidden[:, :-1] @ x + hidden[:, -1])
    return parameters[count:-1] @ values + parameters[-1]


def laplacian(parameters: jax.Array, width: int, x: jax.Array) -> jax.Array:
    """Δu, by forward mode twice along each coordinate."""

    def u(point: jax.Array) -> jax.Array:
        return network(parameters, width, point)

    def second(direction: jax.Array) -> jax.Array:
        def slope(point: jax.Array) -> jax.Array:
            return jax.jvp(u, (point,), (direction,))[1]

        return jax.jvp(slope, (x,), (direction,))[1]

    return sum(second(direction) for direction in jnp.eye(len(x)))


def prepare_physics(arrays: Arrays, options: Options) -> Run:
    interior, boundary, targets, weights, start, test_points, test_values = (
        jax.device_put(arrays[name])
        for name in ("interior", "boundary", "y", "w", "start", "testPoints", "testValues")
    )
    width = (len(start) - 1) // (interior.shape[1] + 2)
    source, values = targets[: len(interior)], targets[len(interior) :]
    inner, outer = (jnp.sqrt(weights[: len(interior)]), jnp.sqrt(weights[len(interior) :]))

    def inside(parameters: jax.Array, x: jax.Array, f: jax.Array, root: jax.Array) -> jax.Array:
        return root * (-laplacian(parameters, width, x) - f)

    def outside(parameters: jax.Array, x: jax.Array, g: jax.Array, root: jax.Array) -> jax.Array:
        return root * (network(parameters, width, x) - g)

    batch = (None, 0, 0, 0)
    all_inside, all_outside = jax.vmap(inside, batch), jax.vmap(outside, batch)

    def residuals(parameters: jax.Array) -> jax.Array:
        return jnp.concatenate([
            all_inside(parameters, interior, source, inner),
            all_outside(parameters, boundary, values, outer),
        ])  # fmt: skip

    def jacobian(parameters: jax.Array) -> jax.Array:
        return jnp.concatenate([
            jax.vmap(jax.grad(inside), batch)(parameters, interior, source, inner),
            jax.vmap(jax.grad(outside), batch)(parameters, boundary, values, outer),
        ])  # fmt: skip

    def loss(parameters: jax.Array) -> jax.Array:
        residual = residuals(parameters)
        return 0.5 * residual @ residual

    @jax.jit
    def step(parameters: jax.Array) -> tuple[jax.Array, jax.Array]:
        left, singular, right = jnp.linalg.svd(jacobian(parameters), full_matrices=False)
        kept = singular > CUTOFF * singular[0]
        inverse = jnp.where(kept, 1 / jnp.where(kept, singular, 1), 0)
        direction = right.T @ (inverse * (left.T @ residuals(parameters)))
        losses = jax.vmap(lambda length: loss(parameters - length * direction))(STEPS)
        best = jnp.nanargmin(losses)
        return parameters - STEPS[best] * direction, losses[best]

    @jax.jit
    def error(parameters: jax.Array) -> jax.Array:
        found = jax.vmap(lambda x: network(parameters, width, x))(test_points)
        return jnp.linalg.norm(found - test_values) / jnp.linalg.norm(test_values)

    step(start)[1].block_until_ready()
    error(start).block_until_ready()

    def run() -> Measurement:
        parameters = start
        seconds = 0.0
        losses = [float(loss(parameters))]
        reached: dict[str, float] = {}
        least = float("inf")
        for _ in range(options["maximumIterations"]):
            before = time.perf_counter()
            parameters, value = step(parameters)
            losses.append(float(value))
            seconds += time.perf_counter() - before
            found = float(error(parameters))
            least = min(least, found)
            for goal in (1e-6, 1e-7):
                if found <= goal:
                    reached.setdefault(f"seconds{goal:.0e}", seconds)
        metrics = {**reached, "error": float(error(parameters)), "leastError": least, "allSeconds": seconds}
        return Measurement(reached.get("seconds1e-06", seconds), losses, metrics)

    return run
