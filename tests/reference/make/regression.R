# Least squares with the standard errors of the package sandwich.
source("tests/reference/make/common.R")
suppressPackageStartupMessages(library(sandwich))

regression_case <- function(id, formula, cov_type, cluster = NULL, weights = NULL, hole_every = 0) {
  d <- read.csv(lq2002_path)
  d$SIZE <- ifelse(d$COMPID %% 3 == 0, "large", ifelse(d$COMPID %% 3 == 1, "middle", "small"))
  if (hole_every > 0) d$LEAD[seq_len(nrow(d)) %% hole_every == 0] <- NA
  d$W <- if (is.null(weights)) 1 else d[[weights]]
  m <- lm(as.formula(formula), d, weights = W)
  V <- switch(cov_type,
    nonrobust = vcov(m),
    cluster = vcovCL(m, d$COMPID[as.integer(names(residuals(m)))], type = "HC1", cadjust = TRUE),
    vcovHC(m, type = toupper(cov_type))
  )
  df <- if (cov_type == "cluster") length(unique(d$COMPID)) - 1 else df.residual(m)
  b <- coef(m)
  se <- sqrt(diag(V))
  slopes <- -1
  wald <- drop(t(b[slopes]) %*% solve(V[slopes, slopes], b[slopes])) / (length(b) - 1)
  s <- summary(m)
  list(
    id = id, call = paste0("lm(", formula, "); sandwich ", cov_type), data = data_of(lq2002_path, "COMPID"),
    formula = formula, cov_type = cov_type, cluster = cluster, weights = weights,
    hole_every = hole_every, terms = names(b),
    expected = list(
      params = unname(b), se = unname(se), statistic = unname(b / se), df = df,
      p_value = unname(2 * pt(-abs(b / se), df)),
      ci_lower = unname(b - qt(.975, df) * se), ci_upper = unname(b + qt(.975, df) * se),
      r_squared = s$r.squared, adj_r_squared = s$adj.r.squared, sigma = s$sigma,
      f_statistic = wald, n_obs = length(residuals(m)), df_resid = df.residual(m)
    )
  )
}

two <- "HOSTILE ~ LEAD + TSIG"
cases <- lapply(c("nonrobust", "hc0", "hc1", "hc2", "hc3"), function(type) regression_case(type, two, type))
cases <- c(cases, list(
  regression_case("cluster", two, "cluster", cluster = "COMPID"),
  regression_case("cluster, holes", two, "cluster", cluster = "COMPID", hole_every = 7),
  regression_case("hc3, categories and interaction", "HOSTILE ~ LEAD * TSIG + SIZE", "hc3"),
  regression_case("hc3, functions", "HOSTILE ~ log(LEAD) + I(TSIG^2) + sqrt(TSIG)", "hc3"),
  regression_case("nonrobust, weights", two, "nonrobust", weights = "TSIG"),
  regression_case("hc3, weights", two, "hc3", weights = "TSIG"),
  regression_case("cluster, weights", two, "cluster", cluster = "COMPID", weights = "TSIG")
))

write_cases(
  "regression", c("sandwich", "jsonlite"),
  list(
    params = 1e-8, se = 1e-8, statistic = 1e-6, df = 0, p_value = 1e-8, ci_lower = 1e-8,
    ci_upper = 1e-8, r_squared = 1e-8, adj_r_squared = 1e-8, sigma = 1e-8, f_statistic = 1e-6,
    n_obs = 0, df_resid = 0
  ),
  cases
)
