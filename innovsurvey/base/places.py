"""Where the files that come with the package are: in the wheel or in the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Final

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
