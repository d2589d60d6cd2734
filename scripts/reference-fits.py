#!/usr/bin/env python3
"""Reference fits of the three data sets of fit-erm, by scikit-learn and statsmodels.

Run with the folder of the data: reference-fits.py Examples/FitERM/Resources
Prints coefficients on features as `fit-erm` takes them; the numbers are in Tests/ExamplesTests.
Needs numpy, scikit-learn and statsmodels.
"""
import sys
import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression, PoissonRegressor

folder = sys.argv[1]
np.set_printoptions(precision=17, floatmode="unique", linewidth=100)


def read(name):
    return np.loadtxt(f"{folder}/{name}.csv", delimiter=",", skiprows=1)


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
