"""Begin an instrument of one's own: from a template, or from a survey that exists."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from innovsurvey.definitions.template import template_text
from innovsurvey.drafting import (
    answers_table,
    labelled_data,
    limesurvey,
    qualtrics,
    redcap,
    xform,
    xlsform,
)
from innovsurvey.drafting.yaml_text import write_draft
from innovsurvey.errors import DataError, SpecificationError
from innovsurvey.responses.files.limesurvey_syntax import is_syntax
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import read_bytes, read_table

if TYPE_CHECKING:
    from innovsurvey.drafting.model import SurveyDraft

_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class _Drafter(Protocol):
    """What the module of a kind of survey file offers."""

    def recognise(self, raw: bytes, name: str) -> bool:
        """Tell by its content whether the file is of this kind."""

    def draft(self, raw: bytes, name: str) -> SurveyDraft:
        """Read the survey that the file describes."""


# Kinds of survey files, the most special first.
_DRAFTERS: Final[tuple[_Drafter, ...]] = (
    limesurvey,
    redcap,
    qualtrics,
    xform,
    xlsform,
    labelled_data,
    answers_table,
)
_KINDS: Final = (
    "a LimeSurvey survey (.lss), a Qualtrics survey (.qsf), an XLSForm (.xlsx) or XForm (.xml), a "
    "REDCap data dictionary (.csv), SPSS or Stata data (.sav, .dta), or a table of answers (.xlsx, "
    ".csv)"
)


def new_instrument(
    instrument_id: str | None = None, *, source: str | os.PathLike[str] | None = None
) -> str:
    """Give the text of a new instrument file: a template, or a draft made from a survey file.

    Parameters
    ----------
    instrument_id
        Id of the new instrument: lower-case words joined by hyphens; with a source it may be left
        out and is made from the name of the file.
    source
        A survey that exists: a LimeSurvey survey (``.lss``), a Qualtrics survey (``.qsf``), an
        XLSForm (``.xlsx``), a REDCap data dictionary (``.csv``), SPSS or Stata data with labels
        (``.sav``, ``.dta``), or a table of answers. Left out, every part is explained instead.

    Returns
    -------
    str
        A YAML file that passes ``innovsurvey check`` as it is, to be changed part by part. A
        draft says at its top what is left to do: licence, levels, reversed items, scales.

    Raises
    ------
    SpecificationError
        The id has other characters, or neither id nor source is given.
    DataError
        The file is none of these, or damaged.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> isv.new_instrument("team-voice").splitlines()[2]
    'id: team-voice'
    """
    path = None if source is None else Path(os.fspath(source))
    if instrument_id is None and path is not None:
        instrument_id = _id_of(path)
    if instrument_id is None or not _ID.fullmatch(instrument_id):
        message = (
            f"{instrument_id!r} cannot be the id of an instrument. Use lower-case words joined by "
            "hyphens, for example team-voice."
        )
        raise SpecificationError(message)
    if path is None:
        return template_text(instrument_id)
    return write_draft(draft_survey(path), instrument_id)


def _id_of(path: Path) -> str:
    """Make an id from the name of a file."""
    words = re.findall(r"[a-z0-9]+", path.stem.lower())
    return "-".join(words if words and words[0][0].isalpha() else ["survey", *words])


def draft_survey(path: Path) -> SurveyDraft:
    """Read the survey that a file describes.

    Raises
    ------
    DataError
        The file is of no kind that is known, or damaged; the data file of a syntax of LimeSurvey
        is not beside it.
    """
    raw = read_bytes(path)
    if is_syntax(raw):
        return labelled_data.draft_table(read_table(path, ReadOptions()), path.name)
    for drafter in _DRAFTERS:
        if drafter.recognise(raw, path.name):
            return drafter.draft(raw, path.name)
    message = f"{path.name} describes no survey that can be read. It may be {_KINDS}."
    raise DataError(message)
