"""Every row of a file is in the answers or in quarantine, whatever stands in it."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import innovsurvey as isv

INSTRUMENT = """\
id: rows
version: 0.1.0
source: {citation: Invented, licence: CC0-1.0}
formats:
  agree:
    level: ordinal
    anchors: none
    points: [{value: 1}, {value: 2}, {value: 3}]
    missing: [{code: -8, reason: cannot_judge, label: {en: Cannot judge}}]
items:
  - {id: q1, format: agree, text: {en: One}}
  - {id: q2, format: agree, text: {en: Two}}
context:
  - {id: who, role: respondent}
"""
CELL = st.sampled_from(
    ["", "1", "2", "3", "-8", "9", "Cannot judge", "NA", " ", "x\ny", '"', "1,5"]
)
ROW = st.lists(CELL, min_size=0, max_size=7)
WHO = st.sampled_from(["a", "b", "c", "", "0012", "a "])


@pytest.fixture(scope="module")
def instrument(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "rows.yaml"
    path.write_text(INSTRUMENT, encoding="utf-8")
    return isv.load_instrument(path)


def as_text(rows, separator):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def accounted(answers):
    """Give the marks of all rows in the answers or in quarantine."""
    kept = answers.context["mark"].dropna().tolist()
    aside = answers.quarantine.drop(columns=["row", "reason"]).to_numpy().ravel().tolist()
    return sorted(kept + [cell for cell in aside if str(cell).startswith("mark")])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.tuples(WHO, ROW), min_size=1, max_size=8),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-16", "windows-1252"]),
    suffix=st.sampled_from([".csv", ".xlsx", ".sav", ".parquet"]),
)
def test_no_row_is_lost(tmp_path, instrument, rows, separator, encoding, suffix):
    full = [[f"mark{i}", who, *cells] for i, (who, cells) in enumerate(rows)]
    marks = sorted(row[0] for row in full)
    header = ["mark", "who", "q1", "q2"]
    path = tmp_path / f"rows{suffix}"
    if suffix == ".csv":
        path.write_bytes(as_text([header, *full], separator).encode(encoding))
    else:
        write_frame(pd.DataFrame([[*row, *[""] * 4][:4] for row in full], columns=header), path)
    options = {"separator": separator} if suffix == ".csv" else {}
    try:
        answers = isv.read_responses(path, instrument, check_codes=False, **options)
    except isv.errors.DataError as error:
        assert "no row of the file has an answer" in str(error)  # noqa: PT017
        return
    assert accounted(answers) == marks
    assert len(answers.data) + len(answers.quarantine) == len(rows)


def write_frame(frame, path):
    """Write a frame of texts as a file of another kind."""
    import pyreadstat

    if path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        pyreadstat.write_sav(frame, path)
