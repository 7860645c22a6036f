import { type DefiniteFactor, factorDefinite, solveDefinite } from "./definite.ts";
import { log } from "./elementary.ts";
import { type LogisticPass, type LogisticSums, type OutcomeRows, withLogisticPass } from "./logistic-pass.ts";

/** How to look for the most likely coefficients. */
export interface LogisticSearch {
  /** λ of the penalty λ/2 · Σ slope². */
  readonly l2: number;
  /** Most steps on all rows. */
  readonly maxIterations: number;
  /** The last step moves no log odds by more than this where a value is a usual distance from its center. */
  readonly tolerance: number;
}

/** Why a search ended: at the optimum, because there is none, or because it took too long. */
export type LogisticEnd = "converged" | "separated" | "exhausted";

/** Where a search ended. Coefficients belong to value − center, the intercept first. */
export interface LogisticOptimum {
  readonly end: LogisticEnd;
  readonly coefficients: Float64Array;
  readonly center: Float64Array;
  /** The usual distance of each column's values from its center. */
  readonly scale: Float64Array;
  /** At the coefficients before the last step, which is within the tolerance. */
  readonly sums: LogisticSums;
  /** Σ weight · (1, value − center). */
  readonly rowSums: Float64Array;
  /** Of the second derivatives with the penalty. */
  readonly factor: DefiniteFactor;
  /** Steps taken on all rows. */
  readonly iterations: number;
  /** The direction, as coefficients, along which the outcomes get ever more likely; only where they are separated. */
  readonly direction: Float64Array | undefined;
}

/** What makes a search impossible: a column that repeats others (0 = the constant), or numbers too large to square. */
export interface LogisticObstacle {
  readonly obstacle: "dependent" | "overflow";
  readonly column: number;
}

/** A column with less than this share of its own (1 − R² on the columns before it) repeats them but for rounding. */
const negligible = 1e-11;
/** What rounding leaves of a pivot: at coefficients far out, where rows hardly weigh. */
const rounding = 1e-15;
/** How many times larger a sample is than the one before it. */
const growth = 8;
/** The least rows of a sample, and of the rarer outcome in it per coefficient: fewer are often separated by chance. */
const [leastSample, leastEvents] = [1024, 10];
/** A sample's own optimum is some standard errors off: its last step may be as large as this. */
const sampleTolerance = 0.05;
/** A direction is flat where the curvature has fallen to this share of what it was at the start. */
const flat = 1e-6;
/** A flat direction separates if it speaks against no outcome by more than this share of what it speaks for one. */
const slack = 1e-7;
const mostHalvings = 40;

/**
 * Finds the coefficients of a logistic model that make the outcomes most likely, by Newton's method with step halving.
 *
 * Many rows are approached through samples: each starts where the one before it ended, so that all rows are needed for the
 * last steps only. A step that is expected to be followed by the last one takes the second derivatives of the step before it.
 *
 * @param data - finite values with both outcomes among rows with a weight.
 * @returns the optimum, or what stands in its way.
 * @see Hosmer & Lemeshow; Albert & Anderson (1984) for when there is no optimum. Cost: n·d²/2 multiplications a step.
 */
export function logisticOptimum(data: OutcomeRows, search: LogisticSearch): LogisticOptimum | LogisticObstacle {
  const { center, scale } = measureColumns(data);
  return withLogisticPass(data, center, (pass) => {
    const penalty = Float64Array.from({ length: data.columns + 1 }, (_, j) => (j === 0 ? 0 : search.l2));
    const climb = { pass, penalty, scale, ...search };
    const start = new Float64Array(data.columns + 1);
    start[0] = logOddsOf(data);
    let near: LogisticOptimum["coefficients"] | undefined;
    let factor: DefiniteFactor | undefined;
    for (const every of samplesOf(data)) {
      const share = penalty.map((value) => value / every);
      const sample = { ...climb, penalty: share, tolerance: sampleTolerance, every, factor: undefined };
      const found = climbFrom(near ?? start, sample);
      const isUseful = !("obstacle" in found) && found.end === "converged";
      near = isUseful ? found.coefficients : undefined;
      factor = isUseful ? grown(found.factor, every) : undefined;
    }
    const ends = near === undefined ? undefined : climbFrom(near, { ...climb, every: 1, factor });
    // A sample may lack what all rows have, and its start then may mislead: without it there is no doubt.
    const isSound = ends !== undefined && !("obstacle" in ends) && ends.end === "converged";
    const found = isSound ? ends : climbFrom(start, { ...climb, every: 1, factor: undefined });
    return "obstacle" in found ? found : { ...found, center, scale, rowSums: pass.sums.slice() };
  });
}

type Climbed = Omit<LogisticOptimum, "center" | "scale" | "rowSums">;

interface Climb extends LogisticSearch {
  readonly pass: LogisticPass;
  readonly penalty: Float64Array;
  readonly scale: Float64Array;
  /** One row in so many. */
  readonly every: number;
  /** Second derivatives of a sample, for the first step. */
  readonly factor: DefiniteFactor | undefined;
}

function climbFrom(start: Float64Array, climb: Climb): Climbed | LogisticObstacle {
  const { pass, penalty, scale, every, tolerance } = climb;
  let coefficients: Float64Array = Float64Array.from(start);
  let step: Float64Array = new Float64Array(start.length);
  let factor = climb.factor;
  let first: Float64Array | undefined;
  let [best, halvings, iterations, drift] = [Infinity, 0, 0, 0];
  let withHessian = factor === undefined;
  for (;;) {
    const sums = pass.at(coefficients, withHessian, every);
    const objective = sums.loss + penaltyOf(coefficients, penalty);
    if (!(objective <= best + 1e-12 * (1 + Math.abs(best))) && iterations > 0 && halvings < mostHalvings) {
      // Too far: back half of the way.
      step = step.map((move) => move / 2);
      coefficients = coefficients.map((value, j) => value - step[j]);
      halvings++;
      withHessian = true;
      continue;
    }
    if (!Number.isFinite(objective) || !sums.gradient.every(Number.isFinite))
      return { obstacle: "overflow", column: 0 };
    halvings = 0;
    best = Math.min(best, objective);
    if (sums.hessian !== undefined) {
      const matrix = penalized(sums.hessian, penalty);
      if (!matrix.every(Number.isFinite)) return { obstacle: "overflow", column: 0 };
      first ??= matrix;
      const made = factorDefinite(matrix, start.length, iterations === 0 && climb.l2 === 0 ? negligible : rounding);
      if ("dependent" in made && iterations === 0) return { obstacle: "dependent", column: made.dependent };
      factor = "dependent" in made ? braced(matrix, start.length) : made;
      drift = 0;
    }
    if (factor === undefined) throw new Error("the first step has second derivatives");
    const slope = sums.gradient.map((value, j) => value - penalty[j] * coefficients[j]);
    step = solveDefinite(factor, slope);
    const size = sizeOf(step, scale);
    const gain = slope.reduce((sum, value, j) => sum + value * step[j], 0);
    // Rounding in the sums hides what a step of this gain could still improve.
    const isLast = size <= tolerance || gain <= 1e-20 * (1 + Math.abs(best));
    const end = isLast ? "converged" : climb.l2 > 0 ? undefined : separation();
    if (end !== undefined || iterations === climb.maxIterations) {
      if (sums.hessian === undefined) {
        withHessian = true;
        continue;
      }
      if (isLast) coefficients = coefficients.map((value, j) => value + step[j]);
      const direction = end === "separated" ? (sums.least > 0 ? coefficients : step) : undefined;
      return {
        end: end ?? "exhausted",
        coefficients,
        sums,
        factor,
        iterations: iterations + (isLast ? 1 : 0),
        direction,
      };
    }
    coefficients = coefficients.map((value, j) => value + step[j]);
    iterations++;
    drift += 2 * size;
    // Mostly the step after this is that small or smaller. Where another one is needed it may do with these derivatives.
    const next = size * drift;
    withHessian = every > 1 || next <= 10 * tolerance || next * drift > tolerance;

    function separation(): LogisticEnd | undefined {
      if (sums.least > 0) return "separated";
      if (sums.hessian === undefined || first === undefined || iterations === 0) return undefined;
      if (curvature(sums.hessian, step) > flat * curvature(first, step)) return undefined;
      const { least, greatest } = pass.at(step, false, every);
      return least >= -slack * greatest && greatest > 0 ? "separated" : undefined;
    }
  }
}

function penalized(hessian: Float64Array, penalty: Float64Array): Float64Array {
  const size = penalty.length;
  return hessian.map((value, cell) => value + (cell % (size + 1) === 0 ? penalty[cell % size] : 0));
}

/** The factor of a matrix that rounding has made indefinite, held up by the least share of its diagonal that does it. */
function braced(matrix: Float64Array, size: number): DefiniteFactor {
  for (let share = 1e-14; ; share *= 10) {
    const braces = matrix.map((value, cell) => (cell % (size + 1) === 0 ? value * (1 + share) + 1e-290 : value));
    const factor = factorDefinite(braces, size, 0);
    if (!("dependent" in factor)) return factor;
  }
}

/** Second derivatives of all rows, taking a sample for as many times itself. */
function grown({ size, lower, scale }: DefiniteFactor, every: number): DefiniteFactor {
  return { size, lower, scale: scale.map((value) => value / Math.sqrt(every)) };
}

function penaltyOf(coefficients: Float64Array, penalty: Float64Array): number {
  return coefficients.reduce((sum, value, j) => sum + 0.5 * penalty[j] * value * value, 0);
}

function curvature(hessian: Float64Array, step: Float64Array): number {
  const size = step.length;
  return hessian.reduce((sum, value, cell) => sum + value * step[Math.floor(cell / size)] * step[cell % size], 0);
}

/** The most that a step moves the log odds at a usual distance from the center. */
function sizeOf(step: Float64Array, scale: Float64Array): number {
  return step.reduce((most, move, j) => Math.max(most, Math.abs(move) * (j === 0 ? 1 : scale[j - 1])), 0);
}

function logOddsOf({ outcome, weights }: OutcomeRows): number {
  let [positives, negatives] = [0, 0];
  for (let row = 0; row < outcome.length; row++) {
    const weight = weights === undefined ? 1 : weights[row];
    if (outcome[row] === 1) positives += weight;
    else negatives += weight;
  }
  return log(positives / negatives);
}

/** One row in how many, for samples of rising size; none for few rows. */
function samplesOf({ rows, columns, outcome }: OutcomeRows): number[] {
  let positives = 0;
  for (let row = 0; row < rows; row++) positives += outcome[row];
  const rarer = Math.min(positives, rows - positives);
  const most = Math.min(rows / leastSample, rarer / (leastEvents * (columns + 1)));
  const samples: number[] = [];
  for (let every = growth; every <= most; every *= growth) samples.unshift(every);
  return samples;
}

/**
 * A center of each column and the mean distance from it, of a few thousand rows from all over the table: any number near
 * the mean serves, it only keeps digits.
 */
function measureColumns({ values, rows, columns }: OutcomeRows): Pick<LogisticOptimum, "center" | "scale"> {
  const stride = Math.max(1, Math.floor(rows / 4096));
  const count = Math.ceil(rows / stride);
  const center = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    const origin = values[j];
    for (let row = 0; row < rows; row += stride) center[j] += (values[row * columns + j] - origin) / count;
    center[j] += origin;
    for (let row = 0; row < rows; row += stride) scale[j] += Math.abs(values[row * columns + j] - center[j]) / count;
    if (!(scale[j] > 0)) scale[j] = 1;
  }
  return { center, scale };
}
