# Kaiser-Meyer-Olkin measures and Bartlett's test.
source("tests/reference/make/common.R")
suppressPackageStartupMessages(library(psych))

factorability_case <- function(id, path, columns, reverse = character()) {
  d <- items_of(path, columns, reverse)
  k <- psych::KMO(cor(d))
  b <- psych::cortest.bartlett(cor(d), n = nrow(d))
  list(
    id = id, call = "psych::KMO(cor(d)); psych::cortest.bartlett(cor(d), n = nrow(d))",
    data = data_of(path, columns, reverse),
    expected = list(
      kmo = k$MSA, msa = unname(k$MSAi), bartlett_chisq = b$chisq, bartlett_df = b$df,
      bartlett_p_value = b$p.value, n_obs = nrow(d)
    )
  )
}

write_cases(
  "factorability", c("psych", "jsonlite"),
  list(
    kmo = 1e-8, msa = 1e-8, bartlett_chisq = 1e-6, bartlett_df = 0, bartlett_p_value = 1e-12,
    n_obs = 0
  ),
  list(
    factorability_case("climate survey, 19 items", lq2002_path, c(lead, tsig, hostil)),
    factorability_case("TSIG", lq2002_path, tsig),
    factorability_case("bfi, 25 items", bfi_path, bfi_items, bfi_reversed)
  )
)
