"""Correlations between items."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_choice, join_names
from innovsurvey.base.results import Result
from innovsurvey.errors import DataError
from innovsurvey.measurement.correlation_estimates import AnyEstimates, estimates_of
from innovsurvey.measurement.item_codes import ItemAnswers, answered_items
from innovsurvey.numerics.correlation import count_together, is_positive_definite, smoothed
from innovsurvey.numerics.pair_tables import pair_index, square

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MOST_ESTIMATES: Final = 10_000  # rows of a covariance matrix of 800 MB


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Correlations(Result):
    """Correlations between items.

    Parameters
    ----------
    matrix
        One row and one column per item.
    thresholds
        One value per item and threshold, in units of the standard normal; None without
        ordered items.
    kind
        For each pair pearson, polychoric, tetrachoric or polyserial.
    n_pairwise
        People behind each correlation; those behind each item on the diagonal.
    weighted
        Whether people had weights.
    """

    matrix: pd.DataFrame
    thresholds: pd.Series[float] | None
    kind: pd.DataFrame
    n_pairwise: pd.DataFrame
    weighted: bool = False
    _estimates: AnyEstimates = field(repr=False)

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        kinds = ", ".join(_kinds(self.kind))
        return f"Correlations ({kinds}): {len(self.matrix)} items, N = {self.n_obs}"

    def to_frame(self) -> pd.DataFrame:
        """Give the matrix."""
        return self.matrix.copy()

    @cached_property
    def se(self) -> pd.DataFrame:
        """Standard errors of the correlations, 0 on the diagonal."""
        errors = np.where(self._unknown, np.nan, self._errors[1])
        names = self.matrix.index
        return pd.DataFrame(square(errors, len(names), 0.0), index=names, columns=names)

    @cached_property
    def threshold_se(self) -> pd.Series[float] | None:
        """Standard errors of the thresholds; None without ordered items."""
        if self.thresholds is None:
            return None
        return pd.Series(self._errors[0], index=self.thresholds.index)

    @cached_property
    def acov(self) -> pd.DataFrame:
        """Covariance matrix of the estimates, computed when first asked for.

        Rows are in the order of lavaan: thresholds of the first item, of the second, ...
        (of a numeric item in a mixed set its mean), then the variances of numeric items,
        then the correlations of the first item with the second, the third, ..., of the second
        with the third, .... For Pearson correlations there are only these. For ordered items
        ``n_obs * acov`` is the matrix that lavaan calls gamma (NACOV); in a mixed set lavaan
        has covariances where correlations stand here, and means with the other sign.

        Raises
        ------
        DataError
            A correlation is not known or at its limit, or the matrix would be too large.
        """
        labels = self._estimates.labels()
        if len(labels) > _MOST_ESTIMATES:
            message = (
                f"the covariance matrix of {len(labels)} estimates would take "
                f"{len(labels) ** 2 * 8 / 1e9:.1f} GB. Use fewer items or fewer categories."
            )
            raise DataError(message)
        if self._unknown.any():
            listed = join_names(_pairs(self.matrix.index, self._unknown))
            message = (
                f"no covariance matrix of the estimates: the correlation of {listed} is not "
                "known or at its limit. Leave one item of each pair out."
            )
            raise DataError(message)
        return pd.DataFrame(self._estimates.acov(), index=labels, columns=labels)

    @cached_property
    def _errors(self) -> tuple[Floats, Floats]:
        """Standard errors of thresholds and pairs."""
        return self._estimates.standard_errors()

    @property
    def _unknown(self) -> NDArray[np.bool_]:
        """Pairs whose correlation has no standard error."""
        estimates = self._estimates
        values = estimates.correlation[pair_index(len(self.matrix))]
        return np.isnan(values) | estimates.at_limit | ~estimates.converged


def correlations(
    items: Any,
    *,
    kind: Literal["pearson", "polychoric"] | None = None,
    missing: Literal["pairwise", "listwise"] = "pairwise",
    weights: Any = None,
    smooth: bool = False,
) -> Correlations:
    """Correlate the items with each other: Pearson, polychoric, or what fits each pair.

    Parameters
    ----------
    items : DataFrame
        One column per item, at least 2; one row per person, at least 2.
    kind : {"pearson", "polychoric"}, optional
        By default ordered categoricals are taken as ordered and plain numbers as numbers:
        polychoric (tetrachoric for two categories) between ordered items, polyserial between
        an ordered item and a number, Pearson between numbers. ``"polychoric"`` takes all
        items as ordered, at most 30 categories each, ``"pearson"`` all as numbers.
    missing : {"pairwise", "listwise"}
        Whether each correlation takes the people who answered both items (and each threshold
        those who answered its item), or all take those who answered every item.
    weights : Series or array, optional
        Sampling weight of each row, 0 or more. They are scaled to a mean of 1.
    smooth : bool
        Whether a matrix that is not positive definite is made so; a note says it.

    Returns
    -------
    Correlations
        ``.matrix``, ``.thresholds``, ``.se``, ``.threshold_se``, ``.n_obs``, ``.n_pairwise``,
        ``.kind`` and, computed when asked for, ``.acov``.

    Raises
    ------
    DataError
        A column holds text, weights do not fit, more than 30 ordered categories.
    InsufficientDataError
        Fewer than 2 items or people, an item without answers or without variance.
    SpecificationError
        An unknown option.

    Notes
    -----
    Pearson: r = s_xy / (s_x s_y), where s_xy is the covariance of two items and s_x, s_y are
    their standard deviations, with standard errors that do not assume a normal distribution.
    Polychoric: each item is a standard normal variable cut at thresholds t_k = q(P_k), where
    P_k is the share of answers up to category k and q the normal quantile; the correlation of
    a pair then maximises sum n_ab ln p_ab(rho), where n_ab counts the people in a cell of
    their table and p_ab is the bivariate normal probability of the cell (Olsson, 1979).
    Polyserial correlations are found in the same two steps (Olsson et al., 1982). Standard
    errors and ``acov`` follow Muthen (1984).

    Empty cells are treated as lavaan does by default (zero.add = c(.5, 0),
    zero.keep.margins = TRUE): in a table of 2 x 2 half a person is moved into the one empty
    cell without changing the margins, and two empty cells on a diagonal give 1 or -1; larger
    tables stay as they are. Polychoric correlations end at .999 (polyserial ones at .995);
    where the table of a pair has an empty corner and its likelihood only rises towards 1 or
    -1, the correlation is set there, with a note. Categories that nobody used have no
    threshold. With ``smooth`` eigenvalues below 1e-12 become 1e-10 and the matrix is scaled
    back to ones on the diagonal, as cor.smooth() of psych does; standard errors and ``acov``
    stay those of the estimates before.

    Checked against cor() of R, lavCor() and the gamma matrix of lavaan, and cor.smooth() of
    psych. lavaan differs for two numeric items in a mixed set with missing answers: it takes
    their means and variances from all answers to each, here as in cor() from the pair's.

    References
    ----------
    Muthen, B. (1984). A general structural equation model with dichotomous, ordered
    categorical, and continuous latent variable indicators. Psychometrika, 49(1), 115-132.
    https://doi.org/10.1007/BF02294210

    Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient.
    Psychometrika, 44(4), 443-460. https://doi.org/10.1007/BF02296207

    Olsson, U., Drasgow, F., & Dorans, N. J. (1982). The polyserial correlation coefficient.
    Psychometrika, 47(3), 337-347. https://doi.org/10.1007/BF02294164

    Examples
    --------
    >>> import pandas as pd
    >>> from innovsurvey.measurement.correlations import correlations
    >>> answers = pd.DataFrame(
    ...     {"a": [1, 2, 2, 3, 3, 3, 1, 2], "b": [1, 1, 2, 2, 3, 3, 2, 1]}
    ... )
    >>> correlations(answers, kind="polychoric")
    Correlations (polychoric): 2 items, N = 8
           a      b
    a  1.000  0.756
    b  0.756  1.000
    Note: 1 of 1 tables of two items have empty cells.
    """
    check_choice(kind, "kind", ("pearson", "polychoric", None))
    check_choice(missing, "missing", ("pairwise", "listwise"))
    answers = answered_items(items, kind=kind, missing=missing, weights=weights)
    estimates = estimates_of(answers)
    kinds = _kind_of_pairs(answers, estimates)
    matrix, changed = _definite(_matrix(estimates), answers.names, smooth=smooth)
    said = () if kind else (_why(kinds),)
    return Correlations(
        matrix=pd.DataFrame(matrix, index=answers.names, columns=answers.names),
        thresholds=_thresholds(answers, estimates),
        kind=kinds,
        n_pairwise=_n_pairwise(answers),
        weighted=weights is not None,
        n_obs=answers.n_obs,
        notes=(*said, *answers.notes, *_doubts(estimates, answers.names), *changed),
        _estimates=estimates,
    )


def _matrix(estimates: AnyEstimates) -> Floats:
    """Give the correlations, without those whose search has not ended."""
    matrix = estimates.correlation.copy()
    lost = square(estimates.converged.astype(float), len(matrix), 1.0) == 0
    matrix[lost] = np.nan
    return matrix


def _kind_of_pairs(answers: ItemAnswers, estimates: AnyEstimates) -> pd.DataFrame:
    """Name the kind of each pair; the diagonal is empty."""
    binary = np.zeros(len(answers.ordinal), dtype=bool)
    if estimates.ordered is not None:
        binary[answers.ordinal] = estimates.ordered.n_categories == 2
    ordinal = answers.ordinal[:, None].astype(int) + answers.ordinal
    kinds = np.array(["pearson", "polyserial", "polychoric"], dtype=object)[ordinal]
    kinds[binary[:, None] & binary] = "tetrachoric"
    np.fill_diagonal(kinds, "")
    return pd.DataFrame(kinds, index=answers.names, columns=answers.names)


def _kinds(table: pd.DataFrame) -> list[str]:
    """List the kinds that occur."""
    return sorted(set(table.to_numpy().ravel()) - {""})


def _why(kinds: pd.DataFrame) -> str:
    """Say which kind was chosen, and why."""
    found = _kinds(kinds)
    if found == ["pearson"]:
        return (
            'pearson, because the items are plain numbers; kind="polychoric" takes them as ordered.'
        )
    some = "some of the items" if "polyserial" in found else "the items"
    return f"{', '.join(found)}, because {some} are ordered categoricals."


def _thresholds(answers: ItemAnswers, estimates: AnyEstimates) -> pd.Series[float] | None:
    """Label the thresholds by item and number."""
    if estimates.ordered is None:
        return None
    of_items = zip(answers.names[answers.ordinal], estimates.ordered.thresholds, strict=True)
    values = {
        (name, f"t{number}"): cut
        for name, cuts in of_items
        for number, cut in enumerate(cuts.tolist(), start=1)
    }
    index = pd.MultiIndex.from_tuples(list(values), names=["item", "threshold"])
    return pd.Series(list(values.values()), index=index)


def _n_pairwise(answers: ItemAnswers) -> pd.DataFrame:
    """Count the people behind each correlation."""
    answered = answers.frame.notna().to_numpy()
    counts = count_together(answered)
    return pd.DataFrame(counts, index=answers.names, columns=answers.names)


def _definite(
    matrix: Floats, names: pd.Index[Any], *, smooth: bool
) -> tuple[Floats, tuple[str, ...]]:
    """Smooth the matrix where that is asked for and needed, and say what was done."""
    if np.isnan(matrix).any():
        if smooth:
            flags = np.isnan(matrix[pair_index(len(matrix))])
            listed = join_names(_pairs(names, flags))
            message = (
                f"a matrix without the correlation of {listed} cannot be smoothed. Leave one out."
            )
            raise DataError(message)
        return matrix, ()
    if is_positive_definite(matrix):
        return matrix, ()
    lowest = np.linalg.eigvalsh(matrix)[0]
    found = f"the matrix is not positive definite (smallest eigenvalue {lowest:.2g})"
    if not smooth:
        return matrix, (f"{found}; smooth=True makes it so.",)
    return smoothed(matrix), (f"{found} and was smoothed; the correlations are changed.",)


def _doubts(estimates: AnyEstimates, names: pd.Index[Any]) -> tuple[str, ...]:
    """Say which correlations are empty, at the limit, or come from thin tables."""
    values = estimates.correlation[pair_index(len(names))]
    notes = []
    if np.isnan(values).any():
        listed = join_names(_pairs(names, np.isnan(values)))
        notes.append(
            f"no correlation of {listed}: nobody, or people without variance, answered both."
        )
    if not estimates.converged.all():
        listed = join_names(_pairs(names, ~estimates.converged))
        notes.append(f"no correlation of {listed}: the estimation did not converge.")
    if estimates.at_limit.any():
        listed = join_names(_pairs(names, estimates.at_limit))
        notes.append(
            f"{listed}: as far as the table shows, one answer determines the other; the "
            "correlation is held at its limit and has no standard error."
        )
    return (*notes, *_empty_cells(estimates))


def _empty_cells(estimates: AnyEstimates) -> tuple[str, ...]:
    """Count the tables with empty cells."""
    if estimates.ordered is None:
        return ()
    n_empty = int((estimates.ordered.n_empty > 0).sum())
    if not n_empty:
        return ()
    n_tables = len(estimates.ordered.n_empty)
    return (f"{n_empty} of {n_tables} tables of two items have empty cells.",)


def _pairs(names: pd.Index[Any], flags: NDArray[np.bool_]) -> list[str]:
    """Name the pairs that are flagged."""
    first, second = pair_index(len(names))
    return [f"{names[first[k]]} with {names[second[k]]}" for k in np.flatnonzero(flags)]
