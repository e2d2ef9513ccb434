import sys
from pathlib import Path

import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.cli.app import main

SAMPLE = str(isv.sample_path("leadership-climate"))


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in this process; give exit code, output and error output."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["innovsurvey", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        printed = capsys.readouterr()
        return stop.value.code, printed.out, printed.err

    return call


@pytest.fixture
def sample_lines():
    return Path(SAMPLE).read_text(encoding="utf-8").splitlines()


def test_instruments_are_listed(run):
    code, out, _ = run("instruments")
    assert code == 0
    assert "collaborative-leadership" in out
    assert "theory-derived" in out


def test_a_good_file_is_fine(run):
    path = isv.load_instrument("leadership-climate").file
    code, out, _ = run("check", path)
    assert code == 0
    assert "leadership-climate.yaml is fine" in out


def test_a_bad_instrument_file_lists_its_problems(run, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("id: Bad\nversion: 1\n", encoding="utf-8")
    code, out, err = run("check", path)
    assert (code, out) == (2, "")
    assert "bad.yaml:1: id:" in err
    assert "bad.yaml:2: version:" in err
    assert "5 problem(s) in bad.yaml" in err


def test_read_shows_what_was_changed_and_saves_it(run, tmp_path, sample_lines):
    sample_lines[1] = sample_lines[1].replace("2,1,2,", "2,1,9,", 1)
    path = tmp_path / "wave1.csv"
    path.write_text("\n".join([*sample_lines, sample_lines[5]]), encoding="utf-8")
    code, out, _ = run("read", path, "leadership-climate", "--out", tmp_path / "checked")
    assert code == 0
    assert "2042 people, 19 items, 1 row(s) in quarantine, 2 line(s) in the log" in out
    assert "out_of_range" in out
    assert "duplicate_id" in out
    assert isv.load_responses(tmp_path / "checked").n_obs == 2042


def test_score_writes_the_scores_beside_the_groups(run, tmp_path):
    out_file = tmp_path / "new" / "scores.csv"
    code, out, _ = run("score", SAMPLE, "leadership-climate", "--out", out_file)
    assert code == 0
    assert "HOSTILE" in out
    scores = pd.read_csv(out_file)
    assert scores.columns[:3].tolist() == ["SUB", "COMPID", "LEAD"]
    saved = pd.read_csv(SAMPLE)
    assert (scores["LEAD"] - saved["LEAD"]).abs().max() < 1e-9


def test_headings_of_another_name_can_be_given(run, tmp_path, sample_lines):
    sample_lines[0] = sample_lines[0].replace('"LEAD01"', '"q7"')
    path = tmp_path / "a.csv"
    path.write_text("\n".join(sample_lines), encoding="utf-8")
    assert run("score", path, "leadership-climate")[0] == 2
    assert run("score", path, "leadership-climate", "--column", "q7=LEAD01")[0] == 0


def bad_inputs(folder):
    """Make one wrong file of each kind; give the arguments and a part of the answer."""
    sample = Path(SAMPLE).read_bytes()
    files = {
        "empty.csv": b"",
        "pdf.csv": b"%PDF-1.4\n%\xe2\xe3\n",
        "typo.csv": sample.replace(b'"LEAD01"', b'"LAED01"'),
        "twice.csv": sample.replace(b'"LEAD02"', b'"LEAD01"'),
        "broken.yaml": b"id: [",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    climate = "leadership-climate"
    return [
        (["read", folder / "none.csv", climate], "there is no file"),
        (["read", folder / "empty.csv", climate], "empty.csv is empty"),
        (["read", folder, climate], "is a folder"),
        (["read", folder / "pdf.csv", climate], "is a PDF document"),
        (["read", folder / "typo.csv", climate], "did you mean LAED01?"),
        (["read", folder / "twice.csv", climate], "there more than once"),
        (["read", SAMPLE, "leadership-climat"], "did you mean leadership-climate?"),
        (["read", SAMPLE, folder / "broken.yaml"], "broken.yaml, line"),
        (["read", SAMPLE, climate, "--id", "SUBJECT"], "'SUBJECT' is not in the file"),
        (["score", SAMPLE, climate, "--column", "LEAD01"], "not of the form NAME=VALUE"),
        (["score", SAMPLE, climate, "--out", folder], "is a folder; name a file"),
        (["read", SAMPLE, climate, "--out", folder], "holds other files"),
        (["check", folder / "none.yaml"], "cannot be read"),
        (["publish", folder / "none.ipynb"], "none.ipynb"),
    ]


@pytest.mark.parametrize("case", range(14))
def test_bad_input_gives_one_sentence_and_exit_code_2(run, tmp_path, case):
    arguments, words = bad_inputs(tmp_path)[case]
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert words in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) <= 2


@pytest.mark.parametrize("arguments", [["nonsense"], ["read"], ["read", SAMPLE, "x", "--nope"]])
def test_wrong_usage_ends_with_code_2(run, arguments):
    code, _, err = run(*arguments)
    assert code == 2
    assert err


@pytest.mark.parametrize("command", ["instruments", "check", "read", "score", "publish", "demo"])
def test_help_of_every_command_has_an_example(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Example: innovsurvey {command}" in " ".join(out.split())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("convener", "bring together relevant actors"),
        ("self-assessment", "8-10 minutes"),
        ("innovation-culture", "Innovation culture"),
    ],
)
def test_instruments_scales_and_questionnaires_are_explained(run, name, words):
    code, out, _ = run("instruments", "show", name)
    assert code == 0
    assert words in out


def test_an_unknown_scale_is_answered_with_the_nearest(run):
    code, _, err = run("instruments", "show", "convenr")
    assert code == 2
    assert "did you mean convener?" in err


def test_a_new_instrument_and_a_language_on_the_command_line(run, tmp_path):
    own, sheet, new = tmp_path / "voice.yaml", tmp_path / "de.csv", tmp_path / "new.yaml"
    assert run("new", "instrument", "voice", "--out", own)[0] == 0
    assert run("new", "instrument", "voice", "--out", own)[0] == 2  # it is there already
    assert run("translate", "sheet", own, "de", "--out", sheet)[0] == 0
    code, _, err = run("translate", "add", own, "de", sheet, "--name", "Deutsch", "--out", new)
    assert code == 2
    assert "translations are missing" in err
    filled = pd.read_csv(sheet, keep_default_na=False).assign(translation="x")
    filled.to_csv(sheet, sep=";", index=False, encoding="utf-8-sig")
    assert run("translate", "add", own, "de", sheet, "--name", "Deutsch", "--out", new)[0] == 0
    assert run("check", new)[0] == 0


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".sav", ".dta", ".parquet"])
def test_read_writes_one_file_that_reads_back(run, tmp_path, suffix):
    code, out, _ = run("read", SAMPLE, "leadership-climate", "--out", tmp_path / f"a{suffix}")
    assert code == 0
    assert f"Saved in {tmp_path / 'a'}{suffix}" in out
    again = isv.read_responses(tmp_path / f"a{suffix}", "leadership-climate", id_column="SUB")
    first = isv.read_responses(SAMPLE, "leadership-climate")
    assert again.data.equals(first.data)


def test_match_writes_a_mapping_that_read_takes(run, tmp_path):
    frame = pd.read_csv(SAMPLE).rename(columns={"LEAD03": "Impressed by the leadership"})
    frame.head(50).to_csv(tmp_path / "a.csv", index=False)
    mapping = tmp_path / "m.csv"
    code, out, _ = run("match", tmp_path / "a.csv", "leadership-climate", "--out", mapping)
    assert (code, "1 to look at" in out) == (0, True)
    lines = pd.read_csv(mapping, dtype=str, keep_default_na=False)
    lines.loc[lines["item"] == "", "item"] = lines["proposal"]
    lines.to_csv(mapping, index=False)
    code, out, _ = run("read", tmp_path / "a.csv", "leadership-climate", "--mapping", mapping)
    assert (code, "50 people" in out) == (0, True)


def test_codes_are_turned_where_asked(run):
    recode = "symptom5:0=4;1=3;3=1;4=0"
    code, out, _ = run("read", SAMPLE, "leadership-climate", "--recode", recode)
    assert (code, "turned into other codes" in out) == (0, True)
    assert run("read", SAMPLE, "leadership-climate", "--recode", "symptom5")[0] == 2


def test_screen_names_nobody_on_the_screen_and_writes_one_row_each(run, tmp_path):
    code, out, _ = run("screen", SAMPLE, "leadership-climate", "--out", tmp_path / "flags.csv")
    assert (code, "longstring" in out) == (0, True)
    assert len(pd.read_csv(tmp_path / "flags.csv")) == 2042


def test_data_report_names_the_page_to_open(run, tmp_path):
    page = tmp_path / "data.html"
    code, out, _ = run("data-report", SAMPLE, "leadership-climate", "--out", page)
    assert (code, f"Open {page}" in out, page.is_file()) == (0, True, True)


def test_messages_name_the_options_of_the_command_line(run, tmp_path):
    frame = pd.read_csv(SAMPLE).head(60)
    leads = [name for name in frame if name.startswith(("LEAD0", "LEAD1", "TSIG0"))]
    frame[leads] -= 1
    frame.to_csv(tmp_path / "a.csv", index=False)
    code, _, err = run("read", tmp_path / "a.csv", "leadership-climate")
    assert (code, "--no-check-codes" in err, "check_codes" in err) == (2, True, False)
    proposal = err.split('--recode "')[1].split('"')[0]
    again = ("read", tmp_path / "a.csv", "leadership-climate", "--recode", proposal)
    code, out, _ = run(*again)
    assert (code, "turned into other codes" in out) == (0, True)


def test_a_file_that_lacks_items_can_be_read(run, tmp_path):
    pd.read_csv(SAMPLE).drop(columns="LEAD03").to_csv(tmp_path / "a.csv", index=False)
    code, _, err = run("read", tmp_path / "a.csv", "leadership-climate")
    assert (code, "--partial" in err) == (2, True)
    assert run("read", tmp_path / "a.csv", "leadership-climate", "--partial")[0] == 0


@pytest.mark.parametrize(
    ("name", "made"), [("Staff 2026.csv", "staff-2026"), ("2026_æ.csv", "survey-2026")]
)
def test_a_draft_is_named_after_its_file(run, tmp_path, monkeypatch, name, made):
    monkeypatch.chdir(tmp_path)
    pd.read_csv(SAMPLE).head(30).to_csv(tmp_path / name, index=False)
    code, out, _ = run("new", "instrument", "--from", tmp_path / name)
    assert (code, f"Wrote {made}.yaml" in out) == (0, True)
    assert run("check", f"{made}.yaml")[0] == 0
    assert run("new", "instrument")[0] == 2
