"""Do the same work many times: draws of a bootstrap, permutations, simulations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from innovsurvey.base.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Given = TypeVar("_Given")
_Found = TypeVar("_Found")


def repeat(
    function: Callable[[_Given], _Found], inputs: Sequence[_Given], what: str
) -> list[_Found]:
    """Call a function with each input, in order, with a bar once that takes long.

    The calls go through joblib: one after the other, unless the user says
    ``joblib.parallel_config(n_jobs=4)`` or names a cluster there. So the function and its
    inputs must be picklable, and random numbers must come from the input (``seeds``).

    Examples
    --------
    >>> repeat(abs, [-1, 2], "numbers")
    [1, 2]
    """
    from joblib import Parallel, delayed  # slow to import

    jobs: Any = Parallel(return_as="generator")(delayed(function)(given) for given in inputs)
    return list(progress(jobs, what, total=len(inputs)))


def seeds(seed: int | None, n: int) -> list[Any]:
    """Make one seed for each of n draws, so that their order and place do not matter.

    Examples
    --------
    >>> one, two = seeds(0, 2)
    >>> one.spawn_key, two.spawn_key
    ((0,), (1,))
    """
    return np.random.SeedSequence(seed).spawn(n)
