"""Linear regression with standard errors that can be trusted in survey data."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_choice, check_groups, check_items, check_level, join_names
from innovsurvey.base.results import Result
from innovsurvey.errors import (
    DataError,
    IdentificationError,
    InsufficientDataError,
    SparseDataWarning,
    SpecificationError,
)
from innovsurvey.models.formula import Design, build_design, parse_formula, used_columns
from innovsurvey.numerics.correlation import dependent_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from innovsurvey.models.formula import Formula

_COV_TYPES: Final = ("nonrobust", "hc0", "hc1", "hc2", "hc3")
_NEEDS_LEVERAGE: Final = ("hc2", "hc3")
_FULL_LEVERAGE: Final = 1 - 1e-10
_FEW_CLUSTERS: Final = 30
_EXACT: Final = 1e-20  # residual over total sum of squares


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Regression(Result):
    """A fitted regression.

    Parameters
    ----------
    formula, outcome
        The model as given, and its left side.
    cov_type
        Estimator of the covariances: nonrobust, hc0 to hc3 or cluster.
    n_clusters
        Number of clusters; None where rows count as independent.
    params, se, statistic, p_value
        One value per term.
    df
        Degrees of freedom of the t distribution behind ``p_value`` and ``ci``.
    ci
        Columns ci_lower and ci_upper at ``ci_level``.
    std_estimate
        Standardised coefficients; empty for the intercept and categories.
    r_squared, adj_r_squared, sigma
        Explained share of variance, the same adjusted, residual standard deviation.
    f_statistic, f_p_value
        Test that all slopes are zero, with the covariances of ``cov_type``.
    df_model, df_resid
        Number of slopes; rows minus parameters.
    """

    formula: str
    outcome: str
    cov_type: str
    n_clusters: int | None
    params: pd.Series[float]
    se: pd.Series[float]
    statistic: pd.Series[float]
    df: int
    p_value: pd.Series[float]
    ci: pd.DataFrame
    ci_level: float
    std_estimate: pd.Series[float]
    r_squared: float
    adj_r_squared: float
    f_statistic: float
    f_p_value: float
    df_model: int
    df_resid: int
    sigma: float

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        return f"Regression: {self.formula}, N = {self.n_obs}, R-squared = {self.r_squared:.3f}"

    def to_frame(self) -> pd.DataFrame:
        """Give one row per term."""
        columns = {
            "estimate": self.params,
            "se": self.se,
            "statistic": self.statistic,
            "df": self.df,
            "p_value": self.p_value,
            "ci_lower": self.ci["ci_lower"],
            "ci_upper": self.ci["ci_upper"],
            "std_estimate": self.std_estimate,
        }
        return pd.DataFrame(columns, index=self.params.index)


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows a model uses: columns of the formula, weights and clusters."""

    used: pd.DataFrame
    weights: NDArray[np.floating[Any]] | None
    clusters: NDArray[np.intp] | None
    notes: tuple[str, ...]

    @property
    def n_clusters(self) -> int | None:
        """Number of clusters, if rows are clustered."""
        return None if self.clusters is None else int(self.clusters.max()) + 1


def regression(
    formula: str,
    data: pd.DataFrame,
    *,
    kind: Literal["ols"] = "ols",
    cov_type: Literal["nonrobust", "hc0", "hc1", "hc2", "hc3", "cluster"] | None = None,
    cluster: str | pd.Series[Any] | None = None,
    weights: str | pd.Series[Any] | None = None,
    ci_level: float = 0.95,
) -> Regression:
    """Regress an outcome on predictors, with robust standard errors.

    Parameters
    ----------
    formula : str
        ``"y ~ x + z"``. Operators + - * / : ** as in R; functions C, I, Q, center,
        standardize, log, log10, log1p, exp, sqrt, abs (also as np.log, ...); in C() also
        ``C(x, Treatment('reference'))`` and ``C(x, Sum)``. Names with spaces stand in
        ``Q("team size")``. Anything else is refused.
    data : DataFrame
        One row per person. Texts and categoricals are compared with their first category.
    kind : {"ols"}
        Least squares.
    cov_type : {"nonrobust", "hc0", "hc1", "hc2", "hc3", "cluster"}, optional
        Covariance estimator. By default hc3, or cluster where ``cluster`` is given.
    cluster : str or Series, optional
        Column name, or Series with the index of the data, of the cluster (team, unit) of
        each row.
    weights : str or Series, optional
        Column name or Series of positive weights, inverse to the variance of a row.
    ci_level : float
        Confidence level, between 0 and 1; .95 by default.

    Returns
    -------
    Regression
        ``.params``, ``.se``, ``.statistic``, ``.p_value``, ``.std_estimate`` by term, ``.ci``,
        ``.r_squared``, ``.adj_r_squared``, ``.f_statistic``, ``.sigma`` and more.

    Raises
    ------
    MissingItemsError
        A column of the formula is not in the data.
    SpecificationError
        The formula cannot be read or holds something that is not allowed; an unknown option.
    DataError
        The outcome is text, a term has no finite value, weights are not positive.
    InsufficientDataError
        No more rows than parameters, an outcome without variance, a single cluster, a row
        that a parameter fits exactly (hc2, hc3).
    IdentificationError
        Predictors are linear combinations of others.

    Warns
    -----
    SparseDataWarning
        Fewer than 30 clusters, or no more clusters than parameters.

    Notes
    -----
    b = (X'WX)^-1 X'Wy, where y is the outcome, X the predictors and W the weights. hc3 divides
    each squared residual by (1 - h)^2, where h is the leverage of the row (Long & Ervin, 2000);
    tests use t with n - k degrees of freedom for n rows and k parameters. cluster sums the
    scores within each of G clusters, multiplies by G/(G - 1) (n - 1)/(n - k) (CR1) and uses t
    with G - 1 degrees of freedom (Cameron & Miller, 2015). f_statistic is the Wald test with
    the same covariances. std_estimate = b s_x / s_y with the standard deviations of a numeric
    term and of the outcome. Rows with a missing cell in a column used are left out together
    (listwise). Computed by statsmodels; checked against lm() of R with vcovHC() and vcovCL()
    (type "HC1", cadjust) of the package sandwich.

    References
    ----------
    Cameron, A. C., & Miller, D. L. (2015). A practitioner's guide to cluster-robust inference.
    Journal of Human Resources, 50(2), 317-372. https://doi.org/10.3368/jhr.50.2.317

    Long, J. S., & Ervin, L. H. (2000). Using heteroscedasticity consistent standard errors in
    the linear regression model. The American Statistician, 54(3), 217-224.
    https://doi.org/10.1080/00031305.2000.10474549

    Examples
    --------
    >>> import pandas as pd
    >>> from innovsurvey.models.regression import regression
    >>> data = pd.DataFrame({"y": [1, 3, 2, 5, 4, 7, 9], "x": [1, 2, 3, 4, 5, 6, 7]})
    >>> regression("y ~ x", data)
    Regression: y ~ x, N = 7, R-squared = 0.865
              estimate     se statistic df p_value ci_lower ci_upper std_estimate
    Intercept   -0.429  0.920     -0.47  5    .661   -2.793    1.935            –
    x            1.214  0.233      5.21  5    .003    0.615    1.814        0.930
    Note: Standard errors are robust to unequal variances (hc3); t tests with df = 5.
    Note: The standardised estimate is empty for the intercept and for categories.
    """
    check_choice(kind, "kind", ("ols",))
    check_level(ci_level)
    chosen = _choose_cov_type(cov_type, cluster)
    parsed = parse_formula(formula)
    if not isinstance(data, pd.DataFrame):
        message = f"data must be a DataFrame, not {type(data).__name__}."
        raise DataError(message)
    rows = _complete(parsed, data, cluster, weights)
    design = build_design(parsed, rows.used)
    _check_design(design, rows, chosen)
    sparse = _sparse_notes(design, rows)
    for note in sparse:
        warnings.warn(note, SparseDataWarning, stacklevel=2)
    return _fit(parsed, design, rows, chosen, ci_level, sparse)


def _choose_cov_type(cov_type: str | None, cluster: Any) -> str:
    """Settle the covariance estimator, or say what contradicts what."""
    check_choice(cov_type, "cov_type", (None, *_COV_TYPES, "cluster"))
    if cluster is None:
        if cov_type == "cluster":
            message = 'cov_type="cluster" needs cluster=, the column with the cluster of each row.'
            raise SpecificationError(message)
        return cov_type or "hc3"
    if cov_type not in (None, "cluster"):
        message = (
            f'cov_type="{cov_type}" takes rows as independent, but cluster= is given. Leave one '
            "of the two out."
        )
        raise SpecificationError(message)
    return "cluster"


def _complete(parsed: Formula, data: pd.DataFrame, cluster: Any, weights: Any) -> _Rows:
    """Keep the rows without a missing cell in anything the model uses."""
    used = used_columns(parsed, data)
    full = used.notna().all(axis=1).to_numpy(copy=True)
    clusters = None if cluster is None else check_groups(data, cluster)
    heavy = None if weights is None else _weights(data, weights)
    for column in (clusters, heavy):
        full &= True if column is None else column.notna().to_numpy()
    if not full.any():
        message = f"no row is complete in {join_names(list(used.columns))}; nothing can be fitted."
        raise InsufficientDataError(message)
    n_lost = int((~full).sum())
    note = f"{n_lost} of {len(full)} rows left out because a value is missing (listwise)."
    complete = used[full]
    categories = complete.select_dtypes("category")
    complete = complete.assign(**categories.apply(lambda c: c.cat.remove_unused_categories()))
    return _Rows(
        used=complete,
        weights=None if heavy is None else heavy[full].to_numpy(dtype=float),
        clusters=None if clusters is None else pd.factorize(clusters[full])[0],
        notes=(note,) if n_lost else (),
    )


def _weights(data: pd.DataFrame, weights: Any) -> pd.Series[float]:
    """Give the weights as positive numbers."""
    column = check_items(check_groups(data, weights).to_frame("weights"))["weights"]
    if (column <= 0).any():
        message = f"{(column <= 0).sum()} weight(s) are not positive. Leave these rows out."
        raise DataError(message)
    return column


def _check_design(design: Design, rows: _Rows, cov_type: str) -> None:
    """Refuse data that cannot answer the question."""
    n_rows, n_terms = design.predictors.shape
    if n_rows <= n_terms:
        message = (
            f"{n_rows} complete rows for {n_terms} parameters; more rows than parameters are "
            "needed. Use fewer predictors."
        )
        raise InsufficientDataError(message)
    if np.ptp(design.outcome) == 0:
        message = f"the outcome is the same in all {n_rows} rows, so there is nothing to explain."
        raise InsufficientDataError(message)
    _check_rank(design)
    if rows.n_clusters == 1:
        message = "all rows are in one cluster; clustered standard errors need many clusters."
        raise InsufficientDataError(message)
    if cov_type in _NEEDS_LEVERAGE:
        _check_leverage(design, rows, cov_type)


def _check_rank(design: Design) -> None:
    """Refuse predictors that repeat each other."""
    zero = [term for term, size in zip(design.terms, design.scale, strict=True) if size == 0]
    if zero:
        message = f"{join_names(zero)} is zero in all rows. Leave the term(s) out."
        raise IdentificationError(message)
    dependent = [design.terms[i] for i in dependent_columns(design.predictors / design.scale)]
    if dependent:
        message = (
            f"{join_names(dependent)} are linear combinations of each other, so their effects "
            "cannot be told apart. Leave one of them out."
        )
        raise IdentificationError(message)


def _check_leverage(design: Design, rows: _Rows, cov_type: str) -> None:
    """Refuse rows that a parameter of their own fits, where that makes hc2 and hc3 infinite."""
    root = 1.0 if rows.weights is None else np.sqrt(rows.weights)[:, None]
    q, _ = np.linalg.qr(design.predictors / design.scale * root)
    alone = rows.used.index[(q**2).sum(axis=1) > _FULL_LEVERAGE].tolist()
    if alone:
        message = (
            f"row(s) {join_names(alone)} are fitted exactly (a category of one row?), "
            f'so {cov_type} does not exist. Merge the category with another, or use cov_type="hc1".'
        )
        raise InsufficientDataError(message)


def _sparse_notes(design: Design, rows: _Rows) -> tuple[str, ...]:
    """Doubt clustered standard errors from few clusters."""
    n_clusters, n_terms = rows.n_clusters, len(design.terms)
    if n_clusters is None or (n_clusters >= _FEW_CLUSTERS and n_clusters > n_terms):
        return ()
    return (
        f"only {n_clusters} clusters for {n_terms} parameters: standard errors tend to be too "
        f"small with fewer than about {_FEW_CLUSTERS}.",
    )


def _fit(
    parsed: Formula,
    design: Design,
    rows: _Rows,
    cov_type: str,
    ci_level: float,
    sparse: tuple[str, ...],
) -> Regression:
    """Fit by statsmodels and put names on the numbers."""
    with np.errstate(divide="ignore", invalid="ignore"):  # an exact fit has no standard errors
        fitted = _statsmodels_fit(design, rows, cov_type)
        df = int(getattr(fitted, "df_resid_inference", fitted.df_resid))
        by_term = {
            name: pd.Series(np.asarray(values), index=list(design.terms))
            for name, values in {
                "params": fitted.params / design.scale,
                "se": fitted.bse / design.scale,
                "statistic": fitted.tvalues,
                "p_value": fitted.pvalues,
                "std_estimate": _standardised(fitted.params / design.scale, design, rows.weights),
            }.items()
        }
        interval = fitted.conf_int(alpha=1 - ci_level) / design.scale[:, None]
        f_statistic, f_p_value, f_notes = _wald_test(fitted, design, df)
    exact = fitted.ssr <= _EXACT * float(design.outcome @ design.outcome)
    notes = (*rows.notes, _cov_note(cov_type, rows, df), *sparse, *f_notes, *_value_notes(exact))
    return Regression(
        formula=parsed.text,
        outcome=parsed.outcome,
        cov_type=cov_type,
        n_clusters=rows.n_clusters,
        **by_term,
        df=df,
        ci=pd.DataFrame(interval, index=list(design.terms), columns=["ci_lower", "ci_upper"]),
        ci_level=ci_level,
        r_squared=float(fitted.rsquared),
        adj_r_squared=float(fitted.rsquared_adj),
        f_statistic=f_statistic,
        f_p_value=f_p_value,
        df_model=len(design.slopes),
        df_resid=int(fitted.df_resid),
        sigma=math.sqrt(fitted.scale),
        n_obs=len(design.outcome),
        notes=notes,
    )


def _statsmodels_fit(design: Design, rows: _Rows, cov_type: str) -> Any:
    """Fit with columns of like size, for precision, and with t instead of normal tests."""
    from statsmodels.regression.linear_model import WLS  # slow to import

    weights = np.ones(len(design.outcome)) if rows.weights is None else rows.weights
    model = WLS(design.outcome, design.predictors / design.scale, weights=weights)
    if cov_type == "cluster":
        return model.fit(cov_type="cluster", cov_kwds={"groups": rows.clusters}, use_t=True)
    return model.fit(cov_type=cov_type.upper().replace("NONROBUST", "nonrobust"), use_t=True)


def _wald_test(fitted: Any, design: Design, df: int) -> tuple[float, float, tuple[str, ...]]:
    """Test that all slopes are zero, unless there are none or too few clusters."""
    slopes = design.slopes
    if not slopes:
        return math.nan, math.nan, ("f_statistic is empty: the model has no predictor.",)
    if len(slopes) > df:
        note = f"f_statistic is empty: {len(slopes)} slopes cannot be tested with df = {df}."
        return math.nan, math.nan, (note,)
    test = fitted.f_test(np.eye(len(design.terms))[slopes])
    return float(test.fvalue), float(test.pvalue), ()


def _standardised(
    params: NDArray[np.float64], design: Design, weights: NDArray[np.floating[Any]] | None
) -> NDArray[np.float64]:
    """Express numeric coefficients in standard deviations of term and outcome."""
    columns = np.column_stack([design.predictors, design.outcome])
    centred = columns - np.average(columns, axis=0, weights=weights)
    sd = np.sqrt(np.average(centred**2, axis=0, weights=weights))
    return np.where(design.is_numeric, params * sd[:-1] / sd[-1], np.nan)


def _cov_note(cov_type: str, rows: _Rows, df: int) -> str:
    """Say which standard errors these are."""
    words = {
        "nonrobust": "Standard errors assume independent rows with equal variance",
        "cluster": f"Standard errors are clustered (CR1, {rows.n_clusters} clusters)",
    }
    robust = f"Standard errors are robust to unequal variances ({cov_type})"
    return f"{words.get(cov_type, robust)}; t tests with df = {df}."


def _value_notes(exact: bool) -> tuple[str, ...]:
    """Explain empty and meaningless cells."""
    note = "The standardised estimate is empty for the intercept and for categories."
    if not exact:
        return (note,)
    return (note, "The predictors reproduce the outcome exactly; ignore the standard errors.")
