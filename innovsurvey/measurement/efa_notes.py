"""What a reader of a factor solution should know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from innovsurvey.base.checks import join_names

if TYPE_CHECKING:
    import pandas as pd

    from innovsurvey.measurement.efa_bootstrap import Resampled
    from innovsurvey.measurement.efa_recipe import Recipe
    from innovsurvey.numerics.extraction import Extraction
    from innovsurvey.numerics.fit_indices import FactorFit
    from innovsurvey.numerics.rotation import Rotated

_ALIKE: Final = 0.9  # correlation of two factors above which they are hard to tell apart


def heywood_notes(extraction: Extraction, items: pd.Index[Any], method: str) -> tuple[str, ...]:
    """Name the items that the factors seem to account for entirely."""
    names = items[extraction.at_bound].tolist()
    if not names:
        return ()
    what = "communality" if method == "pa" else "uniqueness"
    where = "reached 1" if method == "pa" else "stopped at its lower bound"
    return (
        f"Heywood case: the {what} of {join_names(names)} {where}. Ask for fewer factors, or "
        "look for items that are nearly the same.",
    )


def fit_notes(fit: FactorFit, kind: str) -> tuple[str, ...]:
    """Say why fit indices are empty, or what they are worth."""
    if np.isnan(fit.chisq):
        return ("The fit is empty: a correlation matrix is not positive definite.",)
    if fit.df == 0:
        return ("df = 0: the model fits by construction; p_value, tli and rmsea are empty.",)
    if kind == "polychoric":
        return (
            "Chi-square, TLI, RMSEA and BIC take polychoric correlations for Pearson's, so they "
            "are rough; a confirmatory analysis of ordered items has a proper test.",
        )
    return ()


def alike_notes(phi: pd.DataFrame | None) -> tuple[str, ...]:
    """Name factors that are hard to tell apart."""
    if phi is None:
        return ()
    names, values = phi.index.tolist(), phi.to_numpy()
    pairs = np.argwhere(np.triu(np.abs(values) > _ALIKE, k=1)).tolist()
    return tuple(
        f"{names[i]} and {names[j]} correlate {values[i, j]:.2f}: they are hard to tell apart. "
        "Ask for fewer factors."
        for i, j in pairs
    )


def start_notes(rotated: Rotated, recipe: Recipe) -> tuple[str, ...]:
    """Say how many random starts ended at the same place."""
    if recipe.n_starts == 1:
        return ()
    return (
        f"{rotated.agreeing_starts} of {recipe.n_starts} starts of the rotation ended at the "
        "smallest criterion.",
    )


def draw_notes(drawn: Resampled | None) -> tuple[str, ...]:
    """Say on how many draws the standard errors rest."""
    if drawn is None:
        return ()
    n_kept = len(drawn.loadings)
    failed = f"; {drawn.n_failed} had no solution and are left out" if drawn.n_failed else ""
    return (f"Standard errors and intervals from {n_kept} bootstrap draws{failed}.",)
