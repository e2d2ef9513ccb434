"""Tell what a filter hid from a person from what the person left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.responses.cells import NOT_ANSWERED, NOT_SHOWN, OUT_OF_RANGE, UNREADABLE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Condition, Instrument

_UNREAD: Final = (OUT_OF_RANGE, UNREADABLE)
_NOT_GIVEN: Final = (NOT_ANSWERED, NOT_SHOWN, *_UNREAD)


def hide_filtered(
    data: pd.DataFrame, reasons: pd.DataFrame, instrument: Instrument
) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[int, str, str]]]:
    """Set cells that a filter hides to missing, with the reason ``not_shown``.

    A condition can only hide an item if the question it refers to is in the data and was answered,
    be it with an option such as "too early to say", or was hidden itself. Answers given in spite
    of a filter are taken out, since a role, say, is not to be scored for somebody who led no such
    work; they are given back for the log, by the position of the row, the item and the old value.
    A cell that could not be read keeps its reason.
    """
    data, reasons = data.copy(), reasons.copy()
    contrary: list[tuple[int, str, str]] = []
    for item in instrument.items:
        if item.id not in data or not item.show_if:
            continue
        hidden = np.zeros(len(data), dtype=bool)
        for group in item.show_if:
            hidden |= _unmet(group, data, reasons, instrument)
        values, why = data[item.id], reasons[item.id].astype(object)
        given = (values.notna() | (why.notna() & ~why.isin(_NOT_GIVEN))).to_numpy()
        for place in np.flatnonzero(hidden & given).tolist():
            old = why.iloc[place] if values.isna().iloc[place] else f"{values.iloc[place]:g}"
            contrary.append((place, item.id, str(old)))
        readable = ~why.isin(_UNREAD).to_numpy()
        reasons.loc[hidden & readable, item.id] = NOT_SHOWN
        data.loc[hidden, item.id] = np.nan
    return data, reasons, contrary


def _unmet(
    group: tuple[Condition, ...],
    data: pd.DataFrame,
    reasons: pd.DataFrame,
    instrument: Instrument,
) -> NDArray[np.bool_]:
    """Tell for each person that every condition of a group is known not to hold."""
    known = [condition for condition in group if condition.item in data]
    unmet = np.full(len(data), bool(known))
    for condition in known:
        options = instrument.format_of(condition.item).missing
        wanted = [option.reason for option in options if option.code in condition.values]
        values, why = data[condition.item], reasons[condition.item]
        decided = values.notna() | why.isin([NOT_SHOWN, *(option.reason for option in options)])
        unmet &= (decided & ~values.isin(condition.values) & ~why.isin(wanted)).to_numpy()
    return unmet
