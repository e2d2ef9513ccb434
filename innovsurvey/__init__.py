"""Surveys on innovation culture and public leadership, from questionnaire to published evidence."""

from innovsurvey.base.places import sample_path
from innovsurvey.definitions.load import check_instrument, list_instruments, load_instrument
from innovsurvey.definitions.model import Instrument
from innovsurvey.responses.model import Responses
from innovsurvey.responses.read import read_responses
from innovsurvey.responses.scoring import score_scales
from innovsurvey.responses.loading import load_responses
from innovsurvey.measurement.reliability import reliability
from innovsurvey.measurement.correlations import correlations
from innovsurvey.measurement.factorability import factorability
from innovsurvey.measurement.efa import efa
from innovsurvey.models.regression import regression
from innovsurvey.report.notebooks import publish
from innovsurvey.report.tables import table
from innovsurvey.report import plots
from innovsurvey import errors
