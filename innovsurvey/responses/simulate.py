"""Made-up responses to any instrument, marked as such."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from innovsurvey.base.checks import check_choice, check_whole
from innovsurvey.base.places import shipped_folder
from innovsurvey.definitions.forms import as_instrument
from innovsurvey.definitions.questionnaire import Questionnaire
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.read import read_responses
from innovsurvey.responses.simulation import flat
from innovsurvey.responses.simulation.generic import (
    default_model,
    form_of,
    model_measurement,
    scale_measurement,
)
from innovsurvey.responses.simulation.marking import mark_synthetic
from innovsurvey.responses.simulation.participation import NEEDED
from innovsurvey.responses.simulation.population import WORLDS, World, load_population
from innovsurvey.responses.simulation.study import Study, draw_study, write_study
from innovsurvey.responses.simulation.violations import chosen_violations

__all__ = ["Study", "simulate_responses", "simulate_study", "write_study"]

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.model import Responses
    from innovsurvey.responses.simulation.generic import Loadings
    from innovsurvey.responses.simulation.items import Measurement
    from innovsurvey.responses.simulation.population import Population
    from innovsurvey.responses.simulation.violations import Violation


def simulate_responses(
    instrument: Instrument | Questionnaire | str | os.PathLike[str],
    *,
    n: int = 300,
    seed: int = 0,
    world: World = "seed",
    model: str | None = None,
    loadings: Loadings = None,
    form: str | None = None,
    version: str | None = None,
    n_groups: int | None = None,
    icc: float | None = None,
    careless: float = 0.06,
    missing: bool | Mapping[str, float] = True,
    violations: Sequence[Violation] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Responses:
    """Make up responses to an instrument, to try out an analysis before anybody has answered.

    Parameters
    ----------
    instrument
        An instrument, its id, the path of its file, or a questionnaire of several instruments.
    n
        People, from 1.
    seed
        Same seed, same answers.
    world
        ``seed`` (structural paths hold), ``null`` (they are all zero, the measurement is the same)
        or ``misfit`` (as ``seed``, with known violations; instruments that do not come with the
        package get the method factor only).
    model
        Id of a model of the instrument, or a model in lavaan syntax, where a number before a name
        is the true value (``voice =~ .8*v1 + .6*v2``). By default the instruments of ours follow
        the population that comes with the package, others their model with the most items, and
        without a model one latent variable per scale.
    loadings
        Standardised loading of all items and facets (default .70), or of some by name. With it, or
        with ``model``, the population of the package is not used.
    form
        Item set that is asked; by default the one of the model, else all items.
    version
        Version that is asked, for example ``observer``; by default the first.
    n_groups
        Number of groups (organisations) that people belong to at random; by default none.
    icc
        ICC(1) of the latent variables, 0-1; by default .10. Only with ``n_groups``.
    careless
        Share of careless people, a third each random, straight-line and random in the last third
        of the questionnaire, 0-1.
    missing
        True for the stated rates, False for no missing answer, or other rates by reason
        (``{"not_answered": .05}``).
    violations
        Which violations the world ``misfit`` has; by default all: ``metric``, ``scalar``,
        ``method``, ``cross_loading``, ``shifted_group`` (this one needs a whole study).
    changes
        Other population values, by place in ``population.yml`` (``{"default.correlation": .5}``).

    Returns
    -------
    Responses
        As :func:`read_responses` gives them; ``context`` has the constant column ``synthetic``,
        ``provenance`` the seed, the world and the ids of careless people.

    Raises
    ------
    SpecificationError
        An option, or the model, is wrong.

    Notes
    -----
    Latent variables are standard normal, an item's underlying answer is y* = sum of loadings times
    latent variables + residual, with variance 1, and the answer is the number of thresholds below
    y*. Who has much of the construct ticks low on a reversed item. Formats with five or seven
    points have fixed, slightly skewed thresholds, others evenly spread quantiles; numbers and
    nominal items are uniform. Filters of the instrument hide items, each way to give no rating is
    used at its rate, and 1.5 % of the cells are left out at random.

    References
    ----------
    Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data.
    *Journal of Experimental Social Psychology, 66*, 4-19. https://doi.org/10.1016/j.jesp.2015.07.006

    Examples
    --------
    >>> from innovsurvey.responses.simulate import simulate_responses
    >>> answers = simulate_responses("collaborative-leadership", n=50, seed=1)
    >>> answers.n_obs, answers.form, bool(answers.context["synthetic"].all())
    (50, 'core', True)
    """
    check_choice(world, "world", WORLDS)
    check_whole(seed, "seed", 0)
    _check_numbers(n, n_groups, careless)
    if isinstance(instrument, Questionnaire):
        version = instrument.asked_as if version is None else version
    instrument = as_instrument(instrument)
    population = load_population(world, changes)
    plan = _plan(instrument, population, model=model, loadings=loadings, form=form)
    frame, kinds = flat.draw_frame(
        plan,
        n=n,
        seed=seed,
        version=_version(instrument, version),
        n_groups=n_groups,
        icc=population.values["default"]["icc"] if icc is None else icc,
        careless=dict.fromkeys(("random", "straight_line", "partial"), careless / 3),
        missing=flat.missing_rates(missing, population.values),
        violations=chosen_violations(world, violations),
    )
    answers = read_responses(
        frame, instrument, id_column=plan.id_column, form=plan.form,
        group_column=plan.group_column if n_groups else None,
    )  # fmt: skip
    provenance = {
        "reader": "simulated",
        "synthetic": True,
        "seed": seed,
        "world": world,
        "generator": population.values["generator"],
        "careless": {k: str(v) for k, v in zip(answers.data.index, kinds, strict=True) if v},
    }
    return mark_synthetic(answers, provenance, (_origin(plan, world, seed), _careless(kinds)))


def simulate_study(
    *,
    seed: int = 0,
    world: World = "seed",
    n_organisations: int = 60,
    waves: int = 1,
    modules: bool = False,
    planned_missingness: bool = False,
    violations: Sequence[Violation] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Study:
    """Make up a whole study: managers, their observers, staff and politicians.

    Parameters
    ----------
    seed
        Same seed, same answers, bit by bit.
    world
        ``seed`` (the structural paths of the source texts hold), ``null`` (they are all zero, the
        measurement is the same) or ``misfit`` (as ``seed``, with known violations).
    n_organisations
        Organisations with 8-40 staff and one to three projects each, from 1; municipalities and
        politicians keep their share.
    waves
        1 or 2; the second one is a year later, in up to 40 organisations, with attrition.
    modules
        True adds leadership modes, meta-governance and dilemmas to the managers' questionnaire.
    planned_missingness
        True gives each manager one of three booklets.
    violations
        Which violations the world ``misfit`` has; by default all: ``metric``, ``scalar``,
        ``method``, ``cross_loading``, ``shifted_group``.
    changes
        Other population values, by place in ``population.yml`` (``{"careless.random": 0}``). All
        blocks that do not hang on the value stay the same, bit by bit.

    Returns
    -------
    Study
        ``frames`` by respondents, ``organisations``, ``questionnaires`` and the answer ``key``.

    Raises
    ------
    SpecificationError
        An option is wrong.

    Notes
    -----
    Organisations share a part of culture, practice and orientation, projects a part of
    collaboration quality and of the manager's roles; the rest is the person's own (ICC(1) in
    ``population.yml``). Observers see the true role with ICC(1) .20; a self-rating is .35 times
    the true role plus a bias. Outcomes, participation and radicality hang on the project's true
    values.
    All numbers are assumptions, none is an estimate.

    References
    ----------
    Sørensen, E., & Torfing, J. (2015). Enhancing public innovation through collaboration,
    leadership and new public governance. In A. Nicholls, J. Simon, & M. Gabriel (Eds.), *New
    frontiers in social innovation research* (pp. 145-169). Palgrave Macmillan.

    Examples
    --------
    >>> from innovsurvey.responses.simulate import simulate_study
    >>> study = simulate_study(seed=1, n_organisations=5)
    >>> list(study.frames), bool(study.frames["staff"]["synthetic"].all())
    (['manager', 'observer', 'staff', 'politician'], True)
    """
    check_choice(world, "world", WORLDS)
    check_choice(waves, "waves", (1, 2))
    check_whole(seed, "seed", 0)
    check_whole(n_organisations, "n_organisations", 1)
    return draw_study(
        load_population(world, changes),
        seed=seed,
        n_organisations=n_organisations,
        waves=waves,
        modules=modules,
        planned_missingness=planned_missingness,
        violations=chosen_violations(world, violations),
    )


def _check_numbers(n: int, n_groups: int | None, careless: float) -> None:
    """Refuse numbers that make no sense."""
    check_whole(n, "n", 1)
    if n_groups is not None:
        check_whole(n_groups, "n_groups", 1)
        if n_groups > n:
            message = f"n_groups={n_groups} is more than n={n} people."
            raise SpecificationError(message)
    if not 0 <= careless <= 1:
        message = f"careless={careless!r} is a share and lies between 0 and 1."
        raise SpecificationError(message)


def _version(instrument: Instrument, version: str | None) -> str:
    """Give the version asked, the first one by default."""
    known = [name for name, _ in instrument.versions]
    if version is None:
        return known[0]
    check_choice(version, "version", known)
    return version


def _plan(
    instrument: Instrument,
    population: Population,
    *,
    model: str | None,
    loadings: Loadings,
    form: str | None,
) -> flat.Plan:
    """Decide which items are asked and which population they follow."""
    chosen = default_model(instrument) if model is None else None
    if model is not None and model in {m.id for m in instrument.models}:
        chosen = instrument.model(model)
    if form is None and chosen is not None:
        form = form_of(chosen, instrument)
    items = instrument.item_ids if form is None else instrument.form(form).items
    own = model is None and loadings is None and _is_ours(instrument, population)
    syntax = chosen.syntax if chosen is not None else model
    measurement, source = _measurement(
        instrument, items, population, syntax=syntax, loadings=loadings, own=own
    )
    return flat.Plan(instrument, tuple(items), form, measurement, population, own, source)


def _measurement(
    instrument: Instrument,
    items: Sequence[str],
    population: Population,
    *,
    syntax: str | None,
    loadings: Loadings,
    own: bool,
) -> tuple[Measurement, str]:
    """Give the population of the items, and say where it comes from."""
    if own:
        needed = NEEDED if any(map(population.is_participation, items)) else ()
        extra = (*needed, *(("STEP",) if "INNSTEP" in items else ()))
        return population.measurement(items, extra), "the population of the package"
    if syntax is None:
        made = scale_measurement(instrument, items, loadings=loadings, values=population.values)
        return made, "one latent variable per scale"
    made = model_measurement(instrument, items, syntax, loadings=loadings, values=population.values)
    if population.world == "null":
        made = replace(made, structure=made.structure.without_paths())
    return made, "a measurement model"


def _is_ours(instrument: Instrument, population: Population) -> bool:
    """Tell whether an instrument ships with the package and the population has its items."""
    ships = shipped_folder("instruments") in Path(instrument.file).parents
    return ships and any(map(population.knows, instrument.item_ids))


def _origin(plan: flat.Plan, world: World, seed: int) -> str:
    """Say what the answers were drawn from."""
    return f"Drawn from {plan.source} in the world {world!r} with seed {seed}."


def _careless(kinds: NDArray[Any]) -> str:
    """Say how many people answer carelessly."""
    counts = pd.Series(kinds[kinds != ""], dtype=object).value_counts().sort_index()
    listed = ", ".join(f"{count} {str(kind).replace('_', '-')}" for kind, count in counts.items())
    return f"{counts.sum()} of {len(kinds)} people answer carelessly ({listed or 'none'})."
