"""Return records of the offline page: JSON, CSV, codes, folders, archives, and damaged ones."""

import io
import json
import zipfile

import pytest

import innovsurvey as isv
from innovsurvey.definitions.columns import answer_columns
from innovsurvey.errors import DataError
from innovsurvey.responses.platforms.return_code import crc16

FORM = isv.load_form("self-assessment")
ROLES = isv.load_instrument("collaborative-leadership")
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def record(number=1, **changes):
    """Make a record as the page gives it."""
    made = {
        "schema": "innovsurvey-response-1",
        "form": FORM.id,
        "form_version": FORM.version,
        "item_set": "",
        "instruments": {part.source.id: part.source.version for part in FORM.parts},
        "version": "self",
        "manager_id": "M07",
        "project_id": "",
        "wave": "",
        "response_id": f"R{number:016X}",
        "revision": 1,
        "language": "da",
        "date": "2026-03-01",
        "duration_s": 300,
        "consent": True,
        "answers": {"FLT1": 1, "CON01": 4, "CON04": -7, "NPM1": 6, "PH1_AC1": 0, "PH1_AC2": -6},
    }
    return made | changes


def write(path, *records):
    """Write records to a JSON file, one alone as it is."""
    path.write_text(json.dumps(records[0] if len(records) == 1 else records), encoding="utf-8")
    return path


def code(made, instrument=FORM.instrument):
    """Write a record as the page's code, by the rules in the docstring of the reader."""
    signs = []
    for column in answer_columns(instrument):
        value = made["answers"].get(column.name)
        sign = "-" if value is None else LETTERS[column.options.index(value)]
        signs.append(sign)
    fields = [made[key] for key in ("form", "form_version", "version", "response_id", "revision",
              "language")]  # fmt: skip
    fields += [made["date"].replace("-", ""), made["duration_s"]]
    fields += [made[key] for key in ("manager_id", "project_id", "wave")]
    text = "*".join([*map(str, fields), "".join(signs)]).upper()
    return f"{text}*{crc16(text):04X}"


def test_a_record_becomes_a_row_with_reasons(tmp_path):
    got = isv.read_responses(write(tmp_path / "a.json", record()), FORM)
    assert got.data.index.tolist() == ["R0000000000000001"]
    assert got.data["CON01"].tolist() == [4]
    assert got.reasons.loc[:, ["CON04", "CON07", "PH1_AC2"]].iloc[0].tolist() == [
        "not_needed", "not_answered", "do_not_know",
    ]  # fmt: skip
    assert got.context[["version", "manager_id", "language"]].iloc[0].tolist() == [
        "self", "M07", "da",
    ]  # fmt: skip


def test_a_code_says_the_same_as_its_record(tmp_path):
    by_file = isv.read_responses(write(tmp_path / "a.json", record()), FORM)
    by_code = isv.read_responses(code(record()), FORM)
    assert by_code.data.equals(by_file.data)
    assert by_code.reasons.astype(object).equals(by_file.reasons.astype(object))


@pytest.mark.parametrize(
    "mail",
    [
        "{}",
        "Dear team,\n\nhere is my code:\n\n{}\n\nBest, M.",
        "> {}\n",
        "{lower}",
    ],
)
def test_a_code_is_found_in_a_mail_even_when_lines_are_broken(tmp_path, mail):
    whole = code(record())
    broken = "\n".join(whole[i : i + 60] for i in range(0, len(whole), 60))
    for text in (whole, broken, broken.replace("\n", "\r\n> ")):
        path = tmp_path / "mail.txt"
        path.write_bytes(mail.format(text, lower=text.lower()).encode())
        got = isv.read_responses(path, FORM)
        assert (got.n_obs, len(got.quarantine)) == (1, 0)


def test_any_two_letters_changed_round_are_noticed():
    whole = code(record())
    for i in range(len(whole) - 5):
        if whole[i] != whole[i + 1] and "*" not in whole[i : i + 2]:
            turned = whole[:i] + whole[i + 1] + whole[i] + whole[i + 2 :]
            with pytest.raises(DataError):
                isv.read_responses(turned, FORM)


def test_a_folder_takes_the_newest_of_each_id_and_keeps_the_others(tmp_path):
    write(tmp_path / "b.json", record(1, answers={"FLT1": 1, "CON01": 5}, revision=3))
    write(tmp_path / "a.json", record(1, answers={"FLT1": 1, "CON01": 1}, revision=2))
    write(tmp_path / "late.json", record(2, answers={"CON01": 2}, date="2026-04-01"))
    write(tmp_path / "later.json", record(2, answers={"CON01": 3}, date="2026-04-02"))
    (tmp_path / "codes.txt").write_text(code(record(3)), encoding="utf-8")
    (tmp_path / "notes.docx.tmp").write_bytes(b"something else")
    got = isv.read_responses(tmp_path, FORM)
    assert got.data["CON01"].to_dict() == {
        "R0000000000000003": 4, "R0000000000000001": 5, "R0000000000000002": 3,
    }  # fmt: skip
    assert got.quarantine["reason"].tolist() == ["duplicate_id"] * 2
    assert got.quarantine["CON01"].tolist() == ["1", "2"]
    assert any("notes.docx.tmp" in note for note in got.notes)


def test_an_archive_is_read_as_a_folder(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("inbox/a.json", json.dumps(record(1)))
        archive.writestr("inbox/b.json", json.dumps([record(2), record(3)]))
    path = tmp_path / "inbox.zip"
    path.write_bytes(content.getvalue())
    assert isv.read_responses(path, FORM).n_obs == 3


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"schema": "innovsurvey-response-9"}, "unknown_schema"),
        ({"form": "observer", "instruments": {}}, "other_questionnaire"),
        ({"form_version": "9.0.0", "instruments": {}}, "other_questionnaire"),
        ({"name": "Ann"}, "unknown_key"),
        ({"response_id": "12345678e5"}, "no_response_id"),
        ({"consent": False}, "no_consent"),
        ({"answers": [1, 2]}, "no_answers"),
        ({"answers": {"CON99": 1}}, "unknown_item"),
        ({"answers": {"CON01": {"$ne": 1}}}, "unreadable_answer"),
        ({"answers": {"CON01": True}}, "unreadable_answer"),
    ],
)
def test_a_record_that_does_not_fit_stays_whole_in_quarantine(tmp_path, changes, reason):
    write(tmp_path / "good.json", record(1))
    write(tmp_path / "bad.json", record(2, **changes))
    got = isv.read_responses(tmp_path, FORM)
    assert got.n_obs == 1
    assert got.quarantine["reason"].tolist() == [reason]
    assert json.loads(got.quarantine.iloc[0, -1]) == record(2, **changes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"schema": "innovsurvey-response-1", "form":', "damaged_json"),
        (b'{"schema": "innovsurvey-response-1", "x": "\xff"}', "not_utf8"),
        (b'{"schema": "innovsurvey-response-1", "x": "' + b"a" * 1_000_001, "file_too_large"),
        (b'{"schema": ' + b"[" * 100_000, "damaged_json"),
        (code(record(5))[:-1].encode() + b"!", "damaged_code"),
        (code(record(5)).replace("*1*DA", "*2*DA").encode(), "damaged_code"),
    ],
)
def test_a_damaged_file_costs_no_other_record(tmp_path, content, reason):
    write(tmp_path / "good.json", record(1))
    (tmp_path / "bad.txt").write_bytes(content)
    got = isv.read_responses(tmp_path, FORM)
    assert got.n_obs == 1
    assert [r.split(":")[0] for r in got.quarantine["reason"]] == [reason]


def test_an_answer_outside_its_format_is_missing_with_a_reason(tmp_path):
    got = isv.read_responses(write(tmp_path / "a.json", record(answers={"CON01": 9})), FORM)
    assert got.reasons["CON01"].tolist() == ["out_of_range"]
    assert got.log.loc[got.log["rule"] == "out_of_range", "old"].tolist() == ["9"]


def test_an_item_set_is_told_from_items_left_out(tmp_path):
    short = record(form=ROLES.id, form_version=ROLES.version, item_set="short",
                   instruments={ROLES.id: ROLES.version}, answers={"CON01": 3})  # fmt: skip
    got = isv.read_responses(write(tmp_path / "a.json", short), ROLES)
    assert got.form == "short"
    assert list(got.data) == list(ROLES.form("short").items)


def observed(number, value, version="observer"):
    """Make the record of one who rates the manager M07."""
    form = isv.load_form("observer" if version == "observer" else "self-assessment")
    items = [item for item in form.item_ids if item in set(ROLES.form("short").items)]
    return record(
        number,
        form=form.id,
        form_version=form.version,
        instruments={part.source.id: part.source.version for part in form.parts},
        version=version,
        answers=dict.fromkeys(items, value) | {"FLT4" if version == "observer" else "FLT1": 1},
    )


@pytest.mark.parametrize(("n", "gap"), [(2, None), (3, 1.0), (4, 1.0)])
def test_self_and_observers_meet_from_three_observers_on(tmp_path, n, gap):
    write(tmp_path / "self.json", observed(1, 4, "self"))
    for number in range(n):
        write(tmp_path / f"o{number}.json", observed(10 + number, 3))
    both = isv.read_responses(tmp_path, ROLES, form="short")
    table = isv.observer_gap(both, scales=["convener"]).to_frame()
    assert any("include collaborative-leadership" in note for note in both.notes)
    found = table.loc[("M07", "convener")]
    assert found["n_observers"] == n
    assert (found["gap"] == gap) if gap is not None else found["reason"] == "too_few_observers"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder, "is a folder without a filled questionnaire"),
        (
            lambda folder: write(folder / "a.json", record(consent=False)),
            r"none of 1 record.*a.json \(no_consent\)",
        ),
        (lambda _: "NO*SUCH*CODE", "there is no file"),
    ],
)
def test_a_source_without_answers_is_answered_in_one_sentence(tmp_path, make, message):
    with pytest.raises(DataError, match=message):
        isv.read_responses(make(tmp_path), FORM)


def test_a_platform_that_does_not_fit_is_refused(tmp_path):
    path = write(tmp_path / "a.json", record())
    with pytest.raises(DataError, match="questionnaire filled in, not limesurvey"):
        isv.read_responses(path, FORM, platform="limesurvey")
    table = tmp_path / "a.csv"
    table.write_text("CON01,CON02\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="no questionnaire filled in"):
        isv.read_responses(table, FORM, platform="innovsurvey")
