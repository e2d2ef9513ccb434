"""A map of people and items that shows where answers are missing, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from innovsurvey.numerics.missing import find_patterns
from innovsurvey.report.figures import describe
from innovsurvey.report.style import (
    GRID,
    NEUTRAL,
    QUIET,
    Rows,
    label_rows,
    new_axes,
    rows,
    set_title,
    styled,
)
from innovsurvey.responses.missing_data import MissingData, missing_data
from innovsurvey.responses.model import NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from innovsurvey.responses.model import Responses

# Far apart in lightness and hue, also for the colour-blind; greys for what did not apply.
_REASON_COLOURS: Final = ("#c44e00", "#0b5ea8", "#7b3294", "#117733", "#4d4d4d", "#8c6d00")
_GREYS: Final = {"not_shown": "#aab3ba", "not_needed": "#cfd5d9", "not_reached": "#87929b"}
_MOST_COLUMNS: Final = 300  # people are put together in blocks beyond this
_SINGLE: Final = 60  # up to here every person has a gap of its own
_LEVELS: Final = 4  # steps from pale to full for the share of a block
MANY_ITEMS: Final = 30
_LOW_ROW: Final = 0.145  # inches
_LONGEST_NAME: Final = 26


@styled
def missingness(
    source: MissingData | Responses | pd.DataFrame,
    *,
    item_labels: Mapping[str, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a map of people and items: where answers are missing, and for which reason.

    Parameters
    ----------
    source
        A result of ``missing_data``, or what it takes.
    item_labels
        The wording of the items, by name.
    title
        By default the numbers of items and people, and the share that is missing.
    ax
        Where to draw; by default a new figure, as high as the items need.

    Returns
    -------
    Axes
        One row per item; people from left to right, those with the same pattern side by side.
        Many people are put together in blocks; a colour is paler where it holds for a part of
        the block. At the right the share of missing answers among those asked.
    """
    found = source if isinstance(source, MissingData) else missing_data(source)
    codes = _ordered_codes(found)
    names = [str(name) for name in found.reasons.index]
    placed = item_rows(list(found.items.index), item_labels)
    own = ax is None
    ax = new_axes(placed.height + 1.7 + 0.08 * len(names)) if ax is None else ax
    colours = _colours(names)
    _map(ax, codes, placed, [colours[name] for name in names])
    label_rows(ax, placed)
    ax.tick_params(axis="y", labelsize=9.5 if len(codes) <= MANY_ITEMS else 7)
    _shares(ax, found.items["missing_share"], placed)
    _people_axis(ax, found.n_obs)
    heading = title or _missing_title(found)
    set_title(ax, heading, own=own)
    _reason_legend(ax, {_words(name): colours[name] for name in names}, own=own)
    describe(ax, f"{heading}. {_missing_summary(found)}")
    return ax


def _ordered_codes(found: MissingData) -> NDArray[np.int16]:
    """Give the reason of each cell (-1 for an answer), items by people in order of pattern."""
    place = {name: i for i, name in enumerate(found.reasons.index)}
    columns = []
    for name in found.cells.columns:
        column = found.cells[name].astype("category")
        numbers = np.array([*(place[str(c)] for c in column.cat.categories), -1], dtype=np.int16)
        columns.append(numbers[column.cat.codes.to_numpy()])
    codes = np.column_stack(columns)
    skipped = [place[name] for name in NOT_APPLICABLE if name in place]
    hidden = np.isin(codes, skipped)
    missing = find_patterns((codes >= 0) & ~hidden).place
    order = np.lexsort((missing, find_patterns(hidden).place))
    return codes[order].T


def item_rows(names: list[Any], labels: Mapping[str, str] | None, *, smallest: float = 0.3) -> Rows:
    """Place one row per item; low rows with short labels where there are many."""
    if len(names) <= MANY_ITEMS:
        return rows(names, labels, smallest=smallest)
    texts = [str((labels or {}).get(name, name)) for name in names]
    short = [t if len(t) <= _LONGEST_NAME else f"{t[: _LONGEST_NAME - 1]}…" for t in texts]
    edges = [-_LOW_ROW * i for i in range(len(names) + 1)]
    centres = [edge - _LOW_ROW / 2 for edge in edges[:-1]]
    return Rows(labels=short, centres=centres, edges=edges, above=False)


def _colours(names: list[str]) -> dict[str, str]:
    """Give each reason its colour; those beyond the palette share the last one."""
    real = [name for name in names if name not in _GREYS]
    last = len(_REASON_COLOURS) - 1
    own = {name: _REASON_COLOURS[min(i, last)] for i, name in enumerate(real)}
    return {name: _GREYS.get(name) or own[name] for name in names}


def _map(ax: Any, codes: NDArray[np.int16], placed: Rows, colours: list[str]) -> None:
    """Draw the cells of each reason, one path per colour and share."""
    n_items, n_people = codes.shape
    cuts = np.append(np.arange(0, n_people, _block(n_people)), n_people)
    n_columns = len(cuts) - 1
    heights = -np.diff(placed.edges)
    bottoms = np.array(placed.edges[1:]) + 0.08 * heights
    tops = bottoms + 0.84 * heights
    shares = np.stack(
        [np.add.reduceat(codes == i, cuts[:-1], axis=1) for i in range(len(colours))]
        or [np.zeros((n_items, n_columns))]
    ) / np.diff(cuts)
    most = shares.argmax(axis=0)
    level = np.ceil(shares.max(axis=0) * _LEVELS).astype(int)
    gap = 0.08 if n_people <= _SINGLE else 0.0
    for i, colour in enumerate(colours):
        for step in range(1, _LEVELS + 1):
            hit = (most == i) & (level == step)
            item, first, last = _runs(hit, merge=not gap)
            bounds = np.column_stack([cuts[first] + gap, cuts[last] - gap])
            _rectangles(ax, bounds, bottoms[item], tops[item], colour=_paler(colour, step))
    for bottom, top in zip(bottoms, tops, strict=True):
        ax.hlines([bottom, top], 0, n_people, color=GRID, linewidth=0.4, zorder=0)
    ax.set_xlim(0, n_people)


def _block(n_people: int) -> int:
    """Give the number of people that are put together."""
    return -(-n_people // _MOST_COLUMNS)


def _runs(hit: NDArray[np.bool_], *, merge: bool) -> tuple[Any, Any, Any]:
    """Give row, first column and column after the last of each run of cells."""
    if not merge:
        row, column = np.nonzero(hit)
        return row, column, column + 1
    edge = np.diff(np.pad(hit.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    row, first = np.nonzero(edge == 1)
    return row, first, np.nonzero(edge == -1)[1]


def _rectangles(ax: Any, bounds: Any, bottoms: Any, tops: Any, *, colour: Any) -> None:
    """Draw rectangles as one path, so that the file stays small."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not len(bounds):
        return
    left, right = bounds.T
    corners = [(left, bottoms), (right, bottoms), (right, tops), (left, tops), (left, bottoms)]
    points = np.stack([np.column_stack(corner) for corner in corners], axis=1).reshape(-1, 2)
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(bounds)
    ax.add_patch(PathPatch(Path(points, codes), facecolor=colour, edgecolor="none"))


def _paler(colour: str, step: int) -> tuple[float, ...]:
    """Mix a colour with white, by the step of the share."""
    from matplotlib.colors import to_rgb

    part = 0.4 + 0.6 * (step - 1) / (_LEVELS - 1)
    return tuple(1 - part * (1 - channel) for channel in to_rgb(colour))


def _shares(ax: Any, shares: pd.Series[float], placed: Rows) -> None:
    """Write the share of missing answers at the end of each row."""
    size = 9 if len(shares) <= MANY_ITEMS else 7
    place = {"transform": ax.get_yaxis_transform(), "va": "center", "ha": "left", "size": size}
    for centre, share in zip(placed.centres, shares, strict=True):
        ax.text(1.015, centre, _percent(share), color=QUIET, **place)
    head = {"transform": ax.transAxes, "va": "bottom", "ha": "left", "size": 9, "style": "italic"}
    ax.text(1.015, 1, "missing", color=QUIET, **head)


def _percent(share: float) -> str:
    """Write a share in percent; a dash where nobody was asked."""
    if np.isnan(share):
        return "–"
    percent = 100 * share
    return "0 %" if not percent else "< 1 %" if percent < 1 else f"{percent:.0f} %"


def _people_axis(ax: Any, n_people: int) -> None:
    """Give the number of people along the axis, and say how they are put together."""
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    size = _block(n_people)
    blocks = f",\nin blocks of {size:,} (paler: a part of the block)" if size > 1 else ""
    ax.set_xlabel(f"People, same patterns side by side{blocks}")


def _missing_title(found: MissingData) -> str:
    """Name items, people and the share that is missing."""
    mark = "Synthetic data: " if found.is_synthetic else ""
    start = (
        f"{mark}{'m' if mark else 'M'}issing answers to {found.n_items} items, N = {found.n_obs}"
    )
    return (
        start if np.isnan(found.missing_share) else f"{start} ({found.missing_share:.1%} of cells)"
    )


def _reason_legend(ax: Any, colours: dict[str, str], *, own: bool) -> None:
    """Name the colours below the map."""
    from matplotlib.patches import Patch

    handles = [Patch(color=colour, label=name) for name, colour in colours.items()]
    handles.append(Patch(facecolor="white", edgecolor=NEUTRAL, label="answered"))
    style = {"ncols": 3, "handlelength": 1, "handleheight": 1, "columnspacing": 1.1}
    if own:
        ax.figure.legend(handles=handles, loc="outside lower left", **style)
    else:
        ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.15), **style)


def _words(name: str) -> str:
    """Write a reason in words."""
    return name.replace("_", " ")


def _missing_summary(found: MissingData) -> str:
    """Say which reasons there are, which item misses most, and the most frequent pattern."""
    if not len(found.reasons):
        return "Every cell has an answer."
    parts = [f"{_words(str(n))} {c} cells" for n, c in found.reasons["n_cells"].items()]
    shares = found.items["missing_share"].dropna()
    most = f"Most is missing in {shares.idxmax()} ({_percent(shares.max())})" if len(shares) else ""
    complete = found.patterns.loc[found.patterns["n_missing"] == 0, "n_people"].sum()
    tail = f"{complete} of {found.n_obs} people left nothing out that they were asked"
    return "; ".join(filter(None, [", ".join(parts).capitalize(), most, tail])) + "."
