"""What is missing: by item, person, reason, pattern and unit, and Little's test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_columns, check_items, join_names
from innovsurvey.base.results import Result
from innovsurvey.errors import (
    ConvergenceError,
    DataError,
    IdentificationError,
    InsufficientDataError,
)
from innovsurvey.numerics.missing import find_patterns, little_test
from innovsurvey.responses.cells import NOT_ANSWERED
from innovsurvey.responses.model import NOT_APPLICABLE, SYNTHETIC_NOTE, Responses
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

    from innovsurvey.numerics.missing import Patterns
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
    Items that did not apply to everybody, that nobody or everybody left out in the same way,
    that do not vary or are nominal do not go into the test; people without any answer neither.

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
    source = _Source.of(responses, scale, group_column)
    flags = source.missing
    found = find_patterns(flags)
    groups, group_notes = _groups(source, roster)
    little, used, little_notes = _little(source)
    return MissingData(
        items=source.by_item(),
        people=source.people,
        reasons=source.by_reason(),
        patterns=_pattern_table(found, [str(name) for name in source.values.columns]),
        is_monotone=found.is_monotone,
        groups=groups,
        little_chisq=little[0],
        little_df=little[1],
        little_p_value=little[2],
        little_items=used,
        cells=source.cells,
        is_synthetic=source.is_synthetic,
        n_obs=len(source.values),
        notes=(*source.notes(), *group_notes, *little_notes),
    )
