"""Which model, matrix and formula is behind each coefficient."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

_ALPHA: Final = "k/(k-1) (1 - tr S / sum S)"
_SCHMID: Final = "general factor and group factors (minres, oblimin, Schmid-Leiman)"
_ERRORS: Final = "true and error scores, uncorrelated errors"

# Model, matrix (R: the correlations chosen for the scale) and formula by coefficient.
_BEHIND: Final[dict[str, tuple[str, str, str]]] = {
    "alpha": ("essentially tau-equivalent items", "covariances S", _ALPHA),
    "alpha_std": ("essentially tau-equivalent standardised items", "Pearson S", _ALPHA),
    "alpha_ordinal": ("essentially tau-equivalent latent answers", "polychoric S", _ALPHA),
    "average_r": ("none", "Pearson R", "mean of r_ij, i < j"),
    "spearman_brown": ("two parallel items", "Pearson R", "2 r / (1 + r)"),
    "omega_total": (
        "one factor (minres), loadings l, uniquenesses u",
        "R",
        "(sum l)^2 / ((sum l)^2 + sum u)",
    ),
    "omega_total_sl": (_SCHMID, "R", "1 - sum u / sum R"),
    "omega_h": (_SCHMID, "R", "(sum g)^2 / sum R"),
    "omega_categorical": (
        "one factor (minres) of latent answers with thresholds",
        "polychoric R",
        "Green & Yang: sum cov(categories | l l') / sum cov(categories | R)",
    ),
    "lambda1": (_ERRORS, "R", "1 - k / sum R"),
    "lambda2": (_ERRORS, "R", "lambda1 + sqrt(k/(k-1) sum r_ij^2) / sum R, i != j"),
    "lambda3": (_ERRORS, "R", "k/(k-1) lambda1"),
    "lambda4": (_ERRORS, "R", "4 cov(A, B) / sum R of the best two halves"),
    "lambda5": (_ERRORS, "R", "lambda1 + 2 sqrt(max_j sum r_ij^2) / sum R, i != j"),
    "lambda6": (_ERRORS, "R", "1 - sum (1 - squared multiple correlation) / sum R"),
    "glb": (_ERRORS, "R", "1 - max sum(theta) / sum R, R - diag(theta) and theta >= 0"),
}


def coefficient_table(
    estimates: dict[str, float | None],
    intervals: dict[str, tuple[float, float, str]],
    kind: str,
) -> pd.DataFrame:
    """List the coefficients that were computed, with what is behind each.

    Parameters
    ----------
    estimates
        By name; None for what was not computed.
    intervals
        Lower and upper end, and how they were found, by name.
    kind
        What the correlations R are.
    """
    rows = {name: value for name, value in estimates.items() if value is not None}
    nothing = (float("nan"), float("nan"), "")
    table: dict[str, dict[str, Any]] = {}
    for name, estimate in rows.items():
        lower, upper, how = intervals.get(name, nothing)
        model, matrix, formula = _BEHIND[name]
        table[name] = {
            "estimate": estimate,
            "ci_lower": lower,
            "ci_upper": upper,
            "ci_method": how,
            "model": model,
            "matrix": f"{kind} R" if matrix == "R" else matrix,
            "formula": formula,
        }
    return pd.DataFrame.from_dict(table, orient="index")
