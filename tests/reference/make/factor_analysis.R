# Exploratory factor analysis as psych::fa does it.
source("tests/reference/make/common.R")
suppressPackageStartupMessages({
  library(psych)
  library(GPArotation)
})

plain <- function(x) unname(unclass(as.matrix(x)))

fa_case <- function(id, path, columns, nfactors, fm, rotate, reverse = character()) {
  d <- items_of(path, columns, reverse)
  f <- psych::fa(d, nfactors, fm = fm, rotate = rotate, warnings = FALSE)
  list(
    id = id, call = sprintf("psych::fa(d, %d, fm = '%s', rotate = '%s')", nfactors, fm, rotate),
    data = data_of(path, columns, reverse), n_factors = nfactors, method = fm,
    rotation = if (rotate == "none") NULL else rotate,
    expected = list(
      loadings = plain(f$loadings), phi = if (is.null(f$Phi)) NULL else plain(f$Phi),
      structure = plain(f$Structure), communalities = unname(f$communality),
      uniquenesses = unname(f$uniquenesses), eigenvalues = unname(f$e.values),
      proportion_var = unname(f$Vaccounted[2, ]), chisq = f$STATISTIC, df = f$dof,
      p_value = f$PVAL, tli = f$TLI, rmsea = unname(f$RMSEA[1]), bic = f$BIC, n_obs = nrow(d)
    )
  )
}

cases <- list()
for (fm in c("minres", "ml")) {
  for (rotate in c("oblimin", "promax", "varimax", "none")) {
    cases <- c(cases, list(
      fa_case(paste("climate survey", fm, rotate), lq2002_path, c(lead, tsig, hostil), 3, fm, rotate),
      fa_case(paste("bfi", fm, rotate), bfi_path, bfi_items, 5, fm, rotate, bfi_reversed)
    ))
  }
  cases <- c(cases, list(fa_case(paste("one factor", fm), lq2002_path, lead, 1, fm, "none")))
}

write_cases(
  "factor_analysis", c("psych", "GPArotation", "jsonlite"),
  list(
    # psych's minimiser and GPArotation stop some 1e-6 before the minimum
    loadings = 3e-5, phi = 2e-5, structure = 3e-5, communalities = 2e-5, uniquenesses = 2e-5,
    eigenvalues = 1e-8, proportion_var = 1e-5, chisq = 5e-3, df = 0, p_value = 1e-12,
    tli = 1e-6, rmsea = 1e-6, bic = 5e-3, n_obs = 0
  ),
  cases
)
