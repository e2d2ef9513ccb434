"""Time and size of every export, for the smallest and the largest questionnaire.

No other program writes these files from one source, so there is nothing to stand beside them; what
counts is that a person at a command line does not wait, and that a page fits into a mail.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import innovsurvey as isv
from innovsurvey.questionnaire.export import FORMATS

ROUNDS = 5
FORMS = ("self-assessment", "manager-full")


def measure(form: isv.Questionnaire, format_: str, folder: Path) -> tuple[float, int]:
    """Give the median time of an export in seconds, the first one left out, and its size."""
    path = folder / f"{form.id}.{format_}"
    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        isv.export_questionnaire(form, path, format=format_)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:]), path.stat().st_size


def main() -> None:
    """Print one line per questionnaire and format."""
    print(f"{'questionnaire':<16} {'format':<15} {'ms':>8} {'kB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name in FORMS:
            form = isv.load_form(name)
            for format_ in FORMATS:
                seconds, size = measure(form, format_, Path(folder))
                print(f"{name:<16} {format_:<15} {1000 * seconds:>8.0f} {size / 1000:>8.0f}")


if __name__ == "__main__":
    main()
