"""Parse a file of answers in JSON, or say why that is not possible."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.errors import DataError

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions

_LARGEST: Final = 500_000_000


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
        return json.loads(raw.decode(options.encoding or "utf-8-sig"))
    except RecursionError:
        why = "nested too deeply"
    except (ValueError, LookupError) as error:
        why = str(error)
    message = f"{name} cannot be read as {what} ({why}). Export it again."
    raise DataError(message)
