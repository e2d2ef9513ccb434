# Alpha with its interval, item statistics and omega of one factor.
source("tests/reference/make/common.R")
suppressPackageStartupMessages(library(psych))

consistency_case <- function(id, path, columns, reverse = character()) {
  d <- items_of(path, columns, reverse)
  a <- psych::alpha(d, warnings = FALSE)
  ci <- psych::alpha.ci(a$total$raw_alpha, nrow(d), ncol(d))
  f <- psych::fa(d, 1, fm = "minres")
  l <- as.vector(f$loadings)
  list(
    id = id, call = "psych::alpha(d); psych::alpha.ci(); psych::fa(d, 1, fm = 'minres')",
    data = data_of(path, columns, reverse),
    expected = list(
      alpha = a$total$raw_alpha, alpha_std = a$total$std.alpha, average_r = a$total$average_r,
      alpha_ci = c(ci$lower.ci, ci$upper.ci), n_obs = nrow(d),
      omega_total = sum(l)^2 / (sum(l)^2 + sum(f$uniquenesses)),
      r_drop = a$item.stats$r.drop, alpha_drop = a$alpha.drop$raw_alpha,
      mean = unname(colMeans(d)), sd = unname(apply(d, 2, sd))
    )
  )
}

write_cases(
  "consistency", c("psych", "jsonlite"),
  list(
    alpha = 1e-8, alpha_std = 1e-8, average_r = 1e-8, alpha_ci = 1e-8, n_obs = 0,
    r_drop = 1e-8, alpha_drop = 1e-8, mean = 1e-8, sd = 1e-8,
    # psych's minimiser stops a few 1e-6 before the minimum
    omega_total = 1e-6
  ),
  list(
    consistency_case("LEAD", lq2002_path, lead),
    consistency_case("TSIG", lq2002_path, tsig),
    consistency_case("HOSTIL", lq2002_path, hostil),
    consistency_case("bfi agreeableness", bfi_path, paste0("A", 1:5), "A1"),
    consistency_case("bfi conscientiousness", bfi_path, paste0("C", 1:5), c("C4", "C5"))
  )
)
