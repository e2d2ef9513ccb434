"""Parameters of a notebook: one tagged cell of plain assignments, overridden by an injected one."""

from __future__ import annotations

import ast
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.errors import SpecificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TAG: Final = "parameters"
INJECTED_TAG: Final = "injected-parameters"


def parameter_cell(cells: Iterable[Any], where: str) -> int | None:
    """Find the code cell tagged ``parameters``; ``None`` where the notebook has none."""
    found = [
        position
        for position, cell in enumerate(cells)
        if cell["cell_type"] == "code" and TAG in cell["metadata"].get("tags", [])
    ]
    if len(found) > 1:
        message = f'{where} has {len(found)} cells tagged "{TAG}". Keep the tag on one of them.'
        raise SpecificationError(message)
    return found[0] if found else None


def read_parameters(source: str, where: str) -> dict[str, Any]:
    r"""Read the names and defaults of a parameters cell without running it.

    Parameters
    ----------
    source
        The code of the cell.
    where
        The notebook, for messages.

    Raises
    ------
    SpecificationError
        The cell holds anything but ``name = literal``.

    Examples
    --------
    >>> read_parameters("wave = 1  # which one\nlanguage = 'en'", "climate.ipynb")
    {'wave': 1, 'language': 'en'}
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        message = f"{where}: the parameters cell is not valid Python (line {error.lineno})."
        raise SpecificationError(message) from error
    return dict(_assignment(statement, where) for statement in statements)


def check_names(given: Iterable[str], known: Iterable[str], where: str) -> None:
    """Refuse parameters that no notebook has; the nearest name is suggested."""
    known = list(known)
    unknown = [name for name in given if name not in known]
    if unknown:
        listed = join_names([f"{name}{suggest(name, known)}" for name in unknown])
        have = f"It has {join_names(known, 12)}." if known else "It has no parameters cell."
        message = f"{len(unknown)} parameter(s) not found in {where}: {listed}. {have}"
        raise SpecificationError(message)


def injected_source(values: Mapping[str, Any]) -> str:
    """Write the assignments of the injected cell.

    Examples
    --------
    >>> print(injected_source({"wave": 2, "units": ["a", "b"]}))
    # Parameters of this run
    wave = 2
    units = ['a', 'b']
    """
    lines = [f"{name} = {literal(value, name)}" for name, value in values.items()]
    return "\n".join(["# Parameters of this run", *lines])


def literal(value: Any, name: str) -> str:
    """Write a value as a Python literal; paths become absolute texts.

    Raises
    ------
    SpecificationError
        The value is no text, number, Boolean, ``None``, path, list, tuple or dict of these.
    """
    if isinstance(value, Path):
        return repr(str(value.resolve()))
    if hasattr(value, "item") and type(value).__module__ == "numpy":
        value = value.item()
    if value is None or type(value) in (str, int, bool):
        return repr(value)
    if type(value) is float and math.isfinite(value):
        return repr(value)
    return _container(value, name)


def _container(value: Any, name: str) -> str:
    """Write a list, tuple or dict of literals."""
    if type(value) is list:
        return f"[{', '.join(literal(part, name) for part in value)}]"
    if type(value) is tuple:
        inner = "".join(f"{literal(part, name)}, " for part in value)
        return f"({inner.rstrip() if len(value) == 1 else inner.removesuffix(', ')})"
    if type(value) is dict:
        pairs = (f"{literal(key, name)}: {literal(part, name)}" for key, part in value.items())
        return "{" + ", ".join(pairs) + "}"
    message = (
        f"parameter {name} holds {value!r}, which cannot be written into a notebook. Give text, "
        "a finite number, True, False, None, or a list, tuple or dict of these."
    )
    raise SpecificationError(message)


def _assignment(statement: ast.stmt, where: str) -> tuple[str, Any]:
    """Read one ``name = literal``."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target, value = statement.target, statement.value
    else:
        raise SpecificationError(_not_plain(statement, where))
    if not isinstance(target, ast.Name):
        raise SpecificationError(_not_plain(statement, where))
    try:
        return target.id, ast.literal_eval(value)
    except ValueError as error:
        raise SpecificationError(_not_plain(statement, where)) from error


def _not_plain(statement: ast.stmt, where: str) -> str:
    """Say which line of the parameters cell is no plain assignment."""
    return (
        f"{where}: line {statement.lineno} of the parameters cell, "
        f"{ast.unparse(statement).splitlines()[0]!r}, is not of the form name = value. "
        "Keep only texts, numbers, True, False, None, lists and dicts there."
    )
