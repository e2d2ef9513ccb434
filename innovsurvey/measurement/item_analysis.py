"""What the answers say about each item, and what its author may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_items, join_names
from innovsurvey.base.results import Result
from innovsurvey.errors import SpecificationError
from innovsurvey.measurement.item_codes import MOST_CATEGORIES, item_codes
from innovsurvey.numerics import consistency
from innovsurvey.numerics.correlation import PairMoments, pair_moments
from innovsurvey.numerics.item_statistics import item_statistics, runs_against

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

_MOST_SKEW: Final = 2.0
_ITEMS_WITH_A_SIGN: Final = 3
_REASONS: Final = {
    "floor_share": "no answers, so mean and ceiling_share are empty, too.",
    "sd": "fewer than 2 answers.",
    "difficulty": "no two different answers.",
    "skew": "no two different answers, so kurtosis is empty, too.",
    "r_drop": "it, or the sum of the others, does not vary, or a pair was never answered together.",
    "max_r": "no other item varies together with it.",
}


@dataclass(frozen=True)
class _Limits:
    """When an item gets advice."""

    r_drop: float
    r: float
    one_answer: float
    missing: float

    def check(self) -> None:
        """Refuse a limit that is not between 0 and 1."""
        for name, value in vars(self).items():
            if isinstance(value, bool) or not 0 <= value <= 1:
                message = f"the limit for {name.replace('_', ' ')} is {value!r}; give 0 to 1."
                raise SpecificationError(message)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ItemAnalysis(Result):
    """Statistics of each item, with advice.

    Parameters
    ----------
    items
        One row per item, as described in `item_analysis`.
    categories
        Share of the people who answered an item that chose each answer; items with very
        many different answers are not in it.
    """

    items: pd.DataFrame
    categories: pd.DataFrame

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        n_flagged = int((self.items["advice"] != "").sum())
        return f"Item analysis: {len(self.items)} items, N = {self.n_obs}, {n_flagged} with advice"

    def to_frame(self) -> pd.DataFrame:
        """Give one row per item."""
        return self.items.copy()


def item_analysis(
    items: Any,
    *,
    low_r_drop: float = 0.30,
    high_r: float = 0.80,
    high_share: float = 0.80,
    high_missing: float = 0.10,
) -> ItemAnalysis:
    """Describe how people answered each item, and point out items to look at.

    Parameters
    ----------
    items : DataFrame
        One column per item of one scale, all keyed in the same direction.
    low_r_drop : float
        Advice where the correlation with the sum of the other items is smaller, with any sign.
    high_r : float
        Advice where two items correlate at least this much.
    high_share : float
        Advice where one answer was chosen by at least this share.
    high_missing : float
        Advice where more than this share did not answer.

    Returns
    -------
    ItemAnalysis
        ``.items`` with ``n``, ``missing_share``, ``mean``, ``sd``, ``difficulty`` (mean from
        0 to 1 between the lowest and the highest answer), ``skew``, ``kurtosis``,
        ``floor_share`` and ``ceiling_share`` (who chose the lowest and the highest answer),
        ``n_categories`` (answers somebody chose), ``n_unused`` (categories of an ordered
        categorical that nobody chose; 0 for numbers), ``r_drop``, ``max_r`` (the largest
        correlation with another item) and ``max_r_item``, and ``advice``; ``.categories``
        with the share of each answer.

    Raises
    ------
    DataError
        A column is not numeric.
    InsufficientDataError
        No item or no row.
    SpecificationError
        A limit that is not between 0 and 1.

    Notes
    -----
    skew = m3 / s^3 and kurtosis = m4 / s^4 - 3, where m3 and m4 are the third and fourth
    central moments (divisor n) and s the standard deviation (divisor n - 1), as describe() of
    psych has them. The lowest and highest answer of an ordered categorical are its first and
    last category, of a number the lowest and highest that occur. Covariances are taken
    pairwise, as alpha() of psych does for r_drop. The advice: check key (the item runs against
    the others), weak link (low r_drop), repeats X (high correlation with X), one answer
    prevails, skewed, often skipped, unused (categories that nobody chose), constant, no
    answers. An item runs against the others where
    r_drop is negative, or its weight in the first principal component has the sign of the
    fewer items; look at its wording and key before you change anything. The limits are
    conventions to look closer at, not tests: .30 for r_drop is from Nunnally and Bernstein
    (1994), .80 for the share of one answer from Streiner et al. (2015), skew beyond 2 from
    West et al. (1995). Checked against describe() and alpha() of the R package psych.

    References
    ----------
    Nunnally, J. C., & Bernstein, I. H. (1994). Psychometric theory (3rd ed.). McGraw-Hill.

    Streiner, D. L., Norman, G. R., & Cairney, J. (2015). Health measurement scales (5th ed.).
    Oxford University Press. https://doi.org/10.1093/med/9780199685219.001.0001

    West, S. G., Finch, J. F., & Curran, P. J. (1995). Structural equation models with
    nonnormal variables. In R. H. Hoyle (Ed.), Structural equation modeling (pp. 56-75). Sage.

    Examples
    --------
    >>> import pandas as pd
    >>> from innovsurvey.measurement.item_analysis import item_analysis
    >>> answers = pd.DataFrame(
    ...     {"a": [1, 2, 2, 3, 4, 5], "b": [2, 1, 3, 3, 4, 5], "c": [5, 3, 4, 3, 2, 2]}
    ... )
    >>> found = item_analysis(answers)
    >>> found.items[["mean", "difficulty", "r_drop", "advice"]].round(2)
       mean  difficulty  r_drop                advice
    a  2.83        0.46    0.14  weak link; repeats c
    b  3.00        0.50    0.89             repeats a
    c  3.17        0.39   -0.79  check key; repeats a
    """
    limits = _Limits(low_r_drop, high_r, high_share, high_missing)
    limits.check()
    frame = check_items(items)
    rows = frame.to_numpy()
    moments = pair_moments(rows - np.nan_to_num(item_statistics(rows).mean))
    table = _statistics(frame, _ends(items, frame))
    table["n_unused"] = _n_unused(items, table["n_categories"])
    table["r_drop"] = _r_drop(moments)
    table["max_r"], table["max_r_item"] = _nearest(moments.correlation, frame.columns)
    categories = _categories(frame)
    against = _against(moments.correlation, table["r_drop"])
    table["advice"] = _advice(table, categories, against, limits)
    return ItemAnalysis(
        items=table,
        categories=categories,
        n_obs=len(frame),
        notes=_notes(table, against, frame),
    )


def _ends(items: pd.DataFrame, frame: pd.DataFrame) -> NDArray[np.float64]:
    """Give the lowest and the highest possible answer of each item."""
    ends = np.column_stack([frame.min().to_numpy(), frame.max().to_numpy()])
    for row, name in zip(ends, frame.columns, strict=True):
        dtype = items[name].dtype
        if isinstance(dtype, pd.CategoricalDtype) and len(dtype.categories):
            last = len(dtype.categories) - 1
            both = pd.Series(pd.Categorical.from_codes([0, last], dtype=dtype))
            row[:] = check_items(both.to_frame("end"))["end"]
    return ends


def _statistics(frame: pd.DataFrame, ends: NDArray[np.float64]) -> pd.DataFrame:
    """Describe each item by itself."""
    rows = frame.to_numpy()
    found = item_statistics(rows)
    low, high = ends.T
    answered = np.maximum(found.n, 1)
    with np.errstate(invalid="ignore"):
        width = np.where(high > low, high - low, np.nan)
    return pd.DataFrame(
        {
            "n": found.n,
            "missing_share": 1 - found.n / len(frame),
            "mean": found.mean,
            "sd": found.sd,
            "difficulty": (found.mean - low) / width,
            "skew": found.skew,
            "kurtosis": found.kurtosis,
            "floor_share": np.where(found.n, (rows == low).sum(axis=0) / answered, np.nan),
            "ceiling_share": np.where(found.n, (rows == high).sum(axis=0) / answered, np.nan),
            "n_categories": frame.nunique().to_numpy(),
        },
        index=frame.columns,
    )


def _n_unused(items: pd.DataFrame, n_categories: pd.Series[int]) -> list[int]:
    """Count the categories that an ordered categorical has and nobody chose."""
    dtypes = {name: items[name].dtype for name in n_categories.index}
    return [
        len(dtype.categories) - int(n_categories[name])
        if isinstance(dtype, pd.CategoricalDtype)
        else 0
        for name, dtype in dtypes.items()
    ]


def _r_drop(moments: PairMoments) -> NDArray[np.float64]:
    """Correlate each item with the sum of the others that vary; NaN where it cannot be."""
    n = moments.weight
    with np.errstate(invalid="ignore", divide="ignore"):
        cov = np.asarray(moments.cov * n / (n - 1))
    varies = np.diag(moments.variances) > 0
    out = np.full(len(cov), np.nan)
    if np.count_nonzero(varies) > 1:
        out[varies] = consistency.r_drop(cov[np.ix_(varies, varies)])
    return out


def _nearest(
    corr: NDArray[np.float64], names: pd.Index[Any]
) -> tuple[NDArray[np.float64], list[Any]]:
    """Find the item that each correlates most with, whatever the sign."""
    others = np.where(np.eye(len(corr), dtype=bool), np.nan, corr)
    size = np.nan_to_num(np.abs(others), nan=-1)
    at = size.argmax(axis=1)
    known = size.max(axis=1) >= 0
    values = np.where(known, others[np.arange(len(corr)), at], np.nan)
    return values, [names[k] if found else "" for k, found in zip(at, known, strict=True)]


def _against(corr: NDArray[np.float64], r_drop: pd.Series[float]) -> NDArray[np.bool_]:
    """Tell which items run against the others."""
    against = r_drop.to_numpy() < 0
    known = ~np.isnan(r_drop.to_numpy())
    some = corr[np.ix_(known, known)]
    if len(some) >= _ITEMS_WITH_A_SIGN and not np.isnan(some).any():
        against[known] |= runs_against(some)
    return against


def _categories(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the share of each answer among those who answered, 0 where nobody chose it."""
    shares = {}
    for name in frame:
        values = frame[name].to_numpy()
        if 0 < frame[name].nunique() <= MOST_CATEGORIES:
            codes, answers = item_codes(values)
            counts = np.bincount(codes)[1:]
            shares[name] = pd.Series(counts / counts.sum(), index=answers)
    table = pd.DataFrame(shares, dtype=float).T.fillna(0.0)
    return table[sorted(table.columns)]


def _advice(
    table: pd.DataFrame,
    categories: pd.DataFrame,
    against: NDArray[np.bool_],
    limits: _Limits,
) -> list[str]:
    """Write what to look at for each item, in few words; nothing where it is fine."""
    top = categories.max(axis=1).reindex(table.index)
    rows = zip(table.itertuples(), against, top, strict=True)
    return ["; ".join(_points(row, runs, share, limits)) for row, runs, share in rows]


def _points(row: Any, runs: bool, top: float, limits: _Limits) -> list[str]:
    """List the points of one item."""
    if row.n == 0:
        return ["no answers"]
    if row.n_categories == 1:
        return ["constant"]
    found = {
        "check key": runs,
        "weak link": abs(row.r_drop) < limits.r_drop,
        f"repeats {row.max_r_item}": abs(row.max_r) >= limits.r,
        "one answer prevails": top >= limits.one_answer,
        "skewed": abs(row.skew) > _MOST_SKEW,
        "often skipped": row.missing_share > limits.missing,
        f"{row.n_unused} unused": row.n_unused > 0,
    }
    return [point for point, holds in found.items() if holds]


def _notes(table: pd.DataFrame, against: NDArray[np.bool_], frame: pd.DataFrame) -> tuple[str, ...]:
    """Explain the warnings about keys, and empty cells."""
    notes = []
    if against.any():
        named = [f"{row.Index} (r_drop = {row.r_drop:.2f})" for row in table[against].itertuples()]
        notes.append(
            f"running against the other items: {join_names(named, limit=30)}. Check wording and "
            "key: was a reversed item left as it was, or turned round twice?"
        )
    if frame.isna().to_numpy().any():
        notes.append("each number takes the people who answered the item or both items (pairwise).")
    for column, reason in _REASONS.items():
        empty = table.index[table[column].isna()].tolist()
        if empty:
            notes.append(f"{column} is empty for {join_names(empty)}: {reason}")
    return tuple(notes)
