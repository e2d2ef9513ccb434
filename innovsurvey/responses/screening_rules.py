"""Which value of an index raises a flag, what kind of flag it is, and who proposed it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import check_choice
from innovsurvey.errors import SpecificationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_CURRAN: Final = (
    "Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey "
    "data. Journal of Experimental Social Psychology, 66, 4-19. "
    "https://doi.org/10.1016/j.jesp.2015.07.006"
)
_DUNN: Final = (
    "Dunn, A. M., Heggestad, E. D., Shanock, L. R., & Theilgard, N. (2018). Intra-individual "
    "response variability as an indicator of insufficient effort responding. Journal of Business "
    "and Psychology, 33(1), 105-121. https://doi.org/10.1007/s10869-016-9479-0"
)
_HUANG: Final = (
    "Huang, J. L., Curran, P. G., Keeney, J., Poposki, E. M., & DeShon, R. P. (2012). Detecting "
    "and deterring insufficient effort responding to surveys. Journal of Business and Psychology, "
    "27(1), 99-114. https://doi.org/10.1007/s10869-011-9231-8"
)
_JOHNSON: Final = (
    "Johnson, J. A. (2005). Ascertaining the validity of individual protocols from web-based "
    "personality inventories. Journal of Research in Personality, 39(1), 103-129. "
    "https://doi.org/10.1016/j.jrp.2004.09.009"
)
_MEADE: Final = (
    "Meade, A. W., & Craig, S. B. (2012). Identifying careless responses in survey data. "
    "Psychological Methods, 17(3), 437-455. https://doi.org/10.1037/a0028085"
)
_OWN: Final = "Threshold of our own, cautious on purpose; the index: "


@dataclass(frozen=True)
class Rule:
    """How an index is judged.

    ``above`` tells whether high values raise the flag. ``default`` is None where the index alone
    is given, or where the default hangs on the items.
    """

    index: str
    kind: str
    above: bool
    default: float | None
    words: str
    source: str


RULES: Final = (
    Rule("longstring", "repetition", True, None,
         "{value:.0f} identical answers in a row", _CURRAN),
    Rule("longstring_share", "repetition", True, 0.5,
         "identical answers in a row over {value:.0%} of the blocks", _CURRAN),
    Rule("average_run", "repetition", True, None,
         "runs of identical answers of {value:.1f} items on average", _JOHNSON),
    Rule("irv", "repetition", False, None,
         "answers hardly vary (SD {value:.2f})", _OWN + _DUNN),
    Rule("irv_mixed", "repetition", False, None,
         "answers hardly vary between items of opposite key (SD {value:.2f})", _OWN + _DUNN),
    Rule("even_odd", "inconsistency", False, 0.30,
         "the halves of the scales do not go together (even-odd {value:.2f})", _JOHNSON),
    Rule("synonyms", "inconsistency", False, 0.0,
         "items alike are answered apart (r {value:.2f})", _OWN + _MEADE),
    Rule("antonyms", "inconsistency", True, 0.0,
         "opposite items are answered alike (r {value:.2f})", _OWN + _MEADE),
    Rule("person_total", "inconsistency", False, None,
         "answers run against everybody else's (r {value:.2f})", _CURRAN),
    Rule("mahalanobis_d2", "outlier", True, None,
         "an unusual combination of answers (squared distance {value:.1f})", _MEADE),
    Rule("mahalanobis_p_value", "outlier", False, 0.001,
         "an unusual combination of answers (Mahalanobis p = {value:.1g})", _MEADE),
    Rule("duration_seconds", "time", False, None,
         "{value:.0f} seconds in all", _HUANG),
    Rule("seconds_per_item", "time", False, 2.0,
         "{value:.1f} seconds per item", _HUANG),
    Rule("page_seconds_per_item", "time", False, 2.0,
         "{value:.1f} seconds per item on the fastest page", _HUANG),
    Rule("attention_failed", "attention", True, 0.0,
         "{value:.0f} attention item(s) failed", _MEADE),
    Rule("n_same_answers", "duplicate", True, 0.0,
         "the same answers as {value:.0f} other(s)", _OWN + _CURRAN),
    Rule("missing_share", "missing", True, None,
         "{value:.0%} of the items left out", _CURRAN),
)  # fmt: skip
RULE_OF: Final = {rule.index: rule for rule in RULES}


# Longest run that needs no explanation, and variation, in widths of the response format.
_SHORT_RUN: Final = 10.0
_NO_VARIATION: Final = 0.05


def default_thresholds(width: float, stretch: int) -> dict[str, float | None]:
    """Give the default of each index.

    ``width`` is that of the response format, ``stretch`` the most items in a row with one format.
    """
    limits = {rule.index: rule.default for rule in RULES}
    limits["longstring"] = max(_SHORT_RUN, stretch / 2)
    limits["irv"] = limits["irv_mixed"] = _NO_VARIATION * width
    return limits


def given_thresholds(given: Mapping[str, float | None] | None) -> dict[str, float | None]:
    """Check the thresholds that the caller gave; None means no flag.

    Raises
    ------
    SpecificationError
        There is no such index, or a threshold is no finite number.
    """
    limits = dict(given or {})
    for name, value in limits.items():
        check_choice(name, "thresholds: index", [rule.index for rule in RULES])
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if value is not None and not (is_number and math.isfinite(value)):
            message = f"thresholds[{name!r}]={value!r} must be a number, or None for no flag."
            raise SpecificationError(message)
    return limits
