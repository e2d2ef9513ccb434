"""From the template to a file of one's own, and one more language in it."""

import re
from pathlib import Path

import pytest

import innovsurvey as isv

EVERYTHING = Path(__file__).parent / "good" / "everything.yaml"


def test_the_template_is_a_correct_file_that_scores(tmp_path):
    path = tmp_path / "team-voice.yaml"
    path.write_text(isv.new_instrument("team-voice"), encoding="utf-8")
    assert isv.check_instrument(path) == []
    voice = isv.load_instrument(path)
    assert voice.id == "team-voice"
    assert voice.item("LIS3").reverse


@pytest.mark.parametrize("name", ["Team", "team voice", "", "1team", "team_", "team--voice"])
def test_a_wrong_id_is_refused(name):
    with pytest.raises(isv.errors.SpecificationError, match="lower-case words"):
        isv.new_instrument(name)


@pytest.mark.parametrize(
    "source", [EVERYTHING, "leadership-climate", "collaborative-leadership"], ids=str
)
def test_a_filled_sheet_adds_a_language_everywhere(tmp_path, source):
    sheet = isv.translation_sheet(source, "is")
    sheet["translation"] = 'ís: "' + sheet["source"] + '" \\ {x}'.replace("{x}", "")
    path = tmp_path / "more.yaml"
    path.write_text(isv.add_translation(source, sheet, "is", name="Íslenska"), encoding="utf-8")
    assert isv.check_instrument(path) == []
    before, after = isv.load_instrument(source), isv.load_instrument(path)
    assert [language.code for language in after.languages][-1] == "is"
    assert after.languages[-1].status == "draft"
    for old, new in zip(before.items, after.items, strict=True):
        for version in old.versions:
            if old.matrix is None and old.text(version):
                words = old.text(version).say()
                assert new.text(version)["is"] == f'ís: "{words}" \\'
                assert new.text(version).say("en") == old.text(version).say("en")


def test_the_layout_and_the_comments_of_the_file_stay():
    sheet = isv.translation_sheet(EVERYTHING, "is").assign(translation=lambda s: s["source"])
    text = isv.add_translation(EVERYTHING, sheet, "is", name="Íslenska")
    without = re.sub(r", is: \"[^\"]*\"|\n  is: \{[^\n]*", "", text)
    assert without == EVERYTHING.read_text(encoding="utf-8")


def test_a_file_without_languages_gets_them(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(
        "id: small\nversion: 0.1.0\nsource: {citation: Invented, licence: CC0-1.0}\n"
        "formats:\n  ab:\n    level: ordinal\n    points:\n"
        "      - value: 1\n        label:\n          en: a\n"
        "      - value: 2\n        label:\n          en: b\n"
        "items:\n  - id: x1\n    format: ab\n    text:\n      en: >-\n        One\n        line\n"
        "  - id: x2\n    format: ab\n    text:\n      en: Two",
        encoding="utf-8",
    )
    sheet = isv.translation_sheet(path, "da").assign(translation=["A", "B", "En", "To"])
    path.write_text(isv.add_translation(path, sheet, "da", name="Dansk"), encoding="utf-8")
    assert isv.check_instrument(path) == []
    small = isv.load_instrument(path)
    assert [item.text()["da"] for item in small.items] == ["En", "To"]
    assert small.items[0].text()["en"] == "One line"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.assign(translation=""), "translations are missing"),
        (lambda s: s.drop(index=0), "1 of"),
        (lambda s: s.drop(columns="translation"), "lacks the column"),
        (lambda s: s.assign(source=s["source"].replace("I talked.", "I spoke.")), "look at items"),
        (lambda s: s.assign(place=s["place"].replace("title", "titel")), "look at titel"),
        (lambda s: s.iloc[[0, *range(len(s))]], "look at title"),
        (lambda s: s.assign(translation=s["translation"].str.replace("{", "")), "placeholders"),
    ],
    ids=["empty", "short", "column", "source", "place", "twice", "placeholder"],
)
def test_a_sheet_that_does_not_fit_is_refused(change, message):
    sheet = isv.translation_sheet(EVERYTHING, "is").assign(translation=lambda s: s["source"])
    with pytest.raises(isv.errors.SpecificationError, match=message):
        isv.add_translation(EVERYTHING, change(sheet), "is", name="Íslenska")


@pytest.mark.parametrize(
    ("language", "message"),
    [("Danish", "no language code"), ("da", "has the language 'da' already")],
)
def test_a_wrong_language_is_refused(language, message):
    sheet = isv.translation_sheet(EVERYTHING, "is").assign(translation=lambda s: s["source"])
    with pytest.raises(isv.errors.SpecificationError, match=message):
        isv.add_translation(EVERYTHING, sheet, language, name="Dansk")


def test_a_sheet_shows_what_is_there_and_the_notes_for_translators():
    sheet = isv.translation_sheet(EVERYTHING, "da")
    assert sheet["translation"].ne("").all()
    assert sheet.loc[sheet["source"] == "Years in the job", "note"].tolist() == ["A whole number."]


def test_a_file_with_mistakes_has_to_be_mended_first(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("id: [", encoding="utf-8")
    with pytest.raises(isv.errors.DefinitionError, match="mend the file first"):
        isv.translation_sheet(path, "da")
