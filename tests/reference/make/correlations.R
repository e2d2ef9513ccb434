# Correlations, thresholds and the asymptotic covariance of both.
source("tests/reference/make/common.R")
suppressPackageStartupMessages({
  library(psych)
  library(lavaan)
})

cieb_path <- "tests/data/cieb/cieb.csv"
holzinger_path <- "tests/data/holzinger/holzinger.csv"
ordinal_path <- "tests/data/ordinal/ordinal.csv"
mixed_path <- "tests/data/ordinal/mixed.csv"
o <- sprintf("o%d", 1:12)
binary <- c("b", "rare1", "rare2", "o")
mixed <- c("b", "x", "o", "y", "q")

lower <- function(m) { m <- unclass(as.matrix(m)); unname(m[lower.tri(m)]) }
with_diagonal <- function(m) unname(m[lower.tri(m, diag = TRUE)])
read_items <- function(path, columns, missing) {
  d <- read.csv(path)[, columns]
  if (missing == "listwise") na.omit(d) else d
}

polychoric_case <- function(id, path, columns, missing) {
  d <- read_items(path, columns, missing)
  one <- function(output) lavCor(as.data.frame(lapply(d, ordered)), missing = missing, output = output)
  list(
    id = paste(id, missing), what = "polychoric", missing = missing,
    call = sprintf("lavaan::lavCor(ordered, missing = '%s', output = 'cor' and 'th')", missing),
    data = data_of(path, columns),
    expected = list(matrix = lower(one("cor")), thresholds = unname(unclass(one("th"))))
  )
}

# Every covariance free: the estimates are the sample statistics, their NACOV is the gamma.
gamma_case <- function(id, path, columns, ordinal, missing, weights = NULL) {
  d <- read_items(path, c(columns, weights), missing)
  d[ordinal] <- lapply(d[ordinal], ordered)
  free <- paste(apply(combn(columns, 2), 2, paste, collapse = " ~~ "), collapse = "\n")
  # saturated, so no test; the wanted matrix comes before the estimation
  fit <- suppressWarnings(cfa(
    free, d, ordered = ordinal, estimator = "WLSMV", meanstructure = TRUE, missing = missing,
    sampling.weights = weights
  ))
  list(
    id = id, what = "gamma", missing = missing, weights = weights, ordinal = I(ordinal),
    call = "lavaan::cfa(all covariances, d, ordered, estimator = 'WLSMV')@SampleStats@NACOV",
    data = data_of(path, columns),
    expected = list(
      matrix = lower(cov2cor(unclass(lavInspect(fit, "sampstat")$cov))),
      gamma = with_diagonal(fit@SampleStats@NACOV[[1]])
    )
  )
}

pearson_case <- function(id, path, columns, missing) {
  d <- read_items(path, columns, missing)
  list(
    id = paste(id, missing), what = "pearson", missing = missing, call = "cor(d, use = 'pairwise.complete.obs')",
    data = data_of(path, columns), expected = list(matrix = lower(cor(d, use = "pairwise.complete.obs")))
  )
}

# Standard errors without normality: the fourth moments of lavaan's WLS, by the delta method.
free_se_case <- function(id, path, columns) {
  d <- na.omit(read.csv(path)[, columns])
  free <- paste(apply(combn(columns, 2), 2, paste, collapse = " ~~ "), collapse = "\n")
  fit <- cfa(free, d, estimator = "WLS", meanstructure = FALSE)
  s <- cov(d) * (nrow(d) - 1) / nrow(d)
  p <- length(columns)
  place <- matrix(0, p, p); place[lower.tri(place, diag = TRUE)] <- seq_len(p * (p + 1) / 2)
  place <- place + t(place) - diag(diag(place))
  pairs <- which(lower.tri(s), arr.ind = TRUE)
  h <- matrix(0, nrow(pairs), p * (p + 1) / 2)
  for (k in seq_len(nrow(pairs))) {
    i <- pairs[k, 1]; j <- pairs[k, 2]; r <- s[i, j] / sqrt(s[i, i] * s[j, j])
    h[k, place[i, j]] <- 1 / sqrt(s[i, i] * s[j, j])
    h[k, place[i, i]] <- -r / (2 * s[i, i]); h[k, place[j, j]] <- -r / (2 * s[j, j])
  }
  list(
    id = id, what = "free se", missing = "listwise",
    call = "delta method on lavaan::cfa(all covariances, d, estimator = 'WLS')@SampleStats@NACOV",
    data = data_of(path, columns),
    expected = list(se = sqrt(diag(h %*% fit@SampleStats@NACOV[[1]] %*% t(h)) / nrow(d)))
  )
}

a <- paste0("A", 1:5)
cases <- list(
  polychoric_case("bfi", bfi_path, bfi_items, "listwise"),
  polychoric_case("bfi", bfi_path, bfi_items, "pairwise"),
  polychoric_case("climate survey", lq2002_path, c(lead, tsig, hostil), "listwise"),
  polychoric_case("cieb", cieb_path, sprintf("Item%d", 1:23), "listwise"),
  polychoric_case("skewed, unused category", ordinal_path, o, "listwise"),
  polychoric_case("two categories, empty cell", mixed_path, binary, "listwise"),
  polychoric_case("two categories, empty cell", mixed_path, binary, "pairwise"),
  gamma_case("bfi, complete", bfi_path, a, a, "listwise"),
  gamma_case("bfi, holes", bfi_path, a, a, "pairwise"),
  gamma_case("two to four categories", mixed_path, binary, binary, "pairwise"),
  gamma_case("two to four categories, weights", mixed_path, binary, binary, "listwise", "weight"),
  gamma_case("numbers and categories", mixed_path, mixed, c("b", "o", "q"), "listwise"),
  gamma_case("numbers and categories, weights", mixed_path, mixed, c("b", "o", "q"), "listwise", "weight"),
  gamma_case("one number, holes", mixed_path, c("b", "x", "o", "q"), c("b", "o", "q"), "pairwise"),
  pearson_case("bfi", bfi_path, bfi_items, "pairwise"),
  pearson_case("bfi", bfi_path, bfi_items, "listwise"),
  pearson_case("Holzinger", holzinger_path, paste0("x", 1:9), "listwise"),
  free_se_case("Holzinger", holzinger_path, paste0("x", 1:9))
)
m <- matrix(c(1, .9, .2, -.3, .9, 1, .9, .1, .2, .9, 1, .4, -.3, .1, .4, 1), 4)
cases <- c(cases, list(list(
  id = "not positive definite", what = "smooth", call = "psych::cor.smooth(m)", data = list(matrix = m),
  expected = list(matrix = lower(suppressWarnings(psych::cor.smooth(m))))
)))
write_cases(
  "correlations", c("lavaan", "psych", "jsonlite"),
  # lavaan's search ends some 1e-8 before the maximum; gamma: largest difference relative to
  # the square root of the product of both variances
  list(matrix = 1e-7, thresholds = 1e-9, gamma = 1e-6, se = 1e-8),
  cases
)
