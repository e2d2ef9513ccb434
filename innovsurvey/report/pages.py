"""Executed notebooks to HTML pages: our templates over nbconvert's ``basic`` one."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.report.outputs import wrap_tables
from innovsurvey.report.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

_TEMPLATES: Final = Path(__file__).parent / "templates"
_HEADING: Final = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
_TAGS: Final = re.compile(r"<[^>]+>")
_PARAGRAPH: Final = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_TOC_LEVELS: Final = (2, 3)


@dataclass(frozen=True, kw_only=True)
class Heading:
    """One line of the table of contents."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One notebook as a page; ``body`` is HTML, everything else plain text."""

    name: str
    title: str
    lead: str
    headings: tuple[Heading, ...]
    body: str
    has_h1: bool


class Renderer:
    """Turns notebooks into pages and pages into files of one site.

    Parameters
    ----------
    summary
        One line on the data, may be empty.
    language
        Language of the pages, a key of ``WORDS``.
    """

    def __init__(self, summary: str, language: str) -> None:
        self._exporter = _exporter()
        self._words = WORDS[language]
        self._shared = {
            "summary": summary,
            "language": language,
            "words": self._words,
            "css": (_TEMPLATES / "page.css").read_text(encoding="utf-8"),
        }

    def page(self, notebook: Any, name: str, folder: Path) -> Page:
        """Turn one executed notebook into a page called ``name``.html.

        Images that its text names are read from the folder and put into the page.
        """
        resources = {"words": self._words, "metadata": {"path": str(folder)}}
        body, _ = self._exporter.from_notebook_node(notebook, resources=resources)
        return self.page_of(body, name, lead=_lead(notebook, self._exporter))

    def page_of(self, body: str, name: str, *, lead: str = "") -> Page:
        """Turn a piece of HTML into a page called ``name``.html."""
        body, headings = _anchor_headings(wrap_tables(body, self._words))
        first = next((h.text for h in headings if h.level == 1), "")
        return Page(
            name=name,
            title=first or name.replace("-", " ").replace("_", " ").capitalize(),
            lead=lead,
            headings=tuple(h for h in headings if h.level in _TOC_LEVELS),
            body=body,
            has_h1=bool(first),
        )

    def page_html(self, page: Page, pages: Sequence[Page], title: str) -> str:
        """Write the file of one page of the site called ``title``, with links to the others."""
        return self._fill("site_page.html.j2", page=page, pages=pages, site_title=title)

    def index_html(self, pages: Sequence[Page], title: str) -> str:
        """Write the overview of the site."""
        return self._fill("site_index.html.j2", pages=pages, site_title=title)

    def single_html(self, page: Page) -> str:
        """Write the file of a page that stands alone."""
        return self._fill("single_page.html.j2", page=page)

    def _fill(self, template: str, **values: Any) -> str:
        """Fill one of the outer templates."""
        filled: str = self._exporter.environment.get_template(template).render(
            **self._shared, **values
        )
        return filled.rstrip() + "\n"


def plain(fragment: str) -> str:
    """Give the text of a piece of HTML.

    Examples
    --------
    >>> plain("<em>A</em> &amp; B")
    'A & B'
    """
    return " ".join(html.unescape(_TAGS.sub("", fragment)).split())


def _exporter() -> Any:
    """Set up nbconvert with our cell template."""
    from nbconvert import exporters

    html_exporter: Any = exporters.HTMLExporter
    return html_exporter(
        extra_template_basedirs=[str(_TEMPLATES)],
        extra_template_paths=[str(_TEMPLATES)],
        template_name="innovsurvey",
        exclude_anchor_links=True,
        embed_images=True,
    )


def _anchor_headings(body: str) -> tuple[str, list[Heading]]:
    """Give every heading an id of its own, and list the headings."""
    headings: list[Heading] = []
    used: set[str] = set()

    def anchor(match: re.Match[str]) -> str:
        text = plain(match[2])
        base = "-".join(re.findall(r"\w+", text.lower())) or "section"
        name, count = base, 1
        while name in used:
            count += 1
            name = f"{base}-{count}"
        used.add(name)
        headings.append(Heading(level=int(match[1]), anchor=name, text=text))
        return f'<h{match[1]} id="{html.escape(name)}">{match[2]}</h{match[1]}>'

    return _HEADING.sub(anchor, body), headings


def _lead(notebook: Any, exporter: Any) -> str:
    """Give the first paragraph of the notebook's text."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            match = _PARAGRAPH.search(exporter.markdown2html({}, cell.source))
            if match and plain(match[1]):
                return plain(match[1])
    return ""
