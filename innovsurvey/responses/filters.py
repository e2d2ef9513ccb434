"""Tell what a filter hid from a person from what the person left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innovsurvey.responses.cells import NOT_ANSWERED, NOT_SHOWN

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Condition, Instrument


def hide_filtered(
    data: pd.DataFrame, reasons: pd.DataFrame, instrument: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[int, str, float]]]:
    """Set cells that a filter hides to missing, with the reason ``not_shown``.

    A condition can only hide an item if the question it refers to is in the data and was answered,
    or was hidden itself. Answers given in spite of a filter are taken out, since a role, say, is
    not to be scored for somebody who led no such work; they are given back for the log, by the
    position of the row, the item and the old value.
    """
    data, reasons = data.copy(), reasons.copy()
    contrary: list[tuple[int, str, float]] = []
    for item in instrument.items:
        if item.id not in data or not item.show_if:
            continue
        hidden = np.zeros(len(data), dtype=bool)
        for group in item.show_if:
            hidden |= _unmet(group, data, reasons)
        answered = data[item.id].notna().to_numpy()
        places = np.flatnonzero(hidden & answered).tolist()
        contrary += [(place, item.id, float(data[item.id].iloc[place])) for place in places]
        empty = (reasons[item.id] == NOT_ANSWERED).to_numpy()
        reasons.loc[hidden & (empty | answered), item.id] = NOT_SHOWN
        data.loc[hidden, item.id] = np.nan
    return data, reasons, contrary


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
