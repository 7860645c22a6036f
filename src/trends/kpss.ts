/** Critical value of the KPSS test for a level at 5 %: Kwiatkowski, Phillips, Schmidt & Shin (1992), table 1. */
export const kpssCritical = 0.463;

/**
 * The KPSS statistic of whether a series keeps its level: large when it wanders.
 *
 * @param values - without gaps.
 * @returns 0 for a series without variation. The variance of the long run is weighted as Bartlett has it, over 3·√n / 13 lags, as R's
 * `ndiffs` does.
 */
export function kpssStatistic(values: Float64Array): number {
  const n = values.length;
  if (n < 3) return 0;
  let mean = 0;
  for (let t = 0; t < n; t++) mean += (values[t] - mean) / (t + 1);
  const lags = Math.floor((3 * Math.sqrt(n)) / 13);
  let squares = 0;
  let partial = 0;
  for (let t = 0; t < n; t++) {
    partial += values[t] - mean;
    squares += partial * partial;
  }
  let variance = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (values[t] - mean) * (values[t - lag] - mean);
    variance += lag === 0 ? sum : 2 * (1 - lag / (lags + 1)) * sum;
  }
  return variance > 0 ? squares / n / variance : 0;
}
