"""How a result moves when some people are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.base.results import Result
from innovsurvey.errors import DataError, InsufficientDataError, MissingItemsError
from innovsurvey.responses.model import Responses
from innovsurvey.responses.screening import Screening
from innovsurvey.responses.subset import subset

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ExclusionEffect(Result):
    """A result with everybody, and without the people flagged.

    Parameters
    ----------
    estimates
        One row per number: ``estimate`` (everybody), ``estimate_without``, ``difference``.
    n_without
        People left without those flagged.
    excluded
        Ids of the people flagged.
    """

    estimates: pd.DataFrame
    n_without: int
    excluded: tuple[Any, ...]

    @property
    def title(self) -> str:
        """Say how many people there are with and without."""
        return (
            f"Effect of leaving out {len(self.excluded)} of {self.n_obs} people "
            f"({self.n_without} stay)"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the estimates with the number of people behind each."""
        return self.estimates.assign(n_obs=self.n_obs, n_without=self.n_without)


def effect_of_exclusion(
    responses: Responses | pd.DataFrame,
    flags: Screening | pd.Series[Any] | NDArray[np.bool_] | list[Any],
    estimate: Callable[[Any], Any],
) -> ExclusionEffect:
    """Compare a result with everybody and without the people flagged.

    Parameters
    ----------
    responses
        What :func:`read_responses` gave, or a DataFrame with one row per person. It stays as it is.
    flags
        Who is left out: ``screening.proposed``, another True/False per person (a Series with the
        same index, or an array in the same order), a list of respondent ids, or the result of
        :func:`screen_responses` itself.
    estimate
        Function of responses (or of the DataFrame) that gives a number, numbers by name (dict or
        Series), a DataFrame, or a result of this package. Of a result the column ``estimate`` is
        compared where there is one, else every column of numbers.

    Returns
    -------
    ExclusionEffect
        ``to_frame()``: one row per number with ``estimate``, ``estimate_without``, ``difference``
        (without minus with), ``n_obs`` and ``n_without``.

    Raises
    ------
    DataError
        The flags do not fit the people, or the estimate gives no number.
    MissingItemsError
        A respondent id is not in the data.
    InsufficientDataError
        Nobody would be left.

    Notes
    -----
    Missing values in the flags count as False. A number that only one of the two results has is
    listed with NaN, and noted. Nothing is tested: the two results share most of their people.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> answers = isv.simulate_responses("innovation-culture", n=300, seed=4)
    >>> screening = isv.screen_responses(answers)
    >>> effect = isv.effect_of_exclusion(
    ...     answers, screening.proposed, lambda r: isv.reliability(r.items("culture"))
    ... )
    >>> effect.estimates.loc["alpha"].round(3).to_dict()
    {'estimate': 0.889, 'estimate_without': 0.881, 'difference': -0.008}
    """
    if not isinstance(responses, (Responses, pd.DataFrame)):
        message = (
            "effect_of_exclusion needs the answers that read_responses gave, or a DataFrame, not a "
            f"{type(responses).__name__}."
        )
        raise DataError(message)
    if not callable(estimate):
        message = (
            f"estimate must be a function of the answers, not a {type(estimate).__name__}; for "
            'example lambda r: isv.reliability(r.items("voice")).'
        )
        raise DataError(message)
    index = responses.data.index if isinstance(responses, Responses) else responses.index
    out = _is_out(flags, index)
    if out.all():
        message = f"all {len(out)} people are flagged, so nobody would be left. Flag fewer."
        raise InsufficientDataError(message)
    whole = _numbers(estimate(responses))
    without = _numbers(estimate(_keep(responses, ~out))) if out.any() else whole
    table = pd.DataFrame({"estimate": whole, "estimate_without": without})
    table = table.reindex([*whole.index, *without.index.difference(whole.index, sort=False)])
    return ExclusionEffect(
        estimates=table.assign(difference=table["estimate_without"] - table["estimate"]),
        n_without=int((~out).sum()),
        excluded=tuple(index[out].tolist()),
        n_obs=len(index),
        notes=_notes(out, whole, without),
    )


def _keep(source: Any, kept: NDArray[np.bool_]) -> Any:
    """Leave people out."""
    if isinstance(source, Responses):
        return subset(source, source.data.index[kept])
    return source[kept]


def _is_out(flags: Any, index: pd.Index[Any]) -> NDArray[np.bool_]:
    """Turn any way to name people into one True or False per person."""
    if isinstance(flags, Screening):
        flags = flags.proposed
    if isinstance(flags, pd.DataFrame):
        message = (
            f"flags has {flags.shape[1]} columns; give one True or False per person, such as "
            "screening.proposed or screening.flags.any(axis=1)."
        )
        raise DataError(message)
    if isinstance(flags, pd.Series):
        return _aligned(flags, index)
    if isinstance(flags, str) or not isinstance(flags, Iterable):
        message = (
            f"flags={flags!r} names nobody. Give one True or False per person, such as "
            "screening.proposed, or a list of respondent ids."
        )
        raise DataError(message)
    listed = list(flags)
    if listed and all(isinstance(flag, (bool, np.bool_)) for flag in listed):
        if len(listed) != len(index):
            message = f"{len(listed)} flags for {len(index)} people; give one for each."
            raise DataError(message)
        return np.array(listed, dtype=bool)
    unknown = [str(name) for name in listed if name not in index]
    if unknown:
        message = f"respondent id(s) not in the data: {join_names(unknown)}. Check the ids."
        raise MissingItemsError(message, missing=unknown)
    return np.asarray(index.isin(listed), dtype=bool)


def _aligned(flags: pd.Series[Any], index: pd.Index[Any]) -> NDArray[np.bool_]:
    """Put a Series of flags in the order of the people."""
    values = flags.dropna()
    if not values.isin([True, False]).all():
        message = (
            f"flags hold values other than True and False, such as {values.iloc[0]!r}. Compare "
            "with a threshold first, or give a list of respondent ids."
        )
        raise DataError(message)
    if flags.index.equals(index):
        return np.asarray(flags.eq(True), dtype=bool)
    absent = index[~index.isin(flags.index)]
    if len(absent) or len(flags) != len(index) or not flags.index.is_unique:
        message = (
            f"the flags have {len(flags)} rows for {len(index)} people, and "
            f"{len(absent)} of the people are not among them. Use the index of the data."
        )
        raise DataError(message)
    return np.asarray(flags.reindex(index).eq(True), dtype=bool)


def _numbers(result: Any) -> pd.Series[float]:
    """Give the numbers of a result by name."""
    if isinstance(result, Mapping):
        result = pd.Series(dict(result))
    if hasattr(result, "to_frame") and not isinstance(result, pd.Series):
        result = result.to_frame()
    if isinstance(result, pd.DataFrame):
        return _of_table(result)
    if not isinstance(result, pd.Series):
        result = pd.Series({"estimate": result})
    numbers = pd.to_numeric(result, errors="coerce").astype(float)
    lost = numbers.isna() & result.notna()
    nothing = result.isna().all() and result.dtype == object
    if lost.any() or nothing:
        kind = type(result[lost].iloc[0] if lost.any() else None).__name__
        message = (
            f"the estimate gives {kind}, no number. It must give a "
            "number, a dict or Series of numbers, a DataFrame, or a result with to_frame()."
        )
        raise DataError(message)
    return pd.Series(numbers.to_numpy(), index=_labels(numbers.index), dtype=float)


def _of_table(table: pd.DataFrame) -> pd.Series[float]:
    """Take the column estimate, or all columns of numbers, named by row and column."""
    if "estimate" in table:
        return pd.Series(table["estimate"].to_numpy(dtype=float), index=_labels(table.index))
    numbers = table.select_dtypes("number")
    if numbers.empty:
        message = "the table of the estimate has no column of numbers to compare."
        raise DataError(message)
    rows, columns = _labels(table.index), _labels(numbers.columns)
    names = [f"{row} {column}" for row in rows for column in columns]
    return pd.Series(numbers.to_numpy(dtype=float, na_value=np.nan).ravel(), index=names)


def _labels(index: pd.Index[Any]) -> list[str]:
    """Write labels: the levels of a tuple joined, a repeated one with its number."""
    words = [" ".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in index]
    times = pd.Series(words, dtype=object).groupby(words).cumcount()
    return [f"{w} ({k + 1})" if k else w for w, k in zip(words, times, strict=True)]


def _notes(
    out: NDArray[np.bool_], whole: pd.Series[float], without: pd.Series[float]
) -> tuple[str, ...]:
    """Say what to keep in mind."""
    if not out.any():
        return ("Nobody is flagged, so nothing moves.",)
    notes = ["Difference: without the people flagged minus with everybody."]
    single = sorted({*whole.index} ^ {*without.index})
    if single:
        notes.append(f"Only one of the two results has {join_names(single)}.")
    return tuple(notes)
