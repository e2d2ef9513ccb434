# Kaiser-Meyer-Olkin measures and Bartlett's test.
source("tests/reference/make/common.R")
suppressPackageStartupMessages({
  library(psych)
  library(lavaan)
})

polychoric_of <- function(d) unclass(lavCor(as.data.frame(lapply(d, ordered)), output = "cor"))

factorability_case <- function(id, path, columns, reverse = character(), correlation = "pearson") {
  d <- items_of(path, columns, reverse)
  m <- if (correlation == "pearson") cor(d) else polychoric_of(d)
  k <- psych::KMO(m)
  b <- psych::cortest.bartlett(m, n = nrow(d))
  call <- if (correlation == "pearson") "m <- cor(d)" else "m <- lavaan::lavCor(ordered d)"
  list(
    id = id, call = paste0(call, "; psych::KMO(m); psych::cortest.bartlett(m, n = nrow(d))"),
    correlation = correlation,
    data = data_of(path, columns, reverse),
    expected = list(
      kmo = k$MSA, msa = unname(k$MSAi), bartlett_chisq = b$chisq, bartlett_df = b$df,
      bartlett_p_value = b$p.value, n_obs = nrow(d)
    )
  )
}

write_cases(
  "factorability", c("psych", "lavaan", "jsonlite"),
  # lavaan's polychoric correlations end some 1e-8 before the maximum
  list(
    kmo = 1e-7, msa = 5e-7, bartlett_chisq = 1e-3, bartlett_df = 0, bartlett_p_value = 1e-12,
    n_obs = 0
  ),
  list(
    factorability_case("climate survey, 19 items", lq2002_path, c(lead, tsig, hostil)),
    factorability_case("TSIG", lq2002_path, tsig),
    factorability_case("bfi, 25 items", bfi_path, bfi_items, bfi_reversed),
    factorability_case("bfi, polychoric", bfi_path, bfi_items, bfi_reversed, "polychoric"),
    factorability_case("cieb, polychoric", "tests/data/cieb/cieb.csv", sprintf("Item%d", 1:23), correlation = "polychoric")
  )
)
