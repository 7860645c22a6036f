// Minimization of smooth functions of a few variables, such as a negative log-likelihood in the logarithms of its
// parameters: BFGS with a weak Wolfe search, in a box whose edge stands for "the parameter runs off to zero or infinity".

/**
 * A function to minimize: writes its gradient at the point into `gradient` and returns its value; NaN or infinity where
 * it is not defined.
 */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/** How {@link minimize} searches. */
export interface MinimizeOptions {
  /** No coordinate leaves [−bound, bound]; default ∞. */
  readonly bound?: number;
  /** Largest norm of a gradient that is taken for zero; default 1e-9, for objectives of size 1. */
  readonly tolerance?: number;
  /** A guess of the inverse of the second derivatives at the starts, positive definite; saves the steps that learn it. */
  readonly inverseHessian?: readonly (readonly number[])[] | undefined;
  /**
   * The inverse of the second derivatives at a point, or what may serve for it where they are not positive definite; null where there is
   * none: for Newton's steps. Rows and columns of coordinates that are held at the edge of the box are 0.
   */
  readonly newton?:
    ((point: Float64Array, held: readonly boolean[]) => readonly (readonly number[])[] | null) | undefined;
  /** Most iterations from one start; default 500. */
  readonly maxIterations?: number;
}

/** Where a search ended. */
export interface Minimum {
  /** The point; coordinates that ended at the edge of the box are ± `bound` exactly. */
  readonly point: Float64Array;
  /** The objective there. */
  readonly value: number;
  /** Euclidean norm of the gradient there, without coordinates at the edge that only want to get out. */
  readonly gradientNorm: number;
  /** Iterations from the start that won. */
  readonly iterations: number;
  /** Whether the gradient is zero to tolerance, or as near to zero as rounding lets the search come. */
  readonly converged: boolean;
}

const sufficientDecrease = 1e-4;
const flatness = 0.9;
/** A step moves no coordinate by more at first. */
const longestMove = 4;
/** Below this share of the value a difference of two values is rounding. */
const rounding = 8 * Number.EPSILON;
/** A search that rounding has stopped counts as converged up to so many tolerances. */
const stalledTolerances = 1000;

/**
 * Finds a minimum from each start and returns the lowest.
 *
 * A converged search wins over one that is not; of equal values the earlier start. An objective that is nowhere finite gives
 * the first start back, unconverged.
 *
 * @param objective - value and gradient; called about 1.2 times per iteration.
 * @param starts - at least one point; all of one length.
 * @param options - see {@link MinimizeOptions}.
 * @returns see {@link Minimum}. Cost: d² per iteration beside the objective.
 * @see Nocedal & Wright (2006), "Numerical Optimization", sections 3.1 and 6.1; Lewis & Overton (2013), "Nonsmooth
 * optimization via quasi-Newton methods", algorithm 2.6 for the search along the line.
 */
export function minimize(
  objective: Objective,
  starts: readonly ArrayLike<number>[],
  options: MinimizeOptions = {},
): Minimum {
  let best = descend(objective, starts[0], options);
  for (const start of starts.slice(1)) {
    const next = descend(objective, start, options);
    if (isBetter(next, best)) best = next;
  }
  return best;
}

/** Whether a search has come lower than another; one that has converged is better than one that has not. */
export function isBetter(next: Minimum, best: Minimum): boolean {
  return next.converged === best.converged ? next.value < best.value : next.converged;
}

/** A point on the way with what is known there. */
interface Place {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

function descend(objective: Objective, start: ArrayLike<number>, options: MinimizeOptions): Minimum {
  const { bound = Infinity, tolerance = 1e-9, maxIterations = 500 } = options;
  const width = start.length;
  const placeAt = (point: Float64Array): Place => {
    const gradient = new Float64Array(width);
    const value = objective(point, gradient);
    return { point, gradient, value: Number.isNaN(value) ? Infinity : value };
  };
  let here = placeAt(Float64Array.from(start, (x) => Math.min(bound, Math.max(-bound, x))));
  const curvature = new InverseHessian(width, options.inverseHessian);
  let held = heldAt(here, bound);
  let iterations = 0;
  let stalled = false;
  let { newton } = options;
  while (iterations < maxIterations && Number.isFinite(here.value) && freeNorm(here.gradient, held) > tolerance) {
    const exact = newton?.(here.point, held);
    if (exact) curvature.take(exact);
    const there = alongLine(placeAt, here, curvature.direction(here.gradient, held), bound);
    if (there === undefined) {
      // The bottom as far as rounding shows it, or a bad curvature: then steepest descent leads on.
      stalled = curvature.isFresh || freeNorm(here.gradient, held) <= tolerance * stalledTolerances;
      if (stalled) break;
      curvature.forget();
      newton = undefined;
      continue;
    }
    iterations++;
    const heldThere = heldAt(there, bound);
    if (heldThere.some((flag, i) => flag !== held[i])) curvature.forget();
    else curvature.learn(here, there, held);
    held = heldThere;
    here = there;
  }
  const gradientNorm = freeNorm(here.gradient, held);
  const limit = stalled ? tolerance * stalledTolerances : tolerance;
  const converged = Number.isFinite(here.value) && gradientNorm <= limit;
  return { point: here.point, value: here.value, gradientNorm, iterations, converged };
}

/** Marks the coordinates at the edge of the box which the gradient would drive out of it. */
function heldAt({ point, gradient }: Place, bound: number): boolean[] {
  return Array.from(point, (x, i) => (x >= bound && gradient[i] < 0) || (x <= -bound && gradient[i] > 0));
}

function freeNorm(gradient: Float64Array, held: readonly boolean[]): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) if (!held[i]) sum += gradient[i] * gradient[i];
  return Math.sqrt(sum);
}

/**
 * Looks along a direction for a place that is lower by more than a little and less steep.
 *
 * @returns undefined when the direction does not lead down as far as rounding shows.
 */
function alongLine(
  placeAt: (point: Float64Array) => Place,
  here: Place,
  direction: Float64Array,
  bound: number,
): Place | undefined {
  const slope = dot(here.gradient, direction);
  if (!(slope < 0)) return undefined;
  let longest = Infinity;
  for (let i = 0; i < direction.length; i++) {
    const room = direction[i] > 0 ? bound - here.point[i] : here.point[i] + bound;
    if (direction[i] !== 0) longest = Math.min(longest, room / Math.abs(direction[i]));
  }
  const slack = rounding * Math.abs(here.value);
  const sizeHere = sizeOf(here.gradient);
  let low = 0;
  let high = Infinity;
  // A step into a plain far away would not lead back: what deserves to go far is led on by the slope.
  const size = direction.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let step = Math.min(1, longest, longestMove / size);
  let lowest: Place | undefined;
  for (let trial = 0; trial < 60; trial++) {
    const there = placeAt(here.point.map((x, i) => Math.min(bound, Math.max(-bound, x + step * direction[i]))));
    const slopeThere = dot(there.gradient, direction);
    // So near the bottom that values no longer tell lower from higher, slopes still do.
    const isLevel = Math.abs(there.value - here.value) <= slack;
    const isLower = isLevel
      ? Math.abs(slopeThere) <= -flatness * slope && sizeOf(there.gradient) < sizeHere
      : there.value <= here.value + sufficientDecrease * step * slope;
    if (!isLower) {
      high = step;
    } else {
      if (slopeThere >= flatness * slope || step >= longest) return there;
      low = step;
      lowest = there;
    }
    const next = high < Infinity ? (low + high) / 2 : Math.min(2 * step, longest);
    if (next === step || next === low || next === high) break;
    step = next;
  }
  return lowest;
}

/** What the steps so far tell about the inverse of the second derivatives. */
class InverseHessian {
  isFresh = true;
  private readonly rows: Float64Array[];

  constructor(width: number, guess: readonly (readonly number[])[] | undefined) {
    this.rows = Array.from({ length: width }, () => new Float64Array(width));
    if (guess === undefined) this.forget();
    else this.take(guess);
  }

  take(inverse: readonly (readonly number[])[]): void {
    this.rows.forEach((row, i) => row.set(inverse[i]));
    this.isFresh = false;
  }

  forget(): void {
    this.rows.forEach((row, i) => row.fill(0).fill(1, i, i + 1));
    this.isFresh = true;
  }

  /** Where the quadratic model has its minimum, seen from here, with some coordinates held. */
  direction(gradient: Float64Array, held: readonly boolean[]): Float64Array {
    const free = gradient.map((slope, i) => (held[i] ? 0 : slope));
    const direction = Float64Array.from(this.rows, (row, i) => (held[i] ? 0 : -dot(row, free)));
    if (!this.isFresh) return direction;
    // Without curvature the first step is as long as one coordinate may sensibly move, but no longer.
    const size = sizeOf(free);
    return size > 1 ? direction.map((x) => x / size) : direction;
  }

  /** The BFGS update by one step; steps along which the slope does not rise teach nothing. */
  learn(from: Place, to: Place, held: readonly boolean[]): void {
    const step = from.point.map((x, i) => (held[i] ? 0 : to.point[i] - x));
    const change = from.gradient.map((slope, i) => (held[i] ? 0 : to.gradient[i] - slope));
    const rise = dot(step, change);
    if (!(rise > 1e-12 * sizeOf(step) * sizeOf(change))) return;
    if (this.isFresh) this.rows.forEach((row, i) => row.fill(rise / dot(change, change), i, i + 1));
    this.isFresh = false;
    const image = Float64Array.from(this.rows, (row) => dot(row, change));
    const stretch = (1 + dot(change, image) / rise) / rise;
    this.rows.forEach((row, i) => {
      for (let j = 0; j < row.length; j++) {
        row[j] += stretch * step[i] * step[j] - (image[i] * step[j] + step[i] * image[j]) / rise;
      }
    });
  }
}

function sizeOf(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
