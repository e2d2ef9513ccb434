# Omega, lower bounds, ordinal coefficients, pairwise missing answers, levels of nested data.
# Packages: psych, GPArotation, Rcsdp (r-cran-rcsdp), lavaan, semTools.
source("tests/reference/make/common.R")
suppressPackageStartupMessages({
  library(psych)
  library(GPArotation)
  library(lavaan)
  library(semTools)
})

cieb_path <- "tests/data/cieb/cieb.csv"
ordinal_path <- "tests/data/ordinal/ordinal.csv"
cieb_items <- paste0("Item", 1:23)
quietly <- function(x) suppressWarnings(suppressMessages(x))

# The best halves of the same size, among all of them.
best_split <- function(r) {
  k <- ncol(r)
  sets <- combn(k, k %/% 2)
  max(apply(sets, 2, function(a) 4 * sum(r[a, -a])) / sum(r))
}

bounds_of <- function(r) {
  g <- quietly(psych::guttman(r))
  list(
    lambda1 = g$lambda.1, lambda2 = g$lambda.2, lambda3 = g$lambda.3,
    lambda4 = best_split(r), lambda5 = g$lambda.5, lambda6 = g$lambda.6,
    glb = psych::glb.algebraic(r)$glb
  )
}

bounds_case <- function(id, path, columns, reverse = character()) {
  d <- items_of(path, columns, reverse)
  list(
    id = id, call = "psych::guttman(cor(d)); combn() for lambda4; psych::glb.algebraic(cor(d))",
    data = data_of(path, columns, reverse), expected = bounds_of(cor(d))
  )
}

# The steps of psych::omega with the extraction and the rotation taken to their minimum.
minres_to_the_end <- function(r, nfactors) {
  left <- function(psi) {
    e <- eigen(r - diag(psi), symmetric = TRUE)
    e$values[seq_len(nfactors)] <- pmin(e$values[seq_len(nfactors)], 0)
    e
  }
  psi <- optim(
    1 / diag(solve(r)), function(psi) sum(left(psi)$values^2) / 2,
    function(psi) { e <- left(psi); -as.vector(e$vectors^2 %*% e$values) },
    method = "L-BFGS-B", lower = .005, upper = 1,
    control = list(factr = 0, pgtol = 0, maxit = 5000)
  )$par
  e <- eigen(r - diag(psi), symmetric = TRUE)
  e$vectors[, seq_len(nfactors)] %*% diag(sqrt(e$values[seq_len(nfactors)]), nfactors)
}

omega_to_the_end <- function(r, nfactors) {
  l <- minres_to_the_end(r, nfactors)
  o <- GPArotation::oblimin(varimax(l)$loadings, eps = 1e-8, maxit = 50000)
  o$loadings <- o$loadings %*% diag(sign(colSums(o$loadings)))
  s <- solve(crossprod(o$loadings), crossprod(o$loadings, l))
  phi <- s %*% t(s)
  g <- if (nfactors == 2) rep(sqrt(phi[1, 2]), 2) else minres_to_the_end(phi, 1)
  general <- as.vector(o$loadings %*% g)
  key <- sign(general) * sign(sum(general))
  list(
    omega_h = sum(key * general)^2 / sum(key %o% key * r),
    omega_total_sl = 1 - (ncol(r) - sum(l^2)) / sum(key %o% key * r)
  )
}

omega_case <- function(id, path, columns, nfactors, reverse = character()) {
  d <- items_of(path, columns, reverse)
  o <- quietly(psych::omega(d, nfactors, plot = FALSE))
  list(
    id = id, call = sprintf("psych::omega(d, %d)", nfactors),
    data = data_of(path, columns, reverse), n_factors = nfactors,
    expected = c(
      quietly(omega_to_the_end(cor(d), nfactors)),
      list(omega_h_psych = o$omega_h, omega_total_sl_psych = o$omega.tot)
    )
  )
}

pairwise_case <- function(id, path, columns, reverse = character()) {
  d <- read.csv(path)[, columns]
  for (name in reverse) d[[name]] <- 7 - d[[name]]
  a <- psych::alpha(d, warnings = FALSE)
  list(
    id = id, call = "psych::alpha(d) with missing answers",
    data = data_of(path, columns, reverse),
    expected = list(
      alpha = a$total$raw_alpha, alpha_std = a$total$std.alpha, average_r = a$total$average_r,
      alpha_drop = a$alpha.drop$raw_alpha, mean = a$item.stats$mean
    )
  )
}

ordinal_case <- function(id, path, columns, reverse = character()) {
  d <- items_of(path, columns, reverse)
  model <- paste("f =~", paste(columns, collapse = " + "))
  fit <- cfa(model, d, ordered = columns, estimator = "ULSMV", std.lv = TRUE)
  latent <- lavInspect(fit, "sampstat")$cov
  l <- inspect(fit, "est")$lambda[, 1]
  list(
    id = id, call = paste(
      "lavaan::cfa(one factor, ordered, estimator = 'ULSMV');",
      "semTools::reliability(), semTools::compRelSEM(obs.var = TRUE)"
    ),
    data = data_of(path, columns, reverse),
    expected = list(
      alpha_ordinal = quietly(semTools::reliability(fit))["alpha.ord", 1],
      omega_categorical = as.numeric(semTools::compRelSEM(fit)),
      omega_total = sum(l)^2 / (sum(l)^2 + sum(1 - l^2)),
      lambda2 = unname(bounds_of(latent)$lambda2), glb = bounds_of(latent)$glb
    )
  )
}

# Covariances within and between groups by the formulae, and by maximum likelihood.
levels_case <- function(id, path, columns, group) {
  d <- read.csv(path)[, c(group, columns)]
  g <- factor(d[[group]])
  x <- as.matrix(d[, columns])
  fit <- lm(x ~ g)
  n <- table(g)
  within <- crossprod(residuals(fit)) / (nrow(x) - length(n))
  means <- scale(fitted(fit), scale = FALSE)
  size <- (sum(n) - sum(n^2) / sum(n)) / (length(n) - 1)
  between <- (crossprod(means) / (length(n) - 1) - within) / size
  alpha <- function(s) ncol(s) / (ncol(s) - 1) * (1 - sum(diag(s)) / sum(s))
  omega <- function(s) {
    f <- psych::fa(cov2cor(s), 1, fm = "minres")
    l <- sqrt(diag(s)) * as.vector(f$loadings)
    sum(l)^2 / (sum(l)^2 + sum(diag(s) * f$uniquenesses))
  }
  factor_of <- paste("f%s =~", paste(columns, collapse = " + "))
  model <- paste0(
    "level: 1\n", sprintf(factor_of, "w"), "\nlevel: 2\n", sprintf(factor_of, "b")
  )
  ml <- cfa(model, d, cluster = group, std.lv = TRUE)
  est <- lavInspect(ml, "est")
  omega_ml <- function(e) sum(e$lambda)^2 / (sum(e$lambda)^2 + sum(diag(e$theta)))
  implied <- lavInspect(ml, "h1")
  list(
    id = id, call = "lm() and formulae; psych::fa(cov2cor(s), 1); lavaan::cfa(two levels)",
    data = data_of(path, c(columns, group)), group = group,
    expected = list(
      alpha_within = alpha(within), alpha_between = alpha(between),
      omega_within = omega(within), omega_between = omega(between),
      alpha_within_ml = alpha(implied$within$cov), alpha_between_ml = alpha(implied[[2]]$cov),
      omega_within_ml = omega_ml(est$within), omega_between_ml = omega_ml(est[[2]])
    )
  )
}

# Percentiles of draws: both programmes have their own random numbers.
bootstrap_case <- function(id, path, columns, n_draws) {
  d <- items_of(path, columns)
  set.seed(1)
  drawn <- replicate(n_draws, {
    r <- d[sample(nrow(d), replace = TRUE), ]
    s <- cov(r)
    f <- psych::fa(cov2cor(s), 1, fm = "minres")
    l <- as.vector(f$loadings)
    c(
      alpha = ncol(s) / (ncol(s) - 1) * (1 - sum(diag(s)) / sum(s)),
      omega_total = sum(l)^2 / (sum(l)^2 + sum(f$uniquenesses))
    )
  })
  ends <- apply(drawn, 1, quantile, c(.025, .975))
  list(
    id = id, call = sprintf("%d draws of cov() and psych::fa(r, 1); quantile()", n_draws),
    data = data_of(path, columns),
    expected = list(
      alpha_boot = unname(ends[, "alpha"]), omega_boot = unname(ends[, "omega_total"]),
      se_boot = unname(apply(drawn, 1, sd))
    )
  )
}

scale_of <- function(letter) paste0(letter, 1:5)
keys <- list(A = "A1", C = c("C4", "C5"), E = c("E1", "E2"), N = character(), O = c("O2", "O5"))

cases <- list()
for (s in names(keys)) {
  cases <- c(cases, list(
    bounds_case(paste("bounds: bfi", s), bfi_path, scale_of(s), keys[[s]]),
    omega_case(paste("omega, 2 factors: bfi", s), bfi_path, scale_of(s), 2, keys[[s]]),
    ordinal_case(paste("ordinal: bfi", s), bfi_path, scale_of(s), keys[[s]]),
    pairwise_case(paste("pairwise: bfi", s), bfi_path, scale_of(s), keys[[s]])
  ))
}
cases <- c(cases, list(
  bounds_case("bounds: LEAD", lq2002_path, lead),
  bounds_case("bounds: HOSTIL", lq2002_path, hostil),
  bounds_case("bounds: TSIG", lq2002_path, tsig),
  bounds_case("bounds: cieb 1 to 14", cieb_path, cieb_items[1:14]),
  omega_case("omega: LEAD", lq2002_path, lead, 3),
  omega_case("omega: LEAD, TSIG", lq2002_path, c(lead, tsig), 3),
  omega_case("omega: cieb", cieb_path, cieb_items, 3),
  omega_case("omega: cieb 2 factors", cieb_path, cieb_items, 2),
  omega_case("omega: bfi 25, 5 factors", bfi_path, bfi_items, 5, bfi_reversed),
  ordinal_case("ordinal: LEAD", lq2002_path, lead),
  ordinal_case("ordinal: HOSTIL", lq2002_path, hostil),
  ordinal_case("ordinal: cieb 19 to 23", cieb_path, cieb_items[19:23]),
  ordinal_case("ordinal: simulated, skewed", ordinal_path, paste0("o", 1:6)),
  ordinal_case("ordinal: simulated, 12 items", ordinal_path, paste0("o", 1:12)),
  levels_case("levels: TSIG", lq2002_path, tsig, "COMPID"),
  levels_case("levels: HOSTIL", lq2002_path, hostil, "COMPID"),
  levels_case("levels: LEAD", lq2002_path, lead, "COMPID"),
  bootstrap_case("bootstrap: HOSTIL", lq2002_path, hostil, 4000)
))

write_cases(
  "reliability", c("psych", "GPArotation", "Rcsdp", "lavaan", "semTools", "jsonlite"),
  list(
    lambda1 = 1e-8, lambda2 = 1e-8, lambda3 = 1e-8, lambda4 = 1e-8, lambda5 = 1e-8,
    lambda6 = 1e-8,
    # Rcsdp stops at a gap of about 1e-8
    glb = 1e-7,
    omega_h = 1e-6, omega_total_sl = 1e-6,
    # fa() and GPArotation::oblimin stop some 1e-6 before the minimum where factors are weak
    omega_h_psych = 2e-5, omega_total_sl_psych = 1e-5,
    alpha = 1e-8, alpha_std = 1e-8, average_r = 1e-8, alpha_drop = 1e-8, mean = 1e-8,
    alpha_ordinal = 1e-6, omega_categorical = 1e-5, omega_total = 1e-5,
    alpha_within = 1e-8, alpha_between = 1e-8, omega_within = 1e-5, omega_between = 1e-5,
    # maximum likelihood of unequal group sizes against the formula with one mean size
    alpha_within_ml = 1e-3, alpha_between_ml = 1e-2,
    # and another discrepancy function
    omega_within_ml = 5e-3, omega_between_ml = 2e-2,
    # three simulation errors of a quantile of 4,000 draws
    alpha_boot = 1e-3, omega_boot = 1e-3, se_boot = 3e-4
  ),
  cases
)
