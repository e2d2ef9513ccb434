"""A page of headings, paragraphs, lists and tables, written as Markdown and as HTML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

_SPECIAL: Final = re.compile(r"[\\`*\[\]<>|]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_BLOCK_START: Final = re.compile(r"^(#+(?=\s)|[-+=](?=\s|$)|\d+(?=[.)]\s))")
_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;"
    "color:#1a1a1a;background:#fff}"
    ".isv-wide{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0 1.5rem}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;"
    "border-bottom:1px solid #767676}"
)


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short texts."""

    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; the first cell of each row names the row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it; a plain text is a paragraph."""

    heading: str
    blocks: tuple[str | Bullets | Table, ...]


@dataclass(frozen=True, slots=True, repr=False)
class EvidencePage:
    r"""What is known about an instrument, as a page; text of the file is escaped in both forms.

    Parameters
    ----------
    title
        Heading of the page.
    sections
        Its parts, in order.

    Examples
    --------
    >>> page = EvidencePage("Evidence", (Section("Uses", ("None <yet>.",)),))
    >>> print(page)
    # Evidence
    <BLANKLINE>
    ## Uses
    <BLANKLINE>
    None \<yet\>.
    <BLANKLINE>
    >>> page._repr_html_()
    '<article class="isv-evidence" lang="en"><h1>Evidence</h1><section><h2>Uses</h2><p>None
    &lt;yet&gt;.</p></section></article>'
    """

    title: str
    sections: tuple[Section, ...]

    @property
    def markdown(self) -> str:
        """The page as Markdown."""
        parts = [f"# {_escape(self.title)}"]
        for section in self.sections:
            parts += [f"## {_escape(section.heading)}", *map(_markdown, section.blocks)]
        return "\n\n".join(parts) + "\n"

    @property
    def html(self) -> str:
        """The page as an HTML document of its own, which opens offline."""
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{html.escape(self.title)}</title><style>{_STYLE}</style></head>"
            f"<body><main>{self._repr_html_()}</main></body></html>\n"
        )

    def __repr__(self) -> str:
        return self.markdown

    def __str__(self) -> str:
        return self.markdown

    def _repr_markdown_(self) -> str:
        """Give a notebook the page as Markdown."""
        return self.markdown

    def _repr_html_(self) -> str:
        """Give a notebook the page without the frame of a document."""
        sections = "".join(
            f"<section><h2>{html.escape(section.heading)}</h2>"
            f"{''.join(map(_html, section.blocks))}</section>"
            for section in self.sections
        )
        title = f"<h1>{html.escape(self.title)}</h1>"
        return f'<article class="isv-evidence" lang="en">{title}{sections}</article>'


def _markdown(block: str | Bullets | Table) -> str:
    """Write one block as Markdown."""
    if isinstance(block, str):
        return _paragraph(block)
    if isinstance(block, Bullets):
        return "\n".join(f"- {_escape(entry)}" for entry in block.entries)
    lines = [block.columns, ("---",) * len(block.columns)]
    head = [_row(cells) for cells in lines]
    body = [_row(tuple(map(_escape, row))) for row in block.rows]
    return "\n".join([f"**{_escape(block.caption)}**", "", *head, *body])


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _paragraph(text: str) -> str:
    """Escape a paragraph, its first character too where it would start a list or heading."""
    return _BLOCK_START.sub(lambda found: _mask(found[0]), _escape(text))


def _mask(start: str) -> str:
    """Put a backslash before what starts a block; for a number it stands after the digits."""
    return f"{start}\\" if start.isdigit() else f"\\{start}"


def _escape(text: str) -> str:
    """Make Markdown show the text as it is, on one line."""
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", " ".join(text.split()))


def _html(block: str | Bullets | Table) -> str:
    """Write one block as HTML."""
    if isinstance(block, str):
        return f"<p>{html.escape(block)}</p>"
    if isinstance(block, Bullets):
        entries = "".join(f"<li>{html.escape(entry)}</li>" for entry in block.entries)
        return f"<ul>{entries}</ul>"
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in block.columns)
    body = "".join(_html_row(row) for row in block.rows)
    caption = html.escape(block.caption)
    return (
        f'<div class="isv-wide" role="region" tabindex="0" aria-label="{caption}"><table>'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        "</div>"
    )


def _html_row(row: tuple[str, ...]) -> str:
    """Write a row of a table; its first cell is its heading."""
    first, *others = map(html.escape, row)
    cells = "".join(f"<td>{cell}</td>" for cell in others)
    return f'<tr><th scope="row">{first}</th>{cells}</tr>'
