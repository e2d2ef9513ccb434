"""No text calls an instrument validated, or proven, while its record does not allow it."""

import ast
import json
import re
from pathlib import Path

import pytest
import typer
import yaml

import innovsurvey as isv
from innovsurvey.cli.app import app
from innovsurvey.definitions.evidence import render_evidence
from innovsurvey.definitions.explain import explain_instrument, explain_scale
from innovsurvey.definitions.forms import as_instrument

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = isv.list_instruments()["id"].unique().tolist()
FORMS = isv.list_forms()["id"].tolist()
TEXT_FILES = sorted(
    path
    for pattern in (
        "*.md", "*.cff", "docs/**/*.md", "changelog.d/*.md", "data/**/*.md", "instruments/**/*.md",
        "benchmarks/**/*.md", "notebooks/**/*.md", "innovsurvey/**/*.j2", "innovsurvey/**/*.html",
    )
    for path in ROOT.glob(pattern)
)  # fmt: skip
YAML_FILES = sorted(
    path
    for pattern in ("instruments/**/*.yaml", "innovsurvey/**/*.yaml", "innovsurvey/**/*.yml")
    for path in ROOT.glob(pattern)
)

_THING = (
    r"(?:instrument|scale|questionnaire|measure|survey|form|test|tool|index|items?|"
    r"skala|spørgeskema|mål|måling|skema)"
)
# What would be a claim; the word alone, or "valid" said of an instrument in either order.
_CLAIM = re.compile(
    rf"""
    \b(?P<word>
        (?:field-)?validated(?!-for-use)      # a status identifier is no claim
      | validert(?:e)? | valideret | validerede
      | proven | bevist
      | valid(?:e|t)?\s+(?:og|and)\s+\w+\s+{_THING}\w*
      | valid(?:e|t)?\s+{_THING}\w*
      | {_THING}s?\s+(?:is|are|has\s+been|er)\s+(?:\w+\s+){{0,3}}?valid(?:e|t)?(?![-\w])
    )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NEGATION = re.compile(
    r"""
    \b(?:
        not(?!\s+only\b) | \w+n['’]t | never | no(?!\s+doubt\b) | none | nobody | nothing
      | neither | nor | without(?!\s+(?:a\s+)?doubt\b) | cannot
      | ikke(?!\s+(?:kun|bare|blot)\b) | aldrig | ingen(?!\s+tvivl\b) | intet | hverken
      | uden(?!\s+tvivl\b) | inte
    )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A negation reaches some words far, at most to the end of its clause: "not short, but validated"
# is a claim.
_REACH = 8
_CLAUSE = re.compile(r"[.!?;:,|()\n]|\b(?:but|and|men|og)\b", re.IGNORECASE)
_METHOD = re.compile(r"\b(?:cross|kryds)[-\s]$", re.IGNORECASE)
_QUOTES = "\"'`“”‘’«»"


def claims(text):
    """List the places where a text claims what only a record may."""
    plain = re.sub(r"\*\*?|(?<!\w)__?|__?(?!\w)|\\(?=\W)|<[^>]*>", "", text)
    plain = re.sub(r"[ \t]*\n(?!\s*\n)[ \t]*", " ", plain)
    return [
        plain[max(0, found.start() - 60) : found.end() + 30]
        for found in _CLAIM.finditer(plain)
        if not _is_harmless(plain, found)
    ]


def _is_harmless(text, found):
    """Tell a word that is negated, part of a method's name, or only mentioned in quotes."""
    before, after = text[: found.start()], text[found.end() :]
    near = " ".join(_CLAUSE.split(before)[-1].split()[-_REACH:])
    mentioned = before[-1:] in set(_QUOTES) and after[:1] in set(_QUOTES)
    inside = _NEGATION.search(found["word"])
    return bool(_NEGATION.search(near) or inside or _METHOD.search(before) or mentioned)


def strings(node):
    """Give every text in data read from a file, keys left out."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def is_allowed(record):
    """Tell whether a record permits the word: the highest status, with a study of its own."""
    return record.status == "validated-for-use" and bool(record.field_studies)


def assert_honest(texts):
    found = [claim for text in texts for claim in claims(text)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "A validated instrument.",
        "This scale is validated.",
        "The questionnaire has been validated in Denmark.",
        "The field-validated core form",
        "Validated in 2024 with 900 managers.",
        "The short form is validated; the pool is not.",
        "It is not short, but validated.",
        "It has no long items and is validated.",
        "Not only validated but also free.",
        "Not tested elsewhere. Validated here.",
        "a **validated** scale",
        "a _validated_ scale",
        "<b>validated</b> scale",
        "a scale that is\nvalidated",
        "| instrument | validated |",
        "A valid instrument for managers",
        "a valid and reliable scale",
        "a reliable and valid questionnaire",
        "The scale is valid.",
        "The scales are reliable and valid.",
        "A proven tool for leaders.",
        "Its use is scientifically proven.",
        "Skemaet er valideret.",
        "Et valideret spørgeskema",
        "De validerede skalaer",
        "Et validert skjema",
        "Et validt spørgeskema",
        "Virkningen er bevist.",
        "Ikke kun valideret, men også gratis.",
        "It is without doubt validated.",
        "Det er uden tvivl valideret.",
        "It does not matter to any of the many managers who asked us that it is validated.",
    ],
)
def test_a_claim_is_found(text):
    assert claims(text)


@pytest.mark.parametrize(
    "text",
    [
        "Not field-validated. Built from theory.",
        "It has not been validated.",
        "It has not yet been\nfield-validated.",
        "The form isn't validated.",
        "No instrument of this project has been validated.",
        "None of the scales is validated so far.",
        "It cannot be called validated.",
        "neither tested nor validated",
        "**Not** validated",
        "Skemaet er ikke valideret.",
        "Ingen af skalaerne er valideret.",
        "hverken afprøvet eller valideret",
        "Skjemaet er ikke validert.",
        "Validation needs respondents.",
        "research with validation",
        "Validering kræver svar fra ledere.",
        "validate_responses(answers)",
        "status: validated-for-use",
        "a status such as validated-for-use",
        "A 10-fold cross-validated model",
        "kryds-valideret",
        'The word "validated" needs a study.',
        "The word `validated` needs a study.",
        "unvalidated",
        "invalidated",
        "The scale is not valid.",
        "The file is valid.",
        "a valid answer, a valid id",
        "Validity evidence",
        "unproven",
        "not proven",
        "Lederen er bevidst om det.",
    ],
)
def test_an_honest_sentence_passes(text):
    assert claims(text) == []


@pytest.mark.parametrize("name", [*SHIPPED, *FORMS])
def test_evidence_pages_and_explanations(name):
    instrument = as_instrument(name)
    if not is_allowed(instrument.validity):
        page = render_evidence(instrument)
        assert_honest([page.markdown, page.html, explain_instrument(instrument)])
        assert_honest(explain_scale(instrument, scale.id) for scale in instrument.scales)


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_instruments_and_questionnaires_in_all_languages(path):
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    record = content.get("validity_evidence", {})
    if not (record.get("status") == "validated-for-use" and record.get("field_studies")):
        assert_honest(strings(content))


@pytest.mark.parametrize("path", TEXT_FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_readme_documentation_and_templates(path):
    assert_honest([path.read_text(encoding="utf-8")])


@pytest.mark.parametrize(
    "path", sorted((ROOT / "notebooks").glob("**/*.ipynb")), ids=lambda p: p.name
)
def test_notebooks(path):
    assert_honest(strings(json.loads(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "innovsurvey").rglob("*.py")),
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_messages_and_docstrings_of_the_package(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert_honest(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def helps(command, context):
    """Give the help of a command and of all commands below it."""
    yield command.get_help(context)
    for name, below in getattr(command, "commands", {}).items():
        yield from helps(below, type(context)(below, info_name=name, parent=context))


def test_command_line_help():
    command = typer.main.get_command(app)
    texts = list(helps(command, command.context_class(command, info_name="innovsurvey")))
    assert len(texts) > 5
    assert_honest(texts)


def test_there_is_something_to_check():
    """A wrong path would let everything pass."""
    names = {path.name for path in (*TEXT_FILES, *YAML_FILES)}
    assert names >= {"README.md", "collaborative-leadership.yaml", "self-assessment.yaml"}
