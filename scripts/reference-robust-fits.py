#!/usr/bin/env python3
"""Reference fits with robust losses, by SciPy's least_squares.

Prints parameters and objective of an exponential curve and of a circle, both with outliers, for each loss; the numbers are
in Tests/OptimKitPluginsTests/Optimizers/RobustFitTests.swift, which makes the same data. SciPy knows three of the losses;
the others are given to it as functions. Its fits are polished by a root of the gradient, since its own tolerances end
at about 1e-8. Needs numpy and scipy.
"""
import numpy as np
import scipy
from scipy.optimize import least_squares, root


def geman_mcclure(z):
    q = 1 / (1 + z)
    return np.array([z * q, q**2, -2 * q**3])


def tukey(z):
    u = np.clip(1 - z, 0, None)
    return np.array([(1 - u**3) / 3, u**2, -2 * u])


KNOWN = {
    "soft_l1": lambda z: np.array([2 * (np.sqrt(1 + z) - 1), (1 + z) ** -0.5, -0.5 * (1 + z) ** -1.5]),
    "huber": lambda z: np.where(
        z <= 1, [z, np.ones_like(z), 0 * z],
        [2 * np.sqrt(np.maximum(z, 1)) - 1, np.maximum(z, 1) ** -0.5, -0.5 * np.maximum(z, 1) ** -1.5]),
    "cauchy": lambda z: np.array([np.log1p(z), 1 / (1 + z), -1 / (1 + z) ** 2]),
}
LOSSES = [(name, name, rho) for name, rho in KNOWN.items()] + [
    ("geman_mcclure", geman_mcclure, geman_mcclure),
    ("tukey", tukey, tukey),
]

i = np.arange(24)
t = i / 4
y = 3 * np.exp(-0.8 * t) + 0.5 + 0.05 * np.sin(7 * i) + np.where(i % 7 == 3, 1 + i / 24, 0)


def curve(p):
    return p[0] * np.exp(-p[1] * t) + p[2] - y


def curve_jacobian(p):
    e = np.exp(-p[1] * t)
    return np.stack([e, -p[0] * t * e, np.ones_like(t)], axis=1)


angle = 2 * np.pi * i / 24
points = np.stack(
    [
        1 + 2 * np.cos(angle) + 0.05 * np.sin(7 * i) + np.where(i % 6 == 2, 1, 0),
        -1 + 2 * np.sin(angle) + 0.05 * np.cos(5 * i) + np.where(i % 6 == 2, 0.5, 0),
    ],
    axis=1,
)


def circle(p):
    return np.stack([p[0] + p[2] * np.cos(angle), p[1] + p[2] * np.sin(angle)], axis=1) - points


def circle_norms(p):
    return np.linalg.norm(circle(p), axis=1)


def circle_norms_jacobian(p):
    r = circle(p)
    d = np.stack([[np.ones(24), np.zeros(24)], [np.zeros(24), np.ones(24)], [np.cos(angle), np.sin(angle)]])
    return np.einsum("is,kis->sk", (r / circle_norms(p)[:, None]).T, d)


print("numpy", np.__version__, "scipy", scipy.__version__)
for title, residuals, jacobian, start in [
    ("curve", curve, curve_jacobian, [2.5, 1.0, 0.6]),
    ("circle", circle_norms, circle_norms_jacobian, [0.8, -0.8, 1.8]),
]:
    for name, loss, rho in LOSSES:
        scale = 0.15 if name != "tukey" else 0.5
        fit = least_squares(
            residuals, start, jac=jacobian, loss=loss, f_scale=scale,
            xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=10000)

        def gradient(p):
            f = residuals(p)
            return jacobian(p).T @ (rho((f / scale) ** 2)[1] * f)

        polished = root(gradient, fit.x, tol=1e-15)
        assert np.linalg.norm(gradient(polished.x)) < 1e-12, (title, name)
        assert np.linalg.norm(polished.x - fit.x) < 1e-6, (title, name, fit.x, polished.x)
        cost = 0.5 * scale**2 * np.sum(rho((residuals(polished.x) / scale) ** 2)[0])
        print(title, name, scale, [float(v) for v in polished.x], float(cost))
