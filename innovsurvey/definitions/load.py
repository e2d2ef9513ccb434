"""Find, check and load instrument files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from innovsurvey.base.checks import suggest
from innovsurvey.base.places import shipped_folder
from innovsurvey.definitions.build import build_instrument
from innovsurvey.definitions.meaning import check_meaning
from innovsurvey.definitions.shape import check_shape
from innovsurvey.definitions.yaml_file import Document, Problem, read_yaml
from innovsurvey.errors import DefinitionError

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Instrument


def list_instruments() -> pd.DataFrame:
    """List the instruments that ship with the package.

    Returns
    -------
    pandas.DataFrame
        One row per instrument and version: ``id``, ``version``, ``title``, ``status`` (of the
        validity evidence), ``n_items`` and ``languages``.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> isv.list_instruments()["id"].tolist()
    ['collaborative-leadership', 'leadership-climate']
    """
    instruments = [load_instrument(path) for path in _shipped_files()]
    rows = [
        {
            "id": instrument.id,
            "version": instrument.version,
            "title": instrument.title.say(),
            "status": instrument.validity.status,
            "n_items": len(instrument.items),
            "languages": ", ".join(language.code for language in instrument.languages),
        }
        for instrument in instruments
    ]
    return pd.DataFrame(rows)


def load_instrument(instrument: str | os.PathLike[str]) -> Instrument:
    """Load an instrument by id, by ``id@version``, or from a YAML file.

    Parameters
    ----------
    instrument
        ``"collaborative-leadership"``, ``"collaborative-leadership@1.0.0"`` or the path of a
        file. An id without version gives the newest one that ships.

    Returns
    -------
    Instrument
        Frozen; see :class:`innovsurvey.Instrument`.

    Raises
    ------
    DefinitionError
        No such instrument (the nearest id is suggested), or the file has mistakes; the message
        gives the first one with its line, ``check_instrument`` all of them.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> isv.load_instrument("leadership-climate").scale("TSIG").items
    ('TSIG01', 'TSIG02', 'TSIG03')
    """
    path = _find(instrument)
    document = _checked(path)
    if document.problems:
        first, n_more = document.problems[0], len(document.problems) - 1
        more = f" ({n_more} more: innovsurvey check {path.name})" if n_more else ""
        place = f"line {first.line}" + (f", {first.where}" if first.where else "")
        message = f"{first.message}{more}"
        raise DefinitionError(message, file=first.file, where=place)
    return build_instrument(document.data, str(path))


def check_instrument(path: str | os.PathLike[str]) -> list[Problem]:
    """Check an instrument file and list everything that is wrong with it.

    Two stages run over the whole file: its shape (the JSON Schema of the format), then its
    meaning (names that exist, texts in every language, scales that can be scored).

    Parameters
    ----------
    path
        The YAML file.

    Returns
    -------
    list of Problem
        Each with ``file``, ``line``, ``where`` and ``message``, in file order; empty when the
        file is fine.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> print(*isv.check_instrument("no-such-file.yaml"))
    no-such-file.yaml:1: the file cannot be read (No such file or directory).
    """
    return _checked(Path(path)).problems


def _checked(path: Path) -> Document:
    """Read a file and run both stages; problems come in file order."""
    document = read_yaml(path)
    if not document.problems or document.data is not None:
        check_shape(document)
        check_meaning(document)
    document.problems.sort(key=lambda problem: problem.line)
    return document


def _find(instrument: str | os.PathLike[str]) -> Path:
    """Find the file of an instrument, given as path, id or id@version."""
    name = os.fspath(instrument)
    if isinstance(instrument, os.PathLike) or _looks_like_path(name):
        return Path(name)
    instrument_id, _, version = name.partition("@")
    files = [path for path in _shipped_files() if path.stem.partition("@")[0] == instrument_id]
    if version:
        files = [path for path in files if _version_of(path) == version]
    if not files:
        ids = sorted({path.stem.partition("@")[0] for path in _shipped_files()})
        hint = suggest(instrument_id, ids)
        message = (
            f"there is no instrument {name!r}{hint}. Shipped: {', '.join(ids)}; or give the path "
            "of a YAML file."
        )
        raise DefinitionError(message)
    return max(files, key=lambda path: tuple(map(int, _version_of(path).split("."))))


def _looks_like_path(name: str) -> bool:
    """Tell a path from an id: it has a suffix or a separator."""
    return name.lower().endswith((".yaml", ".yml")) or "/" in name or os.sep in name


def _shipped_files() -> list[Path]:
    """List the instrument files that ship, by name."""
    return sorted(shipped_folder("instruments").glob("*.yaml"))


def _version_of(path: Path) -> str:
    """Read the version of a shipped file."""
    version: str = read_yaml(path).data["version"]
    return version
