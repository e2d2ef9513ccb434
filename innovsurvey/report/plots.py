"""Figures of answers, measurement, scores and models; each function returns the Axes.

Seaborn and matplotlib are loaded when the first figure is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_columns, check_groups, check_items
from innovsurvey.errors import InsufficientDataError, SpecificationError
from innovsurvey.report.factor_plots import correlations, loadings, scree
from innovsurvey.report.figures import describe, figure
from innovsurvey.report.likert import likert
from innovsurvey.report.quality_map import missingness
from innovsurvey.report.quality_plots import distributions, flags
from innovsurvey.report.reliability_plots import reliability
from innovsurvey.report.style import (
    ACCENT,
    INK,
    PALE,
    QUIET,
    label_rows,
    new_axes,
    rows,
    set_title,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

__all__ = [
    "coefficients",
    "correlations",
    "distribution",
    "distributions",
    "figure",
    "flags",
    "groups",
    "item_rest",
    "likert",
    "loadings",
    "missingness",
    "reliability",
    "scree",
]

_INTERCEPTS: Final = frozenset({"Intercept", "const", "(Intercept)"})
_BINS: Final = 20


@styled
def item_rest(
    reliability: Any,
    *,
    item_labels: Mapping[str, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how each item correlates with the rest of its scale.

    Parameters
    ----------
    reliability
        A result of ``reliability``, or anything with ``items["r_drop"]`` and ``n_obs``.
    item_labels
        The wording of the items, by name.
    title
        By default what is drawn, and for how many people.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        One dot per item, in the order of the result.
    """
    values = reliability.items["r_drop"]
    placed = rows(list(values.index), item_labels)
    own = ax is None
    ax = new_axes(placed.height + 1.1) if ax is None else ax
    ax.hlines(placed.centres, 0, values, color=PALE, linewidth=2)
    ax.plot(values, placed.centres, "o", color=ACCENT, markersize=7)
    for centre, value in zip(placed.centres, values, strict=True):
        ax.text(max(value, 0) + 0.03, centre, f"{value:.2f}", va="center", fontsize=9)
    label_rows(ax, placed)
    ax.set(xlim=(min(0.0, float(values.min()) - 0.1), 1), xlabel="Correlation with the other items")
    ax.axvline(0, color=QUIET, linewidth=0.8)
    ax.grid(visible=True, axis="x")
    heading = title or f"Item-rest correlations of {len(values)} items, N = {reliability.n_obs}"
    set_title(ax, heading, own=own)
    describe(ax, f"{heading}. {_extremes(values, '.2f')}")
    return ax


@styled
def coefficients(
    regression: Any,
    *,
    intercept: bool = False,
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the coefficients of a model with their intervals.

    Parameters
    ----------
    regression
        A result of ``regression``, or a frame with ``estimate``, ``ci_lower``, ``ci_upper``.
    intercept
        Whether to draw the intercept, too.
    labels
        What to call the terms.
    title
        By default what is drawn, and for how many people.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        One dot with its interval per term.

    Raises
    ------
    MissingItemsError
        The frame has no estimates or no intervals.
    InsufficientDataError
        The model has nothing but an intercept.
    """
    frame = regression if isinstance(regression, pd.DataFrame) else regression.to_frame()
    check_columns(frame, ["estimate", "ci_lower", "ci_upper"])
    kept = frame if intercept else frame[[str(term) not in _INTERCEPTS for term in frame.index]]
    if kept.empty:
        message = "the model has nothing but an intercept; draw it with intercept=True."
        raise InsufficientDataError(message)
    placed = rows(list(kept.index), labels, smallest=0.36)
    own = ax is None
    ax = new_axes(placed.height + 1.2) if ax is None else ax
    ax.axvline(0, color=QUIET, linewidth=0.8)
    ax.hlines(placed.centres, kept["ci_lower"], kept["ci_upper"], color=ACCENT, linewidth=2)
    ax.plot(kept["estimate"], placed.centres, "o", color=ACCENT, markersize=7)
    label_rows(ax, placed)
    ax.grid(visible=True, axis="x")
    level = getattr(regression, "ci_level", None)
    ax.set_xlabel(f"Estimate with {100 * level:g}% interval" if level else "Estimate with interval")
    heading = title or _coefficient_title(regression)
    set_title(ax, heading, own=own)
    describe(ax, f"{heading}. {_coefficient_summary(kept)}")
    return ax


def _coefficient_title(regression: Any) -> str:
    """Name the outcome and the number of people, where they are known."""
    outcome = getattr(regression, "outcome", None)
    n_obs = getattr(regression, "n_obs", None)
    what = f"What goes with {outcome}" if outcome else "Coefficients"
    return f"{what}, N = {n_obs}" if n_obs is not None else what


def _coefficient_summary(frame: pd.DataFrame) -> str:
    """Write each estimate with its interval."""
    return (
        "; ".join(
            f"{row.Index} {row.estimate:.2f} [{row.ci_lower:.2f}, {row.ci_upper:.2f}]"
            for row in frame.itertuples()
        )
        + "."
    )


@styled
def distribution(
    scores: pd.DataFrame,
    columns: Sequence[str] | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how people spread over one or more scores, with mean and number.

    Parameters
    ----------
    scores
        One column per score, on the same range.
    columns
        Which scores; by default all columns.
    labels
        What to call the scores.
    title
        By default what is drawn, and for how many people.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        One histogram per score; the line is the mean.

    Raises
    ------
    MissingItemsError
        A score is not in the data.
    InsufficientDataError
        A score has no value.
    """
    wanted = list(scores.columns) if columns is None else list(columns)
    check_columns(scores, wanted, "score")
    frame = check_items(scores[wanted])
    empty = frame.columns[frame.isna().all()].tolist()
    if empty:
        message = f"no values at all for {', '.join(map(str, empty))}. Leave the score(s) out."
        raise InsufficientDataError(message)
    placed = rows(wanted, labels, smallest=0.8)
    own = ax is None
    ax = new_axes(placed.height + 1.0) if ax is None else ax
    low, high = float(frame.min().min()), float(frame.max().max())
    bins = np.linspace(low, high, _BINS + 1) if low < high else np.array([low - 0.5, low + 0.5])
    for bottom, name in zip(placed.edges[1:], frame.columns, strict=True):
        _ridge(ax, frame[name].dropna().to_numpy(), bins, bottom=bottom)
    label_rows(ax, placed)
    ax.set_xlim(bins[0], bins[-1] + 0.25 * (bins[-1] - bins[0]))
    ax.set_xticks([tick for tick in ax.get_xticks() if bins[0] <= tick <= bins[-1]])
    ax.spines["bottom"].set_bounds(bins[0], bins[-1])
    heading = title or f"Scores of N = {int(frame.notna().any(axis=1).sum())} people"
    set_title(ax, heading, own=own)
    describe(ax, f"{heading}. {_score_summary(frame)}")
    return ax


def _ridge(ax: Any, values: Any, bins: Any, *, bottom: float) -> None:
    """Draw one score as a low histogram with its mean."""
    counts, _ = np.histogram(values, bins)
    mean = values.mean()
    top = 0.6 * counts / counts.max()
    ax.bar(
        bins[:-1], top, np.diff(bins), bottom=bottom, align="edge", color=PALE, edgecolor="white"
    )
    ax.hlines(bottom, bins[0], bins[-1], color=QUIET, linewidth=0.8)
    ax.vlines(mean, bottom, bottom + 0.66, color=ACCENT, linewidth=2)
    text = f"M = {mean:.2f}\nn = {len(values)}"
    ax.text(
        1, bottom + 0.3, text, transform=ax.get_yaxis_transform(), ha="right", va="center", size=9
    )


def _score_summary(frame: pd.DataFrame) -> str:
    """Write mean, standard deviation and number of each score."""
    return (
        "; ".join(
            f"{name}: mean {column.mean():.2f}, SD {column.std():.2f}, n = {column.count()}"
            for name, column in frame.items()
        )
        + "."
    )


@styled
def groups(
    scores: pd.DataFrame,
    groups: str | pd.Series[Any],
    column: str,
    *,
    min_group_size: int = 10,
    label: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the means of units as dots, with small units hidden and counted.

    Parameters
    ----------
    scores
        One row per person.
    groups
        The unit of each person: a column name, or a Series with the index of ``scores``.
    column
        The score to draw.
    min_group_size
        Units with fewer answers than this are hidden. At least 2.
    label
        What to call the score.
    title
        By default what is drawn, and for how many people.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        One dot per unit, without its name; the line is the mean of the dots.

    Raises
    ------
    InsufficientDataError
        No unit is large enough.
    """
    if min_group_size < 2:
        message = f"min_group_size={min_group_size} would show single people. Give 2 or more."
        raise SpecificationError(message)
    check_columns(scores, [column], "score")
    unit = check_groups(scores, groups)
    found = (
        check_items(scores[[column]])[column].groupby(unit, observed=True).agg(["mean", "count"])
    )
    shown = found.loc[found["count"] >= min_group_size, "mean"].sort_values()
    if shown.empty:
        message = f"none of the {len(found)} units has {min_group_size} answers, so none is drawn."
        raise InsufficientDataError(message)
    own = ax is None
    ax = new_axes(2.5) if ax is None else ax
    _dots(ax, shown.to_numpy())
    ax.set_xlabel(f"Mean of the unit: {label or column}")
    n_obs = int(found.loc[shown.index, "count"].sum())
    hidden = _hidden(found, min_group_size)
    units = f"{len(shown)} units of {min_group_size} or more people"
    heading = title or f"{units}, N = {n_obs}{hidden}"
    set_title(ax, heading, own=own)
    describe(
        ax,
        f"{heading}. Unit means of {label or column} run from {shown.min():.2f} to "
        f"{shown.max():.2f}; half lie between {shown.quantile(0.25):.2f} and "
        f"{shown.quantile(0.75):.2f}.",
    )
    return ax


def _hidden(found: pd.DataFrame, min_group_size: int) -> str:
    """Say how many units are too small to be shown."""
    count = int(((found["count"] > 0) & (found["count"] < min_group_size)).sum())
    return f"; {count} smaller hidden" if count else ""


def _dots(ax: Any, means: Any) -> None:
    """Pile up one dot per unit, and mark the mean of the dots."""
    n_bins = int(np.clip(2.5 * np.sqrt(len(means)), 8, 40))
    edges = np.linspace(means.min() - 1e-9, means.max() + 1e-9, n_bins + 1)
    bins = np.digitize(means, edges) - 1
    level = [int((bins[:position] == bins[position]).sum()) for position in range(len(bins))]
    centre = (edges[bins] + edges[bins + 1]) / 2
    size = float(np.clip(300 / n_bins, 8, 11))
    ax.plot(centre, np.add(level, 0.6), "o", color=ACCENT, markersize=size)
    ax.axvline(means.mean(), color=INK, linewidth=1)
    ax.set_ylim(0, max(level) + 2.2)
    place = {"transform": ax.get_xaxis_transform(), "va": "top", "size": 9}
    ax.text(means.mean(), 1, f" mean of the units {means.mean():.2f}", **place)
    ax.set_yticks([])


def _extremes(values: pd.Series[float], form: str) -> str:
    """Say which is highest and which lowest."""
    most, least = f"{values.max():{form}}", f"{values.min():{form}}"
    return f"Highest: {values.idxmax()} ({most}); lowest: {values.idxmin()} ({least})."
