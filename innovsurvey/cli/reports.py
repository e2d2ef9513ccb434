"""Commands that end in a report: publish, demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from innovsurvey.base.places import sample_path, shipped_folder
from innovsurvey.cli.parameters import numbers, pairs, spoken, write_csv
from innovsurvey.definitions.load import list_instruments
from innovsurvey.questionnaire.export import export_questionnaire
from innovsurvey.report.notebooks import publish
from innovsurvey.responses.read import read_responses
from innovsurvey.responses.scoring import score_scales

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


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
        parameters=numbers(pairs(parameter, "--parameter")),
        min_group_size=min_group_size,
        title=title,
    )
    for note in publication.notes:
        typer.echo(f"Note: {spoken(note)}")
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
    write_csv(scores.to_frame(), out / "scores.csv")
    questionnaire = export_questionnaire("self-assessment", out / "self-assessment.html")
    typer.echo(f"\n4 Questionnaire for managers, opens offline: {questionnaire.resolve()}")
    typer.echo("\n5 Report (runs a notebook, about 20 seconds)")
    notebook = shipped_folder("notebooks") / "leadership_climate.ipynb"
    publication = publish(notebook, sample, out / "site", title="Leadership climate")
    typer.echo(f"Scores: {out / 'scores.csv'}\nOpen in a browser: {publication.pages[0].resolve()}")
