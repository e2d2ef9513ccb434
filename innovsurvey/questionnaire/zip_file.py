"""Pack Office files again without the time, so that the same content gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


def without_times(
    packed: bytes, change: Callable[[str, bytes], bytes] = lambda _, content: content
) -> bytes:
    """Give every member of a zip file the same date; ``change`` may rewrite members by name.

    Examples
    --------
    >>> stream = io.BytesIO()
    >>> with zipfile.ZipFile(stream, "w") as archive:
    ...     archive.writestr("a.txt", "a")
    >>> zipfile.ZipFile(io.BytesIO(without_times(stream.getvalue()))).infolist()[0].date_time
    (1980, 1, 1, 0, 0, 0)
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            new.writestr(zipfile.ZipInfo(name, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
