"""The command line: each command parses, calls one public function, and prints."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

import typer

from innovsurvey.base.files import write_file
from innovsurvey.base.places import sample_path, shipped_folder
from innovsurvey.base.spreadsheet import guard_frame
from innovsurvey.definitions.explain import explain, find_scale
from innovsurvey.definitions.forms import (
    as_instrument,
    check_instrument,
    form_ids,
    list_forms,
    load_form,
)
from innovsurvey.definitions.load import list_instruments, shipped_instruments
from innovsurvey.definitions.translation import (
    add_translation,
    read_translation_sheet,
    translation_sheet,
)
from innovsurvey.drafting.new import new_instrument
from innovsurvey.errors import InnovSurveyError, NotebookError, SpecificationError
from innovsurvey.questionnaire.export import export_questionnaire
from innovsurvey.report.notebooks import publish
from innovsurvey.responses.read import read_responses
from innovsurvey.responses.scoring import score_scales

if TYPE_CHECKING:
    from innovsurvey.questionnaire.export import Format
    from innovsurvey.responses.model import Responses
    from innovsurvey.responses.sources import Platform

_BAD_INPUT: Final = 2
_SEPARATOR_WORDS: Final = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|"}
_FAILED_NOTEBOOK: Final = 1

app = typer.Typer(
    help="Surveys on innovation culture and public leadership, from questionnaire to evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

instruments_app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
new_app = typer.Typer(
    help="Begin something of your own.", no_args_is_help=True, rich_markup_mode=None
)
translate_app = typer.Typer(
    help="Add a language to an instrument: sheet out, filled sheet in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(instruments_app, name="instruments")
app.add_typer(new_app, name="new")
app.add_typer(translate_app, name="translate")

_FileArgument = Annotated[
    str,
    typer.Argument(help="Export of a platform, CSV or Excel file, folder of answers, or code."),
]
_InstrumentArgument = Annotated[
    str, typer.Argument(help="Id of a shipped instrument or questionnaire, or a YAML file.")
]
_IdOption = Annotated[str | None, typer.Option("--id", help="Column with the respondent id.")]
_GroupOption = Annotated[
    list[str] | None, typer.Option("--group", help="Column that tells groups; may be repeated.")
]
_ColumnOption = Annotated[
    list[str] | None,
    typer.Option("--column", help="HEADING=ITEM for a heading that is no item id; repeat."),
]
_EncodingOption = Annotated[str | None, typer.Option(help="Encoding, where the guess is wrong.")]
_SeparatorOption = Annotated[str | None, typer.Option(help="Separator, where the guess is wrong.")]
_SheetOption = Annotated[str | None, typer.Option(help="Sheet of an Excel file.")]
_PlatformOption = Annotated[
    str, typer.Option(help="limesurvey, kobo, qualtrics, redcap, innovsurvey, word, csv or excel.")
]
_FormOption = Annotated[str | None, typer.Option(help="Item set asked, for example core.")]


def main() -> None:
    """Run the command line; bad input ends with one sentence and exit code 2."""
    try:
        app()
    except NotebookError as error:
        _fail(error, _FAILED_NOTEBOOK)
    except InnovSurveyError as error:
        _fail(error, _BAD_INPUT)


@instruments_app.callback(invoke_without_command=True)
def instruments(context: typer.Context) -> None:
    """List the instruments and questionnaires that ship with the package.

    Example: innovsurvey instruments
    """
    if context.invoked_subcommand is None:
        typer.echo(f"Instruments\n{list_instruments().to_string(index=False)}")
        typer.echo(f"\nQuestionnaires\n{list_forms().to_string(index=False)}")


@instruments_app.command()
def show(
    name: Annotated[str, typer.Argument(help="Id of an instrument or scale.")],
    evidence: Annotated[bool, typer.Option(help="Show the whole evidence page.")] = False,
) -> None:
    """Explain an instrument, questionnaire or scale: items, scoring, evidence, uses.

    Example: innovsurvey instruments show convener
    """
    if name in form_ids():
        form = load_form(name)
        typer.echo(f"{form!r}\n\n{form.description.say()}\n\n{form.introduction.say()}")
        return
    library = shipped_instruments()
    found = {instrument.id: instrument for instrument in library}.get(name)
    if evidence and found is None:
        found, _ = find_scale(library, name)
    typer.echo(str(found.evidence()) if evidence and found else explain(library, name))


@new_app.command(name="instrument")
def new_instrument_command(
    instrument_id: Annotated[str, typer.Argument(help="Id, for example team-voice.")],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Survey to begin from: .lss, .qsf, XLSForm, REDCap dictionary, .sav, .dta, table.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; by default ID.yaml.")] = None,
) -> None:
    """Write an instrument of your own: a documented template, or a draft from a survey file.

    Example: innovsurvey new instrument team-voice --from survey.lss
    """
    text = new_instrument(instrument_id, source=source)
    path = out or Path(f"{instrument_id}.yaml")
    _write_new(path, text)
    what = "Change it part by part" if source is None else "Its first lines say what is left to do"
    typer.echo(f"Wrote {path}. {what}, then: innovsurvey check {path}")


@translate_app.command(name="sheet")
def translate_sheet_command(
    instrument: _InstrumentArgument,
    language: Annotated[str, typer.Argument(help="Code of the new language, for example de.")],
    out: Annotated[Path, typer.Option(help="CSV file for the translator.")],
) -> None:
    """Write every text of an instrument to a sheet for a translator.

    Example: innovsurvey translate sheet collaborative-leadership de --out de.csv
    """
    sheet = translation_sheet(instrument, language)
    _write_new(out, sheet.to_csv(index=False, lineterminator="\n"))
    typer.echo(f"Wrote {len(sheet)} texts to {out}. Fill in the column translation.")


@translate_app.command(name="add")
def translate_add_command(
    instrument: _InstrumentArgument,
    language: Annotated[str, typer.Argument(help="Code of the new language, for example de.")],
    sheet: Annotated[Path, typer.Argument(help="The filled sheet (CSV).")],
    name: Annotated[str, typer.Option(help="Name of the language in itself.")],
    out: Annotated[Path, typer.Option(help="New instrument file.")],
    right_to_left: Annotated[bool, typer.Option(help="Written from right to left.")] = False,
) -> None:
    """Put a filled sheet into an instrument, marked as a draft translation.

    Example: innovsurvey translate add leadership-climate de de.csv --name Deutsch --out new.yaml
    """
    filled = read_translation_sheet(sheet)
    direction: Literal["ltr", "rtl"] = "rtl" if right_to_left else "ltr"
    text = add_translation(instrument, filled, language, name=name, direction=direction)
    _write_new(out, text)
    typer.echo(f"Wrote {out} with {len(filled)} texts in {name}.")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Instrument file (YAML).")],
) -> None:
    """Check an instrument file and list every mistake with its place.

    Example: innovsurvey check my-instrument.yaml
    """
    problems = check_instrument(file)
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        typer.echo(f"{len(problems)} problem(s) in {file.name}.", err=True)
        raise typer.Exit(_BAD_INPUT)
    instrument = as_instrument(file)
    typer.echo(
        f"{file.name} is fine: {instrument.id}@{instrument.version}, "
        f"{len(instrument.items)} items, {len(instrument.scales)} scales."
    )


@app.command(name="export")
def export_command(
    questionnaire: _InstrumentArgument,
    out: Annotated[Path, typer.Option(help="File to write; its suffix tells the format.")],
    format: Annotated[
        str | None,
        typer.Option(
            help="html, limesurvey, limesurvey-tsv, xlsform, qualtrics, qualtrics-txt, redcap, "
            "surveyjs, docx, pdf, ddi or codebook; needed where the suffix leaves a choice."
        ),
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Main language; others may follow.")
    ] = None,
    version: Annotated[str | None, typer.Option(help="self, observer or another version.")] = None,
    form: _FormOption = None,
    manager: Annotated[str | None, typer.Option(help="Pseudonym of the manager, as M07.")] = None,
    project: Annotated[str | None, typer.Option(help="Pseudonym of the project, as P3.")] = None,
    wave: Annotated[str | None, typer.Option(help="Wave of a repeated survey, as W1.")] = None,
    sender: Annotated[
        str, typer.Option(help="Who asks and where answers go; stands on the first page.")
    ] = "",
    only: Annotated[bool, typer.Option("--only", help="The languages named and no other.")] = False,
) -> None:
    """Write a questionnaire for people to fill in: a web page, a survey platform, or paper.

    The first --language is the one to begin with; with --only people may choose from those named.

    Example: innovsurvey export self-assessment --format html --language da --out self.html
    """
    path = export_questionnaire(
        questionnaire,
        out,
        format=cast("Format | None", format),
        language=language[0] if language else None,
        languages=language if only else None,
        version=version,
        form=form,
        manager_id=manager,
        project_id=project,
        wave=wave,
        sender=sender,
    )
    typer.echo(f"Wrote {path} ({path.stat().st_size / 1000:.0f} kB).")


@app.command()
def read(
    file: _FileArgument,
    instrument: _InstrumentArgument,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the checked answers, log and quarantine.")
    ] = None,
    id_column: _IdOption = None,
    group: _GroupOption = None,
    column: _ColumnOption = None,
    form: _FormOption = None,
    encoding: _EncodingOption = None,
    separator: _SeparatorOption = None,
    sheet: _SheetOption = None,
    platform: _PlatformOption = "auto",
) -> None:
    """Read answers, check them against the instrument, and show what was changed.

    Example: innovsurvey read wave1.csv leadership-climate --id SUB --group COMPID --out checked
    """
    responses = _read_file(
        file, instrument, id_column, group, column, form, encoding, separator, sheet, platform
    )
    saved = "" if out is None else f"Saved in {responses.save(out)}"
    typer.echo(repr(responses))
    if len(responses.log):
        typer.echo(f"\nLog:\n{responses.log.head(20).to_string(index=False)}")
        hidden = len(responses.log) - 20
        typer.echo(f"({hidden} more lines)" if hidden > 0 else "", nl=hidden > 0)
    typer.echo(saved, nl=bool(saved))


@app.command()
def score(
    file: _FileArgument,
    instrument: _InstrumentArgument,
    out: Annotated[Path | None, typer.Option(help="CSV file for the scores, one row each.")] = None,
    id_column: _IdOption = None,
    group: _GroupOption = None,
    column: _ColumnOption = None,
    form: _FormOption = None,
    encoding: _EncodingOption = None,
    separator: _SeparatorOption = None,
    sheet: _SheetOption = None,
    platform: _PlatformOption = "auto",
) -> None:
    """Score the scales of everybody in a file; the groups stand beside the scores.

    Example: innovsurvey score wave1.csv leadership-climate --out scores.csv
    """
    responses = _read_file(
        file, instrument, id_column, group, column, form, encoding, separator, sheet, platform
    )
    scores = score_scales(responses)
    if out is not None:
        groups = responses.context[list(responses.group_columns)]
        table = scores.to_frame()
        clash = {name: f"{name}_group" for name in groups if name in table}
        _write_csv(groups.rename(columns=clash).join(table), out)
    typer.echo(f"{scores.title}\n{scores.summary().round(3).to_string()}")
    for note in (*responses.notes, *scores.notes):
        typer.echo(f"Note: {note}")
    typer.echo("" if out is None else f"Saved in {out}", nl=out is not None)


@app.command(name="publish")
def publish_command(
    notebooks: Annotated[list[Path], typer.Argument(help="Notebooks, or a folder of them.")],
    data: Annotated[Path | None, typer.Option(help="File with the answers.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the site.")] = Path("site"),
    parameter: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE for a parameter of the notebooks; repeat.")
    ] = None,
    min_group_size: Annotated[int, typer.Option(help="Groups below this size stay hidden.")] = 10,
    title: Annotated[str | None, typer.Option(help="Title of the site.")] = None,
) -> None:
    """Run notebooks on your data and write a site that opens offline.

    Example: innovsurvey publish notebooks/leadership_climate.ipynb --data wave1.csv --out site
    """
    publication = publish(
        notebooks,
        data,
        out,
        parameters=_numbers(_pairs(parameter, "--parameter")),
        min_group_size=min_group_size,
        title=title,
    )
    for note in publication.notes:
        typer.echo(f"Note: {note}")
    typer.echo(f"Open {publication.index}")


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for what the demo makes.")] = Path("demo"),
) -> None:
    """Take real answers from raw file to published report, and name the page to open.

    Example: innovsurvey demo --out demo
    """
    sample = sample_path("leadership-climate")
    typer.echo("1 Instruments\n" + list_instruments().to_string(index=False))
    responses = read_responses(sample, "leadership-climate")
    typer.echo(f"\n2 Answers from {sample.name}\n{responses.title}")
    scores = score_scales(responses)
    typer.echo(f"\n3 {scores.title}\n{scores.summary().round(3).to_string()}")
    _write_csv(scores.to_frame(), out / "scores.csv")
    questionnaire = export_questionnaire("self-assessment", out / "self-assessment.html")
    typer.echo(f"\n4 Questionnaire for managers, opens offline: {questionnaire.resolve()}")
    typer.echo("\n5 Report (runs a notebook, about 20 seconds)")
    notebook = shipped_folder("notebooks") / "leadership_climate.ipynb"
    publication = publish(notebook, sample, out / "site", title="Leadership climate")
    typer.echo(f"Scores: {out / 'scores.csv'}\nOpen in a browser: {publication.pages[0].resolve()}")


def _read_file(
    file: str,
    instrument: str,
    id_column: str | None,
    group: list[str] | None,
    column: list[str] | None,
    form: str | None,
    encoding: str | None,
    separator: str | None,
    sheet: str | None,
    platform: str,
) -> Responses:
    """Read a file by the options that all commands on a file have."""
    return read_responses(
        file,
        instrument,
        platform=cast("Platform", platform),
        id_column=id_column,
        group_column=group,
        columns=_pairs(column, "--column"),
        form=form,
        encoding=encoding,
        separator=_SEPARATOR_WORDS.get(separator or "", separator),
        sheet=sheet,
    )


def _pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    """Split NAME=VALUE texts."""
    pairs: dict[str, str] = {}
    for text in texts or []:
        name, equals, value = text.partition("=")
        if not (name and equals):
            message = f"{option} {text!r} is not of the form NAME=VALUE."
            raise SpecificationError(message)
        pairs[name] = value
    return pairs


def _numbers(pairs: dict[str, str]) -> dict[str, Any]:
    """Turn values that are whole numbers into numbers."""
    return {name: int(v) if re.fullmatch(r"-?[0-9]{1,15}", v) else v for name, v in pairs.items()}


def _write_csv(frame: Any, path: Path) -> None:
    """Write a frame as CSV in UTF-8, making the folder it goes to."""
    write_file(path, guard_frame(frame).to_csv(lineterminator="\n").encode())


def _write_new(path: Path, text: str) -> None:
    """Write a text file that is not there yet."""
    if path.exists():
        message = f"{path} is there already; name another file."
        raise SpecificationError(message)
    write_file(path, text.encode())


def _fail(error: InnovSurveyError, code: int) -> None:
    """Print an error as one sentence and leave with an exit code."""
    typer.echo(f"innovsurvey: {' '.join(str(error).split())}", err=True)
    sys.exit(code)
