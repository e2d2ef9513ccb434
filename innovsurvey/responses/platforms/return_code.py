"""Read the short code that the offline page shows for copying into a mail.

``FORM*VERSION*ASKED AS*ID*REVISION*LANGUAGE*DATE*SECONDS*MANAGER*PROJECT*WAVE*ANSWERS*CRC``, all in
capital letters. The answers stand in the order of ``definitions.columns``, one letter each: the
place of the answer among those of its format (0-9, then A-Z), ``-`` for none, ``/`` for one that a
filter hid, ``%`` for an item that was not asked; numbers, dates and answers beyond Z stand between
colons. Words are not in the code.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.definitions.columns import answer_columns
from innovsurvey.definitions.forms import form_ids, load_form
from innovsurvey.responses.cells import NOT_SHOWN_CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innovsurvey.definitions.columns import AnswerColumn
    from innovsurvey.definitions.model import Instrument
    from innovsurvey.definitions.questionnaire import Questionnaire

_FIELDS: Final = (
    "form", "form_version", "version", "response_id", "revision", "language", "date",
    "duration_s", "manager_id", "project_id", "wave",
)  # fmt: skip
_CODE: Final = re.compile(r"[A-Z0-9-]+(?:\*[A-Z0-9.:%/-]*){11}\*[0-9A-F]{4}")
# Form, version and the version asked, which may be broken over lines behind hyphens and stars.
_BEGIN: Final = re.compile(
    r"(?<![A-Z0-9*-])[A-Z](?:-\s{0,3}|[A-Z0-9]){0,60}\*\s{0,3}[0-9]+\.[0-9]+\.[0-9]+\*\s{0,3}[A-Z]"
)
_QUOTE: Final = re.compile(r"^[>| \t]*[>|] ?", re.MULTILINE)
_DASH: Final = re.compile("[\u2013\u2014]")
_LONGEST: Final = 5_000
_ANSWER: Final = re.compile(r":([^:]*):|(.)", re.DOTALL)
_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_START: Final = 0xFFFF
_POLYNOMIAL: Final = 0x1021
_LOWER: Final = ("form", "version", "language")


class DamagedCodeError(ValueError):
    """A code whose check does not fit, or whose answers do not fit the questionnaire."""


def find_codes(text: str) -> list[str]:
    r"""Find the codes in a text such as a mail, whole or damaged.

    Lines may be broken anywhere, quoted with ``>`` or ``|``, and two hyphens may have become a
    dash.

    Examples
    --------
    >>> find_codes("Dear team,\nDEMO*1.0.0*SELF*R1*1*EN*2026\n> 0101*9****01-*89FE Best, M.")
    ['DEMO*1.0.0*SELF*R1*1*EN*20260101*9****01-*89FE']
    """
    plain = _QUOTE.sub("", text.replace("\r", "\n")).upper()
    variants = dict.fromkeys(_DASH.sub(hyphens, plain) for hyphens in ("--", "-"))
    found = [list(_codes(variant)) for variant in variants]
    return max(found, key=lambda codes: sum(map(is_whole, codes)))


def is_whole(code: str) -> bool:
    """Tell whether the check of a code fits."""
    text, _, check = code.rpartition("*")
    return f"{crc16(text):04X}" == check


def _codes(plain: str) -> Iterator[str]:
    """Give the codes of a text in capital letters; one without an end goes up to an empty line."""
    place = 0
    while begin := _BEGIN.search(plain, place):
        stretch = plain[begin.start() : begin.start() + _LONGEST]
        whole = _CODE.match("".join(stretch.split()))
        code = whole[0] if whole else "".join(re.split(r"\n\s*\n", stretch)[0].split())
        yield code
        place = max(begin.end(), begin.start() + _written_length(stretch, len(code)))


def _written_length(stretch: str, n_letters: int) -> int:
    """Give the length of the stretch that holds so many letters, with the blanks between them."""
    letters = [place for place, letter in enumerate(stretch) if not letter.isspace()]
    return letters[min(n_letters, len(letters)) - 1] + 1


def read_code(code: str, instrument: Instrument) -> tuple[dict[str, Any], frozenset[str] | None]:
    """Turn a code into a return record, and tell the columns that were asked for.

    The code of another questionnaire that ships is read by that one, since its instruments may be
    asked for; of any other one it tells neither answers nor columns.

    Raises
    ------
    DamagedCodeError
        The check does not fit, or an answer is none of the questionnaire's.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> code = "DEMO*1.0.0*SELF*R1*1*EN*20260101*9****01-*89FE"
    >>> record, asked = read_code(code, isv.load_instrument("metagovernance"))
    >>> record["form"], record["date"], asked
    ('demo', '2026-01-01', None)
    """
    if not is_whole(code):
        message = "the check of the code does not fit; a letter is missing or wrong"
        raise DamagedCodeError(message)
    *fields, letters, _ = code.split("*")
    if len(fields) != len(_FIELDS):
        message = "the code has another number of parts"
        raise DamagedCodeError(message)
    record: dict[str, Any] = dict(zip(_FIELDS, fields, strict=True))
    record |= {name: record[name].lower() for name in _LOWER}
    record["date"] = re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", record["date"])
    name = (record["form"], record["form_version"].lower())
    if name == (instrument.id, instrument.version):
        asked, record["answers"] = _answers(letters, instrument)
        return record, asked
    shipped = shipped_questionnaire(record["form"])
    if shipped is None or name != (shipped.id, shipped.version):
        return record, None
    asked, record["answers"] = _answers(letters, shipped.instrument)
    record["instruments"] = {part.source.id: part.source.version for part in shipped.parts}
    return record, asked


@cache
def shipped_questionnaire(form: str) -> Questionnaire | None:
    """Load a questionnaire that ships, by its id; None for anything else."""
    return load_form(form) if form in form_ids() else None


def crc16(text: str) -> int:
    """Give CRC-16/CCITT-FALSE of a text (polynomial 1021, start FFFF).

    Examples
    --------
    >>> f"{crc16('123456789'):04X}"
    '29B1'
    """
    crc = _START
    for byte in text.encode("ascii", "replace"):
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ (_POLYNOMIAL if crc & 0x8000 else 0)) & _START
    return crc


def _answers(letters: str, instrument: Instrument) -> tuple[frozenset[str], dict[str, Any]]:
    """Give the columns that were asked and the answers, from their letters."""
    columns = answer_columns(instrument)
    signs = list(_signs(letters))
    if len(signs) != len(columns):
        message = f"the code has {len(signs)} answers, the questionnaire {len(columns)}"
        raise DamagedCodeError(message)
    pairs = list(zip(columns, signs, strict=True))
    asked = frozenset(column.name for column, sign in pairs if sign != "%")
    given = {column.name: _answer(column, sign) for column, sign in pairs if sign not in {"%", "-"}}
    return asked, given


def _signs(letters: str) -> Iterator[str]:
    """Split the answers; what stands between colons is one sign, with a colon before it."""
    for match in _ANSWER.finditer(letters):
        yield match[2] if match[2] is not None else f":{match[1]}"


def _answer(column: AnswerColumn, sign: str) -> float | str:
    """Read one answer."""
    if sign.startswith(":"):
        words = sign[1:]
        if column.kind == "date":
            return re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", words)
        return words
    if sign == "/":
        return NOT_SHOWN_CODE
    place = _LETTERS.find(sign)
    if column.kind != "options" or not 0 <= place < len(column.options):
        message = f"{column.name} has no answer {sign}"
        raise DamagedCodeError(message)
    return column.options[place]
