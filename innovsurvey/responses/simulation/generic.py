"""Make a population for any instrument: from a model in lavaan syntax, else from its scales."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import ndtri

from innovsurvey.base.checks import suggest
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.simulation.items import ItemModel, Measurement
from innovsurvey.responses.simulation.latent import Equation, Structure
from innovsurvey.responses.simulation.syntax import Term, read_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, MeasurementModel

_LOADS: Final = "=~"
_PATH: Final = "~"
_COVARIES: Final = "~~"
Loadings = float | dict[str, float] | None


def default_model(instrument: Instrument) -> MeasurementModel | None:
    """Choose the model of an instrument with the most items, then the most latent variables."""
    return max(instrument.models, key=lambda model: _size(model, instrument), default=None)


def _size(model: MeasurementModel, instrument: Instrument) -> tuple[int, int]:
    """Count the items that a model measures in its form, and its latent variables."""
    terms = [term for term in read_terms(model.syntax) if term.operator == _LOADS]
    scales = {scale.id: scale.items for scale in instrument.scales}
    items = {i for t in terms for i in scales.get(t.right, (t.right,))}
    form = form_of(model, instrument)
    asked = instrument.item_ids if form is None else instrument.form(form).items
    return len(items & set(asked)), len({term.left for term in terms})


def form_of(model: MeasurementModel, instrument: Instrument) -> str | None:
    """Give the form of a model, if the instrument has it; a questionnaire has other ones."""
    return model.form if model.form in {form.id for form in instrument.forms} else None


def model_measurement(
    instrument: Instrument,
    items: Sequence[str],
    syntax: str,
    *,
    loadings: Loadings,
    values: Mapping[str, Any],
) -> Measurement:
    """Make the population of a model; items that it leaves out follow their scales.

    Raises
    ------
    SpecificationError
        A name in the model is no item, scale or latent variable, or an arrow cannot be simulated.
    """
    terms = read_terms(syntax)
    factors = list(dict.fromkeys(term.left for term in terms if term.operator == _LOADS))
    draft = _Draft(instrument, tuple(items), loadings, values["default"], factors)
    for term in terms:
        draft.add(term)
    return _finished(draft, values)


def scale_measurement(
    instrument: Instrument,
    items: Sequence[str],
    *,
    loadings: Loadings,
    values: Mapping[str, Any],
) -> Measurement:
    """Make a population with one latent variable per scale."""
    return _finished(_Draft(instrument, tuple(items), loadings, values["default"]), values)


@dataclass
class _Draft:
    """A population in the making."""

    instrument: Instrument
    items: tuple[str, ...]
    given: Loadings
    default: Mapping[str, float]
    factors: list[str] = field(default_factory=list)
    loads: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    parents: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    paths: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    pairs: list[tuple[str, str, float]] = field(default_factory=list)
    covariances: list[Term] = field(default_factory=list)

    def add(self, term: Term) -> None:
        """Add one arrow of a model."""
        if term.operator == _LOADS:
            self._add_loading(term)
        elif term.operator == _PATH:
            for name in (term.left, term.right):
                self._refuse_unknown(name, self.factors)
            weight = self.default["path"] if term.value is None else term.value
            self.paths.setdefault(term.left, []).append((term.right, weight))
        elif term.left != term.right:
            self.covariances.append(term)

    def _add_loading(self, term: Term) -> None:
        """Add a loading of an item, of a latent variable, or of a scale that stands for one."""
        scales = {scale.id: scale for scale in self.instrument.scales}
        if term.right in self.instrument.item_ids:
            value = self.value_of(term.right, term.value, "loading")
            self.loads.setdefault(term.right, []).append((term.left, value))
            return
        if term.right not in self.factors and term.right in scales:
            self.factors.append(term.right)
            self.add_scale_items(term.right, scales[term.right].items)
        self._refuse_unknown(term.right, [*self.factors, *self.instrument.item_ids])
        value = self.value_of(term.right, term.value, "facet_loading")
        self.parents.setdefault(term.right, []).append((term.left, value))

    def add_scale_items(self, factor: str, items: Sequence[str]) -> None:
        """Let the items of a scale load on its latent variable."""
        for item in items:
            if item in self.items and item not in self.loads:
                self.loads[item] = [(factor, self.value_of(item, None, "loading"))]

    def value_of(self, name: str, written: float | None, kind: str) -> float:
        """Give the loading: the one asked for by name, the one written, the one for all."""
        if isinstance(self.given, dict) and name in self.given:
            return self.given[name]
        if written is not None:
            return written
        return self.given if isinstance(self.given, (int, float)) else self.default[kind]

    def _refuse_unknown(self, name: str, known: Sequence[str]) -> None:
        """Say that a name of the model means nothing here."""
        if name not in known:
            message = (
                f"the model names {name!r}, which is no latent variable, item or scale of "
                f"{self.instrument.id}{suggest(name, known)}."
            )
            raise SpecificationError(message)


def _finished(draft: _Draft, values: Mapping[str, Any]) -> Measurement:
    """Add the scales to what a model says, and put everything in causal order."""
    _add_scales(draft)
    equations = _equations(draft)
    exogenous = tuple(f for f in draft.factors if f not in {e.target for e in equations})
    correlations = _correlations(draft, exogenous)
    models = tuple(
        ItemModel(item, tuple(draft.loads.get(item, ())), default_thresholds(k, n, values))
        for k, (item, n) in enumerate(_ordinal_items(draft))
    )
    structure = Structure(exogenous, correlations, equations)
    return Measurement(structure, models, tuple(draft.pairs))


def _ordinal_items(draft: _Draft) -> list[tuple[str, int]]:
    """List the ordinal items with their numbers of options."""
    formats = {item: draft.instrument.format_of(item) for item in draft.items}
    return [(item, len(f.points)) for item, f in formats.items() if f.level == "ordinal"]


def default_thresholds(k: int, n_points: int, values: Mapping[str, Any]) -> tuple[float, ...]:
    """Give the thresholds of the k-th item: those of the plan, else evenly spread quantiles.

    Examples
    --------
    >>> default_thresholds(0, 4, {"thresholds": {"five": [[-1.5, -0.8, 0.1, 1.1]]}})
    (-0.67449, 0.0, 0.67449)
    """
    for name in ("five", "seven"):
        sets = values["thresholds"].get(name, [[]])
        if len(sets[0]) == n_points - 1:
            return tuple(sets[k % len(sets)])
    quantiles = ndtri(np.arange(1, n_points) / n_points)
    return tuple(round(float(cut), 6) for cut in quantiles)


def _add_scales(draft: _Draft) -> None:
    """Give every scale that the model leaves out a latent variable of its own."""
    for scale in draft.instrument.scales:
        free = [item for item in scale.items if item in draft.items and item not in draft.loads]
        if scale.facets or not free:
            continue
        if scale.id not in draft.factors:
            draft.factors.append(scale.id)
        draft.add_scale_items(scale.id, free)


def _equations(draft: _Draft) -> tuple[Equation, ...]:
    """Put facets and paths in an order in which every source comes first."""
    both = sorted(set(draft.parents) & set(draft.paths))
    if both:
        message = f"{both[0]} is a facet and the target of a path; only one can be simulated."
        raise SpecificationError(message)
    waiting = {name: Equation(name, tuple(sources)) for name, sources in draft.parents.items()}
    waiting |= {
        name: Equation(name, tuple(sources), structural=True)
        for name, sources in draft.paths.items()
    }
    ordered: list[Equation] = []
    while waiting:
        ready = [e for e in waiting.values() if not set(e.sources) & set(waiting)]
        if not ready:
            message = f"the arrows of the model run in a circle through {', '.join(waiting)}."
            raise SpecificationError(message)
        ordered += ready
        waiting = {name: e for name, e in waiting.items() if e not in ready}
    return tuple(ordered)


def _correlations(draft: _Draft, exogenous: tuple[str, ...]) -> tuple[tuple[str, str, float], ...]:
    """Give the correlations of the causes; those of items become correlated residuals."""
    found = dict.fromkeys(combinations(exogenous, 2), draft.default["correlation"])
    order = {name: k for k, name in enumerate(exogenous)}
    for term in draft.covariances:
        if term.left in order and term.right in order:
            first, second = sorted((term.left, term.right), key=order.__getitem__)
            found[first, second] = found[first, second] if term.value is None else term.value
        elif {term.left, term.right} <= set(draft.instrument.item_ids):
            r = draft.default["residual_correlation"] if term.value is None else term.value
            draft.pairs.append((term.left, term.right, r))
        else:
            message = (
                f"{term.left} ~~ {term.right} cannot be simulated; only correlations of two items "
                "or of two latent variables without arrows to them can."
            )
            raise SpecificationError(message)
    return tuple((a, b, r) for (a, b), r in found.items())
