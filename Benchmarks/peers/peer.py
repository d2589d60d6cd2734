"""One side of a benchmark: answers requests, a JSON object a line, until its input ends.

    {"command": "load", "method": "train", "arrays": {"X": "X.npy"}, "options": {"tolerance": 1e-10}}
    {"command": "run"}

`load` reads the arrays and prepares a method; each `run` runs it once, from arrays in memory.
"""

import json
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]
Options = dict[str, Any]


@dataclass
class Measurement:
    """What one run took and gave."""

    seconds: float
    losses: list[float] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)


Run = Callable[[], Measurement]
Prepare = Callable[[Arrays, Options], Run]


def blas_kernels() -> str:
    """The kernels of the BLAS libraries that are loaded."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "BLAS unknown, threadpoolctl is missing"
    names = {
        f"{info['internal_api']} {info['version']} {info.get('architecture', '')}".strip()
        for info in threadpool_info()
        if info["user_api"] == "blas"
    }
    return ", ".join(sorted(names)) or "no BLAS found"


def serve(library: str, kernel: Callable[[], str], methods: dict[str, Prepare]) -> None:
    """Answers requests until the input ends."""
    run: Run | None = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["command"] == "load":
                arrays = {name: np.load(path) for name, path in request["arrays"].items()}
                run = methods[request["method"]](arrays, request["options"])
                del arrays
                answer = {"status": "ready", "library": library, "kernel": kernel()}
            elif run is None:
                raise RuntimeError("run before load")
            else:
                _reset_peak()
                rest = _status_bytes("VmRSS:")
                measurement = run()
                answer = {"status": "done", "peakBytes": _peak_bytes(), **vars(measurement)}
                if rest is not None:
                    answer["restBytes"] = rest
        except Exception as error:  # Whatever a library raises is its result.
            answer = {"status": "failed", "reason": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def _reset_peak() -> None:
    """Makes the peak resident size start again from the present one, on Linux."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass


def _peak_bytes() -> int:
    """The peak resident size of this process since it was last reset."""
    peak = _status_bytes("VmHWM:")
    if peak is not None:
        return peak
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _status_bytes(name: str) -> int | None:
    """A size that Linux states of this process."""
    try:
        status = Path("/proc/self/status").read_text()
        return 1024 * int(status.partition(name)[2].split()[0])
    except OSError:
        return None
