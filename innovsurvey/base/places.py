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
        Name of the data set, ``leadership-climate``, or of a synthetic file without its ending:
        ``synthetic_seed_manager``, ``synthetic_null_staff``, ...

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
    known = {
        path.parent.name.replace("_", "-") if _is_real(path) else path.stem: path
        for path in sorted(folder.glob("*/*.csv"))
    }
    if name not in known:
        message = f"there is no sample data set {name!r}. There is: {', '.join(known)}."
        raise DataError(message)
    return known[name]


def _is_real(path: Path) -> bool:
    """Tell answers of people from synthetic ones, by the name that every synthetic file has."""
    return not path.name.startswith("synthetic_")
