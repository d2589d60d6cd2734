#!/usr/bin/env python3
"""The problems of NIST by fit-curve, SciPy, lmfit and Ceres: a table in Markdown.

    make build && Benchmarks/peers/install
    OPENBLAS_NUM_THREADS=1 Benchmarks/.venv/bin/python scripts/compare-curve-fits.py [CERES]

CERES is the program that scripts/ceres-curve-fits.cpp makes.

Digits are those that the worst parameter has in common with the certified one. Derivatives of the tight fits are exact
to rounding, by complex steps; those of the default ones are differences, as the libraries make them where they are told
no better. Seconds are those of all 40 fits, the least of three rounds; of fit-curve and Ceres, as they measure
themselves.
"""

import json
import math
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import least_squares

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
TIGHT = 1e-15

Function = Callable[[np.ndarray, np.ndarray], np.ndarray]
Fit = Callable[[dict, list[float]], np.ndarray]


def gauss(x: np.ndarray, b: np.ndarray) -> np.ndarray:
    bumps = b[2] * np.exp(-(((x - b[3]) / b[4]) ** 2)) + b[5] * np.exp(-(((x - b[6]) / b[7]) ** 2))
    return b[0] * np.exp(-b[1] * x) + bumps


def enso(x: np.ndarray, b: np.ndarray) -> np.ndarray:
    turn = 2 * np.pi * x
    year = b[0] + b[1] * np.cos(turn / 12) + b[2] * np.sin(turn / 12)
    first = b[4] * np.cos(turn / b[3]) + b[5] * np.sin(turn / b[3])
    return year + first + b[7] * np.cos(turn / b[6]) + b[8] * np.sin(turn / b[6])


def roszman(x: np.ndarray, b: np.ndarray) -> np.ndarray:
    # atan2(b₃, x − b₄), for complex numbers too.
    turn = np.where(np.real(x - b[3]) < 0, np.pi * np.sign(np.real(b[2])), 0)
    return b[0] - b[1] * x - (np.arctan(b[2] / (x - b[3])) + turn) / np.pi


FUNCTIONS: dict[str, Function] = {
    "expsat": lambda x, b: b[0] * (1 - np.exp(-b[1] * x)),
    "misra1b": lambda x, b: b[0] * (1 - (1 + b[1] * x / 2) ** -2),
    "misra1c": lambda x, b: b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5),
    "misra1d": lambda x, b: b[0] * b[1] * x / (1 + b[1] * x),
    "chwirut": lambda x, b: np.exp(-b[0] * x) / (b[1] + b[2] * x),
    "exp3": lambda x, b: b[0] * np.exp(-b[1] * x)
    + b[2] * np.exp(-b[3] * x)
    + b[4] * np.exp(-b[5] * x),
    "gauss": gauss,
    "power": lambda x, b: b[0] * x ** b[1],
    "rat22": lambda x, b: (b[0] + x * (b[1] + x * b[2])) / (1 + x * (b[3] + x * b[4])),
    "rat33": lambda x, b: (b[0] + x * (b[1] + x * (b[2] + x * b[3])))
    / (1 + x * (b[4] + x * (b[5] + x * b[6]))),
    "exp2c": lambda x, b: b[0] + b[1] * np.exp(-x * b[3]) + b[2] * np.exp(-x * b[4]),
    "roszman": roszman,
    "enso": enso,
    "mgh10": lambda x, b: b[0] * np.exp(b[1] / (x + b[2])),
    "logistic3": lambda x, b: b[0] / (1 + np.exp(b[1] - b[2] * x)),
}


def jacobian(problem: dict, b: np.ndarray) -> np.ndarray:
    """By complex steps."""
    columns = []
    for i in range(len(b)):
        moved = b.astype(complex)
        moved[i] += 1e-100j
        columns.append(FUNCTIONS[problem["model"]](problem["x"], moved).imag * 1e100)
    return np.stack(columns, axis=1)


def scipy_fit(method: str, is_tight: bool) -> Fit:
    def fit(problem: dict, start: list[float]) -> np.ndarray:
        function = FUNCTIONS[problem["model"]]
        options: dict = {}
        if is_tight:
            options = {"xtol": TIGHT, "ftol": TIGHT, "gtol": TIGHT, "x_scale": "jac", "max_nfev": 5000}
            options["jac"] = lambda b: jacobian(problem, b)
        return least_squares(
            lambda b: function(problem["x"], b) - problem["y"], start, method=method, **options
        ).x

    return fit


def lmfit_fit(is_tight: bool) -> Fit:
    import lmfit

    def fit(problem: dict, start: list[float]) -> np.ndarray:
        function = FUNCTIONS[problem["model"]]
        parameters = lmfit.Parameters()
        for i, value in enumerate(start):
            parameters.add(f"b{i}", value=value)
        options: dict = {}
        if is_tight:
            options = {"xtol": TIGHT, "ftol": TIGHT, "gtol": TIGHT, "max_nfev": 5000}

        def residual(parameters: "lmfit.Parameters") -> np.ndarray:
            b = np.array([each.value for each in parameters.values()])
            return function(problem["x"], b) - problem["y"]

        found = lmfit.minimize(residual, parameters, **options)
        return np.array([each.value for each in found.params.values()])

    return fit


def digits(found: np.ndarray, certified: list[float]) -> float:
    with np.errstate(all="ignore"):
        worst = np.max(np.abs(found - certified) / np.abs(certified))
    if math.isnan(worst):
        return 0.0
    return float(min(11.0, max(0.0, -math.log10(max(worst, 1e-300)))))


Table = dict[tuple[str, int], float]


def run(problems: list[dict], fit: Fit) -> tuple[Table, float]:
    """Digits by problem and start, and seconds of all fits."""
    result: Table = {}
    least = math.inf
    for _ in range(ROUNDS):
        seconds = 0.0
        for problem in problems:
            for number, start in enumerate(problem["starts"]):
                before = time.perf_counter()
                try:
                    found = fit(problem, start)
                except (ValueError, RuntimeError, TypeError, np.linalg.LinAlgError):
                    found = np.full(len(start), np.nan)
                seconds += time.perf_counter() - before
                result[problem["name"], number] = digits(found, problem["certified"])
        least = min(least, seconds)
    return result, least


def own(options: list[str]) -> tuple[Table, float]:
    program = ROOT / ".build" / "release" / "fit-curve"
    rounds = [
        json.loads(subprocess.run([program, "--all", "--json", *options], capture_output=True).stdout)
        for _ in range(ROUNDS)
    ]
    table = {(each["problem"], each["start"] - 1): each["digits"] for each in rounds[0]["results"]}
    return table, min(each["seconds"] for each in rounds)


def ceres(program: str, problems: list[dict], options: list[str]) -> tuple[Table, float]:
    text = ""
    for problem in problems:
        starts = problem["starts"]
        text += f"{problem['name']} {problem['model']} {len(problem['x'])} {len(starts[0])} {len(starts)}\n"
        for values in [*starts, problem["x"], problem["y"]]:
            text += " ".join(repr(float(value)) for value in values) + "\n"
    certified = {problem["name"]: problem["certified"] for problem in problems}
    table: Table = {}
    least = math.inf
    for _ in range(ROUNDS):
        answer = subprocess.run([program, *options], input=text, capture_output=True, text=True)
        seconds = 0.0
        for line in answer.stdout.splitlines():
            name, number, time_taken, *values = line.split()
            found = np.array([float(value) for value in values])
            table[name, int(number)] = digits(found, certified[name])
            seconds += float(time_taken)
        least = min(least, seconds)
    return table, least


def main() -> None:
    warnings.simplefilter("ignore")
    file = ROOT / "Examples" / "Support" / "Resources" / "nist.json"
    problems = json.loads(file.read_text())["problems"]
    for problem in problems:
        problem["x"], problem["y"] = np.array(problem["x"]), np.array(problem["y"])
    contestants = {"OptimKit": own([])}
    contestants["SciPy `lm`"] = run(problems, scipy_fit("lm", False))
    contestants["`lm`, tight"] = run(problems, scipy_fit("lm", True))
    contestants["SciPy `trf`"] = run(problems, scipy_fit("trf", False))
    contestants["`trf`, tight"] = run(problems, scipy_fit("trf", True))
    versions = [f"SciPy {scipy.__version__}"]
    try:
        import lmfit

        versions.append(f"lmfit {lmfit.__version__}")
        contestants["lmfit"] = run(problems, lmfit_fit(False))
        contestants["lmfit, tight"] = run(problems, lmfit_fit(True))
    except ImportError:
        print("lmfit is not installed", file=sys.stderr)
    if len(sys.argv) > 1:
        program = os.path.abspath(sys.argv[1])
        contestants["Ceres"] = ceres(program, problems, [])
        contestants["Ceres, tight"] = ceres(program, problems, ["tight"])
    names = list(contestants)
    print(", ".join(versions), f"Python {sys.version.split()[0]}", sep=", ", end="\n\n")
    print("| digits from start 1, 2 | " + " | ".join(names) + " |")
    print("|---|" + "---:|" * len(names))
    for problem in problems:
        cells = [
            ", ".join(f"{contestants[name][0][problem['name'], start]:.1f}" for start in (0, 1))
            for name in names
        ]
        print(f"| {problem['name']} | " + " | ".join(cells) + " |")
    for least in (4, 6, 8, 10):
        counts = [str(sum(d >= least for d in contestants[name][0].values())) for name in names]
        print(f"| fits to {least} digits, of {2 * len(problems)} | " + " | ".join(counts) + " |")
    print("| seconds of all | " + " | ".join(f"{contestants[n][1]:.3f}" for n in names) + " |")


if __name__ == "__main__":
    main()
