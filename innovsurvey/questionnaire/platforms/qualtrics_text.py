"""Write a questionnaire in the text format that Qualtrics can import ("Advanced Format")."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from innovsurvey.base.numbers import write_number
from innovsurvey.questionnaire.codes import check_codes
from innovsurvey.questionnaire.platforms.qualtrics_parts import (
    CONSENT,
    LIMITS,
    block_titles,
    entries,
    escape,
    option_label,
    place_of,
    row_label,
)
from innovsurvey.questionnaire.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from innovsurvey.questionnaire.layout import Layout, Question
    from innovsurvey.questionnaire.platforms.qualtrics_parts import Entry


def write_qualtrics_text(layout: Layout) -> bytes:
    """Write the questions as text for Qualtrics, in the main language.

    Parameters
    ----------
    layout
        The questionnaire.

    Returns
    -------
    bytes
        Text in UTF-8, one block per page.

    Raises
    ------
    ExportError
        A code does not fit Qualtrics.

    Notes
    -----
    The format holds one language and no logic: filters and the end of the survey for those who do
    not agree have to be set by hand after the import, which :func:`write_qualtrics` does by itself.
    Rows of an array come back as ``Q01_1``, ``Q01_2``; they are told apart by their wording, so
    keep the second row of the export. Ask Qualtrics for choice texts, not numbers.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> text = write_qualtrics_text(make_layout(isv.load_instrument("innovation-culture")))
    >>> text.decode().splitlines()[:2]
    ['[[AdvancedFormat]]', '[[ED:version:self]]']
    """
    check_codes(layout, LIMITS)
    lines = ["[[AdvancedFormat]]", *(f"[[ED:{name}:{value}]]" for name, value in layout.carried)]
    titles = block_titles(layout)
    for block, members in groupby(entries(layout), key=lambda entry: entry.block):
        lines += ["", f"[[Block:{escape(titles[block].say(layout.language))}]]"]
        for entry in members:
            lines += ["", *_question(layout, entry)]
    return "\n".join([*lines, ""]).encode()


def _question(layout: Layout, entry: Entry) -> list[str]:
    """Write one question or text."""
    words = entry.words.say(layout.language)
    question = entry.question
    if entry.tag == CONSENT:
        labels = [escape(word(f"platform_{x}", layout.language)) for x in ("agree", "decline")]
        choices = _answers("Choice", zip(("1", "0"), labels, strict=True))
        return ["[[Question:MC:SingleAnswer:Vertical]]", f"[[ID:{entry.tag}]]", words, *choices]
    kind = _KINDS["" if question is None else question.kind]
    lines = [f"[[Question:{kind}]]", f"[[ID:{entry.tag}]]", words]
    return lines if question is None else [*lines, *_choices(layout, question)]


_KINDS = {
    "": "DB",
    "choice": "MC:SingleAnswer:Vertical",
    "ticks": "MC:MultipleAnswer:Vertical",
    "array": "Matrix",
    "number": "TextEntry:SingleLine",
    "text": "TextEntry:SingleLine",
    "date": "TextEntry:SingleLine",
}


def _choices(layout: Layout, question: Question) -> list[str]:
    """Write the answers of a question and the rows of an array."""
    options = [
        (write_number(option.value), option_label(option, layout.language))
        for option in question.options
    ]
    if question.kind == "choice":
        return _answers("Choice", options)
    if question.kind == "ticks":
        boxes = [
            (str(place_of(layout, question, cell)), escape(cell.text.say(layout.language)))
            for cell in question.cells
        ]
        return _answers("Choice", boxes)
    if question.kind == "array":
        rows = [row_label(question, cell, layout.language, " ↔ ") for cell in question.cells]
        return ["[[Choices]]", *rows, *_answers("Answer", options)]
    return []


def _answers(what: str, labelled: Iterable[tuple[str, str]]) -> list[str]:
    """Write answers with their codes."""
    lines = [f"[[Advanced{what}s]]"]
    for code, label in labelled:
        lines += [f"[[{what}:{code}]]", label]
    return lines
