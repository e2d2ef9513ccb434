"""Speed and memory of reliability, beside R where Rscript is installed.

Each task runs five times in a process of its own after one run to warm up; the table shows
medians, the memory that of the whole process. Where R needs more than 20 seconds it runs once.
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
MOST_SECONDS = 3.0  # of 1,000 draws of omega

PYTHON = """
import json, re, sys, time
import pandas as pd
from innovsurvey.measurement.reliability import reliability
def highest():  # of this process; ru_maxrss also counts the one that started it
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
items = pd.read_csv(sys.argv[1])
loaded = highest()
seconds = []
for _ in range(int(sys.argv[2]) + 1):
    start = time.perf_counter()
    {code}
    seconds.append(time.perf_counter() - start)
peak = highest()
print(json.dumps({{"seconds": seconds[1:], "loaded_mb": loaded, "peak_mb": peak}}))
"""
R = """
suppressPackageStartupMessages({{library(psych); library(lavaan); library(semTools)}})
given <- commandArgs(TRUE)
items <- read.csv(given[1])
quietly <- function(x) suppressWarnings(suppressMessages(x))
repeats <- as.integer(given[2])
seconds <- numeric()
for (i in 0:repeats) {{
  start <- Sys.time()
  quietly({{ {code} }})
  seconds <- c(seconds, as.numeric(difftime(Sys.time(), start, units = "secs")))
  if (seconds[1] > 20) break
}}
if (length(seconds) > 1) seconds <- seconds[-1]
status <- readLines("/proc/self/status")
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE))) / 1024
cat(sprintf('{{"seconds": [%s], "peak_mb": %.1f}}', paste(seconds, collapse = ","), peak))
"""


@dataclass(frozen=True)
class Task:
    """The same work in both languages; R's is empty where it has none."""

    name: str
    items: str
    python: str
    r: str = ""


ONE_FACTOR = 'paste("f =~", paste(names(items), collapse = "+"))'
TASKS = (
    Task(
        "alpha, omegas, lambdas, glb: 11 items x 2,042",
        "climate",
        "reliability(items)",
        "psych::alpha(items); fa(items, 1); omega(items, plot = FALSE); guttman(items); "
        "glb.algebraic(cor(items))",
    ),
    Task(
        "ordinal alpha, categorical omega: 11 x 2,042",
        "climate",
        "reliability(items, ordinal=True)",
        f"fit <- cfa({ONE_FACTOR}, items, ordered = TRUE, std.lv = TRUE, estimator = 'ULSMV'); "
        "semTools::reliability(fit); compRelSEM(fit)",
    ),
    Task(
        "bootstrap of omega, 1,000 draws: 15 x 2,000",
        "scale",
        "reliability(items, n_boot=1000, seed=1)",
        "replicate(1000, { f <- fa(cor(items[sample(2000, replace = TRUE), ]), 1); "
        "sum(f$loadings)^2 / (sum(f$loadings)^2 + sum(f$uniquenesses)) })",
    ),
    Task("ordinal bootstrap, 100 draws: 15 x 2,000", "scale",
         "reliability(items, ordinal=True, n_boot=100, seed=1)"),
    Task("200 items x 2,000", "long", "reliability(items)"),
    Task("25 items x 1,000,000", "many", "reliability(items)"),
)  # fmt: skip


def answers(n_people: int, n_items: int) -> pd.DataFrame:
    """Draw answers 1 to 5 to the items of one scale."""
    rng = np.random.default_rng(1)
    common = rng.normal(size=(n_people, 1))
    latent = 0.7 * common + 0.7 * rng.normal(size=(n_people, n_items))
    names = [f"i{number}" for number in range(1, n_items + 1)]
    return pd.DataFrame(np.digitize(latent, [-1.2, -0.4, 0.4, 1.2]) + 1, columns=names)


def data(folder: Path) -> dict[str, Path]:
    """Write the items of every task."""
    climate = pd.read_csv(CLIMATE)
    frames = {
        "climate": climate[[name for name in climate if name[-2:].isdigit() and "LEAD" in name]],
        "scale": answers(2_000, 15),
        "long": answers(2_000, 200),
        "many": answers(1_000_000, 25),
    }
    paths = {name: folder / f"{name}.csv" for name in frames}
    for name, frame in frames.items():
        frame.to_csv(paths[name], index=False)
    return paths


def measure(command: list[str]) -> dict[str, float]:
    """Run one process; give the median of its seconds, and its memory in MB."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    got = json.loads(done.stdout)
    return {**got, "seconds": median(got["seconds"])}


def row(name: str, *cells: str) -> str:
    """Write one line of the table."""
    return f"{name:<48}" + "".join(f"{cell:>11}" for cell in cells)


def compare(task: Task, path: Path, folder: Path, rscript: str | None) -> str:
    """Time one task in both languages."""
    given = [str(path), str(REPEATS)]
    ours = measure([sys.executable, "-c", PYTHON.format(code=task.python), *given])
    cells = [f"{ours['seconds']:.3f}", "", "", f"{ours['loaded_mb']:.0f}", f"{ours['peak_mb']:.0f}"]
    if rscript and task.r:
        script = folder / "task.R"
        script.write_text(R.format(code=task.r), encoding="utf-8")
        theirs = measure([rscript, str(script), *given])
        cells[1:3] = [f"{theirs['seconds']:.3f}", f"{theirs['seconds'] / ours['seconds']:.1f}"]
        cells.append(f"{theirs['peak_mb']:.0f}")
    line = row(task.name, *cells)
    if task.name.startswith("bootstrap"):
        line += "   met" if ours["seconds"] < MOST_SECONDS else "   not met"
        line += f" (under {MOST_SECONDS:g} s)"
    return line


def main() -> None:
    """Print the table."""
    rscript = shutil.which("Rscript")
    print(row("task", "ours, s", "R, s", "R/ours", "loaded MB", "peak MB", "R peak MB"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = data(folder)
        for task in TASKS:
            print(compare(task, paths[task.items], folder, rscript), flush=True)
    if rscript is None:
        print("Rscript is not on the path, so there is nothing to compare with.")


if __name__ == "__main__":
    main()
