"""Speed and memory of innovsurvey, beside R where Rscript is installed.

Each task runs five times in a process of its own after one run to warm up; the table shows
medians. Ours and R's run in turn on the same machine, so the ratio is what to look at.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
CLIMATE = ROOT / "data/sample/leadership_climate/lq2002.csv"
REPEATS = 5

PYTHON_HEAD = """
import json, resource, sys, time
import pandas as pd
from innovsurvey.measurement.efa import efa
from innovsurvey.measurement.reliability import reliability
from innovsurvey.models.regression import regression
climate = pd.read_csv(sys.argv[1])
simulated = pd.read_csv(sys.argv[2])
seconds = []
for _ in range(int(sys.argv[3]) + 1):
    start = time.perf_counter()
    {code}
    seconds.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({{"seconds": seconds[1:], "peak_mb": peak}}))
"""
R_HEAD = """
suppressPackageStartupMessages({{library(psych); library(GPArotation); library(sandwich)}})
given <- commandArgs(TRUE)
climate <- read.csv(given[1]); simulated <- read.csv(given[2])
seconds <- numeric()
for (i in 0:as.integer(given[3])) {{
  start <- Sys.time()
  {code}
  seconds <- c(seconds, as.numeric(difftime(Sys.time(), start, units = "secs")))
}}
status <- readLines("/proc/self/status")
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE))) / 1024
cat(sprintf('{{"seconds": [%s], "peak_mb": %.1f}}', paste(seconds[-1], collapse = ","), peak))
"""


@dataclass(frozen=True)
class Task:
    """The same work in both languages."""

    name: str
    python: str
    r: str


TASKS = (
    Task(
        "alpha and omega, 11 items x 2,042",
        "reliability(climate.iloc[:, 2:13])",
        "d <- climate[, 3:13]; a <- psych::alpha(d); f <- fa(d, 1)",
    ),
    Task(
        "minres oblimin, 19 items, 3 factors",
        "efa(climate.iloc[:, 2:21], 3)",
        "f <- fa(climate[, 3:21], 3)",
    ),
    Task(
        "minres oblimin, 45 items x 2,000, 6 factors",
        "efa(simulated, 6)",
        "f <- fa(simulated, 6)",
    ),
    Task(
        "least squares, clustered errors",
        'regression("HOSTILE ~ LEAD + TSIG", climate, cluster="COMPID")',
        "m <- lm(HOSTILE ~ LEAD + TSIG, climate); v <- vcovCL(m, climate$COMPID, type = 'HC1')",
    ),
)


def simulated_items(n_people: int = 2_000, n_items: int = 45, n_factors: int = 6) -> pd.DataFrame:
    """Draw answers 1 to 5 with a simple structure of correlated factors."""
    rng = np.random.default_rng(1)
    phi = np.full((n_factors, n_factors), 0.4) + 0.6 * np.eye(n_factors)
    factors = rng.multivariate_normal(np.zeros(n_factors), phi, size=n_people)
    common = 0.7 * factors[:, np.arange(n_items) % n_factors]
    latent = common + np.sqrt(0.51) * rng.normal(size=(n_people, n_items))
    answers = np.digitize(latent, [-1.5, -0.5, 0.5, 1.5]) + 1
    return pd.DataFrame(answers, columns=[f"i{number}" for number in range(1, n_items + 1)])


def measure(command: list[str]) -> tuple[float, float]:
    """Run one process; give the median of its seconds and its peak memory in MB."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    got = json.loads(done.stdout)
    return median(got["seconds"]), got["peak_mb"]


def import_seconds(module: str) -> float:
    """Time the import of a module in new processes."""
    code = f"import time; s = time.perf_counter(); import {module}; print(time.perf_counter() - s)"
    run = [sys.executable, "-c", code]
    times = [
        float(subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT).stdout)
        for _ in range(REPEATS + 1)
    ]
    return median(times[1:])


def row(name: str, ours: str, r: str = "", ratio: str = "", memory: str = "") -> str:
    """Write one line of the table."""
    return f"{name:<46}{ours:>10}{r:>10}{ratio:>9}{memory:>16}"


def main() -> None:
    """Print the table."""
    rscript = shutil.which("Rscript")
    print(row("task", "ours, s", "R, s", "R/ours", "peak MB, ours/R"))
    over = import_seconds("pandas, innovsurvey") - import_seconds("pandas")
    print(row("import of innovsurvey over pandas", f"{over:.3f}"))
    with tempfile.TemporaryDirectory() as folder:
        items = Path(folder) / "simulated.csv"
        simulated_items().to_csv(items, index=False)
        data = [str(CLIMATE), str(items), str(REPEATS)]
        for task in TASKS:
            ours, peak = measure(
                [sys.executable, "-c", PYTHON_HEAD.format(code=task.python), *data]
            )
            if rscript is None:
                print(row(task.name, f"{ours:.4f}", memory=f"{peak:.0f}"))
                continue
            script = Path(folder) / "task.R"
            script.write_text(R_HEAD.format(code=task.r), encoding="utf-8")
            r, r_peak = measure([rscript, str(script), *data])
            memory = f"{peak:.0f} / {r_peak:.0f}"
            print(row(task.name, f"{ours:.4f}", f"{r:.4f}", f"{r / ours:.1f}", memory))
    if rscript is None:
        print("Rscript is not on the path, so there is nothing to compare with.")


if __name__ == "__main__":
    main()
