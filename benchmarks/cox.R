# R's survival as a peer of benchmarks/predictions-survival.ts: prints the better of two fits' seconds, log-likelihood and iterations.
# Started by peers.py with the files of values, durations and events, the number of columns, and "coxph" or "coxph.fit".
# Debian: r-cran-survival.
suppressMessages(library(survival))
files <- commandArgs(trailingOnly = TRUE)
numbers <- function(file, what, size) readBin(file, what, file.size(file) / size, size)
columns <- as.integer(files[4])
X <- matrix(numbers(files[1], "double", 8), ncol = columns, byrow = TRUE)
outcome <- Surv(numbers(files[2], "double", 8), numbers(files[3], "integer", 4))
fits <- lapply(1:2, function(round) {
  gc(FALSE)
  seconds <- system.time(model <- if (files[5] == "coxph") coxph(outcome ~ X) else coxph.fit(X, outcome, NULL, NULL, NULL, coxph.control(), NULL, "efron", seq_len(nrow(X))))[["elapsed"]]
  list(seconds = seconds, model = model)
})
cat(min(sapply(fits, `[[`, "seconds")), fits[[1]]$model$loglik[2], fits[[1]]$model$iter, "\n")
