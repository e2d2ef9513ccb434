# Exploratory factor analysis as psych::fa does it.
source("tests/reference/make/common.R")
suppressPackageStartupMessages({
  library(psych)
  library(GPArotation)
})

cieb_path <- "tests/data/cieb/cieb.csv"
holzinger_path <- "tests/data/holzinger/holzinger.csv"
plain <- function(x) unname(unclass(as.matrix(x)))
# psych's names of rotations, and ours
ours <- c(geominQ = "geomin", geominT = "geomin_ort")

# The rows of psych's variance table; a single factor has the first two only.
variance <- function(f) {
  ss <- f$Vaccounted[1, ]
  share <- f$Vaccounted[2, ]
  plain(cbind(ss, share, cumsum(share), ss / sum(ss), cumsum(ss / sum(ss))))
}

fa_case <- function(id, path, columns, nfactors, fm, rotate, reverse = character()) {
  d <- items_of(path, columns, reverse)
  f <- psych::fa(d, nfactors, fm = fm, rotate = rotate, max.iter = 5000, warnings = FALSE)
  list(
    id = id,
    call = sprintf("psych::fa(d, %d, fm = '%s', rotate = '%s', max.iter = 5000)", nfactors, fm, rotate),
    data = data_of(path, columns, reverse), n_factors = nfactors, method = fm,
    rotation = if (rotate == "none") NULL else if (rotate %in% names(ours)) ours[[rotate]] else rotate,
    expected = list(
      loadings = plain(f$loadings), phi = if (is.null(f$Phi)) NULL else plain(f$Phi),
      structure = plain(f$Structure), communalities = unname(f$communality),
      uniquenesses = unname(f$uniquenesses), complexity = unname(f$complexity),
      eigenvalues = unname(f$e.values), variance = variance(f),
      chisq = f$STATISTIC, df = f$dof, p_value = f$PVAL, tli = f$TLI, rmsea = unname(f$RMSEA[1]),
      rmsea_ci_lower = unname(f$RMSEA[2]), rmsea_ci_upper = unname(f$RMSEA[3]),
      bic = f$BIC, rmsr = f$rms, n_obs = nrow(d)
    )
  )
}

cases <- list()
for (fm in c("minres", "ml", "pa")) {
  for (rotate in c("oblimin", "promax", "varimax", "none")) {
    cases <- c(cases, list(
      fa_case(paste("climate survey", fm, rotate), lq2002_path, c(lead, tsig, hostil), 3, fm, rotate),
      fa_case(paste("bfi", fm, rotate), bfi_path, bfi_items, 5, fm, rotate, bfi_reversed)
    ))
  }
  cases <- c(cases, list(
    fa_case(paste("one factor", fm), lq2002_path, lead, 1, fm, "none"),
    fa_case(paste("cieb", fm), cieb_path, sprintf("Item%d", 1:23), 3, fm, "oblimin"),
    fa_case(paste("holzinger", fm), holzinger_path, sprintf("x%d", 1:9), 3, fm, "oblimin")
  ))
}
for (rotate in c("quartimin", "quartimax", "equamax", "geominQ", "geominT")) {
  cases <- c(cases, list(
    fa_case(paste("climate survey minres", rotate), lq2002_path, c(lead, tsig, hostil), 3, "minres", rotate),
    fa_case(paste("bfi minres", rotate), bfi_path, bfi_items, 5, "minres", rotate, bfi_reversed),
    fa_case(paste("holzinger minres", rotate), holzinger_path, sprintf("x%d", 1:9), 3, "minres", rotate)
  ))
}

write_cases(
  "factor_analysis", c("psych", "GPArotation", "jsonlite"),
  list(
    # psych's minimiser and GPArotation stop some 1e-6 before the minimum
    loadings = 3e-5, phi = 2e-5, structure = 3e-5, communalities = 2e-5, uniquenesses = 2e-5,
    # complexity has fourth powers of loadings below and its values go up to 4
    complexity = 2e-4, eigenvalues = 1e-8, variance = 1e-4, chisq = 5e-3, df = 0,
    p_value = 1e-6, tli = 1e-6, rmsea = 1e-6,
    # psych looks for the ends with uniroot, whose default tolerance is 1e-4 of the noncentrality
    rmsea_ci_lower = 1e-6, rmsea_ci_upper = 1e-6, bic = 5e-3, rmsr = 1e-6, n_obs = 0
  ),
  cases
)
