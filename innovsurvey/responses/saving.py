"""Save checked responses to a folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from innovsurvey.base.spreadsheet import guard_frame
from innovsurvey.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from innovsurvey.responses.model import Responses

FRAMES: Final = ("data", "reasons", "context", "texts")
REPEATS: Final = "repeats"
LISTS: Final = ("log", "quarantine")
RECORD: Final = "responses.json"
INSTRUMENT: Final = "instrument.yaml"
SCHEMA: Final = "responses-2"


def save_responses(responses: Responses, folder: str | os.PathLike[str]) -> Path:
    """Save responses to a folder, complete; :func:`load_responses` gives them back.

    Answers, reasons, context, texts and repeated questions go to Parquet files, the log and the
    quarantined rows to CSV files that open in a spreadsheet (a text that a spreadsheet would run
    as a formula gets an apostrophe in front), the rest to ``responses.json``; the instrument file
    is kept beside them.

    Parameters
    ----------
    responses
        What :func:`read_responses` gave.
    folder
        Made if it does not exist; files of an earlier save are replaced.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    DataError
        The folder is a file, holds other files than an earlier save, or cannot be written.
    """
    target = Path(os.fspath(folder))
    _make_folder(target)
    try:
        _save_parts(responses, target)
    except OSError as error:
        message = f"the responses cannot be saved in {target} ({error.strerror or error})."
        raise DataError(message) from None
    return target


def _save_parts(responses: Responses, target: Path) -> None:
    """Save one part after the other; tables of an earlier save that are no more are removed."""
    for name in FRAMES:
        frame = getattr(responses, name)
        frame.rename_axis(index=frame.index.name or "respondent").to_parquet(
            target / f"{name}.parquet"
        )
    for earlier in (target / REPEATS).glob("*.parquet"):
        earlier.unlink()
    for i, frame in enumerate(responses.repeats.values()):
        path = target / REPEATS / f"{i}.parquet"
        path.parent.mkdir(exist_ok=True)
        frame.to_parquet(path)
    for name in LISTS:
        _write_list(getattr(responses, name), target / f"{name}.csv")
    (target / INSTRUMENT).write_text(responses.instrument.yaml, encoding="utf-8")
    record = {
        "schema": SCHEMA,
        "instrument": f"{responses.instrument.id}@{responses.instrument.version}",
        "form": responses.form,
        "group_columns": responses.group_columns,
        "repeats": list(responses.repeats),
        "provenance": responses.provenance,
        "notes": responses.notes,
    }
    text = json.dumps(record, indent=2, ensure_ascii=False)
    (target / RECORD).write_text(text + "\n", encoding="utf-8")


def _make_folder(target: Path) -> None:
    """Make the folder; refuse to mix with files of somebody else."""
    if target.exists() and not target.is_dir():
        message = f"{target} is a file; name a folder for the responses."
        raise DataError(message)
    try:
        target.mkdir(parents=True, exist_ok=True)
        is_foreign = any(target.iterdir()) and not (target / RECORD).is_file()
    except OSError as error:
        message = f"the folder {target} cannot be made ({error.strerror})."
        raise DataError(message) from None
    if is_foreign:
        message = f"the folder {target} holds other files. Name a new or empty folder."
        raise DataError(message)


def _write_list(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame of texts as CSV with guarded formulas."""
    guarded = guard_frame(frame.astype(object).where(frame.notna(), ""))
    guarded.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
