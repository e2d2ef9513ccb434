from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from notebook_cases import cell, write_notebook

from innovsurvey.errors import ReportError, SpecificationError
from innovsurvey.report.notebooks import publish

PARAMETERS = cell("data_path = None\nmin_group_size = 10\nwave = 1", "parameters")

FUTURE = "w.simplefilter('always')\nw.warn('soon', FutureWarning)"


@pytest.fixture
def climate(tmp_path):
    return write_notebook(
        tmp_path / "climate.ipynb",
        "# Climate <3 & more\n\nHow people see *their* leaders.",
        PARAMETERS,
        "## Same\n\ntext",
        "import warnings\nwarnings.warn('Only 3 units.', UserWarning)",
        "print(data_path, min_group_size, wave)",
        "## Same",
        "import pandas as pd\npd.DataFrame({'a': [1]})",
    )


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "given" / "wave 1.csv"
    path.parent.mkdir()
    path.write_text("a\n1\n")
    return path


def test_a_notebook_becomes_an_overview_and_a_page(climate, data, tmp_path):
    site = publish(climate, data, tmp_path / "site", parameters={"wave": 2}, min_group_size=12)
    page = site.pages[0].read_text(encoding="utf-8")
    index = site.index.read_text(encoding="utf-8")
    assert [path.name for path in (site.index, *site.pages)] == ["index.html", "climate.html"]
    assert "wave 1.csv 12 2" in page
    assert str(tmp_path) not in page + index
    assert "<strong>Please note:</strong> Only 3 units." in page
    assert 'id="same-2"' in page
    assert 'href="#same-2"' in page
    assert "¶" not in page
    assert "<h1>Climate &lt;3 &amp; more</h1>" in index
    assert "<p>How people see their leaders.</p>" in index
    assert "Data: wave 1.csv" in index


def test_the_same_input_gives_the_same_bytes(climate, data, tmp_path):
    first = publish(climate, data, tmp_path / "one")
    second = publish(climate, data, tmp_path / "two")
    for one, two in zip((first.index, *first.pages), (second.index, *second.pages), strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_a_cell_that_raises_leaves_its_page_and_the_other_pages(tmp_path):
    bad = write_notebook(
        tmp_path / "n/a_bad.ipynb", "# Bad", "print('before')", "1 / 0", "print('unreached')"
    )
    write_notebook(tmp_path / "n/b_good.ipynb", "# Good", "print('fine')")
    with pytest.raises(
        ReportError, match=r"a_bad.ipynb, code cell 2: ZeroDivisionError: division by zero"
    ):
        publish(bad.parent, out=tmp_path / "site")
    page = (tmp_path / "site/a_bad.html").read_text(encoding="utf-8")
    assert "before" in page
    assert "ZeroDivisionError: division by zero" in page
    assert "The rest of this page was not calculated." in page
    assert "unreached" not in page
    assert "Traceback" not in page
    assert "fine" in (tmp_path / "site/b_good.html").read_text(encoding="utf-8")


def test_hostile_texts_are_inert(tmp_path):
    notebook = write_notebook(tmp_path / "<i>&.ipynb", "# A", "print('<script>alert(1)</script>')")
    hostile = "</title><script>alert(2)</script>"
    site = publish(notebook, out=tmp_path / "site", title=hostile, summary=hostile)
    for path in (site.index, *site.pages):
        assert "<script" not in path.read_text(encoding="utf-8").lower()


def test_what_a_notebook_did_not_take_is_noted(climate, data, tmp_path):
    other = write_notebook(tmp_path / "n/other.ipynb", "# B", "import warnings as w", FUTURE)
    site = publish([climate, other], data, tmp_path / "site")
    assert site.notes == (
        "other.ipynb has no parameter data_path, so it ran without it.",
        "other.ipynb has no parameter min_group_size, so it ran without it.",
        "other.ipynb: FutureWarning: soon",
    )


def test_danish_pages_say_so(tmp_path):
    site = publish(
        write_notebook(tmp_path / "climate.ipynb", "# A", "1"), out=tmp_path / "site", language="da"
    )
    page = site.pages[0].read_text(encoding="utf-8")
    assert '<html lang="da">' in page
    assert "<summary>Kode</summary>" in page


def test_nothing_is_written_to_an_empty_home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    notebook = write_notebook(
        tmp_path / "climate.ipynb",
        "# A",
        "import sys, matplotlib.pyplot as plt\nsys.executable\nplt.plot([1])\nplt.show()",
    )
    code = (
        "import sys; from innovsurvey.report.notebooks import publish;"
        "publish(sys.argv[1], out=sys.argv[2])"
    )
    keep = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("JUPYTER", "IPYTHON", "XDG", "MPL"))
    }
    call = [sys.executable, "-W", "error", "-c", code, str(notebook), str(tmp_path / "site")]
    done = subprocess.run(
        call, env={**keep, "HOME": str(home)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(home.rglob("*")) == []
    assert "image/png" in (tmp_path / "site/climate.html").read_text(encoding="utf-8")


def test_earlier_outputs_and_injections_do_not_survive(tmp_path):
    old = cell("wave = 99", "injected-parameters")
    stale = {
        **cell("pass"),
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "stale"}],
    }
    raw = {"cell_type": "raw", "metadata": {}, "source": "raw text"}
    notebook = write_notebook(
        tmp_path / "climate.ipynb", "# A", PARAMETERS, old, stale, raw, "print('wave', wave)"
    )
    page = publish(notebook, out=tmp_path / "s", parameters={"wave": 3}).pages[0].read_text("utf-8")
    assert "wave 3" in page
    assert "stale" not in page
    assert "raw text" not in page


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"parameters": {"waves": 2}}, r"waves \(did you mean wave\?\)"),
        ({"parameters": {"wave": object()}}, "cannot be written into a notebook"),
        ({"formats": ("html", "htm")}, r"formats='htm' is not known \(did you mean html\?\)"),
        ({"formats": "pdf"}, "formats='pdf' is not known"),
        ({"language": "sv"}, "language='sv' is not known"),
        ({"min_group_size": 3}, "min_group_size=3 is too small"),
        ({"min_group_size": "10"}, "min_group_size='10' is too small"),
        ({"data": 3}, "data must be the path"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_runs(climate, tmp_path, options, message):
    with pytest.raises(SpecificationError, match=message):
        publish(climate, out=tmp_path / "site", **options)
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("options", [{"parameters": {"wave": 2}}, {"data": "."}])
def test_values_need_a_notebook_that_takes_them(tmp_path, options):
    with pytest.raises(SpecificationError, match="It has no parameters cell"):
        publish(
            write_notebook(tmp_path / "climate.ipynb", "# A", "1"), out=tmp_path / "site", **options
        )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "line 1 is not valid JSON"),
        ("[]", "not a notebook of format 4"),
        (json.dumps({"nbformat": 3, "worksheets": []}), "not a notebook of format 4"),
        (json.dumps({"nbformat": 4, "cells": [{"cell_type": "code"}]}), "not a valid notebook"),
        (b"\xff\xfe", "not text in UTF-8"),
        (
            json.dumps(
                {
                    "nbformat": 4,
                    "nbformat_minor": 5,
                    "cells": [],
                    "metadata": {
                        "kernelspec": {"name": "ir", "display_name": "R", "language": "R"}
                    },
                }
            ),
            "written in R",
        ),
    ],
)
def test_what_is_no_notebook_is_named(tmp_path, content, message):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ReportError, match=message):
        publish(path, out=tmp_path / "site")


@pytest.mark.parametrize("missing", ["notebook", "folder", "data", "nothing"])
def test_what_is_missing_is_named(climate, tmp_path, missing):
    (tmp_path / "empty").mkdir()
    calls = {
        "notebook": ((tmp_path / "no.ipynb",), "notebook not found"),
        "folder": ((tmp_path / "empty",), "no notebook"),
        "data": ((climate, tmp_path / "no.csv"), "data not found"),
        "nothing": (([],), "no notebook given"),
    }
    given, message = calls[missing]
    with pytest.raises(ReportError, match=message):
        publish(*given, out=tmp_path / "site") if len(given) == 1 else publish(
            *given, tmp_path / "site"
        )


def test_out_may_not_be_a_file(climate):
    with pytest.raises(ReportError, match="is a file"):
        publish(climate, out=climate)


def test_two_pages_of_one_name_are_refused(tmp_path):
    paths = [write_notebook(tmp_path / name, "# A") for name in ("a b.ipynb", "n/a-b.ipynb")]
    with pytest.raises(ReportError, match=r"both become a-b\.html"):
        publish(paths, out=tmp_path / "site")


def test_importing_the_report_loads_no_heavy_library():
    code = (
        "import sys, innovsurvey.report.notebooks;"
        "from innovsurvey.report import plots, tables;"
        "print([m for m in ('matplotlib', 'seaborn', 'nbclient', 'nbconvert', 'great_tables')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert Path(sys.executable).exists()
