"""Internal consistency of a scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_level, check_whole, join_names
from innovsurvey.measurement.reliability_bootstrap import bootstrap
from innovsurvey.measurement.reliability_groups import by_group, by_level, split_off
from innovsurvey.measurement.reliability_input import scale_answers
from innovsurvey.measurement.reliability_omega import (
    categorical,
    general_factor,
    omega_interval,
    one_factor,
)
from innovsurvey.measurement.reliability_result import Reliability
from innovsurvey.measurement.reliability_table import coefficient_table
from innovsurvey.numerics import consistency, reliability_bounds

if TYPE_CHECKING:
    from innovsurvey.measurement.reliability_bootstrap import Bootstrap
    from innovsurvey.measurement.reliability_input import Missing, ScaleAnswers
    from innovsurvey.measurement.reliability_omega import GeneralFactor, OneFactor

_PAIR: Final = 2
_SLACK: Final = 1e-8
_LAMBDAS: Final = tuple(f"lambda{number}" for number in range(1, 7))


def reliability(
    items: Any,
    *,
    ordinal: bool | None = None,
    ci_level: float = 0.95,
    n_boot: int = 0,
    seed: int | None = None,
    group: str | pd.Series[Any] | None = None,
    cluster: str | pd.Series[Any] | None = None,
    n_factors: int = 3,
    missing: Missing = "listwise",
) -> Reliability:
    """Estimate the internal consistency of a scale: alpha, omega, lower bounds, item-rest.

    Parameters
    ----------
    items : DataFrame
        One column per item, at least 2, all keyed in the same direction; one row per person,
        at least 2 complete.
    ordinal : bool, optional
        Whether omega, lambdas and glb come from polychoric correlations. By default they do
        where all items are ordered categoricals, and a note says so.
    ci_level : float
        Confidence level of the intervals, between 0 and 1; .95 by default.
    n_boot : int
        Bootstrap draws, 0 by default; 1,000 or more for an interval.
    seed : int, optional
        Where the random numbers of the draws start; the same seed gives the same interval.
    group : str or Series, optional
        A column of ``items``, or a Series with the same index: alpha and omega in each group,
        and a test that the alphas are equal.
    cluster : str or Series, optional
        The same for nested data: alpha and omega within and between clusters.
    n_factors : int
        Group factors below the general one of omega_h, from 2; 3 by default as psych::omega.
    missing : {"listwise", "pairwise"}
        Leave out people with a missing answer (default), or take for each pair of items the
        people who answered both.

    Returns
    -------
    Reliability
        ``.alpha``, ``.alpha_ci``, ``.alpha_std``, ``.omega_total``, ``.omega_total_ci``,
        ``.omega_total_sl``, ``.omega_h``, ``.average_r``, ``.lambdas``, ``.glb`` and ``.items``
        (r_drop, alpha_drop, mean, sd); for ordinal items also ``.alpha_ordinal`` and
        ``.omega_categorical``, for two items ``.spearman_brown``; ``.coefficients`` names the
        model, matrix and formula behind each; ``.groups``, ``.equality``, ``.levels`` and
        ``.bootstrap`` where asked for.

    Raises
    ------
    DataError
        A column is not numeric, or the sum of the items is the same for everybody.
    InsufficientDataError
        Fewer than 2 items or 2 usable people, an item without answers or without variance, a
        pair of items that nobody answered together, fewer than 2 clusters.
    SpecificationError
        A wrong option, or ordered categories beside numbers while ``ordinal`` is None.

    Notes
    -----
    alpha = k/(k - 1) (1 - sum of s_i^2 / s_T^2) for k items with variances s_i^2 and a sum with
    variance s_T^2; alpha_std is the same from Pearson correlations, alpha_ordinal from
    polychoric ones. Feldt's interval of alpha assumes normal answers of two-way analysis of
    variance.

    omega_total = L^2 / (L^2 + U), where L is the sum of the loadings and U the sum of the
    uniquenesses of one minres factor of the correlations R. Its interval is the delta method
    without an assumption on distributions, symmetric for ln(1 - omega); with ``n_boot`` the
    percentile bootstrap. omega_h = G^2 / sum of R, where G is the sum of the loadings on the
    general factor of a Schmid-Leiman solution (minres, oblimin), and omega_total_sl is
    1 - U / sum of R there; items that load negatively on the one factor are turned round for
    both. omega_categorical is the share of the variance of the observed sum of categories
    that the factor implies, from the thresholds; the whole variance comes from the polychoric
    correlations, the loadings from minres (unweighted least squares). Weighted least squares,
    the default of lavaan, gives something else where one factor fits badly.

    Guttman's lambdas and the greatest lower bound are bounds to the reliability of the sum of
    standardised items, from R. lambda4 is the best split into halves of the same size (one item
    more in one half for an odd number): of all splits up to 20 items, beyond that the best
    that a search finds. glb is the algebraic bound (semidefinite programme, as
    psych::glb.algebraic; psych::glb.fa is an approximation that can lie above it); in samples
    of a few hundred it is biased upwards.

    r_drop is the correlation of an item with the sum of the others, alpha_drop the alpha of
    the others. A high alpha does not show that the items measure one thing.

    Equality of alphas: the chi-square test of Hakstian and Whalen, which keeps its level in
    simulations, and that of Feldt, Woodruff and Salih, which is too cautious for few items.

    Between and within clusters: covariances pooled within clusters, and those of the cluster
    means less what sampling people adds to them; omega there is that of the sum of the items in
    their own units.

    Checked against alpha(), fa(), omega(), guttman(), splitHalf() and glb.algebraic() of psych,
    compRelSEM() of semTools (with the estimator ULSMV) and a two-level model of lavaan, and
    against the numbers that Feldt, Woodruff and Salih print. splitHalf() of psych 2.2.9 looks
    at half of the splits where the number of items is odd.

    References
    ----------
    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests.
    Psychometrika, 16(3), 297-334. https://doi.org/10.1007/BF02310555

    Feldt, L. S., Woodruff, D. J., & Salih, F. A. (1987). Statistical inference for coefficient
    alpha. Applied Psychological Measurement, 11(1), 93-103.
    https://doi.org/10.1177/014662168701100107

    Geldhof, G. J., Preacher, K. J., & Zyphur, M. J. (2014). Reliability estimation in a
    multilevel confirmatory factor analysis framework. Psychological Methods, 19(1), 72-91.
    https://doi.org/10.1037/a0032138

    Green, S. B., & Yang, Y. (2009). Reliability of summed item scores using structural equation
    modeling: An alternative to coefficient alpha. Psychometrika, 74(1), 155-167.
    https://doi.org/10.1007/s11336-008-9099-3

    Guttman, L. (1945). A basis for analyzing test-retest reliability. Psychometrika, 10(4),
    255-282. https://doi.org/10.1007/BF02288892

    Hakstian, A. R., & Whalen, T. E. (1976). A k-sample significance test for independent alpha
    coefficients. Psychometrika, 41(2), 219-231. https://doi.org/10.1007/BF02291840

    Jackson, P. H., & Agunwamba, C. C. (1977). Lower bounds for the reliability of the total
    score on a test composed of non-homogeneous items: I. Algebraic lower bounds. Psychometrika,
    42(4), 567-578. https://doi.org/10.1007/BF02295979

    McDonald, R. P. (1999). Test theory: A unified treatment. Lawrence Erlbaum.
    https://doi.org/10.4324/9781410601087

    Zinbarg, R. E., Revelle, W., Yovel, I., & Li, W. (2005). Cronbach's alpha, Revelle's beta,
    and McDonald's omega H: Their relations with each other and two alternative
    conceptualizations of reliability. Psychometrika, 70(1), 123-133.
    https://doi.org/10.1007/s11336-003-0974-7

    Zumbo, B. D., Gadermann, A. M., & Zeisser, C. (2007). Ordinal versions of coefficients alpha
    and theta for Likert rating scales. Journal of Modern Applied Statistical Methods, 6(1),
    21-29. https://doi.org/10.22237/jmasm/1177992180

    Examples
    --------
    >>> import pandas as pd
    >>> from innovsurvey.measurement.reliability import reliability
    >>> answers = pd.DataFrame(
    ...     {"a": [1, 2, 2, 3, 4, 5, 5], "b": [2, 1, 3, 4, 3, 5, 4], "c": [3, 1, 2, 4, 3, 3, 5]}
    ... )
    >>> reliability(answers)
    Reliability: 3 items, N = 7
                estimate ci_lower ci_upper
    alpha          0.858    0.470    0.974
    alpha_std      0.861        –        –
    omega_total    0.868    0.771    0.923
    average_r      0.674        –        –
    """
    check_level(ci_level)
    check_whole(n_boot, "n_boot", 0)
    check_whole(n_factors, "n_factors", 2)
    if seed is not None:
        check_whole(seed, "seed", 0)
    own, (groups, clusters) = split_off(items, (group, cluster))
    answers = scale_answers(own, ordinal, missing)
    parts = by_group(own, groups, ordinal=ordinal, missing=missing, ci_level=ci_level)
    nested = by_level(answers, clusters)
    one = one_factor(answers.corr, answers.names)
    general = general_factor(answers.corr, answers.names, n_factors, one)
    drawn = bootstrap(answers, one.loadings, n_boot, seed, ci_level)
    estimates = _estimates(answers, one, general)
    intervals, notes = _intervals(answers, one, drawn, ci_level)
    table = _item_table(answers)
    return Reliability(
        **{name: value for name, value in estimates.items() if name not in _LAMBDAS},
        lambdas=pd.Series({name: estimates[name] for name in _LAMBDAS}),
        alpha_ci=intervals["alpha"][:2],
        omega_total_ci=intervals["omega_total"][:2],
        ci_level=ci_level,
        is_ordinal=answers.ordinal is not None,
        items=table,
        coefficients=coefficient_table(estimates, intervals, answers.kind),
        schmid_leiman=general.loadings,
        bootstrap=drawn.table,
        groups=parts.table,
        equality=parts.equality,
        levels=nested.table,
        n_obs=len(answers.frame),
        notes=(
            *answers.notes,
            *one.notes,
            *general.notes,
            *notes,
            *drawn.notes,
            *_bound_notes(answers, estimates),
            *_item_notes(answers, table),
            *parts.notes,
            *nested.notes,
        ),
    )


def _estimates(answers: ScaleAnswers, one: OneFactor, general: GeneralFactor) -> dict[str, Any]:
    """Estimate every coefficient; None for what does not apply to these items."""
    r = consistency.average_r(answers.pearson)
    latent = answers.ordinal
    bounds = reliability_bounds.lambdas(answers.corr)
    return {
        "alpha": consistency.alpha(answers.cov),
        "alpha_std": consistency.alpha(answers.pearson),
        "alpha_ordinal": None if latent is None else consistency.alpha(latent.correlation),
        "omega_total": one.omega_total,
        "omega_total_sl": general.omega_total_sl,
        "omega_h": general.omega_h,
        "omega_categorical": categorical(answers, one),
        "average_r": r,
        "spearman_brown": consistency.spearman_brown(r) if len(answers.names) == _PAIR else None,
        **dict(zip(_LAMBDAS, bounds.tolist(), strict=True)),
        "glb": reliability_bounds.greatest_lower_bound(answers.corr),
    }


def _intervals(
    answers: ScaleAnswers, one: OneFactor, drawn: Bootstrap, ci_level: float
) -> tuple[dict[str, tuple[float, float, str]], tuple[str, ...]]:
    """Give the intervals with how they were found, and notes on those that are empty."""
    alpha = consistency.alpha(answers.cov)
    ends = consistency.alpha_interval(alpha, answers.n_fit, len(answers.names), ci_level)
    found = {"alpha": (*ends, "Feldt")}
    if drawn.table is None:
        omega, notes = omega_interval(answers, one, ci_level)
        return {**found, "omega_total": (*omega, "delta method")}, notes
    names = [name for name in drawn.table.index if name != "alpha"]
    return {**found, **{name: (*drawn.interval(name), "bootstrap") for name in names}}, ()


def _item_table(answers: ScaleAnswers) -> pd.DataFrame:
    """Describe each item beside the others."""
    return pd.DataFrame(
        {
            "r_drop": consistency.r_drop(answers.cov),
            "alpha_drop": consistency.alpha_if_dropped(answers.cov),
            "mean": answers.means,
            "sd": np.sqrt(np.diag(answers.cov)),
        },
        index=answers.names,
    )


def _item_notes(answers: ScaleAnswers, table: pd.DataFrame) -> tuple[str, ...]:
    """Point out items that run against the others, and empty cells."""
    notes = []
    against = table.index[consistency.runs_against(answers.pearson)].tolist()
    if against:
        notes.append(
            f"{join_names(against)}: negative correlation with the other items. Check the key: "
            "does the wording run against the scale and the answers were not reversed, or were "
            "they reversed twice, in the file and again here?"
        )
    if len(table) == _PAIR:
        notes.append("alpha_drop is empty: one item alone has no alpha.")
    elif table[["r_drop", "alpha_drop"]].isna().any(axis=None):
        notes.append("r_drop or alpha_drop is empty where the sum of the other items is constant.")
    return tuple(notes)


def _bound_notes(answers: ScaleAnswers, estimates: dict[str, Any]) -> tuple[str, ...]:
    """Say which coefficients lie where none can, and why others are empty."""
    notes = []
    if math.isnan(estimates["glb"]):
        notes.append(
            "lambda6 and glb are empty: the correlation matrix is singular or not positive "
            "definite."
        )
    highest = {name: 1.0 for name, value in estimates.items() if value is not None}
    if estimates["omega_h"] is not None:
        highest["omega_h"] = min(1.0, estimates["omega_total_sl"])
    beyond = [name for name, limit in highest.items() if estimates[name] > limit + _SLACK]
    if beyond:
        notes.append(
            f"{join_names(beyond)}: above what is possible, because the {answers.kind} "
            "correlations are not those of any answers (not positive definite) or a Heywood "
            "case. Do not report."
        )
    if estimates["alpha"] < 0:
        notes.append("alpha is negative: on average the items go against each other.")
    return tuple(notes)
