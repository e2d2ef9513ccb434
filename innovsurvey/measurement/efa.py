"""Exploratory factor analysis."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_choice, join_names
from innovsurvey.base.display import format_value
from innovsurvey.base.results import Result
from innovsurvey.errors import IdentificationError, ImproperSolutionWarning, SpecificationError
from innovsurvey.measurement.complete_items import factorable_items
from innovsurvey.numerics.extraction import Extraction, minres, ml
from innovsurvey.numerics.fit_indices import FactorFit, factor_df, factor_fit
from innovsurvey.numerics.rotation import rotate

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from innovsurvey.measurement.complete_items import CompleteItems

_METHODS: Final[dict[str, Callable[[NDArray[np.float64], int], Extraction]]] = {
    "minres": minres,
    "ml": ml,
}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FactorSolution(Result):
    """Factors found by exploratory factor analysis, the strongest first.

    Parameters
    ----------
    method, rotation
        How the factors were extracted and rotated.
    loadings
        Pattern loadings, one row per item, one column per factor (F1, F2, ...).
    phi
        Correlations of the factors; None where the rotation keeps them uncorrelated.
    structure
        Correlations of items with factors.
    communalities, uniquenesses
        Share of each item's variance that the factors account for, and the rest.
    eigenvalues
        Of the correlation matrix, largest first.
    proportion_var
        Share of the items' variance by factor.
    chisq, df, p_value, tli, rmsea, bic
        Fit; NaN (with a note) where an index does not exist.
    """

    method: str
    rotation: str | None
    loadings: pd.DataFrame
    phi: pd.DataFrame | None
    structure: pd.DataFrame
    communalities: pd.Series[float]
    uniquenesses: pd.Series[float]
    eigenvalues: pd.Series[float]
    proportion_var: pd.Series[float]
    chisq: float
    df: int
    p_value: float
    tli: float
    rmsea: float
    bic: float

    @property
    def n_factors(self) -> int:
        """Number of factors."""
        return self.loadings.shape[1]

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        how = ", ".join(filter(None, [self.method, self.rotation]))
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
        return self.loadings.assign(uniqueness=self.uniquenesses).iloc[order]


def efa(
    items: Any,
    n_factors: int,
    *,
    method: Literal["minres", "ml"] = "minres",
    rotation: Literal["oblimin", "promax", "varimax"] | None = "oblimin",
) -> FactorSolution:
    """Extract and rotate factors that account for the correlations between items.

    Parameters
    ----------
    items : DataFrame
        One column per item, at least 3; more complete rows than items.
    n_factors : int
        Number of factors, from 1 up to what leaves df >= 0.
    method : {"minres", "ml"}
        Minimum residuals (default; no assumption on distributions) or maximum likelihood
        (multivariate normal items).
    rotation : {"oblimin", "promax", "varimax"}, optional
        Factors may correlate (oblimin, the default, and promax) or not (varimax); None leaves
        them as extracted.

    Returns
    -------
    FactorSolution
        ``.loadings``, ``.phi``, ``.structure``, ``.communalities``, ``.uniquenesses``,
        ``.eigenvalues``, ``.proportion_var`` and the fit: ``.chisq``, ``.df``, ``.p_value``,
        ``.tli``, ``.rmsea``, ``.bic``.

    Raises
    ------
    DataError
        A column is not numeric, or an item repeats others (singular matrix).
    InsufficientDataError
        No more complete rows than items, an item without answers or without variance.
    SpecificationError
        An unknown option, or ``n_factors`` is not a whole number from 1.
    IdentificationError
        More factors than the items can tell apart (df < 0).
    ConvergenceError
        Extraction or rotation stopped before a solution.

    Warns
    -----
    ImproperSolutionWarning
        An item's uniqueness stopped at its lower bound of .005 (Heywood case).

    Notes
    -----
    The model is R = L phi L' + U, where R is the correlation matrix of p items, L holds the
    loadings, phi the correlations of the m factors, and U the uniquenesses on its diagonal.
    minres minimises the squared residual correlations; ml minimises
    F = tr(R S^-1) - ln|R S^-1| - p, where S is the implied matrix. For both methods
    chisq = F (n - 1 - (2p + 5)/6 - 2m/3) with n people and df = ((p - m)^2 - p - m)/2;
    rmsea = sqrt(max(chisq/(df n) - 1/(n - 1), 0)); bic = chisq - df ln(n); tli compares chisq/df
    with the model without factors. oblimin is direct quartimin without Kaiser weights; varimax
    and promax (power 4) use them. Rows with a missing answer are left out (listwise). Checked
    against fa() of the R package psych (with GPArotation) and factanal().

    References
    ----------
    Harman, H. H., & Jones, W. H. (1966). Factor analysis by minimizing residuals (minres).
    Psychometrika, 31(3), 351-368. https://doi.org/10.1007/BF02289468

    Jöreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis.
    Psychometrika, 32(4), 443-482. https://doi.org/10.1007/BF02289658

    Bernaards, C. A., & Jennrich, R. I. (2005). Gradient projection algorithms and software for
    arbitrary rotation criteria in factor analysis. Educational and Psychological Measurement,
    65(5), 676-696. https://doi.org/10.1177/0013164404272507

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from innovsurvey.measurement.efa import efa
    >>> rng = np.random.default_rng(1)
    >>> common = rng.normal(size=(300, 1))
    >>> answers = pd.DataFrame(common + rng.normal(size=(300, 4)), columns=["a", "b", "c", "d"])
    >>> efa(answers, 1)
    Factor analysis: 1 factor(s) of 4 items (minres), N = 300, chi-square(2) = 2.49, RMSEA = 0.028
          F1 uniqueness
    a  0.742      0.450
    b  0.691      0.523
    d  0.683      0.534
    c  0.636      0.596
    """
    check_choice(method, "method", tuple(_METHODS))
    check_choice(rotation, "rotation", ("oblimin", "promax", "varimax", None))
    complete = factorable_items(items)
    _check_n_factors(n_factors, len(complete.names))
    corr = complete.moments.correlation
    extraction = _METHODS[method](corr, n_factors)
    common = extraction.loadings @ extraction.loadings.T
    fit = factor_fit(corr, common, n_factors, complete.n_obs)
    heywood = _heywood_notes(extraction, complete)
    for note in heywood:
        warnings.warn(note, ImproperSolutionWarning, stacklevel=2)
    used = rotation if n_factors > 1 else None
    notes = (*complete.notes, *heywood, *_fit_notes(fit))
    return _solution(complete, extraction, fit, method=method, rotation=used, notes=notes)


def _check_n_factors(n_factors: Any, n_items: int) -> None:
    """Refuse a number of factors that makes no sense for so many items."""
    if not isinstance(n_factors, (int, np.integer)) or isinstance(n_factors, bool) or n_factors < 1:
        message = f"n_factors={n_factors!r} must be a whole number from 1."
        raise SpecificationError(message)
    if n_factors >= n_items or factor_df(n_items, int(n_factors)) < 0:
        most = max((m for m in range(1, n_items) if factor_df(n_items, m) >= 0), default=0)
        message = (
            f"{n_factors} factor(s) of {n_items} items cannot be told apart; {n_items} items "
            f"carry at most {most}. Ask for fewer factors or add items."
        )
        raise IdentificationError(message)


def _heywood_notes(extraction: Extraction, complete: CompleteItems) -> tuple[str, ...]:
    """Name the items that the factors seem to account for entirely."""
    names = complete.names[extraction.at_bound].tolist()
    if not names:
        return ()
    return (
        f"Heywood case: the uniqueness of {join_names(names)} stopped at its lower bound. Ask for "
        "fewer factors, or look for items that are nearly the same.",
    )


def _fit_notes(fit: FactorFit) -> tuple[str, ...]:
    """Say why fit indices are empty."""
    if fit.df == 0:
        return ("df = 0: the model fits by construction; p_value, tli and rmsea are empty.",)
    if np.isnan(fit.chisq):
        return ("The fit is empty: the implied correlation matrix is not positive definite.",)
    return ()


def _solution(
    complete: CompleteItems,
    extraction: Extraction,
    fit: FactorFit,
    *,
    method: str,
    rotation: str | None,
    notes: tuple[str, ...],
) -> FactorSolution:
    """Rotate and put names on the numbers."""
    rotated = rotate(extraction.loadings, rotation)
    items = complete.names
    factors = [f"F{number}" for number in range(1, rotated.loadings.shape[1] + 1)]
    loadings = pd.DataFrame(rotated.loadings, index=items, columns=factors)
    phi = None if rotated.phi is None else pd.DataFrame(rotated.phi, index=factors, columns=factors)
    structure = loadings if phi is None else loadings @ phi
    communalities = pd.Series(extraction.communalities, index=items)
    eigenvalues = np.linalg.eigvalsh(complete.moments.correlation)[::-1]
    return FactorSolution(
        method=method,
        rotation=rotation,
        loadings=loadings,
        phi=phi,
        structure=structure,
        communalities=communalities,
        uniquenesses=1 - communalities,
        eigenvalues=pd.Series(eigenvalues, index=range(1, len(items) + 1)),
        # l and structure coefficients multiply to what a factor adds to an item's variance
        proportion_var=(loadings * structure).sum() / len(items),
        chisq=fit.chisq,
        df=fit.df,
        p_value=fit.p_value,
        tli=fit.tli,
        rmsea=fit.rmsea,
        bic=fit.bic,
        n_obs=complete.n_obs,
        notes=notes,
    )
