import { withDifferences } from "../numeric/differences.ts";
import { log } from "../numeric/elementary.ts";
import { minimize } from "../numeric/minimize.ts";
import { factorDefinite, solveDefinite } from "../numeric/definite.ts";
import {
  smooth,
  type SmoothingForm,
  type SmoothingPass,
  type SmoothingState,
  type SmoothingWeights,
} from "./smoothing-recursion.ts";
import { heuristicStart, type SmoothingStart } from "./smoothing-start.ts";

/** Weights that the user has set; the others are found. */
export type FixedWeights = Readonly<Record<keyof SmoothingWeights, number | undefined>>;

/** The best weights and start of a smoothing model. */
export interface SmoothingFit {
  readonly weights: SmoothingWeights;
  readonly pass: SmoothingPass;
  /** How many weights, and how many parts of the start, were found. */
  readonly freeWeights: number;
  readonly freeStart: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Damping outside this range is no damping, or no trend. */
const [leastDamping, mostDamping] = [0.8, 0.98];
const names = ["alpha", "beta", "gamma", "phi"] as const;
/** R's starts, and others, for a sum of squares with several bottoms. */
const starts: readonly (readonly [number, number, number, number])[] = [
  [0.3, 0.1, 0.1, 0.95],
  [0.8, 0.05, 0.6, 0.9],
  [0.05, 0.8, 0.9, 0.97],
];

/**
 * Finds weights from a start by heuristics, by least squares, as R's HoltWinters.
 *
 * @param values - NaN = gap.
 * @param bridged - the same with lines across gaps, for the start.
 */
export function fitFromHeuristics(
  values: Float64Array,
  bridged: Float64Array,
  form: SmoothingForm,
  fixed: FixedWeights,
): SmoothingFit {
  const { from, state } = heuristicStart(bridged, form);
  const free = freeNames(form, fixed);
  const passAt = (point: ArrayLike<number>): SmoothingPass =>
    smooth(values, from, form, weightsAt(form, fixed, free, point), state);
  const least = leastVariance(bridged);
  const objective = (point: Float64Array): number => {
    const { squares, count } = passAt(point);
    return 0.5 * log(Math.max(squares / Math.max(1, count), least));
  };
  return searched(form, fixed, free, 0, objective, passAt, []);
}

/**
 * Finds weights and start together, by maximum likelihood. Where errors are additive and the season is not a factor they are linear in the
 * start, so that for each set of weights the best start is a least squares problem.
 */
export function fitWithStart(
  values: Float64Array,
  bridged: Float64Array,
  form: SmoothingForm,
  fixed: FixedWeights,
): SmoothingFit {
  const free = freeNames(form, fixed);
  const least = leastVariance(bridged);
  const objectiveOf = ({ squares, relativeSquares, logForecasts, count }: SmoothingPass): number =>
    form.error === "additive"
      ? 0.5 * log(Math.max(squares / count, least))
      : 0.5 * log(Math.max(relativeSquares / count, 1e-30)) + logForecasts / count;
  const guess = startAtBegin(bridged, form);
  const freeStart = 1 + (form.trend === "none" ? 0 : 1) + (form.seasonal === "none" ? 0 : form.period - 1);
  if (form.error === "additive" && form.seasonal !== "multiplicative") {
    const passAt = (point: ArrayLike<number>): SmoothingPass => {
      const weights = weightsAt(form, fixed, free, point);
      return smooth(values, 0, form, weights, bestLinearStart(values, form, weights, guess));
    };
    return searched(form, fixed, free, freeStart, (point) => objectiveOf(passAt(point)), passAt, []);
  }
  const scale = spreadOf(bridged);
  const passAt = (point: ArrayLike<number>): SmoothingPass =>
    smooth(values, 0, form, weightsAt(form, fixed, free, point), movedStart(form, guess, scale, point, free.length));
  const still = new Array<number>(freeStart).fill(0);
  return searched(form, fixed, free, freeStart, (point) => objectiveOf(passAt(point)), passAt, still);
}

function searched(
  form: SmoothingForm,
  fixed: FixedWeights,
  free: readonly (keyof SmoothingWeights)[],
  freeStart: number,
  objective: (point: Float64Array) => number,
  passAt: (point: ArrayLike<number>) => SmoothingPass,
  still: readonly number[],
): SmoothingFit {
  const points = starts.map((start) => [...free.map((name) => pointOf(name, start[names.indexOf(name)])), ...still]);
  const width = free.length + still.length;
  const found =
    width === 0
      ? { point: new Float64Array(0), iterations: 0, converged: true }
      : minimize(withDifferences(objective), points, { bound: 1, tolerance: 1e-7, maxIterations: 200 });
  return {
    weights: weightsAt(form, fixed, free, found.point),
    pass: passAt(found.point),
    freeWeights: free.length,
    freeStart,
    iterations: found.iterations,
    converged: found.converged,
  };
}

function freeNames(form: SmoothingForm, fixed: FixedWeights): (keyof SmoothingWeights)[] {
  const has = {
    alpha: true,
    beta: form.trend !== "none",
    gamma: form.seasonal !== "none",
    phi: form.trend === "damped",
  };
  return names.filter((name) => has[name] && fixed[name] === undefined);
}

/** The search moves in [−1, 1]; weights lie in [0, 1], the damping in its own range. */
function weightsAt(
  form: SmoothingForm,
  fixed: FixedWeights,
  free: readonly (keyof SmoothingWeights)[],
  point: ArrayLike<number>,
): SmoothingWeights {
  const weightOf = (name: keyof SmoothingWeights, absent: number, present: boolean): number => {
    if (!present) return absent;
    const place = free.indexOf(name);
    if (place < 0) return fixed[name] ?? absent;
    const share = (1 + point[place]) / 2;
    return name === "phi" ? leastDamping + (mostDamping - leastDamping) * share : share;
  };
  const hasTrend = form.trend !== "none";
  return {
    alpha: weightOf("alpha", 0, true),
    beta: weightOf("beta", 0, hasTrend),
    gamma: weightOf("gamma", 0, form.seasonal !== "none"),
    phi: weightOf("phi", hasTrend ? 1 : 0, form.trend === "damped"),
  };
}

function pointOf(name: keyof SmoothingWeights, weight: number): number {
  return 2 * (name === "phi" ? (weight - leastDamping) / (mostDamping - leastDamping) : weight) - 1;
}

/** The heuristic start, moved back to the step before the first value. */
function startAtBegin(values: Float64Array, form: SmoothingForm): SmoothingState {
  const { from, state }: SmoothingStart = heuristicStart(values, form);
  const back = form.seasonal === "none" ? from : form.period >> 1;
  return { ...state, level: state.level - back * state.slope };
}

/** The start of least squares for given weights: errors are those of a start at 0 plus a combination of answers to unit starts. */
function bestLinearStart(
  values: Float64Array,
  form: SmoothingForm,
  weights: SmoothingWeights,
  guess: SmoothingState,
): SmoothingState {
  const seen = Array.from(values.keys()).filter((t) => !Number.isNaN(values[t]));
  const isSeasonal = form.seasonal !== "none";
  const parts = isSeasonal ? form.period : 0;
  const empty = (): SmoothingState => ({ level: 0, slope: 0, season: new Float64Array(parts) });
  const units: SmoothingState[] = [{ ...empty(), level: 1 }];
  if (form.trend !== "none") units.push({ ...empty(), slope: 1 });
  // The season sums to 0: its last part is what the others leave.
  for (let i = 0; i + 1 < parts; i++) {
    const unit = empty();
    unit.season[i] = 1;
    unit.season[parts - 1] = -1;
    units.push(unit);
  }
  const errors = new Float64Array(values.length);
  smooth(values, 0, form, weights, guess, errors);
  const target = Float64Array.from(seen, (t) => errors[t]);
  const none = values.map((value) => (Number.isNaN(value) ? NaN : 0));
  const width = units.length;
  const answers = units.map((unit) => {
    smooth(none, 0, form, weights, unit, errors);
    return Float64Array.from(seen, (t) => -errors[t]);
  });
  const products = new Float64Array(width * width);
  for (let i = 0; i < width; i++) for (let j = 0; j <= i; j++) products[i * width + j] = dot(answers[i], answers[j]);
  const factor = factorDefinite(products, width, 1e-12);
  if ("dependent" in factor) return guess;
  const found = solveDefinite(factor, answers.map((answer) => dot(answer, target))); // prettier-ignore
  const result: SmoothingState = { level: guess.level, slope: guess.slope, season: guess.season.slice() };
  units.forEach((unit, j) => {
    result.level += found[j] * unit.level;
    result.slope += found[j] * unit.slope;
    for (let i = 0; i < parts; i++) result.season[i] += found[j] * unit.season[i];
  });
  return result;
}

/** A start moved away from the guess by coordinates in [−1, 1]. */
function movedStart(
  form: SmoothingForm,
  guess: SmoothingState,
  scale: number,
  point: ArrayLike<number>,
  at: number,
): SmoothingState {
  let place = at;
  const level = guess.level + 2 * scale * point[place++];
  const slope = form.trend === "none" ? 0 : guess.slope + (scale * point[place++]) / Math.max(4, form.period / 2);
  const season = guess.season.slice();
  if (form.seasonal !== "none") {
    const isProduct = form.seasonal === "multiplicative";
    let mean = 0;
    for (let i = 0; i < season.length; i++) {
      const move = i + 1 < season.length ? point[place++] : 0;
      season[i] = isProduct ? season[i] * (1 + 0.8 * move) : season[i] + 2 * scale * move;
      mean += season[i] / season.length;
    }
    for (let i = 0; i < season.length; i++) season[i] = isProduct ? season[i] / mean : season[i] - mean;
  }
  return { level, slope, season };
}

function spreadOf(values: Float64Array): number {
  let [mean, squares] = [0, 0];
  for (const value of values) mean += value / values.length;
  for (const value of values) squares += (value - mean) * (value - mean);
  return Math.sqrt(squares / values.length) || 1;
}

/** The square of the rounding of the values. */
function leastVariance(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return Math.max((Number.EPSILON * largest) ** 2, 1e-290);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
