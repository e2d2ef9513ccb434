"""Mark responses as made up, so that nobody takes them for answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from innovsurvey.responses.model import SYNTHETIC_NOTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.responses.model import Responses


def mark_synthetic(
    answers: Responses, provenance: Mapping[str, Any], notes: Sequence[str]
) -> Responses:
    """Mark responses as made up: in a column, the title, the notes and where they come from."""
    others = (note for note in answers.notes if note != SYNTHETIC_NOTE)
    return replace(
        answers,
        context=answers.context.assign(synthetic=True),
        provenance=dict(provenance),
        notes=(SYNTHETIC_NOTE, *notes, *others),
    )
