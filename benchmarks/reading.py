"""Time and memory of reading large files, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

N_PEOPLE = 200_000
N_ITEMS = 120
N_EXCEL = 5_000
N_EXCEL_ITEMS = 250
MEASURE = """
import json, sys, time
import innovsurvey as isv
start, cpu = time.perf_counter(), time.process_time()
answers = isv.read_responses(sys.argv[1], sys.argv[2], id_column="id")
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
with open("/proc/self/status") as file:  # as Linux tells it, for this process alone
    peak = int(next(line for line in file if line.startswith("VmHWM")).split()[1]) / 1e6
figures = answers.n_obs, answers.data.shape[1], round(seconds, 1), round(cpu, 1), round(peak, 2)
print(json.dumps(figures))
"""


def instrument(folder: Path, n_items: int) -> Path:
    """Write an instrument with items on five points."""
    items = "".join(
        f"  - {{id: q{i}, format: agree, text: {{en: Item {i}}}}}\n" for i in range(n_items)
    )
    points = ", ".join(f"{{value: {value}}}" for value in range(1, 6))
    path = folder / f"bench{n_items}.yaml"
    path.write_text(
        "id: bench\nversion: 0.1.0\nsource: {citation: Invented, licence: CC0-1.0}\nformats:\n"
        f"  agree: {{level: ordinal, anchors: none, points: [{points}], "
        "missing: [{code: -9, reason: refused, label: {en: Refused}}]}\n"
        f"items:\n{items}",
        encoding="utf-8",
    )
    return path


def answers(n_people: int, n_items: int) -> pd.DataFrame:
    """Make answers of 1 to 5, some missing."""
    rng = np.random.default_rng(1)
    codes = rng.integers(1, 6, (n_people, n_items))
    codes[rng.random(codes.shape) < 0.02] = -9
    frame = pd.DataFrame(codes, columns=[f"q{i}" for i in range(n_items)])
    frame.insert(0, "id", range(1, n_people + 1))
    return frame


def write_files(folder: Path) -> list[tuple[Path, Path]]:
    """Write one large table in several kinds, and a workbook."""
    import pyreadstat

    large, wide = instrument(folder, N_ITEMS), instrument(folder, N_EXCEL_ITEMS)
    frame = answers(N_PEOPLE, N_ITEMS)
    frame.to_csv(folder / "large.csv", index=False)
    frame.to_csv(folder / "large.csv.gz", index=False)
    frame.to_parquet(folder / "large.parquet", index=False)
    missing = {name: [-9] for name in frame if name != "id"}
    pyreadstat.write_sav(frame, folder / "large.sav", missing_ranges=missing, row_compress=True)
    answers(N_EXCEL, N_EXCEL_ITEMS).to_excel(folder / "wide.xlsx", index=False)
    names = ("large.csv", "large.csv.gz", "large.parquet", "large.sav")
    return [*((folder / name, large) for name in names), (folder / "wide.xlsx", wide)]


def main() -> None:
    """Read each file and print a line."""
    print(f"{'file':<15}{'MB':>7}{'people':>9}{'items':>7}{'seconds':>9}{'CPU s':>7}{'peak GB':>9}")
    with tempfile.TemporaryDirectory() as name:
        for path, asked in write_files(Path(name)):
            done = subprocess.run(
                [sys.executable, "-c", MEASURE, str(path), str(asked)],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            people, items, seconds, cpu, peak = json.loads(done.stdout.splitlines()[-1])
            size = path.stat().st_size / 1e6
            figures = f"{people:>9}{items:>7}{seconds:>9}{cpu:>7}{peak:>9}"
            print(f"{path.name:<15}{size:>7.1f}{figures}")


if __name__ == "__main__":
    main()
