# What every script here shares. Run from the top folder of the project:
#   Rscript tests/reference/make/consistency.R
suppressPackageStartupMessages(library(jsonlite))

lq2002_path <- "data/sample/leadership_climate/lq2002.csv"
bfi_path <- "tests/data/bfi/bfi.csv"
lead <- sprintf("LEAD%02d", 1:11)
tsig <- sprintf("TSIG%02d", 1:3)
hostil <- sprintf("HOSTIL%02d", 1:5)
bfi_items <- paste0(rep(c("A", "C", "E", "N", "O"), each = 5), 1:5)
bfi_reversed <- c("A1", "C4", "C5", "E1", "E2", "O2", "O5")

sha256 <- function(path) strsplit(system2("sha256sum", path, stdout = TRUE), " ")[[1]][1]

# Items of a case: columns, those to turn round as (lowest + highest) - x, and complete rows.
items_of <- function(path, columns, reverse = character(), turn = 7) {
  d <- read.csv(path)[, columns]
  for (name in reverse) d[[name]] <- turn - d[[name]]
  na.omit(d)
}

data_of <- function(path, columns, reverse = character(), turn = 7) {
  list(path = path, sha256 = sha256(path), columns = columns, reverse = I(as.list(reverse)), turn = turn)
}

write_cases <- function(name, packages, tolerance, cases) {
  versions <- lapply(setNames(packages, packages), function(p) as.character(packageVersion(p)))
  out <- list(
    program = R.version.string, packages = versions,
    script = paste0("tests/reference/make/", name, ".R"),
    tolerance = tolerance, cases = cases
  )
  path <- paste0("tests/reference/", name, ".json")
  writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE, null = "null"), path)
}
