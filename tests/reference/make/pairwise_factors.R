# Factors where answers are missing: psych::fa takes each correlation from those who answered both.
source("tests/reference/make/common.R")
suppressPackageStartupMessages({
  library(psych)
  library(GPArotation)
})

plain <- function(x) unname(unclass(as.matrix(x)))
d <- read.csv(bfi_path)[, bfi_items]
for (name in bfi_reversed) d[[name]] <- 7 - d[[name]]
one <- function(fm, rotate) {
  f <- psych::fa(d, 5, fm = fm, rotate = rotate, max.iter = 5000)
  list(
    id = paste("bfi", fm, rotate), call = sprintf("psych::fa(d, 5, fm = '%s', rotate = '%s')", fm, rotate),
    data = data_of(bfi_path, bfi_items, bfi_reversed), n_factors = 5, method = fm, rotation = rotate,
    expected = list(
      matrix = plain(f$r), loadings = plain(f$loadings), phi = if (is.null(f$Phi)) NULL else plain(f$Phi),
      uniquenesses = unname(f$uniquenesses), rmsr = sqrt(mean(f$residual[lower.tri(f$residual)]^2)),
      n_obs = nrow(d), n_fit = 1 / mean(1 / f$np.obs[lower.tri(f$np.obs)])
    )
  )
}
write_cases(
  "pairwise_factors", c("psych", "GPArotation", "jsonlite"),
  list(matrix = 1e-8, loadings = 3e-5, phi = 3e-5, uniquenesses = 3e-5, rmsr = 1e-6, n_obs = 0, n_fit = 1e-6),
  list(one("minres", "oblimin"), one("ml", "varimax"), one("pa", "promax"))
)
