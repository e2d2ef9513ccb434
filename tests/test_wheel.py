"""What users get: the wheel holds the instruments, the notebooks and the sample data."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl"))).namelist()


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("instruments", "innovsurvey/_instruments"),
        ("notebooks", "innovsurvey/_notebooks"),
        ("data/sample", "innovsurvey/_sample"),
    ],
)
def test_the_wheel_ships_what_the_package_reads(names, source, target):
    folder = ROOT / source
    files = [p for p in folder.rglob("*") if p.is_file() and ".ipynb_checkpoints" not in p.parts]
    assert files
    for path in files:
        assert f"{target}/{path.relative_to(folder).as_posix()}" in names


def test_the_wheel_ships_schema_templates_types_and_licence(names):
    assert "innovsurvey/definitions/schema/instrument-1.json" in names
    assert "innovsurvey/py.typed" in names
    assert any(name.startswith("innovsurvey/report/templates/") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith("tests/") for name in names)


def test_the_wheel_ships_all_that_questionnaires_are_written_with(names):
    folder = ROOT / "innovsurvey/questionnaire"
    parts = [p for p in folder.rglob("*") if p.suffix in {".json", ".js", ".css", ".html", ".typ"}]
    assert {part.suffix for part in parts} == {".json", ".js", ".css", ".html", ".typ"}
    for part in parts:
        assert part.relative_to(ROOT).as_posix() in names
