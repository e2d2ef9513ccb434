"""Columns are matched to items by code, by words in any language, by a map or a mapping file."""

import csv

import pandas as pd
import pytest

import innovsurvey as isv

from .make_files import CLIMATE, climate

TEXTS = {i.id: i.text().say() for i in isv.load_instrument("leadership-climate").items}


def worded(change=str):
    """Answers under the words of the items."""
    return climate().rename(columns={name: change(text) for name, text in TEXTS.items()})


@pytest.fixture
def by_code():
    """The same answers under the codes of the items."""
    return isv.read_responses(climate(), "leadership-climate")


@pytest.mark.parametrize(
    "change",
    [
        str,
        str.upper,
        lambda text: f"12. {text}",
        lambda text: f"Q3: {text} *",
        lambda text: f"  {text.replace(' ', '  ')}. ",
        lambda text: f"How far do you agree? [{text}]",
        lambda text: f"How far do you agree? - {text}",
        lambda text: f"<p>{text}</p>".removeprefix("<p>").removesuffix("</p>"),
    ],
    ids=["as it is", "capitals", "numbered", "code", "blanks", "grid", "hyphen", "html"],
)
def test_the_words_of_items_are_known(by_code, change):
    got = isv.read_responses(worded(change), "leadership-climate")
    pd.testing.assert_frame_equal(got.data, by_code.data)
    assert any(note.startswith("Matched by their words") for note in got.notes)


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("version", ["self", "observer"])
def test_any_language_and_version_is_known(language, version):
    tasks = isv.load_instrument("collaborative-leadership")
    asked = [i for i in tasks.items if i.id in tasks.form("short").items]
    headings = {i.id: i.text(version).say(language) for i in asked}
    frame = pd.DataFrame({i.id: [1, 2, 3] for i in asked})
    got = isv.read_responses(frame.rename(columns=headings), tasks, form="short")
    assert got.data.equals(isv.read_responses(frame, tasks, form="short").data)


def test_near_words_are_proposed_and_never_taken():
    frame = climate().rename(columns={"LEAD03": "Impressed by the leadership"})
    with pytest.raises(isv.errors.MissingItemsError, match=r"% like LEAD03") as caught:
        isv.read_responses(frame, "leadership-climate")
    assert caught.value.proposals == {"Impressed by the leadership": "LEAD03"}
    got = isv.read_responses(frame, "leadership-climate", columns=caught.value.proposals)
    assert got.data.columns.tolist() == CLIMATE


def test_texts_that_have_nothing_in_common_are_not_proposed():
    frame = climate().rename(columns={"LEAD03": "What is your favourite colour?"})
    with pytest.raises(isv.errors.MissingItemsError) as caught:
        isv.read_responses(frame, "leadership-climate")
    assert caught.value.proposals == {}


def test_a_column_with_the_code_wins_over_one_with_the_words(by_code):
    frame = climate().assign(**{TEXTS["LEAD01"]: "9"})
    got = isv.read_responses(frame, "leadership-climate")
    pd.testing.assert_frame_equal(got.data, by_code.data)
    assert TEXTS["LEAD01"] in got.context


def test_a_mapping_file_is_saved_looked_at_and_read(tmp_path, by_code):
    frame = climate().rename(columns={"LEAD03": "Impressed by the leadership", "TSIG01": "=x"})
    found = isv.match_columns(frame, "leadership-climate", columns={"=x": "TSIG01"})
    assert found.missing == ("LEAD03",)
    path = found.save(tmp_path / "mapping.csv")
    with pytest.raises(isv.errors.MissingItemsError):
        isv.read_responses(frame, "leadership-climate", columns=path)
    lines = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    for line in lines:
        line["item"] = line["item"] or line["proposal"]
    pd.DataFrame(lines).to_csv(path, index=False)
    got = isv.read_responses(frame, "leadership-climate", columns=path)
    pd.testing.assert_frame_equal(got.data, by_code.data)


def test_a_mapping_file_can_recode(tmp_path):
    path = tmp_path / "mapping.csv"
    path.write_text("heading,item,recode\nA,LEAD01,1=5; 5=1\n", encoding="utf-8")
    frame = climate().rename(columns={"LEAD01": "A"})
    got = isv.read_responses(frame, "leadership-climate", columns=str(path))
    plain = isv.read_responses(climate(), "leadership-climate")
    assert got.data["LEAD01"].tolist() == plain.data["LEAD01"].replace({1: 5, 5: 1}).tolist()


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("a,b\n1,2\n", isv.errors.DataError, "no mapping file"),
        ("heading,item\nA,LEAD01\nA,LEAD02\n", isv.errors.DataError, "twice"),
        ("heading,item\nA,LEAD01\nB,LEAD01\n", isv.errors.DataError, "twice"),
        ("heading,item,recode\nA,LEAD01,x\n", isv.errors.SpecificationError, "1=5; 2=4"),
        ("heading,item\nNo,LEAD01\n", isv.errors.SpecificationError, "no heading"),
        ("heading,item\nA,NO\n", isv.errors.SpecificationError, "does not exist"),
    ],
)
def test_a_wrong_mapping_file_is_refused(tmp_path, text, error, message):
    path = tmp_path / "mapping.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message):
        isv.read_responses(
            climate().rename(columns={"LEAD01": "A"}), "leadership-climate", columns=path
        )


def test_what_files_write_in_place_of_the_id(tmp_path):
    path = tmp_path / "mine.yaml"
    text = isv.new_instrument("mine").replace(
        "{id: LIS1, format: agree5,", '{id: LIS1, format: agree5, written: "Lytter?",'
    )
    path.write_text(text, encoding="utf-8")
    frame = pd.DataFrame({"Lytter?": [1, 2], "LIS2": [3, 4], "LIS3": [5, 1]})
    assert isv.read_responses(frame, path).data["LIS1"].tolist() == [1, 2]


@pytest.mark.parametrize(
    "change", [str, lambda t: f"1. {t}", lambda t: f"{t}:", lambda t: f"[{t}]"]
)
def test_a_full_stop_in_the_item_does_not_count(tmp_path, change):
    path = tmp_path / "mine.yaml"
    path.write_text(isv.new_instrument("mine"), encoding="utf-8")
    words = [item.text().say().rstrip(".") for item in isv.load_instrument(path).items]
    frame = pd.DataFrame([[1, 2, 3]], columns=[change(word) for word in words])
    assert isv.read_responses(frame, path).data.iloc[0].tolist() == [1, 2, 3]


def test_a_file_that_lacks_items_is_read_where_asked():
    frame = climate().drop(columns=["LEAD03", "TSIG01"])
    with pytest.raises(isv.errors.MissingItemsError, match="partial=True"):
        isv.read_responses(frame, "leadership-climate")
    got = isv.read_responses(frame, "leadership-climate", partial=True)
    assert got.data.shape == (4, 17)
    assert "2 item(s) are not in the file: LEAD03, TSIG01." in got.notes
    isv.score_scales(got)


def test_a_file_without_any_item_is_refused_all_the_same():
    with pytest.raises(isv.errors.MissingItemsError):
        isv.read_responses(pd.DataFrame({"x": [1]}), "leadership-climate", partial=True)


def test_matching_says_what_reading_would_say_of_the_codes():
    frame = climate(40)
    leads = [name for name in frame if name.startswith(("LEAD", "TSIG"))]
    frame[leads] = frame[leads].astype(int) - 1
    found = isv.match_columns(frame, "leadership-climate")
    assert any("Reading would refuse this file" in note for note in found.notes)
    assert "refuse" not in " ".join(isv.match_columns(climate(40), "leadership-climate").notes)
