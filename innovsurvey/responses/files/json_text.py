"""Parse a file of answers in JSON, or say why that is not possible."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.errors import DataError

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions

_LARGEST: Final = 500_000_000
# Half of a letter, which a text cut in its middle ends with, can be written nowhere.
_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")


def parse_json(raw: bytes, name: str, what: str, options: ReadOptions) -> Any:
    """Parse the text of a file; ``what`` says in words what it should be.

    Raises
    ------
    DataError
        The file is damaged, nested too deeply, or larger than 500 MB.

    Examples
    --------
    >>> from innovsurvey.responses.files.options import ReadOptions
    >>> parse_json(b'{"a": [1]}', "x.json", "answers in JSON", ReadOptions())
    {'a': [1]}
    """
    if len(raw) > _LARGEST:
        message = f"{name} is larger than 500 MB. Export the answers as CSV and read that file."
        raise DataError(message)
    try:
        found = json.loads(raw.decode(options.encoding or "utf-8-sig"))
        return _whole(found) if _HALF.search(raw) else found
    except RecursionError:
        why = "nested too deeply"
    except (ValueError, LookupError) as error:
        why = str(error)
    message = f"{name} cannot be read as {what} ({why}). Export it again."
    raise DataError(message)


def _whole(found: Any) -> Any:
    """Put a question mark in place of half a letter."""
    return json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
