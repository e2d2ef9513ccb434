"""Reliability by group, and within and between groups."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_groups, join_names
from innovsurvey.base.display import format_p
from innovsurvey.errors import DataError, InsufficientDataError
from innovsurvey.measurement.reliability_input import scale_answers
from innovsurvey.measurement.reliability_omega import omega_interval, one_factor
from innovsurvey.numerics import consistency
from innovsurvey.numerics.reliability_groups import feldt_woodruff_salih, hakstian_whalen, levels
from innovsurvey.numerics.reliability_moments import to_correlations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from innovsurvey.measurement.reliability_input import Missing, ScaleAnswers

_FEWEST_GROUPS: Final = 2
_COLUMNS: Final = (
    "n_obs",
    "alpha",
    "ci_lower",
    "ci_upper",
    "alpha_std",
    "average_r",
    "omega_total",
    "omega_total_ci_lower",
    "omega_total_ci_upper",
)


@dataclass(frozen=True, eq=False)
class ByGroup:
    """One row per group, and the test of equal alphas; None where nobody asked for it."""

    table: pd.DataFrame | None
    equality: pd.DataFrame | None
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ByLevel:
    """A row within and a row between groups; None where nobody asked for it."""

    table: pd.DataFrame | None
    notes: tuple[str, ...]


def split_off(
    items: Any, columns: Iterable[str | pd.Series[Any] | None]
) -> tuple[Any, list[pd.Series[Any] | None]]:
    """Take the columns that name groups out of the items, and number the rows of both."""
    asked = list(columns)
    if not isinstance(items, pd.DataFrame):
        return items, [None for _ in asked]  # refused with the items
    found = [None if column is None else check_groups(items, column) for column in asked]
    names = [column for column in asked if isinstance(column, str)]
    numbered = [None if own is None else own.reset_index(drop=True) for own in found]
    return items.drop(columns=names).reset_index(drop=True), numbered


def by_group(
    items: pd.DataFrame,
    groups: pd.Series[Any] | None,
    *,
    ordinal: bool | None,
    missing: Missing,
    ci_level: float,
) -> ByGroup:
    """Estimate alpha and omega in each group, and test whether the alphas are equal."""
    if groups is None:
        return ByGroup(None, None, ())
    rows: dict[Any, dict[str, float]] = {}
    notes = list(_without_group(groups))
    for name, part in items.groupby(groups, observed=True):
        try:
            answers = scale_answers(part, ordinal, missing)
        except DataError as error:
            rows[name] = {"n_obs": len(part.dropna())}
            notes.append(f"Group {name}: no estimate, {error}")
            continue
        rows[name] = _group_row(answers, ci_level)
        notes += _group_notes(name, rows[name])
    if not rows:
        message = "no row has a group. Check the group column."
        raise InsufficientDataError(message)
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=list(_COLUMNS))
    table.index.name = groups.name
    equality, more = _equality(table, items.shape[1])
    return ByGroup(table, equality, (*notes, *more))


def _group_row(answers: ScaleAnswers, ci_level: float) -> dict[str, float]:
    """Estimate alpha and omega of one group."""
    alpha = consistency.alpha(answers.cov)
    n_items = len(answers.names)
    lower, upper = consistency.alpha_interval(alpha, answers.n_fit, n_items, ci_level)
    one = one_factor(answers.corr, answers.names)
    omega_lower, omega_upper = omega_interval(answers, one, ci_level)[0]
    return {
        "n_obs": len(answers.frame),
        "alpha": alpha,
        "ci_lower": lower,
        "ci_upper": upper,
        "alpha_std": consistency.alpha(answers.pearson),
        "average_r": consistency.average_r(answers.pearson),
        "omega_total": one.omega_total,
        "omega_total_ci_lower": omega_lower,
        "omega_total_ci_upper": omega_upper,
    }


def _group_notes(name: Any, row: dict[str, float]) -> list[str]:
    """Say where omega of a group is empty."""
    if math.isnan(row["omega_total"]):
        return [f"Group {name}: omega_total is empty (too few items or people, or repeated items)."]
    if math.isnan(row["omega_total_ci_lower"]):
        return [f"Group {name}: omega_total has no interval (Heywood case or missing answers)."]
    return []


def _equality(table: pd.DataFrame, n_items: int) -> tuple[pd.DataFrame | None, tuple[str, ...]]:
    """Test the groups that have an alpha and enough people."""
    enough = table["n_obs"] * (n_items - 1) / (n_items + 1) > 1
    usable = table[table["alpha"].notna() & enough]
    if len(usable) < _FEWEST_GROUPS:
        return None, ("Equality of alphas is not tested: fewer than 2 groups have one.",)
    alphas, n_obs = usable["alpha"].to_numpy(float), usable["n_obs"].to_numpy(float)
    if (alphas >= 1).any():
        return None, ("Equality of alphas is not tested: an alpha is 1.",)
    tests = {
        "hakstian_whalen": hakstian_whalen(alphas, n_obs, n_items),
        "feldt_woodruff_salih": feldt_woodruff_salih(alphas, n_obs, n_items),
    }
    found = tests["hakstian_whalen"]
    p = format_p(found.p_value)
    note = (
        f"Equality of alphas in {len(usable)} groups (Hakstian & Whalen): chi-square({found.df}) "
        f"= {found.statistic:.2f}, p {p if p.startswith('<') else f'= {p}'}."
    )
    return pd.DataFrame({name: asdict(test) for name, test in tests.items()}).T, (note,)


def by_level(answers: ScaleAnswers, clusters: pd.Series[Any] | None) -> ByLevel:
    """Estimate alpha and omega within and between clusters."""
    if clusters is None:
        return ByLevel(None, ())
    own = clusters.loc[answers.frame.index]
    known = own.notna().to_numpy() & answers.frame.notna().to_numpy().all(axis=1)
    codes, labels = pd.factorize(own[known])
    n, n_groups = int(known.sum()), len(labels)
    if n_groups < _FEWEST_GROUPS or n <= n_groups:
        message = (
            f"{n} people in {n_groups} cluster(s): within and between need at least 2 clusters "
            "and more people than clusters. Check the cluster column."
        )
        raise InsufficientDataError(message)
    split = levels(answers.rows[known], codes)
    within, within_notes = _level_row(split.within, answers.names, "within")
    between, between_notes = _level_row(split.between, answers.names, "between")
    table = pd.DataFrame.from_dict({"within": within, "between": between}, orient="index")
    table.insert(0, "n", [n, n_groups])
    return ByLevel(table, (*_level_notes(own, known), *within_notes, *between_notes))


def _level_row(
    cov: NDArray[np.float64], names: pd.Index[Any], level: str
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Estimate alpha and omega of the covariances of one level, for the sum of the items."""
    empty = {"alpha": math.nan, "omega_total": math.nan}
    variances = np.diag(cov)
    if not consistency.has_total(cov):
        return empty, (f"{level}: alpha and omega_total are empty, the sum does not vary there.",)
    found = {"alpha": consistency.alpha(cov), "omega_total": math.nan}
    flat = names[variances <= 0].tolist()
    if flat:
        return found, (f"{level}: omega_total is empty, {join_names(flat)} do not vary there.",)
    one = one_factor(to_correlations(cov), names)
    notes = tuple(f"{level}: {note}" for note in one.notes)
    if one.loadings is None or one.communalities is None:
        return found, notes
    sd = np.sqrt(variances)
    # back to the units of the items, as the factor of covariances has them
    found["omega_total"] = consistency.omega_total(
        sd * one.loadings, variances * (1 - one.communalities)
    )
    return found, notes


def _level_notes(own: pd.Series[Any], known: NDArray[np.bool_]) -> tuple[str, ...]:
    """Say who is not in the split, and how it was made."""
    lost = int((~known).sum())
    note = f"{lost} of {len(own)} people left out of within and between: no cluster or answer."
    return (note,) if lost else ()


def _without_group(groups: pd.Series[Any]) -> tuple[str, ...]:
    """Say how many people have no group."""
    lost = int(groups.isna().sum())
    note = f"{lost} of {len(groups)} people have no group and are in the whole sample only."
    return (note,) if lost else ()
