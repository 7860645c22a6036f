import { exp, log, log1p } from "./elementary.ts";

/** A line of log odds: `intercept + slope · x`. */
export interface LogisticLine {
  /** Log odds at 0. */
  readonly intercept: number;
  /** What a step of 1 adds to the log odds. */
  readonly slope: number;
  /** Newton steps taken. */
  readonly iterations: number;
  /** False when the steps did not settle. */
  readonly converged: boolean;
}

const mostIterations = 100;
const smallestStep = 1e-10;

/**
 * The line of log odds that makes outcomes most likely, with Platt's targets: a positive counts as (n₊ + 1) / (n₊ + 2), a
 * negative as 1 / (n₋ + 2), so that the line stays finite also where a value tells the two apart without error.
 *
 * @param values - finite scores; where all are equal the slope is 1.
 * @param outcome - 1 = it happened, 0 = it did not; both occur.
 * @see Platt (1999), "Probabilistic outputs for support vector machines"; Lin, Lin & Weng (2007) for the damped Newton
 * steps. Cost: a few passes.
 */
export function logisticLine(values: Float64Array, outcome: Uint8Array): LogisticLine {
  const positives = outcome.reduce((sum, one) => sum + one, 0);
  const negatives = outcome.length - positives;
  const targets = Float64Array.from(outcome, (one) =>
    one === 1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2),
  );
  const isConstant = values.every((value) => value === values[0]);
  let slope = isConstant ? 1 : 0;
  let intercept = log((positives + 1) / (negatives + 1)) - (isConstant ? slope * (values[0] ?? 0) : 0);
  if (isConstant) return { intercept, slope, iterations: 0, converged: true };
  let loss = lossOf(values, targets, intercept, slope);
  for (let iteration = 1; iteration <= mostIterations; iteration++) {
    // Gradient and Hessian of the negative log likelihood; the small ridge keeps the Hessian invertible.
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-12, 0, 1e-12];
    for (let row = 0; row < values.length; row++) {
      const p = probabilityOf(intercept + slope * values[row]);
      const [rest, weight] = [p - targets[row], p * (1 - p)];
      g0 += rest;
      g1 += rest * values[row];
      h00 += weight;
      h01 += weight * values[row];
      h11 += weight * values[row] * values[row];
    }
    const determinant = h00 * h11 - h01 * h01;
    const [d0, d1] = [(h01 * g1 - h11 * g0) / determinant, (h01 * g0 - h00 * g1) / determinant];
    let step = 1;
    let next = lossOf(values, targets, intercept + d0, slope + d1);
    while (!(next <= loss) && step > smallestStep) {
      step /= 2;
      next = lossOf(values, targets, intercept + step * d0, slope + step * d1);
    }
    if (!(next <= loss)) return { intercept, slope, iterations: iteration, converged: true };
    intercept += step * d0;
    slope += step * d1;
    loss = next;
    const moved = Math.abs(step * d0) + Math.abs(step * d1);
    if (moved <= smallestStep * (1 + Math.abs(intercept) + Math.abs(slope))) {
      return { intercept, slope, iterations: iteration, converged: true };
    }
  }
  return { intercept, slope, iterations: mostIterations, converged: false };
}

/** The probability of log odds. */
export function probabilityOf(logOdds: number): number {
  return logOdds >= 0 ? 1 / (1 + exp(-logOdds)) : exp(logOdds) / (1 + exp(logOdds));
}

function lossOf(values: Float64Array, targets: Float64Array, intercept: number, slope: number): number {
  let loss = 0;
  for (let row = 0; row < values.length; row++) {
    const logOdds = intercept + slope * values[row];
    // log(1 + e^f) − t·f, without overflow on either side.
    loss += (logOdds >= 0 ? logOdds + log1p(exp(-logOdds)) : log1p(exp(logOdds))) - targets[row] * logOdds;
  }
  return loss;
}
