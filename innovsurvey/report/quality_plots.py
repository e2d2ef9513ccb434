"""Figures of the quality of data: how answers spread over their points, and flags."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.errors import InsufficientDataError, SpecificationError
from innovsurvey.report.figures import describe
from innovsurvey.report.quality_map import MANY_ITEMS, item_rows
from innovsurvey.report.style import (
    GRID,
    INK,
    QUIET,
    Rows,
    label_rows,
    new_axes,
    rows,
    set_title,
    styled,
)
from innovsurvey.responses.missing_data import missing_data
from innovsurvey.responses.model import SYNTHETIC_NOTE, check_responses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from innovsurvey.definitions.model import ResponseFormat
    from innovsurvey.responses.missing_data import MissingData
    from innovsurvey.responses.model import Responses

_MOST_POINTS: Final = 11
_BINS: Final = 5
_DARK: Final = 0.55  # shares above this are written in white on their colour
_ROW: Final = 0.24  # inches
_LOW: Final = 0.15  # inches; a row below this gets small numbers
_FEWEST_COLUMNS: Final = 4  # so that few cells do not fill the page


@dataclass(frozen=True, kw_only=True)
class _Spread:
    """The shares of one item at the points of its format."""

    item: str
    heads: tuple[str, ...]
    shares: tuple[float, ...]
    n: int


@styled
def distributions(
    responses: Responses,
    scale: str | Sequence[str] | None = None,
    *,
    item_labels: Mapping[str, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how the answers to each item spread over all points of its format.

    Parameters
    ----------
    responses
        What ``read_responses`` gave.
    scale
        Id of a scale, or a list of items; by default all items in the data.
    item_labels
        The wording of the items, by name.
    title
        By default the numbers of items and people.
    ax
        Where to draw; by default a new figure, as high as the items need.

    Returns
    -------
    Axes
        One row per item, in the order of the questionnaire: the percentage of answers at each
        point, also at those that nobody chose, as they were given (not reversed). A heading
        names the points wherever they change; numbers without points stand in equal ranges. At
        the right the number of answers, and the percentage missing among those who were asked.
    """
    check_responses(responses, "plots.distributions")
    found = missing_data(responses, scale)
    names = [str(name) for name in found.items.index]
    spreads = [_spread(responses, name) for name in names]
    labels, places, headings = _places(spreads, item_labels)
    own = ax is None
    ax = new_axes(labels.height + 0.75) if ax is None else ax
    width = max(_FEWEST_COLUMNS, *(len(spread.shares) for spread in spreads))
    for spread, (bottom, top) in zip(spreads, places, strict=True):
        _share_cells(ax, spread.shares, bottom, top, colours="GnBu")
    for height, heads in headings:
        _heads(ax, heads, height)
    missing = found.items["missing_share"]
    _sides(ax, [s.n for s in spreads], missing, places, width=width)
    label_rows(ax, labels)
    ax.tick_params(axis="y", labelsize=9.5 if len(names) <= MANY_ITEMS else 7)
    ax.set_xlim(-0.5, width + 1.4)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    mark = "Synthetic data: percentages" if found.is_synthetic else "Percentages"
    heading = title or f"{mark} of answers to {len(names)} items, N = {found.n_obs}"
    set_title(ax, heading, own=own)
    describe(ax, f"{heading}. {_spread_summary(spreads, found)}")
    return ax


def _spread(responses: Responses, name: str) -> _Spread:
    """Count the answers of one item at its points, or in ranges."""
    answers = responses.data[name].dropna().to_numpy()
    format_ = responses.instrument.format_of(name)
    if format_.points and len(format_.points) <= _MOST_POINTS:
        heads = tuple(f"{value:g}" for value in format_.values)
        counts = [int((answers == value).sum()) for value in format_.values]
    else:
        edges = _range(format_, answers)
        counts = np.histogram(answers, edges)[0].tolist()
        heads = tuple(f"{low:.3g}–{high:.3g}" for low, high in itertools.pairwise(edges))
    n = len(answers)
    shares = tuple(count / n if n else float("nan") for count in counts)
    return _Spread(item=name, heads=heads, shares=shares, n=n)


def _range(format_: ResponseFormat, answers: Any) -> Any:
    """Cut the range of the format, or of the answers, into equal parts."""
    low = answers.min(initial=np.inf) if format_.low is None else format_.low
    high = answers.max(initial=-np.inf) if format_.high is None else format_.high
    if not (np.isfinite(low) and np.isfinite(high)):
        low, high = 0.0, 1.0
    return np.linspace(low, high if high > low else low + 1, _BINS + 1)


def _places(
    spreads: list[_Spread], labels: Mapping[str, str] | None
) -> tuple[Rows, list[tuple[float, float]], list[tuple[float, tuple[str, ...]]]]:
    """Place the rows of the items, with a heading wherever the points change."""
    texts = item_rows([s.item for s in spreads], labels, smallest=_ROW)
    heights = [high - low for high, low in itertools.pairwise(texts.edges)]
    top, before = 0.0, None
    centres, places, headings = [], [], []
    for spread, height in zip(spreads, heights, strict=True):
        if spread.heads != before:
            top -= _ROW * (0.5 if before else 0)
            headings.append((top - _ROW / 2, spread.heads))
            top -= _ROW
            before = spread.heads
        places.append((top - height, top))
        centres.append(top - height / 2)
        top -= height
    placed = Rows(labels=texts.labels, centres=centres, edges=[0.0, top], above=False)
    return placed, places, headings


def _share_cells(
    ax: Any, shares: Sequence[float], bottom: float, top: float, *, colours: str, first: float = 0
) -> None:
    """Draw one coloured cell with its percentage per share."""
    import matplotlib as mpl
    from matplotlib.patches import Rectangle

    scale = mpl.colormaps[colours]
    for i, share in enumerate(shares):
        place = (first + i - 0.48, bottom + 0.01)
        fill = "white" if np.isnan(share) or not share else scale(0.08 + 0.92 * share)
        style: dict[str, Any] = {"facecolor": fill, "edgecolor": GRID, "linewidth": 0.5}
        ax.add_patch(Rectangle(place, 0.96, top - bottom - 0.02, **style))
        colour = "white" if share > _DARK else INK
        size = 8.5 if top - bottom > _LOW else 7
        text = {"ha": "center", "va": "center", "size": size, "color": colour}
        ax.text(first + i, (bottom + top) / 2, _percent(share), **text)


def _percent(share: float) -> str:
    """Write a share as a percentage without its sign."""
    if np.isnan(share):
        return "–"
    return "<1" if 0 < share < 0.005 else f"{100 * share:.0f}"


def _heads(ax: Any, heads: Sequence[str], height: float) -> None:
    """Name the points above their cells."""
    size = 8.5 if max(map(len, heads)) <= 4 else 7
    for i, head in enumerate(heads):
        ax.text(i, height, head, ha="center", va="center", size=size, color=QUIET, weight="bold")


def _sides(
    ax: Any,
    counts: Sequence[int],
    missing: pd.Series[float],
    places: Sequence[tuple[float, float]],
    *,
    width: int,
) -> None:
    """Write the number of answers, and draw the share that is missing."""
    for n, share, (bottom, top) in zip(counts, missing, places, strict=True):
        _share_cells(ax, [share], bottom, top, colours="Oranges", first=width + 0.9)
        size = 8.5 if top - bottom > _LOW else 7
        text = {"ha": "right", "va": "center", "size": size, "color": QUIET}
        ax.text(width + 0.3, (bottom + top) / 2, f"{n}", **text)
    head = {"transform": ax.get_xaxis_transform(), "va": "bottom", "size": 8.5, "style": "italic"}
    ax.text(width + 0.3, 1, "n", ha="right", color=QUIET, **head)
    ax.text(width + 1.4, 1, "missing\n", ha="right", color=QUIET, **head)


def _spread_summary(spreads: list[_Spread], found: MissingData) -> str:
    """Name the most one-sided item, points that nobody chose, and what is missing most."""
    answered = [spread for spread in spreads if spread.n]
    if not answered:
        return "Nobody answered any item."
    top = max(answered, key=lambda spread: max(spread.shares))
    head = top.heads[int(np.argmax(top.shares))]
    empty = sum(share == 0 for spread in answered for share in spread.shares)
    shares = found.items["missing_share"].fillna(0)
    return (
        f"Most one-sided: {top.item}, {100 * max(top.shares):.0f} % at {head}. {empty} point(s) "
        f"were chosen by nobody. Most is missing in {shares.idxmax()} ({100 * shares.max():.0f} %)."
    )


@styled
def flags(screening: Any, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw how many people have each flag of careless responding, and which flags go together.

    Parameters
    ----------
    screening
        A result of ``screen_responses``, or anything with ``flags`` (people by indices),
        ``rules`` and ``proposed``.
    title
        By default the numbers of indices, of people, and of those proposed for exclusion.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        One row and one column per index: on the diagonal the people with this flag, below it
        those with both flags.

    Raises
    ------
    InsufficientDataError
        No index raises flags.
    """
    given = _given_flags(screening)
    both = given.to_numpy(dtype=int)
    counts = both.T @ both
    names = [str(name).replace("_", " ") for name in given.columns]
    placed = rows([f"{i}  {name}" for i, name in enumerate(names, start=1)], None)
    own = ax is None
    ax = new_axes(placed.height + 1.1) if ax is None else ax
    n_obs = len(given)
    for row, centre in enumerate(placed.centres):
        half = (placed.edges[row] - placed.edges[row + 1]) / 2
        for column in range(row + 1):
            _flag_cell(ax, column, centre, half, int(counts[row, column]), n_obs, row == column)
    label_rows(ax, placed)
    ax.set_xlim(-0.5, max(len(names), _FEWEST_COLUMNS) - 0.5)
    ax.set_xticks(range(len(names)), [str(i) for i in range(1, len(names) + 1)])
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)
    ax.set_xlabel("People with the flag (bold), with both")
    heading = title or _flags_title(screening, given)
    set_title(ax, heading, own=own)
    describe(ax, f"{heading}. {_flags_summary(given, counts)}")
    return ax


def _given_flags(screening: Any) -> pd.DataFrame:
    """Give the flags as a frame of Booleans."""
    found = getattr(screening, "flags", None)
    if not isinstance(found, pd.DataFrame):
        message = f"plots.flags needs what screen_responses gave, not a {type(screening).__name__}."
        raise SpecificationError(message)
    if found.empty:
        message = "no index raises flags for these answers, so there is nothing to draw."
        raise InsufficientDataError(message)
    return found.fillna(value=False).astype(bool)


def _flag_cell(
    ax: Any, column: int, centre: float, half: float, count: int, n_obs: int, alone: bool
) -> None:
    """Draw one cell with the number of people."""
    import matplotlib as mpl
    from matplotlib.patches import Rectangle

    share = count / n_obs
    fill = mpl.colormaps["Oranges"](min(0.85, 0.1 + 2 * share)) if count else "white"
    style: dict[str, Any] = {"facecolor": fill, "edgecolor": GRID, "linewidth": 0.5}
    ax.add_patch(Rectangle((column - 0.48, centre - half + 0.01), 0.96, 2 * half - 0.02, **style))
    text = {"ha": "center", "va": "center", "size": 9, "weight": "bold" if alone else "normal"}
    ax.text(column, centre, f"{count}", color="white" if 0.1 + 2 * share > 0.62 else INK, **text)


def _flags_title(screening: Any, given: pd.DataFrame) -> str:
    """Name indices, people and how many are proposed."""
    proposed = int(pd.Series(screening.proposed).fillna(value=False).astype(bool).sum())
    made_up = SYNTHETIC_NOTE in getattr(screening, "notes", ())
    mark = "Synthetic data: flags" if made_up else "Flags"
    return (
        f"{mark} of {given.shape[1]} indices, N = {len(given)}; {proposed} people proposed for "
        "exclusion"
    )


def _flags_summary(given: pd.DataFrame, counts: Any) -> str:
    """Write the people with each flag, with none, and the pair found together most."""
    each = ", ".join(f"{name} {n}" for name, n in given.sum().items())
    none = int((~given.any(axis=1)).sum())
    pairs = np.tril(counts, -1)
    row, column = np.unravel_index(int(pairs.argmax()), pairs.shape)
    names = [str(name).replace("_", " ") for name in given.columns]
    most = (
        f" Most people have both {names[column]} and {names[row]} ({pairs.max()})."
        if pairs.max()
        else ""
    )
    return f"People with each flag: {each.replace('_', ' ')}. Without any flag: {none}.{most}"
