"""Surveys of LimeSurvey become instruments: every question, language and answer, in any dialect."""

import sys
import zipfile
from pathlib import Path

import pytest

import innovsurvey as isv
from innovsurvey.drafting import limesurvey
from innovsurvey.drafting.limesurvey_answers import numbers_of
from innovsurvey.drafting.words import plain_text
from innovsurvey.errors import DataError
from innovsurvey.responses.platforms.limesurvey_survey import read_survey
from innovsurvey.responses.platforms.limesurvey_tsv import read_survey_table

DATA = Path(__file__).parents[1] / "data"
LIME = DATA / "limesurvey"
SURVEYS = {
    LIME / "real_db623.lss": (99, 0, ("en", "es")),
    LIME / "real_db366.lss": (99, 0, ("en", "es")),
    LIME / "two_languages_et_en_db630.lss": (1, 0, ("en", "et")),
    LIME / "limonaid" / "limonaid_limesurvey_group_1370.lsg": (4, 0, ("en",)),
    LIME / "limonaid" / "testing-multilingual-export.txt": (1, 0, ("en", "nl")),
    LIME / "real_structure.txt": (99, 0, ("en", "es")),
    DATA / "rse" / "rse_uk_core_survey_2017.lss": (169, 2, ("en",)),
}


def load(source, folder, name="drafted"):
    path = folder / f"{name}.yaml"
    path.write_text(isv.new_instrument(name, source=source), encoding="utf-8")
    return isv.load_instrument(path)


@pytest.mark.parametrize("source", SURVEYS, ids=lambda path: path.name)
def test_real_surveys_become_instruments_that_pass_the_check(source, tmp_path):
    n_items, n_matrices, languages = SURVEYS[source]
    got = load(source, tmp_path)
    assert (len(got.items), len(got.matrices)) == (n_items, n_matrices)
    assert tuple(language.code for language in got.languages) == languages
    assert got.source.licence == "Not known yet"
    isv.check_instrument(tmp_path / "drafted.yaml")


@pytest.mark.parametrize("source", SURVEYS, ids=lambda path: path.name)
def test_every_question_with_text_is_there_in_every_language(source, tmp_path):
    got = load(source, tmp_path)
    is_table = source.suffix == ".txt"
    survey = (read_survey_table if is_table else read_survey)(source.read_bytes(), source.name)
    texts = {squashed(words) for words in all_texts(got)}
    for question in survey.questions:
        for line in (question, *question.lines):
            for words in line.text.values():
                parts = [plain(part) for part in words.split("|")]
                assert all(any(part in text for text in texts) for part in parts if part), words


def all_texts(instrument):
    """Give all wordings of an instrument."""
    texts = [text for item in instrument.items for _, text in item.texts]
    texts += [stem for block in instrument.blocks for _, stem in block.stems]
    texts += [pole for item in instrument.items for pole in (item.left, item.right)]
    for matrix in instrument.matrices:
        texts += [part.text for part in (matrix, *matrix.rows, *matrix.columns)]
    return [words for text in texts for words in text.values()]


def squashed(text):
    return "".join(text.split())


def plain(text):
    return squashed(plain_text(text))


def test_all_dialects_give_the_same_instrument(tmp_path):
    texts = []
    for dialect in ("real_db623.lss", "real_db366.lss", "real_structure.txt"):
        copy = tmp_path / "same.lss"
        copy.write_bytes((LIME / dialect).read_bytes())
        texts.append(isv.new_instrument("same", source=copy))
    assert texts[0] == texts[1]
    # Conditions stand with the groups of this survey, which a draft does not follow.
    assert texts[2] == texts[0]


def test_answers_levels_and_missing_options_of_the_real_survey(tmp_path):
    got = load(LIME / "real_db623.lss", tmp_path)
    assert got.format_of("STR_STR01").level == "ordinal"
    assert got.format_of("STR_STR01").points[4].label["es"] == "Totalmente de acuerdo"
    role = got.format_of("ROLE")
    assert (role.level, role.values) == ("nominal", (1, 2, 3, 4))
    assert [(m.code, m.reason) for m in role.missing] == [(99, "prefer_not_to_say")]
    assert [(p.value, p.written) for p in got.format_of("CONSENT").points] == [(1, "Y"), (2, "N")]
    years = got.format_of("YEARS")
    assert (years.level, years.minimum, years.maximum) == ("number", 0, 60)
    assert got.format_of("PHAC_PH1_AC1").values == (0, 1, 2, 3)
    assert got.format_of("COMMENT").level == "text"
    block = next(block for block in got.blocks if "STR_STR01" in block.items)
    assert block.title["en"] == "Strategy"
    assert block.stems[0][1]["en"] == "How far do you agree with each statement?"
    assert [c.id for c in got.context if c.role == "respondent"] == ["id"]


def test_the_draft_says_what_is_left_to_do():
    text = isv.new_instrument("rse", source=DATA / "rse" / "rse_uk_core_survey_2017.lss")
    head = " ".join(line.removeprefix("#").strip() for line in text.splitlines() if line[:1] == "#")
    assert "13 question(s) were shown on a condition; write it as show_if." in head
    assert "'written' is the code that files hold." in head
    assert "were taken as missing." in head
    assert "arrays and 5-point questions with three answers or more were taken as ordinal" in head


def small(questions="", more="", *, kind="Survey"):
    return (
        f"<document><LimeSurveyDocType>{kind}</LimeSurveyDocType><DBVersion>366</DBVersion>"
        f"<languages><language>de-informal</language></languages>"
        f"<questions><rows>{questions}</rows></questions>{more}</document>"
    ).encode()


def question(code="Q1", kind="T", text="Why?", qid="1", **more):
    own = {"qid": qid, "parent_qid": "0", "gid": "1", "type": kind, "title": code, "question": text}
    cells = "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in (own | more).items())
    return f"<row>{cells}</row>"


def draft_items(raw):
    return limesurvey.draft(raw, "small.lss").items


@pytest.mark.parametrize(
    ("codes", "labels", "numbers"),
    [
        (["1", "2"], ["a", "b"], [1, 2]),
        (["10", "-oth-"], ["a", "Other"], [10, 11]),
        (["A1", "A2"], ["a", "b"], [1, 2]),
        (["A4", "A5"], ["5", "4"], [5, 4]),
        (["A1", "A2"], ["1 (none)", "10 (all)"], [1, 10]),
        (["A1", "A2"], ["18-24 years", "25-34 years"], [1, 2]),
        (["A1", "B1"], ["a", "b"], [1, 2]),
        (["A1", "B2"], ["a", "b"], [1, 2]),
        (["01", "1"], ["a", "b"], [1, 2]),
        (["uni", "gov"], ["a", "b"], [1, 2]),
        ([], [], []),
    ],
)
def test_numbers_of_answers(codes, labels, numbers):
    assert numbers_of(codes, labels) == numbers


@pytest.mark.parametrize("kind", [*"5YGINSTUD*", "|"])
def test_every_single_question_becomes_an_item(kind, tmp_path):
    (tmp_path / "one.lss").write_bytes(small(question(kind=kind)))
    assert "Q1" in load(tmp_path / "one.lss", tmp_path).item_ids


@pytest.mark.parametrize("kind", ["Survey", "Group", "Question"])
def test_groups_and_questions_alone_become_instruments_too(kind, tmp_path):
    (tmp_path / "part.lsq").write_bytes(small(question(), kind=kind))
    assert load(tmp_path / "part.lsq", tmp_path).item_ids == ("Q1",)


def test_an_archive_gives_the_draft_of_its_survey(tmp_path):
    survey = (LIME / "real_db623.lss").read_bytes()
    (tmp_path / "same.lsa").write_bytes(survey)
    plain = isv.new_instrument("same", source=tmp_path / "same.lsa")
    with zipfile.ZipFile(tmp_path / "same.lsa", "w") as archive:
        archive.writestr("survey_1_tokens.lst", "<document/>")
        archive.writestr("survey_1.lss", survey)
    assert isv.new_instrument("same", source=tmp_path / "same.lsa") == plain


def test_texts_without_an_answer_are_left_out_and_counted():
    draft = limesurvey.draft(small(question() + question("Q2", "X", qid="2")), "small.lss")
    assert [item.heading for item in draft.items] == ["Q1"]
    assert "1 text(s) without an answer were left out." in draft.remarks


def test_poles_that_a_bar_divides_are_poles():
    row = question("a", "T", "cold|warm", "2", parent_qid="1")
    more = f"<subquestions><rows>{row}</rows></subquestions>"
    item = draft_items(small(question(kind="A"), more))[0]
    assert (item.left, item.right) == ({"de-informal": "cold"}, {"de-informal": "warm"})


def test_codes_that_differ_by_signs_only_are_kept_apart(tmp_path):
    rows = "".join(question(c, "T", c, q, parent_qid="1") for c, q in (("1", "3"), ("12", "4")))
    raw = small(
        question("Q1", "Q") + question("Q11", "T", qid="2"),
        f"<subquestions><rows>{rows}</rows></subquestions>",
    )
    (tmp_path / "near.lss").write_bytes(raw)
    assert load(tmp_path / "near.lss", tmp_path).item_ids == ("Q1_1", "Q1_12", "Q11")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (small(), "no question in it"),
        (b"<!DOCTYPE d [<!ENTITY a 'b'>]>" + small(question()), "document type"),
        (b'<!DOCTYPE d SYSTEM "http://x.invalid/d.dtd">' + small(question()), "document type"),
        (b"class\ttype/scale\tname\ttext\nS\t\tsid\t1\n", "asks nothing"),
        (small(question())[:-20], "cannot be read as a LimeSurvey survey"),
        (
            small(question(text="&unknown;").replace("<![CDATA[", "").replace("]]>", "")),
            "undefined",
        ),
    ],
    ids=["empty", "entities", "external", "table", "cut", "unknown entity"],
)
def test_damaged_and_hostile_surveys_are_refused_with_a_sentence(raw, why, tmp_path):
    (tmp_path / "bad.lss").write_bytes(raw)
    with pytest.raises(DataError, match=why):
        isv.new_instrument("bad", source=tmp_path / "bad.lss")


def test_a_survey_nested_deeply_is_read_without_harm(tmp_path):
    depth = sys.getrecursionlimit() * 20
    deep = b"<a>" * depth + b"</a>" * depth
    raw = small(question()).replace(b"</document>", deep + b"</document>")
    (tmp_path / "deep.lss").write_bytes(raw)
    assert load(tmp_path / "deep.lss", tmp_path).item_ids == ("Q1",)


def test_a_name_that_is_hostile_stays_inside_its_comment(tmp_path):
    source = tmp_path / "x\nitems: [].lss"
    source.write_bytes(small(question(text="a: b\n# c\u2028d <script>alert(1)</script>")))
    got = load(source, tmp_path)
    assert got.item("Q1").text()["de-informal"] == "a: b # c d"
