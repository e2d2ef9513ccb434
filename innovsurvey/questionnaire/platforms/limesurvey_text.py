"""Write a questionnaire as tab-separated text for LimeSurvey, which can be compared line by line.

The importer numbers groups and questions by their order and joins the languages by their codes.
Settings of a question stand in the rows of the main language only; others would be taken for new.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from innovsurvey.questionnaire.platforms.limesurvey_rows import (
    attribute_names,
    language_settings,
    survey_groups,
    survey_settings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from innovsurvey.questionnaire.layout import Layout
    from innovsurvey.questionnaire.platforms.limesurvey_rows import SurveyGroup, SurveyQuestion

_HEADING: Final = (
    "id",
    "related_id",
    "class",
    "type/scale",
    "name",
    "relevance",
    "text",
    "help",
    "language",
    "validation",
    "mandatory",
    "encrypted",
    "other",
    "default",
    "same_default",
    "same_script",
)
_FIRST_SCALE: Final = "0"


def write_limesurvey_text(layout: Layout) -> bytes:
    r"""Write the survey as tab-separated text (.txt), in UTF-8 with a byte-order mark.

    Raises
    ------
    ExportError
        Codes that LimeSurvey could not hold, with the list of what and why.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> layout = make_layout(isv.load_instrument("innovation-culture"))
    >>> lines = write_limesurvey_text(layout).decode("utf-8-sig").splitlines()
    >>> [line.split("\t")[4] for line in lines if "\tQ\t" in line]
    ['ISVCONSENT', 'version', 'Q01', 'ISVCONSENT', 'version', 'Q01']
    """
    groups = survey_groups(layout)
    columns = [*_HEADING, *attribute_names(groups)]
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, dialect="excel-tab", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_settings(layout))
    for language in layout.languages:
        for number, group in enumerate(groups, start=1):
            is_main = language.code == layout.language
            writer.writerows(_group(number, group, language.code, is_main=is_main))
    return stream.getvalue().encode("utf-8-sig")


def _settings(layout: Layout) -> Iterator[dict[str, str]]:
    """Write what concerns the whole survey; the importer puts it into the first survey group."""
    for name, value in survey_settings(layout).items():
        if name not in {"gsid", "active"}:
            yield {"class": "S", "name": name, "text": value}
    for language in layout.languages:
        for name, value in language_settings(layout, language.code).items():
            yield {"class": "SL", "name": name, "text": value, "language": language.code}


def _group(
    number: int, group: SurveyGroup, language: str, *, is_main: bool
) -> Iterator[dict[str, str]]:
    """Write a group and its questions in one language."""
    yield {
        "class": "G",
        "type/scale": str(number),
        "name": group.titles[language],
        "relevance": group.relevance,
        "text": group.descriptions[language],
        "language": language,
    }
    for question in group.questions:
        yield from _question(question, language, is_main=is_main)


def _question(
    question: SurveyQuestion, language: str, *, is_main: bool
) -> Iterator[dict[str, str]]:
    """Write a question, its rows and its answers in one language."""
    yield {
        "class": "Q",
        "type/scale": question.type,
        "name": question.code,
        "relevance": question.relevance,
        "text": question.texts[language],
        "help": question.help[language],
        "language": language,
        "mandatory": question.mandatory,
        "other": "N",
        **(dict(question.attributes) if is_main else {}),
    }
    yield from _lines("SQ", question.rows, language)
    yield from _lines("A", question.answers, language)


def _lines(
    kind: str, lines: Sequence[tuple[str, dict[str, str]]], language: str
) -> Iterator[dict[str, str]]:
    """Write the rows or the answers of a question."""
    for code, texts in lines:
        yield {
            "class": kind,
            "type/scale": _FIRST_SCALE,
            "name": code,
            "text": texts[language],
            "language": language,
        }
