"""Speed of factor analysis and of the number of factors, beside R where Rscript is installed.

Each task runs five times in a process of its own after one run to warm up, R once where it
needs more than 20 seconds; the table shows medians, the memory that of the whole process. The
plot of growth and its figures go to build/benchmarks. Words after the command choose the tasks
whose name has one of them, without the growth: python benchmarks/factors.py minres.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from innovsurvey.measurement.efa import efa
from innovsurvey.measurement.parallel_analysis import parallel_analysis

ROOT = Path(__file__).resolve().parent.parent
BFI = ROOT / "tests/data/bfi/bfi.csv"
OUT = ROOT / "build/benchmarks"
REPEATS = 5

PYTHON = """
import json, resource, sys, time
import pandas as pd
from innovsurvey.measurement.efa import efa
from innovsurvey.measurement.n_factors import n_factors
from innovsurvey.measurement.parallel_analysis import parallel_analysis
bfi, simulated = pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2])
seconds = []
for run in range(int(sys.argv[3]) + 1):
    start = time.perf_counter()
    {code}
    seconds.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({{"seconds": seconds[1:], "peak_mb": peak}}))
"""
R = """
suppressPackageStartupMessages({{library(psych); library(GPArotation)}})
given <- commandArgs(TRUE)
bfi <- read.csv(given[1]); simulated <- read.csv(given[2])
seconds <- numeric()
for (i in seq_len(as.integer(given[3]))) {{
  start <- Sys.time()
  sink("/dev/null"); {code}; sink()
  seconds <- c(seconds, as.numeric(difftime(Sys.time(), start, units = "secs")))
}}
status <- readLines("/proc/self/status")
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE))) / 1024
cat(sprintf('{{"seconds": [%s], "peak_mb": %.1f}}', paste(seconds, collapse = ","), peak))
"""


@dataclass(frozen=True)
class Task:
    """The same work in both languages, the ratio asked for, and how often R runs."""

    name: str
    python: str
    r: str
    target: float | None = None
    r_repeats: int = REPEATS + 1


TASKS = (
    Task("minres oblimin, 45 items, 6 factors", "efa(simulated, 6)", "f <- fa(simulated, 6)", 3),
    Task("ml oblimin, 45 items, 6 factors", 'efa(simulated, 6, method="ml")',
         'f <- fa(simulated, 6, fm = "ml")'),
    Task("minres oblimin, bfi, 5 factors", "efa(bfi, 5)", "f <- fa(bfi, 5)"),
    Task("the same, polychoric", 'efa(bfi, 5, correlation="polychoric")',
         'f <- fa(bfi, 5, cor = "poly")'),
    Task("the same, Pearson, 50 bootstrap draws", "efa(bfi, 5, n_boot=50)",
         "f <- fa(bfi, 5, n.iter = 50)", r_repeats=2),
    Task("parallel analysis, 20 draws", "parallel_analysis(bfi, correlation='pearson', n_iter=20)",
         "p <- fa.parallel(bfi, sim = FALSE, plot = FALSE, n.iter = 20)", r_repeats=3),
    Task("parallel analysis, polychoric, 20 draws",
         'parallel_analysis(bfi, correlation="polychoric", n_iter=20)',
         'p <- fa.parallel(bfi, cor = "poly", sim = FALSE, plot = FALSE, n.iter = 20)', 50, 1),
    Task("verdicts: parallel, MAP, hull; fa.parallel, vss", "n_factors(bfi, n_iter=20)",
         "p <- fa.parallel(bfi, sim = FALSE, plot = FALSE, n.iter = 20); "
         "v <- vss(bfi, plot = FALSE)", r_repeats=3),
)  # fmt: skip


def answers(n: int, n_items: int, n_factors: int) -> pd.DataFrame:
    """Draw answers 1 to 5 with a simple structure of correlated factors."""
    rng = np.random.default_rng(1)
    phi = np.full((n_factors, n_factors), 0.4) + 0.6 * np.eye(n_factors)
    factors = rng.multivariate_normal(np.zeros(n_factors), phi, size=n)
    latent = 0.7 * factors[:, np.arange(n_items) % n_factors]
    latent = latent + np.sqrt(0.51) * rng.normal(size=latent.shape)
    codes = np.digitize(latent, [-1.5, -0.5, 0.5, 1.5]) + 1
    return pd.DataFrame(codes, columns=[f"i{number}" for number in range(n_items)])


def measure(command: list[str]) -> tuple[float, float]:
    """Run one process; give the median of its seconds and its peak memory in MB."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    got = json.loads(done.stdout)
    return median(got["seconds"]), got["peak_mb"]


def beside_r(folder: Path, tasks: list[Task]) -> None:
    """Print the tasks."""
    rscript = shutil.which("Rscript")
    files = [str(folder / "bfi.csv"), str(folder / "simulated.csv")]
    pd.read_csv(BFI).dropna().astype(int).to_csv(files[0], index=False)
    answers(2_000, 45, 6).to_csv(files[1], index=False)
    print(f"{'bfi: 25 items x 2,436':<49}{'ours, s':>9}{'R, s':>9}{'R/ours':>8}{'asked':>7}  MB")
    for task in tasks:
        code = PYTHON.format(code=task.python)
        ours, peak = measure([sys.executable, "-c", code, *files, str(REPEATS)])
        line = f"{task.name:<49}{ours:>9.4f}"
        if rscript:
            script = folder / "task.R"
            script.write_text(R.format(code=task.r), encoding="utf-8")
            theirs, r_peak = measure([rscript, str(script), *files, str(task.r_repeats)])
            asked = "" if task.target is None else f">= {task.target:g}"
            line += f"{theirs:>9.3f}{theirs / ours:>8.1f}{asked:>7}  {peak:.0f} / {r_peak:.0f}"
        print(line, flush=True)


def growth() -> pd.DataFrame:
    """Time factors over items and parallel analysis over rows, the others held."""
    found = []
    for n_items in (10, 25, 50, 100, 200):
        items = answers(2_000, n_items, 2)
        found.append(("efa, items", n_items, seconds_of(lambda given=items: efa(given, 2))))
    for n in (500, 2_000, 10_000, 50_000):
        items = answers(n, 25, 5)

        def draw(given: pd.DataFrame = items) -> object:
            return parallel_analysis(given, correlation="polychoric", n_iter=10)

        found.append(("polychoric parallel analysis, 10 draws, rows", n, seconds_of(draw)))
    return pd.DataFrame(found, columns=["what", "size", "seconds"])


def seconds_of(work: object) -> float:
    """Time a call, the median of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def draw_growth(table: pd.DataFrame) -> Path:
    """Draw how time grows, on logarithmic axes."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for ax, (what, part) in zip(axes, table.groupby("what", sort=False), strict=True):
        ax.loglog(part["size"], part["seconds"], marker="o", color="#00696f")
        ax.set(title=what, xlabel=what.rpartition(", ")[2], ylabel="seconds")
        ax.grid(visible=True, which="major", color="#dfe3e6")
    path = OUT / "factors_growth.png"
    plt.savefig(path, dpi=110)
    return path


def main() -> None:
    """Print the table and the growth."""
    OUT.mkdir(parents=True, exist_ok=True)
    words = sys.argv[1:]
    chosen = [task for task in TASKS if not words or any(word in task.name for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        beside_r(Path(folder), chosen)
    if words:
        return
    table = growth()
    print(table.to_string(index=False))
    table.to_csv(OUT / "factors_growth.csv", index=False)
    print(f"drawn: {draw_growth(table).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
