"""What a LimeSurvey survey consists of; both of its import formats are written from this.

The questionnaire gets two things of its own. The first group asks for consent: a mandatory yes/no
question with the code ``ISVCONSENT``, and every other group is shown only after a Yes. Columns that
the file carries, such as ``manager_id``, are hidden equation questions in that group: LimeSurvey
stores the value of an equation even where the question is hidden.
"""

from __future__ import annotations

import html
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.base.numbers import write_number
from innovsurvey.definitions.model import Text
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.codes import CodeLimits, answer_token, check_codes
from innovsurvey.questionnaire.platforms.limesurvey_relevance import ALWAYS, both, relevance
from innovsurvey.questionnaire.platforms.phrases import number_hint, poles
from innovsurvey.questionnaire.visibility import split_shared
from innovsurvey.questionnaire.words import in_all, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.questionnaire.layout import Cell, Kind, Layout, Page, Question

CONSENT: Final = "ISVCONSENT"
# Its own variables, words of its expressions, and the columns that it adds to every export.
_RESERVED: Final = (
    "lang sid savedid token qid gid sgq self that this time other comment "
    "and or eq ne lt gt le ge "
    "id submitdate lastpage startlanguage seed startdate datestamp ipaddr refurl "
    f"{CONSENT.casefold()}"
)
LIMITS: Final = CodeLimits(
    target="LimeSurvey",
    pattern="[A-Za-z][A-Za-z0-9]*",
    rule="letters and digits only, beginning with a letter",
    longest=20,
    longest_answer=5,
    reserved=frozenset(_RESERVED.split()),
    answers=r"N?\d+",
    answer_rule="LimeSurvey takes letters and digits only, so no fraction",
    by_name=False,
)
_LONGEST_TITLE: Final = 200
_TYPES: Final[dict[Kind, str]] = {
    "choice": "L",
    "array": "F",
    "ticks": "M",
    "number": "N",
    "text": "T",
    "date": "D",
}
_ISO_DATES: Final = "6"
# Nothing that tells who answered, or when, is stored. Saving half-way is off, since LimeSurvey asks
# for a name and stores the address then.
_SETTINGS: Final = {
    "gsid": "1",
    "admin": "inherit",
    "adminemail": "inherit",
    "active": "N",
    "anonymized": "Y",
    "format": "G",
    "savetimings": "N",
    "template": "inherit",
    "datestamp": "N",
    "usecookie": "N",
    "allowregister": "N",
    "allowsave": "N",
    "autonumber_start": "0",
    "autoredirect": "N",
    "allowprev": "Y",
    "printanswers": "Y",
    "ipaddr": "N",
    "refurl": "N",
    "publicstatistics": "N",
    "publicgraphs": "N",
    "listpublic": "N",
    "htmlemail": "N",
    "sendconfirmation": "N",
    "tokenanswerspersistence": "N",
    "assessments": "N",
    "usecaptcha": "N",
    "usetokens": "N",
    "tokenlength": "15",
    "showxquestions": "N",
    "showgroupinfo": "B",
    "shownoanswer": "Y",
    "showqnumcode": "X",
    "showwelcome": "Y",
    "showprogress": "Y",
    "questionindex": "0",
    "navigationdelay": "0",
    "nokeyboard": "N",
    "alloweditaftercompletion": "N",
    "ipanonymize": "Y",
    "showsurveypolicynotice": "1",
}
# Besides HTML, LimeSurvey evaluates braces and splits rows of arrays at a bar; the reader of its
# text form takes a backslash for an escape.
_MEANING: Final = str.maketrans(
    {"{": "&#123;", "}": "&#125;", "|": "&#124;", "\\": "&#92;", "\t": " ", "\n": "<br />"}
    | {chr(code): None for code in range(32) if chr(code) not in "\t\n"}
)

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class SurveyQuestion:
    """A question; texts are HTML, by language. ``rows`` are its subquestions."""

    type: str
    code: str
    texts: Texts
    help: Texts
    relevance: str
    mandatory: str
    rows: tuple[tuple[str, Texts], ...]
    answers: tuple[tuple[str, Texts], ...]
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SurveyGroup:
    """Questions on one page."""

    titles: Texts
    descriptions: Texts
    relevance: str
    questions: tuple[SurveyQuestion, ...]


def escape(text: str) -> str:
    """Write a text so that it shows as typed: no tag, no expression, no separator.

    Examples
    --------
    >>> escape('{FLT} <b> "a|b"')
    '&#123;FLT&#125; &lt;b&gt; &quot;a&#124;b&quot;'
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return html.escape(plain).translate(_MEANING)


def survey_groups(layout: Layout) -> tuple[SurveyGroup, ...]:
    """Give the groups of the survey, the consent first; refuse what LimeSurvey could not hold.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> groups = survey_groups(make_layout(isv.load_instrument("innovation-outcomes")))
    >>> groups[0].questions[0].code, groups[1].relevance
    ('ISVCONSENT', 'ISVCONSENT.NAOK=="Y"')
    """
    check_codes(layout, LIMITS)
    _refuse_unfit(layout)
    return (_consent_group(layout), *(_group(page, layout) for page in layout.pages))


def survey_id(layout: Layout) -> str:
    """Give a survey number that is always the same; LimeSurvey takes another if it is in use."""
    name = f"{layout.id} {layout.version} {layout.asked_as} {dict(layout.carried)}"
    return str(100_000 + zlib.crc32(name.encode()) % 900_000)


def survey_settings(layout: Layout) -> dict[str, str]:
    """Give the settings of the survey.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> settings = survey_settings(make_layout(isv.load_instrument("innovation-culture")))
    >>> settings["language"], settings["additional_languages"], settings["ipaddr"]
    ('en', 'da', 'N')
    """
    others = [language.code for language in layout.languages[1:]]
    own = {
        "sid": survey_id(layout),
        "language": layout.language,
        "additional_languages": " ".join(others),
    }
    return own | _SETTINGS


def language_settings(layout: Layout, language: str) -> dict[str, str]:
    """Give the texts around the questions in one language."""
    return {
        "surveyls_language": language,
        "surveyls_title": escape(layout.title.say(language)),
        "surveyls_description": "",
        "surveyls_welcometext": _paragraphs(
            layout.introduction.say(language), _minutes(layout, language)
        ),
        "surveyls_endtext": _paragraphs(layout.closing.say(language)),
        "surveyls_policy_notice": _paragraphs(word("limesurvey_privacy", language)),
        "surveyls_policy_notice_label": escape(word("limesurvey_privacy_seen", language)),
        "surveyls_dateformat": _ISO_DATES,
        "surveyls_numberformat": "0",
    }


def _minutes(layout: Layout, language: str) -> str:
    """Say how long it takes, if that is known."""
    if layout.minutes is None:
        return ""
    low, high = (write_number(minutes) for minutes in layout.minutes)
    return word("limesurvey_minutes", language).format(low=low, high=high)


def _paragraphs(*texts: str) -> str:
    """Write the texts that are not empty as paragraphs."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)


def _refuse_unfit(layout: Layout) -> None:
    """Refuse a column carried with the code of a question, and a title that would be cut."""
    asked = {question.code.casefold() for question in layout.questions} | {CONSENT.casefold()}
    problems = [
        f"{name} (carried by the file and asked, too)"
        for name, _ in layout.carried
        if _carried_code(name).casefold() in asked
    ]
    problems += [
        f"title ({language.code}: at most {_LONGEST_TITLE} characters, with entities)"
        for language in layout.languages
        if len(escape(layout.title.say(language.code))) > _LONGEST_TITLE
    ]
    if problems:
        message = (
            f"{layout.id} does not fit LimeSurvey: {join_names(problems)}. Change the instrument "
            "file."
        )
        raise ExportError(message)


def _carried_code(name: str) -> str:
    """Write the name of a carried column as a question code, which has no underscore."""
    return name.replace("_", "")


def _texts(text: Text, layout: Layout) -> Texts:
    """Write a text in the languages of the survey."""
    return {code: escape(text.say(code)) for code in _codes(layout)}


def _codes(layout: Layout) -> list[str]:
    """Give the codes of the languages."""
    return [language.code for language in layout.languages]


def _consent_group(layout: Layout) -> SurveyGroup:
    """Ask for consent; the columns that the file carries are filled in beside it."""
    nothing = dict.fromkeys(_codes(layout), "")
    consent = SurveyQuestion(
        type="Y",
        code=CONSENT,
        texts=_texts(layout.consent, layout),
        help=_texts(in_all("limesurvey_refusal"), layout),
        relevance=ALWAYS,
        mandatory="Y",
        rows=(),
        answers=(),
        attributes=(),
    )
    carried = (_carried(name, value, layout) for name, value in layout.carried)
    titles = _texts(in_all("limesurvey_consent"), layout)
    return SurveyGroup(titles, nothing, ALWAYS, (consent, *carried))


def _carried(name: str, value: str, layout: Layout) -> SurveyQuestion:
    """Store a value by a hidden equation; its text names the column in exports with texts."""
    return SurveyQuestion(
        type="*",
        code=_carried_code(name),
        texts=dict.fromkeys(_codes(layout), escape(name)),
        help=dict.fromkeys(_codes(layout), ""),
        relevance=ALWAYS,
        mandatory="N",
        rows=(),
        answers=(),
        attributes=(("hidden", "1"), ("equation", f"{{'{value}'}}")),
    )


def _group(page: Page, layout: Layout) -> SurveyGroup:
    """Write a page; a condition that all its questions share belongs to the group."""
    shared, rests = split_shared([question.show_if for question in page.questions])
    questions = (
        _question(question, page, layout, relevance(own, layout))
        for question, own in zip(page.questions, rests, strict=True)
    )
    return SurveyGroup(
        titles=_texts(page.title, layout),
        descriptions={code: _description(page, code) for code in _codes(layout)},
        relevance=both(f'{CONSENT}.NAOK=="Y"', relevance(shared, layout)),
        questions=tuple(questions),
    )


def _takes_stem(question: Question) -> bool:
    """Tell whether a question has no text of its own, so that the stem of the page asks it."""
    return not question.text


def _description(page: Page, language: str) -> str:
    """Introduce a group: the stem, unless every question says it, and what its matrices ask."""
    texts = [] if all(map(_takes_stem, page.questions)) else [page.stem]
    texts += dict.fromkeys(question.intro for question in page.questions if question.intro)
    return _paragraphs(*(text.say(language) for text in texts))


def _question(question: Question, page: Page, layout: Layout, shown: str) -> SurveyQuestion:
    """Write one question."""
    hint = number_hint(question, layout.languages) if question.kind == "number" else Text()
    return SurveyQuestion(
        type=_TYPES[question.kind],
        code=question.code,
        texts=_texts(page.stem if _takes_stem(question) else question.text, layout),
        help=_texts(hint, layout),
        relevance=shown,
        mandatory="N",
        rows=_rows(question, layout),
        answers=_answers(question, layout),
        attributes=_attributes(question),
    )


def _rows(question: Question, layout: Layout) -> tuple[tuple[str, Texts], ...]:
    """Give the subquestions of an array or of ticks; poles stand on both sides of a bar."""
    if question.kind not in {"array", "ticks"}:
        return ()
    return tuple(
        (
            cell.code,
            {code: _poles(cell, code) for code in _codes(layout)}
            if question.is_pairs
            else _texts(cell.text, layout),
        )
        for cell in question.cells
    )


def _poles(cell: Cell, language: str) -> str:
    """Write the sentence begun and its left end before the bar, its right end behind it."""
    return "|".join(map(escape, poles(cell, language)))


def _answers(question: Question, layout: Layout) -> tuple[tuple[str, Texts], ...]:
    """Give the answers to choose from."""
    if question.kind not in {"array", "choice"}:
        return ()
    return tuple(
        (answer_token(option.value), _texts(option.label, layout)) for option in question.options
    )


def _attributes(question: Question) -> tuple[tuple[str, str], ...]:
    """Limit a number; a code that stands for no number must be allowed, too."""
    if question.kind != "number":
        return ()
    codes = [option.value for option in question.options]
    low, high = question.format.minimum, question.format.maximum
    limits = []
    if low is not None:
        limits.append(("min_num_value_n", write_number(min([low, *codes]))))
    if high is not None:
        limits.append(("max_num_value_n", write_number(max([high, *codes]))))
    return tuple(limits)


def attribute_names(groups: Sequence[SurveyGroup]) -> list[str]:
    """List the attributes that some question has, each once."""
    found = [name for g in groups for q in g.questions for name, _ in q.attributes]
    return list(dict.fromkeys(found))
