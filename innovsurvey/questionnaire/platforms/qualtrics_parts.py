"""What a Qualtrics survey shows, in the order of its numbers, as HTML: for both of its forms."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Final

from innovsurvey.definitions.model import Text
from innovsurvey.questionnaire.codes import CodeLimits
from innovsurvey.questionnaire.platforms.phrases import number_hint, poles
from innovsurvey.questionnaire.visibility import shown_with_any
from innovsurvey.questionnaire.words import word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from innovsurvey.questionnaire.layout import Cell, Layout, Option, Page, Question
    from innovsurvey.questionnaire.visibility import Expression

START: Final = 0
CONSENT: Final = "consent"
LIMITS: Final = CodeLimits(
    target="Qualtrics",
    pattern=r"[A-Za-z][A-Za-z0-9_]*",
    rule="a letter, then letters, digits and underscores",
    longest=60,
    longest_answer=8,
    # The columns that every export of Qualtrics has, the question for consent, and our texts.
    reserved=frozenset(
        {
            "startdate",
            "enddate",
            "status",
            "ipaddress",
            "progress",
            "finished",
            "recordeddate",
            "responseid",
            "responseset",
            "recipientlastname",
            "recipientfirstname",
            "recipientemail",
            "externalreference",
            "externaldatareference",
            "locationlatitude",
            "locationlongitude",
            "locationaccuracy",
            "distributionchannel",
            "userlanguage",
            "consent",
            *(f"text_{number:02d}" for number in range(100)),
        }
    ),
)
# ${ begins piped text, [[ a tag of the text form, : divides the poles of a bipolar row.
_SIGNS: Final = str.maketrans(
    {"$": "&#36;", "{": "&#123;", "}": "&#125;", "[": "&#91;", "]": "&#93;", ":": "&#58;"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered element of the survey: a question, a text, or the question for consent.

    ``tag`` names it in the data, ``block`` is the number of its page (0 for the start), and
    ``words`` is what it says in HTML.
    """

    tag: str
    block: int
    words: Text
    question: Question | None = None
    show_if: Expression | None = None


def escape(text: str) -> str:
    r"""Write a text so that Qualtrics shows it as it stands.

    Examples
    --------
    >>> escape("${e://Field/X} & [[Question:MC]]\n<b>")
    '&#36;&#123;e&#58;//Field/X&#125; &amp; &#91;&#91;Question&#58;MC&#93;&#93;<br>&lt;b&gt;'
    """
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    return "<br>".join(html.escape(line).translate(_SIGNS) for line in lines)


def entries(layout: Layout) -> tuple[Entry, ...]:
    """Give everything that the survey shows, in order."""
    start = _in_html(layout, lambda c: _headed(layout.title.say(c), layout.introduction.say(c)))
    found = [
        Entry("", START, start),
        Entry(CONSENT, START, _escaped(layout, layout.consent)),
    ]
    for number, page in enumerate(layout.pages, start=1):
        found += _on_page(layout, page, number)
    found.append(Entry("", len(layout.pages), _escaped(layout, layout.closing)))
    return tuple(
        replace(entry, tag=entry.tag or f"text_{number:02d}")
        for number, entry in enumerate(found, start=1)
    )


def block_titles(layout: Layout) -> list[Text]:
    """Give the title of every block: the questionnaire's for the start, then the pages'."""
    return [layout.title, *(page.title for page in layout.pages)]


def row_label(question: Question, cell: Cell, language: str, between: str) -> str:
    """Write what a row of an array asks: its text, or its two poles with the text before them."""
    if question.is_pairs:
        return between.join(map(escape, poles(cell, language)))
    return escape(cell.text.say(language))


def option_label(option: Option, language: str) -> str:
    """Write an answer to choose."""
    return escape(option.label.say(language))


def place_of(layout: Layout, question: Question, cell: Cell) -> int:
    """Give the number of a box in a question with ticks: its column in the matrix, from 1.

    Qualtrics names the columns of the data by these numbers, so they must not depend on the form.
    """
    matrix = layout.instrument.matrix(str(question.matrix))
    return [line.id for line in matrix.columns].index(cell.code) + 1


def _on_page(layout: Layout, page: Page, number: int) -> Iterator[Entry]:
    """Give the heading of a page, its questions and what introduces its matrices."""
    shown = shown_with_any(question.show_if for question in page.questions)
    yield Entry("", number, _in_html(layout, lambda c: _heading(page, c)), None, shown)
    for _, group in groupby(page.questions, key=lambda question: question.matrix):
        members = tuple(group)
        if members[0].intro:
            intro = _escaped(layout, members[0].intro)
            yield Entry("", number, intro, None, shown_with_any(q.show_if for q in members))
        for question in members:
            words = _in_html(layout, partial(_question_html, layout, page, question))
            yield Entry(question.name, number, words, question, question.show_if)


def _heading(page: Page, language: str) -> str:
    """Write the title of a page, and its stem where not every question repeats it."""
    repeated = all(_repeats_stem(question) for question in page.questions)
    return _headed(page.title.say(language), "" if repeated else page.stem.say(language))


def _repeats_stem(question: Question) -> bool:
    """Tell an array that has no text of its own."""
    return question.kind == "array" and not question.text


def _question_html(layout: Layout, page: Page, question: Question, language: str) -> str:
    """Write the text of a question, with a hint where Qualtrics has no field for it."""
    text = question.text or page.stem or page.title
    lines = [escape(text.say(language))]
    if question.kind == "date":
        lines.append(escape(word("platform_date", language)))
    if question.kind == "number":
        lines.append(escape(number_hint(question, layout.languages).say(language)))
    return "<br>".join(filter(None, lines))


def _headed(title: str, text: str) -> str:
    """Write a heading and the text below it."""
    return f"<h2>{escape(title)}</h2>" + (f"<p>{escape(text)}</p>" if text else "")


def _escaped(layout: Layout, text: Text) -> Text:
    """Escape a text in every language."""
    return _in_html(layout, lambda code: escape(text.say(code)))


def _in_html(layout: Layout, write: Callable[[str], str]) -> Text:
    """Write something in every language of the questionnaire."""
    return Text(tuple((entry.code, write(entry.code)) for entry in layout.languages))
