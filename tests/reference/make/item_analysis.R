# Statistics of items: describe() and alpha() of psych, with the holes of the data.
source("tests/reference/make/common.R")
suppressPackageStartupMessages(library(psych))

item_case <- function(id, path, columns, reverse = character(), turn = 7) {
  d <- read.csv(path)[, columns]
  for (name in reverse) d[[name]] <- turn - d[[name]]
  s <- psych::describe(d)
  r <- suppressWarnings(psych::alpha(d, warnings = FALSE))$item.stats
  list(
    id = id, call = "psych::describe(d); psych::alpha(d)$item.stats",
    data = data_of(path, columns, reverse, turn),
    expected = list(
      n = s$n, mean = s$mean, sd = s$sd, skew = s$skew, kurtosis = s$kurtosis, r_drop = r$r.drop
    )
  )
}

write_cases(
  "item_analysis", c("psych", "jsonlite"),
  list(n = 0, mean = 1e-10, sd = 1e-10, skew = 1e-8, kurtosis = 1e-8, r_drop = 1e-8),
  list(
    item_case("bfi agreeableness", bfi_path, paste0("A", 1:5), "A1"),
    item_case("bfi openness, keys left as they are", bfi_path, paste0("O", 1:5)),
    item_case("climate survey", lq2002_path, lead),
    item_case("cieb", "tests/data/cieb/cieb.csv", sprintf("Item%d", 1:23))
  )
)
