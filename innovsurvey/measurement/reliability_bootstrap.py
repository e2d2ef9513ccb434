"""Bootstrap intervals of reliability."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.repeats import repeat, seeds
from innovsurvey.numerics import reliability_draws as draws
from innovsurvey.numerics.omega_categorical import omega_categorical
from innovsurvey.numerics.polychoric import polychoric
from innovsurvey.numerics.reliability_moments import pairwise_covariances
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from innovsurvey.measurement.reliability_input import ScaleAnswers

_FEWEST_DRAWS: Final = 2


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """One row per coefficient: standard error, interval and the number of draws used."""

    table: pd.DataFrame | None
    notes: tuple[str, ...]

    def interval(self, name: str) -> tuple[float, float]:
        """Give the interval of a coefficient."""
        if self.table is None:
            return math.nan, math.nan
        return float(self.table["ci_lower"][name]), float(self.table["ci_upper"][name])


def bootstrap(
    answers: ScaleAnswers,
    loadings: NDArray[np.float64] | None,
    n_boot: int,
    seed: int | None,
    ci_level: float,
) -> Bootstrap:
    """Draw people with replacement, estimate again, and cut off the tails."""
    if not n_boot:
        return Bootstrap(None, ())
    if answers.ordinal is not None:
        drawn = _ordinal_draws(answers, loadings, n_boot, seed)
    elif answers.is_complete:
        drawn = _named(draws.bootstrap(answers.rows, loadings, n_boot, seed))
    else:
        drawn = _pairwise_draws(answers, loadings, n_boot, seed)
    table = pd.DataFrame({name: _summary(v, ci_level) for name, v in drawn.items()}).T
    return Bootstrap(table, _notes(table, n_boot))


def _named(found: draws.Draws) -> dict[str, NDArray[np.float64]]:
    """Give the draws by the name of the coefficient."""
    return {
        "alpha": found.alpha,
        "alpha_std": found.alpha_std,
        "omega_total": found.omega_total,
    }


def _summary(values: NDArray[np.float64], ci_level: float) -> dict[str, float]:
    """Summarise the draws in which the coefficient exists."""
    used = values[np.isfinite(values)]
    if len(used) < _FEWEST_DRAWS:
        return {"se": math.nan, "ci_lower": math.nan, "ci_upper": math.nan, "n_draws": len(used)}
    lower, upper = draws.percentile_interval(used, ci_level)
    return {
        "se": float(used.std(ddof=1)),
        "ci_lower": lower,
        "ci_upper": upper,
        "n_draws": len(used),
    }


def _notes(table: pd.DataFrame, n_boot: int) -> tuple[str, ...]:
    """Say in how many draws a coefficient did not exist."""
    lost = (n_boot - table["n_draws"]).astype(int)
    return tuple(
        f"{n} of {n_boot} bootstrap draws have no {name} and are left out of its interval."
        for name, n in lost[lost > 0].items()
        if n < n_boot
    )


def _pairwise_draws(
    answers: ScaleAnswers, loadings: NDArray[np.float64] | None, n_boot: int, seed: int | None
) -> dict[str, NDArray[np.float64]]:
    """Draw from answers with holes."""
    one = partial(_pairwise_draw, rows=answers.rows)
    covs = np.array(repeat(one, seeds(seed, n_boot), "bootstrap"))
    usable = np.isfinite(covs).all(axis=(1, 2))
    covs[~usable] = 0
    return _named(draws.of_covariances(covs, loadings))


def _pairwise_draw(seed: Any, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Estimate the covariances of one draw."""
    people = np.random.default_rng(seed).integers(0, len(rows), len(rows))
    return pairwise_covariances(rows[people]).cov


def _ordinal_draws(
    answers: ScaleAnswers, loadings: NDArray[np.float64] | None, n_boot: int, seed: int | None
) -> dict[str, NDArray[np.float64]]:
    """Draw from ordered categories."""
    one = partial(_ordinal_draw, rows=answers.rows, codes=answers.codes, loadings=loadings)
    found = pd.DataFrame(repeat(one, seeds(seed, n_boot), "bootstrap"))
    return {str(name): found[name].to_numpy(dtype=float) for name in found}


@one_thread()
def _ordinal_draw(
    seed: Any,
    rows: NDArray[np.float64],
    codes: NDArray[np.integer],
    loadings: NDArray[np.float64] | None,
) -> dict[str, float]:
    """Estimate everything from one draw."""
    people = np.random.default_rng(seed).integers(0, len(rows), len(rows))
    names = ("alpha", "alpha_std", "alpha_ordinal", "omega_total", "omega_categorical")
    values = dict.fromkeys(names, math.nan)
    covs = pairwise_covariances(rows[people]).cov
    plain = draws.of_covariances(np.nan_to_num(covs)[None], None)
    values["alpha"], values["alpha_std"] = float(plain.alpha[0]), float(plain.alpha_std[0])
    if not (np.diag(np.nan_to_num(covs)) > 0).all():
        return values
    latent = polychoric(codes[people], int(codes.max()))
    corr = latent.correlation
    if not np.isfinite(corr).all():
        return values
    omega = draws.of_covariances(corr[None], loadings)
    values["alpha_ordinal"] = float(omega.alpha[0])
    values["omega_total"] = float(omega.omega_total[0])
    if loadings is not None:
        factor = draws.one_factors(corr[None], loadings)[0]
        values["omega_categorical"] = omega_categorical(corr, factor, latent.cuts)
    return values
