"""Files made to fill the memory are refused with a sentence, before they do."""

import gzip
import json
import subprocess
import sys
import zipfile

import pyarrow as pa
import pytest
from pyarrow import parquet

from .make_tables import archive, ods, xlsb, xlsx

_MOST_MEGABYTES = 500
_MEASURE = """
import json, sys
import innovsurvey as isv
from innovsurvey.responses.files.reading import read_table

def peak():  # of this process alone; the figure of getrusage begins with that of its parent
    if sys.platform != "linux":
        return 0
    with open("/proc/self/status") as file:
        lines = [line for line in file if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1024

said = []
for path in sys.argv[1:]:
    try:
        isv.read_responses(path, "leadership-climate")
        said.append("read")
    except isv.errors.InnovSurveyError as error:
        said.append(str(error))
print(json.dumps({"said": said, "peak": peak()}))
"""


def bomb_in_zip(path):
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open("a.csv", "w") as out,
    ):
        for _ in range(1000):
            out.write(bytes(1_000_000))


def lying_zip(path):
    path.write_bytes(path.with_name("zeros.zip").read_bytes())
    size, small = (1_000_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, small))


def many_members(path):
    path.write_bytes(archive({f"{i}.csv": b"" for i in range(12_000)}))


def strings_bomb(path):
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i) for i in range(1, 20_001)
    )
    path.write_bytes(xlsx(cells, b"<si><t>" + b"x" * 1_000_000 + b"</t></si>"))


def far_cell(path):
    cells = '<row r="1"><c r="A1"><v>1</v></c></row>'
    cells += "<row r='1048576'><c s=\"1\" r='XFD1048576'><v>1</v></c></row>"
    path.write_bytes(xlsx(cells.encode()))


def nameless_far_cell(path):
    cells = "<row>" + "<c><v>1</v></c>" * 16_000 + '</row><row r="1048576"><c><v>1</v></c></row>'
    path.write_bytes(xlsx(cells.encode()))


def far_binary_cell(path):
    path.write_bytes(xlsb([(0, 0, 1.0), (1_048_575, 16_383, 1.0)], []))


def repeated_cells(path):
    path.write_bytes(
        ods(
            '<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
            'table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
            "</table:table-row>"
        )
    )


def hollow_parquet(path):
    table = pa.table({f"c{i}": pa.nulls(1_000_000, pa.int8()) for i in range(40)})
    parquet.write_table(table, path)


def gzip_bomb(path):
    with gzip.open(path, "wb") as out:
        for _ in range(50):
            out.write(bytes(1_000_000))


HOSTILE = {
    "zeros.zip": (bomb_in_zip, "would unpack from"),
    "lying.zip": (lying_zip, "cannot be unpacked"),
    "many.zip": (many_members, "more than 10,000 files"),
    "strings.xlsx": (strings_bomb, "the texts of strings.xlsx would take 20,00"),
    "far.xlsx": (far_cell, "reaches to row 1048576 and column 16384"),
    "nameless.xlsx": (nameless_far_cell, "reaches to row 1048576 and column 16000"),
    "far.xlsb": (far_binary_cell, "reaches to row 1048576 and column 16384"),
    "repeated.ods": (repeated_cells, "1048576 rows and 16384 columns"),
    "hollow.parquet": (hollow_parquet, "1,000,000 rows of 40 columns"),
    "zeros.csv.gz": (gzip_bomb, "would unpack from"),
    "line.csv": (lambda p: p.write_bytes(b"x" * 60_000_000), "longer than 5,000,000 bytes"),
    "wide.csv": (
        lambda p: p.write_bytes(b"a," * 1_000_000 + b"\n1,2\n"),
        "1,000,001 columns; no survey",
    ),
    "deep.json": (lambda p: p.write_bytes(b"[" * 2_000_000), ""),
    "entities.xlsx": (
        lambda p: p.write_bytes(xlsx(b'<row r="1"/>', b'<!DOCTYPE a [<!ENTITY b "c">]>')),
        "",
    ),
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Read all hostile files in a process of their own, and tell its peak of memory."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (make, _) in HOSTILE.items():
        make(folder / name)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, *(str(folder / name) for name in HOSTILE)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(measured, name):
    said = dict(zip(HOSTILE, measured["said"], strict=True))[name]
    assert HOSTILE[name][1] in said
    assert said != "read"
    assert len(said) < 400


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read as Linux tells it")
def test_memory_stays_bounded(measured):
    assert measured["peak"] < _MOST_MEGABYTES
