# Moments of incomplete data by maximum likelihood from lavaan, and Little's d2 from them.
source("tests/reference/make/common.R")
suppressPackageStartupMessages(library(lavaan))

# Little (1988) as written there: one term per pattern of missing cells.
little <- function(d, mu, sigma) {
  d <- as.matrix(d)
  seen <- !is.na(d)
  d <- d[rowSums(seen) > 0, ]
  seen <- !is.na(d)
  key <- apply(seen, 1, function(o) paste(as.integer(o), collapse = ""))
  d2 <- 0
  df <- -ncol(d)
  for (k in unique(key)) {
    rows <- d[key == k, , drop = FALSE]
    o <- seen[key == k, , drop = FALSE][1, ]
    away <- colMeans(rows[, o, drop = FALSE]) - mu[o]
    d2 <- d2 + nrow(rows) * drop(away %*% solve(sigma[o, o]) %*% away)
    df <- df + sum(o)
  }
  list(chisq = d2, df = df, p_value = pchisq(d2, df, lower.tail = FALSE), n_patterns = length(unique(key)))
}

missing_case <- function(id, d, data, ...) {
  model <- paste("f =~", paste(names(d), collapse = " + "))
  fit <- suppressWarnings(cfa(
    model, d, missing = "fiml", do.fit = FALSE, std.lv = TRUE,
    em.h1.iter.max = 20000, em.h1.tol = 1e-13
  ))
  s <- lavInspect(fit, "sampstat")
  mu <- as.numeric(s$mean)
  sigma <- unclass(s$cov)
  dimnames(sigma) <- NULL
  list(
    id = id, call = "lavInspect(cfa(..., missing = 'fiml'), 'sampstat'); d2 by formula",
    data = data, ..., expected = c(list(mean = mu, cov = sigma), little(d, mu, sigma))
  )
}

bfi_case <- function(id, columns) {
  missing_case(id, read.csv(bfi_path)[, columns], data_of(bfi_path, columns))
}

air <- airquality
row_of <- function(i) as.numeric(air[i, ]) # a missing cell is written as "NA"
write_cases(
  "missing", c("lavaan", "datasets", "jsonlite"),
  # moments in the units of the data (a variance of 8000 among them), where both EMs stop
  list(mean = 1e-6, cov = 1e-5, chisq = 1e-7, df = 0, p_value = 1e-9, n_patterns = 0),
  list(
    missing_case(
      "airquality", air, list(columns = names(air), rows = unname(lapply(seq_len(nrow(air)), row_of))),
      # naniar::mcar_test(airquality); its EM (package norm) stops at 1e-4, so the third digit differs
      published = list(
        source = "Tierney & Cook, naniar 1.1.0, tests/testthat/test-mcar-test.R",
        url = "https://rdrr.io/cran/naniar/src/tests/testthat/test-mcar-test.R",
        chisq = 35.1061288689702, df = 14, p_value = 0.00141778113856683, n_patterns = 4
      )
    ),
    bfi_case("bfi agreeableness", paste0("A", 1:5)),
    bfi_case("bfi openness and neuroticism", c(paste0("N", 1:5), paste0("O", 1:5))),
    bfi_case("bfi, all items", bfi_items)
  )
)
