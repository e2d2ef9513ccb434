"""Correlations between items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from innovsurvey.base.checks import check_choice
from innovsurvey.base.results import Result
from innovsurvey.measurement.complete_items import complete_items

if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Correlations(Result):
    """Correlations between items.

    Parameters
    ----------
    matrix
        One row and one column per item.
    kind
        How they were computed.
    """

    matrix: pd.DataFrame
    kind: str

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        return f"Correlations ({self.kind}): {len(self.matrix)} items, N = {self.n_obs}"

    def to_frame(self) -> pd.DataFrame:
        """Give the matrix."""
        return self.matrix.copy()


def correlations(items: Any, *, kind: Literal["pearson"] | None = None) -> Correlations:
    """Correlate the items with each other.

    Parameters
    ----------
    items : DataFrame
        One column per item, at least 2; one row per person, at least 2 complete.
    kind : {"pearson"}, optional
        Product-moment correlations, also the default.

    Returns
    -------
    Correlations
        ``.matrix`` and ``.n_obs``.

    Raises
    ------
    DataError
        A column is not numeric.
    InsufficientDataError
        Fewer than 2 items or 2 complete rows, an item without answers or without variance.

    Notes
    -----
    r = s_xy / (s_x s_y), where s_xy is the covariance of two items and s_x, s_y are their
    standard deviations. Rows with a missing answer are left out (listwise), so that the
    matrix is a correlation matrix of real people. Checked against cor() of R.

    Examples
    --------
    >>> import pandas as pd
    >>> from innovsurvey.measurement.correlations import correlations
    >>> correlations(pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3]}))
    Correlations (pearson): 2 items, N = 4
           a      b
    a  1.000  0.600
    b  0.600  1.000
    """
    check_choice(kind, "kind", ("pearson", None))
    complete = complete_items(items, min_items=2)
    names = complete.names
    return Correlations(
        matrix=pd.DataFrame(complete.moments.correlation, index=names, columns=names),
        kind="pearson",
        n_obs=complete.n_obs,
        notes=complete.notes,
    )
