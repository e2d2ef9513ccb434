"""What is missing: by item, person, reason, pattern and unit, and Little's test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_items, join_names
from innovsurvey.base.display import format_p
from innovsurvey.base.results import Result
from innovsurvey.errors import ConvergenceError, DataError, IdentificationError
from innovsurvey.numerics.missing import find_patterns, little_test
from innovsurvey.responses.missing_cells import Cells
from innovsurvey.responses.roster import (
    NO_GROUP,
    add_roster,
    read_roster,
    response_by_unit,
    roster_notes,
    unit_names,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from innovsurvey.numerics.missing import LittleTest, Patterns
    from innovsurvey.responses.model import Responses
    from innovsurvey.responses.roster import Roster

    Flags = NDArray[np.bool_]

_MOST_WORK: Final = 1_000_000  # patterns times items that Little's test takes some seconds for
_FEW_PER_PATTERN: Final = 5
_CAVEAT: Final = (
    "Little's test compares the means of people with different patterns. It takes answers as "
    "normal with equal covariances, so it is a rough guide for answers on a few points. A large "
    "p-value is no proof of data missing completely at random, and no test tells whether answers "
    "are missing because of what they would have been."
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class MissingData(Result):
    """What is missing in a set of answers, and what did not apply, kept apart.

    A cell is *missing* if the person was asked and there is no usable answer. Cells with the
    reasons ``not_needed``, ``not_shown`` and ``not_reached`` did not apply: they are neither
    asked nor missing.

    Parameters
    ----------
    items
        One row per item: ``n_asked``, ``n_answered``, ``n_missing``, ``missing_share`` (of those
        asked), ``n_not_applicable``, ``asked`` (``everybody``, ``by filter``, ``by version`` or
        ``some``), and ``n_`` with each reason that occurs.
    people
        The same counts, one row per person.
    reasons
        One row per reason: ``n_cells``, ``cell_share`` (of all cells), ``n_items``, ``n_people``,
        ``is_missing`` (False for what did not apply).
    patterns
        Sets of items left out, the most frequent first: ``n_people``, ``people_share``,
        ``n_missing`` (items) and ``items``, their names. Cells that did not apply belong to no
        pattern.
    is_monotone
        Whether the items can be ordered so that after a missing one all are missing (dropout).
    groups
        One row per unit: ``n_obs``, ``n_answered`` (people with an answer to any item),
        ``missing_share``; with a roster also ``n_invited``, ``response_rate``, ``on_roster``.
        None where no units are known.
    little_chisq, little_df, little_p_value
        Little's test; None where it is not computed, and a note says why.
    little_items
        The items that went into it.
    cells
        Why each cell has no answer, people by items; missing where there is an answer.
    is_synthetic
        Whether a program made the answers up.
    """

    items: pd.DataFrame
    people: pd.DataFrame
    reasons: pd.DataFrame
    patterns: pd.DataFrame
    is_monotone: bool
    groups: pd.DataFrame | None
    little_chisq: float | None
    little_df: int | None
    little_p_value: float | None
    little_items: tuple[str, ...]
    cells: pd.DataFrame
    is_synthetic: bool = False

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.items)

    @property
    def missing_share(self) -> float:
        """Share of the cells that were asked and have no answer; NaN where nothing was asked."""
        asked = int(self.items["n_asked"].sum())
        return float(self.items["n_missing"].sum() / asked) if asked else float("nan")

    @property
    def title(self) -> str:
        """Name items and people, and the share that is missing."""
        made_up = "Synthetic data. " if self.is_synthetic else ""
        share = "nothing was asked" if np.isnan(self.missing_share) else f"{self.missing_share:.1%}"
        tail = share if np.isnan(self.missing_share) else f"{share} of the cells asked"
        return f"{made_up}Missing data: {self.n_items} items, N = {self.n_obs}, {tail}"

    def to_frame(self) -> pd.DataFrame:
        """Give one row per item."""
        return self.items.copy()


def missing_data(
    responses: Responses | pd.DataFrame,
    scale: str | Sequence[str] | None = None,
    *,
    group_column: str | None = None,
    roster: Roster | None = None,
) -> MissingData:
    r"""Describe what is missing, for which reason, in which pattern, and in which units.

    Parameters
    ----------
    responses
        What :func:`read_responses` gave, or a frame with one column per item and one row per
        person, where every empty cell counts as missing.
    scale
        Id of a scale, or a list of items; by default all items in the data.
    group_column
        Column that tells the units; by default the first group column of the responses.
    roster
        People invited by unit: a mapping, a Series, a frame, or the path of a table file, with
        the units in the column named like ``group_column`` (else the first) and the numbers in
        ``invited``. Units without any answer are then in the table, too.

    Returns
    -------
    MissingData
        ``items, people, reasons, patterns, is_monotone, groups`` and ``little_chisq,
        little_df, little_p_value``.

    Raises
    ------
    DataError
        ``responses`` is neither; the roster cannot be used, or there are no units for it.
    MissingItemsError, SpecificationError
        No such item, scale or column.

    Notes
    -----
    With J patterns of missing cells, n_j people in pattern j, the means :math:`m_j` of the
    :math:`p_j` items that are there, and :math:`\mu`, :math:`\Sigma` the maximum-likelihood
    estimates (EM; divisor n) from all people, Little's statistic is :math:`d^2 = \sum_j n_j
    (m_j - \mu_j)' \Sigma_{jj}^{-1} (m_j - \mu_j)` with :math:`\sum_j p_j - p` degrees of freedom.
    The test takes the items that applied to everybody, or the people to whom all items applied,
    whichever are more answers. Items without order or variance and people without any answer do
    not go into it.

    Checked against lavaan (moments of incomplete data) and a plain implementation in R, and
    against the published result of naniar for the airquality data.

    References
    ----------
    Little, R. J. A. (1988). A test of missing completely at random for multivariate data with
    missing values. Journal of the American Statistical Association, 83(404), 1198-1202.
    https://doi.org/10.1080/01621459.1988.10478722

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 2, None, 3, 4], "b": [2, 1, 3, None, 5]})
    >>> found = missing_data(frame)
    >>> found.items["missing_share"].tolist(), found.is_monotone
    ([0.2, 0.2], False)
    >>> found.patterns["items"].tolist()
    ['', 'a', 'b']
    """
    cells = Cells.of(responses, scale, group_column)
    found = find_patterns(cells.missing)
    groups, group_notes = _groups(cells, roster)
    used, little, little_notes = _little(cells)
    return MissingData(
        items=cells.by_item(),
        people=cells.by_person,
        reasons=cells.by_reason(),
        patterns=_pattern_table(found, [str(name) for name in cells.values.columns]),
        is_monotone=found.is_monotone,
        groups=groups,
        little_chisq=None if little is None else little.chisq,
        little_df=None if little is None else little.df,
        little_p_value=None if little is None else little.p_value,
        little_items=tuple(used),
        cells=cells.reasons,
        is_synthetic=cells.is_synthetic,
        n_obs=len(cells.values),
        notes=(*cells.notes(), *group_notes, *little_notes),
    )


def _pattern_table(found: Patterns, names: list[str]) -> pd.DataFrame:
    """Write the patterns with the names of the items left out."""
    labels = np.array(names, dtype=object)
    columns = {
        "n_people": found.counts,
        "people_share": found.counts / found.counts.sum(),
        "n_missing": found.missing.sum(axis=1),
        "items": [", ".join(labels[flags]) for flags in found.missing],
    }
    index = pd.RangeIndex(1, len(found.counts) + 1, name="pattern")
    return pd.DataFrame(columns, index=index)


def _groups(cells: Cells, roster: Roster | None) -> tuple[pd.DataFrame | None, list[str]]:
    """Count the answers of each unit, beside the roster where there is one."""
    if cells.groups is None:
        if roster is None:
            return None, []
        message = "a roster needs units in the answers: name their column with group_column=."
        raise DataError(message)
    names = unit_names(cells.groups)
    table = response_by_unit(cells.by_person, names)
    nowhere = int((names == NO_GROUP).sum())
    notes = [f"{nowhere} of {len(names)} people belong to no known unit."] if nowhere else []
    if roster is None:
        return table, notes
    joined = add_roster(table, read_roster(roster, str(cells.groups.name)))
    return joined, notes + roster_notes(joined)


def _little(cells: Cells) -> tuple[list[Any], LittleTest | None, list[str]]:
    """Run Little's test on the cells it is meant for; give items, result and notes."""
    frame, notes = _testable(cells)
    used = list(frame.columns)
    gone = frame.isna().to_numpy()
    n_patterns = len(find_patterns(gone).counts) if gone.any() else 0
    if not gone.any():
        why = "no cell is missing" if len(used) > 1 else "there are fewer than two items for it"
        return [], None, [*notes, f"Little's test is not computed: {why}."]
    if n_patterns * len(used) > _MOST_WORK:
        why = f"{n_patterns} patterns of {len(used)} items would take long. Choose a scale."
        return [], None, [*notes, f"Little's test is not computed: {why}"]
    try:
        found = little_test(frame.to_numpy())
    except (IdentificationError, ConvergenceError) as error:
        return [], None, [*notes, f"Little's test is not computed: {error}"]
    if not found.df:
        why = "all people left out the same items."
        return [], None, [*notes, f"Little's test is not computed: {why}"]
    result = (
        f"Little's test of {len(used)} items and {len(frame)} people: chi-square "
        f"{found.chisq:.2f}, df {found.df}, p {_p_words(found.p_value)} "
        f"({found.n_patterns} patterns)."
    )
    return used, found, [*notes, result, _CAVEAT, *_doubts(found, frame)]


def _testable(cells: Cells) -> tuple[pd.DataFrame, list[str]]:
    """Give the answers for Little's test, and say what is left out of it and why."""
    names = list(cells.values.columns)
    nominal = [name for name, ok in zip(names, cells.scorable, strict=True) if not ok]
    ordered = cells.values.drop(columns=nominal)
    notes = [_left_out(nominal, "their answers have no order")] if nominal else []
    if ordered.empty:
        return ordered, notes
    frame, more = _applicable(check_items(ordered), cells.not_applicable[:, list(cells.scorable)])
    frame = frame[frame.notna().any(axis=1)]
    flat = [name for name in frame.columns if frame[name].nunique() < 2]
    notes += [*more, *([_left_out(flat, "their answers do not differ")] if flat else [])]
    kept = frame.drop(columns=flat)
    return kept[kept.notna().any(axis=1)], notes


def _applicable(frame: pd.DataFrame, not_applicable: Flags) -> tuple[pd.DataFrame, list[str]]:
    """Keep the items that applied to everybody, or the people to whom all items applied."""
    items, people = not_applicable.sum(axis=0) == 0, not_applicable.sum(axis=1) == 0
    if items.all():
        return frame, []
    if items.sum() * len(frame) >= people.sum() * len(items):
        rest = frame.columns[~items].tolist()
        return frame.loc[:, items], [_left_out(rest, "they did not apply to everybody")]
    note = f"Little's test takes the {people.sum()} people to whom all {len(items)} items applied."
    return frame.loc[people], [note]


def _left_out(names: Sequence[Any], why: str) -> str:
    """Say which items do not go into Little's test."""
    return f"Not in Little's test, since {why}: {join_names(names)}."


def _p_words(p_value: float) -> str:
    """Write a p-value with its sign of relation."""
    text = format_p(p_value)
    return text if text.startswith("<") else f"= {text}"


def _doubts(found: LittleTest, frame: pd.DataFrame) -> list[str]:
    """Say where the approximation by chi-square is poor."""
    gone = frame.isna().to_numpy()
    there = (~gone).astype(float)
    apart = np.argwhere(np.triu(there.T @ there == 0, 1)).tolist()
    notes = []
    if len(frame) < _FEW_PER_PATTERN * found.n_patterns:
        notes.append(
            f"{len(frame)} people have {found.n_patterns} different patterns, so there are few in "
            "each and the p-value is rough."
        )
    if apart:
        pairs = [f"{frame.columns[i]} and {frame.columns[j]}" for i, j in apart]
        notes.append(
            f"Nobody answered both of {join_names(pairs, 4)}; their correlation is not known and "
            "does not enter the test."
        )
    return notes
