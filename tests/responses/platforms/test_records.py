"""Return records of the offline page: JSON, CSV, codes, folders, archives, and damaged ones."""

import csv
import io
import json
import os
import string
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import innovsurvey as isv
from innovsurvey.definitions.columns import answer_columns
from innovsurvey.errors import DataError
from innovsurvey.responses.platforms.return_code import crc16

FORM = isv.load_form("self-assessment")
ROLES = isv.load_instrument("collaborative-leadership")
SMALL = isv.load_instrument("innovation-outcomes")
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
        ({"form_version": "9.0.0", "instruments": {}}, "other_version"),
        ({"name": "Ann"}, "unknown_key"),
        ({"response_id": "12345678e5"}, "no_response_id"),
        ({"consent": False}, "no_consent"),
        ({"answers": [1, 2]}, "no_answers"),
        ({"answers": {"CON99": 1}}, "unknown_item"),
        ({"answers": {"CON01": {"$ne": 1}}}, "unreadable_answer"),
        ({"answers": {"CON01": True}}, "unreadable_answer"),
        ({"asked": 5}, "unknown_key"),
        ({"revision": 10**9}, "unreadable_revision"),
        ({"revision": "9" * 5000}, "unreadable_revision"),
        ({"manager_id": {"a": 1}}, "unreadable_key"),
        ({"date": [2026]}, "unreadable_key"),
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
        (b'{"schema": ' + b"[" * 900 + b"]" * 900 + b"}", "damaged_json"),
        (b'{"schema": 1, "duration_s": ' + b"9" * 5000 + b"}", "damaged_json"),
        (b'["schema", ' + b"1," * 5000 + b"1]", "too_many_records"),
        (b"schema,form\ninnovsurvey-response-1," + b"a" * 200_000, "other_questionnaire"),
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


WORDS = st.text(max_size=20) | st.sampled_from(["\ud800", "9" * 5000, "self", "2026-01-01", "*"])
VALUES = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(WORDS, inside, max_size=3),
    max_leaves=5,
)
PLAIN = {"form": SMALL.id, "form_version": SMALL.version, "instruments": {}, "version": ""}
RECORDS = st.dictionaries(st.sampled_from([*record(), "asked", "file", "x"]), VALUES, max_size=6)
ANSWERS = st.dictionaries(st.sampled_from(["x", *SMALL.item_ids]), VALUES, max_size=6)
JSON = RECORDS | ANSWERS.map(lambda answers: {"answers": answers})
FILES = st.one_of(
    JSON.map(lambda changes: json.dumps(small(2) | changes).encode()),
    st.integers(0, 700).map(lambda n: json.dumps(small(2)).encode()[:n]),
    st.integers(0, 700).map(lambda n: as_page_csv(small(2))[:n]),
    st.binary(max_size=200),
    st.binary(max_size=200).map(lambda raw: b"PK\x03\x04" + raw),
    st.binary(max_size=200).map(lambda raw: b'{"schema":' + raw),
    st.binary(max_size=200).map(lambda raw: b"schema,innovsurvey-response-1\n" + raw),
    st.text(string.ascii_letters + string.digits + "*:%-.", max_size=200).map(
        lambda text: f"{text}{'*' * 12}FFFF".encode()
    ),
    st.lists(WORDS, min_size=11, max_size=12).map(lambda parts: signed(parts).encode()),
)


def small(number):
    """Make a record of a short questionnaire."""
    return record(number, **PLAIN, answers=dict.fromkeys(SMALL.item_ids, 1))


def signed(parts):
    """Put any parts together to a code whose check fits."""
    clean = ["".join(c for c in part.upper() if c in string.printable) for part in parts]
    text = "*".join([SMALL.id.upper(), SMALL.version, *clean])
    return f"{text}*{crc16(text):04X}"


def as_page_csv(made):
    """Write a record as the CSV file of the page."""
    parts = " ".join("@".join(pair) for pair in made["instruments"].items())
    flat = made | {"instruments": parts, "consent": "true"} | made["answers"]
    del flat["answers"]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([flat.keys(), flat.values()])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=FILES, ending=st.sampled_from(["json", "csv", "txt", "docx", "zip"]))
def test_whatever_lies_beside_a_good_record_it_is_read(tmp_path, raw, ending):
    for old in tmp_path.iterdir():
        old.unlink()
    write(tmp_path / "good.json", small(1))
    (tmp_path / f"bad.{ending}").write_bytes(raw)
    got = isv.read_responses(tmp_path, SMALL)
    assert got.data.loc["R0000000000000001"].tolist() == [1] * len(SMALL.items)


@pytest.mark.parametrize("many", ["A" * 60_000, "A*" * 30_000, "A" * 60_000 + "*" * 12])
def test_a_long_text_without_a_code_takes_no_time(tmp_path, many):
    write(tmp_path / "good.json", record(1))
    (tmp_path / "long.txt").write_text("*" * 12 + many + "!", encoding="utf-8")
    assert isv.read_responses(tmp_path, FORM).n_obs == 1


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "windows-1252", "utf-16"])
def test_the_csv_of_the_page_is_known_when_a_danish_office_has_saved_it(
    tmp_path, encoding, separator
):
    staff = isv.load_form("staff")
    made = record(
        form=staff.id,
        form_version=staff.version,
        instruments={part.source.id: part.source.version for part in staff.parts},
        version="",
        manager_id="Bjørn",
        answers={"INC01": 4, "tenure_years": "3,5", "country": "1,5"},
    )
    lines = csv.reader(io.StringIO(as_page_csv(made).decode("utf-8-sig"), newline=""))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(lines)
    saved = text.getvalue().replace("2026-03-01", "01-03-2026").replace("true", "SAND")
    (tmp_path / "a.csv").write_bytes(saved.encode(encoding))
    write(tmp_path / "b.json", made | {"response_id": "R00000000000000FF", "consent": False})
    for source in (tmp_path, tmp_path / "a.csv"):
        got = isv.read_responses(source, staff)
        assert got.data.index.tolist() == ["R0000000000000001"]
        assert got.data["INC01"].tolist() == [4]
        beside = got.context.join(got.texts)
        assert beside[["date", "manager_id", "tenure_years", "country"]].iloc[0].tolist() == [
            "2026-03-01", "Bjørn", 3.5, "1,5",
        ]  # fmt: skip
    (tmp_path / "a.csv").write_bytes(saved.replace("SAND", "FALSK").encode(encoding))
    with pytest.raises(DataError, match="no_consent"):
        isv.read_responses(tmp_path / "a.csv", staff)


def test_answers_of_another_questionnaire_cannot_stand_for_the_record(tmp_path):
    parts = {ROLES.id: ROLES.version}
    made = record(form="other", instruments=parts, answers={"CON01": 3, "response_id": "me"})
    got = isv.read_responses(write(tmp_path / "a.json", made), ROLES)
    assert got.data.index.tolist() == [made["response_id"]]
    assert list(got.data) == list(ROLES.form("short").items)


def test_files_that_are_too_large_or_closed_are_passed_over_with_a_note(tmp_path):
    write(tmp_path / "good.json", record(1))
    with (tmp_path / "film.mov").open("wb") as film:
        film.truncate(20_000_001)
    with zipfile.ZipFile(tmp_path / "inbox.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.json", json.dumps(record(2)))
        archive.writestr("large.bin", b"\0" * 20_000_001)
        archive.writestr("nested.zip", b"PK\x03\x04")
    os.mkfifo(tmp_path / "pipe")
    got = isv.read_responses(tmp_path, FORM)
    assert got.n_obs == 2
    assert "2 file(s) larger than 20 MB passed over: film.mov, large.bin." in got.notes


@pytest.mark.parametrize("source", ["x" * 300, "x*" * 5 + "y" * 300, "a/" * 3000])
def test_a_name_that_no_file_can_have_is_answered_in_one_sentence(source):
    with pytest.raises(DataError, match=r"cannot be read|there is no file"):
        isv.read_responses(source, FORM)


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


def test_items_that_only_others_were_asked_count_as_not_shown(tmp_path):
    """Managers answer the short form, observers the core; one manager left most of it out."""
    few = observed(1, 4, "self")
    few["answers"] = {"FLT1": 1, "CON01": 4}
    write(tmp_path / "self.json", few)
    for number in range(3):
        write(tmp_path / f"o{number}.json", observed(10 + number, 3))
    both = isv.read_responses(tmp_path, ROLES)
    short, core = (set(ROLES.form(name).items) for name in ("short", "core"))
    own = both.reasons.loc["R0000000000000001"].astype(object)
    assert set(own[sorted(core - short)]) == {"not_shown"}
    assert set(own[sorted(short - {"CON01"})]) == {"not_answered"}


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


WRAPPED = "\n".join(code(record())[i : i + 58] for i in range(0, 400, 58)).rstrip()


@pytest.mark.parametrize(
    "mail",
    [
        f"Hej\n{WRAPPED}\nBedste hilsner, M.",
        "> Hej\n>\n" + "\n".join(f"> {line}" for line in WRAPPED.split("\n")),
        "\n".join(f"| {line}" for line in WRAPPED.split("\n")),
        "> > " + code(record()).replace("SELF-", "SELF-\n> > "),
        code(record()).replace("--", "\u2013"),
        "My code: " + code(record()) + ".",
        f"{code(record())}\n{code(record(2))}",
        f"{code(record())} {code(record(2))}",
    ],
)
def test_codes_survive_what_mail_programs_do(tmp_path, mail):
    for encoding in ("utf-8", "utf-16"):
        path = tmp_path / "mail.txt"
        path.write_bytes(mail.encode(encoding))
        got = isv.read_responses(path, FORM)
        assert len(got.quarantine) == 0
        assert got.data["CON01"].tolist() == [4] * (2 if code(record(2)) in mail else 1)


@pytest.mark.parametrize(
    "cut", [code(record(9))[:-5], code(record(9))[:-20], code(record(9)).replace("*DA", "DA")]
)
def test_a_code_that_lost_a_part_is_kept_as_damaged(tmp_path, cut):
    (tmp_path / "a.txt").write_text(f"Hej\n{code(record())}\n\n{cut}\n\nMvh", encoding="utf-8")
    got = isv.read_responses(tmp_path, FORM)
    assert got.n_obs == 1
    assert [reason.split(":")[0] for reason in got.quarantine["reason"]] == ["damaged_code"]


@pytest.mark.parametrize("kind", ["plain", "quoted-printable", "base64", "html", "attached"])
def test_a_mail_saved_as_a_file_is_opened(tmp_path, kind):
    message = EmailMessage()
    message["Subject"] = "Svar"
    if kind == "attached":
        message.set_content("Se vedh\u00e6ftet fil.")
        content = json.dumps(record()).encode()
        message.add_attachment(content, "application", "json", filename="svar.json")
    elif kind == "html":
        message.set_content(f"<p>Hej &amp; tak</p><p>{WRAPPED}</p>", subtype="html")
    else:
        coding = {"plain": None}.get(kind, kind)
        message.set_content(f"Hej p\u00e5 dig\n{WRAPPED}\n", cte=coding)
    (tmp_path / "a.eml").write_bytes(bytes(message))
    (tmp_path / "b.eml").write_bytes(b"Subject: lunch?\n\nAt one?")
    got = isv.read_responses(tmp_path, FORM)
    assert got.data["CON01"].tolist() == [4]
    assert any("b.eml" in note for note in got.notes)
