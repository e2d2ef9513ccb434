"""Whether items share enough to be factored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from innovsurvey.base.results import Result
from innovsurvey.errors import DataError
from innovsurvey.measurement.efa_input import FactorItems, factor_items
from innovsurvey.numerics.correlation import is_positive_definite
from innovsurvey.numerics.sampling_adequacy import sampling_adequacy

if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Factorability(Result):
    """Kaiser-Meyer-Olkin measures and Bartlett's test.

    Parameters
    ----------
    kmo
        Overall measure of sampling adequacy, 0 to 1.
    msa
        The same for each item.
    bartlett_chisq, bartlett_df, bartlett_p_value
        Test that all correlations are zero.
    """

    kmo: float
    msa: pd.Series[float]
    bartlett_chisq: float
    bartlett_df: int
    bartlett_p_value: float

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        return (
            f"Factorability: {len(self.msa)} items, N = {self.n_obs}, Bartlett chi-square"
            f"({self.bartlett_df}) = {self.bartlett_chisq:.2f}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the measure of all items together and of each."""
        overall = pd.Series([self.kmo], index=["all items"])
        return pd.concat([overall, self.msa]).to_frame("msa")


def factorability(
    items: Any, *, correlation: Literal["pearson", "polychoric"] | None = None
) -> Factorability:
    """Measure how far items share variance, before factoring them.

    Parameters
    ----------
    items : DataFrame
        One column per item, at least 2; more complete rows than items.
    correlation : {"pearson", "polychoric"}, optional
        Which correlations to look at; by default polychoric ones where all items are ordered
        categoricals, else Pearson's.

    Returns
    -------
    Factorability
        ``.kmo``, ``.msa`` (one value per item), ``.bartlett_chisq``, ``.bartlett_df``,
        ``.bartlett_p_value``.

    Raises
    ------
    DataError
        A column is not numeric, an item repeats others (singular matrix), or the polychoric
        correlations are not positive definite.
    InsufficientDataError
        No more complete rows than items, an item without answers or without variance.

    Notes
    -----
    KMO = sum r^2 / (sum r^2 + sum q^2) over all pairs of different items, where r is their
    correlation and q their partial correlation given all other items; MSA is the same sum
    for one item. Bartlett's chi-square is -(n - 1 - (2p + 5)/6) ln|R| with p(p - 1)/2 degrees
    of freedom, where R is the correlation matrix of p items and n the number of people; with
    many people it rejects almost always, and with polychoric correlations its p-value is rough.
    Kaiser (1974) called values below .50
    "unacceptable". Rows with a missing answer are left out (listwise). Checked against KMO()
    and cortest.bartlett() of the R package psych.

    References
    ----------
    Bartlett, M. S. (1951). The effect of standardization on a chi-square approximation in
    factor analysis. Biometrika, 38(3/4), 337-344. https://doi.org/10.2307/2332580

    Kaiser, H. F. (1974). An index of factorial simplicity. Psychometrika, 39(1), 31-36.
    https://doi.org/10.1007/BF02291575

    Examples
    --------
    >>> import pandas as pd
    >>> from innovsurvey.measurement.factorability import factorability
    >>> answers = pd.DataFrame(
    ...     {"a": [1, 2, 2, 3, 4, 5, 5], "b": [2, 1, 3, 4, 3, 5, 4], "c": [3, 1, 2, 4, 3, 3, 5]}
    ... )
    >>> factorability(answers)
    Factorability: 3 items, N = 7, Bartlett chi-square(3) = 6.40
                 msa
    all items  0.691
    a          0.686
    b          0.635
    c          0.792
    Note: Pearson correlations, because the items are plain numbers; correlation="polychoric"
    takes them as ordered.
    """
    given = factor_items(items, correlation)
    _check_definite(given)
    found = sampling_adequacy(given.corr, given.n_obs)
    return Factorability(
        kmo=found.kmo,
        msa=pd.Series(found.msa, index=given.names),
        bartlett_chisq=found.bartlett_chisq,
        bartlett_df=found.bartlett_df,
        bartlett_p_value=found.bartlett_p_value,
        n_obs=given.n_obs,
        notes=given.notes,
    )


def _check_definite(given: FactorItems) -> None:
    """Refuse correlations that no data can have."""
    if is_positive_definite(given.corr):
        return
    lowest = np.linalg.eigvalsh(given.corr)[0]
    message = (
        f"the polychoric correlations are not positive definite (smallest eigenvalue "
        f'{lowest:.2g}), so items cannot be partialled out. Use correlation="pearson", fewer '
        "items or more people."
    )
    raise DataError(message)
