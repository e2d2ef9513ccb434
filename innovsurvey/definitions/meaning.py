"""Second stage of checking: what an instrument file says must hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.definitions.feedback_checks import check_contrasts, check_feedback
from innovsurvey.definitions.question_checks import (
    check_blocks,
    check_circles,
    check_conditions,
    check_context,
    check_formats,
    check_ids,
    check_items,
    check_languages,
    check_matrices,
    check_passages,
    check_wordings,
)
from innovsurvey.definitions.scale_checks import (
    check_forms,
    check_models,
    check_named_scales,
    check_scales,
    check_score_rules,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from innovsurvey.definitions.yaml_file import Document

_CHECKS: Final[tuple[Callable[[Document], None], ...]] = (
    check_languages,
    check_ids,
    check_formats,
    check_items,
    check_wordings,
    check_conditions,
    check_circles,
    check_context,
    check_matrices,
    check_blocks,
    check_passages,
    check_scales,
    check_score_rules,
    check_forms,
    check_models,
    check_named_scales,
    check_contrasts,
    check_feedback,
)


def check_meaning(document: Document) -> None:
    """Note every place where the parts of the document do not fit together."""
    if isinstance(document.data, dict):
        for check in _CHECKS:
            check(document)
