"""The look of every figure: fonts, colours, grid; applied for a while, never for good."""

from __future__ import annotations

import functools
import itertools
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

P = ParamSpec("P")
T = TypeVar("T")

INK: Final = "#1d2329"
QUIET: Final = "#55606b"
GRID: Final = "#dfe3e6"
ACCENT: Final = "#00696f"
PALE: Final = "#9fc9c9"
NEUTRAL: Final = "#b4bcc3"
WIDTH: Final = 4.9  # inches; narrow, so that letters stay readable on a phone
LABEL_LETTERS: Final = 28
_LETTERS_ABOVE: Final = 60
LETTER_INCHES: Final = 0.067
_LINE_INCHES: Final = 0.16
_SETTINGS: Final[dict[str, Any]] = {
    "axes.edgecolor": QUIET,
    "axes.axisbelow": True,
    "axes.grid": False,
    "axes.labelcolor": QUIET,
    "axes.labelsize": 10,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlepad": 10,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.use": True,
    "figure.dpi": 96,
    "figure.facecolor": "white",
    "figure.titlesize": 11.5,
    "figure.titleweight": "bold",
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so figures look alike everywhere
    "font.size": 10,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "innovsurvey",
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": INK,
    "ytick.labelsize": 9.5,
    "ytick.major.size": 0,
}


@contextmanager
def applied() -> Iterator[None]:
    """Apply the look inside a ``with`` block."""
    import matplotlib as mpl

    defaults: Any = mpl.rcParamsDefault  # not the user's settings: figures look alike everywhere
    settings: Any = {**defaults, **_SETTINGS}
    with mpl.rc_context({k: v for k, v in settings.items() if not k.startswith("backend")}):
        yield


def styled(function: Callable[P, T]) -> Callable[P, T]:
    """Draw with the look applied."""

    @functools.wraps(function)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        with applied():
            return function(*args, **kwargs)

    return drawn


def new_axes(height: float) -> Any:
    """Make a figure of the usual width, and give its Axes."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(WIDTH, height))[1]


def set_title(ax: Any, title: str, *, own: bool) -> None:
    """Put the title over the whole figure if it is ours, else over the Axes."""
    whole = title.replace("N = ", "N\u00a0=\u00a0")  # N stays with its number
    lines = textwrap.fill(whole, 48).replace("\u00a0", " ")
    if own:
        ax.figure.suptitle(lines, x=0.012, ha="left")
    else:
        ax.set_title(lines)


class Rows(NamedTuple):
    """Rows from top to bottom, in inches falling from 0, with their labels."""

    labels: list[str]
    centres: list[float]
    edges: list[float]
    above: bool

    @property
    def height(self) -> float:
        """Height of all rows together."""
        return -self.edges[-1]

    @property
    def label_width(self) -> float:
        """About how much width the labels take."""
        longest = max(len(line) for label in self.labels for line in label.split("\n"))
        return 0.0 if self.above else longest * LETTER_INCHES


def rows(
    names: Sequence[Any],
    labels: Mapping[Any, str] | None,
    *,
    smallest: float = 0.3,
    above: int | None = None,
    letters: int = LABEL_LETTERS,
) -> Rows:
    """Wrap the label of each row, and give the row the height that its lines need.

    Labels stand at the left, wrapped after so many ``letters``. Where one has more letters than
    ``above``, they stand above their rows, so that long wordings leave the whole width to what
    is drawn.
    """
    texts = [str((labels or {}).get(name, name)) for name in names]
    over = above is not None and max(map(len, texts)) > above
    letters = _LETTERS_ABOVE if over else letters
    lines = [textwrap.wrap(text, letters) or [text] for text in texts]
    heights = [_LINE_INCHES * len(wrapped) + 0.12 for wrapped in lines]
    heights = [height + smallest if over else max(smallest, height) for height in heights]
    edges = [0.0, *(-height for height in itertools.accumulate(heights))]
    centres = [(top + bottom) / 2 for top, bottom in itertools.pairwise(edges)]
    if over:
        centres = [bottom + smallest / 2 + 0.04 for bottom in edges[1:]]
    joined = ["\n".join(wrapped) for wrapped in lines]
    return Rows(labels=joined, centres=centres, edges=edges, above=over)


def label_rows(ax: Any, placed: Rows) -> None:
    """Write the row labels and fit the Axes around the rows."""
    ax.set_yticks(placed.centres, placed.labels)
    ax.set_ylim(placed.edges[-1], 0)
    if placed.above:
        ax.set_yticks([])
        place = {"transform": ax.get_yaxis_transform(), "va": "top", "size": 9.5}
        for top, label in zip(placed.edges, placed.labels, strict=False):
            ax.text(0, top - 0.07, label, bbox={"fc": "white", "ec": "none", "pad": 1}, **place)
