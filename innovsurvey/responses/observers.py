"""Self-ratings of managers beside the ratings of their observers; the two are never averaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.base.results import Result
from innovsurvey.errors import MissingItemsError, SpecificationError
from innovsurvey.responses.cells import normalise
from innovsurvey.responses.scoring import Scores, responses_of, score_scales, scores_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.model import Responses

_ROLE_COLUMNS: Final = {"manager": "manager_id", "version": "version"}
_SELF: Final = "self"
_OBSERVER: Final = "observer"
_FEWEST: Final = 2  # a standard deviation needs two
_REASON_WORDS: Final = {
    "no_self_score": "no self-rating with a score",
    "several_self_ratings": "more than one self-rating",
    "too_few_observers": "too few observers with a score",
}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ObserverGap(Result):
    """Self-rating, observers and the gap between them, by manager and scale.

    Parameters
    ----------
    table
        Rows by manager and scale: ``self``, ``observer_mean``, ``observer_sd``, ``n_observers``
        (with a score), ``gap`` (self minus observers), ``reason`` where the gap is missing.
    min_observers, min_observers_facets
        Fewest observers for a scale, and for a facet.
    """

    table: pd.DataFrame
    min_observers: int
    min_observers_facets: int

    @property
    def title(self) -> str:
        """Name the managers and the ratings."""
        n_managers = self.table.index.get_level_values("manager").nunique()
        return f"Self-rating and observers: {n_managers} managers, N = {self.n_obs} ratings"

    def to_frame(self) -> pd.DataFrame:
        """Give one row per manager and scale."""
        return self.table.copy()


def observer_gap(
    source: Responses | Scores,
    *,
    scales: Sequence[str] | None = None,
    min_observers: int = 3,
    min_observers_facets: int = 5,
) -> ObserverGap:
    r"""Compare how managers rate themselves with how their observers rate them.

    Parameters
    ----------
    source
        What :func:`read_responses` or :func:`score_scales` gave. One row per rating; the columns
        that the instrument file gives the roles ``manager`` and ``version`` (else ``manager_id``
        and ``version``) tell who is rated, and whether by themselves or by an observer.
    scales
        Ids of the scales; by default all that have a score.
    min_observers
        Fewest observers with a score, at least 2; below it their ratings are not shown.
    min_observers_facets
        The same for facets (scales that another scale is made of) and for standard deviations,
        which tell more about single answers.

    Returns
    -------
    ObserverGap
        ``to_frame()`` has one row per manager and scale.

    Raises
    ------
    MissingItemsError
        The data have no column for the manager or the version.
    SpecificationError
        A scale that cannot be scored, or fewer than 2 observers asked for.

    Notes
    -----
    For each manager and scale :math:`gap = x_{self} - \bar x_{obs}`, with the mean and the standard
    deviation (n - 1) over the observers who have a score. Mean, standard deviation and gap are
    missing with fewer observers than asked for, so that the manager cannot tell what one of them
    said; with three observers who agree, a standard deviation of 0 would tell just that.
    Self-rating and observers answer from different places and are never averaged. Rows of another
    version and rows that name no manager are left out.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> roles = isv.load_instrument("collaborative-leadership")
    >>> frame = pd.DataFrame({item: [5, 4, 3, 2] for item in roles.form("short").items})
    >>> frame["manager_id"] = "m1"
    >>> frame["version"] = ["self", "observer", "observer", "observer"]
    >>> gaps = observer_gap(isv.read_responses(frame, roles), scales=["convener"])
    >>> gaps.to_frame()[["self", "observer_mean", "n_observers", "gap"]]
                      self  observer_mean  n_observers  gap
    manager scale
    m1      convener   5.0            3.0            3  2.0
    """
    if min(min_observers, min_observers_facets) < _FEWEST:
        message = "min_observers and min_observers_facets must be at least 2."
        raise SpecificationError(message)
    responses = responses_of(source, "observer_gap")
    managers, versions = (_column(responses, role) for role in _ROLE_COLUMNS)
    scores = score_scales(responses) if scales is None else scores_of(source, scales)
    x = scores.scores if scales is None else scores.scores[list(scales)]
    kinds = _kinds(versions, responses.instrument)
    used = managers.notna() & kinds.notna()
    facets = {facet for scale in responses.instrument.scales for facet in scale.facets}
    needed = {s: min_observers_facets if s in facets else min_observers for s in x}
    needed_for_sd = max(min_observers, min_observers_facets)
    table = _compare(x[used], managers[used], kinds[used], needed, needed_for_sd)
    return ObserverGap(
        table=table,
        min_observers=min_observers,
        min_observers_facets=min_observers_facets,
        n_obs=int(used.sum()),
        notes=tuple(_notes(table, managers, kinds)),
    )


def _column(responses: Responses, role: str) -> pd.Series[Any]:
    """Find the context column of a role."""
    declared = [column.id for column in responses.instrument.context if column.role == role]
    wanted = [*declared, _ROLE_COLUMNS[role]]
    for name in wanted:
        if name in responses.context:
            column: pd.Series[Any] = responses.context[name]
            return column
    have = [str(name) for name in responses.context]
    message = (
        f"no column tells the {role}: {wanted[0]} is not in the data{suggest(wanted[0], have)}. "
        f"Beside the items there are {join_names(have) or 'no columns'}."
    )
    raise MissingItemsError(message, missing=wanted[:1])


def _kinds(versions: pd.Series[Any], instrument: Instrument) -> pd.Series[Any]:
    """Tell self-ratings from those of observers, by id or title of the version; NaN for others."""
    names = {_SELF: _SELF, _OBSERVER: _OBSERVER}
    for version, title in instrument.versions:
        if version in names:
            names |= {normalise(words): version for words in title.values()}
    return versions.map(lambda cell: names.get(normalise(str(cell)), np.nan)).astype(object)


def _compare(
    x: pd.DataFrame,
    managers: pd.Series[Any],
    kinds: pd.Series[Any],
    needed: dict[Any, int],
    needed_for_sd: int,
) -> pd.DataFrame:
    """Give one row per manager and scale, managers in the order of the data."""
    order = pd.Index(managers.unique(), name="manager")
    by_self = x[kinds == _SELF].groupby(managers[kinds == _SELF])
    observed = x[kinds == _OBSERVER].groupby(managers[kinds == _OBSERVER])
    n_self = by_self.size().reindex(order, fill_value=0)
    parts = {
        "self": by_self.mean().reindex(order).where(n_self == 1),
        "observer_mean": observed.mean().reindex(order),
        "observer_sd": observed.std().reindex(order),
        "n_observers": observed.count().reindex(order, fill_value=0),
    }
    enough = parts["n_observers"] >= pd.Series(needed)
    parts["observer_mean"] = parts["observer_mean"].where(enough)
    parts["observer_sd"] = parts["observer_sd"].where(parts["n_observers"] >= needed_for_sd)
    parts["gap"] = parts["self"] - parts["observer_mean"]
    parts["reason"] = _reasons(parts["self"], n_self, enough)
    columns = {name: part.to_numpy().ravel() for name, part in parts.items()}
    rows = pd.MultiIndex.from_product([order, x.columns], names=["manager", "scale"])
    return pd.DataFrame(columns, index=rows)


def _reasons(own: pd.DataFrame, n_self: pd.Series[int], enough: pd.DataFrame) -> pd.DataFrame:
    """Tell why a gap is missing; two reasons are joined by a comma."""
    reasons = pd.DataFrame("", index=own.index, columns=own.columns, dtype=object)
    several = pd.DataFrame(dict.fromkeys(own, n_self > 1), index=own.index)
    reasons = reasons.mask(own.isna(), "no_self_score").mask(several, "several_self_ratings")
    joined = (reasons + ", too_few_observers").mask(reasons == "", "too_few_observers")
    reasons = reasons.where(enough, joined)
    return reasons.mask(reasons == "", np.nan)


def _notes(table: pd.DataFrame, managers: pd.Series[Any], kinds: pd.Series[Any]) -> list[str]:
    """Say which rows were left out and why gaps are missing."""
    notes = []
    if managers.isna().any():
        notes.append(f"{managers.isna().sum()} row(s) left out that name no manager.")
    other = int((kinds.isna() & managers.notna()).sum())
    if other:
        notes.append(f"{other} row(s) left out that are neither self-rating nor observer.")
    if table.empty:
        notes.append("No row is left, so there is nothing to compare.")
    reasons = table["reason"].dropna().str.split(", ").explode()
    for reason, count in reasons.value_counts().items():
        words = _REASON_WORDS[str(reason)]
        notes.append(f"{count} of {len(table)} gaps missing: {words}.")
    return notes
