"""What reliability is estimated from: answers, their covariances and correlations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from innovsurvey.base.checks import check_choice, join_names
from innovsurvey.errors import DataError, InsufficientDataError, SpecificationError
from innovsurvey.measurement.item_codes import answered_items
from innovsurvey.numerics.consistency import has_total
from innovsurvey.numerics.correlation import blocks_of, moments
from innovsurvey.numerics.polychoric import Polychoric, polychoric
from innovsurvey.numerics.reliability_moments import pairwise_covariances, to_correlations

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from innovsurvey.measurement.item_codes import ItemAnswers

Missing = Literal["listwise", "pairwise"]
_KINDS: Final[dict[bool | None, Literal["polychoric", "pearson"] | None]] = {
    None: None,
    True: "polychoric",
    False: "pearson",
}


@dataclass(frozen=True, eq=False)
class ScaleAnswers:
    """Answers to the items of one scale with what they have in common.

    Parameters
    ----------
    frame
        Answers as numbers.
    cov, pearson
        Covariances and correlations of these numbers.
    means
        Mean of each item.
    n_fit
        People behind the intervals; the fewest behind any pair.
    ordinal
        Polychoric correlations with thresholds; None where the answers are numbers.
    codes
        Answers as codes 1, 2, ..., 0 where missing; without columns for numbers.
    notes
        What was set aside, and which correlations were taken and why.
    """

    frame: pd.DataFrame
    cov: NDArray[np.float64]
    pearson: NDArray[np.float64]
    means: NDArray[np.float64]
    n_fit: int
    ordinal: Polychoric | None
    codes: NDArray[np.integer]
    notes: tuple[str, ...]

    @property
    def names(self) -> pd.Index[Any]:
        """Names of the items."""
        return self.frame.columns

    @property
    def corr(self) -> NDArray[np.float64]:
        """Correlations that factors and bounds are taken from."""
        return self.pearson if self.ordinal is None else self.ordinal.correlation

    @property
    def kind(self) -> str:
        """What these correlations are called."""
        return "Pearson" if self.ordinal is None else "polychoric"

    @property
    def rows(self) -> NDArray[np.float64]:
        """Answers as an array."""
        return self.frame.to_numpy()

    @property
    def is_complete(self) -> bool:
        """Whether no answer is missing."""
        return not bool(np.isnan(self.rows).any())


def scale_answers(items: Any, ordinal: bool | None, missing: Missing) -> ScaleAnswers:
    """Check the items and compute what they have in common.

    Raises
    ------
    DataError
        Unusable columns, or a sum that does not vary.
    InsufficientDataError
        Too few items, people, answers to a pair of items, or no variance.
    SpecificationError
        Only some of the items are ordered categories, and ``ordinal`` does not say what to do.
    """
    if ordinal is not None and not isinstance(ordinal, (bool, np.bool_)):
        message = f"ordinal={ordinal!r} must be True, False or None."
        raise SpecificationError(message)
    check_choice(missing, "missing", ("listwise", "pairwise"))
    found = answered_items(items, kind=_KINDS[ordinal], missing=missing)
    _check_mixture(found)
    cov, means, n_fit = _moments(found)
    latent = polychoric(found.codes, int(found.codes.max())) if found.ordinal.all() else None
    answers = ScaleAnswers(
        frame=found.frame,
        cov=cov,
        pearson=to_correlations(cov),
        means=means,
        n_fit=n_fit,
        ordinal=latent,
        codes=found.codes,
        notes=(*found.notes, *_ordinal_notes(latent, found.names, chosen=ordinal is None)),
    )
    _check_total(answers)
    return answers


def _check_mixture(found: ItemAnswers) -> None:
    """Refuse ordered categories beside numbers, unless the caller says what to do."""
    n_ordinal, n_items = int(found.ordinal.sum()), len(found.ordinal)
    if 0 < n_ordinal < n_items:
        message = (
            f"{n_ordinal} of {n_items} items are ordered categories and the others numbers. Say "
            "ordinal=True to take the different answers of each item as categories, or "
            "ordinal=False to take all of them as numbers."
        )
        raise SpecificationError(message)


def _moments(
    found: ItemAnswers,
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Give covariances, means and the fewest people behind a covariance."""
    rows = found.frame.to_numpy()
    if not found.has_missing:
        whole = moments(blocks_of(rows))
        return whole.cov, whole.means, whole.n
    pairs = pairwise_covariances(rows)
    _check_pairs(pairs.n, found.names)
    flat = np.flatnonzero(np.diag(pairs.cov) <= 0)
    if flat.size:
        message = f"no variance in {join_names(found.names[flat].tolist())}. Leave them out."
        raise InsufficientDataError(message)
    return pairs.cov, np.nanmean(rows, axis=0), int(pairs.n.min())


def _check_pairs(n: NDArray[np.intp], names: pd.Index[Any]) -> None:
    """Refuse pairs of items that hardly anybody answered together."""
    few = np.argwhere(np.triu(n < 2, k=1)).tolist()
    if few:
        pairs = join_names([f"{names[i]} and {names[j]}" for i, j in few])
        message = (
            f"fewer than 2 people answered both of: {pairs}. Leave one of each pair out, or "
            "estimate the forms that were given together one by one."
        )
        raise InsufficientDataError(message)


def _check_total(answers: ScaleAnswers) -> None:
    """Refuse items that add up to the same sum for everybody."""
    if not all(map(has_total, (answers.cov, answers.pearson, answers.corr))):
        message = (
            "the sum of the items is the same for everybody, so it has no reliability. Check "
            "whether reversed items were left unreversed."
        )
        raise DataError(message)


def _ordinal_notes(
    latent: Polychoric | None, names: pd.Index[Any], *, chosen: bool
) -> tuple[str, ...]:
    """Say that polychoric correlations were taken, and which of them are doubtful."""
    if latent is None:
        return ()
    why = ": the items are ordered categories" if chosen else ""
    notes = [f"Polychoric correlations behind omega, lambdas and glb{why}."]
    first, second = np.triu_indices(len(names), 1)
    doubtful = np.flatnonzero(latent.at_limit | ~latent.converged)
    if doubtful.size:
        pairs = join_names([f"{names[first[p]]} and {names[second[p]]}" for p in doubtful])
        notes.append(
            f"polychoric correlations at their limit: {pairs}. Join rare categories, or leave "
            "one of each pair out."
        )
    return tuple(notes)
