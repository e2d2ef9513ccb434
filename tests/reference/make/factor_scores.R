# Weights, determinacy and correlations of factor scores by psych::factor.scores.
source("tests/reference/make/common.R")
suppressPackageStartupMessages({
  library(psych)
  library(GPArotation)
})

plain <- function(x) unname(unclass(as.matrix(x)))
theirs <- c(regression = "Thurstone", bartlett = "Bartlett", tenberge = "tenBerge")

score_case <- function(id, path, columns, nfactors, rotate, method, reverse = character()) {
  d <- items_of(path, columns, reverse)
  # weights follow the loadings, so both come from the end of the minimisation
  f <- psych::fa(d, nfactors, rotate = rotate)
  s <- psych::factor.scores(d, f, method = theirs[[method]])
  S <- if (is.null(f$Phi)) unclass(f$loadings) else unclass(f$loadings) %*% f$Phi
  r <- cor(d)
  determinacy <- diag(t(s$weights) %*% S) / sqrt(diag(t(s$weights) %*% r %*% s$weights))
  list(
    id = id, call = sprintf("factor.scores(d, fa(d, %d, rotate = '%s'), method = '%s')", nfactors, rotate, theirs[[method]]),
    data = data_of(path, columns, reverse), n_factors = nfactors,
    rotation = rotate, method = method,
    expected = list(
      weights = plain(s$weights), determinacy = unname(determinacy), correlations = plain(s$r.scores),
      first = plain(s$scores[1:20, ])
    )
  )
}
cases <- list()
for (method in names(theirs)) {
  for (rotate in c("oblimin", "varimax")) {
    cases <- c(cases, list(
      score_case(paste("climate survey", method, rotate), lq2002_path, c(lead, tsig, hostil), 3, rotate, method),
      score_case(paste("bfi", method, rotate), bfi_path, bfi_items, 5, rotate, method, bfi_reversed)
    ))
  }
}
write_cases(
  "factor_scores", c("psych", "GPArotation", "jsonlite"),
  # the loadings agree to 3e-5; weights of Bartlett divide them by uniquenesses
  list(weights = 1e-4, determinacy = 2e-5, correlations = 5e-5, first = 3e-4), cases
)
