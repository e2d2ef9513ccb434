"""Factor scores of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_choice, check_columns, check_items
from innovsurvey.base.results import Result
from innovsurvey.errors import DataError
from innovsurvey.numerics.factor_scores import determinacy, score_correlations, score_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_METHODS: Final = ("regression", "bartlett", "tenberge")
_SINGULAR: Final = 1e-10
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FactorScores(Result):
    """Where people stand on the factors; mean 0 in the sample that was factored.

    Parameters
    ----------
    method
        How the scores were computed.
    scores
        One row per person, one column per factor; empty where an answer is missing.
    weights
        What the standardised answers are multiplied by.
    determinacy
        Correlation of each factor's scores with the factor itself; NaN with a note where an item
        without variance of its own would make it larger than 1.
    correlations
        Correlations of the scores with each other.
    """

    method: str
    scores: pd.DataFrame
    weights: pd.DataFrame
    determinacy: pd.Series[float]
    correlations: pd.DataFrame

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        found = ", ".join(f"{name} {value:.2f}" for name, value in self.determinacy.items())
        return f"Factor scores ({self.method}), N = {self.n_obs}; determinacy {found}"

    def to_frame(self) -> pd.DataFrame:
        """Give the scores."""
        return self.scores.copy()


def factor_scores(
    items: Any,
    method: str,
    corr: Array,
    loadings: Array,
    phi: Array,
    *,
    means: pd.Series[float],
    sds: pd.Series[float],
    labels: pd.Index[Any],
    kind: str,
) -> FactorScores:
    """Score answers with the weights of a solution."""
    check_choice(method, "method", _METHODS)
    names = means.index
    frame = items
    if isinstance(items, pd.DataFrame):
        check_columns(items, names.tolist(), "item")
        frame = items[names.tolist()]  # other columns may hold anything
    frame = check_items(frame)
    _check_existence(method, corr, loadings, phi)
    weights = score_weights(corr, loadings, phi, method)
    standard = (frame[names] - means) / sds
    scores = pd.DataFrame(standard.to_numpy() @ weights, index=frame.index, columns=labels)
    n_obs = int(scores.notna().all(axis=1).sum())
    between = score_correlations(weights, corr)
    known = possible(determinacy(weights, corr, loadings, phi), labels)
    return FactorScores(
        method=method,
        scores=scores,
        weights=pd.DataFrame(weights, index=names, columns=labels),
        determinacy=known,
        correlations=pd.DataFrame(between, index=labels, columns=labels),
        n_obs=n_obs,
        notes=_notes(len(scores) - n_obs, len(scores), kind, known),
    )


def _check_existence(method: str, corr: Array, loadings: Array, phi: Array) -> None:
    """Refuse scores that would have to be divided by zero."""
    if method == "bartlett":
        lowest = float((1 - ((loadings @ phi) * loadings).sum(axis=1)).min())
        what, other = "an item without variance of its own (Heywood case)", "regression"
    else:
        lowest = float(np.linalg.eigvalsh(corr)[0])
        what, other = "a correlation matrix that is not positive definite", "bartlett"
    if lowest <= _SINGULAR:
        message = (
            f"scores of method={method!r} do not exist with {what}. Try method={other!r}, fewer "
            "factors, or leave out items that are nearly the same."
        )
        raise DataError(message)


def possible(values: Array, labels: pd.Index[Any]) -> pd.Series[float]:
    """Give determinacies; one above 1, from an item with too little variance of its own, is NaN."""
    found = pd.Series(values, index=labels)
    return found.where(found <= 1 + _ROUNDING)


def _notes(n_missing: int, n_people: int, kind: str, known: pd.Series[float]) -> tuple[str, ...]:
    """Say who has no scores, and where they are an approximation."""
    notes = []
    if known.isna().any():
        notes.append(
            "The determinacy cannot be given where an item has no variance of its own (Heywood "
            "case); such scores look surer than they are."
        )
    if n_missing:
        notes.append(f"{n_missing} of {n_people} people have no scores: an answer is missing.")
    if kind == "polychoric":
        notes.append(
            "The weights belong to the normal variables behind the answers, but are applied to "
            "the answers as numbers: determinacy and correlations are those of the former."
        )
    return tuple(notes)
