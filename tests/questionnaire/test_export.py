"""What all formats share: names of files, languages, senders, pseudonyms, refusals."""

import pytest

import innovsurvey as isv
from innovsurvey.errors import DefinitionError, ExportError, SpecificationError
from innovsurvey.questionnaire.export import FORMATS
from innovsurvey.questionnaire.platforms.limesurvey import write_limesurvey

from .answers import HOSTILE, layout_of

SUFFIXES = {
    "html": ".html", "limesurvey": ".lss", "xlsform": ".xlsx", "qualtrics": ".qsf",
    "qualtrics-txt": ".txt", "surveyjs": ".json", "docx": ".docx", "pdf": ".pdf", "ddi": ".xml",
    "limesurvey-tsv": ".tsv",
}  # fmt: skip


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_gives_the_same_bytes_twice(tmp_path, format_):
    paths = [tmp_path / name for name in ("a", "b")]
    for path in paths:
        isv.export_questionnaire("metagovernance", path, format=format_)
    assert paths[0].read_bytes() == paths[1].read_bytes() != b""


@pytest.mark.parametrize(("format_", "suffix"), SUFFIXES.items())
def test_the_suffix_tells_the_format(tmp_path, format_, suffix):
    named = isv.export_questionnaire("metagovernance", tmp_path / f"a{suffix}")
    given = isv.export_questionnaire("metagovernance", tmp_path / f"b{suffix}", format=format_)
    assert named.read_bytes() == given.read_bytes()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.csv", {}, 'Give format= one of "redcap", "codebook"'),
        ("a", {}, "does not tell the format"),
        ("a.html", {"format": "docx"}, "call it a.docx"),
        ("a.html", {"format": "htm"}, "did you mean html"),
        ("a.html", {"language": "dk"}, "has no language 'dk'"),
        ("a.html", {"languages": ["en", "xx"]}, "has no language 'xx'"),
        ("a.html", {"version": "observers"}, "did you mean observer"),
        ("a.html", {"form": "shrt"}, "did you mean short"),
        ("a.html", {"manager_id": "Ann Smith"}, "is no pseudonym"),
        ("a.html", {"manager_id": "m7"}, "capital letters"),
        ("a.html", {"manager_id": "H0101801234"}, "belongs to a person"),
        ("a.html", {"sender": {"en": "Ministry"}}, "says nothing in da"),
        ("", {"format": "html"}, "is a folder"),
        ("a.html/b.html", {}, "cannot be written"),
    ],
)
def test_a_wrong_option_is_answered_in_one_sentence(tmp_path, name, options, message):
    (tmp_path / "a.html").write_text("an older export", encoding="utf-8")
    with pytest.raises(SpecificationError, match=message):
        isv.export_questionnaire("collaborative-leadership", tmp_path / name, **options)
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == "an older export"


def test_a_questionnaire_misspelt_is_found(tmp_path):
    with pytest.raises(DefinitionError, match="did you mean self-assessment"):
        isv.export_questionnaire("self-assesment", tmp_path / "a.html")


def test_what_belongs_to_others_is_not_exported(tmp_path):
    with pytest.raises(ExportError, match="may not be exported"):
        isv.export_questionnaire("leadership-climate", tmp_path / "a.html")
    assert not list(tmp_path.iterdir())


def test_every_missing_translation_is_listed(tmp_path):
    text = HOSTILE.read_text(encoding="utf-8").replace("da: Filter {FLT} ${FLT}?", "da: ' '")
    path = tmp_path / "gap.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((ExportError, DefinitionError), match="FLT"):
        isv.export_questionnaire(path, tmp_path / "a.html")


@pytest.mark.parametrize("format_", sorted(set(FORMATS) - {"codebook"}))  # which lists columns
def test_the_sender_is_named_in_every_format(tmp_path, format_):
    path = isv.export_questionnaire(
        "metagovernance", tmp_path / "a", format=format_, sender="Ministry of Tests"
    )
    content = path.read_bytes()
    if format_ in {"docx", "pdf", "xlsform", "redcap"}:
        plain = isv.export_questionnaire("metagovernance", tmp_path / "b", format=format_)
        assert content != plain.read_bytes()
    else:
        assert b"Ministry of Tests" in content


def test_one_language_alone_leaves_no_trace_of_the_other(tmp_path):
    path = isv.export_questionnaire("observer", tmp_path / "a.html", languages=["da"])
    assert "My manager looked for people" not in path.read_text(encoding="utf-8")


def test_in_a_survey_the_introduction_does_not_promise_that_answers_stay():
    alone, in_survey = (
        layout_of("self-assessment", carried={"manager_id": manager}) for manager in (None, "M07")
    )
    assert "The answers stay with you" in alone.introduction["en"]
    assert "go to whoever sent you" in in_survey.introduction["en"]
    assert b"go to whoever" in write_limesurvey(layout_of("self-assessment", collected=True))
