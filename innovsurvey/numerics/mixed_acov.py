"""Asymptotic covariance of a mixed set: thresholds and means, variances, correlations.

As in lavaan (Muthen, 1984): the influence of a person on an estimate comes from the scores of
each item and of each pair, and the covariance is the sum of the products of the influences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.numerics.correlation import blocks_of
from innovsurvey.numerics.pair_tables import pair_index
from innovsurvey.numerics.polychoric_acov import influence
from innovsurvey.numerics.polyserial import category_probability, extended

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from innovsurvey.numerics.mixed_correlation import MixedCorrelations
    from innovsurvey.numerics.polychoric_acov import Influence

    Floats = NDArray[np.float64]
    Derivatives = list[tuple[NDArray[np.intp], Floats]]  # places of estimates, their scores

_BLOCK_ROWS: Final = 4_096


@dataclass(frozen=True, eq=False)
class Places:
    """Where the estimates stand, in the order of lavaan.

    Parameters
    ----------
    of_item
        Places of the thresholds of an ordered item, or of the mean and the variance of a
        number. All variances come after all thresholds and means.
    n_single
        Number of estimates that belong to one item; those of pairs follow.
    """

    of_item: tuple[NDArray[np.intp], ...]
    n_single: int

    @classmethod
    def of(cls, found: MixedCorrelations) -> Places:
        """Lay out the estimates."""
        sizes = np.ones(len(found.ordinal), dtype=np.intp)
        sizes[found.ordinal] = found.ordered.n_categories - 1
        ends = np.cumsum(sizes)
        variance = ends[-1] + np.cumsum(~found.ordinal) - 1
        places = [
            np.arange(end - size, end) if ordinal else np.array([end - size, last])
            for end, size, last, ordinal in zip(ends, sizes, variance, found.ordinal, strict=True)
        ]
        return cls(tuple(places), int(ends[-1] + np.count_nonzero(~found.ordinal)))


def mixed_acov(
    found: MixedCorrelations,
    numbers: Floats,
    codes: NDArray[np.integer],
    weights: Floats | None = None,
) -> Floats:
    """Estimate the covariance matrix of all estimates, by two passes over the rows.

    Rows and columns are the thresholds or the mean of each item, item after item, the
    variances of the numbers, and the correlations of the pairs (0, 1), (0, 2), ..., (1, 2), ....
    """
    weight = np.ones(len(numbers)) if weights is None else weights
    pass_ = _Pass.of(found, numbers, codes, weight)
    total = np.zeros(())
    parts = (blocks_of(part, _BLOCK_ROWS) for part in (numbers, codes, weight))
    for some, coded, w in zip(*parts, strict=True):
        rows = pass_.influence(some, coded) * w
        total = total + rows @ rows.T
    return np.asarray(total)


@dataclass(frozen=True, eq=False)
class _Pass:
    """What the first pass over the rows has found."""

    found: MixedCorrelations
    places: Places
    ordered: Influence
    own: dict[int, Floats]  # inverse of the summed products of the scores of a number
    crossed: dict[int, tuple[Floats, float]]  # of a pair with a number: A21 and A22

    @classmethod
    def of(
        cls, found: MixedCorrelations, numbers: Floats, codes: NDArray[np.integer], weight: Floats
    ) -> _Pass:
        """Sum the products of the scores."""
        places = Places.of(found)
        z = _standardised(found, numbers)
        own: dict[int, Floats] = {}
        for item, scores in _number_scores(found, z).items():
            own[item] = np.asarray(np.linalg.inv((scores * weight) @ scores.T))
        crossed = {}
        for pair, (i, j) in enumerate(zip(*pair_index(len(found.ordinal)), strict=True)):
            if found.ordinal[i] and found.ordinal[j]:
                continue
            score, others = _pair_scores(found, places, (i, j), z, codes)
            mixed = np.zeros(places.n_single)
            for at, derivative in others:
                mixed[at] = derivative @ (score * weight)
            crossed[pair] = mixed, float(score**2 @ weight)
        return cls(found, places, influence(found.ordered), own, crossed)

    def influence(self, numbers: Floats, codes: NDArray[np.integer]) -> Floats:
        """Influence of some rows on every estimate."""
        found, places = self.found, self.places
        first, second = pair_index(len(found.ordinal))
        ordered = self.ordered.rows(codes)
        out = np.zeros((places.n_single + len(first), len(codes)))
        z = _standardised(found, numbers)
        for item, scores in _number_scores(found, z).items():
            out[places.of_item[item]] = self.own[item] @ scores
        cuts = np.concatenate([places.of_item[item] for item in np.flatnonzero(found.ordinal)])
        out[cuts] = ordered[: len(cuts)]
        both = found.ordinal[first] & found.ordinal[second]
        out[places.n_single + np.flatnonzero(both)] = ordered[len(cuts) :]
        for pair, (mixed, own) in self.crossed.items():
            score, _ = _pair_scores(found, places, (first[pair], second[pair]), z, codes)
            out[places.n_single + pair] = (score - mixed @ out[: places.n_single]) / own
        return out


def _standardised(found: MixedCorrelations, numbers: Floats) -> dict[int, Floats]:
    """Standardise each number, by its place among the items."""
    z = (numbers - found.means) / np.sqrt(found.variances)
    return dict(zip(np.flatnonzero(~found.ordinal).tolist(), z.T, strict=True))


def _number_scores(found: MixedCorrelations, z: dict[int, Floats]) -> dict[int, Floats]:
    """Scores of the mean and the variance of each number; 0 where it is missing."""
    return {
        item: np.nan_to_num(np.stack([values / np.sqrt(v), (values**2 - 1) / (2 * v)]))
        for (item, values), v in zip(z.items(), found.variances, strict=True)
    }


def _pair_scores(
    found: MixedCorrelations,
    places: Places,
    pair: tuple[int, int],
    z: dict[int, Floats],
    codes: NDArray[np.integer],
) -> tuple[Floats, Derivatives]:
    """Scores of a pair with a number: of its correlation, and of the estimates of its items."""
    rho = found.correlation[pair]
    deviation = dict(zip(z, np.sqrt(found.variances), strict=True))
    i, j = pair if not found.ordinal[pair[0]] else pair[::-1]
    if not found.ordinal[j]:
        score, one, other = _two_numbers(z[i], z[j], rho, deviation[i], deviation[j])
    else:
        place = int(np.count_nonzero(found.ordinal[:j]))
        cuts = found.ordered.thresholds[place]
        score, one, other = _number_and_item(z[i], codes[:, place], cuts, rho, deviation[i])
    return score, [(places.of_item[i], one), (places.of_item[j], other)]


def _two_numbers(
    x: Floats, y: Floats, rho: float, x_sd: float, y_sd: float
) -> tuple[Floats, Floats, Floats]:
    """Derive the bivariate normal density of two standardised numbers."""
    rest = 1 - rho**2
    seen = ~(np.isnan(x) | np.isnan(y))
    x, y = np.where(seen, x, 0), np.where(seen, y, 0)
    score = rho / rest + ((1 + rho**2) * x * y - rho * (x**2 + y**2)) / rest**2
    of_x = [(x - rho * y) / rest / x_sd, ((x**2 - rho * x * y) / rest - 1) / (2 * x_sd**2)]
    of_y = [(y - rho * x) / rest / y_sd, ((y**2 - rho * x * y) / rest - 1) / (2 * y_sd**2)]
    return score * seen, np.stack(of_x) * seen, np.stack(of_y) * seen


def _number_and_item(
    z: Floats, code: NDArray[np.integer], cuts: Floats, rho: float, sd: float
) -> tuple[Floats, Floats, Floats]:
    """Derive the probability of an answer given a number, times the density of the number."""
    seen = ~np.isnan(z) & (code > 0)
    z, code = np.where(seen, z, 0), np.where(seen, code, 1)
    rest = 1 - rho**2
    edges = extended(cuts)
    lower, upper = edges[code - 1], edges[code]
    inverse = seen / category_probability(z, lower, upper, rho)
    high, low = (_height((cut - rho * z) / np.sqrt(rest)) * inverse for cut in (upper, lower))
    score = (high * (rho * upper - z) - low * (rho * lower - z)) / rest**1.5
    tilt = (high - low) * rho / np.sqrt(rest)
    of_number = [(z + tilt) / sd, (z**2 - 1 + tilt * z) / (2 * sd**2)]
    steps = np.arange(1, len(cuts) + 1)[:, None]
    of_cuts = ((code == steps) * high - (code == steps + 1) * low) / np.sqrt(rest)
    return score, np.stack(of_number) * seen, of_cuts


def _height(at: Floats) -> Floats:
    """Density of the standard normal."""
    return np.asarray(np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi))
