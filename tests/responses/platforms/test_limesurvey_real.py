"""All exports of one real survey give one data set, with the instrument drafted from the survey."""

import csv
import io
import re
import zipfile
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.errors import DataError
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import read_table
from innovsurvey.responses.platforms import limesurvey

DATA = Path(__file__).parents[2] / "data" / "limesurvey"
FOR_R = "limonaid/survey_998192_R_data_file.csv"
EXPORTS = sorted(p.name for p in DATA.glob("resp*"))
# What a style of export cannot express: nothing in these files. Texts are whole in all of them,
# since the longest has 38 letters; Excel holds 32,767, Stata 244 or 2,045.
CANNOT: dict[str, set[str]] = {}


@pytest.fixture(scope="module")
def instrument(tmp_path_factory):
    """Draft the instrument; tests of drafts hold that the older dialect gives the same."""
    path = tmp_path_factory.mktemp("real") / "real.yaml"
    source = DATA / "real_db623.lss"
    path.write_text(isv.new_instrument("real", source=source), encoding="utf-8")
    return isv.load_instrument(path)


@pytest.fixture(scope="module")
def read(instrument):
    """Read an export once."""
    return cache(lambda file: isv.read_responses(DATA / file, instrument))


@cache
def raw_rows():
    """Give the plain export with codes, read here by hand."""
    text = (DATA / "resp_default_code_short.csv").read_bytes().decode("utf-8-sig")
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") if row]
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_there_are_fourteen_exports():
    kinds = sorted({Path(name).suffix for name in EXPORTS})
    assert len(EXPORTS) == 14
    assert kinds == [".csv", ".json", ".sav", ".xlsx", ".xml"]


@pytest.mark.parametrize("file", EXPORTS)
def test_every_export_gives_the_same_cells(file, read):
    got = read(file)
    assert got.data.shape == (14, 93)
    assert got.quarantine.empty
    assert got.data.index.tolist() == [int(row["id"]) for row in raw_rows()]
    for heading in raw_rows()[0]:
        item = heading.replace("[", "_").replace("]", "")
        if item in got.data.columns:
            assert_item(got, item, [row[heading] for row in raw_rows()])
        elif item in got.texts.columns:
            wanted = [row[heading].strip() for row in raw_rows()]
            assert got.texts[item].fillna("").tolist() == wanted, item
    assert {*got.data.columns, *got.texts.columns} | CANNOT.get(file, set()) == {
        heading.replace("[", "_").replace("]", "")
        for heading in raw_rows()[0]
        if heading not in {"id", "submitdate", "lastpage", "startlanguage", "seed"}
    }


def assert_item(got, item, cells):
    """Compare an item, cell by cell, with the codes of the plain export."""
    for respondent, cell in zip(got.data.index, cells, strict=True):
        value, reason = got.data.loc[respondent, item], got.reasons.loc[respondent, item]
        if item == "ROLE" and cell == "99":
            assert reason == "prefer_not_to_say"
        elif cell:
            assert value == {"Y": 1, "N": 2}.get(cell, cell if item == "CONSENT" else int(cell))
            assert pd.isna(reason)
        else:
            assert reason == "not_answered"


@pytest.mark.parametrize("file", EXPORTS)
def test_every_export_gives_the_same_dates_and_seeds(file, read):
    got = read(file).context
    dates = [row["submitdate"] for row in raw_rows()]
    wanted = ["" if date.startswith("1980") else date for date in dates]
    assert got["submitdate"].fillna("").tolist() == wanted
    assert got["finished"].tolist() == [1] * 14
    for name in ("lastpage", "seed"):
        assert got[name].fillna(-1).tolist() == [int(row[name] or -1) for row in raw_rows()]
    assert got["startlanguage"].tolist() == [row["startlanguage"] for row in raw_rows()]


def test_masked_means_that_equals_signs_are_guarded():
    """One cell differs: a mark keeps spreadsheets from working out what a person wrote."""
    plain, masked = (
        (DATA / f"resp_{name}.csv").read_bytes() for name in ("default_code_short", "masked")
    )
    assert masked.replace(b"'=HYPERLINK", b"=HYPERLINK") == plain
    assert masked.count(b"'=") == 1


def archive_of(rows):
    """Put the plain export into an archive, with the names of the data base and no empty cells."""
    survey = (DATA / "real_db623.lss").read_text("utf-8")
    named = names_in(survey)
    body = "".join(
        "<row>"
        + "".join(
            f"<{tag}><![CDATA[{cell}]]></{tag}>"
            for heading, cell in row.items()
            if cell
            for tag in [("_" if named[heading][0].isdigit() else "") + named[heading]]
        )
        + "</row>"
        for row in rows
    )
    fields = "".join(f"<fieldname>{name}</fieldname>" for name in named.values())
    start = "<LimeSurveyDocType>Responses</LimeSurveyDocType><DBVersion>623</DBVersion>"
    answers = f"<responses><fields>{fields}</fields><rows>{body}</rows></responses>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("survey_100001_responses.lsr", f"<document>{start}{answers}</document>")
        archive.writestr("survey_100001.lss", survey)
    return stream.getvalue()


def names_in(survey):
    """Give the name of each column in the data base, looked up in the survey file."""
    part = survey.partition("<questions>")[2].partition("</questions>")[0]
    found = re.findall(
        r"<qid><!\[CDATA\[(\d+)\]\]></qid>.*?<gid><!\[CDATA\[(\d+).*?<title><!\[CDATA\[(\w+)", part
    )
    numbers = {code: f"100001X{gid}X{qid}" for qid, gid, code in found}
    named = {}
    for heading in raw_rows()[0]:
        code, _, row = heading.partition("[")
        named[heading] = numbers[code] + row.rstrip("]") if code in numbers else heading
    return named


def test_an_archive_gives_the_same_cells(instrument, tmp_path):
    path = tmp_path / "survey_archive_100001.lsa"
    path.write_bytes(archive_of(raw_rows()))
    got = isv.read_responses(path, instrument)
    expected = isv.read_responses(DATA / "resp_default_code_short.csv", instrument)
    pd.testing.assert_frame_equal(got.data, expected.data)
    pd.testing.assert_frame_equal(got.context, expected.context)
    assert got.texts.fillna("").equals(expected.texts.fillna(""))


def answers_alone(tmp_path):
    """Take the answers out of the archive."""
    inside = zipfile.ZipFile(io.BytesIO(archive_of(raw_rows())))
    path = tmp_path / "answers.lsr"
    path.write_bytes(inside.read("survey_100001_responses.lsr"))
    return path


def test_answers_alone_are_told_by_their_order_with_a_note(instrument, read, tmp_path):
    got = isv.read_responses(answers_alone(tmp_path), instrument)
    pd.testing.assert_frame_equal(got.data, read("resp_default_code_short.csv").data)
    assert any("Look whether it is the same survey." in note for note in got.notes)


def test_answers_alone_with_a_column_less_are_not_guessed(instrument, tmp_path):
    path = answers_alone(tmp_path)
    raw = path.read_bytes()
    named = re.search(rb"<fieldname>\d+X\d+X\d+</fieldname>", raw)[0]
    path.write_bytes(raw.replace(named, b"", 1))
    with pytest.raises(isv.errors.MissingItemsError):
        isv.read_responses(path, instrument)


ENTITY = b"<!DOCTYPE a [<!ENTITY b 'c'>]>"
RESPONSES = b"<document><LimeSurveyDocType>Responses</LimeSurveyDocType>"


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("deep.json", b'{"responses": ' + b"[" * 200_000, "nested too deeply"),
        ("cut.json", b'{"responses": [{"id": 1', "cannot be read as a JSON export"),
        ("odd.json", b'{"responses": {"a": 1}}', "no list of people"),
        ("numbers.json", b'{"responses": [1, 2]}', "no list of people"),
        ("bomb.lsr", ENTITY + RESPONSES + b"&b;</document>", "document type"),
        ("cut.lsr", RESPONSES, "cannot be read as answers"),
        ("none.lsr", RESPONSES + b"</document>", "was the survey ever answered"),
        ("bomb.xml", ENTITY + b"<dta>&b;</dta>", "document type"),
        ("structure.txt", (DATA / "real_structure.txt").read_bytes(), "survey without answers"),
        ("empty.xml", b"<?xml version='1.0'?><dta><header/></dta>", "names no variables"),
    ],
)
def test_hostile_files_are_refused_with_a_sentence(name, raw, why, tmp_path):
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(DataError, match=why):
        read_table(tmp_path / name, ReadOptions())


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"a.lss": b"<document/>"}, "no question in it"),
        ({"a.lss": b"0" * 30_000_000}, "would unpack"),
        ({"a.lss": b"<a"}, "cannot be read as a LimeSurvey survey"),
        ({"../a.lss": (DATA / "real_db623.lss").read_bytes()}, "without a file that ends in"),
    ],
    ids=["nothing asked", "bomb", "damaged", "no answers"],
)
def test_archives_that_hold_no_answers_are_refused(members, why, tmp_path):
    path = tmp_path / "x.lsa"
    path.write_bytes(zipped(members))
    with pytest.raises(DataError, match=why):
        read_table(path, ReadOptions())


@pytest.mark.parametrize(
    ("file", "heading", "reason"),
    [
        (FOR_R, "Response ID", "Date submitted, Last page"),
        ("resp.json", "id", "only LimeSurvey writes files of this kind"),
    ],
)
def test_real_files_are_known(file, heading, reason, instrument):
    table = read_table(DATA / file, ReadOptions())
    assert table.header[0] == heading
    assert reason in limesurvey.recognise(table, instrument)


def test_a_real_file_for_r_keeps_ids_dates_and_languages(instrument):
    table = read_table(DATA / FOR_R, ReadOptions())
    got = limesurvey.to_items(table, instrument)
    assert got.header[:5] == ["id", "submitdate", "lastpage", "startlanguage", "seed"]
    assert [row[0] for row in got.rows] == [row[0] for row in table.rows]
    assert {"startdate", "datestamp", "finished"} <= set(got.header)
    assert len(got.rows) == len(table.rows)


def test_a_real_syntax_for_r_names_and_labels_its_data_file(instrument):
    table = read_table(DATA / FOR_R.replace("data_file.csv", "syntax_file.R"), ReadOptions())
    plain = read_table(DATA / FOR_R, ReadOptions())
    assert len(table.rows) == len(plain.rows)
    assert [row[:5] for row in table.rows] == [row[:5] for row in plain.rows]
    name = table.header[8]
    assert table.labels[name] == {"no": "Over my dead body", "yes": "Yes please"}
    assert table.labels[table.header[12]] == {"1": "Yes", "0": "Not selected"}
    assert table.texts[table.header[7]].startswith("Dear colleague")
    assert "resilience of employees" in table.texts[table.header[7]].replace("\\", "")
    assert "only LimeSurvey" in limesurvey.recognise(table, instrument)
