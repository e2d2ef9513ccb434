"""Every question type of LimeSurvey comes back the same out of every style of export."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import innovsurvey as isv

from . import limesurvey_types as survey

STYLES = ("code", "em", "codetext", "full", "abbreviated")
PEOPLE = survey.people(np.random.default_rng(3))


@pytest.fixture(scope="module")
def instrument(tmp_path_factory):
    """Draft the instrument from the survey file."""
    folder = tmp_path_factory.mktemp("types")
    (folder / "types.lss").write_bytes(survey.survey_file())
    path = folder / "types.yaml"
    path.write_text(isv.new_instrument("types", source=folder / "types.lss"), encoding="utf-8")
    assert isv.check_instrument(path) is not None
    return isv.load_instrument(path)


FIXED = {"Y": "YN", "G": "FM", "C": "YNU", "E": "ISD"}


def number_of(column, value):
    """Give the number that the instrument has for a stored answer, or the reason for none."""
    if column.kind == "number":
        return float(value)
    if column.type in FIXED:
        return FIXED[column.type].index(value) + 1
    if column.type == "I":
        return survey.LANGUAGES.index(value) + 1
    if column.answers is survey.NUMBERS:
        return "dont_know" if value == "9" else int(value)
    if column.answers is survey.NAMES:
        return {"red": 1, "blue": 2, "-oth-": 3}[value]
    if column.answers is survey.BACKWARDS:
        return int(column.answers[value][0])
    return int(value.removeprefix("A"))


def expected_cell(column, person):
    """Give the number or the reason of a cell."""
    value = person[column.field]
    if column.kind != "tick":
        return number_of(column, value) if value else "not_answered"
    group = [other for other in survey.columns() if same_boxes(column, other)]
    ticked = any(person[other.field] for other in group)
    return float(bool(value)) if ticked else "not_answered"


def same_boxes(column, other):
    """Tell the boxes of one question, and its other answer in words."""
    if column.code != other.code or other.kind != "tick":
        return column.code == other.code and other.aid == "other"
    return column.type != ":" or column.aid[0] == other.aid[0]


def asked():
    """Give the columns that are items with numbers."""
    return [column for column in survey.columns() if column.kind != "text"]


@cache
def expected():
    """Give what every export has to give back: numbers, or reasons."""
    rows = {p["id"]: {c.item: expected_cell(c, p) for c in asked()} for p in PEOPLE}
    return pd.DataFrame.from_dict(rows, orient="index")


def read(raw, instrument, folder, name="answers.csv"):
    path = folder / name
    path.write_bytes(raw)
    return isv.read_responses(path, instrument)


def assert_came_back(got, *, reasons=True, without=(), line_breaks=True):
    """Compare numbers, reasons, ids, texts and dates."""
    wanted = expected().drop(columns=list(without))
    assert got.data.index.tolist() == [int(person["id"]) for person in PEOPLE]
    assert set(got.data.columns) == set(expected().columns)
    for name in wanted:
        why = got.reasons[name].astype(object)
        cells = [v if w != w else w for v, w in zip(got.data[name], why, strict=True)]
        if not reasons:
            cells = ["not_answered" if cell == "not_shown" else cell for cell in cells]
        assert cells == wanted[name].tolist(), name
    assert got.context["submitdate"].fillna("").tolist() == [p["submitdate"] or "" for p in PEOPLE]
    for column in survey.columns():
        if column.kind == "text" and column.type != "D":
            said = got.texts[column.item].fillna("").tolist()
            wanted = [(person[column.field] or "").strip() for person in PEOPLE]
            if not line_breaks:
                wanted = [text.replace("\n", " ") for text in wanted]
            assert said == wanted, column.item


@pytest.mark.parametrize("place", [0, 1], ids=survey.LANGUAGES)
@pytest.mark.parametrize("long", [False, True], ids=["codes", "labels"])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_gives_the_same(style, long, place, instrument, tmp_path):
    raw = survey.as_csv(survey.table(PEOPLE, style, long=long, place=place))
    assert_came_back(read(raw, instrument, tmp_path))


@pytest.mark.parametrize("has_seed", [True, False])
def test_own_columns_are_known_in_any_language(has_seed, instrument, tmp_path):
    rows = survey.table(PEOPLE, "full", place=1)
    rows[0][:5] = ["Vastuse ID", "Saatmise kuupäev", "Viimane leht", "Algkeel", "Seeme"]
    if not has_seed:
        rows = [row[:4] + row[5:] for row in rows]
    got = read(survey.as_csv(rows), instrument, tmp_path)
    assert_came_back(got)
    own = ["submitdate", "lastpage", "startlanguage", "seed"]
    assert list(got.context.columns[: 3 + has_seed]) == own[: 3 + has_seed]


@pytest.mark.parametrize("cut", [13, 30])
def test_headings_may_be_cut_anywhere(cut, instrument, tmp_path):
    raw = survey.as_csv(survey.table(PEOPLE, "abbreviated", long=True, cut=cut))
    assert_came_back(read(raw, instrument, tmp_path))


@pytest.mark.parametrize("sign", [": ", " - ", ") "])
def test_code_and_text_may_be_divided_by_any_sign(sign, instrument, tmp_path):
    rows = survey.table(PEOPLE, "codetext")
    rows[0] = [text.replace(". ", sign, 1) if i > 4 else text for i, text in enumerate(rows[0])]
    assert_came_back(read(survey.as_csv(rows), instrument, tmp_path))


@pytest.mark.parametrize("keyed", [False, True], ids=["list", "by id"])
def test_both_forms_of_json_give_the_same(keyed, instrument, tmp_path):
    raw = survey.as_json(survey.table(PEOPLE, "code"), keyed=keyed)
    assert_came_back(read(raw, instrument, tmp_path, "answers.json"))


@pytest.mark.parametrize("change", [str, str.upper], ids=["as stored", "upper case"])
def test_numbers_of_the_data_base_are_known_by_their_order(change, instrument, tmp_path):
    rows = survey.table(PEOPLE, "sgqa")
    rows[0] = [*rows[0][:5], *map(change, rows[0][5:])]
    assert_came_back(read(survey.as_csv(rows), instrument, tmp_path))


def test_numbers_of_the_data_base_in_another_order_are_not_guessed(instrument, tmp_path):
    rows = [[*row[:8], row[9], row[8], *row[10:]] for row in survey.table(PEOPLE, "sgqa")]
    rows = [[*row[:5], *reversed(row[5:])] for row in rows]
    with pytest.raises(isv.errors.MissingItemsError):
        read(survey.as_csv(rows), instrument, tmp_path)


def test_an_archive_is_read_with_the_survey_in_it(instrument, tmp_path):
    got = read(survey.as_archive(PEOPLE), instrument, tmp_path, "survey_archive.lsa")
    assert_came_back(got)
    assert "1 other file(s) of the archive were not read." in got.notes


def test_an_archive_of_version_7_names_columns_otherwise(instrument, tmp_path):
    names = survey.new_names()
    people = [{names.get(key, key): value for key, value in p.items()} for p in PEOPLE]
    ranks = {f"Q34_C{n}": survey.field_of("R1", n) for n in (1, 2)}  # has no rows in this survey
    people = [{ranks.get(key, key): value for key, value in p.items()} for p in people]
    assert {"Q10_Cother", "Q28_Cother"} & set(names.values())
    assert_came_back(read(survey.as_archive(people), instrument, tmp_path, "new.lsa"))


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_for_verified_voting_also_says_what_was_not_shown(version, instrument, tmp_path):
    got = read(survey.as_vv(PEOPLE, version=version), instrument, tmp_path, "vvexport.csv")
    assert_came_back(got, reasons=False)
    listed = [c.item for c in asked() if c.kind in {"choice", "tick"} or c.code == "CN"]
    assert (got.reasons.loc[1, listed] == "not_shown").all()
    assert not (got.reasons.loc[2:] == "not_shown").any(axis=None)


def test_a_file_for_verified_voting_without_people_is_refused(instrument, tmp_path):
    with pytest.raises(isv.errors.DataError, match="no row"):
        read(survey.as_vv([]), instrument, tmp_path)


def test_a_file_with_nothing_but_private_columns_is_read_as_empty(instrument):
    frame = pd.DataFrame({"token": ["a"], "ipaddr": ["10.0.0.1"], "refurl": [""]})
    with pytest.raises(isv.errors.MissingItemsError):
        isv.read_responses(frame, instrument, platform="limesurvey")


def test_yes_and_no_as_numbers_make_an_unanswered_question_a_no(instrument, tmp_path):
    """The program itself writes the number for no where a yes/no question was left open."""
    raw = survey.as_csv(survey.table(PEOPLE, "code", convert=True))
    got = read(raw, instrument, tmp_path)
    assert_came_back(got, without=["YN"])
    left_open = [person["YN"] for person in [{"YN": p[f"{survey.SID}X7X15"]} for p in PEOPLE]]
    wanted = [2.0 if value == "" else expected()["YN"].iloc[i] for i, value in enumerate(left_open)]
    assert got.data["YN"].fillna(-1).tolist() == [-1 if isinstance(v, str) else v for v in wanted]


def test_numbers_for_spss_and_r_are_those_of_the_instrument(instrument, tmp_path):
    raw = survey.as_csv(survey.for_spss(PEOPLE))
    got = read(raw, instrument, tmp_path)
    assert_came_back(got)
    n_others = sum(person[f"{survey.SID}X7X10"] == "-oth-" for person in PEOPLE)
    assert n_others > 0
    assert f"{n_others} answer(s) given as another one in words count as -oth- (L1)." in got.notes


def test_the_export_for_stata_gives_the_same(instrument, tmp_path):
    assert_came_back(read(survey.as_stata(PEOPLE), instrument, tmp_path, "survey_STATA.xml"))


def test_a_syntax_for_spss_is_read_with_its_data_file(instrument, tmp_path):
    syntax, data = survey.as_spss(PEOPLE)
    (tmp_path / f"survey_{survey.SID}_SPSS_data_file.dat").write_bytes(data)
    got = read(syntax, instrument, tmp_path, "survey_SPSS_syntax_file.sps")
    assert_came_back(got, line_breaks=False)
    assert got.provenance["data_file"] == f"survey_{survey.SID}_SPSS_data_file.dat"


def test_another_answer_may_be_a_number_in_spss(instrument, tmp_path):
    rows = survey.table(PEOPLE, "code")
    place = rows[0].index("L1")
    for row in rows[1:]:
        row[place] = "666666" if row[place] == "-oth-" else row[place]
    assert_came_back(read(survey.as_csv(rows), instrument, tmp_path))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (None, "Put it into the same folder"),
        (b"'1','2'\n", "has rows of 2 columns"),
        (b"", "has no row of answers"),
    ],
    ids=["not there", "other columns", "empty"],
)
def test_a_syntax_without_its_data_is_refused(data, why, instrument, tmp_path):
    syntax, _ = survey.as_spss(PEOPLE)
    if data is not None:
        (tmp_path / f"survey_{survey.SID}_SPSS_data_file.dat").write_bytes(data)
    with pytest.raises(isv.errors.DataError, match=why):
        read(syntax, instrument, tmp_path, "syntax.sps")


def test_a_syntax_cannot_name_a_file_elsewhere(instrument, tmp_path):
    syntax, data = survey.as_spss(PEOPLE)
    inner = tmp_path / "inner"
    inner.mkdir()
    name = f"survey_{survey.SID}_SPSS_data_file.dat"
    (tmp_path / name).write_bytes(data)
    hostile = syntax.replace(b"/FILE='", b"/FILE='../")
    with pytest.raises(isv.errors.DataError, match="Put it into the same folder"):
        read(hostile, instrument, inner, "syntax.sps")


def test_both_dialects_of_the_survey_file_give_the_same_draft(tmp_path):
    texts = []
    for old in (False, True):
        (tmp_path / "same.lss").write_bytes(survey.survey_file(old=old))
        texts.append(isv.new_instrument("same", source=tmp_path / "same.lss"))
    assert texts[0] == texts[1]


def test_a_number_that_is_a_label_is_not_taken_for_a_code(instrument, tmp_path):
    """The codes of LN are A1, A2, A3 and its labels 3, 2, 1."""
    rows = survey.table(PEOPLE, "code", long=True)
    got = read(survey.as_csv(rows), instrument, tmp_path)
    place = rows[0].index("LN")
    said = [row[place] for row in rows[1:]]
    assert [int(cell) if cell else None for cell in said] == [
        None if value != value else value for value in got.data["LN"]
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["survey.lss", "survey_structure.xml"])
def test_a_survey_is_not_its_answers(name, instrument, tmp_path):
    with pytest.raises(isv.errors.DataError, match="without answers"):
        read(survey.survey_file(), instrument, tmp_path, name)
