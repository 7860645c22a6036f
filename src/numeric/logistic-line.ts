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

/** Values that a line is fitted to, equal ones as one. */
export interface LogisticPoints {
  /** Finite, and not all equal. */
  readonly values: Float64Array;
  /** How many observations each stands for. */
  readonly counts: Float64Array;
  /** The sum of their targets, each in [0, 1]. */
  readonly targets: Float64Array;
}

const mostIterations = 100;
const smallestStep = 1e-10;

/** Platt's targets: what a positive and a negative count as, so that a line stays finite also without an error. */
export function plattTargets(positives: number, negatives: number): { readonly hit: number; readonly miss: number } {
  return { hit: (positives + 1) / (positives + 2), miss: 1 / (negatives + 2) };
}

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
  if (values.every((value) => value === values[0])) {
    const intercept = log((positives + 1) / (negatives + 1)) - (values[0] ?? 0);
    return { intercept, slope: 1, iterations: 0, converged: true };
  }
  const { hit, miss } = plattTargets(positives, negatives);
  const targets = Float64Array.from(outcome, (one) => (one === 1 ? hit : miss));
  const counts = new Float64Array(values.length).fill(1);
  const start = log((positives + 1) / (negatives + 1));
  return likeliestLine({ values, counts, targets }, start);
}

/**
 * The line of log odds that makes targets most likely. It exists where they overlap: no value has only targets of 0 on its one
 * side and only targets of 1 on the other.
 *
 * @param points - see {@link LogisticPoints}.
 * @param start - log odds to begin with, at a slope of 0. Cost: a few passes.
 */
export function likeliestLine(points: LogisticPoints, start: number): LogisticLine {
  const { values, counts, targets } = points;
  let [intercept, slope] = [start, 0];
  let loss = lossOf(points, intercept, slope);
  for (let iteration = 1; iteration <= mostIterations; iteration++) {
    // Gradient and Hessian of the negative log likelihood; the small ridge keeps the Hessian invertible.
    let [g0, g1] = [0, 0];
    for (let row = 0; row < values.length; row++) {
      const rest = counts[row] * probabilityOf(intercept + slope * values[row]) - targets[row];
      g0 += rest;
      g1 += rest * values[row];
    }
    const { h00, h01, h11 } = informationOf(points, intercept, slope);
    const determinant = h00 * h11 - h01 * h01;
    const [d0, d1] = [(h01 * g1 - h11 * g0) / determinant, (h01 * g0 - h00 * g1) / determinant];
    let step = 1;
    let next = lossOf(points, intercept + d0, slope + d1);
    while (!(next <= loss) && step > smallestStep) {
      step /= 2;
      next = lossOf(points, intercept + step * d0, slope + step * d1);
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

/** The Hessian of the negative log likelihood: its inverse holds the squared standard errors. */
export function informationOf(
  { values, counts }: Pick<LogisticPoints, "values" | "counts">,
  intercept: number,
  slope: number,
): { readonly h00: number; readonly h01: number; readonly h11: number } {
  let [h00, h01, h11] = [1e-12, 0, 1e-12];
  for (let row = 0; row < values.length; row++) {
    const p = probabilityOf(intercept + slope * values[row]);
    const weight = counts[row] * p * (1 - p);
    h00 += weight;
    h01 += weight * values[row];
    h11 += weight * values[row] * values[row];
  }
  return { h00, h01, h11 };
}

/** The probability of log odds. */
export function probabilityOf(logOdds: number): number {
  return logOdds >= 0 ? 1 / (1 + exp(-logOdds)) : exp(logOdds) / (1 + exp(logOdds));
}

function lossOf({ values, counts, targets }: LogisticPoints, intercept: number, slope: number): number {
  let loss = 0;
  for (let row = 0; row < values.length; row++) {
    const logOdds = intercept + slope * values[row];
    // log(1 + e^f) − t·f, without overflow on either side.
    const whole = logOdds >= 0 ? logOdds + log1p(exp(-logOdds)) : log1p(exp(logOdds));
    loss += counts[row] * whole - targets[row] * logOdds;
  }
  return loss;
}
