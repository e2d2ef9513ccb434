"""Estimates of correlations for numbers, ordered categories and both, with the same methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from innovsurvey.numerics import pearson_acov, polychoric_acov, polyserial
from innovsurvey.numerics import polychoric as polychoric_pairs
from innovsurvey.numerics.correlation import PairMoments, pair_moments
from innovsurvey.numerics.mixed_acov import Places, mixed_acov
from innovsurvey.numerics.mixed_correlation import MixedCorrelations, mixed_correlations
from innovsurvey.numerics.pair_tables import pair_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from innovsurvey.measurement.item_codes import ItemAnswers
    from innovsurvey.numerics.polychoric import Polychoric

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PearsonEstimates:
    """Product-moment correlations of numbers."""

    answers: ItemAnswers
    rows: Floats
    moments: PairMoments
    ordered: None = None

    @classmethod
    def of(cls, answers: ItemAnswers) -> PearsonEstimates:
        """Correlate the numbers."""
        rows = answers.frame.to_numpy()
        rows = rows - np.nanmean(rows, axis=0)
        return cls(answers, rows, pair_moments(rows, answers.weights))

    @property
    def correlation(self) -> Floats:
        """One row and one column per item."""
        return self.moments.correlation

    @property
    def at_limit(self) -> Flags:
        """Pairs whose answers are the same or opposed: none is held back."""
        return np.zeros(len(pair_index(len(self.correlation))[0]), dtype=bool)

    @property
    def converged(self) -> Flags:
        """Pairs whose search has ended: there is none."""
        return ~self.at_limit

    def standard_errors(self) -> tuple[Floats, Floats]:
        """Give the standard errors of the thresholds (none here) and of each correlation."""
        errors = pearson_acov.standard_errors(self.rows, self.moments, self.answers.weights)
        return np.zeros(0), errors

    def acov(self) -> Floats:
        """Covariance matrix of the correlations."""
        return pearson_acov.acov(self.rows, self.moments, self.answers.weights)

    def labels(self) -> list[str]:
        """Names of the rows of the covariance matrix."""
        return _pair_labels(self.answers)


@dataclass(frozen=True, eq=False)
class PolychoricEstimates:
    """Polychoric correlations of ordered categories."""

    answers: ItemAnswers
    ordered: Polychoric

    @classmethod
    def of(cls, answers: ItemAnswers) -> PolychoricEstimates:
        """Estimate thresholds and correlations."""
        n_categories = int(answers.codes.max(initial=1))
        found = polychoric_pairs.polychoric(answers.codes, n_categories, weights=answers.weights)
        return cls(answers, found)

    @property
    def correlation(self) -> Floats:
        """One row and one column per item."""
        return self.ordered.correlation

    @property
    def at_limit(self) -> Flags:
        """Pairs whose correlation was held at the limit."""
        return self.ordered.at_limit

    @property
    def converged(self) -> Flags:
        """Pairs whose search has ended."""
        return self.ordered.converged

    def standard_errors(self) -> tuple[Floats, Floats]:
        """Give the standard errors of the thresholds and of the correlation of each pair."""
        answers = self.answers
        with np.errstate(invalid="ignore", divide="ignore"):
            return polychoric_acov.standard_errors(self.ordered, answers.codes, answers.weights)

    def acov(self) -> Floats:
        """Covariance matrix of the thresholds and correlations."""
        return polychoric_acov.acov(self.ordered, self.answers.codes, self.answers.weights)

    def labels(self) -> list[str]:
        """Names of the rows of the covariance matrix."""
        return [*_threshold_labels(self.answers, self.ordered), *_pair_labels(self.answers)]


@dataclass(frozen=True, eq=False)
class MixedEstimates:
    """Correlations of numbers and ordered categories."""

    answers: ItemAnswers
    numbers: Floats
    found: MixedCorrelations

    @classmethod
    def of(cls, answers: ItemAnswers) -> MixedEstimates:
        """Estimate thresholds and correlations."""
        numbers = answers.frame.loc[:, ~answers.ordinal].to_numpy()
        found = mixed_correlations(numbers, answers.codes, answers.ordinal, answers.weights)
        return cls(answers, numbers, found)

    @property
    def ordered(self) -> Polychoric:
        """What concerns the ordered items alone."""
        return self.found.ordered

    @property
    def correlation(self) -> Floats:
        """One row and one column per item."""
        return self.found.correlation

    @property
    def at_limit(self) -> Flags:
        """Pairs whose correlation was held at the limit."""
        i, j = pair_index(len(self.correlation))
        mixed = self.found.ordinal[i] != self.found.ordinal[j]
        both = self.found.ordinal[i] & self.found.ordinal[j]
        limit = np.where(mixed, polyserial.LIMIT, polychoric_pairs.LIMIT)
        return np.asarray((mixed | both) & (np.abs(self.correlation[i, j]) >= limit))

    @property
    def converged(self) -> Flags:
        """Pairs whose search has ended."""
        return self.found.converged[pair_index(len(self.correlation))]

    def standard_errors(self) -> tuple[Floats, Floats]:
        """Give the standard errors of the thresholds and of the correlation of each pair."""
        with np.errstate(invalid="ignore", divide="ignore"):
            errors = np.sqrt(np.diag(self.acov()))
        places = Places.of(self.found)
        cuts = [places.of_item[item] for item in np.flatnonzero(self.found.ordinal)]
        return errors[np.concatenate(cuts)], errors[places.n_single :]

    def acov(self) -> Floats:
        """Covariance matrix of thresholds and means, variances, and correlations."""
        return mixed_acov(self.found, self.numbers, self.answers.codes, self.answers.weights)

    def labels(self) -> list[str]:
        """Names of the rows of the covariance matrix."""
        places = Places.of(self.found)
        labels = [""] * places.n_single
        cuts = iter(_threshold_labels(self.answers, self.ordered))
        of_items = zip(self.answers.names, self.found.ordinal, places.of_item, strict=True)
        for name, ordinal, own in of_items:
            for place, number in zip(own, (f"{name}~1", f"{name}~~{name}", *own), strict=False):
                labels[place] = next(cuts) if ordinal else str(number)
        return [*labels, *_pair_labels(self.answers)]


AnyEstimates = PearsonEstimates | PolychoricEstimates | MixedEstimates


def estimates_of(answers: ItemAnswers) -> AnyEstimates:
    """Estimate the correlations that fit the kinds of the items."""
    if answers.ordinal.all():
        return PolychoricEstimates.of(answers)
    return MixedEstimates.of(answers) if answers.ordinal.any() else PearsonEstimates.of(answers)


def _threshold_labels(answers: ItemAnswers, ordered: Polychoric) -> list[str]:
    """Name the thresholds as lavaan does: item|t1, item|t2, ...."""
    sizes = zip(answers.names[answers.ordinal], ordered.n_categories.tolist(), strict=True)
    return [f"{name}|t{number}" for name, k in sizes for number in range(1, k)]


def _pair_labels(answers: ItemAnswers) -> list[str]:
    """Name the pairs as lavaan does: item~~item."""
    names = answers.names
    return [f"{names[i]}~~{names[j]}" for i, j in zip(*pair_index(len(names)), strict=True)]
