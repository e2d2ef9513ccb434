"""The committed sample is what the generator makes, byte for byte."""

import hashlib
import re

import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.base.places import shipped_folder
from innovsurvey.definitions.yaml_file import read_yaml
from innovsurvey.responses.simulate import simulate_study, write_study

FOLDER = shipped_folder("sample") / "synthetic"
SAMPLE = {"seed": 20_250_303, "n_organisations": 40, "waves": 2}
FILES = sorted(path.name for path in FOLDER.iterdir())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    studies = [simulate_study(world=world, **SAMPLE) for world in ("seed", "null")]
    return write_study(studies, tmp_path_factory.mktemp("sample"))


def test_no_file_is_missing_or_too_many(made):
    assert sorted(path.name for path in made.iterdir()) == FILES
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_500_000


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_made_again_byte_for_byte(made, name):
    assert (made / name).read_bytes() == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".csv")])
def test_each_table_says_that_it_is_synthetic(name):
    assert name.startswith("synthetic_")
    assert pd.read_csv(FOLDER / name)["synthetic"].all()


def test_card_has_the_hash_of_each_file():
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"\| `([\w.]+)` \| `([0-9a-f]{64})` \|", card))
    assert set(listed) == set(FILES) - {"README.md"}
    for name, digest in listed.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name
    assert "No person answered" in card
    assert "20250303" in card


def test_key_is_readable_and_complete():
    document = read_yaml(FOLDER / "population.yml")
    assert not document.problems
    for world in ("seed", "null"):
        key = document.data[f"world_{world}"]
        assert key["options"] == {k: v for k, v in SAMPLE.items() if k != "seed"} | {
            "modules": False, "planned_missingness": False, "violations": [],
        }  # fmt: skip
        assert key["items"]["CON01"]["thresholds"] == [-1.5, -0.8, 0.1, 1.1]
        assert key["latent"]["equations"]["CON_TEAM"]["weights"] == {"CON": 0.85}
        assert key["settings"]["blocks"]["culture"]["icc"] == 0.08
        assert key["careless_rows"]["staff"]["random"]
        frame = pd.read_csv(FOLDER / f"synthetic_{world}_staff.csv")
        assert set(key["careless_rows"]["staff"]["random"]) <= set(frame["respondent_id"])


def test_the_mark_survives_reading_saving_and_loading(tmp_path):
    path = isv.sample_path("synthetic_seed_staff")
    answers = isv.read_responses(path, isv.load_form("staff"))
    again = isv.load_responses(answers.save(tmp_path / "s"))
    for responses in (answers, again):
        assert responses.is_synthetic
        assert responses.title.startswith("Synthetic data, no person answered.")
        assert responses.notes[0] == "Synthetic data: no person answered."
        assert isv.score_scales(responses).title.startswith("Synthetic data.")
    assert not isv.read_responses(
        isv.sample_path("leadership-climate"), "leadership-climate"
    ).is_synthetic
