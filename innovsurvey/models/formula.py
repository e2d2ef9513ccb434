"""Model formulas: what may stand in them, and the design matrices they ask for.

patsy evaluates the parts of a formula as Python. So every formula is parsed here first, and
only column names, numbers, operators and a short list of functions get through.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import LARGEST, check_columns, check_items, join_names
from innovsurvey.errors import DataError, InsufficientDataError, SpecificationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_NUMPY: Final = {
    name: getattr(np, name) for name in ("log", "log10", "log1p", "exp", "sqrt", "abs")
}
_FUNCTIONS: Final = frozenset({"C", "I", "Q", "center", "standardize", *_NUMPY})
_CODINGS: Final = frozenset({"Treatment", "Sum"})
_OPERATORS: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)
_LONGEST: Final = 10_000
_LARGEST_NUMBER: Final = 1e15
_LARGEST_POWER: Final = 9  # of a number
_HIGHEST_ORDER: Final = 3  # of interactions, in (a + b + c)**3
_INTERCEPT: Final = "Intercept"


@dataclass(frozen=True)
class Formula:
    """A formula that is safe to evaluate, and the columns on its two sides."""

    text: str
    outcome: str
    outcome_columns: tuple[str, ...]
    predictor_columns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Design:
    """Outcome and predictors as numbers, without missing cells."""

    outcome: NDArray[np.float64]
    predictors: NDArray[np.float64]
    terms: tuple[str, ...]
    is_numeric: NDArray[np.bool_]

    @property
    def scale(self) -> NDArray[np.float64]:
        """Largest absolute value of each column."""
        return np.asarray(np.abs(self.predictors).max(axis=0))

    @property
    def slopes(self) -> list[int]:
        """Positions of all terms but the intercept."""
        return [i for i, term in enumerate(self.terms) if term != _INTERCEPT]


def parse_formula(text: Any) -> Formula:
    """Read a formula, or say what in it is not allowed."""
    if not isinstance(text, str):
        message = f"the formula must be text such as 'y ~ x', not {type(text).__name__}."
        raise SpecificationError(message)
    flat = " ".join(text.split())
    if len(flat) > _LONGEST:
        message = f"the formula has {len(flat)} characters; at most {_LONGEST} are read."
        raise SpecificationError(message)
    python, tildes = _to_python(flat)
    if len(tildes) != 1:
        message = f"{flat!r} has {len(tildes)} ~ signs; a formula reads 'outcome ~ predictors'."
        raise SpecificationError(message)
    cut = tildes[0]
    outcome = _columns(_parse_side(python, 0, cut, flat), flat)
    predictors = _columns(_parse_side(python, cut + 1, len(python), flat), flat)
    if not outcome:
        message = f"{flat!r} names no outcome before the ~ sign."
        raise SpecificationError(message)
    return Formula(flat, plain_name(flat[:cut].strip()), outcome, predictors)


def used_columns(formula: Formula, data: pd.DataFrame) -> pd.DataFrame:
    """Take the columns of the formula: outcome as numbers, predictors as numbers or categories."""
    names = tuple(dict.fromkeys(formula.outcome_columns + formula.predictor_columns))
    check_columns(data, names)
    twice = [name for name in names if (data.columns == name).sum() > 1]
    if twice:
        message = f"column name(s) used more than once: {join_names(twice)}. Rename them."
        raise DataError(message)
    columns = {name: _predictor(data[name], name) for name in names}
    outcome = check_items(data[list(formula.outcome_columns)])
    frame = pd.DataFrame(columns, index=data.index)
    frame[list(outcome.columns)] = outcome
    return frame


def build_design(formula: Formula, used: pd.DataFrame) -> Design:
    """Evaluate the formula on complete rows."""
    import patsy  # slow to import, so it stands here

    _check_levels(used)
    environment = patsy.EvalEnvironment([{**_NUMPY, "np": SimpleNamespace(**_NUMPY)}])
    keep_all = patsy.NAAction(NA_types=[])
    try:
        with np.errstate(all="ignore"):  # log(0) and the like are refused below
            left, right = patsy.dmatrices(
                formula.text, used.reset_index(drop=True), environment, NA_action=keep_all
            )
    except (patsy.PatsyError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        message = f"the formula {formula.text!r} cannot be evaluated: {reason}."
        raise SpecificationError(message) from error
    if right.shape[1] == 0:
        message = f"{formula.text!r} leaves no term to estimate."
        raise SpecificationError(message)
    if left.shape[1] != 1:
        message = (
            f"{formula.outcome!r} is {left.shape[1]} outcomes; a regression has one. For a sum "
            "write I(a + b)."
        )
        raise SpecificationError(message)
    _check_finite(left, formula)
    _check_finite(right, formula)
    info = right.design_info
    return Design(
        outcome=np.asarray(left)[:, 0],
        predictors=np.asarray(right),
        terms=tuple(map(plain_name, info.column_names)),
        is_numeric=_numeric_columns(info),
    )


def plain_name(term: str) -> str:
    """Write a term without the quotes that Q() needs.

    Examples
    --------
    >>> plain_name("Q('team size'):age")
    'team size:age'
    """
    for quote in ("'", '"'):
        while f"Q({quote}" in term:
            before, _, rest = term.partition(f"Q({quote}")
            name, _, after = rest.partition(f"{quote})")
            term = before + name + after
    return term


def _to_python(text: str) -> tuple[str, list[int]]:
    """Give the text with ':' as an operator of Python, and the places of '~'."""
    quote, python, tildes = "", [], []
    for place, sign in enumerate(text):
        if quote or sign in "'\"":
            quote = "" if sign == quote else quote or sign
        elif sign in "@#`\\":
            raise _refusal(text, place, f"{sign} has no meaning in a formula")
        elif sign == "~":
            tildes.append(place)
        python.append("@" if sign == ":" and not quote else sign)
    return "".join(python), tildes


def _parse_side(python: str, start: int, stop: int, text: str) -> ast.expr:
    """Parse one side of the formula without evaluating it."""
    side = python[start:stop]
    start += len(side) - len(side.lstrip())
    try:
        tree = ast.parse(side.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        offset = getattr(error, "offset", None) or 1
        raise _refusal(text, start + offset - 1, "it cannot be read here") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            node.col_offset += start
    return tree


def _columns(tree: ast.expr, text: str) -> tuple[str, ...]:
    """Name the columns of one side, once each, and refuse whatever is not allowed."""
    try:
        return tuple(dict.fromkeys(_walk(tree, text, inside="")))
    except RecursionError as error:
        raise _refusal(text, 0, "it is too long") from error


def _walk(node: ast.expr, text: str, inside: str) -> Iterator[str]:
    """Go through the tree; ``inside`` is the function whose argument this is."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Constant):
        if not _is_number(node):
            raise _refusal(text, node.col_offset, "only numbers of a usual size may stand here")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        yield from _walk(node.operand, text, inside)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        _check_operator(node, text, inside)
        yield from _walk(node.left, text, inside)
        yield from _walk(node.right, text, inside)
    elif isinstance(node, ast.Call):
        yield from _walk_call(node, text)
    else:
        raise _refusal(text, node.col_offset, "only names, numbers, + - * / : ** may stand here")


def _walk_call(node: ast.Call, text: str) -> Iterator[str]:
    """Go through the argument of an allowed function."""
    function = _function_name(node.func)
    if function not in _FUNCTIONS:
        allowed = ", ".join(sorted(_FUNCTIONS))
        raise _refusal(text, node.col_offset, f"only these functions may be called: {allowed}")
    first, *others = node.args or [node]
    if first is node or node.keywords or not _may_follow(others, function):
        reason = f"{function}() takes one argument"
        if function == "C":
            reason += " and perhaps Sum or Treatment('reference')"
        raise _refusal(text, node.col_offset, reason)
    if function != "Q":
        yield from _walk(first, text, inside=function)
    elif isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value
    else:
        raise _refusal(text, node.col_offset, "Q() takes a column name in quotes")


def _may_follow(arguments: list[ast.expr], function: str) -> bool:
    """Tell whether a function may take these arguments after its first: C() a coding."""
    if not arguments:
        return True
    coding, *more = arguments
    if more or function != "C":
        return False
    if isinstance(coding, ast.Name):
        return coding.id in _CODINGS
    if not isinstance(coding, ast.Call) or _function_name(coding.func) != "Treatment":
        return False
    references = [*coding.args, *(keyword.value for keyword in coding.keywords)]
    named = {keyword.arg for keyword in coding.keywords} <= {"reference"}
    return named and len(references) <= 1 and all(map(_is_level, references))


def _function_name(node: ast.expr) -> str:
    """Name a called function: log and np.log are the same."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if node.value.id == "np" and node.attr in _NUMPY else ""
    return node.id if isinstance(node, ast.Name) else ""


def _is_number(node: ast.Constant) -> bool:
    """Tell whether a constant is a number of a usual size."""
    return type(node.value) in (int, float) and abs(node.value) <= _LARGEST_NUMBER  # type: ignore[arg-type]


def _is_level(node: ast.expr) -> bool:
    """Tell whether this is the name or number of a category."""
    return isinstance(node, ast.Constant) and (isinstance(node.value, str) or _is_number(node))


def _check_operator(node: ast.BinOp, text: str, inside: str) -> None:
    """Keep ':' out of functions, and powers small enough to compute."""
    if isinstance(node.op, ast.MatMult) and inside:
        raise _refusal(text, node.right.col_offset, f"':' has no meaning inside {inside}()")
    if isinstance(node.op, ast.Pow):
        power = getattr(node.right, "value", None)
        largest = _LARGEST_POWER if inside else _HIGHEST_ORDER
        if type(power) is not int or not 0 < power <= largest:
            reason = f"a power here must be a whole number from 1 to {largest}"
            raise _refusal(text, node.right.col_offset, reason)
        if not any(isinstance(part, ast.Name) for part in ast.walk(node.left)):
            raise _refusal(text, node.left.col_offset, "write the number itself")


def _refusal(text: str, place: int, reason: str) -> SpecificationError:
    """Show the formula with a mark under the place."""
    return SpecificationError(f"formula refused, {reason}:\n  {text}\n  {' ' * place}^")


def _predictor(column: pd.Series[Any], name: str) -> pd.Series[Any]:
    """Give a predictor as floats or, if it holds texts, as categories."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column
    if pd.api.types.infer_dtype(column, skipna=True) == "string":
        return pd.Series(pd.Categorical(column), index=column.index)
    return check_items(column.to_frame(name))[name]


def _check_levels(used: pd.DataFrame) -> None:
    """Refuse categories that cannot be compared."""
    for name in used.select_dtypes("category"):
        n_levels = used[name].nunique()
        if n_levels < 2 or n_levels >= len(used):
            message = (
                f"{name} has {n_levels} categories among {len(used)} rows; categories can only be "
                "compared if there are two or more, each with some rows. Leave it out."
            )
            raise InsufficientDataError(message)


def _check_finite(design: Any, formula: Formula) -> None:
    """Refuse terms that have no value in some rows."""
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(np.asarray(design)) < LARGEST)
    if bad.any():
        names = np.array(design.design_info.column_names)[bad.any(axis=0)].tolist()
        message = (
            f"in {formula.text!r} {join_names(names)} has no finite value in "
            f"{bad.any(axis=1).sum()} row(s): a logarithm or root of a number that has none, a "
            "division by zero, or numbers beyond 1e100?"
        )
        raise DataError(message)


def _numeric_columns(info: Any) -> NDArray[np.bool_]:
    """Tell which columns of the design stem from numbers alone, the intercept not among them."""
    numeric = np.zeros(len(info.column_names), dtype=bool)
    for term in info.terms:
        kinds = {info.factor_infos[factor].type for factor in term.factors}
        numeric[info.term_slices[term]] = kinds == {"numerical"}
    return numeric
