"""Notebook files: find them, read them, make cells."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMAT: Final = 4


def find(notebooks: str | Path | Sequence[str | Path]) -> list[Path]:
    """List the notebook files meant."""
    if not isinstance(notebooks, (str, Path)):
        return [path for one in notebooks for path in find(one)]
    path = Path(notebooks)
    if path.is_dir():
        found = sorted(path.glob("*.ipynb"))
        if not found:
            message = f"no notebook (.ipynb) in the folder {notebooks}."
            raise ReportError(message)
        return found
    if not path.is_file():
        message = f"notebook not found: {notebooks}."
        raise ReportError(message)
    return [path]


def name_pages(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Give each notebook the name of its page; two of the same name are refused."""
    named: dict[str, Path] = {}
    for path in paths:
        name = "-".join(re.findall(r"\w+", path.stem.lower())) or "page"
        name = "index-page" if name == "index" else name
        if name in named:
            message = f"{named[name]} and {path} would both become {name}.html. Rename one."
            raise ReportError(message)
        named[name] = path
    if not named:
        message = "no notebook given."
        raise ReportError(message)
    return [(path, name) for name, path in named.items()]


def read(path: Path) -> Any:
    """Read a notebook file, with cell ids that do not depend on chance."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        message = f"{path} is not a notebook: {_reason(error)}. Open and save it in JupyterLab."
        raise ReportError(message) from error
    notebook = _validated(raw, path)
    spoken = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if str(spoken).lower() != "python":
        message = f"{path} is written in {spoken}. Only notebooks in Python can be published."
        raise ReportError(message)
    return notebook


def _validated(raw: Any, path: Path) -> Any:
    """Check what was read against the notebook format."""
    import nbformat

    cells = raw.get("cells") if isinstance(raw, dict) else None
    if not isinstance(cells, list) or raw.get("nbformat") != _FORMAT:
        message = f"{path} is not a notebook of format 4. Open and save it in JupyterLab."
        raise ReportError(message)
    named = [{**cell, "id": f"cell-{n}"} for n, cell in enumerate(cells) if isinstance(cell, dict)]
    reads: Any = nbformat.reads
    validate: Any = nbformat.validate
    try:
        notebook = reads(json.dumps({**raw, "cells": named, "nbformat_minor": 5}), _FORMAT)
        validate(notebook)
    except nbformat.ValidationError as error:
        message = f"{path} is not a valid notebook: {error.message}. Mend it in JupyterLab."
        raise ReportError(message) from error
    return notebook


def _reason(error: Exception) -> str:
    """Say in a few words why a file could not be read."""
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno} is not valid JSON"
    return "it is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def code_cell(source: str, name: str, tag: str) -> Any:
    """Make a code cell."""
    cell = {"cell_type": "code", "id": name, "metadata": {"tags": [tag]}, "source": source}
    return _node({**cell, "execution_count": None, "outputs": []})


def text_cell(source: str, name: str) -> Any:
    """Make a Markdown cell."""
    return _node({"cell_type": "markdown", "id": name, "metadata": {}, "source": source})


def html_output(body: str) -> Any:
    """Make an output that shows HTML."""
    return _node({"output_type": "display_data", "data": {"text/html": body}, "metadata": {}})


def _node(raw: dict[str, Any]) -> Any:
    """Turn a dict of a notebook file into the node that nbclient and nbconvert take."""
    import nbformat

    from_dict: Any = nbformat.from_dict
    return from_dict(raw)
