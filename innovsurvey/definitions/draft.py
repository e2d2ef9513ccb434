"""Begin an instrument of one's own from a documented template."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from innovsurvey.errors import SpecificationError

_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def new_instrument(instrument_id: str) -> str:
    """Give the text of a new instrument file, with every part explained.

    Parameters
    ----------
    instrument_id
        Id of the new instrument: lower-case words joined by hyphens.

    Returns
    -------
    str
        A YAML file that passes ``innovsurvey check`` as it is, to be changed part by part.

    Raises
    ------
    SpecificationError
        The id has other characters.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> isv.new_instrument("team-voice").splitlines()[2]
    'id: team-voice'
    """
    if not _ID.fullmatch(instrument_id):
        message = (
            f"{instrument_id!r} cannot be the id of an instrument. Use lower-case words joined by "
            "hyphens, for example team-voice."
        )
        raise SpecificationError(message)
    template = Path(__file__).with_name("template.yaml").read_text(encoding="utf-8")
    return template.replace("{id}", instrument_id)
