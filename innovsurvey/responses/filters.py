"""Tell what a filter hid from a person from what the person left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innovsurvey.responses.cells import NOT_ANSWERED, NOT_SHOWN

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Condition, Instrument


def mark_not_shown(
    data: pd.DataFrame, reasons: pd.DataFrame, instrument: Instrument
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Change the reason of empty cells that a filter hid to ``not_shown``.

    A condition can only hide an item if the question it refers to is in the data and was answered,
    or was hidden itself. Answers given in spite of a filter are kept and counted in a note.
    """
    reasons = reasons.copy()
    n_contrary = 0
    for item in instrument.items:
        if item.id not in data or not item.show_if:
            continue
        hidden = np.zeros(len(data), dtype=bool)
        for group in item.show_if:
            hidden |= _unmet(group, data, reasons)
        empty = (reasons[item.id] == NOT_ANSWERED).to_numpy()
        reasons.loc[hidden & empty, item.id] = NOT_SHOWN
        n_contrary += int((hidden & data[item.id].notna().to_numpy()).sum())
    if not n_contrary:
        return reasons, ()
    return reasons, (f"{n_contrary} answer(s) to items that a filter should have hidden; kept.",)


def _unmet(
    group: tuple[Condition, ...], data: pd.DataFrame, reasons: pd.DataFrame
) -> NDArray[np.bool_]:
    """Tell for each person that every condition of a group is known not to hold."""
    known = [condition for condition in group if condition.item in data]
    unmet = np.full(len(data), bool(known))
    for condition in known:
        decided = data[condition.item].notna() | (reasons[condition.item] == NOT_SHOWN)
        unmet &= (decided & ~data[condition.item].isin(condition.values)).to_numpy()
    return unmet
