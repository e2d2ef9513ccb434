"""Careless answering: random, straight-line and partly random rows, and the time they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from innovsurvey.definitions.model import ResponseFormat
    from innovsurvey.responses.simulation.streams import Floats, Streams

KINDS: Final = ("random", "straight_line", "partial")


def draw_kinds(
    n: int, shares: Mapping[str, float], streams: Streams, *label: str
) -> NDArray[np.object_]:
    """Tell for each row how it is answered: one of ``KINDS``, or "" for carefully."""
    uniform = streams.uniform(n, *label, "careless")
    limits = np.cumsum([shares[kind] for kind in KINDS])
    chosen = np.searchsorted(limits, uniform, side="right")
    return np.array([*KINDS, ""], dtype=object)[chosen]


def answer_carelessly(
    answers: pd.DataFrame,
    formats: Mapping[str, ResponseFormat],
    kinds: NDArray[np.object_],
    streams: Streams,
    *label: str,
    partial_share: float,
) -> pd.DataFrame:
    """Replace the ratings (ordinal answers) of careless rows; facts and filters stay as they are.

    A straight line ticks the same place of the scale at every item, a random row any point, and a
    partial one does so in the last part of the questionnaire.
    """
    names = [name for name in answers if formats[str(name)].level == "ordinal"]
    uniform = streams.generator(*label, "careless answers").random((len(answers), len(names)))
    start = round(len(names) * (1 - partial_share))
    result = answers.copy()
    for k, name in enumerate(names):
        points = np.asarray(formats[str(name)].values, dtype=float)
        is_random = (kinds == "random") | ((kinds == "partial") & (k >= start))
        column = result[name].to_numpy(copy=True)
        column = np.where(is_random, _at(points, uniform[:, k]), column)
        result[name] = np.where(kinds == "straight_line", _at(points, uniform[:, 0]), column)
    return result


def _at(points: Floats, place: Floats) -> Floats:
    """Give the point at a relative place of the scale, 0-1."""
    chosen: Floats = points[(place * len(points)).astype(int)]
    return chosen


def draw_durations(
    n_shown: Sequence[int] | NDArray[np.int64],
    kinds: NDArray[np.object_],
    section: Mapping[str, Any],
    streams: Streams,
    *label: str,
    partial_share: float,
) -> NDArray[np.int64]:
    """Give the seconds that each person took: log-normal per item, fast where careless."""
    n = len(kinds)
    factor = np.exp(section["log_sd"] * streams.noise(n, *label)("duration"))
    share_fast = np.select([kinds == "partial", kinds != ""], [partial_share, 1.0], 0.0)
    per_item = (1 - share_fast) * section["median"] + share_fast * section["careless_median"]
    seconds: NDArray[np.int64] = np.rint(np.asarray(n_shown) * per_item * factor).astype(np.int64)
    return seconds
