"""Small notebooks for the tests of reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def cell(source: str, *tags: str) -> dict[str, Any]:
    """Make a cell: Markdown where it starts with a heading, else code."""
    metadata = {"tags": list(tags)} if tags else {}
    if source.startswith(("# ", "## ", "### ")) and not tags:
        return {"cell_type": "markdown", "metadata": metadata, "source": source}
    code = {"cell_type": "code", "execution_count": None, "outputs": []}
    return {**code, "metadata": metadata, "source": source}


def write_notebook(path: Path, *cells: dict[str, Any] | str) -> Path:
    """Write a notebook file from cells."""
    made = [cell(one) if isinstance(one, str) else one for one in cells]
    content = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
