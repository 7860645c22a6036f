export { covariance } from "./covariance.ts";
export type { Covariance, CovarianceState } from "./covariance.ts";
export { exp, expm1, log, log1p, pow } from "./elementary.ts";
export { moments } from "./moments.ts";
export type { Moments, MomentsState } from "./moments.ts";
export { median, quantile, quantiles } from "./quantile.ts";
export { compensatedSum, sumOf } from "./sums.ts";
export type { SumState } from "./sums.ts";
