"""Draft an instrument from a survey of Qualtrics (QSF)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.drafting.answer_kinds import LEVEL_REMARK, NO_ANSWER_REMARK
from innovsurvey.drafting.model import DraftBlock, DraftContext, SurveyDraft
from innovsurvey.drafting.qualtrics_answers import as_mapping, language_of, with_carried
from innovsurvey.drafting.qualtrics_questions import Questions
from innovsurvey.drafting.words import plain_text
from innovsurvey.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARK: Final = b'"SurveyElements"'
_LOOK: Final = 100_000
_LARGEST: Final = 50_000_000
_MOST_LOOPS: Final = 30
_NAMES: Final = {
    "ar": "العربية", "bg": "Български", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
    "el": "Ελληνικά", "en": "English", "es": "Español", "et": "Eesti", "fi": "Suomi",
    "fr": "Français", "he": "עברית", "hu": "Magyar", "it": "Italiano", "ja": "日本語",
    "ko": "한국어", "nl": "Nederlands", "no": "Norsk", "pl": "Polski", "pt": "Português",
    "ro": "Română", "ru": "Русский", "sv": "Svenska", "tr": "Türkçe", "uk": "Українська",
    "zh": "中文",
}  # fmt: skip


def recognise(raw: bytes, name: str) -> bool:
    """Tell a survey of Qualtrics by its content.

    Examples
    --------
    >>> recognise(b'{"SurveyEntry": {}, "SurveyElements": []}', "x.qsf"), recognise(b"a,b", "x")
    (True, False)
    """
    start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:_LOOK]
    return start.startswith(b"{") and (
        _MARK in start or (b'"SurveyEntry"' in start and name.casefold().endswith(".qsf"))
    )


def draft(raw: bytes, name: str) -> SurveyDraft:
    """Read the questions of a survey in all its languages.

    Parameters
    ----------
    raw, name
        Content and name of the file.

    Returns
    -------
    SurveyDraft
        Items named by their columns in exports; questions of the trash are left out.

    Raises
    ------
    DataError
        The file is damaged, too large, or no survey.

    Notes
    -----
    A row of a matrix is the item ``Q2_1``, or ``Q2_tag`` where the author gave the row a tag. A box
    to tick ends with its recode value, as in exports; ``m1`` stands for -1. Two questions with one
    tag: the second is named by its id, such as ``QID7``.
    """
    survey = _parsed(raw, name)
    elements = list(map(as_mapping, as_mapping(survey.get("SurveyElements")).values()))
    entry = as_mapping(survey.get("SurveyEntry"))
    original = language_of(str(entry.get("SurveyLanguage") or "EN"))
    questions = {
        str(q.get("QuestionID") or e.get("PrimaryAttribute")): q
        for e in elements
        if e.get("Element") == "SQ" and (q := as_mapping(e.get("Payload")))
    }
    drafted = _drafted(name, entry, original, elements, questions)
    if not drafted.items and not drafted.boxes:
        message = f"{name} holds no question of Qualtrics. Export the survey itself (.qsf)."
        raise DataError(message)
    return drafted


def _drafted(
    name: str,
    entry: dict[str, Any],
    original: str,
    elements: list[dict[str, Any]],
    questions: dict[str, dict[str, Any]],
) -> SurveyDraft:
    """Put the parts together."""
    blocks = _blocks(elements, questions)
    found = Questions(original)
    remarks: list[str] = []
    groups: list[DraftBlock] = []
    for block in blocks:
        for question in _asked_in(block, questions, remarks):
            found.add(question)
        groups += _as_blocks(found)
    trash = _trash(elements)
    left = sum(qid in trash for qid in questions)
    return SurveyDraft(
        source=name,
        languages={c: _language_name(c) for c in _languages(original, elements, questions)},
        title={original: plain_text(str(entry.get("SurveyName") or name))},
        items=found.items,
        boxes=found.boxes,
        blocks=groups,
        context=_context(elements),
        remarks=[*remarks, *_remarks(found, left)],
    )


def _parsed(raw: bytes, name: str) -> dict[str, Any]:
    """Read the JSON of the file, or say why that is not possible."""
    if len(raw) > _LARGEST:
        message = f"{name} is larger than 50 MB, which no survey of Qualtrics is."
        raise DataError(message)
    try:
        survey = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        message = f"{name} is a damaged Qualtrics survey ({why}). Export it again."
        raise DataError(message) from None
    return as_mapping(survey)


def _payloads(elements: Iterable[dict[str, Any]], kind: str) -> Iterator[Any]:
    """Give what the elements of one kind hold."""
    return (e.get("Payload") for e in elements if e.get("Element") == kind)


def _all_blocks(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give all blocks; old files have them as a mapping, some one element per block."""
    found = []
    for payload in _payloads(elements, "BL"):
        single = isinstance(payload, dict) and "BlockElements" in payload
        parts = [payload] if single else as_mapping(payload).values()
        found += [as_mapping(part) for part in parts]
    return found


def _blocks(
    elements: list[dict[str, Any]], questions: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Give the blocks in the order of the flow, without the trash; else one with all questions."""
    blocks = [block for block in _all_blocks(elements) if block.get("Type") != "Trash"]
    if not any(block.get("BlockElements") for block in blocks):
        return [{"BlockElements": [{"Type": "Question", "QuestionID": q} for q in questions]}]
    order: list[str] = []
    for payload in _payloads(elements, "FL"):
        order += _flow_ids(payload)
    place = {block_id: n for n, block_id in reversed(list(enumerate(order)))}
    return sorted(blocks, key=lambda block: place.get(str(block.get("ID")), len(order)))


def _flow_ids(flow: Any) -> list[str]:
    """Give the ids in a flow, those within branches and randomizers too, without recursion."""
    found: list[str] = []
    stack = [flow]
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            found += [str(part["ID"])] if "ID" in part else []
            stack.append(part.get("Flow"))
        elif isinstance(part, list):
            stack += reversed(part)
    return found


def _trash(elements: list[dict[str, Any]]) -> set[str]:
    """Give the ids of the questions in the trash."""
    return {
        qid
        for block in _all_blocks(elements)
        if block.get("Type") == "Trash"
        for qid in _question_ids(block)
    }


def _question_ids(block: dict[str, Any]) -> list[str]:
    """Give the ids of the questions of a block."""
    parts = map(as_mapping, as_mapping(block.get("BlockElements")).values())
    return [str(part["QuestionID"]) for part in parts if part.get("QuestionID")]


def _asked_in(
    block: dict[str, Any], questions: dict[str, dict[str, Any]], remarks: list[str]
) -> Iterator[dict[str, Any]]:
    """Give the questions of a block, once per loop where it is asked several times."""
    known = (questions[qid] for qid in _question_ids(block) if qid in questions)
    asked = [with_carried(question, questions) for question in known]
    options = as_mapping(block.get("Options"))
    looped = str(options.get("Looping") or "None") != "None"
    loops = as_mapping(as_mapping(options.get("LoopingOptions")).get("Static"))
    if looped and asked:
        title = plain_text(str(block.get("Description") or ""))
        remarks.append(
            f"The block {title!r} is asked once per loop: its columns begin with the number of the "
            "loop, as in 1_Q5."
        )
    if not looped or not 0 < len(loops) <= _MOST_LOOPS:
        yield from asked
        return
    for number, fields in loops.items():
        yield from (_in_loop(question, number, as_mapping(fields)) for question in asked)


def _in_loop(question: dict[str, Any], number: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Give a question as it is asked in one loop, with the words of the loop in its texts."""
    text = json.dumps(question)
    for key, words in fields.items():
        piped = json.dumps(plain_text(str(words)))[1:-1]
        text = text.replace(f"${{lm://Field/{key}}}", piped)
    copy: dict[str, Any] = json.loads(text)
    tag = str(copy.get("DataExportTag") or copy.get("QuestionID"))
    return {**copy, "DataExportTag": f"{number}_{tag}"}


def _as_blocks(found: Questions) -> Iterator[DraftBlock]:
    """Give what was added as blocks: one per matrix, with its text as stem; others joined."""
    run: list[str] = []
    for stem, headings in found.groups:
        if stem:
            if run:
                yield DraftBlock({}, {}, tuple(run))
                run = []
            yield DraftBlock({}, stem, headings)
        else:
            run += headings
    if run:
        yield DraftBlock({}, {}, tuple(run))
    found.groups.clear()


def _languages(
    original: str, elements: list[dict[str, Any]], questions: dict[str, dict[str, Any]]
) -> list[str]:
    """Give the languages of the survey, the original first: those that some question has."""
    listed = [original]
    for payload in _payloads(elements, "SO"):
        listed += map(language_of, as_mapping(as_mapping(payload).get("AvailableLanguages")))
    said = {
        language_of(code)
        for question in questions.values()
        for code, texts in as_mapping(question.get("Language")).items()
        if as_mapping(texts)
    }
    return [c for c in dict.fromkeys([*listed, *sorted(said)]) if c == original or c in said]


def _language_name(code: str) -> str:
    """Name a language in itself."""
    first, _, region = code.partition("-")
    name = _NAMES.get(first, code)
    return f"{name} ({region})" if region and name != code else name


def _context(elements: list[dict[str, Any]]) -> list[DraftContext]:
    """Give the id of the response, its date and language, and the embedded data of the flow."""
    usual = [
        DraftContext("ResponseId", "respondent"),
        DraftContext("RecordedDate"),
        DraftContext("UserLanguage"),
    ]
    names = dict.fromkeys(_embedded(list(_payloads(elements, "FL"))))
    known = {column.id for column in usual}
    return usual + [DraftContext(name) for name in names if name and name not in known]


def _embedded(flow: list[Any]) -> Iterator[str]:
    """Give the names of the embedded data in a flow."""
    stack = list(flow)
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            fields = map(as_mapping, as_mapping(part.get("EmbeddedData")).values())
            yield from (str(f.get("Field") or "").strip() for f in fields)
            stack.append(part.get("Flow"))
        elif isinstance(part, list):
            stack += reversed(part)


def _remarks(found: Questions, n_trash: int) -> Iterator[str]:
    """Say what was guessed and what was left out."""
    yield LEVEL_REMARK + " Scale points of a Likert matrix count as ordinal."
    yield NO_ANSWER_REMARK + (
        " So were answers that the author left out of analyses, and negative recode values beside "
        "a scale that does not go on into them."
    )
    if found.boxes:
        yield "A box such as 'None of these' stands beside the others; nothing was made of it."
    if found.shared:
        tags = ", ".join(found.shared)
        yield f"Answers that share a recode value were made one, since data hold no more: {tags}."
    if found.plain:
        yield f"Kept as texts, since their columns are not taken apart: {', '.join(found.plain)}."
    if found.beside:
        yield f"{found.beside} text(s) beside a choice (columns in _TEXT) stay with the context."
    for what, n in found.passed.items():
        yield f"{n} part(s) without a question were left out: {what}."
    if n_trash:
        yield f"{n_trash} question(s) in the trash were left out."
