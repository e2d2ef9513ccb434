"""Write a questionnaire as a LimeSurvey survey (.lss, version 6 and later)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.questionnaire.platforms.limesurvey_rows import (
    language_settings,
    survey_groups,
    survey_id,
    survey_settings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from innovsurvey.questionnaire.layout import Layout
    from innovsurvey.questionnaire.platforms.limesurvey_rows import (
        SurveyGroup,
        SurveyQuestion,
        Texts,
    )

_DB_VERSION: Final = 623  # LimeSurvey 6.10; texts stand in tables of their own, by language
_ORDER: Final = (
    "answers",
    "answer_l10ns",
    "groups",
    "group_l10ns",
    "questions",
    "question_l10ns",
    "subquestions",
    "question_attributes",
    "surveys",
    "surveys_languagesettings",
)


def write_limesurvey(layout: Layout) -> bytes:
    """Write the survey structure file that LimeSurvey imports.

    Raises
    ------
    ExportError
        Codes that LimeSurvey could not hold, with the list of what and why.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> layout = make_layout(isv.load_instrument("innovation-culture"))
    >>> write_limesurvey(layout).decode().splitlines()[2:5]
    ['<LimeSurveyDocType>Survey</LimeSurveyDocType>', '<DBVersion>623</DBVersion>',
     '<languages><language>en</language><language>da</language></languages>']
    """
    tables = _Tables(layout)
    for number, group in enumerate(survey_groups(layout), start=1):
        tables.add_group(number, group)
    tables.add_settings()
    languages = "".join(f"<language>{code}</language>" for code in tables.languages)
    sections = "\n".join(_section(name, tables.rows[name]) for name in _ORDER if tables.rows[name])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<document>\n'
        "<LimeSurveyDocType>Survey</LimeSurveyDocType>\n"
        f"<DBVersion>{_DB_VERSION}</DBVersion>\n<languages>{languages}</languages>\n"
        f"{sections}\n</document>\n"
    ).encode()


def _section(name: str, rows: list[dict[str, str]]) -> str:
    """Write one table: the names of its fields, then its rows."""
    fields = "".join(f"<fieldname>{field}</fieldname>" for field in rows[0])
    written = "\n".join(f"<row>{''.join(map(_field, row.items()))}</row>" for row in rows)
    return f"<{name}><fields>{fields}</fields><rows>\n{written}\n</rows></{name}>"


def _field(pair: tuple[str, str]) -> str:
    """Write one field; escaped texts never hold the end mark of CDATA."""
    name, value = pair
    return f"<{name}><![CDATA[{value}]]></{name}>"


class _Tables:
    """The tables of a survey; rows refer to each other by numbers given here."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.sid = survey_id(layout)
        self.languages = [language.code for language in layout.languages]
        self.rows: dict[str, list[dict[str, str]]] = {name: [] for name in _ORDER}
        self.last_qid = 0

    def add_group(self, number: int, group: SurveyGroup) -> None:
        """Add a group and its questions."""
        self.rows["groups"].append(
            {
                "gid": str(number),
                "sid": self.sid,
                "group_order": str(number),
                "randomization_group": "",
                "grelevance": group.relevance,
            }
        )
        for code in self.languages:
            self._add(
                "group_l10ns",
                gid=str(number),
                group_name=group.titles[code],
                description=group.descriptions[code],
                language=code,
            )
        for order, question in enumerate(group.questions, start=1):
            self._add_question(question, str(number), order)

    def add_settings(self) -> None:
        """Add the settings of the survey, and those of each language."""
        self.rows["surveys"].append(survey_settings(self.layout))
        for code in self.languages:
            texts = {"surveyls_survey_id": self.sid, **language_settings(self.layout, code)}
            self.rows["surveys_languagesettings"].append(texts)

    def _add(self, table: str, **fields: str) -> None:
        """Add a row that has its own number."""
        self.rows[table].append({"id": str(len(self.rows[table]) + 1), **fields})

    def _add_question(self, question: SurveyQuestion, gid: str, order: int) -> None:
        """Add a question with its rows, answers and attributes."""
        qid = self._question_row(
            "questions",
            gid=gid,
            type=question.type,
            title=question.code,
            mandatory=question.mandatory,
            question_order=str(order),
            relevance=question.relevance,
        )
        self._add_texts(qid, question.texts, question.help)
        for place, (code, texts) in enumerate(question.rows, start=1):
            row = self._question_row(
                "subquestions",
                parent_qid=qid,
                gid=gid,
                type="T",
                title=code,
                mandatory="N",
                question_order=str(place),
                relevance="1",
            )
            self._add_texts(row, texts, dict.fromkeys(self.languages, ""))
        for place, (code, texts) in enumerate(question.answers, start=1):
            self._add_answer(qid, code, place, texts)
        for name, value in question.attributes:
            self.rows["question_attributes"].append(
                {"qid": qid, "attribute": name, "value": value, "language": ""}
            )

    def _question_row(self, table: str, **own: str) -> str:
        """Add a row for a question or subquestion, and give its number."""
        self.last_qid += 1
        fields = {
            "qid": str(self.last_qid),
            "parent_qid": "0",
            "sid": self.sid,
            "gid": "",
            "type": "",
            "title": "",
            "preg": "",
            "other": "N",
            "mandatory": "",
            "encrypted": "N",
            "question_order": "",
            "scale_id": "0",
            "same_default": "0",
            "relevance": "",
        }
        self.rows[table].append(fields | own)
        return str(self.last_qid)

    def _add_texts(self, qid: str, texts: Texts, help_: Mapping[str, str]) -> None:
        """Add the texts of a question in every language."""
        for code in self.languages:
            self._add(
                "question_l10ns",
                qid=qid,
                question=texts[code],
                help=help_[code],
                script="",
                language=code,
            )

    def _add_answer(self, qid: str, code: str, place: int, texts: Texts) -> None:
        """Add an answer to choose, with its text in every language."""
        aid = str(len(self.rows["answers"]) + 1)
        self.rows["answers"].append(
            {
                "aid": aid,
                "qid": qid,
                "code": code,
                "sortorder": str(place),
                "assessment_value": "0",
                "scale_id": "0",
            }
        )
        for language in self.languages:
            self._add("answer_l10ns", aid=aid, answer=texts[language], language=language)
