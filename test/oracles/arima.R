# Writes arima-r.golden.json: R's arima and forecast::auto.arima on R's own series, with a search that goes on to the top.
# Run: Rscript test/oracles/arima.R test/oracles/arima-r.golden.json   (made with base R and package forecast; versions in the file)
suppressMessages(library(forecast))
n <- function(x) paste0("[", paste(ifelse(is.na(x), "null", sprintf("%.15g", as.numeric(x))), collapse = ","), "]")
fits <- c()
add <- function(name, x, order, seasonal = NULL, period = NULL) {
  control <- list(reltol = 1e-15, maxit = 1000)
  f <- if (is.null(seasonal)) arima(x, order, optim.control = control) else arima(x, order, list(order = seasonal, period = period), optim.control = control)
  p <- predict(f, n.ahead = 12)
  fits <<- c(fits, paste0('{"series":"', name, '","order":', n(order), ',"seasonal":', if (is.null(seasonal)) "null" else paste0('{"order":', n(seasonal), ',"period":', period, "}"),
    ',"coefficients":', n(coef(f)), ',"standardErrors":', n(sqrt(diag(f$var.coef))), ',"sigma2":', n(f$sigma2), ',"logLikelihood":', n(f$loglik), ',"aic":', n(f$aic),
    ',"forecast":', n(p$pred), ',"forecastErrors":', n(p$se), "}"))
}
ap <- log(AirPassengers)
gaps <- function(x, at) { x[at] <- NA; x }
add("lh", lh, c(1, 0, 0)); add("lh", lh, c(3, 0, 0)); add("lh", lh, c(1, 0, 1))
add("LakeHuron", LakeHuron, c(2, 0, 0)); add("LakeHuron", LakeHuron, c(1, 0, 1))
add("logAirPassengers", ap, c(0, 1, 1), c(0, 1, 1), 12); add("USAccDeaths", USAccDeaths, c(0, 1, 1), c(0, 1, 1), 12)
add("nottem", nottem, c(1, 0, 0), c(2, 1, 0), 12); add("logUKgas", log(UKgas), c(1, 1, 1), c(0, 1, 1), 4)
add("lh with gaps", gaps(lh, c(4, 21:25, 48)), c(1, 0, 0))
add("LakeHuron with gaps", gaps(LakeHuron, c(11:20, 51, 61:62)), c(1, 0, 1))
add("logAirPassengers with gaps", gaps(ap, c(31, 51:53, 101:114, 143:144)), c(0, 1, 1), c(0, 1, 1), 12)
chosen <- c()
choose <- function(name, x) {
  f <- auto.arima(x, approximation = FALSE); o <- arimaorder(f)
  chosen <<- c(chosen, paste0('{"series":"', name, '","period":', frequency(x), ',"order":', n(o[1:3]), ',"seasonal":', if (length(o) > 3) n(o[4:6]) else "null", ',"aicc":', n(f$aicc),
    ',"differences":', n(ndiffs(if (frequency(x) > 1 && nsdiffs(x) > 0) diff(x, frequency(x)) else x)), ',"seasonalDifferences":', if (frequency(x) > 1) n(nsdiffs(x)) else "[0]", "}"))
}
choose("lh", lh); choose("LakeHuron", LakeHuron); choose("AirPassengers", AirPassengers); choose("logAirPassengers", ap)
choose("USAccDeaths", USAccDeaths); choose("nottem", nottem); choose("co2", co2); choose("logUKgas", log(UKgas))
writeLines(paste0('{"_made_with":"', R.version.string, ", forecast ", packageVersion("forecast"), '","fits":[', paste(fits, collapse = ",\n"), '],\n"chosen":[', paste(chosen, collapse = ",\n"), "]}"), commandArgs(TRUE)[1])
