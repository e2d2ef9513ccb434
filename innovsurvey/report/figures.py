"""Figures as images with a description, for notebooks and pages."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from innovsurvey.errors import SpecificationError
from innovsurvey.report.style import applied

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DESCRIPTIONS: Final[WeakKeyDictionary[Any, str]] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True, repr=False)
class Image:
    """A drawn figure with its description.

    Parameters
    ----------
    svg
        The figure as SVG.
    alt
        What it shows, for those who cannot see it.
    caption
        Text below, or None.
    """

    svg: str
    alt: str
    caption: str | None = None

    def to_html(self) -> str:
        """Give the figure as HTML that needs no other file."""
        data = base64.b64encode(self.svg.encode()).decode("ascii")
        image = f'<img alt="{html.escape(self.alt)}" src="data:image/svg+xml;base64,{data}">'
        below = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return f"<figure>{image}{below}</figure>"

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Show the image in a notebook; exports to text get the description."""
        return {"text/html": self.to_html(), "text/plain": self.alt}


def figure(
    ax_or_fig: Axes | Figure, *, alt: str | None = None, caption: str | None = None
) -> Image:
    """Turn a plot into an image with a description, ready for a published page.

    Parameters
    ----------
    ax_or_fig
        What a function of ``plots`` returned, or any Axes or Figure of matplotlib. The figure
        is closed, so that a notebook does not show it a second time.
    alt
        What the figure shows. Functions of ``plots`` write it themselves, from the data.
    caption
        Text below the figure.

    Returns
    -------
    Image
        With ``to_html``, ``svg`` and ``alt``; a notebook shows it.

    Raises
    ------
    SpecificationError
        The figure has no description, and ``alt`` is not given.

    Examples
    --------
    >>> import pandas as pd
    >>> from innovsurvey.report import plots
    >>> items = pd.DataFrame({"voice": [1, 2, 3, 3], "tone": [3, 3, 2, 3]})
    >>> plots.figure(plots.likert(items))
    Answers to 2 items, N = 4. Highest share of answers from '3' up: tone (75 %); lowest: voice
    (50 %).
    """
    import matplotlib.pyplot as plt

    drawn: Any = getattr(ax_or_fig, "figure", ax_or_fig)
    text = alt or _DESCRIPTIONS.get(ax_or_fig) or _all_descriptions(drawn)
    if not text:
        message = "this figure has no description. Say what it shows with alt=..."
        raise SpecificationError(message)
    buffer = io.StringIO()
    with applied():
        drawn.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(drawn)
    return Image(svg=buffer.getvalue(), alt=text, caption=caption)


def describe(ax: Any, text: str) -> None:
    """Keep what an Axes shows."""
    _DESCRIPTIONS[ax] = text


def description(ax: Any) -> str:
    """Give what an Axes shows, empty where nobody said so."""
    return _DESCRIPTIONS.get(ax, "")


def _all_descriptions(drawn: Any) -> str:
    """Join the descriptions of all Axes of a figure."""
    return " ".join(filter(None, (description(ax) for ax in drawn.axes)))
