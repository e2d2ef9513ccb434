"""Data of REDCap for statistics programs: a table without headings, and a script that names them.

The script is for Stata (``import delimited a b using``), SAS (``informat a best32. ;``) or SPSS
(``/VARIABLES=a F40 b A500``). The table for R has its headings, so it is read as any other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.archive import member_names, unpack_all
from innovsurvey.responses.files.text import read_text

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions
    from innovsurvey.responses.table_file import TableFile

_TABLE: Final = re.compile(r".*_NOHDRS_.*\.csv|.*_NOHDRS\.csv", re.IGNORECASE)
_STATA: Final = re.compile(r"import delimited\s+(.+?)\s+using\b", re.DOTALL)
_SAS: Final = re.compile(r"^\s*informat\s+(\w+)\s", re.MULTILINE)
_SPSS: Final = re.compile(r"/VARIABLES\s*=\s*(.+?)\.\s", re.DOTALL | re.IGNORECASE)
_SCRIPTS: Final = (".do", ".sas", ".sps")


def is_redcap_archive(raw: bytes) -> bool:
    """Tell an archive with a table of REDCap that has no headings."""
    return any(_TABLE.fullmatch(name) for name in member_names(raw, "the archive"))


def read_redcap_archive(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read the table under the headings that the script beside it names.

    Raises
    ------
    DataError
        The archive is damaged, or has no such script, or one that names another number of columns.
    """
    members = unpack_all(raw, name, _is_wanted)
    table = next(n for n in members if _TABLE.fullmatch(n))
    scripts = [n for n in members if n.lower().endswith(_SCRIPTS)]
    names = next(filter(None, (_names(members[n], n) for n in scripts)), None)
    if names is None:
        message = (
            f"{table} in {name} has no headings, and no script beside it names its columns. "
            "Export CSV (raw) from REDCap instead."
        )
        raise DataError(message)
    heading = (",".join(names) + "\n").encode()
    body = members[table].removeprefix(b"\xef\xbb\xbf")
    found = read_text(heading + body, table, options)
    if any(len(row) != len(names) for row in found.rows):
        message = f"{table} has not the {len(names)} columns that {scripts[0]} names."
        raise DataError(message)
    found.notes.insert(0, f"{table} was read out of the archive, headed as {scripts[0]} says.")
    found.provenance["member"] = table
    return found


def _names(script: bytes, name: str) -> list[str]:
    """Give the names of the columns that a script names.

    Examples
    --------
    >>> _names(b"import delimited record_id age using x.csv, varnames(nonames)", "a.do")
    ['record_id', 'age']
    >>> _names(b"GET DATA /VARIABLES=record_id A500 age F40 . VARIABLE LABELS", "a.sps")
    ['record_id', 'age']
    """
    text = script.decode("utf-8", errors="replace")
    if name.lower().endswith(".sas"):
        return list(dict.fromkeys(_SAS.findall(text)))
    match = (_STATA if name.lower().endswith(".do") else _SPSS).search(text)
    words = match[1].split() if match is not None else []
    return words if name.lower().endswith(".do") else words[::2]


def _is_wanted(name: str) -> bool:
    """Tell the table and the scripts of an archive."""
    return bool(_TABLE.fullmatch(name)) or name.lower().endswith(_SCRIPTS)
