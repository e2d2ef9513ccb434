"""Commands on answers: read, match, score, screen, report on the data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from innovsurvey.cli.parameters import Reading, reads_answers, spoken, write_csv
from innovsurvey.report.data_report import data_report
from innovsurvey.responses.match import match_columns
from innovsurvey.responses.scoring import score_scales
from innovsurvey.responses.screening import screen_responses
from innovsurvey.responses.writing import write_responses

if TYPE_CHECKING:
    from innovsurvey.responses.model import Responses

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)

_LOG_LINES: Final = 20


@app.command()
@reads_answers
def read(
    reading: Reading,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for answers, log and quarantine, or one file: .csv, .xlsx, .sav, .dta, "
            ".parquet."
        ),
    ] = None,
    texts: Annotated[bool, typer.Option(help="Write free texts to the file, too.")] = False,
    items: Annotated[bool, typer.Option(help="Show the table of items, too.")] = False,
) -> None:
    """Read answers, check them against the instrument, and show what was changed.

    Example: innovsurvey read wave1.csv leadership-climate --id SUB --group COMPID --out checked
    """
    responses = reading.responses()
    saved = [] if out is None else _save(responses, out, texts=texts)
    typer.echo(repr(responses) if items else _account(responses))
    if len(responses.log):
        typer.echo(f"\nLog:\n{responses.log.head(_LOG_LINES).to_string(index=False)}")
        hidden = len(responses.log) - _LOG_LINES
        typer.echo(f"({hidden} more lines)" if hidden > 0 else "", nl=hidden > 0)
    for line in saved:
        typer.echo(line)


@app.command()
@reads_answers
def match(
    reading: Reading,
    out: Annotated[
        Path | None, typer.Option(help="Mapping file (CSV) to look at and keep.")
    ] = None,
) -> None:
    """Show which column is which item, and save that as a file for --mapping.

    Example: innovsurvey match export.xlsx self-assessment --out mapping.csv
    """
    found = match_columns(reading.file, reading.instrument, **reading.source())
    typer.echo(repr(found))
    if out is not None:
        is_open = (found.columns["proposal"] != "").any()
        look = " Copy what is right of proposal into item." if is_open else ""
        typer.echo(f"Wrote {found.save(out)}.{look}")


@app.command()
@reads_answers
def score(
    reading: Reading,
    out: Annotated[Path | None, typer.Option(help="CSV file for the scores, one row each.")] = None,
) -> None:
    """Score the scales of everybody in a file; the groups stand beside the scores.

    Example: innovsurvey score wave1.csv leadership-climate --out scores.csv
    """
    responses = reading.responses()
    scores = score_scales(responses)
    if out is not None:
        groups = responses.context[list(responses.group_columns)]
        table = scores.to_frame()
        clash = {name: f"{name}_group" for name in groups if name in table}
        write_csv(groups.rename(columns=clash).join(table), out)
    typer.echo(f"{scores.title}\n{scores.summary().round(3).to_string()}")
    for note in (*responses.notes, *scores.notes):
        typer.echo(f"Note: {spoken(note)}")
    typer.echo("" if out is None else f"Saved in {out}", nl=out is not None)


@app.command()
@reads_answers
def screen(
    reading: Reading,
    out: Annotated[
        Path | None, typer.Option(help="CSV file for indices and flags, one row each.")
    ] = None,
) -> None:
    """Look for careless answering; people are only named for a look, none is left out.

    Example: innovsurvey screen wave1.csv leadership-climate --out flags.csv
    """
    found = screen_responses(reading.responses())
    typer.echo(f"{found.title}\n{found.summary().to_string()}")
    for note in found.notes:
        typer.echo(f"Note: {spoken(note)}")
    if out is not None:
        write_csv(found.to_frame(), out)
        typer.echo(f"Saved in {out}")


@app.command(name="data-report")
@reads_answers
def data_report_command(
    reading: Reading,
    out: Annotated[Path, typer.Option(help="HTML file to write.")],
    roster: Annotated[
        Path | None, typer.Option(help="Table of units and how many people were invited.")
    ] = None,
    min_group_size: Annotated[int, typer.Option(help="Groups below this size stay hidden.")] = 10,
) -> None:
    """Write one page on the quality of the data: what was read, changed, missing, flagged.

    Example: innovsurvey data-report wave1.csv leadership-climate --out data.html
    """
    responses = reading.responses()
    path = data_report(responses, out, roster=roster, min_group_size=min_group_size)
    typer.echo(f"Open {path}")


def _save(responses: Responses, out: Path, *, texts: bool) -> list[str]:
    """Save to one file where the path has a suffix, else to a folder; say where."""
    if not out.suffix or out.is_dir():
        return [f"Saved in {responses.save(out)}"]
    written = write_responses(responses, out, texts=texts)
    return [f"Saved in {written.path}", *(f"Note: {spoken(note)}" for note in written.notes)]


def _account(responses: Responses) -> str:
    """Say what was read and what was changed."""
    notes = [f"Note: {spoken(note)}" for note in responses.notes]
    return "\n".join([responses.title, *notes])
