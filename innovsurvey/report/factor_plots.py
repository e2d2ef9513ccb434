"""Figures of factors: eigenvalues beside chance, loadings, and correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.errors import SpecificationError
from innovsurvey.report.figures import describe
from innovsurvey.report.style import (
    ACCENT,
    INK,
    LABEL_LETTERS,
    LETTER_INCHES,
    QUIET,
    WIDTH,
    Rows,
    label_rows,
    new_axes,
    rows,
    set_title,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from innovsurvey.measurement.parallel_analysis import ParallelAnalysis

_FEWEST_COLUMNS: Final = 4  # so that the cells of one factor do not fill the page
_DARK: Final = 0.55  # values above this are written in white on their colour
_WEAK: Final = 0.3  # loadings below this are written in grey
_COLOURS: Final = {"cmap": "BrBG", "vmin": -1, "vmax": 1, "edgecolors": "white", "linewidth": 1}
_FACTOR: Final = "#9a5b13"
_MOST_NUMBERS: Final = 14  # items whose correlations are written into their cells
_CELL: Final = 0.2  # inches
_NARROWEST: Final = 0.36  # inches of a column of loadings
_LONGEST: Final = 44  # letters of a line of a label


@styled
def loadings(
    solution: Any,
    *,
    item_labels: Mapping[str, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the loadings of a factor solution as a signed heat map.

    Parameters
    ----------
    solution
        A factor solution (``efa``), or anything with ``loadings`` and ``n_obs``. Items are
        ordered by the factor on which they load most, the strongest first.
    item_labels
        The wording of the items, by name.
    title
        By default what is drawn, and for how many people.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        Teal for positive, brown for negative loadings; the number in each cell, the strongest
        of an item in bold, those below .30 in grey. A line parts the items of one factor from
        those of the next.
    """
    frame = _by_factor(solution.loadings)
    room = int((WIDTH - _NARROWEST * frame.shape[1]) / LETTER_INCHES)  # letters beside the cells
    letters = min(max(room, LABEL_LETTERS), _LONGEST)
    placed = rows(list(frame.index), item_labels, smallest=0.26, letters=letters)
    own = ax is None
    cells = _NARROWEST * frame.shape[1]
    ax = _wide_axes(placed.height + 1.0, placed.label_width + cells) if ax is None else ax
    _cells(ax, frame, placed)
    label_rows(ax, placed)
    ax.set_xticks(range(frame.shape[1]), [str(factor) for factor in frame.columns])
    ax.tick_params(axis="x", top=False, labeltop=True, bottom=False, labelbottom=False)
    ax.spines["bottom"].set_visible(False)
    heading = title or f"Factor loadings of {len(frame)} items, N = {solution.n_obs}"
    set_title(ax, heading, own=own)
    describe(ax, f"{heading}. {_loading_summary(frame, solution)}")
    return ax


def _by_factor(frame: pd.DataFrame) -> pd.DataFrame:
    """Order items by their strongest factor, the strongest item first."""
    size = frame.abs().to_numpy()
    return frame.iloc[np.lexsort((-size.max(axis=1), size.argmax(axis=1)))]


def _cells(ax: Any, frame: pd.DataFrame, placed: Rows) -> None:
    """Draw one coloured cell with its number per loading."""
    columns = np.arange(frame.shape[1] + 1) - 0.5
    values = frame.to_numpy()
    ax.pcolormesh(columns, placed.edges, values, **_COLOURS)
    strongest = np.abs(values).argmax(axis=1)
    for (row, column), value in np.ndenumerate(values):
        weight = "bold" if column == strongest[row] else "normal"
        place = {"ha": "center", "va": "center", "size": 9, "weight": weight}
        ax.text(column, placed.centres[row], _number(value), color=_ink(value), **place)
    borders = [placed.edges[row] for row in 1 + np.flatnonzero(np.diff(strongest))]
    ax.hlines(borders, -0.5, frame.shape[1] - 0.5, color=QUIET, linewidth=1)
    ax.set_xlim(-0.5, max(frame.shape[1], _FEWEST_COLUMNS) - 0.5)


def _number(value: float) -> str:
    """Write a correlation with two digits, without the zero before the point."""
    return f"{round(value, 2) + 0.0:.2f}".replace("0.", ".", 1).replace("-", "−")


def _ink(value: float) -> str:
    """Choose the colour of a number on its cell."""
    if abs(value) > _DARK:
        return "white"
    return INK if abs(value) >= _WEAK else QUIET


def _loading_summary(frame: pd.DataFrame, solution: Any) -> str:
    """Say which items carry each factor."""
    parts = []
    for factor in frame.columns:
        best = int(frame[factor].abs().to_numpy().argmax())
        loading = frame[factor].iloc[best]
        parts.append(f"{factor} is carried most by {frame.index[best]} ({loading:.2f})")
    phi = getattr(solution, "phi", None)
    if phi is not None and len(phi) > 1:
        off = phi.to_numpy()[np.triu_indices(len(phi), 1)]
        parts.append(f"factors correlate from {off.min():.2f} to {off.max():.2f}")
    return "; ".join(parts) + "."


@styled
def scree(
    solution: Any,
    *,
    reference: Sequence[float] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw eigenvalues, largest first, and beside them those of chance.

    Parameters
    ----------
    solution
        A result of ``parallel_analysis`` or ``n_factors``, a factor solution (``efa``), or
        anything with ``eigenvalues`` and ``n_obs``.
    reference
        Eigenvalues of random data to draw beside those of a factor solution.
    title
        By default what is drawn, and for how many people.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        Filled points lie above chance (dashed), hollow ones do not count. For a factor
        solution the dashed line stands at 1, the mean of all eigenvalues.
    """
    from matplotlib.ticker import MaxNLocator

    own = ax is None
    ax = new_axes(3.6) if ax is None else ax
    parallel = getattr(solution, "parallel", solution)
    draw = _parallel_lines if hasattr(parallel, "chance_components") else _eigenvalues
    found, said = draw(ax, parallel, reference)
    ax.set(xlabel="Number of the eigenvalue", ylabel="Eigenvalue")
    ax.grid(visible=True, axis="y")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    heading = title or f"{found}, N = {solution.n_obs}"
    set_title(ax, heading, own=own)
    describe(ax, f"{heading}. {said}")
    return ax


def _eigenvalues(ax: Any, solution: Any, reference: Sequence[float] | None) -> tuple[str, str]:
    """Draw the eigenvalues of a factor solution; give the title and what they say."""
    values = np.asarray(solution.eigenvalues, dtype=float)
    number = np.arange(1, len(values) + 1)
    ax.axhline(1, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
    ax.plot(number, values, color=ACCENT, marker="o", markersize=5, label="These answers")
    if reference is not None:
        random = np.asarray(reference, dtype=float)
        ax.plot(number[: len(random)], random, color=QUIET, linestyle="--", label="Random answers")
        ax.legend()
    ax.set_ylim(min(0, values.min()) - 0.05, None)
    first = ", ".join(f"{value:.2f}" for value in values[:4])
    above = int((values > 1).sum())
    return f"Eigenvalues of {len(values)} items", f"The first are {first}; {above} lie above 1."


def _parallel_lines(
    ax: Any, found: ParallelAnalysis, reference: Sequence[float] | None
) -> tuple[str, str]:
    """Draw the eigenvalues of components and factors over those of chance."""
    if reference is not None:
        message = "a parallel analysis brings its own reference. Leave reference= out."
        raise SpecificationError(message)
    pairs = (
        ("Components", found.components, found.chance_components, found.n_components, ACCENT, "o"),
        ("Factors", found.factors, found.chance_factors, found.n_factors, _FACTOR, "D"),
    )
    for name, values, chance, n_above, colour, marker in pairs:
        look = {"color": colour, "marker": marker, "markersize": 4.5, "linewidth": 1.2}
        ax.plot(values.index, values, markerfacecolor="white", **look)
        ax.plot(values.index[:n_above], values.iloc[:n_above], **look, label=f"{name}: {n_above}")
        ax.plot(chance.index, chance, color=colour, linewidth=1, linestyle="--")
    ax.plot([], [], color=QUIET, linewidth=1, linestyle="--", label="the same of chance")
    ax.legend(title="Above chance", alignment="left")
    said = (
        f"{found.n_components} component(s) and {found.n_factors} factor(s) lie above the "
        f"{found.quantile:.0%} quantile of {found.n_iter} random data sets; the first components "
        f"are {', '.join(f'{value:.2f}' for value in found.components.iloc[:4])}."
    )
    return f"Eigenvalues of {len(found.components)} items beside chance", said


@styled
def correlations(
    found: Any,
    *,
    item_labels: Mapping[str, str] | None = None,
    by: Any = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw correlations between items as a signed heat map.

    Parameters
    ----------
    found
        A result of ``correlations`` or ``efa``, or a square DataFrame of correlations.
    item_labels
        The wording of the items, by name.
    by
        A factor solution: items stand in the order of its loadings, with a line between the
        items of two factors. By default they stand as they are.
    title
        By default what is drawn, and for how many people.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        Teal for positive, brown for negative correlations, each pair once; numbers for up to 14
        items. A correlation that is not known is left white.

    Raises
    ------
    SpecificationError
        Not correlations, or a solution of other items.
    """
    matrix = _matrix(found)
    borders: list[int] = []
    if by is not None:
        matrix, borders = _ordered(matrix, by.loadings)
    placed = rows(list(matrix.index), _short(matrix.index, item_labels), smallest=_CELL)
    own = ax is None
    cells = _CELL * len(matrix)
    ax = _wide_axes(placed.height + 1.4, placed.label_width + cells) if ax is None else ax
    _triangle(ax, matrix, placed, borders)
    label_rows(ax, placed)
    _label_columns(ax, [str(name) for name in matrix.columns])
    n_obs = getattr(found, "n_obs", None)
    people = "" if n_obs is None else f", N = {n_obs}"
    heading = title or f"Correlations of {len(matrix)} items{people}"
    set_title(ax, heading, own=own)
    describe(ax, f"{heading}. {_correlation_summary(matrix)}")
    return ax


def _short(names: pd.Index[Any], labels: Mapping[str, str] | None) -> dict[Any, str]:
    """Cut wordings to one line, after the name that stands below the columns, too."""
    if labels is None:
        return {}
    texts = {name: f"{name} {labels.get(name, '')}".strip() for name in names}
    most = LABEL_LETTERS
    return {n: t if len(t) <= most else f"{t[: most - 1].rstrip()}…" for n, t in texts.items()}


def _wide_axes(height: float, width: float) -> Any:
    """Make a figure of the usual width, or wider where what is drawn needs it."""
    ax = new_axes(height)
    ax.figure.set_figwidth(max(WIDTH, width + 0.5))
    return ax


def _label_columns(ax: Any, names: Sequence[str]) -> None:
    """Write the names of the items below their columns."""
    crowded = len(names) > _MOST_NUMBERS or max(map(len, names)) > 3
    ax.set_xticks(range(len(names)), names, rotation=90 if crowded else 0)
    ax.tick_params(axis="x", bottom=False, labelsize=8 if crowded else 9.5)
    ax.spines["bottom"].set_visible(False)


def _matrix(found: Any) -> pd.DataFrame:
    """Take the correlations of a result."""
    matrix = found if isinstance(found, pd.DataFrame) else getattr(found, "matrix", None)
    if not isinstance(matrix, pd.DataFrame) or not matrix.index.equals(matrix.columns):
        message = (
            "correlations are needed: a result of correlations() or efa(), or a square DataFrame "
            "with the items as rows and columns."
        )
        raise SpecificationError(message)
    return matrix.astype(float)


def _ordered(matrix: pd.DataFrame, loadings: pd.DataFrame) -> tuple[pd.DataFrame, list[int]]:
    """Put items in the order of their factors; give the positions between two factors."""
    if set(loadings.index) != set(matrix.index):
        message = "the solution in by= is one of other items than the correlations."
        raise SpecificationError(message)
    order = _by_factor(loadings)
    strongest = order.abs().to_numpy().argmax(axis=1)
    borders = (1 + np.flatnonzero(np.diff(strongest))).tolist()
    return matrix.loc[order.index, order.index], borders


def _triangle(ax: Any, matrix: pd.DataFrame, placed: Rows, borders: Sequence[int]) -> None:
    """Draw the cells below the diagonal."""
    k = len(matrix)
    values = np.where(np.tri(k, k=-1, dtype=bool), matrix.to_numpy(), np.nan)
    edges = np.arange(k + 1) - 0.5
    shades = ax.pcolormesh(edges, placed.edges, np.ma.masked_invalid(values), **_COLOURS)
    for border in borders:
        ax.hlines(placed.edges[border], -0.5, border - 0.5, color=QUIET, linewidth=1)
        ax.vlines(border - 0.5, placed.edges[border], placed.edges[-1], color=QUIET, linewidth=1)
    ax.set_xlim(-0.5, k - 0.5)
    if k > _MOST_NUMBERS:
        inset = ax.inset_axes((0.62, 1 - 0.3 / placed.height, 0.36, 0.1 / placed.height))
        bar = ax.figure.colorbar(shades, cax=inset, orientation="horizontal", ticks=[-1, 0, 1])
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=8, length=0)
        return
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            place = {"ha": "center", "va": "center", "size": 8}
            ax.text(column, placed.centres[row], _number(value), color=_ink(value), **place)


def _correlation_summary(matrix: pd.DataFrame) -> str:
    """Say what the strongest correlations are, and how high they are on average."""
    first, second = np.tril_indices(len(matrix), -1)
    values = matrix.to_numpy()[first, second]
    if not np.isfinite(values).any():
        return "None of them is known."
    high, low = int(np.nanargmax(values)), int(np.nanargmin(values))
    names = matrix.index

    def pair(at: int) -> str:
        return f"{names[second[at]]} with {names[first[at]]} ({values[at]:.2f})"

    mean = np.nanmean(np.abs(values))
    return f"Highest: {pair(high)}; lowest: {pair(low)}; mean size {mean:.2f}."
