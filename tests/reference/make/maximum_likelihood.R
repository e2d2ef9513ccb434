# Uniquenesses by maximum likelihood from stats::factanal, run to full precision.
source("tests/reference/make/common.R")

factanal_case <- function(id, path, columns, factors, reverse = character()) {
  d <- items_of(path, columns, reverse)
  f <- factanal(
    d, factors, rotation = "none",
    control = list(opt = list(factr = 1, pgtol = 0, maxit = 10000), nstart = 1)
  )
  list(
    id = id, call = sprintf("factanal(d, %d, rotation = 'none', control = list(opt = list(factr = 1, pgtol = 0)))", factors),
    data = data_of(path, columns, reverse), n_factors = factors,
    expected = list(uniquenesses = unname(f$uniquenesses), chisq = unname(f$STATISTIC), df = f$dof)
  )
}

write_cases(
  "maximum_likelihood", c("stats", "jsonlite"),
  list(uniquenesses = 1e-6, chisq = 1e-6, df = 0),
  list(
    factanal_case("climate survey, 3 factors", lq2002_path, c(lead, tsig, hostil), 3),
    factanal_case("bfi, 5 factors", bfi_path, bfi_items, 5, bfi_reversed),
    factanal_case("LEAD, 2 factors", lq2002_path, lead, 2)
  )
)
