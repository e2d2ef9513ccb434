"""Missing answers: what a filter hides, ways to give no rating, and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Condition, Item, MissingOption, ResponseFormat
    from innovsurvey.responses.simulation.streams import Floats, Streams

    Flags = NDArray[np.bool_]


def offered(format_: ResponseFormat, version: str) -> tuple[MissingOption, ...]:
    """List the ways to give no rating that a version of the questionnaire offers."""
    return tuple(o for o in format_.missing if not o.versions or version in o.versions)


def draw_options(
    answers: Floats,
    options: Sequence[MissingOption],
    rates: Mapping[str, Any],
    uniform: Floats,
) -> Floats:
    """Put the codes of missing options in, each at its rate (a number, or one per person)."""
    result, low = answers.copy(), np.zeros(len(answers))
    for option in options:
        rate = rates.get(option.reason, rates["other"])
        high = low + (rate if isinstance(rate, np.ndarray) else float(rate))
        result[(uniform >= low) & (uniform < high)] = option.code
        low = high
    return result


def leave_out(
    answers: pd.DataFrame, rate: float | pd.DataFrame, streams: Streams, *label: str
) -> pd.DataFrame:
    """Empty cells at random, at one rate or at a rate for each cell."""
    uniform = streams.generator(*label, "not answered").random(answers.shape)
    return answers.mask(uniform < (rate if isinstance(rate, float) else rate.to_numpy()))


def filter_items(items: Iterable[Item]) -> set[str]:
    """Name the questions on which others hang; everybody answers them."""
    return {condition.item for item in items for group in item.show_if for condition in group}


def hide(answers: pd.DataFrame, items: Sequence[Item], code: float) -> pd.DataFrame:
    """Put the code for "not shown" where the conditions of an item do not hold.

    Items come in the order in which they are asked, so that what hangs on a hidden question is
    hidden, too. A condition on a question that is not in the data hides nothing.
    """
    result = answers.copy()
    for item in items:
        shown = np.ones(len(result), dtype=bool)
        for group in item.show_if:
            shown &= _met(group, result)
        result.loc[~shown, item.id] = code
    return result


def _met(group: Sequence[Condition], answers: pd.DataFrame) -> Flags:
    """Tell for each person that one condition of a group holds; unknown questions do not count."""
    known = [condition for condition in group if condition.item in answers]
    met = np.full(len(answers), not known)
    for condition in known:
        met |= answers[condition.item].isin(condition.values).to_numpy()
    return met


def odds_times(rate: float, odds: float) -> float:
    """Give the probability whose odds are ``odds`` times those of ``rate``.

    Examples
    --------
    >>> odds_times(0.5, 2.0)
    0.6666666666666666
    """
    higher = odds * rate / (1 - rate)
    return higher / (1 + higher)
