# Reruns the main analyses of an exported study in R.
#
# Run it in the folder that holds readings.csv, reference.csv, plan.json and result.json:
#   install.packages("jsonlite")
#   Rscript rerun.R
#
# It prints the value of result.json beside the one found here. What base R lacks is written out
# below; where the packages irr, pROC, MRMCaov and iMRMC are installed, their figures stand there, too.

library(jsonlite)

packages <- c("irr", "pROC", "MRMCaov", "iMRMC")
has <- sapply(packages, requireNamespace, quietly = TRUE)

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
  task <- plan$tasks[[spec$task]]
  same <- rows$decision != "" & rows$decision == rows$truth
  if (task$kind != "binary") return(same)
  # "No lesion" and "can't assess" are on neither side
  sided <- rows$decision %in% unlist(task$categories) & rows$truth %in% unlist(task$categories)
  positive <- positive_of(spec)
  ifelse(sided, (rows$decision %in% positive) == (rows$truth %in% positive), same)
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

# Fleiss 1971: share of agreeing pairs of raters, corrected for chance
rerun_fleiss_kappa <- function(spec, entry) {
  rows <- select_side(spec)
  rows$rater <- paste(rows$reader, rows$arm, rows$period)
  table <- with(rows, tapply(decision, list(case, rater), function(x) x[1]))
  table[table == ""] <- NA
  table <- table[complete.cases(table), , drop = FALSE]
  m <- ncol(table)
  counts <- sapply(unique(c(table)), function(label) rowSums(table == label))
  chance <- sum((colSums(counts) / (nrow(counts) * m))^2)
  agreement <- mean((rowSums(counts^2) - m) / (m * (m - 1)))
  show(spec$id, "kappa", entry$kappa$estimate, (agreement - chance) / (1 - chance))
  if (has[["irr"]]) {
    show(spec$id, "kappa (irr)", entry$kappa$estimate, irr::kappam.fleiss(table)$value)
  }
}

# 1, 1/2 or 0 for each positive (row) and negative (column) case
wins <- function(rating, truth) {
  outer(rating[truth], rating[!truth], ">") + outer(rating[truth], rating[!truth], "==") / 2
}

# DeLong, DeLong & Clarke-Pearson 1988 for two curves on the same cases
delong_z <- function(a, b, truth) {
  one <- wins(a, truth)
  other <- wins(b, truth)
  sum_of <- function(margin) {
    by_case <- cbind(margin(one), margin(other))
    spread <- var(by_case)
    (spread[1, 1] + spread[2, 2] - 2 * spread[1, 2]) / nrow(by_case)
  }
  (mean(one) - mean(other)) / sqrt(sum_of(rowMeans) + sum_of(colMeans))
}

rerun_delong <- function(spec, entry) {
  if (identical(spec$paired, FALSE)) return(invisible())
  a <- select_side(spec, "a")
  b <- select_side(spec, "b")
  cases <- intersect(a$case[a$rating != ""], b$case[b$rating != ""])
  a <- a[match(cases, a$case), ]
  b <- b[match(cases, b$case), ]
  truth <- a$truth %in% positive_of(spec)
  z <- delong_z(as.numeric(a$rating), as.numeric(b$rating), truth)
  show(spec$id, "z", entry$z, z)
  show(spec$id, "p_value", entry$p_value, 2 * pnorm(-abs(z)))
  if (has[["pROC"]]) {
    curve <- function(side) {
      pROC::roc(truth, as.numeric(side$rating), levels = c(FALSE, TRUE), direction = "<")
    }
    test <- pROC::roc.test(curve(a), curve(b), method = "delong", paired = TRUE)
    show(spec$id, "z (pROC)", entry$z, unname(test$statistic))
  }
}

rated <- function(spec) {
  rows <- select_side(spec)
  rows <- rows[rows$rating != "", ]
  if (!is.null(spec$arms)) rows <- rows[rows$arm %in% unlist(spec$arms), ]
  rows$truth <- rows$truth %in% positive_of(spec)
  rows$rating <- as.numeric(rows$rating)
  rows
}

# Ratings as an array of arms x readers x cases and the truth of the cases; NULL unless crossed
crossed <- function(spec) {
  rows <- rated(spec)
  arms <- if (is.null(spec$arms)) unique(rows$arm) else unlist(spec$arms)
  cells <- with(rows, tapply(rating, list(factor(arm, arms), reader, case), function(x) x[1]))
  if (length(arms) != 2 || anyNA(cells) || anyDuplicated(rows[c("arm", "reader", "case")])) {
    return(NULL)
  }
  list(ratings = cells, truth = rows$truth[match(dimnames(cells)[[3]], rows$case)])
}

area <- function(rating, truth) mean(wins(rating, truth))

# Obuchowski & Rockette 1995 with the degrees of freedom of Hillis 2007; jackknife covariances
obuchowski_rockette <- function(ratings, truth) {
  n <- length(truth)
  r <- dim(ratings)[2]
  areas <- apply(ratings, c(1, 2), area, truth)
  left_out <- sapply(seq_len(n), function(k) c(apply(ratings[, , -k], c(1, 2), area, truth[-k])))
  covariance <- (n - 1)^2 / n * cov(t(left_out))
  arm <- c(row(areas))
  reader <- c(col(areas))
  same_arm <- outer(arm, arm, "==")
  same_reader <- outer(reader, reader, "==")
  cov2 <- mean(covariance[same_arm & !same_reader])
  cov3 <- mean(covariance[!same_arm & !same_reader])
  residual <- areas - outer(rowMeans(areas), colMeans(areas), "+") + mean(areas)
  ms_t <- r * sum((rowMeans(areas) - mean(areas))^2)
  ms_tr <- sum(residual^2) / (r - 1)
  denominator <- ms_tr + r * max(cov2 - cov3, 0)
  df2 <- denominator^2 / (ms_tr^2 / (r - 1))
  f <- ms_t / denominator
  list(difference = diff(rev(rowMeans(areas))), f = f, df2 = df2,
       p_value = pf(f, 1, df2, lower.tail = FALSE))
}

rerun_mrmc_or <- function(spec, entry) {
  usual <- (is.null(spec$metric) || spec$metric == "auc") &&
    (is.null(spec$inference) || spec$inference == "RRRC")
  covariance <- if (is.null(spec$covariance)) "jackknife" else spec$covariance
  data <- crossed(spec)
  if (!usual || is.null(data)) return(invisible())
  if (covariance == "jackknife") {
    here <- obuchowski_rockette(data$ratings, data$truth)
    show(spec$id, "difference", entry$difference$estimate, unname(here$difference))
    show(spec$id, "F", entry$statistic, here$f)
    show(spec$id, "df2", entry$df2, here$df2)
    show(spec$id, "p_value", entry$p_value, here$p_value)
  }
  if (has[["MRMCaov"]] && covariance != "bootstrap") {
    library(MRMCaov)
    method <- switch(covariance, jackknife = jackknife, delong = DeLong, unbiased = unbiased)
    fit <- summary(mrmc(empirical_auc(truth, rating), arm, reader, case,
                        data = rated(spec), method = method))$test_equality
    show(spec$id, "F (MRMCaov)", entry$statistic, fit$F)
    show(spec$id, "df2 (MRMCaov)", entry$df2, fit$df2)
    show(spec$id, "p_value (MRMCaov)", entry$p_value, fit$`p-value`)
  }
}

# Gallas 2006: E of the product of two wins of pairs that share the reader, the positive and the
# negative case or none of them, estimated without bias by leaving the shared ones out
ustat_variance <- function(ratings, truth) {
  difference <- array(dim = c(dim(ratings)[2], sum(truth), sum(!truth)))
  for (reader in seq_len(dim(ratings)[2])) {
    difference[reader, , ] <- wins(ratings[1, reader, ], truth) - wins(ratings[2, reader, ], truth)
  }
  # Sums of products over pairs that agree in the margins kept, whatever the others do
  product <- function(keep) {
    if (length(keep) == 0) sum(difference)^2 else sum(apply(difference, keep, sum)^2)
  }
  sets <- list(integer(0), 1, 2, 3, c(1, 2), c(1, 3), c(2, 3), 1:3)
  totals <- sapply(sets, product)
  counts <- sapply(sets, function(keep) prod(dim(difference)) * prod(dim(difference)[-keep]))
  counts[1] <- prod(dim(difference))^2
  # Möbius inversion leaves the pairs that agree in exactly these margins
  exactly <- function(values) {
    sapply(sets, function(keep) {
      larger <- sapply(sets, function(set) all(keep %in% set))
      signs <- sapply(sets, function(set) (-1)^(length(set) - length(keep)))
      sum(values[larger] * signs[larger])
    })
  }
  moments <- exactly(totals) / exactly(counts)
  shares <- exactly(counts) / prod(dim(difference))^2
  sum((shares * moments)[-1]) + (shares[1] - 1) * moments[1]
}

rerun_mrmc_ustat <- function(spec, entry) {
  data <- crossed(spec)
  if (is.null(data)) return(invisible())
  here <- ustat_variance(data$ratings, data$truth)
  show(spec$id, "var_difference", entry$components$var_difference, here)
  if (has[["iMRMC"]]) {
    rows <- rated(spec)
    truth <- unique(rows[c("case", "truth")])
    fit <- iMRMC::doIMRMC(rbind(
      data.frame(readerID = "truth", caseID = truth$case, modalityID = "truth",
                 score = as.integer(truth$truth)),
      data.frame(readerID = rows$reader, caseID = rows$case, modalityID = rows$arm,
                 score = rows$rating)
    ))$Ustat
    both <- fit[fit$modalityA != "NO_MOD" & fit$modalityB != "NO_MOD", ]
    show(spec$id, "var_difference (iMRMC)", entry$components$var_difference,
         both$varAUCAminusAUCB[1])
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
if (!all(has)) {
  cat("\nNot installed, so not asked:", paste(packages[!has], collapse = ", "), "\n")
}
