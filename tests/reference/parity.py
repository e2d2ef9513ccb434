"""Write docs/parity.md: every figure that the tests compare with R, beside R's.

``make parity`` runs the tests that compare with a reference and keeps what they compared, so the
page has no cases of its own.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGE = ROOT / "docs/parity.md"
MOST_DIGITS = 6
# What a user calls, in the order of the work, and the references that stand for it.
FUNCTIONS = {
    "missing_data": ["missing"],
    "screen_responses": ["careless", "careless_oracle"],
    "item_analysis": ["item_analysis"],
    "correlations": ["correlations"],
    "reliability": ["consistency", "reliability"],
    "factorability": ["factorability"],
    "n_factors, parallel_analysis": ["number_of_factors"],
    "efa": [
        "factor_analysis",
        "maximum_likelihood",
        "polychoric_factors",
        "pairwise_factors",
        "target_rotation",
    ],
    "efa(...).scores": ["factor_scores"],
    "congruence": ["congruence"],
    "regression": ["regression"],
}
INTRODUCTION = """# Figures beside those of R

Every figure that the tests compare with another program, {n_figures:,} figures with {n_values:,}
values, written by `make parity` from the comparisons that the tests make.

- *values*: how many numbers the figure has. Of a list or a matrix the page shows the first value
  that is there and not 1.
- *difference*: the largest of all values, rounded up; "<" where it is less than a hundredth of
  the tolerance. The test fails where a value differs by more than the *tolerance*.
- Factors stand in the same order and direction on both sides. Differences of `gamma` are
  relative to the variances of the two estimates. In a parallel analysis, chance is drawn at
  random on both sides; where the result notes that more draws might change a number of factors,
  the tolerance is 1. From `chance_factors` the first value is left out: it is the extreme of a
  distribution with a heavy tail.
- The other program was run once, by the script named; the tests read its numbers from the file
  beside the script. Why a tolerance is what it is stands in the script.
"""


class Recorder:
    """A plugin of pytest: keeps the tests with a reference, and what they compared."""

    def __init__(self) -> None:
        self.compared: list[Any] = []

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out the tests without a reference."""
        items[:] = [item for item in items if has_reference(item)]

    def pytest_sessionfinish(self) -> None:
        """Take over what was compared."""
        self.compared = sys.modules["conftest"].COMPARED


def has_reference(item: Any) -> bool:
    """Tell whether a test takes a case of a reference."""
    case = getattr(item, "callspec", None) and item.callspec.params.get("case")
    return isinstance(case, dict) and "reference" in case


def compared() -> dict[tuple[str, int, str], Any]:
    """Run the tests; give the comparison of each figure, the one with the largest difference."""
    files = [
        str(p) for p in (ROOT / "tests").rglob("test_*.py") if "assert_agrees" in p.read_text()
    ]
    recorder = Recorder()
    options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=", "-n", "0"]
    if pytest.main([*options, *sorted(files)], plugins=[recorder]) != pytest.ExitCode.OK:
        sys.exit("Not all comparisons hold, so the page is left as it is.")
    worst: dict[tuple[str, int, str], Any] = {}
    for seen in recorder.compared:
        key = (seen.reference, seen.position, seen.figure)
        if key not in worst or difference(seen) > difference(worst[key]):
            worst[key] = seen
    return worst


def difference(seen: Any) -> float:
    """Give the largest difference of a comparison, in the units of its tolerance."""
    size = np.abs((seen.got - seen.expected) / seen.scale)
    return float(np.nanmax(size)) if np.isfinite(size).any() else 0.0


def said(size: float, tolerance: float) -> str:
    """Write a difference with one digit, rounded up; noise below what is tested is left out."""
    if tolerance == 0:
        return "none" if size == 0 else f"{size:.0e}"
    if size < tolerance / 100:
        return f"< {tolerance / 100:.0e}"
    power = 10.0 ** math.floor(math.log10(size))
    return f"{math.ceil(size / power - 1e-9) * power:.0e}"


def number(value: float, tolerance: float) -> str:
    """Write a value with the digits that its tolerance allows."""
    if math.isnan(value):
        return "NaN"
    wanted = math.ceil(-math.log10(tolerance)) if tolerance else 0
    return f"{round(value, min(max(wanted, 0), MOST_DIGITS)) + 0.0:.{min(wanted, MOST_DIGITS)}f}"


def row(name: str, seen: Any) -> str:
    """Write one figure as a row of its table."""
    if seen.got.size == 0:
        cells = ["0", "none", "none", "none", f"{seen.tolerance:g}"]
    else:
        telling = np.isfinite(seen.expected) & (seen.expected != 1)  # not the diagonal of a matrix
        at = int(telling.argmax())
        first = [number(values[at], seen.tolerance) for values in (seen.expected, seen.got)]
        apart = said(difference(seen), seen.tolerance)
        cells = [f"{seen.got.size}", *first, apart, f"{seen.tolerance:g}"]
    return f"| {name} | `{seen.figure}` | {' | '.join(cells)} |"


def case_names(cases: list[dict[str, Any]]) -> list[str]:
    """Name the cases of a reference; what is said twice is told apart."""
    ids = [case["id"] for case in cases]
    return [
        f"{case['id']} ({case['what']})" if ids.count(case["id"]) > 1 else case["id"]
        for case in cases
    ]


def what_it_is(name: str, case: dict[str, Any]) -> str:
    """Say which data a case has and what was called."""
    data = case.get("data", {})
    columns = data.get("columns")
    parts = [f"`{data['path']}`"] if "path" in data else []
    if isinstance(columns, list):
        parts.append(f"{len(columns)} columns")
    parts.append(f"`{case['call']}`")
    return f"- {name}: {', '.join(parts)}"


def program(content: dict[str, Any]) -> str:
    """Name the program and its packages with their versions."""
    packages = [f"{name} {v}" for name, v in content["packages"].items() if name != "jsonlite"]
    return f"{content['program'].partition(' (')[0]}, {', '.join(packages)}; `{content['script']}`"


def read(reference: str) -> dict[str, Any]:
    """Read the file of a reference."""
    content: dict[str, Any] = json.loads((HERE / f"{reference}.json").read_text(encoding="utf-8"))
    return content


def numbers(values: Any) -> list[float]:
    """List the numbers of a figure; "NA" of R is NaN."""
    flat = np.array([] if values is None else values, dtype=object).ravel()
    return [math.nan if value == "NA" else float(value) for value in flat]


def section(reference: str, seen: dict[tuple[str, int, str], Any]) -> list[str]:
    """Write the part of one reference."""
    content = read(reference)
    names = case_names(content["cases"])
    lines = [f"### {reference}", "", program(content), ""]
    lines += [what_it_is(*pair) for pair in zip(names, content["cases"], strict=True)]
    other = content["program"].split()[0]
    lines += ["", f"| data | figure | values | {other} | ours | difference | tolerance |"]
    lines += ["|---|---|---:|---:|---:|---:|---:|"]
    keys = sorted(key for key in seen if key[0] == reference)
    return [*lines, *(row(names[key[1]], seen[key]) for key in keys), ""]


def page(seen: dict[tuple[str, int, str], Any]) -> str:
    """Write the whole page."""
    lines = []
    for function, references in FUNCTIONS.items():
        lines += [f"## `{function}`", ""]
        for reference in references:
            lines += section(reference, seen)
    n_values = sum(one.got.size for one in seen.values())
    head = INTRODUCTION.format(n_figures=len(seen), n_values=n_values)
    return "\n".join([head, *lines]).rstrip() + "\n"


def missing(seen: Iterable[tuple[str, int, str]]) -> list[str]:
    """List the figures of the references that no test has compared."""
    known = set(seen)
    return [
        f"{path.stem}, {case['id']}: {figure}"
        for path in sorted(HERE.glob("*.json"))
        for at, case in enumerate(read(path.stem)["cases"])
        for figure in case["expected"]
        if (path.stem, at, figure) not in known
    ]


def main() -> None:
    """Write the page."""
    seen = compared()
    if left := missing(seen):
        sys.exit("Compared by no test:\n" + "\n".join(left))
    PAGE.write_text(page(seen), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
