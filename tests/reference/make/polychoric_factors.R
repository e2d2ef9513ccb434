# Factors of polychoric correlations: lavaan's matrix, factored by psych::fa.
source("tests/reference/make/common.R")
suppressPackageStartupMessages({
  library(psych)
  library(GPArotation)
  library(lavaan)
})

plain <- function(x) unname(unclass(as.matrix(x)))
ordinal_path <- "tests/data/ordinal/ordinal.csv"

poly_case <- function(id, path, columns, nfactors, fm, rotate = "oblimin", reverse = character()) {
  d <- items_of(path, columns, reverse)
  r <- unclass(lavCor(as.data.frame(lapply(d, ordered)), output = "cor"))
  f <- psych::fa(r, nfactors, n.obs = nrow(d), fm = fm, rotate = rotate, max.iter = 5000, warnings = FALSE)
  list(
    id = id,
    call = sprintf("psych::fa(lavaan::lavCor(d), %d, n.obs = %d, fm = '%s', rotate = '%s')", nfactors, nrow(d), fm, rotate),
    data = data_of(path, columns, reverse), n_factors = nfactors, method = fm, rotation = rotate,
    expected = list(
      matrix = plain(r), loadings = plain(f$loadings), phi = if (is.null(f$Phi)) NULL else plain(f$Phi),
      uniquenesses = unname(f$uniquenesses), chisq = f$STATISTIC, tli = f$TLI,
      rmsea = unname(f$RMSEA[1]), bic = f$BIC, rmsr = f$rms
    )
  )
}
o <- sprintf("o%d", 1:12)
cases <- list()
for (fm in c("minres", "ml", "pa")) {
  cases <- c(cases, list(
    poly_case(paste("simulated", fm), ordinal_path, o, 3, fm),
    poly_case(paste("bfi", fm), bfi_path, bfi_items, 5, fm, "oblimin", bfi_reversed),
    poly_case(paste("climate survey", fm), lq2002_path, c(lead, tsig, hostil), 3, fm, "varimax"),
    poly_case(paste("cieb", fm), "tests/data/cieb/cieb.csv", sprintf("Item%d", 1:23), 3, fm, "promax")
  ))
}
write_cases(
  "polychoric_factors", c("psych", "lavaan", "GPArotation", "jsonlite"),
  # loadings and phi as the issue asks; lavaan's correlations end some 1e-6 before the maximum
  list(
    matrix = 1e-5, loadings = 1e-4, phi = 1e-4, uniquenesses = 1e-4, chisq = 0.05, tli = 1e-4,
    rmsea = 1e-4, bic = 0.05, rmsr = 1e-5
  ),
  cases
)
