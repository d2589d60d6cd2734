#!/usr/bin/env python3
"""Reference fits of the three data sets of fit-erm, by scikit-learn and statsmodels.

Prints coefficients on features as `fit-erm` takes them; the numbers are in Tests/ExamplesTests and
Tests/OptimKitPluginsTests/Statistics.
Needs numpy, scikit-learn and statsmodels.
"""
from pathlib import Path
import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression, PoissonRegressor

EXAMPLES = Path(__file__).resolve().parent.parent / "Examples"
np.set_printoptions(precision=17, floatmode="unique", linewidth=100)


def read(name):
    folder = "Support" if name == "digits" else "FitERM"
    return np.loadtxt(EXAMPLES / folder / "Resources" / f"{name}.csv", delimiter=",", skiprows=1)


def show(title, values):
    print(title, ", ".join(repr(float(v)) for v in np.ravel(values)))


print("numpy", np.__version__, "scikit-learn", sklearn.__version__, "statsmodels", statsmodels.__version__)

# Logistic regression: columns standardised, ridge 1, intercept; coefficients in units of the file.
data = read("breast-cancer")
X, y = data[:, :-1], data[:, -1]
mean, deviation = X.mean(0), X.std(0)
fit = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-14, max_iter=1000)
fit.fit((X - mean) / deviation, y)
w = fit.coef_[0] / deviation
show("breast cancer weights", w)
show("breast cancer intercept", fit.intercept_ - mean @ w)
f = X @ w + fit.intercept_ - mean @ w
print("breast cancer objective", repr(float(np.sum(np.logaddexp(0, f) - y * f) + fit.coef_[0] @ fit.coef_[0] / 2)))
print("breast cancer accuracy", np.mean((f > 0) == (y == 1)))

# Softmax: pixels over 16, ridge 1, intercepts; intercepts are determined up to a constant.
data = read("digits")
X, y = data[:, :-1] / 16, data[:, -1].astype(int)
fit = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-14, max_iter=1000)
fit.fit(X, y)
F = X @ fit.coef_.T + fit.intercept_
value = np.sum(np.log(np.exp(F - F.max(1, keepdims=True)).sum(1)) + F.max(1) - F[np.arange(len(y)), y])
show("digits weights of pixel 20", fit.coef_[:, 20] - fit.coef_[:, 20].mean())
show("digits intercepts", fit.intercept_ - fit.intercept_.mean())
print("digits objective", repr(float(value + np.sum(fit.coef_**2) / 2)))
print("digits accuracy", np.mean(F.argmax(1) == y))

# Poisson regression: no ridge, intercept first in statsmodels.
data = read("randhie")
y, X = data[:, 0], data[:, 1:]
fit = sm.GLM(y, sm.add_constant(X), family=sm.families.Poisson()).fit(tol=1e-14, maxiter=100)
show("rand weights", fit.params[1:])
show("rand intercept", fit.params[:1])
print("rand deviance", repr(float(fit.deviance)))
other = PoissonRegressor(alpha=0, solver="newton-cholesky", tol=1e-13, max_iter=1000).fit(X, y)
print("rand: largest difference of scikit-learn", np.abs(other.coef_ - fit.params[1:]).max())

# Standard errors, of the inverse Hessian and of the sandwich.
show("rand standard errors", np.r_[fit.bse[1:], fit.bse[0]])
show("rand statistics", np.r_[fit.tvalues[1:], fit.tvalues[0]])
data = read("breast-cancer")
X, y = sm.add_constant(data[:, [1, 4, 8]]), data[:, -1]
fit = sm.Logit(y, X).fit(disp=0, tol=1e-14, maxiter=100)
for name, values in (("estimates", fit.params), ("standard errors", fit.bse), ("p-values", fit.pvalues)):
    show(f"breast cancer, texture, smoothness and symmetry: {name}", np.r_[values[1:], values[0]])

# Small data by formula, the same in Tests/OptimKitPluginsTests/Statistics/FormulaData.swift.
i = np.arange(60)
features = np.c_[np.sin(i), np.cos(2 * i) + 0.5, (7 * i % 11) / 5 - 1]
u = (37 * i + 11) % 60 / 60
trend = features @ [1, -0.5, 0.8]
X = np.c_[features, np.ones(60)]

fit = sm.Logit((trend + 4 * u - 2 > 0) * 1.0, X).fit(disp=0, tol=1e-14, maxiter=100)
show("logit estimates", fit.params)
show("logit standard errors", fit.bse)
show("logit p-values", fit.pvalues)
show("logit intervals", fit.conf_int())
other = sm.Logit((trend + 4 * u - 2 > 0) * 1.0, X).fit(disp=0, tol=1e-14, maxiter=100, cov_type="HC0")
show("logit sandwich", other.bse)
fit = sm.GLM(np.floor(np.exp(trend / 2) * 3 * u), X, family=sm.families.Poisson())
show("poisson standard errors", fit.fit(tol=1e-14, maxiter=100).bse)
show("poisson sandwich", fit.fit(tol=1e-14, maxiter=100, cov_type="HC0").bse)
show("poisson with a dispersion by the deviance", fit.fit(tol=1e-14, maxiter=100, scale="dev").bse)
fit = sm.WLS(1 + 2 * trend + u - 0.5, X, weights=1 + i % 3 / 2).fit()
show("least squares estimates", fit.params)
show("least squares standard errors", fit.bse)
show("least squares statistics", fit.tvalues)
show("least squares p-values", fit.pvalues)
show("least squares R2, adjusted, log likelihood", (fit.rsquared, fit.rsquared_adj, fit.llf))
frame = fit.get_prediction(np.array([[0.5, -0.25, 2, 1]])).summary_frame(alpha=0.1)
show("least squares prediction " + " ".join(frame.columns), frame.to_numpy())

# Ridges on folds i mod 4: held-out deviances and accuracies, rows are folds.
y = (trend + 4 * u - 2 > 0) * 1.0
ridges = (10, 1, 0.1, 0.01)


def logistic(ridge, rows):
    return LogisticRegression(C=1 / ridge, solver="newton-cholesky", tol=1e-14, max_iter=1000).fit(features[rows], y[rows])


def deviance(fit, rows):
    f = features[rows] @ fit.coef_[0] + fit.intercept_
    return 2 * np.mean(np.logaddexp(0, f) - y[rows] * f)


def freedom(fit, ridge):
    p = fit.predict_proba(features)[:, 1]
    H = X.T @ (X * (p * (1 - p))[:, None])
    return np.trace(np.linalg.solve(H + ridge * np.diag([1, 1, 1, 0]), H))


for ridge in ridges:
    fit = logistic(ridge, i >= 0)
    show(f"ridge {ridge}: weights, intercept, freedom", (*fit.coef_[0], fit.intercept_[0], freedom(fit, ridge)))
for fold in range(4):
    fits = [logistic(ridge, i % 4 != fold) for ridge in ridges]
    show(f"fold {fold}: deviances", [deviance(fit, i % 4 == fold) for fit in fits])
    show(f"fold {fold}: accuracies", [fit.score(features[i % 4 == fold], y[i % 4 == fold]) for fit in fits])
