"""What an analyst should look at next, from what was found in a set of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names

if TYPE_CHECKING:
    from innovsurvey.responses.missing_data import MissingData
    from innovsurvey.responses.model import Responses
    from innovsurvey.responses.screening import Screening

_MUCH: Final = 0.2  # share of an item from which its gaps deserve a look
_SOME: Final = 0.05
_SIGNIFICANT: Final = 0.05


def next_steps(
    responses: Responses, missing: MissingData, screening: Screening | None, min_group_size: int
) -> list[str]:
    """Say in sentences what to look at next; never empty."""
    return [
        *_about_file(responses),
        *_about_missing(missing),
        *_about_people(screening),
        *_about_units(missing, min_group_size),
        "Keep the checked answers, with log and quarantine: responses.save(folder).",
    ]


def _about_file(responses: Responses) -> list[str]:
    """Look at what was changed or set aside."""
    cells = responses.log.groupby("rule")["n_cells"].sum()
    steps = []
    strange = int(cells.get("out_of_range", 0)) + int(cells.get("cell_quarantined", 0))
    if strange:
        steps.append(
            f"{strange} cells hold what the response format does not know, and count as missing. "
            "See whether the file uses other codes or labels than the instrument."
        )
    if len(responses.quarantine):
        steps.append(
            f"{len(responses.quarantine)} rows are in quarantine. Look at responses.quarantine, "
            "and read the file again with other options where they belong to the answers."
        )
    return steps


def _about_missing(missing: MissingData) -> list[str]:
    """Look at items with many gaps, and at how they came about."""
    shares = missing.items["missing_share"]
    steps = []
    much = shares.index[shares >= _MUCH].tolist()
    if much:
        steps.append(
            f"{_MUCH:.0%} or more of those asked gave no answer to {join_names(much)}. Ask why "
            "before you use these items."
        )
    if missing.little_p_value is not None and missing.little_p_value < _SIGNIFICANT:
        steps.append(
            "Little's test speaks against data missing completely at random: leaving out people "
            "with gaps may bias results. Prefer methods that use all answers there are (full "
            "information maximum likelihood, multiple imputation), and report both."
        )
    elif missing.missing_share > _SOME:
        steps.append(
            f"{missing.missing_share:.1%} of the cells asked have no answer. Say in the report how "
            "they were treated."
        )
    silent = int((missing.people["n_answered"] == 0).sum())
    if silent:
        steps.append(f"{silent} people answered no item. Decide whether they count as respondents.")
    return steps


def _about_people(screening: Screening | None) -> list[str]:
    """Look at those proposed for exclusion, and at what leaving them out would change."""
    proposed = 0 if screening is None else int(screening.proposed.sum())
    if not proposed:
        return []
    return [
        f"{proposed} people have flags of two or more kinds. Look at their answers, and show with "
        "effect_of_exclusion how your main result moves before you leave anybody out."
    ]


def _about_units(missing: MissingData, min_group_size: int) -> list[str]:
    """Look at units that are silent or too small to report."""
    if missing.groups is None:
        return []
    known = missing.groups
    steps = []
    if "n_invited" in known:
        silent = int(((known["n_obs"] == 0) & (known["n_invited"] > 0)).sum())
        if silent:
            steps.append(
                f"{silent} invited units have no answer: results say nothing about them. Remind "
                "them while the survey is open."
            )
    small = int(((known["n_obs"] > 0) & (known["n_obs"] < min_group_size)).sum())
    if small:
        steps.append(
            f"{small} units have fewer than {min_group_size} people. Do not report them one by one."
        )
    return steps
