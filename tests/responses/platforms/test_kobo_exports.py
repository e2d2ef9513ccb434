"""The same answers out of every style of export of Kobo and ODK, by drafted instruments."""

import csv
import io
import json
import zipfile
from functools import cache

import numpy as np
import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.errors import DataError
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import read_table
from innovsurvey.responses.platforms.kobo import recognise, to_items

from .kobo_formpack import REAL, Exporter, load, styles

FORMS = {
    "formpack_grouped_translated_v1.json": ("English", "Español"),
    "formpack_or_other_v1.json": ("the only one",),
    "formpack_customer_satisfaction_v1.json": ("the only one",),
}
CASES = [(name, *style) for name, languages in FORMS.items() for style in styles(languages)]


@pytest.fixture(scope="module")
def drafted(tmp_path_factory):
    """Give the instrument drafted from a form."""
    folder = tmp_path_factory.mktemp("drafted")

    @cache
    def draft(form):
        path = folder / f"{form.partition('.')[0].replace('_', '-').lower()}.yaml"
        path.write_text(isv.new_instrument(path.stem, source=REAL / form), encoding="utf-8")
        return isv.load_instrument(path)

    return draft


@pytest.fixture(scope="module")
def from_json(drafted):
    """Give the answers that stand beside a form, read from JSON."""
    return cache(lambda form: isv.read_responses(REAL / form, drafted(form)))


@pytest.mark.parametrize(("form", "language", "separator", "ticks"), CASES)
def test_every_style_gives_the_same_answers(
    drafted, from_json, form, language, separator, ticks, tmp_path
):
    exporter = Exporter(load(form), language, separator, ticks)
    got = isv.read_responses(exporter.write(tmp_path / "export.csv"), drafted(form))
    wanted = from_json(form)
    assert "Kobo or ODK" in got.notes[0]
    ids = [person.get("_uuid", "") for person in load(form)["submissions"]]
    if all(ids):
        assert got.data.index.tolist() == wanted.data.index.tolist() == ids
    pd.testing.assert_frame_equal(
        got.data.reset_index(drop=True), wanted.data.reset_index(drop=True)
    )
    assert got.reasons.to_numpy().astype(str).tolist() == (
        wanted.reasons.to_numpy().astype(str).tolist()
    )
    assert got.texts.reset_index(drop=True).equals(wanted.texts.reset_index(drop=True))


def test_json_of_the_form_with_groups_says_what_people_answered(from_json):
    got = from_json("formpack_grouped_translated_v1.json").data
    assert got.iloc[0].tolist() == [7, 2, 2, 1, 1, 1]
    assert got.iloc[1].tolist() == [1, 1, 2, 0, 0, 1]
    assert got.iloc[2].tolist() == pytest.approx([np.nan, 3, *[np.nan] * 4], nan_ok=True)


def test_other_answers_have_a_code_and_their_words_a_column(from_json):
    got = from_json("formpack_or_other_v1.json")
    assert got.data["fav_emperor"].tolist() == [5.0, 2.0, 5.0]
    assert got.data["fav_emperors_other"].tolist() == [1.0, 0.0, 0.0]
    assert got.texts["fav_emperor_other"].tolist()[::2] == ["Nero", "Marcus Aurelius"]
    assert got.texts["fav_emperors_other_2"].tolist()[0] == "Commodus"


@pytest.mark.parametrize("separator", ["", "/", "."])
def test_places_stay_out(drafted, separator, tmp_path):
    form = "formpack_restaurant_profile_v4.json"
    read = [isv.read_responses(REAL / form, drafted(form))]
    path = Exporter(load(form), None, separator, "both").write(tmp_path / "x.csv")
    read.append(isv.read_responses(path, drafted(form), platform="kobo"))
    for got in read:
        assert "location" not in got.context
        assert ("location", "private_column_dropped") in set(
            got.log[["column", "rule"]].itertuples(index=False, name=None)
        )
        assert got.data["eatery_type_takeaway"].tolist()[:2] == [1.0, 0.0]


def test_answers_of_the_likert_form_are_those_of_the_file(drafted):
    form, data = "kobocruncher_form_likert.xlsx", "kobocruncher_data_likert.xlsx"
    got = isv.read_responses(REAL / data, drafted(form))
    assert "such as 'group_pm0cj55.return_ven'" in got.notes[0]
    table = read_table(REAL / data, ReadOptions())
    codes = {"likely": 1.0, "neutral": 2.0, "unlikely": 3.0}
    wanted = [[codes[cell] for cell in row] for row in table.rows]
    assert got.data.shape == (120, 18)
    assert got.data.to_numpy().tolist() == wanted
    assert list(got.data) == [heading.partition(".")[2] for heading in table.header]


def test_repeats_on_other_sheets_belong_to_people(drafted):
    form, data = "kobocruncher_sample_xlsform.xlsx", "kobocruncher_data.xlsx"
    got = isv.read_responses(REAL / data, drafted(form))
    members = got.repeats["members"]
    assert got.data.index.name == members.index.name == "_uuid"
    assert members.index.value_counts().reindex(got.data.index).tolist() == [1, 5, 3, 1, 2]
    assert members["members.age"].tolist() == [56, 2, 3, 10, 45, 35, 4, 34, 34, 51, 21, 25]
    assert not [name for name in members if name.startswith("_submission")]
    assert got.data["HHSize"].tolist() == [1, 5, 3, 1, 2]
    ticks = got.data.filter(like="reason_").loc[:, "reason_accomodation":"reason_safety"]
    assert ticks.iloc[0].tolist() == [1, 1, 1, 1, 0]


def test_repeats_in_repeats_belong_to_people(drafted):
    table = read_table(REAL / "formpack_nested_repeats_v1.json", ReadOptions())
    form = drafted("formpack_or_other_v1.json")
    got = to_items(table, form)
    assert {name: len(frame) for name, frame in got.repeats.items()} == {
        "group_tree": 3,
        "group_nest": 4,
        "group_egg": 7,
    }
    first, second = "f16d9a3f-0892-413e-81d4-758ab188ea0b", "790af158-7b24-4651-b584-27bf65b9e397"
    assert got.repeats["group_egg"].index.tolist() == [first] * 6 + [second]
    eggs = got.repeats["group_nest"]["group_tree/group_nest/How_many_eggs_are_in_the_nest"]
    assert eggs.loc[first].tolist() == [3, 1, 2]
    assert got.aside == {1: "rejected_in_review"}


CENTRAL = {
    "survey.csv": (
        ["SubmissionDate", "ext-How_many", "ext-Sym", "home-Latitude", "home-Longitude", "KEY",
         "SubmitterName", "DeviceID", "ReviewState"],
        ["2026-11-01T10:00:00Z", "7", "a b", "55.6", "12.5", "uuid:1", "Jane", "d1", "approved"],
        ["2026-11-02T10:00:00Z", "2", "", "55.6", "12.5", "uuid:2", "Jane", "d1", "rejected"],
    ),
    "survey-kids.csv": (
        ["age", "PARENT_KEY", "KEY"],
        ["4", "uuid:1", "uuid:1/kids[1]"],
        ["6", "uuid:1", "uuid:1/kids[2]"],
        ["9", "uuid:7", "uuid:7/kids[1]"],
    ),
    "survey-kids-toys.csv": (
        ["toy", "PARENT_KEY", "KEY"],
        ["bear", "uuid:1/kids[2]", "uuid:1/kids[2]/toys[1]"],
    ),
    "media/1.jpg": (["not a table"],),
}  # fmt: skip
FORM = {
    "survey": [
        {"type": "begin group", "name": "ext", "label": "Outside"},
        {"type": "integer", "name": "How_many", "label": "How many?"},
        {"type": "select_multiple l", "name": "Sym", "label": "Which?"},
        {"type": "end group"},
        {"type": "geopoint", "name": "home", "label": "Where?"},
    ],
    "choices": [
        {"list_name": "l", "name": "a", "label": "A"},
        {"list_name": "l", "name": "b", "label": "B"},
    ],
}


@pytest.fixture(scope="module")
def central(tmp_path_factory):
    """Give an instrument drafted from a small form of ODK."""
    folder = tmp_path_factory.mktemp("central")
    (folder / "form.json").write_text(json.dumps(FORM))
    path = folder / "central.yaml"
    path.write_text(isv.new_instrument("central", source=folder / "form.json"))
    return isv.load_instrument(path)


def as_csv(rows):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def zipped(path, tables):
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in tables.items():
            archive.writestr(name, as_csv(rows))
    return path


def test_the_archive_of_central_is_read_whole(central, tmp_path):
    audit = {"survey - audit.csv": (["instance ID", "event", "node"], ["uuid:1", "form", "/a"])}
    got = isv.read_responses(zipped(tmp_path / "survey.zip", CENTRAL | audit), central)
    assert any("Also in the archive: survey - audit" in note for note in got.notes)
    alone = {"survey.csv": CENTRAL["survey.csv"]} | audit
    people = isv.read_responses(zipped(tmp_path / "alone.zip", alone), central)
    pd.testing.assert_frame_equal(people.data, got.data)
    assert got.data.to_dict("index") == {"uuid:1": {"How_many": 7, "Sym_a": 1, "Sym_b": 1}}
    assert got.quarantine["reason"].tolist() == ["rejected_in_review"]
    kids, toys = got.repeats["survey-kids"], got.repeats["survey-kids-toys"]
    assert kids["age"].tolist() == [4, 6, 9]
    assert kids.index.tolist()[:2] == ["uuid:1", "uuid:1"]
    assert toys.index.tolist() == ["uuid:1"]
    assert any("1 row(s) of survey-kids belong to nobody" in note for note in got.notes)
    kept = got.context.to_csv() + got.log.to_csv()
    assert not any(word in kept for word in ("Jane", "55.6", "d1"))


@pytest.mark.parametrize("n", [0, 2])
def test_an_archive_without_a_table_of_people_or_with_two_is_refused(central, tmp_path, n):
    tables = {k: v for k, v in CENTRAL.items() if k != "survey.csv"}
    tables |= {f"survey{i}.csv": CENTRAL["survey.csv"] for i in range(n)}
    with pytest.raises(DataError, match="should hold one table of people"):
        isv.read_responses(zipped(tmp_path / "survey.zip", tables), central)


HEADINGS = {
    "Central without groups, ticks apart": ["How_many", "Sym", "Sym/a", "Sym/b", "instanceID"],
    "Briefcase": ["ext-How_many", "ext-Sym", "ext-Sym/a", "ext-Sym/b", "meta-instanceID"],
    "Aggregate": ["ext:How_many", "ext:Sym", "ext:Sym/a", "ext:Sym/b", "*meta-instance-id*"],
    "Kobo, dots": ["ext.How_many", "ext.Sym", "ext.Sym.a", "ext.Sym.b", "_uuid"],
    "other case": ["HOW_MANY", "sym", "SYM/A", "sym/b", "KEY"],
}


@pytest.mark.parametrize("style", HEADINGS)
def test_headings_of_every_program_are_known(central, style, tmp_path):
    header = [*HEADINGS[style], "SubmissionDate"]
    rows = [header, ["3", "b", "0", "1", "uuid:9", "2026"], ["", "", "", "", "uuid:8", "2026"]]
    (tmp_path / "x.csv").write_text(as_csv(rows))
    got = isv.read_responses(tmp_path / "x.csv", central, platform="kobo")
    assert got.data.loc["uuid:9"].tolist() == [3, 0, 1]
    assert got.data.loc["uuid:8"].isna().all()


ODATA = {
    "@odata.context": "https://x.invalid/$metadata#Submissions",
    "value": [
        {
            "__id": "uuid:1",
            "__system": {"submissionDate": "2026-11-01", "submitterName": "Jane"},
            "ext": {"How_many": 7, "Sym": "a b"},
            "home": {"type": "Point", "coordinates": [12.5, 55.6]},
            "kids@odata.navigationLink": "Submissions('uuid:1')/kids",
            "kids": [{"age": 4, "__id": "k1"}, {"age": 6, "__id": "k2"}],
        },
        {"__id": "uuid:2", "__system": {"reviewState": None}, "ext": {"How_many": None}},
    ],
}
API = {
    "count": 3,
    "next": "https://x.invalid/data.json?start=2",
    "results": [
        {
            "_id": 1,
            "_uuid": "uuid:1",
            "_submission_time": "2026-11-01",
            "ext/How_many": "7",
            "ext/Sym": "a b",
            "home": "55.6 12.5 0 0",
            "_geolocation": [55.6, 12.5],
            "_attachments": [{"filename": "Jane.jpg"}],
            "_submitted_by": "Jane",
            "kids": [{"kids/age": "4"}, {"kids/age": "6"}],
        },
        {"_id": 2, "_uuid": "uuid:2", "_submission_time": "2026-11-01"},
    ],
}


@pytest.mark.parametrize("found", [ODATA, API, API["results"]], ids=["OData", "API", "list"])
def test_json_of_both_programs_is_read(central, found, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps(found))
    got = isv.read_responses(tmp_path / "x.json", central)
    assert got.data.index.tolist() == ["uuid:1", "uuid:2"]
    assert got.data.loc["uuid:1"].tolist() == [7, 1, 1]
    kids = got.repeats["kids"]
    assert kids.index.tolist() == ["uuid:1", "uuid:1"]
    assert kids.filter(like="age").iloc[:, 0].tolist() == [4, 6]
    everything = got.context.to_csv() + kids.to_csv() + got.log.to_csv()
    assert not any(word in everything for word in ("Jane", "55.6"))
    assert any("one page of several" in note for note in got.notes) == (found is API)


def test_json_leaves_out_what_nobody_answered(central, tmp_path):
    people = [{"_uuid": "u1", "_submission_time": "2026", "ext/How_many": "3"}]
    (tmp_path / "x.json").write_text(json.dumps(people))
    got = isv.read_responses(tmp_path / "x.json", central)
    assert got.data["Sym_a"].isna().all()
    assert any("Nobody answered Sym_a, Sym_b" in note for note in got.notes)


def test_repeated_answers_of_people_in_quarantine_go_with_them(central, tmp_path):
    no = {"uid": "validation_status_not_approved"}
    people = [
        {"_uuid": "u1", "_submission_time": "2026", "ext/How_many": "3", "kids": [{"age": "4"}]},
        {"_uuid": "u2", "_submission_time": "2026", "_validation_status": no, "ext/How_many": "2"},
    ]
    people[1]["kids"] = [{"age": "7", "where": "55.6 12.5 0 0", "deviceid": "d9"}, {"age": "9"}]
    (tmp_path / "x.json").write_text(json.dumps(people))
    got = isv.read_responses(tmp_path / "x.json", central)
    assert got.data.index.tolist() == ["u1"]
    assert got.repeats["kids"]["age"].tolist() == [4]
    assert got.repeats["kids (quarantine)"]["age"].tolist() == [7, 9]
    lines = got.log.set_index("rule")
    assert lines.loc["repeats_set_aside", "n_cells"] == 2
    dropped = lines.loc[["private_column_dropped"], "column"].tolist()
    assert {"kids/where", "kids/deviceid"} <= {*dropped}
    assert "55.6" not in pd.concat(got.repeats.values()).to_csv()


def test_half_of_a_letter_is_no_matter(central, tmp_path):
    person = {"_uuid": "u1", "_submission_time": "2026", "ext/How_many": "3"}
    person |= {"remark": "cut \ud83d", "smile": "\U0001f600"}
    (tmp_path / "x.json").write_text(json.dumps([person]))
    got = isv.read_responses(tmp_path / "x.json", central)
    assert got.context.loc["u1", ["remark", "smile"]].tolist() == ["cut ?", "\U0001f600"]
    frame = pd.DataFrame([{"How_many": "3", "Sym_a": 1, "Sym_b": 0}])
    frame["remark"] = pd.Series(["cut \ud83d"], dtype=object)
    assert isv.read_responses(frame, central).context["remark"].tolist() == ["cut ?"]


def test_a_question_whose_name_ends_like_a_list_of_kobo_is_kept(central, tmp_path):
    person = {"_uuid": "u1", "_submission_time": "2026", "_notes": [], "ext/How_many": "3"}
    person |= {"ext/visit_notes": "two rooms", "map_attachments": "1"}
    (tmp_path / "x.json").write_text(json.dumps([person]))
    got = isv.read_responses(tmp_path / "x.json", central)
    assert got.context["ext/visit_notes"].tolist() == ["two rooms"]
    assert got.context["map_attachments"].tolist() == [1]
    assert "_notes" not in [*got.context, *got.texts]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"_submission_time": "2026", "a": ' + "[" * 100_000, "nested too deeply|cannot be read"),
        ('[{"_submission_time": "2026"', "cannot be read as answers in JSON"),
        ('{"results": 1, "x": {"_submission_time": 1}}', "holds no list of people"),
    ],
)
def test_json_that_is_no_list_of_answers_is_refused(central, text, said, tmp_path):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(DataError, match=said):
        isv.read_responses(tmp_path / "x.json", central)


def numbered_form(names, labels):
    choices = [
        {"list_name": "l", "name": n, "label": w} for n, w in zip(names, labels, strict=True)
    ]
    survey = [{"type": "select_one l", "name": f"q{i}", "label": f"Question {i}"} for i in (1, 2)]
    return {"survey": survey, "choices": choices}


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["1", "2", "3"], ["0", "1", "2"]),
        (["01", "02", "10"], ["None", "1", "Many"]),
        (["3", "2", "1"], ["1", "2", "3"]),
    ],
)
@pytest.mark.parametrize("labelled", [True, False])
def test_labels_that_look_like_codes_are_read_by_the_whole_file(names, labels, labelled, tmp_path):
    (tmp_path / "form.json").write_text(json.dumps(numbered_form(names, labels)))
    path = tmp_path / "numbered.yaml"
    path.write_text(isv.new_instrument("numbered", source=tmp_path / "form.json"))
    written = labels if labelled else names
    asked = ["Question 1", "Question 2"] if labelled else ["q1", "q2"]
    rows = [[*asked, "_uuid", "_submission_time"]]
    rows += [[w, written[-1], f"u{i}", "2026"] for i, w in enumerate(written)]
    (tmp_path / "x.csv").write_text(as_csv(rows))
    got = isv.read_responses(tmp_path / "x.csv", path)
    codes = isv.load_instrument(path).format_of("q1").points
    by_name = {point.written or f"{point.value:g}": point.value for point in codes}
    assert got.data["q1"].tolist() == [by_name[name] for name in names]


def test_a_row_of_hxl_tags_is_nobody(central, tmp_path):
    rows = [["How_many", "Sym", "_uuid", "_submission_time"], ["#affected+kids", "#x", "", ""]]
    (tmp_path / "x.csv").write_text(as_csv([*rows, ["3", "b", "u1", "2026"]]))
    got = isv.read_responses(tmp_path / "x.csv", central)
    assert got.quarantine[["row", "reason"]].to_numpy().tolist() == [[1, "hxl_tags"]]
    assert got.data.index.tolist() == ["u1"]


def test_a_list_of_ticks_makes_a_plain_table_an_export(central, tmp_path):
    (tmp_path / "x.csv").write_text(as_csv([["How_many", "Sym"], ["3", "b"], ["1", "a b"]]))
    got = isv.read_responses(tmp_path / "x.csv", central)
    assert "lists what was ticked" in got.notes[0]
    assert got.data["Sym_a"].tolist() == [0.0, 1.0]
    (tmp_path / "x.csv").write_text(as_csv([["How_many", "Sym"], ["3", "b"], ["1", "a, b"]]))
    assert recognise(read_table(tmp_path / "x.csv", ReadOptions()), central) is None


@pytest.mark.parametrize(
    "name", ["labels_es.csv", "labels_en.xlsx", "xml_values_nogroups.csv", "xml_values_slash.csv"]
)
def test_files_of_the_program_all_say_the_same(name):
    unit = isv.load_instrument(REAL / "unit-innovation.yaml")
    one, other = (
        isv.read_responses(REAL / n, unit, platform="kobo") for n in ("labels_en.csv", name)
    )
    pd.testing.assert_frame_equal(one.data, other.data)
    assert one.reasons.equals(other.reasons)


def test_a_table_of_many_people_is_read_by_columns(central):
    header = ["ext/How_many", "ext/Sym", "_uuid", "_submission_time"]
    n = 20_000
    frame = pd.DataFrame(
        {
            header[0]: np.arange(n) % 9,
            header[1]: np.where(np.arange(n) % 2, "a b", "b"),
            header[2]: [f"u{i}" for i in range(n)],
            header[3]: "2026-11-01",
        }
    )
    got = isv.read_responses(frame, central)
    assert got.data["Sym_a"].sum() == n / 2
    assert got.n_obs == n


@pytest.mark.parametrize(
    ("cell", "ticks"),
    [
        ("22 16 46 null null null null null null null a", [1, 0]),
        ("n/a", None),
        ("B A", [1, 1]),
        ("c", "unreadable"),
    ],
)
def test_lists_of_ticks_in_all_their_forms(central, cell, ticks, tmp_path):
    rows = [["How_many", "Sym", "_uuid", "_submission_time"], ["n/a", cell, "u", "2026"]]
    (tmp_path / "x.csv").write_text(as_csv(rows))
    got = isv.read_responses(tmp_path / "x.csv", central)
    if isinstance(ticks, list):
        assert got.data.loc["u", ["Sym_a", "Sym_b"]].tolist() == ticks
    else:
        assert got.data.loc["u", ["Sym_a", "Sym_b"]].isna().all()
        assert set(got.reasons.loc["u", ["Sym_a", "Sym_b"]]) == {ticks or "not_answered"}


@pytest.mark.parametrize(
    ("label", "heading"),
    [
        ("**How** many <i>kids</i> &amp; dogs?", "**How** many <i>kids</i> &amp; dogs?"),
        ("# How many kids", "G/# How many kids"),
        ("Less than <5%>?", "Less than <5%>?"),
        ("Men/women: how many?", "G/Men/women: how many?"),
        ("How many\n kids?", "How many\n kids?"),
    ],
)
def test_labels_with_markup_and_signs_are_found(label, heading, tmp_path):
    survey = [{"type": "integer", "name": "n", "label": label}]
    (tmp_path / "form.json").write_text(json.dumps({"survey": survey}))
    path = tmp_path / "marked.yaml"
    path.write_text(isv.new_instrument("marked", source=tmp_path / "form.json"))
    rows = [[heading, "_uuid", "_submission_time"], ["3", "u", "2026"]]
    (tmp_path / "x.csv").write_text(as_csv(rows))
    got = isv.read_responses(tmp_path / "x.csv", path)
    assert got.data["n"].tolist() == [3]


BOMBS = {
    "people": {"a.csv": b"KEY,x\n", "b.csv": b"PARENT_KEY,y\n"},
    "no headings": {"X_DATA_NOHDRS_1.csv": b"1,2\n", "a.do": b"import delimited a b using x"},
    "workbook": {"xl/workbook.xml": b"<x/>", "xl/sharedStrings.xml": b"_parent_index"},
}


@pytest.mark.parametrize("kind", BOMBS)
def test_archives_that_unfold_too_far_are_refused_before_they_do(kind, tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, begin in BOMBS[kind].items():
            archive.writestr(name, begin + bytes(30_000_000))
    with pytest.raises(DataError, match="would unpack from"):
        read_table(path, ReadOptions())


SAME = [
    {"list_name": "l", "name": "a", "label": "Same"},
    {"list_name": "l", "name": "b", "label": "Same"},
    {"list_name": "l", "name": "c", "label": "Another"},
]


@pytest.mark.parametrize(
    ("one", "many", "labelled", "wanted"),
    [
        ("a", "a c", False, [1, 1, 0, 1]),
        ("Same", "Same Another", True, ["unreadable"] * 4),
        ("Another", "Another", True, [3, 0, 0, 1]),
    ],
)
def test_labels_of_two_choices_are_told_apart_by_names_alone(one, many, labelled, wanted, tmp_path):
    survey = [
        {"type": "select_one l", "name": "one", "label": "One?"},
        {"type": "select_multiple l", "name": "many", "label": "Many?"},
    ]
    (tmp_path / "form.json").write_text(json.dumps({"survey": survey, "choices": SAME}))
    path = tmp_path / "same.yaml"
    path.write_text(isv.new_instrument("same", source=tmp_path / "form.json"))
    heading = ["One?", "Many?"] if labelled else ["one", "many"]
    rows = [[*heading, "_uuid", "_submission_time"], [one, many, "u", "2026"]]
    (tmp_path / "x.csv").write_text(as_csv(rows))
    got = isv.read_responses(tmp_path / "x.csv", path)
    values, reasons = got.data.loc["u"], got.reasons.loc["u"]
    assert [v if pd.notna(v) else r for v, r in zip(values, reasons, strict=True)] == wanted
