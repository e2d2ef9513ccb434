"""A part of the people, with a record of those left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.errors import InsufficientDataError, MissingItemsError
from innovsurvey.responses.model import LOG_TYPES, check_responses

if TYPE_CHECKING:
    from collections.abc import Iterable

    from innovsurvey.responses.model import Responses

EXCLUDED: Final = "excluded"


def subset(responses: Responses, keep_ids: Iterable[Any]) -> Responses:
    """Keep some of the people; the others go to quarantine, whole, with a line in the log.

    Parameters
    ----------
    responses
        What :func:`read_responses` gave; it stays as it is.
    keep_ids
        Respondent ids to keep, in any order; people stay in the order of the data.

    Returns
    -------
    Responses
        With a log line (rule ``excluded``) and a row in ``quarantine`` (reason ``excluded``) for
        everybody left out, who is in none of the other tables. ``row`` is 0 there, since the row
        of the file is no longer known; the id is in the column named like the index.

    Raises
    ------
    MissingItemsError
        An id is not in the data.
    InsufficientDataError
        Nobody would be left.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> answers = isv.simulate_responses("leadership-climate", n=5, seed=1)
    >>> fewer = subset(answers, answers.data.index[:3])
    >>> fewer.n_obs, fewer.quarantine["reason"].tolist()
    (3, ['excluded', 'excluded'])
    """
    check_responses(responses, "subset")
    kept = _is_kept(responses, keep_ids)
    n_out = int((~kept).sum())
    if not n_out:
        return responses
    note = f"{n_out} of {len(kept)} people left out; their rows are in quarantine (excluded)."
    frames = {name: getattr(responses, name)[kept] for name in ("data", "reasons", "context")}
    if len(responses.texts):
        frames["texts"] = responses.texts[kept]
    return replace(
        responses,
        **frames,
        repeats=_kept_repeats(responses, kept),
        log=_longer_log(responses, responses.data.index[~kept]),
        quarantine=_longer_quarantine(responses, kept),
        n_obs=int(kept.sum()),
        notes=(*responses.notes, note),
    )


def _is_kept(responses: Responses, keep_ids: Iterable[Any]) -> Any:
    """Tell for each person whether the id is among those to keep."""
    wanted = pd.Index(list(keep_ids))
    index = responses.data.index
    unknown = wanted[~wanted.isin(index)].tolist()
    if unknown:
        message = (
            f"{len(unknown)} respondent id(s) are not in the data: {join_names(unknown)}. "
            "Name ids of responses.data.index."
        )
        raise MissingItemsError(message, missing=[str(name) for name in unknown])
    if not len(wanted):
        message = "nobody would be left. Keep one person at least."
        raise InsufficientDataError(message)
    return index.isin(wanted)


def _kept_repeats(responses: Responses, kept: Any) -> dict[str, pd.DataFrame]:
    """Take those left out from the tables of repeated questions, too."""
    index = responses.data.index
    gone = _names(index[~kept]) - _names(index[kept])
    return {
        name: frame[~frame.index.astype(str).isin(gone)]
        for name, frame in responses.repeats.items()
    }


def _names(ids: pd.Index[Any]) -> set[str]:
    """Write ids as text, those of a wave (id@wave) without it, too."""
    texts = [str(name) for name in ids]
    return {*texts, *(text.rpartition("@")[0] for text in texts if "@" in text)}


def _longer_log(responses: Responses, ids: pd.Index[Any]) -> pd.DataFrame:
    """Add a line for everybody left out."""
    rows = [(None, str(name), "", EXCLUDED, "", "row in quarantine", 1) for name in ids]
    lines = pd.DataFrame(rows, columns=list(LOG_TYPES)).astype(LOG_TYPES)
    return pd.concat([responses.log, lines], ignore_index=True).astype(LOG_TYPES)


def _longer_quarantine(responses: Responses, kept: Any) -> pd.DataFrame:
    """Add the rows left out, as text; a missing answer is written as its reason."""
    data, reasons = responses.data[~kept], responses.reasons[~kept]
    answers = pd.DataFrame({name: _texts(data[name], reasons[name]) for name in data})
    context = responses.context[~kept]
    beside = (
        pd.concat([context, responses.texts[~kept]], axis=1) if len(responses.texts) else context
    )
    beside = beside.astype(object).where(beside.notna(), "").astype(str)
    id_name = responses.data.index.name or "respondent"
    ids = pd.DataFrame({id_name: data.index.astype(str)}, index=data.index)
    rows = pd.concat([ids, beside.drop(columns=id_name, errors="ignore"), answers], axis=1)
    rows.insert(0, "reason", EXCLUDED)
    rows.insert(0, "row", 0)
    earlier = responses.quarantine
    columns = [*earlier.columns, *(name for name in rows if name not in earlier)]
    parts = [part.reindex(columns=columns).fillna("") for part in (earlier, rows) if len(part)]
    joined: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return joined.astype({"row": "int64"})


def _texts(values: pd.Series[float], reasons: pd.Series[Any]) -> pd.Series[str]:
    """Write answers as short numbers, and missing ones as their reason."""
    words = reasons.astype(object).where(reasons.notna(), "").astype(str)
    numbers = values.map(lambda value: "" if pd.isna(value) else f"{value:.15g}")
    return numbers.where(values.notna(), words).astype(str)
