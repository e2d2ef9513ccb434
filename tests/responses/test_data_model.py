"""Personal data stay out, free text apart, waves and repeated ids are told, nothing is lost."""

import time
from dataclasses import replace

import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.responses.personal import is_personal
from innovsurvey.responses.subset import subset

from .make_files import climate, write


def read(frame, **options):
    """Read answers to leadership-climate."""
    return isv.read_responses(frame, "leadership-climate", **options)


@pytest.mark.parametrize(
    "heading",
    ["Name", "E-mail", "IP address", "ipaddr", "RecipientEmail", "Fornavn", "LocationLatitude",
     "Vorname", "Adresse e-mail", "Correo electrónico", "Telefonnummer", "Date of birth"],
)  # fmt: skip
def test_personal_columns_are_left_out_and_said_so(heading):
    got = read(climate().assign(**{heading: "x"}))
    assert heading not in [*got.context, *got.texts, *got.quarantine]
    assert got.log.loc[got.log["column"] == heading, "rule"].tolist() == ["private_column_dropped"]
    assert any("personal data left out" in note and heading in note for note in got.notes)


@pytest.mark.parametrize("cell", ["ann@example.org", "192.168.0.7", "2001:db8::ff00:42:8329"])
def test_addresses_are_known_by_their_cells(cell):
    assert "V9" not in read(climate().assign(V9=cell)).context


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("Name of the project", "Digital post"), ("start", "12:30:00"), ("organisation", "City of A"),
     ("V1", "1.2.3"), ("address_form", "formal"), ("score", "4.25")],
)  # fmt: skip
def test_other_columns_are_not_taken_for_personal_data(heading, cell):
    assert not is_personal(heading, [cell])


@pytest.mark.parametrize("keep", [True, ["E-mail"]])
def test_personal_columns_stay_where_asked(keep):
    got = read(climate().assign(**{"E-mail": "a@b.dk"}), keep_personal=keep)
    assert got.context["E-mail"].tolist() == ["a@b.dk"] * 4


def test_a_personal_column_may_be_the_id_or_the_group():
    people = climate().drop(columns="SUB").assign(mail=[f"p{i}@b.dk" for i in range(4)])
    assert read(people, id_column="mail").data.index[0] == "p0@b.dk"


def test_the_time_for_empty_ids_does_not_grow_with_their_square():
    people = pd.concat([climate()] * 7_500, ignore_index=True).assign(SUB="")
    begun = time.process_time()
    got = read(people, id_column="SUB")
    assert time.process_time() - begun < 10  # twenty seconds and more where it does
    assert got.data.index[[0, -1]].tolist() == ["row_1", "row_30000"]


def test_people_left_out_leave_no_words_behind(tmp_path):
    people = climate().assign(Q_TEXT=[f"words of {i}" for i in range(4)])
    whole = read(people, id_column="SUB")
    repeats = pd.DataFrame(
        {"child": [1, 2, 3]}, index=[str(whole.data.index[i]) for i in (0, 1, 1)]
    )
    fewer = subset(replace(whole, repeats={"children": repeats}), whole.data.index[1:3])
    assert fewer.texts["Q_TEXT"].tolist() == ["words of 1", "words of 2"]
    assert fewer.quarantine["Q_TEXT"].tolist() == ["words of 0", "words of 3"]
    assert fewer.repeats["children"]["child"].tolist() == [2, 3]
    written = pd.read_csv(isv.write_responses(fewer, tmp_path / "a.csv", texts=True))
    assert written["Q_TEXT"].tolist() == ["words of 1", "words of 2"]


def test_quarantined_rows_hold_no_personal_data(tmp_path):
    frame = climate().assign(mail="a@b.dk")
    frame.loc[0, "SUB"] = "102"
    got = read(write(tmp_path / "a.csv", frame), id_column="SUB")
    assert len(got.quarantine) == 1
    assert "a@b.dk" not in got.quarantine.to_csv()


def test_long_texts_are_kept_apart():
    frame = climate(6).assign(
        more=[f"{n} things would have to change before this can work well here" for n in range(6)],
        Q5_TEXT=["none", "a", "b", "c", "d", "e"],
        unit=["A department with a long name that is the same for all of its people"] * 6,
    )
    got = read(frame)
    assert list(got.texts) == ["more", "Q5_TEXT"]
    assert "unit" in got.context
    assert any("Free text is kept apart" in note for note in got.notes)


@pytest.mark.parametrize(
    ("dates", "kept"),
    [
        (["2026-03-02", "2026-03-01"], "1"),
        (["2026-03-01", "2026-03-02"], "2"),
        (["2026-03-01 10:00:00", "2026-03-01T09:00:00"], "1"),
        (["", "2026-03-01"], "2"),
        (["2026-03-02", "soon"], "2"),
        (["2026-03-01", "2026-03-01"], "2"),
    ],
)
def test_of_two_rows_with_one_id_the_newest_stays(dates, kept):
    frame = climate(4).assign(submitdate=[*dates, "2026-01-01", "2026-01-01"], mark=list("1234"))
    frame.loc[[0, 1], "SUB"] = "101"
    got = read(frame, id_column="SUB")
    assert str(got.context.loc[101, "mark"]) == kept
    assert got.quarantine["reason"].tolist() == ["duplicate_id"]


def test_three_rows_of_one_id_leave_one():
    frame = climate(4).assign(submitdate=["2026-03-01", "2026-03-03", "2026-03-02", "2026-03-01"])
    frame.loc[[0, 1, 2], "SUB"] = "101"
    got = read(frame, id_column="SUB")
    assert got.context.loc[101, "submitdate"] == "2026-03-03"
    assert len(got.data) + len(got.quarantine) == 4


def test_without_dates_the_last_row_stays():
    frame = climate(4).assign(mark=list("1234"))
    frame.loc[[0, 1], "SUB"] = "101"
    assert str(read(frame, id_column="SUB").context.loc[101, "mark"]) == "2"


def test_people_in_several_waves_are_no_duplicates():
    frame = climate(4).assign(round=["1", "2", "1", "2"])
    frame["SUB"] = ["101", "101", "102", "102"]
    got = read(frame, id_column="SUB", wave_column="round")
    assert got.data.index.tolist() == ["101@1", "101@2", "102@1", "102@2"]
    assert got.context["SUB"].tolist() == [101, 101, 102, 102]
    assert got.quarantine.empty


def test_waves_without_repeated_ids_leave_ids_alone():
    got = read(climate(4).assign(round=list("1212")), id_column="SUB", wave_column="round")
    assert got.data.index.tolist() == [101, 102, 103, 104]


def test_everything_survives_saving(tmp_path):
    frame = climate(6).assign(Q5_TEXT=["=1+1", "b", "c", "d", "e", "f"], round=list("121212"))
    frame.loc[3, "LEAD01"] = "9"
    got = read(frame, id_column="SUB", wave_column="round")
    repeats = {"visits/α": pd.DataFrame({"respondent": [101, 101], "n": [1, 2]})}
    object.__setattr__(got, "repeats", repeats)
    again = isv.load_responses(got.save(tmp_path / "saved"))
    for name in ("data", "reasons", "context", "texts", "log", "quarantine"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(got, name))
    pd.testing.assert_frame_equal(again.repeats["visits/α"], repeats["visits/α"])
    assert (again.notes, again.provenance) == (got.notes, got.provenance)


def test_provenance_says_what_was_read_and_when(tmp_path):
    got = read(write(tmp_path / "a.csv", climate()))
    size = (tmp_path / "a.csv").stat().st_size
    assert (got.provenance["file"], got.provenance["size"]) == ("a.csv", size)
    assert len(got.provenance["sha256"]) == 64
    assert len(got.provenance["read_on"]) == len("2026-01-01")


def test_rows_longer_than_the_heading_keep_every_cell_in_quarantine(tmp_path):
    path = write(tmp_path / "a.csv", climate().assign(column_29="kept"))
    lines = path.read_text().splitlines()
    n_columns = lines[0].count(",") + 1
    lines[1] += "," * (28 - n_columns) + ",beyond" * 3
    path.write_text("\n".join(lines))
    row = read(path, id_column="SUB").quarantine.iloc[0]
    assert row["reason"] == "more_cells_than_heading"
    assert row["column_29"] == "kept"
    assert (row == "beyond").sum() == 3


def test_a_second_save_leaves_nothing_of_the_first(tmp_path):
    got = read(climate(), id_column="SUB")
    repeats = {"children": pd.DataFrame({"age": [4]}), "pets": pd.DataFrame({"age": [2]})}
    replace(got, repeats=repeats).save(tmp_path / "saved")
    got.save(tmp_path / "saved")
    assert not list((tmp_path / "saved").rglob("repeats/*"))
    assert isv.load_responses(tmp_path / "saved").data.equals(got.data)


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    got = read(climate(), id_column="SUB")
    got.save(tmp_path)
    (tmp_path / "log.csv").unlink()
    (tmp_path / "log.csv").mkdir()
    with pytest.raises(isv.errors.DataError, match="cannot be saved in"):
        got.save(tmp_path)


def test_rows_that_may_be_waves_are_asked_about():
    frame = climate(4).assign(round=list("1212"), SUB=["101", "101", "102", "102"])
    notes = " ".join(read(frame, id_column="SUB").notes)
    assert "give wave_column='round'" in notes


def test_a_row_without_an_id_is_told():
    frame = climate(4)
    frame.loc[1, "SUB"] = ""
    got = read(frame, id_column="SUB")
    assert "1 row(s) without an id named by the number of the row (SUB)." in got.notes


def test_a_shifted_row_carries_no_address_into_quarantine(tmp_path):
    frame = climate().assign(mail="a@b.dk", more="x")
    path = write(tmp_path / "a.csv", frame)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = "shifted," + lines[1]
    path.write_text("\n".join(lines), encoding="utf-8")
    got = read(path)
    assert got.quarantine["reason"].tolist() == ["more_cells_than_heading"]
    assert "a@b.dk" not in got.quarantine.to_csv()
