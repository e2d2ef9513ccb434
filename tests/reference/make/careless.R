# Indices of careless responding by base R: rle, sd, cor, mahalanobis, pchisq; and psych::outlier.
# Even-odd and synonyms follow the definitions of the R package careless 1.1 (Yentes & Wilhelm).
source("tests/reference/make/common.R")
suppressPackageStartupMessages(library(psych))

observed_runs <- function(x) {
  r <- rle(x)
  r$lengths[!is.na(r$values)]
}

half_means <- function(x, scales, odd) {
  sapply(scales, function(s) mean(x[s[seq_along(s) %% 2 == odd]], na.rm = TRUE))
}

even_odd <- function(x, scales) {
  r <- cor(half_means(x, scales, 1), half_means(x, scales, 0), use = "pairwise.complete.obs")
  max(2 * r / (1 + r), -1)
}

pairs_of <- function(d, critical) {
  r <- cor(d, use = "pairwise.complete.obs")
  r[upper.tri(r, diag = TRUE)] <- NA
  which(if (critical > 0) r > critical else r < critical, arr.ind = TRUE)
}

within_person <- function(x, pairs) {
  cor(x[pairs[, "col"]], x[pairs[, "row"]], use = "pairwise.complete.obs")
}

# Distance over the cells there are, with the same part of the covariance matrix.
observed_d2 <- function(x, centre, cov) {
  o <- !is.na(x)
  mahalanobis(x[o], centre[o], cov[o, o, drop = FALSE])
}

careless_case <- function(id, path, columns, reverse, scales, like_above, unlike_below, rows) {
  given <- as.matrix(read.csv(path)[, columns])
  keyed <- given
  for (name in reverse) keyed[, name] <- 7 - keyed[, name]
  centre <- colMeans(keyed, na.rm = TRUE)
  cov <- cov(keyed, use = "pairwise.complete.obs")
  like <- pairs_of(keyed, like_above)
  unlike <- pairs_of(given, unlike_below)
  each <- function(m, f) suppressWarnings(unname(apply(m[rows, ], 1, f)))
  d2 <- each(keyed, function(x) observed_d2(x, centre, cov))
  df <- each(keyed, function(x) sum(!is.na(x)))
  complete <- each(keyed, function(x) !anyNA(x))
  psych_d2 <- psych::outlier(keyed, plot = FALSE)[rows]
  stopifnot(all.equal(unname(psych_d2)[complete], d2[complete]))
  list(
    id = id, call = "rle(); sd(); cor(); mahalanobis(); pchisq(); psych::outlier()",
    data = data_of(path, columns, reverse), rows = rows - 1,
    scales = unname(lapply(scales, function(s) s - 1)),
    like_above = like_above, unlike_below = unlike_below,
    expected = list(
      longstring = each(given, function(x) max(observed_runs(x))),
      average_run = each(given, function(x) mean(observed_runs(x))),
      irv = each(given, function(x) sd(x, na.rm = TRUE)),
      even_odd = each(keyed, function(x) even_odd(x, scales)),
      n_like = nrow(like), n_unlike = nrow(unlike),
      synonyms = each(keyed, function(x) within_person(x, like)),
      antonyms = each(given, function(x) within_person(x, unlike)),
      person_total = each(keyed, function(x) cor(x, centre, use = "pairwise.complete.obs")),
      mahalanobis_d2 = d2, df = df, mahalanobis_p_value = pchisq(d2, df, lower.tail = FALSE)
    )
  )
}

exact <- c(
  "longstring", "average_run", "irv", "even_odd", "synonyms", "antonyms", "person_total",
  "mahalanobis_d2", "mahalanobis_p_value"
)
tolerance <- c(setNames(as.list(rep(1e-8, length(exact))), exact), list(df = 0, n_like = 0, n_unlike = 0))

bfi <- read.csv(bfi_path)[, bfi_items]
with_gaps <- which(rowSums(is.na(bfi)) > 0)[1:20]
write_cases(
  "careless", c("psych", "jsonlite"), tolerance,
  list(
    careless_case(
      "bfi with missing answers", bfi_path, bfi_items, bfi_reversed,
      split(1:25, rep(1:5, each = 5)), 0.4, -0.3, sort(c(setdiff(1:30, with_gaps), with_gaps))
    ),
    careless_case(
      "leadership climate", lq2002_path, c(lead, tsig, hostil), character(),
      list(1:11, 12:14, 15:19), 0.5, -0.2, 1:40
    )
  )
)
