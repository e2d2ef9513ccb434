"""Surveys on innovation culture and public leadership, from questionnaire to published evidence."""

from importlib.metadata import version

from innovsurvey import errors
from innovsurvey.base.places import sample_path
from innovsurvey.definitions.forms import check_instrument, list_forms, load_form
from innovsurvey.definitions.load import list_instruments, load_instrument
from innovsurvey.definitions.model import Instrument
from innovsurvey.definitions.questionnaire import Questionnaire
from innovsurvey.definitions.translation import add_translation, translation_sheet
from innovsurvey.drafting.new import new_instrument
from innovsurvey.measurement.congruence import congruence
from innovsurvey.measurement.correlations import correlations
from innovsurvey.measurement.efa import efa
from innovsurvey.measurement.factorability import factorability
from innovsurvey.measurement.item_analysis import item_analysis
from innovsurvey.measurement.n_factors import n_factors
from innovsurvey.measurement.parallel_analysis import parallel_analysis
from innovsurvey.measurement.reliability import reliability
from innovsurvey.models.regression import regression
from innovsurvey.questionnaire.export import export_questionnaire
from innovsurvey.report import plots
from innovsurvey.report.data_report import data_report
from innovsurvey.report.exclusion import effect_of_exclusion
from innovsurvey.report.notebooks import publish
from innovsurvey.report.tables import table
from innovsurvey.responses.feedback import feedback
from innovsurvey.responses.governance import governance_balance
from innovsurvey.responses.loading import load_responses
from innovsurvey.responses.match import match_columns
from innovsurvey.responses.missing_data import missing_data
from innovsurvey.responses.model import Responses
from innovsurvey.responses.observers import observer_gap
from innovsurvey.responses.participation import participation
from innovsurvey.responses.read import read_responses
from innovsurvey.responses.roles import role_profile
from innovsurvey.responses.scoring import score_scales
from innovsurvey.responses.screening import screen_responses
from innovsurvey.responses.simulate import simulate_responses, simulate_study, write_study
from innovsurvey.responses.writing import write_responses

__version__ = version("innovsurvey")

__all__ = [
    "Instrument",
    "Questionnaire",
    "Responses",
    "__version__",
    "add_translation",
    "check_instrument",
    "congruence",
    "correlations",
    "data_report",
    "efa",
    "effect_of_exclusion",
    "errors",
    "export_questionnaire",
    "factorability",
    "feedback",
    "governance_balance",
    "item_analysis",
    "list_forms",
    "list_instruments",
    "load_form",
    "load_instrument",
    "load_responses",
    "match_columns",
    "missing_data",
    "n_factors",
    "new_instrument",
    "observer_gap",
    "parallel_analysis",
    "participation",
    "plots",
    "publish",
    "read_responses",
    "regression",
    "reliability",
    "role_profile",
    "sample_path",
    "score_scales",
    "screen_responses",
    "simulate_responses",
    "simulate_study",
    "table",
    "translation_sheet",
    "write_responses",
    "write_study",
]


def __dir__() -> list[str]:
    """List the public names only."""
    return __all__
