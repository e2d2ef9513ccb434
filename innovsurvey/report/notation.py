"""The field's notation for the columns of results, as Markdown that great_tables understands."""

from __future__ import annotations

from typing import Final

COLUMNS: Final[dict[str, str]] = {
    "adj_r_squared": "Adjusted *R*²",
    "ad_m": "AD*M*",
    "advice": "Advice",
    "aic": "AIC",
    "alpha": "α",
    "alpha_drop": "α if dropped",
    "alpha_ordinal": "Ordinal α",
    "alpha_std": "Standardised α",
    "average_r": "Average *r*",
    "beta": "β",
    "bic": "BIC",
    "cfi": "CFI",
    "chisq": "χ²",
    "ci": "CI",
    "communalities": "*h*²",
    "communality": "*h*²",
    "complexity": "Complexity",
    "delta_cfi": "ΔCFI",
    "delta_chisq": "Δχ²",
    "delta_df": "Δ*df*",
    "delta_p": "Δ*p*",
    "delta_rmsea": "ΔRMSEA",
    "delta_srmr": "ΔSRMR",
    "df": "*df*",
    "df_resid": "Residual *df*",
    "eigenvalue": "Eigenvalue",
    "estimate": "Estimate",
    "f_statistic": "*F*",
    "h2": "*h*²",
    "icc1": "ICC(1)",
    "icc2": "ICC(2)",
    "kmo": "KMO",
    "kurtosis": "Kurtosis",
    "max": "Max",
    "max_r": "Highest *r*",
    "max_r_item": "With",
    "mean": "*M*",
    "median": "*Mdn*",
    "min": "Min",
    "missing_share": "Missing share",
    "msa": "MSA",
    "n": "*n*",
    "n_factors": "Factors",
    "n_groups": "Groups",
    "n_items": "Items",
    "n_obs": "*N*",
    "omega_categorical": "ω categorical",
    "omega_h": "ω hierarchical",
    "omega_total": "ω total",
    "p_value": "*p*",
    "proportion_var": "Proportion of variance",
    "r_drop": "Item-rest *r*",
    "r_squared": "*R*²",
    "rmsea": "RMSEA",
    "rwg_j": "*r*WG(J)",
    "sd": "*SD*",
    "se": "*SE*",
    "skew": "Skew",
    "srmr": "SRMR",
    "statistic": "Statistic",
    "std_all": "Standardised",
    "std_estimate": "Standardised",
    "t": "*t*",
    "tli": "TLI",
    "u2": "*u*²",
    "uniqueness": "*u*²",
    "uniquenesses": "*u*²",
    "z": "*z*",
}

# Rows of results that list one statistic a row.
ROWS: Final[dict[str, str]] = {
    "Intercept": "Intercept",
    "alpha": "Cronbach's α",
    "alpha_ordinal": "Ordinal α",
    "alpha_std": "Standardised α",
    "average_r": "Average correlation",
    "glb": "Greatest lower bound",
    "hull": "Hull",
    "kaiser": "Kaiser",
    "lambda1": "Guttman's λ1",
    "lambda2": "Guttman's λ2",
    "lambda3": "Guttman's λ3",
    "lambda4": "Guttman's λ4",
    "lambda5": "Guttman's λ5",
    "lambda6": "Guttman's λ6",
    "map": "MAP",
    "map_4": "MAP, fourth power",
    "omega_categorical": "ω categorical",
    "omega_h": "ω hierarchical",
    "omega_total": "ω total",
    "omega_total_sl": "ω total (Schmid-Leiman)",
    "parallel_components": "Parallel analysis, components",
    "parallel_factors": "Parallel analysis, factors",
    "spearman_brown": "Spearman-Brown",
}

# What great_tables leaves as it is, but LaTeX without extra packages cannot set.
LATEX: Final[dict[str, str]] = {
    "−": "$-$",
    "–": "--",
    "²": "$^2$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "Δ": r"$\Delta$",
    "λ": r"$\lambda$",
    "χ": r"$\chi$",
    "ω": r"$\omega$",
}


def readable(name: str) -> str:
    """Write a name of ours as words.

    Examples
    --------
    >>> readable("missing_share"), readable("F1")
    ('Missing share', 'F1')
    """
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
