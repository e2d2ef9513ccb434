"""The command line: each command parses, calls one public function, and prints."""

from __future__ import annotations

import sys
from typing import Final

import typer

from innovsurvey.cli import answers, definitions, reports
from innovsurvey.cli.parameters import spoken
from innovsurvey.errors import InnovSurveyError, NotebookError
from innovsurvey.responses.mapping_file import write_recode

_BAD_INPUT: Final = 2
_FAILED_NOTEBOOK: Final = 1

app = typer.Typer(
    help="Surveys on innovation culture and public leadership, from questionnaire to evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(definitions.instruments_app, name="instruments")
app.add_typer(definitions.new_app, name="new")
app.add_typer(definitions.translate_app, name="translate")
for _commands in (definitions.app, answers.app, reports.app):
    app.registered_commands += _commands.registered_commands


def main() -> None:
    """Run the command line; bad input ends with one sentence and exit code 2."""
    try:
        app()
    except NotebookError as error:
        _fail(error, _FAILED_NOTEBOOK)
    except InnovSurveyError as error:
        _fail(error, _BAD_INPUT)


def _fail(error: InnovSurveyError, code: int) -> None:
    """Print an error as one sentence and leave with an exit code."""
    typer.echo(f"innovsurvey: {' '.join(spoken(str(error)).split())}", err=True)
    for owner, codes in getattr(error, "recode", {}).items():
        typer.echo(f'    --recode "{owner}:{write_recode(codes)}"', err=True)
    sys.exit(code)
