"""Random numbers by name: each block of the generator has a stream of its own."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Noise = Callable[[str], Floats]


@dataclass(frozen=True, slots=True)
class Streams:
    """Child streams of one seed, found by name, so that their order does not matter.

    A child is ``PCG64(SeedSequence(seed, spawn_key=...))``, the way in which
    ``SeedSequence.spawn`` makes children, with a key made from the name in place of a counter. A
    block that is added, left out or changed therefore leaves every other block bitwise equal.

    Examples
    --------
    >>> streams = Streams(7)
    >>> first = streams.generator("latent").random()
    >>> streams.generator("careless").random() == first
    False
    >>> streams.generator("latent").random() == first
    True
    """

    seed: int

    def generator(self, *names: str) -> Generator:
        """Give a fresh generator for a block."""
        key = tuple(zlib.crc32(name.encode()) for name in names)
        return Generator(PCG64(SeedSequence(self.seed, spawn_key=key)))

    def noise(self, n: int, *names: str) -> Noise:
        """Give a function from a variable's name to its n independent normal numbers."""

        def draw(variable: str) -> Floats:
            return self.generator(*names, variable).standard_normal(n)

        return draw

    def uniform(self, n: int, *names: str) -> Floats:
        """Give n uniform numbers between 0 and 1."""
        return self.generator(*names).random(n)


def repeated(first: Noise, fresh: Noise, stability: float) -> Noise:
    """Give the normal numbers of a later wave, correlated ``stability`` with the first."""

    def draw(variable: str) -> Floats:
        later: Floats = stability * first(variable) + np.sqrt(1 - stability**2) * fresh(variable)
        return later

    return draw
