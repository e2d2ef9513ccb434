"""What exploratory factor analysis finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from innovsurvey.base.display import format_value
from innovsurvey.base.results import Result
from innovsurvey.measurement.efa_scores import FactorScores, factor_scores, possible
from innovsurvey.numerics.factor_scores import determinacy, score_weights

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FactorSolution(Result):
    """Factors found by exploratory factor analysis, the strongest first.

    Parameters
    ----------
    method, rotation, correlation
        How the factors were extracted and rotated, from which correlations.
    loadings
        Pattern loadings, one row per item, one column per factor (F1, F2, ...).
    phi
        Correlations of the factors; None where the rotation keeps them uncorrelated.
    structure
        Correlations of items with factors.
    communalities, uniquenesses
        Share of each item's variance that the factors account for, and the rest.
    complexity
        Hofmann's index: about how many factors each item stands for.
    eigenvalues
        Of the correlation matrix, largest first.
    variance
        By factor: ss_loadings, proportion_var, cumulative_var, proportion_explained,
        cumulative_explained.
    chisq, df, p_value, tli, rmsea, rmsea_ci_lower, rmsea_ci_upper, bic, rmsr
        Fit; NaN (with a note) where an index does not exist. The interval is the 90% one.
    matrix
        The correlations that were factored.
    means, sds
        Of the items, with which ``scores`` standardises answers.
    estimates
        With ``n_boot``: one row per loading (item, factor) and per factor correlation, with
        estimate, se, ci_lower, ci_upper; else None.
    """

    method: str
    rotation: str | None
    correlation: str
    loadings: pd.DataFrame
    phi: pd.DataFrame | None
    structure: pd.DataFrame
    communalities: pd.Series[float]
    uniquenesses: pd.Series[float]
    complexity: pd.Series[float]
    eigenvalues: pd.Series[float]
    variance: pd.DataFrame
    chisq: float
    df: int
    p_value: float
    tli: float
    rmsea: float
    rmsea_ci_lower: float
    rmsea_ci_upper: float
    bic: float
    rmsr: float
    matrix: pd.DataFrame
    means: pd.Series[float]
    sds: pd.Series[float]
    estimates: pd.DataFrame | None = None

    @property
    def n_factors(self) -> int:
        """Number of factors."""
        return self.loadings.shape[1]

    @property
    def proportion_var(self) -> pd.Series[float]:
        """Share of the items' variance by factor."""
        return self.variance["proportion_var"]

    @property
    def residuals(self) -> pd.DataFrame:
        """Correlations that the factors leave over; the uniquenesses on the diagonal."""
        return self.matrix - self.structure @ self.loadings.T

    @property
    def determinacy(self) -> pd.Series[float]:
        """Correlation of each factor with its regression scores, the highest any scores have.

        NaN where an item without variance of its own would make it larger than 1.
        """
        parts = self._parts
        found = determinacy(score_weights(*parts, "regression"), *parts)
        return possible(found, self.loadings.columns)

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        kind = self.correlation if self.correlation != "pearson" else None
        how = ", ".join(filter(None, [self.method, self.rotation, kind]))
        return (
            f"Factor analysis: {self.n_factors} factor(s) of {len(self.loadings)} items ({how}), "
            f"N = {self.n_obs}, chi-square({self.df}) = {format_value('chisq', self.chisq)}, "
            f"RMSEA = {format_value('rmsea', self.rmsea)}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the loadings as people read them: by factor, strongest item first."""
        size = self.loadings.abs()
        belongs = size.to_numpy().argmax(axis=1)
        order = np.lexsort((-size.max(axis=1).to_numpy(), belongs))
        more = {"communality": self.communalities, "uniqueness": self.uniquenesses}
        if self.n_factors > 1:
            more["complexity"] = self.complexity
        return self.loadings.assign(**more).iloc[order]

    def scores(
        self,
        items: Any,
        *,
        method: Literal["regression", "bartlett", "tenberge"] = "regression",
    ) -> FactorScores:
        """Estimate where each person stands on the factors.

        Parameters
        ----------
        items : DataFrame
            Answers to the items of this solution, of the same people or of others.
        method : {"regression", "bartlett", "tenberge"}
            Regression scores (Thurstone; the default) come nearest to the factors, Bartlett's
            are unbiased, those of ten Berge correlate with each other as the factors do.

        Returns
        -------
        FactorScores
            ``.scores`` (one row per person, empty where an answer is missing), ``.weights``,
            ``.determinacy`` (correlation of scores with factors) and ``.correlations``.

        Raises
        ------
        MissingItemsError
            An item of the solution is not in the data.
        DataError
            The correlations are singular, so that scores do not exist.
        """
        return factor_scores(
            items,
            method,
            *self._parts,
            means=self.means,
            sds=self.sds,
            labels=self.loadings.columns,
            kind=self.correlation,
        )

    @property
    def _parts(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Correlations, loadings and factor correlations as arrays."""
        phi = np.eye(self.n_factors) if self.phi is None else self.phi.to_numpy()
        return self.matrix.to_numpy(), self.loadings.to_numpy(), phi
