"""The documented template for an instrument of one's own."""

from __future__ import annotations

from pathlib import Path


def template_text(instrument_id: str) -> str:
    """Give the text of a new instrument file, with every part explained.

    Examples
    --------
    >>> template_text("team-voice").splitlines()[2]
    'id: team-voice'
    """
    template = Path(__file__).with_name("template.yaml").read_text(encoding="utf-8")
    return template.replace("{id}", instrument_id)
