"""Write a file that a person asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from innovsurvey.errors import SpecificationError

if TYPE_CHECKING:
    from pathlib import Path


def write_file(path: Path, content: bytes) -> Path:
    """Write a file, making the folder it goes to.

    Raises
    ------
    SpecificationError
        The path is a folder, or cannot be written.
    """
    if path.is_dir():
        message = f"{path} is a folder; name a file in it."
        raise SpecificationError(message)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror})."
        raise SpecificationError(message) from None
    return path
