import { exp, log } from "../numeric/elementary.ts";
import { type LeastSquares, solveLeastSquares } from "../numeric/least-squares.ts";
import { carriedOver, saturated, type Saturation, type SpendShape } from "./spend-transforms.ts";

/** One number that the search may move: of which channel, which one, and between which bounds. */
export interface FreeShape {
  /** Position of the channel. */
  readonly channel: number;
  /** Decay as it is; the others by their logarithm. */
  readonly part: keyof SpendShape;
  /** Least value, on the scale of the search. */
  readonly low: number;
  /** Largest value. */
  readonly high: number;
}

/** Spend, sales and the columns beside them. */
export interface SpendData {
  /** Spend, row-major, one row per period. */
  readonly values: Float64Array;
  /** Number of channels. */
  readonly channels: number;
  /** Sales per period. */
  readonly sales: ArrayLike<number>;
  /** Controls, row-major. */
  readonly controls: Float64Array;
  /** Number of controls. */
  readonly controlCount: number;
  /** How spend levels off. */
  readonly saturation: Saturation;
}

/** Where a search ended. */
export interface SearchResult {
  /** One shape per channel. */
  readonly shapes: readonly SpendShape[];
  /** Least squares of sales on channels, then controls. */
  readonly solution: LeastSquares;
  /** Whether the last step changed the sum of squares by less than a 10⁻¹²th. */
  readonly converged: boolean;
  /** Steps after the grid. */
  readonly iterations: number;
}

const mostIterations = 200;
const sweeps = 3;
const decays = [0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.88];
const halves = [0.1, 0.25, 0.5, 1, 2, 5];
const slopes = [0.7, 1, 1.6, 2.6];

/** The value of a free number on the scale of the search. */
export function valueOf(shapes: readonly SpendShape[], { channel, part }: FreeShape): number {
  const value = shapes[channel][part];
  return part === "decay" ? value : log(value);
}

/** Shapes with one free number moved, kept within its bounds. */
function movedTo(shapes: readonly SpendShape[], free: FreeShape, value: number): SpendShape[] {
  const inside = Math.min(free.high, Math.max(free.low, value));
  const natural = free.part === "decay" ? inside : exp(inside);
  return shapes.map((shape, c) => (c === free.channel ? { ...shape, [free.part]: natural } : shape));
}

/** The columns of the regression: the effect of each channel, then the controls. */
export function designOf(data: SpendData, shapes: readonly SpendShape[]): Float64Array {
  const { channels, controls, controlCount } = data;
  const width = channels + controlCount;
  const periods = data.sales.length;
  const design = new Float64Array(periods * width);
  shapes.forEach((shape, c) => {
    effectOf(data, c, shape).forEach((effect, t) => (design[t * width + c] = effect));
  });
  for (let t = 0; t < periods; t++) {
    for (let k = 0; k < controlCount; k++) design[t * width + channels + k] = controls[t * controlCount + k];
  }
  return design;
}

/** The effect of one channel in every period, before the coefficient. */
function effectOf({ values, channels, saturation }: SpendData, channel: number, shape: SpendShape): Float64Array {
  return carriedOver(values, channels, channel, shape.decay).map((pressure) => saturated(saturation, pressure, shape));
}

/** By how much sales change with each free number: one column each. */
function slopesOf(
  data: SpendData,
  shapes: readonly SpendShape[],
  free: readonly FreeShape[],
  coefficients: ArrayLike<number>,
): Float64Array[] {
  return free.map((one) => {
    const at = valueOf(shapes, one);
    const step = 1e-5 * Math.max(1, Math.abs(at));
    const [low, high] = [Math.max(one.low, at - step), Math.min(one.high, at + step)];
    const [before, after] = [low, high].map((value) =>
      effectOf(data, one.channel, movedTo(shapes, one, value)[one.channel]),
    );
    return after.map((effect, t) => (coefficients[one.channel] * (effect - before[t])) / (high - low));
  });
}

/**
 * Finds shapes with a small sum of squares: a grid, one channel after the other, then Levenberg and Marquardt's steps on all free
 * numbers together, the coefficients being solved for in each.
 *
 * @param data - checked.
 * @param start - shapes to begin with; numbers that are not free keep these values.
 * @param free - the numbers that may move.
 * @returns the end of the search, or null where no start has a solution.
 */
export function searchShapes(
  data: SpendData,
  start: readonly SpendShape[],
  free: readonly FreeShape[],
): SearchResult | null {
  let shapes = [...start];
  let best = solveAt(data, shapes);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const before = best?.residualSquares;
    for (let c = 0; c < data.channels; c++) {
      for (const candidate of gridOf(
        shapes,
        free.filter(({ channel }) => channel === c),
        start,
      )) {
        const solution = solveAt(data, candidate);
        if (solution !== null && (best === null || solution.residualSquares < best.residualSquares)) {
          best = solution;
          shapes = candidate;
        }
      }
    }
    if (best?.residualSquares === before) break;
  }
  return best === null ? null : refine(data, shapes, best, free);
}

function solveAt(data: SpendData, shapes: readonly SpendShape[]): LeastSquares | null {
  const columns = data.channels + data.controlCount;
  const solution = solveLeastSquares(
    { values: designOf(data, shapes), columns, target: data.sales, intercept: true },
    0,
  );
  return "reason" in solution ? null : solution;
}

/** Every combination of a channel's free numbers; the others as they are. */
function gridOf(
  shapes: readonly SpendShape[],
  free: readonly FreeShape[],
  start: readonly SpendShape[],
): SpendShape[][] {
  let list = [[...shapes]];
  if (free.length === 0) return [];
  for (const one of free) {
    const values =
      one.part === "decay"
        ? decays
        : one.part === "slope"
          ? slopes.map(log)
          : halves.map((share) => log(share * start[one.channel].halfSaturation));
    list = list.flatMap((candidate) => values.map((value) => movedTo(candidate, one, value)));
  }
  return list;
}

function refine(
  data: SpendData,
  from: readonly SpendShape[],
  found: LeastSquares,
  free: readonly FreeShape[],
): SearchResult {
  let shapes = [...from];
  let solution = found;
  let damping = 1e-3;
  let iterations = 0;
  let converged = free.length === 0;
  while (!converged && iterations < mostIterations) {
    iterations++;
    const step = stepOf(data, shapes, solution, free, damping);
    const next = step === null ? shapes : free.reduce((moved, one, f) => movedTo(moved, one, valueOf(shapes, one) + step[f]), shapes); // prettier-ignore
    const tried = step === null ? null : solveAt(data, next);
    if (tried !== null && tried.residualSquares < solution.residualSquares) {
      converged = solution.residualSquares - tried.residualSquares <= 1e-12 * solution.residualSquares;
      shapes = next;
      solution = tried;
      damping = Math.max(1e-12, damping / 10);
    } else {
      // No step is short enough to gain anything: this is the bottom as far as doubles tell.
      converged = damping > 1e8;
      damping *= 10;
    }
  }
  return { shapes, solution, converged, iterations };
}

/** One damped step: residuals on the columns of the regression and the slopes of the free numbers, all scaled to length 1. */
function stepOf(
  data: SpendData,
  shapes: readonly SpendShape[],
  solution: LeastSquares,
  free: readonly FreeShape[],
  damping: number,
): number[] | null {
  const linear = data.channels + data.controlCount;
  const width = linear + free.length;
  const periods = data.sales.length;
  const values = jacobianOf(data, shapes, solution.coefficients, free);
  const lengths = Array.from({ length: width }, (_, j) => {
    let mean = 0;
    for (let t = 0; t < periods; t++) mean += values[t * width + j] / periods;
    let squares = 0;
    for (let t = 0; t < periods; t++) squares += (values[t * width + j] - mean) ** 2;
    return Math.sqrt(squares) || 1;
  });
  for (let cell = 0; cell < values.length; cell++) values[cell] /= lengths[cell % width];
  const target = residualsOf(data, shapes, solution);
  const step = solveLeastSquares({ values, columns: width, target, intercept: true }, damping);
  return "reason" in step ? null : free.map((_, f) => step.coefficients[linear + f] / lengths[linear + f]);
}

/** The columns of the regression, then the slopes of the free numbers; row-major. */
export function jacobianOf(
  data: SpendData,
  shapes: readonly SpendShape[],
  coefficients: ArrayLike<number>,
  free: readonly FreeShape[],
): Float64Array {
  const linear = data.channels + data.controlCount;
  const width = linear + free.length;
  const design = designOf(data, shapes);
  const moves = slopesOf(data, shapes, free, coefficients);
  const jacobian = new Float64Array(data.sales.length * width);
  for (let t = 0; t < data.sales.length; t++) {
    for (let j = 0; j < linear; j++) jacobian[t * width + j] = design[t * linear + j];
    for (let f = 0; f < free.length; f++) jacobian[t * width + linear + f] = moves[f][t];
  }
  return jacobian;
}

/** Sales less what the model expects. */
export function residualsOf(data: SpendData, shapes: readonly SpendShape[], solution: LeastSquares): Float64Array {
  const design = designOf(data, shapes);
  const { intercept, coefficients } = solution;
  const width = coefficients.length;
  return Float64Array.from(data.sales, (value, t) => {
    let expected = intercept;
    for (let j = 0; j < width; j++) expected += coefficients[j] * design[t * width + j];
    return value - expected;
  });
}
