# Number of factors by psych: fa.parallel, and Velicer's MAP of vss; congruence of factors.
source("tests/reference/make/common.R")
suppressPackageStartupMessages({
  library(psych)
  library(GPArotation)
})

verdict_case <- function(id, path, columns, reverse = character(), n_iter = 200) {
  d <- items_of(path, columns, reverse)
  set.seed(1)
  p <- fa.parallel(d, fa = "both", n.iter = n_iter, sim = FALSE, plot = FALSE, quant = 0.95)
  s <- fa.parallel(d, fa = "both", n.iter = n_iter, sim = FALSE, plot = FALSE, quant = 0.95, SMC = TRUE)
  k <- length(columns)
  v <- vss(d, n = k - 1, rotate = "none", plot = FALSE)
  at <- function(x, from) unname(apply(x$values[, from + 1:k], 2, quantile, 0.95))
  list(
    id = id, call = sprintf("fa.parallel(d, n.iter = %d, sim = FALSE); vss(d, n = %d)$map", n_iter, k - 1),
    data = data_of(path, columns, reverse),
    expected = list(
      components = p$pc.values, factors = p$fa.values, factors_smc = s$fa.values,
      chance_components = at(p, 0), chance_factors = at(p, k), chance_factors_smc = at(s, k),
      n_factors = p$nfact, n_components = p$ncomp, n_factors_smc = s$nfact, map = v$map
    )
  )
}
half <- function(d, odd) d[seq_len(nrow(d)) %% 2 == odd, ]
write_cases(
  "number_of_factors", c("psych", "GPArotation", "jsonlite"),
  list(
    components = 1e-8, factors = 2e-5, factors_smc = 1e-8, map = 1e-8,
    # 95% quantiles of 200 draws on either side
    chance_components = 0.02, chance_factors = 0.02, chance_factors_smc = 0.02,
    n_factors = 0, n_components = 0, n_factors_smc = 0
  ),
  list(
    verdict_case("climate survey", lq2002_path, c(lead, tsig, hostil)),
    verdict_case("bfi", bfi_path, bfi_items, bfi_reversed),
    verdict_case("cieb", "tests/data/cieb/cieb.csv", sprintf("Item%d", 1:23)),
    verdict_case("holzinger", "tests/data/holzinger/holzinger.csv", sprintf("x%d", 1:9))
  )
)

congruence_case <- function(id, path, columns, nfactors, reverse = character()) {
  d <- items_of(path, columns, reverse)
  one <- fa(half(d, 1), nfactors)
  two <- fa(half(d, 0), nfactors)
  list(
    id = id, call = sprintf("factor.congruence(fa(odd rows, %d), fa(even rows, %d), digits = 12)", nfactors, nfactors),
    data = data_of(path, columns, reverse), n_factors = nfactors,
    expected = list(matrix = unname(factor.congruence(one, two, digits = 12)))
  )
}
write_cases(
  "congruence", c("psych", "GPArotation", "jsonlite"), list(matrix = 5e-5),
  list(
    congruence_case("climate survey", lq2002_path, c(lead, tsig, hostil), 3),
    congruence_case("bfi", bfi_path, bfi_items, 5, bfi_reversed)
  )
)
