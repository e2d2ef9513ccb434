import subprocess
import sys

import innovsurvey as isv

PUBLIC = [
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


def test_the_public_names_are_these():
    assert dir(isv) == PUBLIC
    assert all(hasattr(isv, name) for name in PUBLIC)


def test_every_public_function_is_documented_with_an_example():
    for name in PUBLIC:
        doc = getattr(isv, name).__doc__ or ""
        if callable(getattr(isv, name)) and name[0].islower():
            assert "Parameters" in doc or "Returns" in doc, name
            assert ">>>" in doc, name


def test_heavy_libraries_are_loaded_only_where_they_are_used():
    """What costs time is loaded by the function that needs it, not by the import."""
    code = (
        "import sys, pandas\n"
        "before = set(sys.modules)\n"
        "import innovsurvey\n"
        "new = set(sys.modules) - before\n"
        "print(*{name.split('.')[0] for name in new}, *(n for n in new if n == 'scipy.stats'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert "scipy.stats" not in done.stdout.split()
    heavy = {
        "factor_analyzer", "great_tables", "jsonschema", "matplotlib", "nbconvert", "nbclient",
        "pingouin", "seaborn", "sklearn", "statsmodels", "typer",
    }  # fmt: skip
    assert not heavy & set(done.stdout.split())
