"""Answers to items of one response format as diverging bars."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_items, join_names
from innovsurvey.errors import InsufficientDataError, ResponseRangeError, SpecificationError
from innovsurvey.report.figures import describe
from innovsurvey.report.style import (
    GRID,
    NEUTRAL,
    QUIET,
    WIDTH,
    Rows,
    label_rows,
    new_axes,
    rows,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

_FEWEST: Final = 2
_MOST: Final = 11
_BAR: Final = 0.21  # inches
_TOTAL: Final = 0.31  # inches for a total beside its bar
_COUNT: Final = 0.44  # inches for the number of answers
_NARROWEST: Final = 1.3  # inches for the bars, however long the labels are
_LEAST_SHARE: Final = 15.0  # each side of a panel has room for this share
_SHORT: Final = 14  # letters of an item label that fit at the left
_WIDE_STEP: Final = 50.0  # a share from which ticks stand 50 apart
_LONGEST_NAME: Final = 27


@dataclass(frozen=True, kw_only=True)
class _Answers:
    """Shares of each answer by item, in percent, split at the middle of the format."""

    points: list[float]
    shares: pd.DataFrame
    n: pd.Series[int]

    @property
    def half(self) -> int:
        """Number of points on each side of the middle."""
        return len(self.points) // 2

    @property
    def low(self) -> pd.DataFrame:
        """Shares below the middle, the nearest to it first."""
        return self.shares.iloc[:, : self.half].iloc[:, ::-1]

    @property
    def high(self) -> pd.DataFrame:
        """Shares above the middle, the nearest to it first."""
        return self.shares.iloc[:, -self.half :]

    @property
    def middle(self) -> pd.Series[float] | None:
        """Share of the middle point, where there is one."""
        return self.shares.iloc[:, self.half] if len(self.points) % 2 else None


@styled
def likert(
    items: pd.DataFrame,
    *,
    labels: Mapping[int, str] | None = None,
    item_labels: Mapping[str, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the answers to items of one response format around the middle of the format.

    Parameters
    ----------
    items
        One column per item, in the order of the questionnaire; whole numbers, or ordered
        categories. Missing answers are left out, item by item.
    labels
        The text of each code, for all points of the format. Without it the points are the
        categories, or all whole numbers from the lowest to the highest answer that occurs.
    item_labels
        The wording of the items, by column name.
    title
        By default the numbers of items and of people.
    ax
        Where to draw; by default a new figure, as high as the items need.

    Returns
    -------
    Axes
        Answers below the middle to the left, above it to the right, the middle answer of an
        odd format in a panel of its own, with totals and the number of answers of each item.

    Raises
    ------
    DataError
        The items hold other values than the points, or no answers.
    SpecificationError
        Fewer than 2 or more than 11 points.
    """
    texts = {**_category_texts(items), **{float(k): v for k, v in (labels or {}).items()}}
    answers = _count(items, texts)
    placed = rows(list(answers.shares.index), item_labels, above=_SHORT)
    own = ax is None
    names = _legend_names(answers, texts)
    ax = new_axes(placed.height + 1.2 + 0.1 * len(names)) if ax is None else ax
    _draw(ax, answers, placed)
    label_rows(ax, placed)
    n_obs = int(items.notna().any(axis=1).sum())
    heading = title or f"Answers to {len(answers.n)} items, N = {n_obs}"
    _legend(ax, answers, names, heading, own=own)
    describe(ax, f"{heading}. {_summary(answers, texts, item_labels or {})}")
    return ax


def _category_texts(items: pd.DataFrame) -> dict[float, str]:
    """Give the code and text of each category, where the items are ordered categoricals."""
    first = items.iloc[:, 0] if isinstance(items, pd.DataFrame) and items.shape[1] else None
    if first is None or not isinstance(first.dtype, pd.CategoricalDtype):
        return {}
    categories = first.cat.categories
    if pd.api.types.is_numeric_dtype(categories):
        return {float(code): f"{code:g}" for code in categories}
    return {float(code): str(text) for code, text in enumerate(categories, start=1)}


def _count(items: pd.DataFrame, texts: Mapping[float, str]) -> _Answers:
    """Count the answers of each item."""
    frame = check_items(items)
    found = np.unique(frame.to_numpy()[frame.notna().to_numpy()])
    if not len(found):
        message = "the items hold no answer, so there is nothing to draw."
        raise InsufficientDataError(message)
    points = sorted(texts) if texts else list(np.arange(found.min(), found.max() + 1))
    if not _FEWEST <= len(points) <= _MOST:
        message = (
            f"the answers have {len(points)} points; {_FEWEST} to {_MOST} can be drawn. Draw "
            "scores with plots.distribution, or name the points with labels=."
        )
        raise SpecificationError(message)
    _check_range(frame, points)
    counts = pd.DataFrame({point: (frame == point).sum() for point in points})
    n = counts.sum(axis=1)
    return _Answers(points=points, shares=counts.div(n.where(n > 0), axis=0) * 100, n=n)


def _check_range(frame: pd.DataFrame, points: list[float]) -> None:
    """Refuse answers that are no point of the format."""
    for name in frame.columns:
        answered = frame[name].dropna()
        outside = sorted(set(answered[~answered.isin(points)]))
        if outside:
            listed = join_names([f"{value:g}" for value in outside])
            allowed = join_names([f"{point:g}" for point in points], _MOST)
            message = f"item {name} holds {listed}; the points are {allowed}. Mend labels or data."
            raise ResponseRangeError(message, item=str(name), values=outside)


def _colours(answers: _Answers) -> tuple[list[Any], list[Any]]:
    """Give brown for the low side and teal for the high one, strong at the ends."""
    import matplotlib as mpl

    scale = mpl.colormaps["BrBG"]
    low = [scale(x) for x in np.linspace(0.33, 0.12, answers.half)]
    high = [scale(x) for x in np.linspace(0.67, 0.88, answers.half)]
    return (low, high) if answers.half > 1 else ([scale(0.2)], [scale(0.8)])


def _draw(ax: Any, answers: _Answers, placed: Rows) -> None:
    """Draw bars, totals and the column with the numbers of answers."""
    low, high = _colours(answers)
    centres = placed.centres
    left, right = (
        max(_LEAST_SHARE, side.sum(axis=1).max()) for side in (answers.low, answers.high)
    )
    middle = 0.0 if answers.middle is None else max(_LEAST_SHARE, answers.middle.max())
    totals = 2 if answers.middle is None else 3
    space = max(_NARROWEST, WIDTH - placed.label_width - totals * _TOTAL - _COUNT - 0.2)
    inch = (left + right + middle) / space  # in percentage points
    _stack(ax, -answers.low, centres, low)
    _stack(ax, answers.high, centres, high)
    _totals(ax, centres, -answers.low.sum(axis=1), -0.05 * inch)
    _totals(ax, centres, answers.high.sum(axis=1), 0.05 * inch)
    end = right + _TOTAL * inch
    if answers.middle is not None:
        _middle(ax, answers.middle, centres, start=end, gap=0.05 * inch)
        end += middle + _TOTAL * inch
    ax.axvline(0, color=QUIET, linewidth=0.8)
    ax.set_xlim(-left - _TOTAL * inch, end + _COUNT * inch)
    step = 50 if max(left, right) >= _WIDE_STEP else 25
    ticks = [tick for tick in range(-100, 101, step) if -left <= tick <= right]
    ax.set_xticks(ticks, [f"{abs(tick)} %" for tick in ticks])
    ax.vlines([t for t in ticks if t], placed.edges[-1], 0, color=GRID, linewidth=0.8, zorder=0)
    _counts(ax, answers.n, centres)


def _stack(ax: Any, shares: pd.DataFrame, centres: list[float], colours: list[Any]) -> None:
    """Stack bars away from zero."""
    begin = np.zeros(len(shares))
    for (_, share), colour in zip(shares.items(), colours, strict=True):
        width = share.fillna(0).to_numpy()
        ax.barh(centres, width, _BAR, left=begin, color=colour, edgecolor="white", linewidth=0.4)
        begin = begin + width


def _totals(ax: Any, centres: list[float], ends: pd.Series[float], gap: float) -> None:
    """Write the total of one side at the end of its bars."""
    side = "right" if gap < 0 else "left"
    for centre, end in zip(centres, ends, strict=True):
        ax.text(end + gap, centre, f"{abs(end):.0f}", ha=side, va="center", fontsize=9)


def _middle(
    ax: Any, share: pd.Series[float], centres: list[float], *, start: float, gap: float
) -> None:
    """Draw the middle answer in its own panel."""
    width = share.fillna(0)
    ax.barh(centres, width, _BAR, left=start, color=NEUTRAL)
    ax.axvline(start, color=QUIET, linewidth=0.8)
    for centre, value in zip(centres, width, strict=True):
        ax.text(start + value + gap, centre, f"{value:.0f}", va="center", fontsize=9)


def _counts(ax: Any, n: pd.Series[int], centres: list[float]) -> None:
    """Write the number of answers of each item at the right."""
    style = {"ha": "right", "color": QUIET, "fontsize": 9}
    for centre, count in zip(centres, n, strict=True):
        place = {"transform": ax.get_yaxis_transform(), "va": "center"}
        ax.text(1, centre, f"{count}" if count else "none", **place, **style)
    ax.text(1, 1, "n", transform=ax.transAxes, va="bottom", style="italic", **style)


def _legend_names(answers: _Answers, texts: Mapping[float, str]) -> list[str]:
    """Give the text of each answer, not too long for a legend."""
    names = [texts.get(point, f"{point:g}") for point in answers.points]
    return [textwrap.shorten(name, _LONGEST_NAME, placeholder=" …") for name in names]


def _legend(ax: Any, answers: _Answers, names: list[str], heading: str, *, own: bool) -> None:
    """Write the title and name the answers above the bars, from low to high."""
    from matplotlib.patches import Patch

    low, high = _colours(answers)
    middle = [NEUTRAL] if answers.middle is not None else []
    colours = [*low[::-1], *middle, *high]
    fits = sum(0.31 + 0.077 * len(name) for name in names) <= WIDTH - 0.15  # inches, about
    style = {
        "handles": [Patch(color=c, label=name) for c, name in zip(colours, names, strict=True)],
        "ncols": len(names) if fits else 2,
        "title": heading,
        "title_fontproperties": {"weight": "bold", "size": 11.5},
        "alignment": "left",
        "handlelength": 1,
        "handleheight": 1,
        "handletextpad": 0.4,
        "columnspacing": 0.9,
        "borderaxespad": 0.2,
    }
    if own:
        ax.figure.legend(loc="outside upper left", **style)
    else:
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), **style)


def _summary(answers: _Answers, texts: Mapping[float, str], item_labels: Mapping[str, str]) -> str:
    """Say which items people agree with most and least."""
    above = answers.high.sum(axis=1).where(answers.n > 0).dropna()
    first = answers.points[-answers.half]
    edge = texts.get(first, f"{first:g}")
    most, least = str(above.idxmax()), str(above.idxmin())
    return (
        f"Highest share of answers from '{edge}' up: {item_labels.get(most, most)} "
        f"({above.max():.0f} %); lowest: {item_labels.get(least, least)} ({above.min():.0f} %)."
    )
