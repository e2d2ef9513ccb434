"""The surveys of research software engineers: figures published, and a survey that was changed."""

import csv
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import innovsurvey as isv
from innovsurvey.drafting.model import DraftFormat, DraftItem, DraftPoint, SurveyDraft
from innovsurvey.drafting.new import draft_survey
from innovsurvey.drafting.yaml_text import write_draft
from innovsurvey.errors import CodeMismatchError, MissingItemsError

DATA = Path(__file__).parents[2] / "data" / "rse"
FILE_2016, FILE_2017 = DATA / "2016_uk_public_data.csv", DATA / "2017_uk_public_data.csv"
SURVEY_2017 = DATA / "rse_uk_core_survey_2017.lss"
AGREEMENT = (
    "Strongly disagree", "Disagree", "Neither agree or disagree", "Agree", "Strongly Agree",
)  # fmt: skip
FREQUENCY = ("Never", "Sometimes", "Often", "Very Often", "Always")
PUBLISHED = sorted((DATA / "published_counts_2016_uk").glob("*.csv"))


def table_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def plain(text):
    return re.sub(r"[\W_]+", "", text).casefold()


@pytest.fixture(scope="module")
def read_2016(tmp_path_factory):
    """Read the file of 2016 with its rated statements as the instrument."""
    header = table_of(FILE_2016)[0]
    rated = [
        h for h in header if re.match(r"(perfCheck|turnOver[1-4]|affRec|affSat|percEmp|prog)", h)
    ]
    items = []
    for heading in rated:
        code, _, text = heading.partition(". ")
        labels = FREQUENCY if re.match(r"perf|turn", code) else AGREEMENT
        points = [DraftPoint(n, {"en": label}) for n, label in enumerate(labels, 1)]
        items.append(DraftItem(code, {"en": text}, DraftFormat("ordinal", tuple(points))))
    path = tmp_path_factory.mktemp("rse") / "rse-2016.yaml"
    draft = SurveyDraft("by hand", {"en": "English"}, {"en": "RSE 2016"}, items)
    path.write_text(write_draft(draft, "rse-2016"), encoding="utf-8")
    return isv.read_responses(FILE_2016, path)


def published_columns():
    """Give each published column: its file, heading and counts by answer."""
    for path in PUBLISHED:
        header, *rows = table_of(path)
        for place, heading in enumerate(header[1:], start=1):
            counts = {row[0]: float(row[place]) for row in rows if row[place]}
            yield pytest.param(heading, counts, id=f"{path.stem}-{place}")


def item_of(heading, header):
    fitting = [text for text in header if text and plain(text).endswith(plain(heading))]
    assert len(fitting) == 1, heading
    return fitting[0].partition(". ")[0]


@pytest.mark.parametrize(("heading", "counts"), list(published_columns()))
def test_counts_are_those_published(heading, counts, read_2016):
    """Ten columns leave out an answer; "Never" and "Never " stand apart in what was published."""
    item = item_of(heading, table_of(FILE_2016)[0])
    log = read_2016.log
    lines = log[(log["column"] == item) & (log["rule"] == "label_matched")]
    as_written = dict(zip(lines["old"], lines["n_cells"], strict=True))
    assert {label: as_written.get(label, 0) for label in counts} == counts
    labels = FREQUENCY if "Often" in counts else AGREEMENT
    read = Counter(read_2016.data[item].dropna())
    for number, label in enumerate(labels, 1):
        wanted = sum(n for text, n in as_written.items() if text.strip() == label)
        assert read.get(number, 0) == wanted
        assert label == "Never" or counts.get(label, 0) == wanted


def test_how_many_columns_were_published():
    columns = [param.values for param in published_columns()]
    assert len(columns) == 27
    assert sum(len(counts) < 5 for _, counts in columns) == 10


def draft_of_items_there():
    """Draft the survey of 2017, without the nine columns that its public data do not have."""
    draft = draft_survey(SURVEY_2017)
    there = {h.partition(". ")[0] for h in table_of(FILE_2017)[0]}
    draft.items = [
        item for item in draft.items if item.heading in there or item.format.level == "text"
    ]
    draft.boxes = [
        replace(b, boxes={k: t for k, t in b.boxes.items() if f"{b.code}[{k}]" in there})
        for b in draft.boxes
    ]
    return draft


@pytest.fixture(scope="module")
def instrument_2017(tmp_path_factory):
    path = tmp_path_factory.mktemp("rse") / "rse-2017.yaml"
    path.write_text(write_draft(draft_of_items_there(), "rse-2017"), encoding="utf-8")
    return isv.load_instrument(path)


def places_of(header):
    """Give the place of each item."""
    codes = [heading.partition(". ")[0] for heading in header]
    return {code.replace("[", "_").replace("]", ""): place for place, code in enumerate(codes)}


def test_the_survey_of_2017_has_nine_columns_more_than_its_public_data(tmp_path):
    path = tmp_path / "rse.yaml"
    path.write_text(isv.new_instrument("rse", source=SURVEY_2017), encoding="utf-8")
    assert len(isv.load_instrument(path).items) == 169
    with pytest.raises(MissingItemsError) as caught:
        isv.read_responses(FILE_2017, path)
    assert sorted(caught.value.missing) == [
        "currentEmp13_SQ066", "currentEmp2", "currentEmp7", "currentEmp8", "currentWork3_SQ001",
        "open1can_SQ001", "socio4", "socio5", "ukrse2",
    ]  # fmt: skip


def test_answers_that_were_worded_otherwise_are_told_and_refused(instrument_2017):
    with pytest.raises(CodeMismatchError, match="'University - within an academic group'"):
        isv.read_responses(FILE_2017, instrument_2017)


def test_every_cell_of_2017_is_read_as_its_label_says(instrument_2017):
    """Compare each cell with the label in the survey file, looked up here by hand."""
    got = isv.read_responses(FILE_2017, instrument_2017, check_codes=False)
    header, *rows = table_of(FILE_2017)
    places = {
        h.partition(". ")[0].replace("[", "_").replace("]", ""): i for i, h in enumerate(header)
    }
    compared = 0
    for item in got.data.columns:
        format_ = instrument_2017.format_of(item)
        if format_.level in {"multiple", "number"}:
            continue
        by_label = {p.label.say().casefold(): p.value for p in format_.points}
        wanted = [by_label.get(" ".join(row[places[item]].casefold().split())) for row in rows]
        cells = [None if cell != cell else cell for cell in got.data[item]]
        assert cells == wanted, item
        compared += sum(cell is not None for cell in cells)
    assert compared > 8000


def test_numbers_of_2017_are_read_as_they_stand(instrument_2017):
    got = isv.read_responses(FILE_2017, instrument_2017, check_codes=False)
    header, *rows = table_of(FILE_2017)
    for item in ("proj1can", "soft1can"):
        place = places_of(header)[item]
        wanted = [float(row[place]) if row[place] else None for row in rows]
        assert [None if v != v else v for v in got.data[item]] == wanted, item
        assert instrument_2017.format_of(item).level == "number"


def test_labels_that_are_numbers_give_the_numbers(instrument_2017):
    """The survey gives the code A4 to 5 and the code A5 to 4."""
    got = isv.read_responses(FILE_2017, instrument_2017, check_codes=False)
    header, *rows = table_of(FILE_2017)
    cells = [row[places_of(header)["time1can_time1can"]] for row in rows]
    wanted = [float(cell.partition(" ")[0]) for cell in cells]
    assert got.data["time1can_time1can"].tolist() == wanted
