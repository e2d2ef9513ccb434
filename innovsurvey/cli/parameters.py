"""Arguments and options that several commands have, and how their values are read and written."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast, get_type_hints

import typer

from innovsurvey.base.files import write_file
from innovsurvey.base.spreadsheet import guard_frame
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.mapping_file import read_recode
from innovsurvey.responses.read import read_responses

if TYPE_CHECKING:
    from collections.abc import Callable

    from innovsurvey.responses.model import Responses
    from innovsurvey.responses.sources import Platform

_SEPARATOR_WORDS: Final = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|"}

# Options of Python as messages name them, and those of the command line.
_OPTIONS: Final = (
    (re.compile(r"recode=\{[^{}]*(\{[^{}]*\}[^{}]*)*\}"), "the --recode below"),
    (re.compile(r"columns=\{'heading in the file': '(\w+)'\}"), r"--column HEADING=\1"),
    (re.compile(r"check_codes=False"), "--no-check-codes"),
    (re.compile(r"partial=True"), "--partial"),
    (re.compile(r"texts=True"), "--texts"),
    (re.compile(r"(id|wave|group)_column=(?=['\"\w])"), r"--\1 "),
    (re.compile(r"(id|wave|group)_column="), r"--\1"),
    (re.compile(r"keep_personal="), "--keep-personal"),
    (re.compile(r"\b(platform|encoding|separator|sheet|recode)=(?=['\"\w])"), r"--\1 "),
    (re.compile(r"\b(platform|encoding|separator|sheet|recode)="), r"--\1"),
    (re.compile(r"\bcolumns="), "--column"),
)

FileArgument = Annotated[
    str,
    typer.Argument(help="Export of a platform, table of any kind, folder of answers, or code."),
]
InstrumentArgument = Annotated[
    str, typer.Argument(help="Id of a shipped instrument or questionnaire, or a YAML file.")
]
FormOption = Annotated[str | None, typer.Option(help="Item set asked, for example core.")]


@dataclass(frozen=True)
class Reading:
    """A file of answers and how to read it; every command on a file has these parameters."""

    file: FileArgument
    instrument: InstrumentArgument
    id_column: Annotated[
        str | None, typer.Option("--id", help="Column with the respondent id.")
    ] = None
    group: Annotated[
        list[str] | None, typer.Option("--group", help="Column that tells groups; may be repeated.")
    ] = None
    wave: Annotated[
        str | None, typer.Option("--wave", help="Column with the wave of a repeated survey.")
    ] = None
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="HEADING=ITEM for a heading that is no item id; repeat."),
    ] = None
    mapping: Annotated[
        Path | None, typer.Option(help="Mapping file, as innovsurvey match writes it.")
    ] = None
    recode: Annotated[
        list[str] | None,
        typer.Option(help="ITEM-OR-FORMAT:OLD=NEW;OLD=NEW for other codes; repeat."),
    ] = None
    check_codes: Annotated[
        bool, typer.Option(help="Refuse files whose codes mean something else.")
    ] = True
    keep_personal: Annotated[
        list[str] | None, typer.Option(help="Column with personal data to keep; repeat.")
    ] = None
    form: FormOption = None
    partial: Annotated[bool, typer.Option(help="Read a file in which items are missing.")] = False
    encoding: Annotated[str | None, typer.Option(help="Encoding, where the guess is wrong.")] = None
    separator: Annotated[str | None, typer.Option(help="Separator, where the guess is wrong.")] = (
        None
    )
    sheet: Annotated[str | None, typer.Option(help="Name or number (from 0) of the sheet.")] = None
    platform: Annotated[
        str,
        typer.Option(help="What the file is, where the guess is wrong: limesurvey, kobo, csv, ..."),
    ] = "auto"

    def source(self) -> dict[str, Any]:
        """Give the options that say how the file is read as a table."""
        return {
            "platform": cast("Platform", self.platform),
            "columns": self.columns(),
            "encoding": self.encoding,
            "separator": _SEPARATOR_WORDS.get(self.separator or "", self.separator),
            "sheet": self.sheet,
        }

    def columns(self) -> dict[str, str] | Path | None:
        """Give the map of columns, from the file or the options."""
        if self.mapping is not None and self.column:
            message = "--mapping and --column do not go together; put the columns into the file."
            raise SpecificationError(message)
        return self.mapping or pairs(self.column, "--column")

    def responses(self) -> Responses:
        """Read the answers."""
        return read_responses(
            self.file,
            self.instrument,
            id_column=self.id_column,
            group_column=self.group,
            wave_column=self.wave,
            recode=_recodes(self.recode),
            check_codes=self.check_codes,
            keep_personal=self.keep_personal or False,
            form=self.form,
            partial=self.partial,
            **self.source(),
        )


def reads_answers(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the parameters of :class:`Reading`; it gets them as its first argument."""
    _, *own = inspect.signature(command).parameters.values()
    hints = get_type_hints(Reading, include_extras=True)
    shared = {f.name: f for f in fields(Reading)}
    required = inspect.Parameter.empty
    reading = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=required if name in {"file", "instrument"} else f.default,
            annotation=hints[name],
        )
        for name, f in shared.items()
    ]
    own_hints = get_type_hints(command, include_extras=True)
    after = [
        p.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=own_hints[p.name]) for p in own
    ]

    @wraps(command)
    def run(**values: Any) -> None:
        asked = Reading(**{name: values.pop(name) for name in shared})
        command(asked, **values)

    parameters = [*reading[:2], *after, *reading[2:]]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def spoken(text: str) -> str:
    """Name options as the command line does, where a message names those of Python.

    Examples
    --------
    >>> spoken("use check_codes=False, or keep_personal= and wave_column='round'")
    "use --no-check-codes, or --keep-personal and --wave 'round'"
    """
    for python, option in _OPTIONS:
        text = python.sub(option, text)
    return text


def pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    """Split NAME=VALUE texts.

    Raises
    ------
    SpecificationError
        A text has no name or no sign of equality.
    """
    found: dict[str, str] = {}
    for text in texts or []:
        name, equals, value = text.partition("=")
        if not (name and equals):
            message = f"{option} {text!r} is not of the form NAME=VALUE."
            raise SpecificationError(message)
        found[name] = value
    return found


def numbers(found: dict[str, str]) -> dict[str, Any]:
    """Turn values that are whole numbers into numbers."""
    return {name: int(v) if re.fullmatch(r"-?[0-9]{1,15}", v) else v for name, v in found.items()}


def write_csv(frame: Any, path: Path) -> None:
    """Write a frame as CSV in UTF-8, making the folder it goes to."""
    write_file(path, guard_frame(frame).to_csv(lineterminator="\n").encode())


def write_new(path: Path, text: str) -> None:
    """Write a text file that is not there yet.

    Raises
    ------
    SpecificationError
        The file is there, or cannot be written.
    """
    if path.exists():
        message = f"{path} is there already; name another file."
        raise SpecificationError(message)
    write_file(path, text.encode())


def _recodes(texts: list[str] | None) -> dict[str, dict[str, float]]:
    """Split OWNER:OLD=NEW;OLD=NEW texts."""
    found = {}
    for text in texts or []:
        owner, colon, codes = text.partition(":")
        if not colon:
            message = f"--recode {text!r} is not of the form ITEM-OR-FORMAT:OLD=NEW;OLD=NEW."
            raise SpecificationError(message)
        found[owner.strip()] = read_recode(codes, owner)
    return found
