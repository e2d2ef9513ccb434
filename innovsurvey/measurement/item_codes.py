"""Which items are ordinal, and their answers as codes 1, 2, ... (0 where one is missing)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_items, complete_rows, join_names
from innovsurvey.errors import DataError, InsufficientDataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CATEGORIES: Final = 30
_SPAN: Final = 1_000  # of whole numbers that are counted instead of sorted


@dataclass(frozen=True, eq=False)
class ItemAnswers:
    """Checked answers, the weights of the people, and what was set aside.

    Parameters
    ----------
    frame
        Answers as numbers, NaN where missing.
    ordinal
        Whether each item is taken as ordered categories.
    codes
        Answers to the ordinal items as codes 1, 2, ...; 0 where one is missing.
    weights
        One per row with mean one, or None.
    notes
        What was set aside, and which categories nobody used.
    """

    frame: pd.DataFrame
    ordinal: NDArray[np.bool_]
    codes: NDArray[np.int8]
    weights: NDArray[np.float64] | None
    notes: tuple[str, ...]

    @property
    def names(self) -> pd.Index[Any]:
        """Names of the items."""
        return self.frame.columns

    @property
    def n_obs(self) -> int:
        """Number of people."""
        return len(self.frame)

    @property
    def has_missing(self) -> bool:
        """Whether any answer is missing."""
        return bool(self.frame.isna().to_numpy().any())


def answered_items(
    items: Any,
    *,
    kind: Literal["pearson", "polychoric"] | None,
    missing: Literal["pairwise", "listwise"] = "pairwise",
    weights: Any = None,
    min_items: int = 2,
) -> ItemAnswers:
    """Check items and weights, and set people aside whose answers cannot be used.

    Parameters
    ----------
    kind
        ``"polychoric"`` takes all items as ordinal, ``"pearson"`` none, None those that are
        ordered categoricals.

    Raises
    ------
    DataError
        Text in a column, weights that do not fit, more than 30 categories.
    InsufficientDataError
        Too few items or people, an item without answers or without variance.
    """
    frame = check_items(items, min_items=min_items)
    ordinal = _ordinal(items, kind)
    frame, checked, notes = _weigh(frame, weights)
    frame, kept, lost = _set_aside(frame, missing)
    _check_variation(frame)
    codes = _codes(frame.loc[:, ordinal])
    if checked is not None:
        checked = checked[kept] / checked[kept].mean()
    unused = _unused_notes(items, frame, ordinal)
    return ItemAnswers(frame, ordinal, codes, checked, (*notes, *lost, *unused))


def item_codes(values: NDArray[np.float64]) -> tuple[NDArray[np.integer], NDArray[np.float64]]:
    """Count up the different answers from low to high; give the codes and the answers.

    Examples
    --------
    >>> import numpy as np
    >>> codes, answers = item_codes(np.array([3.0, 1.0, np.nan, 3.0]))
    >>> codes.tolist(), answers.tolist()
    ([2, 1, 0, 2], [1.0, 3.0])
    """
    low, high = np.fmin.reduce(values), np.fmax.reduce(values)
    steps = values - (low - 1)
    steps[np.isnan(values)] = 0
    is_near = high - low < _SPAN and low == np.floor(low)
    whole = steps.astype(np.int16) if is_near else np.zeros(1, dtype=np.int16)
    if not np.array_equal(whole, steps):
        different = np.unique(values[steps > 0])
        return np.where(steps > 0, np.searchsorted(different, values) + 1, 0), different
    used = np.flatnonzero(np.bincount(whole)[1:])
    look_up = np.zeros(int(high - low) + 2, dtype=np.int8)
    look_up[used + 1] = np.arange(1, len(used) + 1)
    return look_up[whole], used + low


def _ordinal(items: pd.DataFrame, kind: str | None) -> NDArray[np.bool_]:
    """Tell which items are taken as ordered categories."""
    if kind is None:
        flags = [isinstance(dtype, pd.CategoricalDtype) for dtype in items.dtypes]
        return np.array(flags, dtype=bool)
    return np.full(items.shape[1], kind == "polychoric")


def _weigh(
    frame: pd.DataFrame, weights: Any
) -> tuple[pd.DataFrame, NDArray[np.float64] | None, tuple[str, ...]]:
    """Check the weights, and set people with a weight of zero aside."""
    if weights is None:
        return frame, None, ()
    if isinstance(weights, pd.Series) and not weights.index.equals(frame.index):
        message = "weights and items have different indexes. Give one weight per row of the items."
        raise DataError(message)
    values = pd.to_numeric(pd.Series(np.asarray(weights).ravel()), errors="coerce").to_numpy(float)
    if len(values) != len(frame):
        message = f"{len(values)} weights for {len(frame)} rows. Give one weight per row."
        raise DataError(message)
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if bad.size:
        message = (
            f"{bad.size} weight(s) are missing, negative or no number, first in row "
            f"{bad[0] + 1}. Weights must be 0 or more."
        )
        raise DataError(message)
    if not values.any():
        message = "all weights are 0, so nobody is left. Give weights above 0."
        raise InsufficientDataError(message)
    keep = values > 0
    n_lost = int((~keep).sum())
    note = f"{n_lost} of {len(frame)} people left out because their weight is 0."
    return frame[keep], values[keep], (note,) * bool(n_lost)


def _set_aside(
    frame: pd.DataFrame, missing: str
) -> tuple[pd.DataFrame, NDArray[np.bool_], tuple[str, ...]]:
    """Leave out people with a missing answer, or only those without any answer."""
    absent = frame.isna().to_numpy()
    empty = frame.columns[np.asarray(absent.all(axis=0))].tolist()
    if empty:
        message = f"no answers at all for {join_names(empty)}. Leave the item(s) out to go on."
        raise InsufficientDataError(message)
    if not absent.any():
        return frame, np.ones(len(frame), dtype=bool), ()
    if missing == "listwise":
        kept, notes = complete_rows(frame)
        return kept, np.asarray(~absent.any(axis=1)), notes
    silent = np.asarray(absent.all(axis=1))
    return frame[~silent], ~silent, _pairwise_notes(absent, silent)


def _pairwise_notes(absent: NDArray[np.bool_], silent: NDArray[np.bool_]) -> tuple[str, ...]:
    """Say how many people answered nothing, and how many not everything."""
    notes = []
    if silent.any():
        notes.append(f"{silent.sum()} of {len(silent)} people left out: not one answer.")
    n_gaps = int(absent.any(axis=1).sum() - silent.sum())
    if n_gaps:
        notes.append(
            f"{n_gaps} of {len(silent)} people have missing answers; each correlation takes "
            "those who answered both items (pairwise)."
        )
    return tuple(notes)


def _check_variation(frame: pd.DataFrame) -> None:
    """Refuse too few people, and items to which everybody gave the same answer."""
    if len(frame) < 2:
        message = f"{len(frame)} person left, at least 2 are needed. Collect more answers."
        raise InsufficientDataError(message)
    constant = frame.columns[(frame.min() == frame.max()).to_numpy()].tolist()
    if constant:
        message = (
            f"everybody gave the same answer to {join_names(constant)} (N = {len(frame)}), so "
            "there is nothing to correlate. Leave the item(s) out."
        )
        raise InsufficientDataError(message)


def _codes(frame: pd.DataFrame) -> NDArray[np.int8]:
    """Code the answers to each ordinal item; refuse very many different ones."""
    codes = np.zeros((frame.shape[1], len(frame)), dtype=np.int8)
    for row, name in zip(codes, frame.columns, strict=True):
        found, answers = item_codes(frame[name].to_numpy())
        if len(answers) > MOST_CATEGORIES:
            message = (
                f"item {name!r} has {len(answers)} different answers, at most "
                f"{MOST_CATEGORIES} are taken as ordered categories. Take it as a number "
                '(kind= or correlation="pearson", or a numeric column beside ordered categoricals).'
            )
            raise DataError(message)
        row[:] = found
    return codes.T


def _unused_notes(
    items: pd.DataFrame, frame: pd.DataFrame, ordinal: NDArray[np.bool_]
) -> tuple[str, ...]:
    """Name the categories of ordinal items that nobody used."""
    found = []
    for name in frame.columns[ordinal]:
        dtype = items[name].dtype
        if isinstance(dtype, pd.CategoricalDtype):
            n_unused = len(dtype.categories) - frame[name].nunique()
            found += [f"{name} ({n_unused})"] if n_unused else []
    if not found:
        return ()
    return (
        f"categories that nobody chose are skipped, they have no threshold: {join_names(found)}.",
    )
