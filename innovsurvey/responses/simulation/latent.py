"""Latent variables: how they hang together, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from innovsurvey.errors import SpecificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from innovsurvey.responses.simulation.streams import Floats, Noise

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Equation:
    """A latent variable as a weighted sum of earlier ones and of something of its own.

    A weight on ``A*B`` belongs to the product. ``structural`` marks the paths that are zero in the
    null world; the others belong to the measurement.
    """

    target: str
    weights: tuple[tuple[str, float], ...]
    structural: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The variables that the sum takes, those of products one by one."""
        return tuple(part for name, _ in self.weights for part in name.split("*"))


@dataclass(frozen=True, slots=True)
class Structure:
    """Standardised latent variables: correlated causes, then equations in causal order."""

    exogenous: tuple[str, ...]
    correlations: tuple[tuple[str, str, float], ...] = ()
    equations: tuple[Equation, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All variables in causal order."""
        return (*self.exogenous, *(equation.target for equation in self.equations))

    def without_paths(self) -> Structure:
        """Set every structural weight to zero, as in the null world."""
        equations = tuple(
            replace(e, weights=tuple((name, 0.0) for name, _ in e.weights)) if e.structural else e
            for e in self.equations
        )
        return replace(self, equations=equations)

    def only(self, names: Iterable[str]) -> Structure:
        """Keep some variables and everything that they depend on."""
        needed = set(names)
        for equation in reversed(self.equations):
            if equation.target in needed:
                needed |= set(equation.sources)
        kept = tuple(name for name in self.exogenous if name in needed)
        pairs = tuple(c for c in self.correlations if {c[0], c[1]} <= set(kept))
        return Structure(kept, pairs, tuple(e for e in self.equations if e.target in needed))

    def inside(self, names: Iterable[str]) -> Structure:
        """Keep some variables without what comes from outside; those become causes."""
        wanted = set(names)
        equations = tuple(
            e for e in self.equations if e.target in wanted and set(e.sources) <= wanted
        )
        made = {equation.target for equation in equations}
        causes = tuple(name for name in self.names if name in wanted - made)
        pairs = tuple(c for c in self.correlations if {c[0], c[1]} <= set(causes))
        return Structure(causes, pairs, equations)

    def implied(self) -> pd.DataFrame:
        """Give the correlations that the structure implies."""
        return _propagate(self)[0]

    def explained(self) -> dict[str, float]:
        """Give the share of variance that each equation explains."""
        return _propagate(self)[1]

    def draw(self, noise: Noise, given: Mapping[str, Floats] | None = None) -> dict[str, Floats]:
        """Draw all variables, standardised; those given are taken as they are."""
        values = dict(given or {})
        explained = self.explained()
        missing = [name for name in self.exogenous if name not in values]
        values.update(_draw_exogenous(self, missing, noise))
        for equation in self.equations:
            if equation.target not in values:
                share = max(0.0, 1 - explained[equation.target])
                own = np.sqrt(share) * noise(equation.target)
                values[equation.target] = own + _weighted_sum(self, equation, values)
        return {name: values[name] for name in self.names}


def mix(between: Floats, within: Floats, share: float) -> Floats:
    """Join what a group shares with what is a person's own; ``share`` is the ICC(1)."""
    mixed: Floats = np.sqrt(share) * between + np.sqrt(1 - share) * within
    return mixed


def _exogenous_matrix(structure: Structure, names: Iterable[str]) -> Floats:
    """Give the correlation matrix of some causes."""
    place = {name: k for k, name in enumerate(names)}
    matrix = np.eye(len(place))
    for first, second, r in structure.correlations:
        if first in place and second in place:
            matrix[place[first], place[second]] = matrix[place[second], place[first]] = r
    return matrix


def _draw_exogenous(structure: Structure, names: list[str], noise: Noise) -> dict[str, Floats]:
    """Draw correlated normal variables; a later one never changes an earlier one."""
    if not names:
        return {}
    root = _root(_exogenous_matrix(structure, names))
    own = np.column_stack([noise(name) for name in names])
    return dict(zip(names, (own @ root.T).T, strict=True))


def _root(matrix: Floats) -> Floats:
    """Give the Cholesky factor, or say that the correlations cannot hold together."""
    try:
        return np.linalg.cholesky(matrix).astype(np.float64)
    except np.linalg.LinAlgError:
        message = "the correlations of the latent variables cannot all hold at once; lower some."
        raise SpecificationError(message) from None


def _weighted_sum(structure: Structure, equation: Equation, values: Mapping[str, Floats]) -> Floats:
    """Add up the sources of an equation; a product is centred."""
    total: Floats = np.zeros(1)
    for name, weight in equation.weights:
        first, _, second = name.partition("*")
        source = values[first]
        if second:
            r = structure.implied().loc[[first], [second]].to_numpy(float)[0, 0]
            source = source * values[second] - r
        total = total + weight * source
    return total


def _propagate(structure: Structure) -> tuple[pd.DataFrame, dict[str, float]]:
    """Give implied correlations and explained variances, equation by equation.

    For normal causes a product is uncorrelated with them and has the variance 1 + r^2.
    """
    names = structure.names
    matrix = np.eye(len(names))
    n = len(structure.exogenous)
    matrix[:n, :n] = _exogenous_matrix(structure, structure.exogenous)
    place = {name: k for k, name in enumerate(names)}
    explained = {}
    for k, equation in enumerate(structure.equations, start=n):
        weights = np.zeros(len(names))
        of_products = 0.0
        for name, weight in equation.weights:
            first, _, second = name.partition("*")
            if second:
                of_products += weight**2 * (1 + matrix[place[first], place[second]] ** 2)
            else:
                weights[place[name]] += weight
        share = float(weights @ matrix @ weights) + of_products
        _refuse_too_much(equation, share)
        matrix[k, :k] = matrix[:k, k] = (matrix @ weights)[:k]
        explained[equation.target] = share
    return pd.DataFrame(matrix, index=list(names), columns=list(names)), explained


def _refuse_too_much(equation: Equation, share: float) -> None:
    """Refuse weights that explain more than everything."""
    if share > 1 + _ROUNDING:
        message = (
            f"the weights of {equation.target} explain {share:.2f} of its variance, more than "
            "all of it. Lower them; latent variables are standardised."
        )
        raise SpecificationError(message)
