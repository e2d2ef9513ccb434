"""Where the files that come with the package are: in the wheel or in the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from innovsurvey.errors import DataError

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_IN_REPOSITORY: Final = {
    "instruments": "instruments",
    "notebooks": "notebooks",
    "sample": "data/sample",
}


def shipped_folder(name: str) -> Path:
    """Find a folder that ships with innovsurvey.

    Parameters
    ----------
    name
        ``instruments``, ``notebooks`` or ``sample``.

    Examples
    --------
    >>> (shipped_folder("instruments") / "leadership-climate.yaml").is_file()
    True
    """
    in_wheel = _PACKAGE / f"_{name}"
    return in_wheel if in_wheel.is_dir() else _PACKAGE.parent / _IN_REPOSITORY[name]


def sample_path(name: str) -> Path:
    """Find the file of a sample data set that ships with innovsurvey.

    Parameters
    ----------
    name
        Name of the data set: ``leadership-climate``.

    Returns
    -------
    pathlib.Path
        The file; its folder has a README with source and licence.

    Raises
    ------
    DataError
        No such data set; the message lists the names.

    Examples
    --------
    >>> sample_path("leadership-climate").name
    'lq2002.csv'
    """
    folder = shipped_folder("sample")
    files = sorted((folder / name.replace("-", "_")).glob("*.csv"))
    if not files:
        names = sorted(path.name.replace("_", "-") for path in folder.iterdir() if path.is_dir())
        message = f"there is no sample data set {name!r}. There is: {', '.join(names)}."
        raise DataError(message)
    return files[0]
