"""Show how far long work is."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

_Thing = TypeVar("_Thing")
AFTER_SECONDS: Final = 2.0


def progress(
    things: Iterable[_Thing], what: str, *, total: int | None = None, since: float | None = None
) -> Iterable[_Thing]:
    """Go through things, with a bar once that takes more than two seconds.

    ``since`` is the time, by :func:`time.monotonic`, at which the whole work began.

    Examples
    --------
    >>> list(progress([1, 2], "columns"))
    [1, 2]
    """
    passed = 0.0 if since is None else time.monotonic() - since
    delay = max(0.0, AFTER_SECONDS - passed)
    bar: Iterable[_Thing] = progress_bar(things, desc=what, total=total, delay=delay)
    return bar


def progress_bar(
    things: Iterable[Any] | None = None, *, delay: float = AFTER_SECONDS, **options: Any
) -> Any:
    """Make a bar of tqdm on the error stream; its options are those of tqdm.

    It is shown in a terminal and in Jupyter, not in a log file; ``TQDM_DISABLE=1`` in the
    environment turns it off.

    Examples
    --------
    >>> with progress_bar(total=3) as bar:
    ...     bar.n
    0
    """
    from tqdm import tqdm

    seen = sys.stderr.isatty() or "ipykernel" in sys.modules
    hidden = not seen or os.environ.get("TQDM_DISABLE", "0") not in {"", "0"}
    return tqdm(things, delay=delay, disable=hidden, leave=False, file=sys.stderr, **options)
