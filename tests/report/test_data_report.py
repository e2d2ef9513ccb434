from __future__ import annotations

import dataclasses
import html
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.errors import DataError, SpecificationError
from innovsurvey.report.data_report import data_report
from innovsurvey.report.data_report_missing import _hidden_units

AXE = Path(__file__).parent.parent / "data/axe/axe.min.js"
ROSTER = "synthetic_seed_organisations"
SECRET = "call me at home"
PHONE = "44112233"
ALWAYS = [
    "What to do next",
    "What was read",
    "What was changed",
    "What was set aside",
    "What is missing",
    "How answers spread",
    "Response by unit",
    "Careless answers",
]


def messy_file(folder):
    """Write the climate survey with strange codes, texts, ids twice and a heading of its own."""
    data = pd.read_csv(isv.sample_path("leadership-climate"), dtype=str).head(400)
    data["SUB"] = [f"person-{n}" for n in range(len(data))]
    data.loc[:30, "LEAD01"] = "9"
    data.loc[40, "LEAD02"] = SECRET
    data.loc[3, "TSIG02"] = PHONE
    data.loc[70:200, "TSIG01"] = ""
    data.loc[5:9, "SUB"] = "person-twice"
    data.loc[12, "SUB"] = ""
    data["E-mail"] = [f"someone{n}@example.org" for n in range(len(data))]
    data["remark"] = [
        f"My leader once told me story {n} of ours at length" for n in range(len(data))
    ]
    path = folder / "messy <file>.csv"
    data.rename(columns={"LEAD03": " lead03"}).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def messy(tmp_path_factory):
    """Answers with everything that the report tells, and the report."""
    folder = tmp_path_factory.mktemp("report")
    answers = isv.read_responses(messy_file(folder), "leadership-climate")
    return answers, data_report(answers, folder / "messy.html")


@pytest.fixture(scope="module")
def staff():
    return isv.read_responses(isv.sample_path("synthetic_seed_staff"), isv.load_form("staff"))


@pytest.fixture(scope="module")
def staff_page(staff, tmp_path_factory):
    folder = tmp_path_factory.mktemp("staff")
    return data_report(staff, folder / "new/staff.html", roster=isv.sample_path(ROSTER))


def words_of(path):
    """The text of a page without styles and tags."""
    page = re.sub(r"<style>.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("section", ALWAYS)
def test_every_section_is_there_and_in_the_contents(messy, section):
    page = messy[1].read_text(encoding="utf-8")
    anchor = section.lower().replace(" ", "-")
    assert f'<h2 id="{anchor}">{section}</h2>' in page
    assert f'href="#{anchor}"' in page


@pytest.mark.parametrize(
    "said",
    [
        "Data report: messy <file>.csv",
        "leadership-climate, version 1.0.0",
        "SHA-256 of the file: ",
        "Respondent: SUB.",
        "Units: COMPID.",
        "out of range LEAD01 9 missing 27",
        "column renamed LEAD03 lead03 LEAD03",
        "duplicate id 4",
        "1 column(s) with personal data left out: E-mail",
        "Free text, kept apart and not in this report: remark.",
        "4 row(s) had an id that another row has, too",
        "not answered 131",
        "Little's test of 19 items and 396 people",
        "TSIG01 396 265 131 33.1 0 everybody",
        "20% or more of those asked gave no answer to TSIG01",
        "29 cells hold what the response format does not know",
        "4 rows are in quarantine",
        "Nobody was left out",
        "responses.save(folder)",
    ],
)
def test_what_was_found_is_told(messy, said):
    assert said in words_of(messy[1])


def test_nothing_tells_who_a_person_is(messy):
    answers, path = messy
    page = path.read_text(encoding="utf-8")
    assert SECRET in answers.log["old"].tolist()
    assert PHONE in answers.log["old"].tolist()
    for personal in (SECRET, PHONE, "person-", "row_13", "someone", "story", str(path.parent)):
        assert personal not in page
    assert "are not printed here" in page


def test_a_note_that_quotes_what_somebody_typed_is_cut(messy, tmp_path):
    quoting = dataclasses.replace(messy[0], notes=(f"Strange: {SECRET}.",))
    words = words_of(data_report(quoting, tmp_path / "r.html", screening=None))
    assert "Strange: (left out here)." in words


def test_synthetic_answers_are_marked_at_the_top(staff_page):
    words = words_of(staff_page)
    assert words.index("Synthetic data: no person answered.") < words.index("What to do next ", 200)


def test_small_units_are_counted_but_not_shown(staff, staff_page):
    words = words_of(staff_page)
    sizes = staff.context["org_id"].value_counts()
    assert "25 of them with 10 or more people" in words
    assert "15 smaller unit(s) with 98 people together are not shown" in words
    table = words[words.index("Unit People") : words.index("Careless answers", 500)]
    for unit, size in sizes.items():
        assert (f"{unit} {size} " in table) == (size >= 10)


def test_units_without_an_answer_are_named(staff, tmp_path):
    roster = {"org01": 34, "silent": 12}
    words = words_of(data_report(staff, tmp_path / "r.html", roster=roster, screening=None))
    assert "Nobody answered in: silent." in words
    assert "1 invited units have no answer" in words
    assert "org01 13 13 34 38.2" in words


def test_no_sentence_on_the_roster_names_a_small_unit(staff, tmp_path):
    sizes = staff.context["org_id"].value_counts()
    roster = dict.fromkeys(sizes.index[sizes >= 10], 1)
    page = data_report(staff, tmp_path / "r.html", roster=roster, screening=None)
    words = words_of(page)
    assert "98 people belong to 15 unit(s) that are not on the roster" in words
    assert "More people answered than were invited in org" in words
    for unit in sizes.index[sizes < 10]:
        assert not re.search(rf"\b{unit}\b", words)


def test_words_behind_a_code_and_names_of_sent_files_are_not_printed(messy, tmp_path):
    answers = messy[0]
    line = answers.log.iloc[:1].assign(rule="label_matched", column="LEAD01", row=pd.NA)
    said = line.assign(old="3. ask my colleague Jane", new="3")
    label = line.assign(old="4 = Agree", new="4")
    quoting = dataclasses.replace(
        answers,
        log=pd.concat([answers.log, said, label], ignore_index=True).astype(answers.log.dtypes),
        provenance={"reader": "innovsurvey", "files": ["Jane Roe.json", "John Doe.docx"]},
        notes=("1 file(s) that are no questionnaire: a.txt.", "Jane Roe.json is of 2024."),
    )
    words = words_of(data_report(quoting, tmp_path / "r.html", screening=None))
    assert "Jane" not in words
    assert "John" not in words
    assert "Files 2" in words
    assert "(left out here) is of 2024." in words


def test_the_page_is_the_same_twice_and_with_a_screening_of_ones_own(messy, tmp_path):
    screening = isv.screen_responses(messy[0])
    again = data_report(messy[0], tmp_path / "r.html", screening=screening)
    assert again.read_bytes() == messy[1].read_bytes()


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (lambda ids: pd.DataFrame(3, index=range(4), columns=ids), "Every item has an answer"),
        (lambda ids: pd.DataFrame(2, index=range(1), columns=ids), "1 people, 19 items"),
        (lambda ids: pd.DataFrame(np.nan, index=range(3), columns=ids), "answered none"),
    ],
    ids=["complete", "one person", "empty"],
)
def test_any_answers_get_a_report(frame, said, tmp_path):
    climate = isv.load_instrument("leadership-climate")
    answers = isv.read_responses(frame(climate.item_ids), climate)
    words = words_of(data_report(answers, tmp_path / "r.html"))
    assert said in words
    assert "The answers name no units" in words


def test_screening_can_be_left_out(messy, tmp_path):
    words = words_of(data_report(messy[0], tmp_path / "r.html", screening=None))
    assert "People were not screened. It was left out of this report" in words


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"min_group_size": 4}, SpecificationError, "5 or more"),
        ({"min_group_size": 10.5}, SpecificationError, "5 or more"),
        ({"screening": "yes"}, SpecificationError, "screen_responses"),
        ({"screening": pd.DataFrame()}, SpecificationError, "screen_responses"),
        ({"roster": {}}, DataError, "roster"),
        ({"out": "."}, SpecificationError, "folder"),
    ],
)
def test_wrong_options_are_refused(messy, tmp_path, options, error, said):
    with pytest.raises(error, match=said):
        data_report(messy[0], **{"out": tmp_path / "r.html", **options})


def test_only_responses_are_taken(tmp_path):
    with pytest.raises(DataError, match="read_responses"):
        data_report(pd.DataFrame({"a": [1]}), tmp_path / "r.html")


def test_every_figure_has_a_description_and_no_figure_stays_open(staff_page):
    import matplotlib.pyplot as plt

    alts = re.findall(r'<img alt="([^"]*)"', staff_page.read_text(encoding="utf-8"))
    assert len(alts) == 5
    assert all(len(alt) > 60 for alt in alts)
    assert plt.get_fignums() == []


def visit(browser, path, *, scheme="light", width=1280):
    """Open the page in a light or dark window of some width."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(path.as_uri())


@pytest.mark.browser
def test_the_page_asks_for_nothing_but_itself(browser, messy):
    visit(browser, messy[1])
    browser.get_log("performance")
    browser.get_log("browser")
    visit(browser, messy[1])
    sent = [e["message"] for e in browser.get_log("performance")]
    asked = [m for m in sent if "Network.requestWillBeSent" in m and '"url":"data:' not in m]
    assert len([m for m in asked if '"requestWillBeSentExtraInfo' not in m]) == 1
    assert browser.get_log("browser") == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_no_fault_and_nothing_scrolls_sideways(browser, messy, scheme, width):
    visit(browser, messy[1], scheme=scheme, width=width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = browser.execute_async_script("axe.run().then(arguments[0])")
    faults = [(f["id"], [n["html"][:90] for n in f["nodes"]]) for f in found["violations"]]
    assert faults == []
    assert len(found["passes"]) > 10


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"a": 3, "b": 12, "c": 30}, ["a", "b"]),
        ({"a": 3, "b": 4, "c": 30, "d": 40}, ["a", "b", "c"]),
        ({"a": 9, "b": 8, "c": 30}, ["a", "b"]),
        ({"a": 12, "b": 30}, []),
    ],
)
def test_a_small_unit_cannot_be_told_from_the_totals(sizes, hidden):
    known = pd.DataFrame({"n_obs": pd.Series(sizes)})
    assert sorted(_hidden_units(known, 10).index) == hidden
