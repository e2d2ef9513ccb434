"""What factors are extracted from: items, their correlations, and the people behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_choice, join_names
from innovsurvey.errors import DataError, InsufficientDataError
from innovsurvey.measurement.correlation_estimates import estimates_of
from innovsurvey.measurement.item_codes import answered_items
from innovsurvey.numerics.correlation import (
    count_together,
    dependent_columns,
    is_positive_definite,
    moments,
    pair_moments,
    smoothed,
)
from innovsurvey.numerics.mixed_correlation import mixed_correlations
from innovsurvey.numerics.pair_tables import pair_index
from innovsurvey.numerics.polychoric import polychoric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from innovsurvey.measurement.item_codes import ItemAnswers

    Array = NDArray[np.float64]

Kind = Literal["pearson", "polychoric"]
Missing = Literal["listwise", "pairwise"]
_SAME: Final = 1 - 1e-10  # a correlation above it is one


@dataclass(frozen=True, eq=False)
class FactorItems:
    """Items ready to be factored.

    Parameters
    ----------
    frame
        Answers as numbers, one row per person that counts.
    rows
        The same as an array, ordinal items as codes 1, 2, ...; NaN where an answer is missing.
    ordinal
        Whether each item is taken as ordered categories.
    corr
        Their correlations.
    n_fit
        The number of people that goes into tests of fit: the harmonic mean over the pairs of
        items where each pair has its own people.
    notes
        What was left out or doubted, and which correlations were taken and why.
    """

    frame: pd.DataFrame
    rows: Array
    ordinal: NDArray[np.bool_]
    corr: Array
    n_fit: float
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
    def kind(self) -> str:
        """What the correlations are called."""
        return kind_of(self.ordinal)


def factor_items(
    items: Any,
    correlation: Kind | None,
    *,
    missing: Missing = "listwise",
    smooth: bool = False,
) -> FactorItems:
    """Check the items, choose the correlations, and compute them."""
    check_choice(correlation, "correlation", ("pearson", "polychoric", None))
    check_choice(missing, "missing", ("listwise", "pairwise"))
    _check_people(items, missing)
    answers = answered_items(items, kind=correlation, missing=missing)
    rows = _coded(answers)
    corr, changed = _smoothed(_known(answers, rows), smooth=smooth)
    return FactorItems(
        frame=answers.frame,
        rows=rows,
        ordinal=answers.ordinal,
        corr=corr,
        n_fit=_n_fit(answers),
        notes=(*answers.notes, *_why(answers.ordinal, correlation), *changed),
    )


def correlate(rows: Array, ordinal: NDArray[np.bool_]) -> Array:
    """Correlate rows of numbers and codes."""
    if not ordinal.any():
        if not np.isnan(rows).any():
            return moments([rows]).correlation
        return pair_moments(rows - np.nanmean(rows, axis=0)).correlation
    codes = np.nan_to_num(rows[:, ordinal]).astype(np.int8)
    if ordinal.all():
        return polychoric(codes, int(codes.max())).correlation
    return mixed_correlations(rows[:, ~ordinal], codes, ordinal).correlation


def kind_of(ordinal: NDArray[np.bool_]) -> str:
    """Name the correlations."""
    if ordinal.all():
        return "polychoric"
    return "mixed" if ordinal.any() else "pearson"


def _coded(answers: ItemAnswers) -> Array:
    """Put codes in the place of ordinal answers."""
    rows = answers.frame.to_numpy(copy=True)
    rows[:, answers.ordinal] = np.where(answers.codes == 0, np.nan, answers.codes)
    return rows


def _check_people(items: Any, missing: str) -> None:
    """Refuse no more people than items."""
    if not isinstance(items, pd.DataFrame):
        return
    gaps = items.isna()
    n = len(items) - int((gaps.any(axis=1) if missing == "listwise" else gaps.all(axis=1)).sum())
    p = items.shape[1]
    if 0 < n <= p:
        which = "all" if missing == "listwise" else "any of the"
        lost = missing == "listwise" and n < len(items)
        hint = '; missing="pairwise" takes everybody who answered two items' if lost else ""
        message = (
            f"{n} people answered {which} {p} items, at least {p + 1} are needed. Collect more "
            f"answers or use fewer items{hint}."
        )
        raise InsufficientDataError(message)


def _known(answers: ItemAnswers, rows: Array) -> Array:
    """Give the correlations; refuse those that are not known, or that are perfect."""
    names = answers.names
    if not answers.ordinal.any():
        corr = correlate(rows, answers.ordinal)
        _refuse_unknown(names, np.isnan(corr[pair_index(len(names))]))
    else:
        estimates = estimates_of(answers)
        corr = estimates.correlation
        unknown = np.isnan(corr[pair_index(len(names))])
        _refuse_unknown(names, unknown | ~estimates.converged)
        _refuse_limits(names, estimates.at_limit)
    same = np.abs(corr[pair_index(len(names))]) > _SAME
    if same.any():
        message = f"the same answers twice: {_pairs(names, same)}. Leave one of each pair out."
        raise DataError(message)
    _check_rank(corr, names)
    return corr


def _refuse_unknown(names: pd.Index[Any], flags: NDArray[np.bool_]) -> None:
    """Refuse pairs without a correlation."""
    if flags.any():
        message = (
            f"no correlation between {_pairs(names, flags)}: nobody, or people without "
            "variance, answered both. Leave one of each pair out."
        )
        raise InsufficientDataError(message)


def _refuse_limits(names: pd.Index[Any], flags: NDArray[np.bool_]) -> None:
    """Refuse pairs in which one answer seems to determine the other."""
    if flags.any():
        message = (
            f"polychoric correlations of 1 or -1: {_pairs(names, flags)}. Either the answers "
            "are the same, or too few people gave answers that differ. Leave one of each pair "
            'out, join rare categories, or use correlation="pearson".'
        )
        raise InsufficientDataError(message)


def _pairs(names: pd.Index[Any], flags: NDArray[np.bool_]) -> str:
    """Name the pairs that are flagged."""
    first, second = pair_index(len(names))
    found = np.flatnonzero(flags)
    return join_names([f"{names[first[k]]} and {names[second[k]]}" for k in found])


def _check_rank(corr: Array, names: pd.Index[Any]) -> None:
    """Refuse items that are made of others."""
    dependent = dependent_columns(corr)
    if dependent:
        message = (
            f"the correlation matrix is singular: among {join_names(names[dependent].tolist())}, "
            "some item is a sum or difference of others. Leave out total scores and repeated "
            "items."
        )
        raise DataError(message)


def _smoothed(corr: Array, *, smooth: bool) -> tuple[Array, tuple[str, ...]]:
    """Make the matrix positive definite where that is asked for and needed."""
    if not smooth or is_positive_definite(corr):
        return corr, ()
    lowest = float(np.linalg.eigvalsh(corr)[0])
    note = (
        f"The correlations were not positive definite (smallest eigenvalue {lowest:.2g}) and "
        "were smoothed."
    )
    return smoothed(corr), (note,)


def _n_fit(answers: ItemAnswers) -> float:
    """Count the people behind a correlation, on average."""
    if not answers.has_missing:
        return answers.n_obs
    counts = count_together(answers.frame.notna().to_numpy())[pair_index(len(answers.names))]
    return float(len(counts) / (1 / counts).sum())


def _why(ordinal: NDArray[np.bool_], correlation: str | None) -> tuple[str, ...]:
    """Say which correlations were chosen, and why."""
    if correlation:
        return ()
    if ordinal.all():
        return ("Polychoric correlations, because the items are ordered categoricals.",)
    if ordinal.any():
        return (
            "Polychoric correlations between ordered categoricals, polyserial ones of these with "
            "numbers, Pearson's between numbers.",
        )
    return (
        "Pearson correlations, because the items are plain numbers; "
        'correlation="polychoric" takes them as ordered.',
    )
