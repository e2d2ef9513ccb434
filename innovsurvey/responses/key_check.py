"""Find items that run against the rest of their scale: keyed wrongly, or reversed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.numerics.consistency import r_drop

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from innovsurvey.definitions.model import Instrument, Scale

_FEWEST_PEOPLE: Final = 30
_FEWEST_ITEMS: Final = 3
_Z: Final = 1.96


def key_warnings(data: pd.DataFrame, instrument: Instrument) -> list[str]:
    """Say which items correlate negatively with the rest of their scale, and what to check.

    The item-rest correlation is that of the keyed answers, from pairwise complete cases; an item is
    named if the 95 % interval of the correlation (Fisher's z) lies below zero. Scales of at least
    three items that share a cause (reflective ones), with 30 people, are looked at.
    """
    return [note for scale in instrument.scales for note in _of_scale(data, instrument, scale)]


def _of_scale(data: pd.DataFrame, instrument: Instrument, scale: Scale) -> Iterable[str]:
    """Look at the items of one scale."""
    present = [name for name in scale.items if name in data and data[name].std() > 0]
    if scale.kind != "reflective" or len(present) < _FEWEST_ITEMS:
        return
    answers = data[present].to_numpy(dtype=float)
    answered = np.isfinite(answers).astype(float)
    n_obs = int((answered.T @ answered).min())
    if n_obs < _FEWEST_PEOPLE:
        return
    signs = np.array([-1.0 if instrument.item(name).reverse else 1.0 for name in present])
    cov = data[present].cov().to_numpy() * np.outer(signs, signs)
    limit = np.tanh(_Z / np.sqrt(n_obs - 3))
    for name, r in zip(present, r_drop(cov), strict=True):
        if r < -limit:
            yield _note(name, float(r), scale.id, is_reversed=instrument.item(name).reverse)


def _note(name: str, r: float, scale: str, *, is_reversed: bool) -> str:
    """Say what an item of this kind may be."""
    cause = (
        "it is reverse-keyed here; perhaps the file holds it reversed already"
        if is_reversed
        else "perhaps it is keyed wrongly, or reversed already in the file"
    )
    return (
        f"{name} correlates {r:.2f} with the rest of {scale}: {cause}. Compare its wording with "
        "its answers before scoring."
    )
