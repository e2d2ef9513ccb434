"""Load checked responses from a folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from innovsurvey.base.spreadsheet import unguard
from innovsurvey.definitions.forms import as_instrument
from innovsurvey.errors import DataError
from innovsurvey.responses.cells import reason_type
from innovsurvey.responses.model import LOG_TYPES, Responses
from innovsurvey.responses.saving import FRAMES, INSTRUMENT, LISTS, RECORD, REPEATS, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping


def load_responses(folder: str | os.PathLike[str]) -> Responses:
    """Load responses that were saved with :meth:`Responses.save`.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    Responses
        Equal to what was saved.

    Raises
    ------
    DataError
        The folder is missing or is no such save.

    Examples
    --------
    >>> import tempfile
    >>> import innovsurvey as isv
    >>> answers = isv.read_responses(isv.sample_path("leadership-climate"), "leadership-climate")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = isv.load_responses(answers.save(folder))
    >>> again.data.equals(answers.data)
    True
    """
    source = Path(os.fspath(folder))
    record = _read_record(source)
    try:
        return _rebuild(source, record)
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"the saved responses in {source} are damaged ({type(error).__name__}: {error})."
        raise DataError(message) from None


def _rebuild(source: Path, record: Mapping[str, Any]) -> Responses:
    """Put the parts of a save together again."""
    frames = {name: pd.read_parquet(source / f"{name}.parquet") for name in FRAMES}
    lists = {name: _read_list(source / f"{name}.csv") for name in LISTS}
    instrument = as_instrument(source / INSTRUMENT)
    types = {
        str(name): reason_type(instrument.format_of(str(name)), set(cells.dropna().astype(str)))
        for name, cells in frames["reasons"].items()
    }
    frames["reasons"] = frames["reasons"].astype(types)
    repeats = {
        name: pd.read_parquet(source / REPEATS / f"{i}.parquet")
        for i, name in enumerate(record["repeats"])
    }
    return Responses(
        instrument=instrument,
        form=record["form"],
        data=frames["data"],
        reasons=frames["reasons"],
        context=frames["context"],
        texts=frames["texts"],
        repeats=repeats,
        log=_typed_log(lists["log"]),
        quarantine=lists["quarantine"].astype({"row": "int64"}),
        group_columns=tuple(record["group_columns"]),
        provenance=record["provenance"],
        n_obs=len(frames["data"]),
        notes=tuple(record["notes"]),
    )


def _read_record(source: Path) -> Mapping[str, Any]:
    """Read the JSON record of a save."""
    path = source / RECORD
    if not path.is_file():
        message = f"{source} holds no saved responses: {RECORD} is not there."
        raise DataError(message)
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        message = f"{path} is damaged ({error})."
        raise DataError(message) from None
    schema = record.get("schema") if isinstance(record, dict) else None
    if schema != SCHEMA:
        message = f"{path} has the schema {schema!r}; this version reads {SCHEMA}."
        raise DataError(message)
    return record


def _read_list(path: Path) -> pd.DataFrame:
    """Read a CSV that :func:`_write_list` wrote; empty cells stay empty texts."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return frame.rename(columns=unguard).map(unguard)


def _typed_log(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn row numbers and counts of the log back into numbers."""
    rows = pd.to_numeric(frame["row"].where(frame["row"] != "", None))
    return frame.assign(row=rows).astype(LOG_TYPES)
