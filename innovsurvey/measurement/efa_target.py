"""The loadings that a target rotation aims at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_items, join_names
from innovsurvey.errors import SpecificationError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def target_of(
    target: Any, rotation: str | None, items: pd.Index[Any], n_factors: int
) -> pd.DataFrame | None:
    """Give the target with the rows in the order of the items; None for other rotations."""
    wanted = rotation in {"target", "target_ort"}
    if wanted != (target is not None):
        message = (
            f"rotation={rotation!r} needs target=, a DataFrame with one row per item and one "
            "column per factor; cells that may take any value are empty."
            if wanted
            else f'a target is given, but rotation={rotation!r}. Say rotation="target" (factors '
            'may correlate) or "target_ort".'
        )
        raise SpecificationError(message)
    return _in_order(target, items, n_factors) if wanted else None


def _in_order(target: Any, items: pd.Index[Any], n_factors: int) -> pd.DataFrame:
    """Check shape and cells of a target."""
    if not isinstance(target, pd.DataFrame) or target.shape != (len(items), n_factors):
        found = getattr(target, "shape", type(target).__name__)
        message = (
            f"the target must be a DataFrame of {len(items)} items by {n_factors} factor(s), "
            f"not {found}."
        )
        raise SpecificationError(message)
    absent = items.difference(target.index, sort=False).tolist()
    if absent:
        message = f"the target has no row for {join_names(absent)}. Name its rows as the items."
        raise SpecificationError(message)
    found = check_items(target.loc[items])
    _check_columns(found.to_numpy(), target.columns)
    return found


def _check_columns(cells: NDArray[np.float64], names: pd.Index[Any]) -> None:
    """Refuse a target that says nothing on a factor, or loadings beyond 1."""
    empty = names[np.flatnonzero(np.isnan(cells).all(axis=0))].tolist()
    if empty:
        message = f"the target says nothing on {join_names(empty)}. Give it at least one value."
        raise SpecificationError(message)
    if np.nanmax(np.abs(cells)) > 1:
        message = "the target has loadings beyond -1 to 1. Give 0 where none is expected, else 1."
        raise SpecificationError(message)
