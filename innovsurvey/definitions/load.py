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
from innovsurvey.definitions.yaml_file import read_yaml
from innovsurvey.errors import DefinitionError

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Instrument
    from innovsurvey.definitions.yaml_file import Document


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
    >>> isv.list_instruments().set_index("id").loc["leadership-climate", "status"]
    'field-tested'
    """
    rows = [
        {
            "id": instrument.id,
            "version": instrument.version,
            "title": instrument.title.say(),
            "status": instrument.validity.status,
            "n_items": len(instrument.items),
            "languages": ", ".join(language.code for language in instrument.languages),
        }
        for instrument in shipped_instruments()
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
    path = find_instrument(instrument)
    return instrument_of(read_yaml(path), path)


def shipped_instruments() -> list[Instrument]:
    """Load all instruments that ship, by name."""
    return [load_instrument(path) for path in _shipped_files()]


def instrument_of(document: Document, path: Path) -> Instrument:
    """Build the instrument of a document, or raise the first mistake in it."""
    check_document(document)
    refuse_problems(document, path)
    return build_instrument(document.data, file=str(path), yaml=document.text)


def refuse_problems(document: Document, path: Path) -> None:
    """Raise the first problem of a document, and say how many more there are."""
    if not document.problems:
        return
    first, n_more = document.problems[0], len(document.problems) - 1
    more = f" ({n_more} more: innovsurvey check {path.name})" if n_more else ""
    place = f"line {first.line}" + (f", {first.where}" if first.where else "")
    message = f"{first.message}{more}"
    raise DefinitionError(message, file=first.file, where=place)


def check_document(document: Document) -> None:
    """Note every mistake in an instrument file; problems come in file order."""
    if document.data is not None:
        check_shape(document)
        check_meaning(document)
    elif not document.problems:
        check_shape(document)
    document.problems.sort(key=lambda problem: problem.line)


def find_instrument(instrument: str | os.PathLike[str]) -> Path:
    """Find the file of an instrument, given as path, id or id@version."""
    name = os.fspath(instrument)
    if isinstance(instrument, os.PathLike) or _looks_like_path(name):
        return Path(name)
    instrument_id, _, version = name.partition("@")
    files = [path for path in _shipped_files() if path.stem.partition("@")[0] == instrument_id]
    if version:
        files = [path for path in files if _version_of(path) == version]
    if not files:
        ids = instrument_ids()
        hint = suggest(instrument_id, ids)
        message = (
            f"there is no instrument {name!r}{hint}. Shipped: {', '.join(ids)}; or give the path "
            "of a YAML file."
        )
        raise DefinitionError(message)
    if len(files) == 1:
        return files[0]
    return max(files, key=lambda path: tuple(map(int, _version_of(path).split("."))))


def _looks_like_path(name: str) -> bool:
    """Tell a path from an id: it has a suffix or a separator."""
    return name.lower().endswith((".yaml", ".yml")) or "/" in name or os.sep in name


def instrument_ids() -> list[str]:
    """List the ids of the instruments that ship, without reading them."""
    return sorted({path.stem.partition("@")[0] for path in _shipped_files()})


def _shipped_files() -> list[Path]:
    """List the instrument files that ship, by name."""
    return sorted(shipped_folder("instruments").glob("*.yaml"))


def _version_of(path: Path) -> str:
    """Read the version of a shipped file."""
    version: str = read_yaml(path).data["version"]
    return version
