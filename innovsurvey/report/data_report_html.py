"""Pieces of HTML for the data report; all text is escaped here."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.report.figures import figure
from innovsurvey.report.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


_COLUMNS: Final = {
    "asked": "Asked of",
    "cell_share": "Cells (%)",
    "column": "Column",
    "counts_as": "Counts as",
    "flagged_if": "Flagged if",
    "items": "Items",
    "kind": "Kind",
    "missing_share": "Missing (%)",
    "n_answered": "Answered",
    "n_asked": "Asked",
    "n_cells": "Cells",
    "n_columns": "Columns",
    "n_computed": "Computed for",
    "n_flagged": "Flagged",
    "n_invited": "Invited",
    "n_items": "Items",
    "n_missing": "Missing",
    "n_not_applicable": "Did not apply",
    "n_obs": "People",
    "n_people": "People",
    "n_rows": "Rows",
    "new": "New",
    "old": "Old",
    "people_share": "People (%)",
    "rate_share": "Rate (%)",
    "threshold": "Threshold",
    "value": "Value",
}


def heading(level: int, text: str) -> str:
    """Write a heading.

    Examples
    --------
    >>> heading(2, "A & B")
    '<h2>A &amp; B</h2>'
    """
    return f"<h{level}>{html.escape(text)}</h{level}>"


def paragraph(text: str, kind: str = "") -> str:
    """Write a paragraph; ``kind`` is a class of the page, such as ``warning``."""
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{html.escape(text)}</p>"


def bullets(sentences: Iterable[str]) -> str:
    """Write a list of sentences, empty where there is none."""
    items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""


def shown_table(frame: pd.DataFrame, title: str, *, digits: int | None = 1) -> str:
    """Write a frame as a table in the look of reports, with the names of columns in words.

    Columns that end in ``_share`` become percentages.
    """
    shares = [name for name in frame.columns if str(name).endswith("_share")]
    shown = frame.assign(**{name: 100 * frame[name] for name in shares})
    shown.columns = [_COLUMNS.get(str(name), str(name)) for name in frame.columns]
    return f'<div class="output">{table(shown, title=title, digits=digits).to_html()}</div>'


def shown_figure(ax: Any, caption: str | None = None) -> str:
    """Write a plot with its description as a figure, and close it."""
    return figure(ax, caption=caption).to_html()


def words(name: str) -> str:
    """Write a reason or rule in words.

    Examples
    --------
    >>> words("not_answered")
    'not answered'
    """
    return name.replace("_", " ")
