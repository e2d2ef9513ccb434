"""Mark responses as made up, so that nobody takes them for answers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.responses.model import Responses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SYNTHETIC_NOTE: Final = "Synthetic data: no person answered."


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SyntheticResponses(Responses):
    """Responses that a program made up; the title says so wherever it is shown."""

    @property
    def title(self) -> str:
        """Say that nobody answered, then what :class:`Responses` says."""
        return f"Synthetic data, no person answered. {super().title}"


def mark_synthetic(
    answers: Responses, provenance: Mapping[str, Any], notes: Sequence[str]
) -> SyntheticResponses:
    """Mark responses as made up: in the title, the notes and where they come from."""
    content = {field.name: getattr(answers, field.name) for field in fields(answers)}
    content["context"] = answers.context.assign(synthetic=True)
    content["provenance"] = dict(provenance)
    content["notes"] = (SYNTHETIC_NOTE, *notes, *answers.notes)
    return SyntheticResponses(**content)
