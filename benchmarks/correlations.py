"""Speed and memory of correlations, beside R where Rscript is installed, and how they grow.

Each task runs five times in a process of its own after one run to warm up; the table shows
medians, the memory that of the whole process. The plot of growth and its figures go to
build/benchmarks.
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

from innovsurvey.measurement.correlations import correlations

ROOT = Path(__file__).resolve().parent.parent
BFI = ROOT / "tests/data/bfi/bfi.csv"
OUT = ROOT / "build/benchmarks"
REPEATS = 5

PYTHON = """
import json, resource, sys, time
import pandas as pd
from innovsurvey.measurement.correlations import correlations
from innovsurvey.measurement.item_analysis import item_analysis
read = pd.read_parquet if sys.argv[1].endswith("parquet") else pd.read_csv
items = read(sys.argv[1])
loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
seconds = []
for _ in range(int(sys.argv[2]) + 1):
    start = time.perf_counter()
    {code}
    seconds.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({{"seconds": seconds[1:], "loaded_mb": loaded, "peak_mb": peak}}))
"""
R = """
suppressPackageStartupMessages({{library(psych); library(lavaan)}})
given <- commandArgs(TRUE)
items <- read.csv(given[1])
ranked <- as.data.frame(lapply(items, ordered))
free <- paste(apply(combn(names(items), 2), 2, paste, collapse = "~~"), collapse = "\\n")
seconds <- numeric()
for (i in 0:as.integer(given[2])) {{
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
    """The same work in both languages, on the complete rows of bfi, and the ratio asked for."""

    name: str
    python: str
    r: str
    target: float | None = None


POLYCHORIC = 'found = correlations(items, kind="polychoric")'
TASKS = (
    Task(
        "polychoric, thresholds; lavCor",
        POLYCHORIC,
        's <- lavInspect(lavCor(ranked, output = "fit"), "sampstat")',
        5,
    ),
    Task("polychoric, thresholds; psych", POLYCHORIC, "s <- psych::polychoric(items)", 20),
    Task(
        "the same and covariance of all; lavaan",
        POLYCHORIC + ".acov",
        's <- lavaan(free, ranked, estimator = "WLSMV", do.fit = FALSE, auto.th = TRUE)',
    ),
    Task("item analysis; describe and alpha", "item_analysis(items)",
         "s <- describe(items); a <- suppressWarnings(alpha(items, warnings = FALSE))"),
)  # fmt: skip


def measure(command: list[str]) -> tuple[float, dict[str, float]]:
    """Run one process; give the median of its seconds, and what else it says."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    got = json.loads(done.stdout)
    return median(got["seconds"]), got


def answers(n: int, n_items: int, n_categories: int) -> pd.DataFrame:
    """Draw answers with one common factor."""
    rng = np.random.default_rng(1)
    factor = rng.normal(size=(n, 1)).astype(np.float32)
    cuts = np.linspace(-1.5, 1.5, n_categories + 1)[1:-1]
    columns = [
        np.digitize(0.6 * factor[:, 0] + 0.8 * rng.normal(size=n), cuts).astype(np.int8) + 1
        for _ in range(n_items)
    ]
    return pd.DataFrame(np.column_stack(columns), columns=[f"i{k}" for k in range(n_items)])


def beside_r(folder: Path) -> None:
    """Print the tasks on bfi."""
    rscript = shutil.which("Rscript")
    data = folder / "bfi.csv"
    names = [f"{letter}{number}" for letter in "ACENO" for number in range(1, 6)]
    pd.read_csv(BFI)[names].dropna().astype(int).to_csv(data, index=False)
    print(f"{'bfi, 25 items x 2,436':<42}{'ours, s':>9}{'R, s':>9}{'R/ours':>8}{'asked':>7}  MB")
    for task in TASKS:
        code = PYTHON.format(code=task.python)
        ours, got = measure([sys.executable, "-c", code, str(data), str(REPEATS)])
        line = f"{task.name:<42}{ours:>9.4f}"
        if rscript:
            script = folder / "task.R"
            script.write_text(R.format(code=task.r), encoding="utf-8")
            theirs, r_got = measure([rscript, str(script), str(data), str(REPEATS)])
            asked = "" if task.target is None else f">= {task.target:g}"
            memory = f"{got['peak_mb']:.0f} / {r_got['peak_mb']:.0f}"
            line += f"{theirs:>9.3f}{theirs / ours:>8.1f}{asked:>7}  {memory}"
        print(line)


def million(folder: Path) -> None:
    """Print time and memory of a million people."""
    data = folder / "million.parquet"
    answers(1_000_000, 25, 5).to_parquet(data)
    code = PYTHON.format(code=POLYCHORIC)
    seconds, got = measure([sys.executable, "-c", code, str(data), str(REPEATS)])
    print(
        f"1,000,000 x 25: {seconds:.2f} s (asked: 4), peak {got['peak_mb']:.0f} MB, of which "
        f"{got['loaded_mb']:.0f} after loading (asked: 1500)"
    )


def growth() -> pd.DataFrame:
    """Time polychoric correlations over rows, items and categories, the others held."""
    plan = [
        *(("rows", n, (n, 25, 5)) for n in (1_000, 10_000, 100_000, 300_000, 1_000_000)),
        *(("items", p, (5_000, p, 5)) for p in (5, 10, 25, 50, 100, 200)),
        *(("categories", k, (5_000, 25, k)) for k in (2, 3, 5, 7, 11, 15)),
    ]
    rows = []
    for what, value, size in plan:
        items = answers(*size)
        times = []
        for _ in range(3):
            start = time.perf_counter()
            correlations(items, kind="polychoric")
            times.append(time.perf_counter() - start)
        rows.append((what, value, median(times)))
    return pd.DataFrame(rows, columns=["what", "value", "seconds"])


def draw(table: pd.DataFrame) -> Path:
    """Plot the growth."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(10, 3.2), layout="constrained")
    held = {
        "rows": "25 items, 5 categories",
        "items": "5,000 people, 5 categories",
        "categories": "5,000 people, 25 items",
    }
    for axes, (what, part) in zip(
        figure.subplots(1, 3), table.groupby("what", sort=False), strict=True
    ):
        unit, name = (1_000, "rows, thousands") if what == "rows" else (1, what)
        axes.plot(part["value"] / unit, part["seconds"], marker="o")
        axes.set(xlabel=name, ylabel="seconds", title=held[what], ylim=(0, None))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.xaxis.set_major_formatter("{x:,.0f}")
    path = OUT / "correlations_growth.png"
    figure.savefig(path, dpi=110)
    return path


def main() -> None:
    """Print the tables and write the plot."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        beside_r(Path(folder))
        million(Path(folder))
    table = growth()
    table.to_csv(OUT / "correlations_growth.csv", index=False)
    print(table.round(4).to_string(index=False))
    print(f"plot: {draw(table).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
