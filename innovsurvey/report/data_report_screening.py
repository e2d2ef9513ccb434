"""The section of the data report on careless answers: counts only, no person's row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from innovsurvey.errors import DataError
from innovsurvey.report.data_report_html import (
    bullets,
    heading,
    paragraph,
    shown_figure,
    shown_table,
    words,
)
from innovsurvey.report.quality_plots import flags
from innovsurvey.responses.screening import Screening, screen_responses

if TYPE_CHECKING:
    import pandas as pd

    from innovsurvey.responses.model import Responses


def screened(
    responses: Responses, screening: Screening | Literal["auto"] | None
) -> tuple[Screening | None, str]:
    """Give the screening, or why there is none."""
    if screening is None:
        return None, "It was left out of this report (screening=None)."
    if isinstance(screening, Screening):
        return screening, ""
    try:
        return screen_responses(responses), ""
    except DataError as error:
        return None, f"It is not possible for these answers: {error}"


def screening_section(screening: Screening | None, why_not: str) -> list[str]:
    """Show how many people have each flag, and how many are proposed for exclusion."""
    parts = [heading(2, "Careless answers")]
    if screening is None:
        return [*parts, paragraph(f"People were not screened. {why_not}")]
    parts += [paragraph(f"{screening.title}."), bullets(screening.notes)]
    parts.append(
        paragraph(
            "A flag is a reason to look, not a verdict. Nobody was left out; somebody is proposed "
            "only with flags of two or more different kinds."
        )
    )
    rules = _rules(screening.rules)
    computed = rules[rules["n_computed"] > 0] if "n_computed" in rules else rules
    if len(computed):
        parts.append(shown_table(computed, "Flags by index", digits=None))
    rest = rules.index.difference(computed.index, sort=False).tolist()
    if rest:
        parts.append(paragraph(f"Not computed for these answers: {', '.join(rest)}."))
    if screening.flags.shape[1] and len(screening.flags):
        parts.append(shown_figure(flags(screening)))
    return parts


def _rules(rules: pd.DataFrame) -> pd.DataFrame:
    """Keep what can be printed of the rules: index, kind, threshold and numbers of people."""
    frame = rules.set_index("index") if "index" in rules else rules
    wanted = ["kind", "flagged_if", "threshold", "n_computed", "n_flagged"]
    shown = frame[[name for name in wanted if name in frame]].copy()
    shown.index = [words(str(name)) for name in shown.index]
    return shown.rename_axis("index")
