"""Standard errors of rotated loadings from samples drawn anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innovsurvey.base.repeats import repeat, seeds
from innovsurvey.errors import InnovSurveyError
from innovsurvey.numerics.parallel import varies
from innovsurvey.numerics.rotation_align import match

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Solve = Callable[[NDArray[np.float64]], tuple[Array, Array]]


@dataclass(frozen=True, eq=False)
class Resampled:
    """Loadings and factor correlations of every draw that had a solution."""

    loadings: Array
    phi: Array
    n_failed: int


def resample(
    rows: NDArray[np.float64], solve: Solve, aim: Array, *, n_boot: int, seed: int | None
) -> Resampled:
    """Draw people with replacement, factor each draw, and bring its factors in line."""
    draw = partial(_draw, rows=rows, solve=solve, aim=aim)
    found = repeat(draw, seeds(seed, n_boot), "bootstrap of loadings")
    kept = [one for one in found if one is not None]
    loadings = np.array([one[0] for one in kept]).reshape(-1, *aim.shape)
    phi = np.array([one[1] for one in kept]).reshape(-1, aim.shape[1], aim.shape[1])
    return Resampled(loadings, phi, n_boot - len(kept))


def _draw(
    seed: Any, rows: NDArray[np.float64], solve: Solve, aim: Array
) -> tuple[Array, Array] | None:
    """Factor one draw; None where it has no solution."""
    chosen = np.random.default_rng(seed).integers(len(rows), size=len(rows))
    people = rows[chosen]
    if not varies(people):
        return None
    try:
        loadings, phi = solve(people)
    except (InnovSurveyError, np.linalg.LinAlgError):
        return None
    if not np.isfinite(loadings).all():
        return None
    order, signs = match(loadings, aim)
    return loadings[:, order] * signs, phi[np.ix_(order, order)] * np.outer(signs, signs)


def estimates(
    loadings: pd.DataFrame, phi: pd.DataFrame | None, drawn: Resampled, ci_level: float
) -> pd.DataFrame:
    """Put estimates, standard errors and percentile intervals into one table."""
    names = pd.MultiIndex.from_product([loadings.index, loadings.columns])
    values = pd.Series(loadings.to_numpy().ravel(), index=names)
    tables = [_table(values, drawn.loadings.reshape(len(drawn.loadings), -1), ci_level)]
    if phi is not None:
        first, second = np.triu_indices(len(phi), 1)
        pairs = pd.MultiIndex.from_arrays([phi.index[first], phi.columns[second]])
        values = pd.Series(phi.to_numpy()[first, second], index=pairs)
        tables.append(_table(values, drawn.phi[:, first, second], ci_level))
    return pd.concat(tables)


def _table(values: pd.Series[float], drawn: Array, ci_level: float) -> pd.DataFrame:
    """Describe how one set of numbers varies over the draws."""
    tail = (1 - ci_level) / 2
    lower, upper = np.quantile(drawn, [tail, 1 - tail], axis=0)
    columns = {"estimate": values, "se": drawn.std(axis=0, ddof=1)}
    table = pd.DataFrame({**columns, "ci_lower": lower, "ci_upper": upper}, index=values.index)
    return table.rename_axis(["item", "factor"])
