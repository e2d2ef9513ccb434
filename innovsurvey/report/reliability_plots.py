"""Figure of reliability with its intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.errors import SpecificationError
from innovsurvey.report.figures import describe
from innovsurvey.report.notation import ROWS
from innovsurvey.report.style import (
    ACCENT,
    QUIET,
    label_rows,
    new_axes,
    rows,
    set_title,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from innovsurvey.report.style import Rows

_OF_ONE: Final = (
    "alpha",
    "alpha_std",
    "alpha_ordinal",
    "omega_total",
    "omega_categorical",
    "omega_total_sl",
    "omega_h",
    "glb",
)
_COMPARED: Final = {"alpha": (ACCENT, "o", -0.09), "omega_total": (QUIET, "D", 0.09)}  # inches
_HIGHEST_START: Final = 0.5  # of the axis; lower where an interval needs it


@styled
def reliability(
    results: Any,
    *,
    labels: Mapping[Any, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the reliability of one scale, of its groups, or of several scales.

    Parameters
    ----------
    results
        A result of ``reliability``: one row per coefficient, or one per group where it has
        groups. A mapping from names to such results: one row per scale.
    labels
        What to call the rows.
    title
        By default what is drawn, and for how many people.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        A dot per coefficient, its interval as a line; hollow where it has no interval. Groups
        and scales have alpha above omega.

    Raises
    ------
    SpecificationError
        An empty mapping.
    """
    table, heading = _table(results)
    compared = len(set(table["coefficient"])) > 1
    names = list(dict.fromkeys(table.index))
    called = {name: ROWS.get(str(name), _text(name)) for name in names} | dict(labels or {})
    placed = rows(names, called, smallest=0.46 if compared else 0.34)
    own = ax is None
    ax = new_axes(placed.height + (1.5 if compared else 1.2)) if ax is None else ax
    for coefficient, part in table.groupby("coefficient", sort=False):
        _dots(ax, part, dict(zip(names, placed.centres, strict=True)), str(coefficient))
    _finish(ax, table, placed, _level(results))
    if compared:
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.1)
    set_title(ax, title or heading, own=own)
    describe(ax, f"{title or heading}. {_summary(table, called)}")
    return ax


def _table(results: Any) -> tuple[pd.DataFrame, str]:
    """List what is drawn: one line per dot, with the label of its row as index."""
    if isinstance(results, Mapping):
        if not results:
            message = "there is no result to draw. Give a mapping such as {'voice': result}."
            raise SpecificationError(message)
        n = sorted({result.n_obs for result in results.values()})
        people = f"N = {n[0]}" if len(n) == 1 else f"N = {n[0]} to {n[-1]}"
        found = [_compared(name, result) for name, result in results.items()]
        return pd.concat(found), f"Reliability of {len(results)} scales, {people}"
    what = f"Reliability of {results.n_items} items"
    if results.groups is None:
        return _of_one(results), f"{what}, N = {results.n_obs}"
    found = [_of_group(name, row) for name, row in results.groups.iterrows()]
    n_obs = int(results.groups["n_obs"].sum())
    return pd.concat(found), f"{what} in {len(found)} groups, N = {n_obs}"


def _of_one(result: Any) -> pd.DataFrame:
    """Give one line per coefficient of one scale."""
    shown = [name for name in _OF_ONE if name in result.coefficients.index]
    table: pd.DataFrame = result.coefficients.loc[shown, ["estimate", "ci_lower", "ci_upper"]]
    return table.dropna(subset="estimate").assign(coefficient="all")


def _compared(name: Any, result: Any) -> pd.DataFrame:
    """Give alpha and omega of one scale."""
    ends = ["estimate", "ci_lower", "ci_upper"]
    table: pd.DataFrame = result.coefficients.loc[list(_COMPARED), ends]
    return table.assign(coefficient=table.index).set_axis([name] * len(table))


def _of_group(name: Any, row: pd.Series[Any]) -> pd.DataFrame:
    """Give alpha and omega of one group."""
    columns = ["estimate", "ci_lower", "ci_upper"]
    omega = ["omega_total", "omega_total_ci_lower", "omega_total_ci_upper"]
    lines = [row[["alpha", "ci_lower", "ci_upper"]].tolist(), row[omega].tolist()]
    table = pd.DataFrame(lines, columns=columns, index=[name] * len(lines))
    return table.assign(coefficient=list(_COMPARED))


def _dots(ax: Any, part: pd.DataFrame, heights: dict[Any, float], coefficient: str) -> None:
    """Draw the dots of one coefficient with their intervals."""
    colour, marker, below = _COMPARED.get(coefficient, (ACCENT, "o", 0.0))
    y = [heights[name] - below for name in part.index]
    ax.hlines(y, part["ci_lower"], part["ci_upper"], color=colour, linewidth=2)
    style = {"color": colour, "markersize": 5.5}
    ax.plot(part["estimate"], y, marker, label=ROWS.get(coefficient, coefficient), **style)
    bare = part["ci_lower"].isna().to_numpy()
    ax.plot(part["estimate"][bare], np.array(y)[bare], marker, markerfacecolor="white", **style)


def _finish(ax: Any, table: pd.DataFrame, placed: Rows, level: float | None) -> None:
    """Draw the axis of a coefficient between 0 and 1."""
    label_rows(ax, placed)
    lowest = float(np.nanmin(table[["estimate", "ci_lower"]].to_numpy(float)))
    start = min(_HIGHEST_START, math.floor(10 * lowest - 0.2) / 10)
    ax.set_xlim(start, 1)
    ax.grid(visible=True, axis="x")
    ax.set_xlabel(f"Reliability with {100 * level:g}% interval" if level else "Reliability")


def _level(results: Any) -> float | None:
    """Give the confidence level that all results share, or None."""
    every = results.values() if isinstance(results, Mapping) else [results]
    found = {result.ci_level for result in every}
    return found.pop() if len(found) == 1 else None


def _text(name: Any) -> str:
    """Write the name of a row; whole numbers without a point."""
    whole = isinstance(name, float) and name.is_integer()
    return str(int(name)) if whole else str(name)


def _summary(table: pd.DataFrame, called: Mapping[Any, str]) -> str:
    """Write every estimate with its interval."""
    parts = []
    for name, row in table.iterrows():
        what = called[name]
        if row["coefficient"] != "all":
            what = f"{what} {ROWS[row['coefficient']]}"
        if math.isnan(row["estimate"]):
            parts.append(f"{what} not estimated")
            continue
        ends = (
            ""
            if math.isnan(row["ci_lower"])
            else f" [{row['ci_lower']:.2f}, {row['ci_upper']:.2f}]"
        )
        parts.append(f"{what} {row['estimate']:.2f}{ends}")
    return "; ".join(parts) + "."
