"""Write what the Python package insufficient-effort gives where it follows the publications.

Run from the top folder of the project, with a Python that has insufficient-effort (MIT) 1.13.1:

    python tests/reference/make/careless_oracle.py
"""

import csv
import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path

import ier
import numpy as np

PATH = "tests/data/bfi/bfi.csv"
ITEMS = [f"{letter}{number}" for letter in "ACENO" for number in range(1, 6)]
REVERSED = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]
CRITICAL = 0.4


def read():
    """Give the items as numbers, empty cells as NaN."""
    with Path(PATH).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = [[row[name] for name in ITEMS] for row in rows]
    return np.array([[float(c) if c not in {"", "NA"} else np.nan for c in row] for row in cells])


def main():
    given = read()
    turn = np.array([name in REVERSED for name in ITEMS])
    keyed = np.where(turn, 7 - given, given)
    complete = np.flatnonzero(~np.isnan(given).any(axis=1))
    rows = complete[:40]
    d2 = ier.mahad(keyed[complete]) ** 2
    expected = {
        "longstring": ier.longstring_scores(given)[rows],
        "average_run": ier.longstring_scores(given, avg=True)[rows],
        "even_odd": ier.evenodd(keyed, [5] * 5, method="halves")[rows],
        "synonyms": ier.psychsyn(keyed, CRITICAL, item_correlations="pairwise")[rows],
        "person_total": ier.person_total(keyed)[rows],
        "mahalanobis_d2_complete": d2[:40],
    }
    content = {
        "program": f"Python {platform.python_version()}",
        "packages": {name: version(name) for name in ("insufficient-effort", "numpy")},
        "script": "tests/reference/make/careless_oracle.py",
        "tolerance": dict.fromkeys(expected, 1e-8),
        "cases": [
            {
                "id": "bfi by insufficient-effort",
                "call": "ier.longstring_scores, evenodd(method='halves'), psychsyn(pairwise), "
                "person_total, mahad ** 2 of complete rows",
                "data": {
                    "path": PATH,
                    "sha256": hashlib.sha256(Path(PATH).read_bytes()).hexdigest(),
                    "columns": ITEMS,
                    "reverse": REVERSED,
                    "turn": 7,
                },
                "rows": rows.tolist(),
                "scales": [list(range(5 * k, 5 * k + 5)) for k in range(5)],
                "like_above": CRITICAL,
                "expected": {name: values.tolist() for name, values in expected.items()},
            }
        ],
    }
    text = json.dumps(content, indent=2) + "\n"
    Path("tests/reference/careless_oracle.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
