"""Commands on instruments and questionnaires: list, explain, begin, translate, check, export."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

import typer

from innovsurvey.cli.parameters import FormOption, InstrumentArgument, write_new
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
from innovsurvey.questionnaire.export import export_questionnaire

if TYPE_CHECKING:
    from innovsurvey.questionnaire.export import Format

_BAD_INPUT: Final = 2

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
instruments_app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
new_app = typer.Typer(
    help="Begin something of your own.", no_args_is_help=True, rich_markup_mode=None
)
translate_app = typer.Typer(
    help="Add a language to an instrument: sheet out, filled sheet in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


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
    instrument_id: Annotated[
        str | None,
        typer.Argument(help="Id, for example team-voice; with --from the name of the file."),
    ] = None,
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
    name = re.search(r"^id: (\S+)", text, re.MULTILINE)
    path = out or Path(f"{name[1] if name else instrument_id}.yaml")
    write_new(path, text)
    what = "Change it part by part" if source is None else "Its first lines say what is left to do"
    typer.echo(f"Wrote {path}. {what}, then: innovsurvey check {path}")


@translate_app.command(name="sheet")
def translate_sheet_command(
    instrument: InstrumentArgument,
    language: Annotated[str, typer.Argument(help="Code of the new language, for example de.")],
    out: Annotated[Path, typer.Option(help="CSV file for the translator.")],
) -> None:
    """Write every text of an instrument to a sheet for a translator.

    Example: innovsurvey translate sheet collaborative-leadership de --out de.csv
    """
    sheet = translation_sheet(instrument, language)
    write_new(out, sheet.to_csv(index=False, lineterminator="\n"))
    typer.echo(f"Wrote {len(sheet)} texts to {out}. Fill in the column translation.")


@translate_app.command(name="add")
def translate_add_command(
    instrument: InstrumentArgument,
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
    write_new(out, text)
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
    questionnaire: InstrumentArgument,
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
    form: FormOption = None,
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
