"""Who takes part in a study: organisations, projects, managers, observers, staff, politicians."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innovsurvey.responses.simulation.facts import draw_reached

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from innovsurvey.responses.simulation.streams import Streams

    Integers = NDArray[np.int64]

_DESCRIBES = ("gov_level", "sector", "org_size", "language")


@dataclass(frozen=True, slots=True)
class Setting:
    """Everybody who is asked, and where they belong.

    ``people`` has one frame per kind; its columns ``org`` and ``project`` are positions in the
    other two frames (-1 for none). ``municipalities`` are the units of politicians.
    """

    organisations: pd.DataFrame
    municipalities: pd.DataFrame
    projects: pd.DataFrame
    people: Mapping[str, pd.DataFrame]

    def units(self, kind: str) -> pd.DataFrame:
        """Give the organisations of a kind of respondent."""
        return self.municipalities if kind == "politician" else self.organisations


def draw_setting(values: Mapping[str, Any], n_organisations: int, streams: Streams) -> Setting:
    """Draw organisations, projects and people."""
    section = values["organisations"]
    organisations = _organisations(section, values["missing"], n_organisations, streams)
    projects = _projects(section, values, organisations, streams)
    municipalities = _municipalities(section, n_organisations, streams)
    people = {
        "manager": _managers(section, organisations, projects, streams),
        "observer": _observers(section, projects, streams),
        "staff": _staff(section, organisations, projects, streams),
        "politician": _politicians(section, municipalities, n_organisations, streams),
    }
    return Setting(organisations, municipalities, projects, people)


def choose(shares: Mapping[str, float], n: int, streams: Streams, *label: str) -> Any:
    """Draw one of several texts for each of n, at the stated shares."""
    limits = np.cumsum(list(shares.values()))[:-1]
    chosen = np.searchsorted(limits, streams.uniform(n, *label), side="right")
    return np.array(list(shares), dtype=object)[chosen]


def completed_on(
    dates: Mapping[str, Any], n: int, wave: int, streams: Streams, *label: str
) -> list[str]:
    """Draw the days on which people answered, from the first day that the plan names."""
    first = dt.date.fromisoformat(dates["first"])
    first += dt.timedelta(days=(wave - 1) * dates["between_waves"])
    days = streams.generator(*label, "dates").integers(0, dates["days"], size=n)
    return [(first + dt.timedelta(days=int(day))).isoformat() for day in days]


def staff_sizes(section: Mapping[str, Any], uniform: NDArray[np.float64]) -> Integers:
    """Turn uniform numbers into staff sizes: negative binomial, kept between two limits."""
    from scipy.stats import nbinom  # slow to import

    size = section["staff_dispersion"]
    law = nbinom(size, size / (size + section["staff_mean"]))
    low, high = law.cdf(section["staff_low"] - 1), law.cdf(section["staff_high"])
    sizes: Integers = law.ppf(low + uniform * (high - low)).astype(np.int64)
    return sizes


def _codes(prefix: str, n: int) -> list[str]:
    """Give codes numbered from 1, with leading zeros."""
    width = max(2, len(str(n)))
    return [f"{prefix}{k:0{width}d}" for k in range(1, n + 1)]


def _organisations(
    section: Mapping[str, Any], missing: Mapping[str, Any], n: int, streams: Streams
) -> pd.DataFrame:
    """Draw the organisations, how many staff are invited, and how many will not answer."""
    described = {
        name: choose(section[name], n, streams, "organisation", name) for name in _DESCRIBES
    }
    uniform = streams.uniform(n, "organisation", "non-response")
    rates = missing["unit_low"] + (missing["unit_high"] - missing["unit_low"]) * uniform
    return pd.DataFrame(
        {
            "org_id": _codes("org", n),
            **described,
            "country": section["country"],
            "n_invited": staff_sizes(section, streams.uniform(n, "organisation", "staff")),
            "unit_nonresponse": rates,
        }
    )


def _projects(
    section: Mapping[str, Any],
    values: Mapping[str, Any],
    organisations: pd.DataFrame,
    streams: Streams,
) -> pd.DataFrame:
    """Draw the projects of each organisation and the last phase that each one reached."""
    low, high = section["projects_low"], section["projects_high"]
    counts = streams.generator("project", "n").integers(low, high + 1, size=len(organisations))
    n = int(counts.sum())
    observers = streams.generator("project", "observers").integers(
        section["observers_low"], section["observers_high"] + 1, size=n
    )
    return pd.DataFrame(
        {
            "project_id": _codes("prj", n),
            "manager_id": _codes("mgr", n),
            "org": np.repeat(np.arange(len(organisations)), counts),
            "reached": draw_reached(n, values["phases_reached"], streams, "project"),
            "n_observers": observers,
        }
    )


def _municipalities(
    section: Mapping[str, Any], n_organisations: int, streams: Streams
) -> pd.DataFrame:
    """Draw the municipalities, as many as the study's share of the plan."""
    n = max(1, round(section["municipalities"] * n_organisations / section["n"]))
    sizes = choose(section["org_size"], n, streams, "municipality", "org_size")
    languages = choose(section["language"], n, streams, "municipality", "language")
    return pd.DataFrame(
        {
            "org_id": _codes("mun", n),
            "gov_level": "local",
            "sector": "general services",
            "org_size": sizes,
            "language": languages,
            "country": section["country"],
        }
    )


def _managers(
    section: Mapping[str, Any],
    organisations: pd.DataFrame,
    projects: pd.DataFrame,
    streams: Streams,
) -> pd.DataFrame:
    """Give each project its manager, and a few organisations a manager without a project."""
    uniform = streams.uniform(len(organisations), "manager", "without project")
    others = np.flatnonzero(uniform < section["manager_without_project"])
    org = np.concatenate([projects["org"].to_numpy(), others])
    n, n_projects = len(org), len(projects)
    is_lead = streams.uniform(n, "manager", "lead") < section["project_lead"]
    codes = [*projects["manager_id"], *_codes("mgx", len(others))]
    return pd.DataFrame(
        {
            "respondent_id": codes,
            "manager_id": codes,
            "org": org,
            "project": [*range(n_projects), *[-1] * len(others)],
            "respondent_role": np.where(is_lead, "project lead", "middle manager"),
            "tenure_years": _tenure(section, n, streams, "manager"),
        }
    )


def _observers(
    section: Mapping[str, Any], projects: pd.DataFrame, streams: Streams
) -> pd.DataFrame:
    """Give each project its observers, some of them from partner organisations."""
    project = np.repeat(np.arange(len(projects)), projects["n_observers"])
    n = len(project)
    outside = streams.uniform(n, "observer", "outside") < section["outside_partner"]
    return pd.DataFrame(
        {
            "respondent_id": _codes("obs", n),
            "manager_id": projects["manager_id"].to_numpy()[project],
            "org": projects["org"].to_numpy()[project],
            "project": project,
            "respondent_role": np.where(outside, "outside partner", "staff"),
            "tenure_years": _tenure(section, n, streams, "observer"),
        }
    )


def _staff(
    section: Mapping[str, Any],
    organisations: pd.DataFrame,
    projects: pd.DataFrame,
    streams: Streams,
) -> pd.DataFrame:
    """Draw the staff who answer; some of them took part in a project of their organisation."""
    org = np.repeat(np.arange(len(organisations)), organisations["n_invited"])
    n = len(org)
    first = np.searchsorted(projects["org"].to_numpy(), np.arange(len(organisations)))
    counts = np.bincount(projects["org"], minlength=len(organisations))
    place = (streams.uniform(n, "staff", "project") * counts[org]).astype(np.int64)
    takes_part = streams.uniform(n, "staff", "in project") < section["staff_in_project"]
    staff = pd.DataFrame(
        {
            "respondent_id": _codes("stf", n),
            "manager_id": None,
            "org": org,
            "project": np.where(takes_part, first[org] + place, -1),
            "respondent_role": "staff",
            "tenure_years": _tenure(section, n, streams, "staff"),
        }
    )
    silent = organisations["unit_nonresponse"].to_numpy()[org]
    answers = streams.uniform(n, "staff", "unit non-response") >= silent
    return staff[answers].reset_index(drop=True)


def _politicians(
    section: Mapping[str, Any],
    municipalities: pd.DataFrame,
    n_organisations: int,
    streams: Streams,
) -> pd.DataFrame:
    """Spread the politicians evenly over the municipalities."""
    n = max(1, round(section["politicians"] * n_organisations / section["n"]))
    return pd.DataFrame(
        {
            "respondent_id": _codes("pol", n),
            "manager_id": None,
            "org": np.arange(n) % len(municipalities),
            "project": -1,
            "respondent_role": "politician",
            "tenure_years": _tenure(section, n, streams, "politician"),
        }
    )


def _tenure(section: Mapping[str, Any], n: int, streams: Streams, kind: str) -> Integers:
    """Draw years in the organisation: exponential, whole years, at most 45."""
    years = -section["tenure_mean"] * np.log1p(-streams.uniform(n, kind, "tenure"))
    whole: Integers = np.minimum(years, 45).astype(np.int64)
    return whole
