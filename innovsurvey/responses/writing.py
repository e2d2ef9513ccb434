"""Write checked responses to a file that other programs read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from innovsurvey.base.checks import check_choice
from innovsurvey.base.results import Result
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.model import check_responses
from innovsurvey.responses.writing_labelled import write_spss, write_stata
from innovsurvey.responses.writing_plain import write_csv, write_excel, write_parquet
from innovsurvey.responses.written_sheet import make_sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from innovsurvey.responses.model import Responses
    from innovsurvey.responses.written_sheet import Sheet

_WRITERS: Final[dict[str, Callable[[Sheet, Path], list[str]]]] = {
    ".sav": write_spss,
    ".zsav": write_spss,
    ".dta": write_stata,
    ".csv": write_csv,
    ".xlsx": write_excel,
    ".parquet": write_parquet,
}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class WrittenResponses(Result):
    """A file of responses; it can be given to whatever takes a path.

    Parameters
    ----------
    path
        The file.
    columns
        Column of the responses and its name in the file.
    """

    path: Path
    columns: dict[str, str]

    def __fspath__(self) -> str:
        return str(self.path)

    @property
    def title(self) -> str:
        """Name the file, people and columns."""
        return f"{self.path.name}: {self.n_obs} people, {len(self.columns)} columns"

    def to_frame(self) -> pd.DataFrame:
        """Give one row per column: its name in the file."""
        names = pd.Series(self.columns, name="name_in_file", dtype=object)
        return names.rename_axis("column").to_frame()


def write_responses(
    responses: Responses,
    path: str | os.PathLike[str],
    *,
    language: str | None = None,
    texts: bool = False,
) -> WrittenResponses:
    """Write answers, reasons of missing cells and context to a file for another program.

    Parameters
    ----------
    responses
        What :func:`read_responses` gave.
    path
        The file; its ending says the kind: ``.sav`` or ``.zsav`` (SPSS), ``.dta`` (Stata),
        ``.csv``, ``.xlsx`` or ``.parquet``. A file that exists is replaced.
    language
        Language of the labels in SPSS and Stata; by default the first one of the instrument.
    texts
        True writes the columns in which people wrote in their own words, too.

    Returns
    -------
    WrittenResponses
        The path, the names of the columns in the file, and notes on what was shortened.

    Raises
    ------
    SpecificationError
        No such kind of file or language; the file cannot be written.
    DataError
        ``responses`` is something else.

    Notes
    -----
    Answers are written as given: reversed items are not turned round. In SPSS, every reason but
    "not answered" is a user-missing code with a label, in Stata an extended missing value
    (``.a`` to ``.z``). In the other kinds a reason of the response format is written as its code,
    "not shown" as -12, and any other one as its name in brackets, such as ``[out_of_range]``.
    In a CSV file, texts that a spreadsheet would run as a formula get an apostrophe in front,
    which reading takes off again.
    ``read_responses`` of the file, with ``id_column=`` the first column, gives the same ``data``
    and ``reasons``.

    Examples
    --------
    >>> import tempfile
    >>> import innovsurvey as isv
    >>> answers = isv.read_responses(isv.sample_path("leadership-climate"), "leadership-climate")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = isv.write_responses(answers, f"{folder}/climate.sav")
    ...     again = isv.read_responses(written, "leadership-climate")
    >>> written.title, again.data.equals(answers.data)
    ('climate.sav: 2042 people, 27 columns', True)
    """
    check_responses(responses, "write_responses")
    target = Path(os.fspath(path))
    kind = target.suffix.lower()
    check_choice(kind, "the ending of the file", tuple(_WRITERS))
    if target.is_dir():
        message = f"{target} cannot be written (it is a folder)."
        raise SpecificationError(message)
    sheet = make_sheet(responses, language, with_texts=texts)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        notes = _WRITERS[kind](sheet, target)
    except OSError as error:
        message = f"{target} cannot be written ({error.strerror or error})."
        raise SpecificationError(message) from None
    return WrittenResponses(
        path=target,
        columns=sheet.names,
        n_obs=responses.n_obs,
        notes=(*_left_out(responses, texts=texts), *notes),
    )


def _left_out(responses: Responses, *, texts: bool) -> list[str]:
    """Say what of the responses is not in the file."""
    notes = []
    if responses.texts.shape[1] and not texts:
        notes.append(
            f"{responses.texts.shape[1]} column(s) in people's own words are left out; "
            "texts=True writes them."
        )
    if responses.repeats:
        notes.append(f"{len(responses.repeats)} table(s) of repeated questions are left out.")
    if len(responses.quarantine):
        notes.append(f"{len(responses.quarantine)} row(s) in quarantine are left out.")
    return notes
