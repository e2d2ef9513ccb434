"""Every exception and warning of innovsurvey.

::

    InnovSurveyError                      (in brackets: the built-in error it also is)
    ├── DefinitionError(ValueError)       instrument file wrong; carries .file and .where
    ├── DataError(ValueError)             responses cannot be used as they are
    │   ├── MissingItemsError             carries .missing and .proposals
    │   ├── CodeMismatchError             carries .recode, the proposal
    │   ├── ResponseRangeError            carries .item and .values
    │   └── InsufficientDataError         too few people, items, groups or categories
    ├── ModelError
    │   ├── SpecificationError(ValueError)  model text or options
    │   ├── IdentificationError
    │   └── ConvergenceError              carries .iterations and the last .estimates
    ├── ExportError                       a format cannot hold this instrument
    └── ReportError                       a report could not be made
        └── NotebookError                 a notebook stopped; the pages show how far it got
    InnovSurveyWarning(UserWarning)
    ├── ImproperSolutionWarning           Heywood case, non-positive-definite matrix
    ├── SparseDataWarning                 empty cells, tiny groups
    └── MissingDataWarning                rows or people left out
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class InnovSurveyError(Exception):
    """Base of all errors that innovsurvey raises on purpose."""


class DefinitionError(InnovSurveyError, ValueError):
    """An instrument file cannot be used.

    Parameters
    ----------
    message
        What is wrong and how to mend it.
    file
        The file, as the user named it.
    where
        The place in the file, for example ``line 31, items[4].format``.
    """

    def __init__(self, message: str, *, file: str = "", where: str = "") -> None:
        self.file = file
        self.where = where
        place = ", ".join(part for part in (file, where) if part)
        super().__init__(f"{place}: {message}" if place else message)


class DataError(InnovSurveyError, ValueError):
    """Responses cannot be used as they are."""


class MissingItemsError(DataError):
    """Item columns are not in the data.

    Parameters
    ----------
    message
        What is missing and what to do.
    missing
        The items.
    proposals
        Headings whose words are near those of an item, for ``columns=`` after a person's look.
    """

    def __init__(
        self, message: str, *, missing: Sequence[str], proposals: Mapping[str, str] | None = None
    ) -> None:
        self.missing = tuple(missing)
        self.proposals = dict(proposals or {})
        super().__init__(message)


class CodeMismatchError(DataError):
    """The codes or labels of a file are not those of the instrument.

    Parameters
    ----------
    message
        What differs and what to do.
    recode
        The proposal for ``recode=``: item or format -> code in the file -> code of the instrument.
    """

    def __init__(self, message: str, *, recode: Mapping[str, Mapping[str, float]]) -> None:
        self.recode = {owner: dict(codes) for owner, codes in recode.items()}
        super().__init__(message)


class ResponseRangeError(DataError):
    """An item holds values outside its response format."""

    def __init__(self, message: str, *, item: str, values: Sequence[Any]) -> None:
        self.item = item
        self.values = tuple(values)
        super().__init__(message)


class InsufficientDataError(DataError):
    """Too few people, items, groups or categories for what was asked."""


class ModelError(InnovSurveyError):
    """A model cannot be set up or estimated."""


class SpecificationError(ModelError, ValueError):
    """The model text or an option is wrong."""


class IdentificationError(ModelError):
    """The data cannot tell the parameters apart."""


class ConvergenceError(ModelError):
    """The estimation stopped before reaching a solution.

    ``iterations`` and ``estimates`` hold where it stopped.
    """

    def __init__(self, message: str, *, iterations: int, estimates: Any = None) -> None:
        self.iterations = iterations
        self.estimates = estimates
        super().__init__(message)


class ExportError(InnovSurveyError):
    """A file format cannot hold what should be written to it."""


class ReportError(InnovSurveyError):
    """A report could not be made."""


class NotebookError(ReportError):
    """A notebook stopped with an error; the pages written show how far it got."""


class InnovSurveyWarning(UserWarning):
    """Base of all warnings."""


class ImproperSolutionWarning(InnovSurveyWarning):
    """An estimate lies outside what the model allows, for example a negative variance."""


class SparseDataWarning(InnovSurveyWarning):
    """Cells or groups are too thin for a steady estimate."""


class MissingDataWarning(InnovSurveyWarning):
    """Rows or people were left out."""
