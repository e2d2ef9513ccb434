"""Time of scoring 100,000 people on every instrument that ships with innovsurvey.

Each instrument runs three times after one run to warm up; the table shows medians in seconds.
"""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import innovsurvey as isv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.definitions.model import Instrument, ResponseFormat

N_PEOPLE = 100_000
REPEATS = 3
MISSING_SHARE = 0.1
REASONS = ("not_answered", "not_needed", "not_shown", "cannot_judge")


def random_responses(instrument: Instrument, n: int, rng: np.random.Generator) -> isv.Responses:
    """Make up answers of n people, a tenth of them missing for one of four reasons."""
    index = pd.RangeIndex(1, n + 1, name="respondent")
    data, reasons = {}, {}
    for item in instrument.items:
        format_ = instrument.format_of(item.id)
        if not format_.is_scorable:
            continue
        codes = rng.integers(0, len(REASONS), n).astype(np.int8)
        codes[rng.random(n) >= MISSING_SHARE] = -1
        data[item.id] = np.where(codes < 0, rng.choice(_points(format_), n), np.nan)
        reasons[item.id] = pd.Categorical.from_codes(codes, categories=list(REASONS))
    nothing = pd.DataFrame()
    return isv.Responses(
        instrument=instrument,
        form="all",
        data=pd.DataFrame(data, index=index),
        reasons=pd.DataFrame(reasons, index=index),
        context=pd.DataFrame(index=index),
        log=nothing,
        quarantine=nothing,
        n_obs=n,
    )


def _points(format_: ResponseFormat) -> Sequence[float]:
    """Give the answers of a format; a format of numbers gives its two ends."""
    return format_.values or [format_.low or 0.0, format_.high or 1.0]


def seconds(responses: isv.Responses) -> float:
    """Time the scoring of all scales."""
    times = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        isv.score_scales(responses)
        times.append(time.perf_counter() - start)
    return median(times[1:])


def main() -> None:
    """Score every instrument and print the table."""
    rng = np.random.default_rng(0)
    rows = {}
    for name in isv.list_instruments()["id"].unique():
        instrument = isv.load_instrument(name)
        responses = random_responses(instrument, N_PEOPLE, rng)
        n_scales = sum(scale.score is not None for scale in instrument.scales)
        rows[name] = [responses.data.shape[1], n_scales, seconds(responses)]
    table = pd.DataFrame.from_dict(rows, "index", columns=["n_items", "n_scales", "seconds"])
    print(f"score_scales, {N_PEOPLE:,} people")
    print(table.round(3).to_string())
    print(f"all instruments: {table['seconds'].sum():.2f} s")


if __name__ == "__main__":
    main()
