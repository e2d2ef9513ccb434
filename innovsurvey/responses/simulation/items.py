"""From latent variables to answers: loadings, residual correlations and thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from innovsurvey.errors import SpecificationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Item, ResponseFormat
    from innovsurvey.responses.simulation.latent import Structure
    from innovsurvey.responses.simulation.streams import Floats, Noise


@dataclass(frozen=True, slots=True)
class ItemModel:
    """How one item depends on latent variables; all on standardised scales.

    A high underlying answer means much of the construct, whatever the keying of the item.
    """

    id: str
    loadings: tuple[tuple[str, float], ...]
    thresholds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A population: latent structure, items, and correlated residuals of item pairs."""

    structure: Structure
    items: tuple[ItemModel, ...]
    pairs: tuple[tuple[str, str, float], ...] = ()

    @property
    def factors(self) -> tuple[str, ...]:
        """The latent variables that items depend on."""
        return tuple(dict.fromkeys(f for item in self.items for f, _ in item.loadings))


def residual_share(item: ItemModel, implied: pd.DataFrame) -> float:
    """Give the variance of an item that its latent variables leave.

    Raises
    ------
    SpecificationError
        The loadings explain more than all of it.
    """
    names = [name for name, _ in item.loadings]
    weights = np.array([loading for _, loading in item.loadings])
    together = implied.loc[names, names].to_numpy() if len(names) > 1 else np.eye(len(names))
    share = 1 - float(weights @ together @ weights)
    if share < -1e-9:
        message = (
            f"the loadings of {item.id} explain {1 - share:.2f} of its variance, more than all of "
            "it. Loadings are standardised and lie between -1 and 1."
        )
        raise SpecificationError(message)
    return max(share, 0.0)


def residuals(measurement: Measurement, noise: Noise) -> dict[str, Floats]:
    """Draw standardised item residuals; those of a pair share a part of their variance."""
    drawn = {item.id: noise(item.id) for item in measurement.items}
    for first, second, r in measurement.pairs:
        if first in drawn and second in drawn:
            shared = np.sqrt(abs(r)) * noise(f"{first}~~{second}")
            drawn[first] = shared + np.sqrt(1 - abs(r)) * drawn[first]
            drawn[second] = np.sign(r) * shared + np.sqrt(1 - abs(r)) * drawn[second]
    return drawn


def underlying(
    item: ItemModel,
    latents: Mapping[str, Floats],
    residual: Floats,
    implied: pd.DataFrame,
) -> Floats:
    """Give the continuous answer behind the categories, with variance 1."""
    answer: Floats = np.sqrt(residual_share(item, implied)) * residual
    for factor, loading in item.loadings:
        answer = answer + loading * latents[factor]
    return answer


def categorise(answer: Floats, thresholds: tuple[float, ...]) -> NDArray[np.intp]:
    """Count the thresholds that an underlying answer passes."""
    return np.searchsorted(np.asarray(thresholds), answer, side="left")


def to_points(category: NDArray[np.intp], item: Item, format_: ResponseFormat) -> Floats:
    """Give the codes a person would tick; who has much of it ticks low on a reversed item."""
    values = np.asarray(format_.values, dtype=float)
    return values[::-1][category] if item.reverse else values[category]
