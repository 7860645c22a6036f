import type { Note } from "../core/note.ts";
import { type DefiniteFactor, factorDefinite, solveDefinite } from "../numeric/definite.ts";
import { coxPass, type CoxSums } from "./cox-pass.ts";
import type { CoxRows, Ties } from "./cox-rows.ts";
import { coxSeparation } from "./cox-separation.ts";

/** How the best coefficients are looked for. */
export interface CoxSearch {
  readonly ties: Ties;
  readonly l2: number;
  readonly maxIterations: number;
  readonly tolerance: number;
}

/** Where the search ended; everything per deviation of the features. */
export interface CoxOptimum {
  readonly slopes: Float64Array;
  /** Sums at the slopes. */
  readonly sums: CoxSums;
  /** The penalized information there, factored. */
  readonly factor: DefiniteFactor;
  /** λ of each column's penalty. */
  readonly penalty: Float64Array;
  /** Log partial likelihood, and Rao's score statistic, where all slopes are 0. */
  readonly nullLogLikelihood: number;
  readonly score: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Why it did not converge. */
  readonly notes: readonly Note[];
}

/** A pivot below this share means a constant column, or a combination of those before it. */
const negligible = 1e-10;
/** What rounding leaves of the information about a column that is the same for all at risk, per event. */
const trace = 1e-12;
/** Steps that a fit with finite coefficients hardly needs: from here on it is asked whether they run away. */
const suspicious = 8;
const mostHalvings = 30;

/**
 * Newton's method from 0, with steps halved while they do not help: the likelihood has one hill.
 *
 * @returns the optimum, or the first column that those at risk do not differ in.
 */
export function coxOptimum(
  names: readonly string[],
  data: CoxRows,
  search: CoxSearch,
): CoxOptimum | { readonly dependent: number } {
  const penalty = data.scale.map((scale) => search.l2 / (scale * scale));
  let slopes = new Float64Array(data.columns);
  let sums = coxPass(data, slopes, search.ties) as CoxSums;
  const start = factored(sums, penalty, trace * totalWeight(data));
  if ("dependent" in start) return start;
  let factor = start;
  let step = solveDefinite(factor, ascent(sums, slopes, penalty));
  const nullLogLikelihood = sums.logLikelihood;
  const score = sums.gradient.reduce((sum, value, j) => sum + value * step[j], 0);
  const end = (iterations: number, converged: boolean, notes: readonly Note[] = []): CoxOptimum => ({ slopes, sums, factor, penalty, nullLogLikelihood, score, iterations, converged, notes }); // prettier-ignore
  for (let iteration = 1; iteration <= search.maxIterations; iteration++) {
    const next = climb(data, slopes, step, sums, penalty, search.ties);
    if (next === undefined) return end(iteration, false, runaway(names, data, step));
    const moved = next.slopes.reduce((most, value, j) => Math.max(most, Math.abs(value - slopes[j])), 0);
    const tried = factored(next.sums, penalty, 0);
    if ("dependent" in tried) return end(iteration, false, runaway(names, data, step));
    ({ slopes, sums } = next);
    factor = tried;
    if (moved <= search.tolerance) return end(iteration, true);
    step = solveDefinite(factor, ascent(sums, slopes, penalty));
    if (iteration >= suspicious && search.l2 === 0) {
      const separation = coxSeparation(names, data, step);
      if (separation !== undefined) return end(iteration, false, [separation]);
    }
  }
  return end(search.maxIterations, false, runaway(names, data, step));
}

function runaway(names: readonly string[], data: CoxRows, step: Float64Array): Note[] {
  const message =
    "The steps did not settle: the coefficients are those of the last one. Allow more iterations, or use l2.";
  return [coxSeparation(names, data, step) ?? { code: "not-converged", message }];
}

function totalWeight({ rows, events, weights }: CoxRows): number {
  let total = 0;
  for (let row = 0; row < rows; row++) if (events[row] === 1) total += weights === undefined ? 1 : weights[row];
  return total;
}

/** Factors the penalized information; a column with no more than the least of it is as good as constant. */
function factored(
  { information }: CoxSums,
  penalty: Float64Array,
  least: number,
): DefiniteFactor | { readonly dependent: number } {
  const size = penalty.length;
  const matrix = information.slice();
  for (let j = 0; j < size; j++) {
    matrix[j * size + j] += penalty[j];
    if (!(matrix[j * size + j] > least)) return { dependent: j };
  }
  return factorDefinite(matrix, size, negligible);
}

function ascent({ gradient }: CoxSums, slopes: Float64Array, penalty: Float64Array): Float64Array {
  return gradient.map((value, j) => value - penalty[j] * slopes[j]);
}

function objective({ logLikelihood }: CoxSums, slopes: Float64Array, penalty: Float64Array): number {
  return slopes.reduce((sum, slope, j) => sum - (penalty[j] / 2) * slope * slope, logLikelihood);
}

/** The step, or the largest of its halves that does not lead downhill by more than rounding. */
function climb(
  data: CoxRows,
  slopes: Float64Array,
  step: Float64Array,
  sums: CoxSums,
  penalty: Float64Array,
  ties: Ties,
): { slopes: Float64Array<ArrayBuffer>; sums: CoxSums } | undefined {
  const height = objective(sums, slopes, penalty);
  for (let halving = 0, part = 1; halving < mostHalvings; halving++, part /= 2) {
    const there = Float64Array.from(slopes, (slope, j) => slope + part * step[j]);
    const next = coxPass(data, there, ties);
    if (next === undefined) continue;
    if (objective(next, there, penalty) >= height - 1e-11 * Math.abs(height)) return { slopes: there, sums: next };
  }
  return undefined;
}
