# Reruns the main analyses of an exported study in R.
#
# Run it in the folder that holds readings.csv, reference.csv, plan.json and result.json:
#   install.packages(c("jsonlite", "MRMCaov", "iMRMC", "pROC", "irr"))
#   Rscript rerun.R
#
# It prints the value of result.json beside the one found here.

library(jsonlite)

plan <- read_json("plan.json")
result <- read_json("result.json")
text <- function(path) read.csv(path, colClasses = "character", fileEncoding = "UTF-8-BOM")
readings <- text("readings.csv")
reference <- text("reference.csv")
if (is.null(readings$repeat.)) readings$repeat. <- "0"
readings$repeat.[readings$repeat. == ""] <- "0"
readings$truth <- reference$truth[match(
  paste(readings$case, readings$task), paste(reference$case, reference$task)
)]

positive_of <- function(spec) unlist(plan$tasks[[spec$task]]$positive)

select_side <- function(spec, side = "select") {
  wanted <- spec[[side]]
  if (is.null(wanted[["repeat"]])) wanted[["repeat"]] <- "0"
  keep <- readings$task == spec$task
  for (key in names(wanted)) {
    column <- if (key == "repeat") "repeat." else key
    keep <- keep & readings[[column]] %in% as.character(unlist(wanted[[key]]))
  }
  readings[keep, ]
}

is_correct <- function(rows, spec) {
  given <- rows$decision != ""
  if (plan$tasks[[spec$task]]$kind != "binary") return(given & rows$decision == rows$truth)
  positive <- positive_of(spec)
  given & (rows$decision %in% positive) == (rows$truth %in% positive)
}

show <- function(id, figure, ours, here) {
  if (is.null(ours) || is.null(here)) return(invisible())
  cat(sprintf("%-24s%-22s%20.12g%20.12g%10.1e\n", id, figure, ours, here, abs(ours - here)))
}

rerun_diagnostic <- function(spec, entry) {
  right <- is_correct(select_side(spec), spec)
  wilson <- prop.test(sum(right), length(right), conf.level = 1 - plan$alpha, correct = FALSE)
  show(spec$id, "accuracy", entry$accuracy$estimate, mean(right))
  show(spec$id, "accuracy ci_low", entry$accuracy$ci_low, wilson$conf.int[1])
  show(spec$id, "accuracy ci_high", entry$accuracy$ci_high, wilson$conf.int[2])
}

rerun_mcnemar <- function(spec, entry) {
  a <- select_side(spec, "a")
  b <- select_side(spec, "b")
  cases <- intersect(a$case, b$case)
  right_a <- is_correct(a[match(cases, a$case), ], spec)
  right_b <- is_correct(b[match(cases, b$case), ], spec)
  a_only <- sum(right_a & !right_b)
  b_only <- sum(right_b & !right_a)
  show(spec$id, "n_a_only", entry$n_a_only, a_only)
  if (is.null(spec$variant) || spec$variant == "exact") {
    here <- if (a_only + b_only == 0) 1 else binom.test(a_only, a_only + b_only)$p.value
    show(spec$id, "p_value", entry$p_value, here)
  }
}

rerun_fleiss_kappa <- function(spec, entry) {
  rows <- select_side(spec)
  rows$rater <- paste(rows$reader, rows$arm, rows$period)
  table <- with(rows, tapply(decision, list(case, rater), function(x) x[1]))
  table[table == ""] <- NA
  kappa <- irr::kappam.fleiss(table[complete.cases(table), ])
  show(spec$id, "kappa", entry$kappa$estimate, kappa$value)
}

rerun_delong <- function(spec, entry) {
  if (identical(spec$paired, FALSE)) return(invisible())
  a <- select_side(spec, "a")
  b <- select_side(spec, "b")
  cases <- intersect(a$case[a$rating != ""], b$case[b$rating != ""])
  curve <- function(side) {
    side <- side[match(cases, side$case), ]
    pROC::roc(side$truth %in% positive_of(spec), as.numeric(side$rating),
              levels = c(FALSE, TRUE), direction = "<")
  }
  test <- pROC::roc.test(curve(a), curve(b), method = "delong", paired = TRUE)
  show(spec$id, "z", entry$z, unname(test$statistic))
  show(spec$id, "p_value", entry$p_value, test$p.value)
}

rated <- function(spec) {
  rows <- select_side(spec)
  rows <- rows[rows$rating != "", ]
  if (!is.null(spec$arms)) rows <- rows[rows$arm %in% unlist(spec$arms), ]
  rows$truth <- as.integer(rows$truth %in% positive_of(spec))
  rows$rating <- as.numeric(rows$rating)
  rows
}

rerun_mrmc_or <- function(spec, entry) {
  usual <- (is.null(spec$metric) || spec$metric == "auc") &&
    (is.null(spec$inference) || spec$inference == "RRRC")
  if (!usual || identical(spec$covariance, "bootstrap")) return(invisible())
  library(MRMCaov)
  method <- switch(if (is.null(spec$covariance)) "jackknife" else spec$covariance,
                   jackknife = jackknife, delong = DeLong, unbiased = unbiased)
  fit <- summary(mrmc(empirical_auc(truth, rating), arm, reader, case,
                      data = rated(spec), method = method))
  show(spec$id, "F", entry$statistic, fit$test_equality$F)
  show(spec$id, "df2", entry$df2, fit$test_equality$df2)
  show(spec$id, "p_value", entry$p_value, fit$test_equality$`p-value`)
}

rerun_mrmc_ustat <- function(spec, entry) {
  rows <- rated(spec)
  truth <- unique(rows[c("case", "truth")])
  data <- rbind(
    data.frame(readerID = "truth", caseID = truth$case, modalityID = "truth", score = truth$truth),
    data.frame(readerID = rows$reader, caseID = rows$case, modalityID = rows$arm,
               score = rows$rating)
  )
  fit <- iMRMC::doIMRMC(data)$Ustat
  both <- fit[fit$modalityA != "NO_MOD" & fit$modalityB != "NO_MOD", ]
  if (nrow(both) == 1) {
    show(spec$id, "var_difference", entry$components$var_difference, both$varAUCAminusAUCB)
  }
}

reruns <- list(
  diagnostic = rerun_diagnostic, mcnemar = rerun_mcnemar, fleiss_kappa = rerun_fleiss_kappa,
  delong = rerun_delong, mrmc_or = rerun_mrmc_or, mrmc_ustat = rerun_mrmc_ustat
)
special <- c("by", "where", "subset_truth", "outcome", "missing", "threshold")
cat(sprintf("%-24s%-22s%20s%20s%10s\n", "analysis", "figure", "result.json", "here", "off by"))
for (spec in plan$analyses) {
  entry <- result$analyses[[spec$id]]
  rerun <- reruns[[spec$type]]
  if (is.null(rerun) || !is.null(entry$error) || any(special %in% names(spec))) next
  rerun(spec, entry)
}
