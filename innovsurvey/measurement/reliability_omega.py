"""Omega of a scale, or the reason why it cannot be estimated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics import consistency, omega
from innovsurvey.numerics.correlation import blocks_of, dependent_columns
from innovsurvey.numerics.extraction import minres
from innovsurvey.numerics.fit_indices import factor_df
from innovsurvey.numerics.omega_categorical import omega_categorical
from innovsurvey.numerics.polychoric_acov import influence
from innovsurvey.numerics.rotation import rotate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from innovsurvey.measurement.reliability_input import ScaleAnswers

ITEMS_FOR_OMEGA: Final = 3
NO_INTERVAL: Final = (math.nan, math.nan)


@dataclass(frozen=True, eq=False)
class OneFactor:
    """Omega of one factor; without loadings it could not be estimated, and a note says why."""

    omega_total: float
    loadings: NDArray[np.float64] | None
    communalities: NDArray[np.float64] | None
    at_bound: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class GeneralFactor:
    """Omega of a general factor; None where there are too few items to ask for one."""

    omega_h: float | None
    omega_total_sl: float | None
    loadings: pd.DataFrame | None
    notes: tuple[str, ...]


def one_factor(corr: NDArray[np.float64], names: pd.Index[Any]) -> OneFactor:
    """Estimate omega of one factor, or say why not."""
    if len(corr) < ITEMS_FOR_OMEGA:
        return _nothing("one factor of 2 items is not identified.")
    dependent = dependent_columns(corr)
    if dependent:
        listed = join_names(names[dependent].tolist())
        return _nothing(
            "the correlation matrix is singular (no more people than items, or an item that "
            f"repeats others): {listed}."
        )
    try:
        found = minres(corr, 1)
    except ConvergenceError as error:
        return _nothing(str(error))
    loadings = rotate(found.loadings, None).loadings[:, 0]
    value = consistency.omega_total(loadings, 1 - found.communalities)
    exact = names[found.at_bound].tolist()
    note = f"Heywood case: omega_total takes {join_names(exact)} as free of error; doubt it."
    return OneFactor(value, loadings, found.communalities, bool(exact), (note,) * bool(exact))


def general_factor(
    corr: NDArray[np.float64], names: pd.Index[Any], n_factors: int, one: OneFactor
) -> GeneralFactor:
    """Estimate omega of a general factor above group factors, or say why not."""
    if len(corr) <= n_factors:
        return GeneralFactor(None, None, None, ())
    if one.loadings is None:
        note = "omega_h and omega_total_sl are empty for the same reason."
        return GeneralFactor(math.nan, math.nan, None, (note,))
    try:
        found = omega.schmid_leiman(corr, n_factors)
    except ConvergenceError as error:
        note = f"omega_h and omega_total_sl are empty: {error}"
        return GeneralFactor(math.nan, math.nan, None, (note,))
    key = np.where(one.loadings < 0, -1.0, 1.0)
    return GeneralFactor(
        omega_h=omega.omega_h(found, corr, key),
        omega_total_sl=omega.omega_total_sl(found, corr, key),
        loadings=_loadings(found, names),
        notes=_general_notes(found, names, key),
    )


def omega_interval(
    answers: ScaleAnswers, one: OneFactor, ci_level: float
) -> tuple[tuple[float, float], tuple[str, ...]]:
    """Give the interval of omega by the delta method, or say why not."""
    if one.loadings is None:
        return NO_INTERVAL, ()
    if one.at_bound or not answers.is_complete:
        why = "a Heywood case" if one.at_bound else "answers are missing"
        note = f"omega_total_ci is empty: {why}. Ask for a bootstrap with n_boot=1000."
        return NO_INTERVAL, (note,)
    slope = omega.omega_slope(answers.corr, one.loadings)
    if answers.ordinal is None:
        sd = np.sqrt(np.diag(answers.cov))
        blocks = blocks_of(answers.rows)
        se = omega.omega_se(blocks, answers.means, sd, answers.corr, slope)
    else:
        se = _ordinal_se(answers, slope)
    return omega.interval_below_one(one.omega_total, se, ci_level), ()


def categorical(answers: ScaleAnswers, one: OneFactor) -> float | None:
    """Estimate omega of the sum of categories; None for numbers."""
    if answers.ordinal is None:
        return None
    if one.loadings is None:
        return math.nan
    return omega_categorical(answers.corr, one.loadings, answers.ordinal.cuts)


def _ordinal_se(answers: ScaleAnswers, slope: NDArray[np.float64]) -> float:
    """Give the standard error of omega from polychoric correlations."""
    first, second = np.triu_indices(len(slope), 1)
    found = influence(answers.ordinal)  # type: ignore[arg-type]
    by_pair = 2 * slope[first, second]
    table = found.of_correlations * by_pair[:, None, None]
    codes = answers.codes
    of_person = sum(
        table[pair][codes[:, i], codes[:, j]]
        for pair, (i, j) in enumerate(zip(first, second, strict=True))
    )
    return float(np.sqrt(np.sum(of_person**2)))


def _nothing(why: str) -> OneFactor:
    """Leave omega empty."""
    return OneFactor(math.nan, None, None, at_bound=False, notes=(f"omega_total is empty: {why}",))


def _loadings(found: omega.SchmidLeiman, names: pd.Index[Any]) -> pd.DataFrame:
    """Put names on the loadings of the general factor and the group factors."""
    numbers = range(1, found.groups.shape[1] + 1)
    table = pd.DataFrame(found.groups, index=names, columns=[f"F{n}" for n in numbers])
    table.insert(0, "g", found.general)
    return table.assign(communality=found.communalities, uniqueness=1 - found.communalities)


def _general_notes(
    found: omega.SchmidLeiman, names: pd.Index[Any], key: NDArray[np.float64]
) -> tuple[str, ...]:
    """Say what is doubtful about the general factor."""
    n_items, n_factors = found.groups.shape
    notes = []
    if factor_df(n_items, n_factors) < 0:
        notes.append(
            f"omega_h and omega_total_sl: {n_factors} group factors of {n_items} items are not "
            "identified, so other solutions fit as well; doubt them, or ask for fewer with "
            "n_factors=."
        )
    elif found.at_bound.any():
        exact = join_names(names[found.at_bound].tolist())
        notes.append(f"Heywood case: omega_h and omega_total_sl take {exact} as free of error.")
    if found.general_at_bound:
        notes.append("Heywood case: a group factor is the general factor itself; doubt omega_h.")
    elif (key * found.general < 0).any():
        notes.append(
            "omega_h: the group factors share no general factor on which all items load in one "
            f"direction (largest correlation {_largest(found.phi):.2f}); doubt it."
        )
    turned = names[key < 0].tolist()
    if turned:
        named = join_names(turned)
        notes.append(f"omega_h and omega_total_sl turn {named} round, by the sign on one factor.")
    return tuple(notes)


def _largest(phi: NDArray[np.float64]) -> float:
    """Give the largest correlation between factors."""
    return float(np.abs(phi - np.eye(len(phi))).max())
