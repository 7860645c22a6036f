import { filterArima } from "../numeric/arima-filter.ts";
import type { ArmaState } from "../numeric/arma-state.ts";
import type { ArimaOrigin } from "./arima-model.ts";
import {
  type ArimaCoefficients,
  type ArimaEvaluation,
  type ArimaProblem,
  driftFactor,
  filterGaps,
  stateAt,
} from "./arima-problem.ts";

/** Variances below this are rounding. */
const rounding = 1e-8;

/** Where the series stands at its end: what a forecast needs of it. */
export function originOf(
  problem: ArimaProblem,
  coefficients: ArimaCoefficients,
  { constant }: ArimaEvaluation,
): ArimaOrigin {
  const { orders, values, weights, differenced, center } = problem;
  const arma = stateAt(orders, coefficients);
  // The coefficients have just been evaluated.
  if (arma === null) return { state: [], uncertain: [], covariance: [] };
  const count = values.length;
  if (problem.gaps > 0) {
    const { level, covariance, base } = filterGaps(problem, arma);
    const own = arma.column.length;
    const state = Array.from(level, (expected, i) =>
      i < own ? expected : expected + base + (orders.constant ? constant * (count - 1 - (i - own)) : 0),
    );
    return { state: state.map((x) => x + 0), ...unsure(arma, covariance, level.length) };
  }
  const differences = orders.d + orders.seasonalD;
  const mean = orders.constant ? constant * (differences > 0 ? driftFactor(orders) : 1) - center : 0;
  const moved = differenced.map((value) => value - mean);
  const { level, covariance } = filterArima(moved, { arma, weights: weights.subarray(0, 0) });
  const past = Array.from(weights, (_, k) => values[count - 1 - k]);
  return { state: [...level, ...past].map((x) => x + 0), ...unsure(arma, covariance, level.length) };
}

/** The states that are not sure beyond what the next innovation adds, and their covariances. */
function unsure(
  arma: ArmaState,
  covariance: Float64Array,
  size: number,
): Pick<ArimaOrigin, "uncertain" | "covariance"> {
  const own = arma.column.length;
  const excess = (i: number, j: number): number =>
    covariance[i * size + j] - (i < own && j < own ? arma.impact[i] * arma.impact[j] : 0);
  const uncertain = Array.from({ length: size }, (_, i) => i).filter((i) => excess(i, i) > rounding);
  return { uncertain, covariance: uncertain.map((i) => uncertain.map((j) => (excess(i, j) + excess(j, i)) / 2 + 0)) };
}
