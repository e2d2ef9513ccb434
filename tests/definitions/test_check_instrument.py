from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import innovsurvey as isv
from innovsurvey.base.places import shipped_folder
from innovsurvey.definitions.shape import schema

HERE = Path(__file__).parent
SHIPPED = sorted(shipped_folder("instruments").glob("*.yaml"))
BAD = sorted((HERE / "bad").glob("*.yaml"))

TEN_MISTAKES = """\
id: Ten Mistakes
version: one
source: {citation: Invented for the tests.}
formats:
  agree: {level: ordinal, points: [{value: 2, label: {en: a}}, {value: 1, label: {en: b}}]}
items:
  - {id: A1, format: agre, text: {en: First}}
  - {id: A1, format: agree, text: {en: Second}}
  - {id: A2, format: agree}
  - {id: A3, format: agree, text: {en: Third}, revers: true}
scales:
  - {id: s, items: [A1, A4], score: {method: mean, min_valid: 9}}
"""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_instruments_are_fine(path):
    assert [str(problem) for problem in isv.check_instrument(path)] == []


def test_the_file_that_uses_every_part_is_fine():
    assert isv.check_instrument(HERE / "good" / "everything.yaml") == []


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_each_mistake_is_named_with_its_place(path):
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")
    problems = isv.check_instrument(path)
    found = [problem for problem in problems if expected in problem.message]
    assert found, [str(problem) for problem in problems]
    assert all(problem.line > 1 and problem.file == path.name for problem in found)


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_a_file_with_a_mistake_cannot_be_loaded(path):
    with pytest.raises(isv.errors.DefinitionError, match=r"line \d+") as error:
        isv.load_instrument(path)
    assert error.value.file == path.name
    assert error.value.where


def test_ten_mistakes_in_one_file_are_all_listed(tmp_path):
    path = tmp_path / "ten.yaml"
    path.write_text(TEN_MISTAKES, encoding="utf-8")
    lines = sorted(problem.line for problem in isv.check_instrument(path))
    assert lines == [1, 2, 3, 5, 7, 8, 9, 10, 12, 12]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7 \xe2\xe3\xcf\xd3", "not text in UTF-8"),
        (b"just a sentence", "must be a mapping"),
        (b"- a\n- b\n", "must be a mapping"),
        (b"id: a\n  version: b", "not valid YAML"),
        (b"id: \x07", "not valid YAML"),
        (b"[" * 60 + b"]" * 60, "nested too deeply"),
        (b"id: " + b"[" * 60000, "nested too deeply"),
        (b"items: [{id: A1, format: [f], text: {en: x}}]", "must be a text"),
        (b"formats: {f: {level: [ordinal], points: [{value: [1]}]}}", "is not known"),
        (b"formats: {f: {level: ordinal, missing: [{code: [1], reason: {a: b}}]}}", "a number"),
        (b"feedback: [{id: a, kind: [band]}]", "is not known"),
        (b"formats: {f: {level: number, minimum: 1e999}}", "must be a number"),
        (b"? [a]\n: b\n", "a key must be a word"),
    ],
    ids=[
        "empty",
        "pdf",
        "sentence",
        "list",
        "indent",
        "control",
        "deep",
        "deeper",
        "list_as_format",
        "list_as_level",
        "list_as_code",
        "list_as_kind",
        "infinite",
        "list_as_key",
    ],
)
def test_files_that_are_no_instrument(tmp_path, content, message):
    path = tmp_path / "file.yaml"
    path.write_bytes(content)
    assert any(message in str(problem) for problem in isv.check_instrument(path))


def test_a_folder_and_a_missing_file(tmp_path):
    assert "this is a folder" in str(isv.check_instrument(tmp_path)[0])
    assert "No such file" in str(isv.check_instrument(tmp_path / "none.yaml")[0])


def test_many_aliases_do_not_blow_up(tmp_path):
    path = tmp_path / "bomb.yaml"
    lines = ["a: &a [x, x]"] + [
        f"{c}: &{c} [*{p}, *{p}]" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert any("anchors and aliases" in problem.message for problem in isv.check_instrument(path))


def test_words_such_as_no_stay_texts(tmp_path):
    text = (HERE / "good" / "everything.yaml").read_text(encoding="utf-8")
    path = tmp_path / "norwegian.yaml"
    path.write_text(text.replace("da:", "no:").replace("language: da", "language: no"), "utf-8")
    assert isv.load_instrument(path).languages[1].code == "no"


def test_the_schema_itself_is_valid_and_describes_every_key():
    Draft202012Validator.check_schema(schema())

    def undescribed(part, place="#"):
        if isinstance(part, dict):
            for key, entry in part.get("properties", {}).items():
                if "if" not in place and "description" not in entry:
                    yield f"{place}/{key}"
            for key, entry in part.items():
                if key not in {"if", "then"}:
                    yield from undescribed(entry, f"{place}/{key}")

    assert list(undescribed(schema())) == []
