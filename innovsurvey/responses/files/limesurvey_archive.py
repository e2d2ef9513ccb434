"""Archives of LimeSurvey (.lsa) with a survey and its answers; files of answers alone (.lsr)."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from innovsurvey.base.xml_file import parse_xml
from innovsurvey.errors import DataError
from innovsurvey.responses.files.archive import DAMAGED, unpacked
from innovsurvey.responses.files.limits import refuse_unpacked
from innovsurvey.responses.files.options import ZIP
from innovsurvey.responses.platforms.limesurvey_fields import field_names
from innovsurvey.responses.platforms.limesurvey_survey import Survey, read_survey
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions

_SURVEY: Final = ".lss"
_ANSWERS: Final = "_responses.lsr"
_MARK: Final = b"<LimeSurveyDocType>Responses"
_LOOKED_AT: Final = 2000
_AGAIN: Final = "Export the survey archive again."


def is_archive(raw: bytes) -> bool:
    """Tell an archive of LimeSurvey: a zip with a survey file.

    Examples
    --------
    >>> is_archive(b"PK")
    False
    """
    return raw.startswith(ZIP) and any(name.lower().endswith(_SURVEY) for name in _names(raw))


def is_answers(raw: bytes) -> bool:
    """Tell a file of answers alone.

    Examples
    --------
    >>> is_answers(b"<document><LimeSurveyDocType>Responses</LimeSurveyDocType></document>")
    True
    """
    return _MARK in raw[:_LOOKED_AT]


def survey_of(raw: bytes, name: str) -> Survey:
    """Read the survey in an archive.

    Raises
    ------
    DataError
        It is damaged or far too large.
    """
    return read_survey(_member(raw, _SURVEY, name), f"The survey in {name}")


def read_archive(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read the answers in an archive, under headings by codes that its survey gives.

    Raises
    ------
    DataError
        It is damaged or far too large, or holds no answers.
    """
    named = field_names(survey_of(raw, name))
    table = read_answers(_member(raw, _ANSWERS, name), name, options)
    table.header[:] = [named.get(heading, heading) for heading in table.header]
    others = [n for n in _names(raw) if not n.lower().endswith((_SURVEY, _ANSWERS))]
    if others:
        table.notes.append(f"{len(others)} other file(s) of the archive were not read.")
    return table


def read_answers(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read a file of answers alone, under the names of the data base.

    Raises
    ------
    DataError
        It is damaged, or holds no answers.
    """
    del options
    try:
        root = parse_xml(raw)
    except ET.ParseError as error:
        message = f"{name} cannot be read as answers of LimeSurvey ({error}). {_AGAIN}"
        raise DataError(message) from None
    table = root.find("responses")
    if table is None:
        message = f"{name} holds no answers; was the survey ever answered? {_AGAIN}"
        raise DataError(message)
    header = [field.text or "" for field in table.iterfind("fields/fieldname")]
    places = {_tag(heading): place for place, heading in enumerate(header)}
    rows = []
    for row in table.iterfind("rows/row"):
        cells = [""] * len(header)
        for cell in row:
            if cell.tag in places:
                cells[places[cell.tag]] = cell.text or ""
        rows.append(cells)
    numbers = list(range(1, len(rows) + 1))
    return TableFile(header, rows, numbers, "limesurvey", decimal_comma=False)


def refuse_survey(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Say that a survey is not its answers.

    Raises
    ------
    DataError
        Always.
    """
    del raw, options
    message = (
        f"{name} is a LimeSurvey survey without answers. Draft an instrument from it with "
        "innovsurvey new instrument --from, and read the responses that you exported."
    )
    raise DataError(message)


def _tag(heading: str) -> str:
    """Give the name that a column has as a tag."""
    masked = f"_{heading}" if heading[:1].isdigit() else heading
    return masked.replace("#", "-")


def _member(raw: bytes, ending: str, name: str) -> bytes:
    """Unpack the first file with an ending, if it is not far larger than answers can be.

    Raises
    ------
    DataError
        There is none, it cannot be unpacked, or it is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            fitting = [i for i in archive.infolist() if i.filename.lower().endswith(ending)]
            if not fitting:
                message = f"{name} is an archive without a file that ends in {ending}. {_AGAIN}"
                raise DataError(message)
            refuse_unpacked(len(raw), fitting[0].file_size, name)
            return b"".join(unpacked(raw, fitting[0]))
    except DAMAGED as error:
        if isinstance(error, DataError):
            raise
        message = f"{name} cannot be unpacked ({error}). {_AGAIN}"
        raise DataError(message) from None


def _names(raw: bytes) -> list[str]:
    """Give the names of the files in a zip archive; none where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return archive.namelist()
    except DAMAGED:
        return []
