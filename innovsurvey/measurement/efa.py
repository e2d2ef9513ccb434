"""Exploratory factor analysis."""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_choice, check_level, check_whole
from innovsurvey.errors import (
    DataError,
    IdentificationError,
    ImproperSolutionWarning,
    SpecificationError,
)
from innovsurvey.measurement.efa_bootstrap import Resampled, estimates, resample
from innovsurvey.measurement.efa_input import FactorItems, Kind, Missing, factor_items
from innovsurvey.measurement.efa_notes import (
    alike_notes,
    draw_notes,
    fit_notes,
    heywood_notes,
    start_notes,
)
from innovsurvey.measurement.efa_recipe import METHODS, Recipe
from innovsurvey.measurement.efa_solution import FactorSolution
from innovsurvey.measurement.efa_target import target_of
from innovsurvey.numerics.fit_indices import factor_df, factor_fit
from innovsurvey.numerics.rotation import OBLIQUE, ORTHOGONAL
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from innovsurvey.numerics.extraction import Extraction
    from innovsurvey.numerics.rotation import Rotated

    Array = NDArray[np.float64]

Rotation = Literal[
    "oblimin", "promax", "quartimin", "geomin", "target",
    "varimax", "quartimax", "equamax", "geomin_ort", "target_ort",
]  # fmt: skip
_FEWEST_DRAWS: Final = 50


def efa(
    items: Any,
    n_factors: int,
    *,
    method: Literal["minres", "ml", "pa"] = "minres",
    rotation: Rotation | None = "oblimin",
    correlation: Kind | None = None,
    missing: Missing = "listwise",
    smooth: bool = False,
    target: pd.DataFrame | None = None,
    n_starts: int = 1,
    n_boot: int = 0,
    ci_level: float = 0.95,
    seed: int | None = 0,
) -> FactorSolution:
    """Extract and rotate factors that account for the correlations between items.

    Parameters
    ----------
    items : DataFrame
        One column per item, at least 3; more complete rows than items.
    n_factors : int
        Number of factors, from 1 up to what leaves df >= 0.
    method : {"minres", "ml", "pa"}
        Minimum residuals (default; no assumption on distributions), maximum likelihood
        (multivariate normal items) or principal axes, which end a little before minres.
    rotation : str, optional
        Factors may correlate (oblimin, the default, promax, quartimin, geomin, target)
        or not (varimax, quartimax, equamax, geomin_ort, target_ort); None leaves them as
        extracted.
    correlation : {"pearson", "polychoric"}, optional
        By default polychoric for ordered categoricals, Pearson for numbers (polyserial between
        the two).
    missing : {"listwise", "pairwise"}
        Whether people with a missing answer are left out (default), or each correlation takes
        those who answered both items.
    smooth : bool
        Whether correlations that are not positive definite are made so; a note says it.
    target : DataFrame, optional
        For target rotations: the loadings that are expected, one row per item, one named column
        per factor; 0 where an item should not load, empty where it may do as it likes.
    n_starts : int
        Starts of geomin and targets, which can end in a local minimum: the first as
        in R, the others at random; the smallest criterion wins.
    n_boot : int
        Bootstrap samples for standard errors of loadings and factor correlations; 0 for none.
    ci_level : float
        Level of their percentile intervals, 0-1, .95 by default.
    seed : int, optional
        For the random starts and the bootstrap.

    Returns
    -------
    FactorSolution
        ``.loadings``, ``.phi``, ``.structure``, ``.communalities``, ``.uniquenesses``,
        ``.complexity``, ``.eigenvalues``, ``.variance``, ``.residuals``, ``.estimates``,
        ``.determinacy``, ``.scores(items)`` and the fit: ``.chisq``, ``.df``, ``.p_value``,
        ``.tli``, ``.rmsea``, ``.rmsea_ci_lower``, ``.rmsea_ci_upper`` (90%), ``.bic``, ``.rmsr``.

    Raises
    ------
    DataError
        A column is not numeric, or an item repeats others (singular matrix).
    InsufficientDataError
        No more complete rows than items, an item without answers or without variance, a
        polychoric correlation of 1.
    SpecificationError
        An unknown option, a target that does not fit, ``n_factors`` is no whole number from 1.
    IdentificationError
        More factors than the items can tell apart (df < 0).
    ConvergenceError
        Extraction or rotation stopped before a solution.

    Warns
    -----
    ImproperSolutionWarning
        The factors account for all of an item (Heywood case): its uniqueness stopped at its
        lower bound of .005, or its communality with principal axes reached 1. Or the matrix of
        polychoric correlations is not positive definite.

    Notes
    -----
    The model is R = L phi L' + U, where R is the correlation matrix of p items, L holds the
    loadings, phi the correlations of the m factors, and U the uniquenesses on its diagonal.
    minres minimises the squared residual correlations; ml minimises
    F = tr(R S^-1) - ln|R S^-1| - p, where S is the implied matrix; pa repeats the largest axes
    of R with communalities on its diagonal until these change by less than .001 together.
    For all methods
    chisq = F (n - 1 - (2p + 5)/6 - 2m/3) with n people and df = ((p - m)^2 - p - m)/2;
    rmsea = sqrt(max(chisq/(df n) - 1/(n - 1), 0)), its interval from the noncentral chi-square;
    bic = chisq - df ln(n); tli compares chisq/df with the model without factors; rmsr is the
    root of the mean squared residual correlation. complexity is (sum l^2)^2 / sum l^4 over the
    loadings l of an item. varimax and promax (power 4) use Kaiser weights, all others do not:
    oblimin has gamma 0, which is quartimin, geomin adds .01 to the squared loadings, equamax is
    Crawford-Ferguson with kappa m/(2p). Factors are ordered by the
    variance they account for and turned so that their loadings add up to a positive number,
    those of a target stay as they are. Bootstrap solutions are rotated in the same way, and
    their factors matched to those of the sample in order and sign. With pairwise correlations n
    in these formulas is the harmonic mean of the numbers of people behind them. Checked against
    fa() of the R package psych (with GPArotation) and factanal().

    References
    ----------
    Bernaards, C. A., & Jennrich, R. I. (2005). Gradient projection algorithms and software for
    arbitrary rotation criteria in factor analysis. Educational and Psychological Measurement,
    65(5), 676-696. https://doi.org/10.1177/0013164404272507

    Browne, M. W. (2001). An overview of analytic rotation in exploratory factor analysis.
    Multivariate Behavioral Research, 36(1), 111-150.
    https://doi.org/10.1207/S15327906MBR3601_05

    Harman, H. H., & Jones, W. H. (1966). Factor analysis by minimizing residuals (minres).
    Psychometrika, 31(3), 351-368. https://doi.org/10.1007/BF02289468

    Hofmann, R. J. (1978). Complexity and simplicity as objective indices descriptive of factor
    solutions. Multivariate Behavioral Research, 13(2), 247-250.
    https://doi.org/10.1207/s15327906mbr1302_9

    Jöreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis.
    Psychometrika, 32(4), 443-482. https://doi.org/10.1007/BF02289658

    Steiger, J. H. (1990). Structural model evaluation and modification: An interval estimation
    approach. Multivariate Behavioral Research, 25(2), 173-180.
    https://doi.org/10.1207/s15327906mbr2502_4

    Zhang, G., Preacher, K. J., & Luo, S. (2010). Bootstrap confidence intervals for ordinary
    least squares factor loadings and correlations in exploratory factor analysis. Multivariate
    Behavioral Research, 45(1), 104-134. https://doi.org/10.1080/00273170903504836

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
          F1 communality uniqueness
    a  0.742       0.550      0.450
    b  0.691       0.477      0.523
    d  0.683       0.466      0.534
    c  0.636       0.404      0.596
    Note: Pearson correlations, because the items are plain numbers; correlation="polychoric"
    takes them as ordered.
    """
    _check_options(method, rotation, n_starts, n_boot, ci_level)
    with one_thread():
        found = factor_items(items, correlation, missing=missing, smooth=smooth)
        _check_n_factors(n_factors, len(found.names))
        aim = target_of(target, rotation, found.names, n_factors)
        recipe = Recipe(
            method=method,
            n_factors=int(n_factors),
            rotation=rotation if n_factors > 1 or aim is not None else None,
            target=None if aim is None else aim.to_numpy(),
            n_starts=n_starts,
            seed=seed,
        )
        indefinite = _indefinite_note(found, method)
        extraction = recipe.extract(found.corr)
        doubts = (*indefinite, *heywood_notes(extraction, found.names, method))
        for doubt in doubts:
            warnings.warn(doubt, ImproperSolutionWarning, stacklevel=2)
        rotated = recipe.rotate(extraction.loadings)
        drawn = None
        if n_boot:
            solve = partial(recipe.solve, ordinal=found.ordinal)
            drawn = resample(found.rows, solve, rotated.loadings, n_boot=n_boot, seed=seed)
        factors = None if aim is None else aim.columns
        return _solution(found, recipe, extraction, rotated, factors, doubts, drawn, ci_level)


def _check_options(
    method: str, rotation: str | None, n_starts: int, n_boot: int, ci_level: float
) -> None:
    """Refuse options that are not known or make no sense."""
    check_choice(method, "method", tuple(METHODS))
    check_choice(rotation, "rotation", (*OBLIQUE, *ORTHOGONAL, None))
    check_whole(n_starts, "n_starts", 1)
    check_whole(n_boot, "n_boot", 0)
    check_level(ci_level)
    if 0 < n_boot < _FEWEST_DRAWS:
        message = f"n_boot={n_boot} draws say little; give {_FEWEST_DRAWS} or more, or 0 for none."
        raise SpecificationError(message)


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


def _indefinite_note(found: FactorItems, method: str) -> tuple[str, ...]:
    """Say so where the correlations cannot all hold at once; ml cannot work with them."""
    lowest = float(np.linalg.eigvalsh(found.corr)[0])
    if lowest > 0:
        return ()
    what = (
        f"The {found.kind} correlations are not positive definite (smallest eigenvalue "
        f"{lowest:.3g}): more people, fewer items or joined categories would help."
    )
    if method == "ml":
        message = (
            f'{what} method="ml" needs a positive definite matrix; take smooth=True, or '
            'method="minres".'
        )
        raise DataError(message)
    return (f"{what} There are no tests of fit; smooth=True makes the matrix definite.",)


def _solution(
    found: FactorItems,
    recipe: Recipe,
    extraction: Extraction,
    rotated: Rotated,
    factors: pd.Index[Any] | None,
    doubts: tuple[str, ...],
    drawn: Resampled | None,
    ci_level: float,
) -> FactorSolution:
    """Put names on the numbers."""
    common = extraction.loadings @ extraction.loadings.T
    fit = factor_fit(found.corr, common, recipe.n_factors, found.n_fit)
    items = found.names
    names = [f"F{number}" for number in range(1, recipe.n_factors + 1)]
    labels = pd.Index(names) if factors is None else factors
    loadings = pd.DataFrame(rotated.loadings, index=items, columns=labels)
    phi = None if rotated.phi is None else pd.DataFrame(rotated.phi, index=labels, columns=labels)
    pattern = rotated.loadings
    structure = pattern if rotated.phi is None else pattern @ rotated.phi
    communalities = pd.Series(extraction.communalities, index=items)
    eigenvalues = np.linalg.eigvalsh(found.corr)[::-1]
    squares = pattern**2
    complexity = squares.sum(axis=1) ** 2 / (squares**2).sum(axis=1)
    lower, upper = fit.rmsea_ci
    answers = found.frame.to_numpy()
    means: Array = np.nanmean(answers, axis=0)
    sds: Array = np.nanstd(answers, axis=0, ddof=1)
    return FactorSolution(
        method=recipe.method,
        rotation=recipe.rotation,
        correlation=found.kind,
        loadings=loadings,
        phi=phi,
        structure=pd.DataFrame(structure, index=items, columns=labels),
        communalities=communalities,
        uniquenesses=1 - communalities,
        complexity=pd.Series(complexity, index=items),
        eigenvalues=pd.Series(eigenvalues, index=range(1, len(items) + 1)),
        variance=_variance(pattern, structure, labels),
        chisq=fit.chisq,
        df=fit.df,
        p_value=fit.p_value,
        tli=fit.tli,
        rmsea=fit.rmsea,
        rmsea_ci_lower=lower,
        rmsea_ci_upper=upper,
        bic=fit.bic,
        rmsr=fit.rmsr,
        matrix=pd.DataFrame(found.corr, index=items, columns=items),
        means=pd.Series(means, index=items),
        sds=pd.Series(sds, index=items),
        estimates=None if drawn is None else estimates(loadings, phi, drawn, ci_level),
        n_obs=found.n_obs,
        notes=(
            *found.notes,
            *doubts,
            *fit_notes(fit, found.kind),
            *alike_notes(phi),
            *start_notes(rotated, recipe),
            *draw_notes(drawn),
        ),
    )


def _variance(pattern: Array, structure: Array, labels: pd.Index[Any]) -> pd.DataFrame:
    """Say how much of the items' variance each factor accounts for."""
    # l and structure coefficients multiply to what a factor adds to an item's variance
    ss = (pattern * structure).sum(axis=0)
    share, explained = ss / len(pattern), ss / ss.sum()
    columns = {
        "ss_loadings": ss,
        "proportion_var": share,
        "cumulative_var": share.cumsum(),
        "proportion_explained": explained,
        "cumulative_explained": explained.cumsum(),
    }
    return pd.DataFrame(columns, index=labels)
