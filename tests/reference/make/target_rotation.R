# Rotations of given loadings by GPArotation: full and partial targets.
source("tests/reference/make/common.R")
suppressPackageStartupMessages({
  library(psych)
  library(GPArotation)
})

plain <- function(x) unname(unclass(as.matrix(x)))
columns <- c(lead, tsig, hostil)
unrotated <- plain(psych::fa(items_of(lq2002_path, columns), 3, rotate = "none")$loadings)
big <- plain(psych::fa(items_of(bfi_path, bfi_items, bfi_reversed), 5, rotate = "none")$loadings)

full <- matrix(0, 19, 3)
full[1:11, 1] <- full[12:14, 2] <- full[15:19, 3] <- 0.7
partly <- full
partly[full != 0] <- NA
partly[c(1, 12, 15), ] <- full[c(1, 12, 15), ]
big_target <- ifelse(kronecker(diag(5), matrix(1, 5, 1)) == 1, NA, 0)

one <- function(id, call, method, loadings, target, f) {
  list(
    id = id, call = call, method = method, start = loadings, target = target,
    expected = list(loadings = plain(f$loadings), phi = if (f$orthogonal) NULL else plain(f$Phi))
  )
}
cases <- list(
  one("full target", "targetQ(A, Target = B)", "target", unrotated, full, targetQ(unrotated, Target = full)),
  one("full target, orthogonal", "targetT(A, Target = B)", "target_ort", unrotated, full,
      targetT(unrotated, Target = full)),
  one("partial target", "targetQ(A, Target = B)", "target", unrotated, partly,
      targetQ(unrotated, Target = partly)),
  one("partial target, orthogonal", "targetT(A, Target = B)", "target_ort", unrotated, partly,
      targetT(unrotated, Target = partly)),
  one("bfi target", "targetQ(A, Target = B, maxit = 5000)", "target", big, big_target,
      targetQ(big, Target = big_target, maxit = 5000)),
  one("bfi target, orthogonal", "targetT(A, Target = B)", "target_ort", big, big_target,
      targetT(big, Target = big_target))
)
write_cases(
  "target_rotation", c("GPArotation", "psych", "jsonlite"),
  list(loadings = 1e-6, phi = 1e-6), cases
)
