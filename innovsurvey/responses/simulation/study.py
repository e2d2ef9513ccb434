"""A whole made-up study: frames of answers, and the key to them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from innovsurvey.base.results import Result
from innovsurvey.definitions.forms import load_form
from innovsurvey.errors import DataError, SpecificationError
from innovsurvey.responses.model import SYNTHETIC_NOTE
from innovsurvey.responses.read import read_responses
from innovsurvey.responses.simulation.key import answer_key, write_yaml
from innovsurvey.responses.simulation.marking import mark_synthetic
from innovsurvey.responses.simulation.setting import draw_setting
from innovsurvey.responses.simulation.streams import Streams
from innovsurvey.responses.simulation.study_answers import Respondents, answer, measurement_of
from innovsurvey.responses.simulation.study_latents import draw_latents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.definitions.questionnaire import Questionnaire
    from innovsurvey.responses.model import Responses
    from innovsurvey.responses.simulation.population import Population
    from innovsurvey.responses.simulation.setting import Setting
    from innovsurvey.responses.simulation.study_latents import StudyLatents
    from innovsurvey.responses.simulation.violations import Violation

KEY_FILE: Final = "population.yml"
CARD_FILE: Final = "README.md"
CARD: Final = """# Synthetic study of public managers

**No person answered.** A program drew every number in these files from assumed values. They show
that the code recovers what was put in and that the notebooks run. They support no statement about
managers, the reliability of the items, the fit of a model to people, norms or cut-offs.

| world | seed | generator version | organisations | waves | rows of answers |
|---|---|---|---|---|---|
{worlds}

In the world `seed` the relations that the source texts expect are planted; in `null` all of them
are zero and the measurement is the same; `misfit` has known violations of the measurement. Read
results of `seed` only beside those of `null`: what one finds there was put there.

`synthetic_<world>_<respondents>.csv` holds the answers of managers about themselves and their
project, of observers about the manager, of staff about the organisation, and of politicians;
`_wave2` is the second wave. Columns are item codes with the codes of the instruments: an empty cell
was not answered, -6 do not know, -7 not needed, -8 cannot judge, -9 too early, -10 not present, -11
phase not reached, -12 not shown. `synthetic_<world>_organisations.csv` tells how many staff were
invited and answered. The column `synthetic` is always `True`.

`population.yml` is the answer key: every population value, violation and careless row. Tests of the
generator use it; an analysis never does.

Made by `write_study` from one `simulate_study(seed=..., world=..., n_organisations=..., waves=...)`
for each world; a seed always gives the same bytes. Licence: CC0-1.0.

| file | SHA-256 |
|---|---|
{files}
"""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Study(Result):
    """A made-up study; no person answered.

    Parameters
    ----------
    world
        ``seed``, ``null`` or ``misfit``.
    seed
        Where the random numbers start.
    frames
        Coded answers with their context, by respondents: ``manager``, ``observer``, ``staff``,
        ``politician``, and with a second wave ``manager_wave2`` and so on. Ready for
        ``read_responses(frame, questionnaire)``.
    organisations
        One row per organisation or municipality: invited and answering staff.
    questionnaires
        What each kind of respondent was asked.
    key
        The answer key: every population value, what was drawn, who answered carelessly. It is for
        checks of the generator; an analysis never looks at it.
    """

    world: str
    seed: int
    frames: Mapping[str, pd.DataFrame]
    organisations: pd.DataFrame
    questionnaires: Mapping[str, Questionnaire]
    key: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Say that nobody answered, then world, seed and size."""
        return (
            f"Synthetic data, no person answered. Study of {len(self.organisations)} "
            f"organisations and municipalities in the world {self.world!r} (seed {self.seed}), "
            f"{self.n_obs} rows of answers"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give one row per file: questionnaire, rows, items, share of missing cells."""
        rows = {}
        for name, frame in self.frames.items():
            items = frame[[c for c in frame if c in self.key["items"]]]
            rows[name] = {
                "questionnaire": self.questionnaires[name.partition("_")[0]].id,
                "n_rows": len(frame),
                "n_items": items.shape[1],
                "missing_share": float((items.isna() | (items <= -6)).to_numpy().mean()),
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def responses(self, respondents: str) -> Responses:
        """Read the answers of one kind of respondent, as from a file.

        Parameters
        ----------
        respondents
            A name in ``frames``, for example ``observer``.
        """
        if respondents not in self.frames:
            message = f"the study has no frame {respondents!r}. It has: {', '.join(self.frames)}."
            raise SpecificationError(message)
        questionnaire = self.questionnaires[respondents.partition("_")[0]]
        answers = read_responses(self.frames[respondents], questionnaire)
        origin = {"reader": "simulated", "synthetic": True, "seed": self.seed, "world": self.world}
        return mark_synthetic(answers, origin, self.notes[1:])


def draw_study(
    population: Population,
    *,
    seed: int,
    n_organisations: int,
    waves: int,
    modules: bool,
    planned_missingness: bool,
    violations: tuple[Violation, ...],
) -> Study:
    """Draw a whole study, step by step."""
    streams = Streams(seed)
    asked = _questionnaires(population, modules=modules)
    setting = draw_setting(population.values, n_organisations, streams)
    latents = [draw_latents(population, setting, wave, streams) for wave in range(1, waves + 1)]
    frames: dict[str, pd.DataFrame] = {}
    careless: dict[str, pd.Series[Any]] = {}
    for wave, true in enumerate(latents, start=1):
        for kind, questionnaires in asked.items():
            who = _respondents(
                population, setting, true, streams,
                kind=kind, wave=wave, questionnaires=questionnaires, violations=violations,
            )  # fmt: skip
            if who is not None:
                name = kind if wave == 1 else f"{kind}_wave{wave}"
                frames[name], kinds = answer(who, booklets=planned_missingness)
                careless[name] = pd.Series(kinds, index=frames[name]["respondent_id"])
    measurements = {
        kind: measurement_of(
            population, {i.id: i for q in asked[kind] for i in q.instrument.items}, violations
        )
        for kind in asked
    }
    options = {
        "n_organisations": n_organisations,
        "waves": waves,
        "modules": modules,
        "planned_missingness": planned_missingness,
        "violations": list(violations),
    }
    key = answer_key(population, measurements, latents[0], careless, seed=seed, options=options)
    return Study(
        world=population.world,
        seed=seed,
        frames=frames,
        organisations=_organisations(setting),
        questionnaires={kind: both[0] for kind, both in asked.items()},
        key=key,
        n_obs=sum(map(len, frames.values())),
        notes=(SYNTHETIC_NOTE, f"Generated in the world {population.world!r} with seed {seed}."),
    )


def _questionnaires(
    population: Population, *, modules: bool
) -> dict[str, tuple[Questionnaire, ...]]:
    """Load what each kind of respondent is asked."""
    names = {kind: [name] for kind, name in population.values["questionnaires"].items()}
    if modules:
        names["manager"] += population.values["modules"]
    return {kind: tuple(_form(name) for name in listed) for kind, listed in names.items()}


@cache
def _form(name: str) -> Questionnaire:
    """Load a questionnaire that ships, once."""
    return load_form(name)


def _respondents(
    population: Population,
    setting: Setting,
    true: StudyLatents,
    streams: Streams,
    *,
    kind: str,
    wave: int,
    questionnaires: tuple[Questionnaire, ...],
    violations: tuple[Violation, ...],
) -> Respondents | None:
    """Gather one kind of respondent in one wave; None where the wave leaves them out."""
    people = setting.people[kind]
    units = setting.units(kind).iloc[people["org"].to_numpy()].reset_index(drop=True)
    people = people.join(units[[c for c in units if c not in people]])
    latents = true.people[kind]
    if wave > 1:
        section = population.values["waves"]
        stays = streams.uniform(len(people), kind, f"attrition {wave}") >= section["attrition"]
        stays &= (people["org"] < section["organisations"]).to_numpy()
        if kind == "politician":
            return None
        people = people[stays].reset_index(drop=True)
        latents = {name: values[stays] for name, values in latents.items()}
    return Respondents(
        kind, wave, questionnaires, people, setting, latents, true, population, violations, streams
    )


def _organisations(setting: Setting) -> pd.DataFrame:
    """Give one row per organisation or municipality, with the response rate of its staff."""
    both = pd.concat([setting.organisations, setting.municipalities], ignore_index=True)
    answered = setting.people["staff"]["org"].value_counts()
    staff = answered.reindex(range(len(setting.organisations)), fill_value=0)
    both["n_invited"] = both["n_invited"].astype("Int64")
    both["n_answered"] = staff.reindex(both.index).astype("Int64")
    return both.drop(columns="unit_nonresponse").assign(synthetic=True)


def write_study(study: Study | Sequence[Study], folder: str | os.PathLike[str]) -> Path:
    """Write the files of a study, or of the same study in several worlds.

    Parameters
    ----------
    study
        One study, or several with different worlds.
    folder
        Made if it does not exist; files of the same names are replaced.

    Returns
    -------
    pathlib.Path
        The folder: ``synthetic_<world>_<respondents>.csv``, the answer key ``population.yml``, and
        ``README.md``, a card with seed, generator, world and the SHA-256 of each file.

    Raises
    ------
    DataError
        The folder is a file, or two studies have the same world.

    Examples
    --------
    >>> import tempfile
    >>> from innovsurvey.responses.simulate import simulate_study, write_study
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     names = sorted(p.name for p in write_study(simulate_study(seed=1), folder).iterdir())
    >>> names[:3]
    ['README.md', 'population.yml', 'synthetic_seed_manager.csv']
    """
    studies = [study] if isinstance(study, Study) else list(study)
    worlds = [each.world for each in studies]
    target = Path(os.fspath(folder))
    if target.is_file() or len(set(worlds)) < len(worlds):
        message = f"{target} must be a folder, and each study must have a world of its own."
        raise DataError(message)
    target.mkdir(parents=True, exist_ok=True)
    written: dict[str, str] = {}
    for each in studies:
        for name, frame in {**each.frames, "organisations": each.organisations}.items():
            text = frame.to_csv(index=False, lineterminator="\n")
            _write(target, f"synthetic_{each.world}_{name}.csv", text, written)
    key = write_yaml({f"world_{each.world}": dict(each.key) for each in studies})
    note = "# Answer key of synthetic data; an analysis never looks at it. No person answered.\n"
    _write(target, KEY_FILE, f"{note}{key}\n", written)
    _write(target, CARD_FILE, _card(studies, written), {})
    return target


def _write(target: Path, name: str, text: str, written: dict[str, str]) -> None:
    """Write a file and note its SHA-256."""
    raw = text.encode("utf-8")
    (target / name).write_bytes(raw)
    written[name] = hashlib.sha256(raw).hexdigest()


def _card(studies: Sequence[Study], written: Mapping[str, str]) -> str:
    """Write the data set card."""
    worlds = "\n".join(
        f"| {each.world} | {each.seed} | {each.key['generator']} | "
        f"{each.key['options']['n_organisations']} | {each.key['options']['waves']} | "
        f"{each.n_obs} |"
        for each in studies
    )
    files = "\n".join(f"| `{name}` | `{digest}` |" for name, digest in written.items())
    return CARD.format(worlds=worlds, files=files)
