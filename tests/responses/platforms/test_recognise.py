"""Ordinary tables are read as what they are, whatever their columns are called."""

import csv
import io
from functools import cache

import pandas as pd
import pytest
from questionnaire.answers import layout_of, random_people

import innovsurvey as isv
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import read_table
from innovsurvey.responses.platforms import kobo, limesurvey, qualtrics, redcap

ADAPTERS = {m.__name__.rpartition(".")[2]: m for m in (kobo, limesurvey, qualtrics, redcap)}
# Columns as offices and statistics programs have them beside the answers, with what they hold.
BESIDE = {
    "ids": {"id": "7", "record": "7", "respondent_id": "7", "case id": "7", "ID": "7"},
    "dates": {"date": "2026-03-01", "StartDate": "2026-03-01", "EndDate": "2026-03-01"},
    "times": {"start": "10:30:00", "end": "10:41:00", "duration": "660", "timestamp": "1"},
    "counted like LimeSurvey": {
        "nr": "1", "date": "2026-03-01", "unit": "3", "lang": "da", "age": "45",
    },
    "words of LimeSurvey": {"id": "1", "seed": "12", "token": "a", "language": "da"},
    "words of Qualtrics": {"Status": "0", "Progress": "100", "Finished": "1", "consent": "1"},
    "words of Kobo": {"start": "1", "end": "2", "consent": "1", "device_check": "OK", "_id": "1"},
    "words of REDCap": {"training_complete": "2", "form_complete": "1", "event": "1"},
    "what the file carries": {
        "version": "self", "app_version": "7", "wave": "1", "manager_id": "M1", "project_id": "P",
    },
    "status": {"status": "1", "state": "complete", "email": "a@x.invalid", "finished": "1"},
    "web": {"url": "https://x.invalid", "ip": "10.0.0.1", "user agent": "x"},
}  # fmt: skip
NAMES = ("innovation-outcomes", "participation-by-phase", "staff", "hostile")
HEADINGS = {"as they are": str, "lower case": str.lower, "quoted": lambda name: f" {name} "}


@cache
def people_of(name):
    return random_people(layout_of(name), 6, seed=3)


def plain_table(folder, name, beside, change):
    """Write a table with columns beside the answers and read it as it stands."""
    items = layout_of(name).instrument.item_ids
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*beside, *map(change, items)])
    for person in people_of(name):
        writer.writerow([*beside.values(), *(person.get(item, "") for item in items)])
    path = folder / "answers.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return read_table(path, ReadOptions())


@pytest.mark.parametrize("headings", HEADINGS)
@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("name", NAMES)
def test_no_platform_takes_an_ordinary_table(tmp_path, name, beside, headings):
    table = plain_table(tmp_path, name, BESIDE[beside], HEADINGS[headings])
    instrument = layout_of(name).instrument
    why = {found: a.recognise(table, instrument) for found, a in ADAPTERS.items()}
    assert why == dict.fromkeys(ADAPTERS)


@pytest.mark.parametrize("beside", BESIDE)
def test_everybody_and_every_column_of_an_ordinary_table_is_kept(tmp_path, beside):
    table = plain_table(tmp_path, "innovation-outcomes", BESIDE[beside], str.lower)
    got = isv.read_responses(tmp_path / "answers.csv", "innovation-outcomes")
    columns = {*got.context.columns, got.data.index.name}
    private = set(got.log.loc[got.log["rule"] == "private_column_dropped", "column"])
    assert private <= {"email", "ip", "user agent"}
    assert columns | private >= set(BESIDE[beside])
    assert got.n_obs + len(got.quarantine) == len(table.rows)
    assert set(got.quarantine["reason"]) <= {"duplicate_id"}


def test_names_with_dots_are_no_groups_of_kobo(tmp_path):
    path = tmp_path / "own.yaml"
    text = isv.new_instrument("own").replace(
        "items: [LIS1, LIS2, LIS3]", "items: [LIS1, LIS2, LIS3, G_LIS1, W_LIS1, G_LIS2, W_LIS2]", 1
    )
    more = "".join(
        f'  - {{id: {g}_{item}, format: agree5, passage: listening, text: {{en: "{g}.{item}"}}}}\n'
        for item in ("LIS1", "LIS2")
        for g in "GW"
    )
    path.write_text(text.replace("\nblocks:", f"\n{more}\nblocks:", 1), encoding="utf-8")
    frame = pd.DataFrame({"LIS1": [1, 2], "G.LIS1": [3, 4], "W.LIS1": [5, 1], "LIS2": [2, 3]})
    frame = frame.assign(**{"G.LIS2": [4, 5], "W.LIS2": [1, 2], "LIS3": [3, 4]})
    got = isv.read_responses(frame, path)
    assert got.data["G_LIS1"].tolist() == [3, 4]
