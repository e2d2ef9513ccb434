"""Headings of two rows, and headings that are there again."""

import pytest

import innovsurvey as isv
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import as_table_file


def read(text):
    return as_table_file(text.encode(), "a.csv", ReadOptions())


@pytest.mark.parametrize(
    ("text", "header"),
    [
        (
            "id,We,,Why?,Which?,\n,share.,help.,Open-Ended Response,Response,Other\n1,4,5,x,A,\n",
            ["id", "We [share.]", "We [help.]", "Why?", "Which?", "Which? [Other]"],
        ),
        ("id,Why?\n,Response\n1,x\n", ["id", "Why?"]),
        ("id;Warum?\n;Offene Antwort\n1;x\n", ["id", "Warum?"]),
        ("\nid,We,,\n,a,b,c\n1,4,5,6\n", ["id", "We [a]", "We [b]", "We [c]"]),
        ("id,We,,,\n,a,b,c,\n1,4,5,6,\n", ["id", "We [a]", "We [b]", "We [c]"]),
    ],
)
def test_two_rows_of_headings_become_one(text, header):
    table = read(text)
    assert table.header == header
    assert table.numbers == [1]
    assert table.rows[0][0] == "1"
    assert "they were joined to 'Question [Row]'" in " ".join(table.notes)


@pytest.mark.parametrize(
    "text",
    [
        "id,a,,\n,4,5,3\n2,4,5,3\n",
        "id,a,b\n,x,y\n2,x,z\n",
        "id,a,,\n1,x,y,z\n2,x,z,z\n",
        "id,a,,\n,x,,z\n2,x,z,z\n",
        "id,a,,\n,,y,z\n2,x,z,z\n",
        "id,a,\n,x,y\n",
    ],
)
def test_rows_of_answers_are_no_second_heading(text):
    table = read(text)
    assert table.header == [cell.strip() for cell in text.partition("\n")[0].split(",")]
    assert len(table.rows) == text.count("\n") - 1


@pytest.mark.parametrize(
    ("row", "is_heading"),
    [
        ("id,a,b,c", True),
        (" id , a,b,c", True),
        ("id,a,,", True),
        ("id,,,", False),
        ("1,a,b,c", False),
        ("id,a,b,c,d", False),
    ],
)
def test_a_heading_that_is_there_again_is_set_aside(row, is_heading):
    table = read(f"id,a,b,c\n1,2,3,4\n{row}\n2,3,4,5\n")
    assert table.aside == ({1: "repeated_heading"} if is_heading else {})
    assert len(table.rows) == 3


def test_numbers_that_stand_for_headings_may_be_answers():
    assert read("1,2,3\n1,2,3\n").aside == {}


PLATFORMS = {
    "plain": ["id,CON{n}", "7,CON{n}"],
    "limesurvey": ["id,submitdate,lastpage,startlanguage,G1[CON{n}]", "7,,2,da,G1[CON{n}]"],
    "qualtrics": ["ResponseId,StartDate,Finished,Q1_CON{n}", "R_7,2026-03-01,1,Q1_CON{n}"],
    "redcap": ["record_id,redcap_event_name,con{n}", "7,w1,con{n}"],
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_heading_rows_of_files_that_were_joined_are_in_the_quarantine(tmp_path, platform):
    heading, answers = PLATFORMS[platform]
    tasks = isv.load_instrument("collaborative-leadership")
    items = [item.removeprefix("CON") for item in tasks.item_ids if item.startswith("CON")]
    start, last = heading.rsplit(",", 1)
    heading = ",".join([start, *(last.format(n=n) for n in items)])
    row = ",".join([answers.rsplit(",", 1)[0], *(["4"] * len(items))])
    path = tmp_path / "joined.csv"
    path.write_text("\n".join([heading, row, heading, row.replace("7", "8", 1)]), encoding="utf-8")
    read_as = "auto" if platform == "plain" else platform
    found = isv.read_responses(path, tasks, platform=read_as, partial=True)
    assert found.quarantine["reason"].tolist() == ["repeated_heading"]
    assert len(found.data) == 2
    assert (found.data[[f"CON{n}" for n in items]] == 4).all(axis=None)
