"""The sections of the data report on the file: what was read, changed and set aside."""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.report.data_report_html import bullets, heading, paragraph, shown_table, words
from innovsurvey.responses.cells import label_codes, normalise, split_pair
from innovsurvey.responses.model import SYNTHETIC_NOTE

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.model import Responses

_LABELS: Final = {
    "file": "File",
    "files": "Files",
    "size": "Size in bytes",
    "reader": "Read as",
    "platform": "Platform",
    "encoding": "Encoding",
    "separator": "Separator",
    "sheet": "Sheet",
    "read_on": "Read on",
}
# Lines about single people, whose old and new values may be ids or texts.
_PERSONAL_RULES: Final = frozenset({"id_missing", "duplicate_id", "cell_quarantined"})
_SHORT_NUMBER: Final = re.compile(r"-?\d{1,3}([.,]\d{1,3})?")
_MOST_CHANGES: Final = 40
_MOST_NAMES: Final = 12
_DUPLICATE: Final = "duplicate_id"


def file_name(responses: Responses) -> str:
    """Name the file, or say what else was read."""
    name = responses.provenance.get("file")
    return _plain_path(str(name)) if name else "the answers"


def synthetic_mark(responses: Responses) -> list[str]:
    """Say at the top where a program made the answers up."""
    return [paragraph(SYNTHETIC_NOTE, "warning")] if responses.is_synthetic else []


def read_section(responses: Responses) -> list[str]:
    """Tell the file, how it was read, and which columns were taken for what."""
    instrument = responses.instrument
    facts = {
        **{label: _fact(responses.provenance[k]) for k, label in _LABELS.items()
           if k in responses.provenance},
        "Instrument": f"{instrument.id}, version {instrument.version}, item set {responses.form}",
        "People": str(responses.n_obs),
        "Items": str(responses.data.shape[1]),
    }  # fmt: skip
    frame = pd.DataFrame({"value": list(facts.values())}, index=pd.Index(facts, name="what"))
    return [
        heading(2, "What was read"),
        shown_table(frame, "The file and how it was read"),
        *_fingerprint(responses),
        heading(3, "Notes of the reader"),
        bullets(_impersonal(responses)),
        heading(3, "Columns"),
        bullets(_columns(responses)),
    ]


def change_section(responses: Responses) -> list[str]:
    """Summarise the log by rule, and list old and new values that tell nobody apart."""
    log = responses.log[~_is_aside(responses.log)]
    personal = _is_personal(log, responses.instrument)
    parts = [heading(2, "What was changed")]
    if not len(log):
        return [*parts, paragraph("Nothing: every cell was taken as it stood.")]
    by_rule = log.groupby("rule", sort=False)
    summary = pd.DataFrame(
        {
            "n_cells": by_rule["n_cells"].sum(),
            "n_columns": by_rule["column"].nunique(),
            "n_rows": by_rule["row"].nunique(),
        }
    )
    summary["n_rows"] = [n or None for n in summary["n_rows"]]  # a whole column has none
    summary.index = pd.Index([words(str(rule)) for rule in summary.index], name="rule")
    parts.append(shown_table(summary, "Changes by rule"))
    parts.append(paragraph("Every single change is in responses.log."))
    values = _values(log[~personal])
    if len(values):
        left = len(values) - _MOST_CHANGES
        parts.append(shown_table(values.head(_MOST_CHANGES), "Old and new values"))
        parts += [paragraph(f"{left} more kinds of change are in the log.")] if left > 0 else []
    if len(values) < log["rule"].nunique() or personal.any():
        parts.append(
            paragraph(
                "Texts that people typed, long numbers and ids are not printed here, since they "
                "may tell who somebody is."
            )
        )
    return parts


def aside_section(responses: Responses) -> list[str]:
    """Count the rows in quarantine by reason, duplicates apart."""
    reasons = responses.quarantine["reason"].astype(str)
    parts = [heading(2, "What was set aside")]
    if not len(reasons):
        return [*parts, paragraph("No row: all rows of the file are among the answers.")]
    counts = reasons.value_counts(sort=False).rename("n_rows").to_frame()
    counts.index = pd.Index([words(reason) for reason in counts.index], name="reason")
    parts.append(shown_table(counts, "Rows in quarantine, by reason"))
    repeated = int((reasons == _DUPLICATE).sum())
    if repeated:
        parts += [
            heading(3, "Duplicates"),
            paragraph(
                f"{repeated} row(s) had an id that another row has, too. The newest row of each id "
                "is among the answers (by its date where the file has one, else the last); the "
                "others are in quarantine, whole."
            ),
        ]
    return parts


def _fingerprint(responses: Responses) -> list[str]:
    """Write the hash of the file below the table, where it can be broken over lines."""
    digest = responses.provenance.get("sha256")
    return [paragraph(f"SHA-256 of the file: {digest}")] if digest else []


def _impersonal(responses: Responses) -> list[str]:
    """Give the notes without names of files that people sent, and without what they typed."""
    log = responses.log
    personal = _is_personal(log, responses.instrument)
    typed = {*log.loc[personal, "old"].unique(), *_sent_files(responses)}
    typed = {text for text in typed if len(text) > 2}
    notes = list(responses.notes)
    for text in sorted(typed, key=len, reverse=True):
        notes = [note.replace(text, "(left out here)") for note in notes]
    return notes


def _columns(responses: Responses) -> list[str]:
    """Say which columns hold items, ids, units and the rest."""
    found = list(responses.data.columns)
    asked = set(responses.instrument.form(responses.form).items)
    absent = sorted(
        asked - set(found) - set(responses.context.columns) - set(responses.texts.columns)
    )
    rest = [str(n) for n in responses.context.columns if n not in responses.group_columns]
    said = [
        f"Items: {join_names(found, _MOST_NAMES)}.",
        f"Respondent: {responses.data.index.name or 'numbered in file order'}.",
    ]
    if absent:
        said.append(f"Items that are not in the file: {join_names(absent, _MOST_NAMES)}.")
    if responses.group_columns:
        said.append(f"Units: {join_names(responses.group_columns)}.")
    if len(responses.texts.columns):
        words = [str(name) for name in responses.texts.columns]
        said.append(f"Free text, kept apart and not in this report: {join_names(words)}.")
    if rest:
        said.append(f"Kept beside the answers: {join_names(rest, _MOST_NAMES)}.")
    return said


def _is_aside(log: pd.DataFrame) -> pd.Series[bool]:
    """Tell the lines about whole rows in quarantine."""
    return (log["column"] == "") & (log["new"] == "row in quarantine")


def _is_personal(log: pd.DataFrame, instrument: Instrument) -> pd.Series[bool]:
    """Tell lines whose values may say who a person is: anything but short numbers and labels."""
    short = log["old"].astype(str).str.fullmatch(_SHORT_NUMBER)
    of_cell = log["row"].notna() & (log["column"] != "")
    matched = log["rule"] == "label_matched"
    known = {words for format_ in instrument.formats for words in label_codes(format_)}
    typed = {text for text in log.loc[matched, "old"].unique() if _label_in(text) not in known}
    beside = matched & log["old"].isin(typed)  # a code with words of one's own behind it
    return log["rule"].isin(_PERSONAL_RULES) | ((of_cell | beside) & ~short)


def _label_in(text: str) -> str:
    """Give the label in an answer, which may have its code beside it."""
    pair = split_pair(text)
    return normalise(pair[1] if pair else text)


def _sent_files(responses: Responses) -> list[str]:
    """Name the files that people sent; their names often say who they are."""
    files = responses.provenance.get("files")
    return list(map(str, files)) if isinstance(files, (list, tuple)) else []


def _values(log: pd.DataFrame) -> pd.DataFrame:
    """Count the different changes, the most frequent first."""
    told = (log["old"] != "") | (log["new"] != "")
    shown = log[told].assign(
        rule=lambda frame: frame["rule"].map(words),
        new=lambda frame: frame["new"].where(frame["new"] != "", "missing"),
    )
    keys = ["rule", "column", "old", "new"]
    counted = shown.groupby(keys, sort=False)["n_cells"].sum().reset_index()
    counted = counted.sort_values("n_cells", ascending=False, kind="stable")
    return counted.set_index("rule")


def _fact(value: Any) -> str:
    """Write a fact about the file; a path is cut to its name, and files are only counted."""
    return str(len(value)) if isinstance(value, (list, tuple)) else _plain_path(str(value))


def _plain_path(text: str) -> str:
    """Keep the last part of a path."""
    return PurePosixPath(PureWindowsPath(text).name).name if re.search(r"[\\/]", text) else text
