import type { Note } from "../core/note.ts";
import { formatNumber } from "../core/numbers.ts";
import { fisherF, studentT } from "../numeric/distributions.ts";
import { log } from "../numeric/elementary.ts";
import type { LeastSquares } from "../numeric/least-squares.ts";
import {
  coordinateCovariance,
  covarianceIn,
  type NamedDesign,
  type Robust,
  waldStatistic,
} from "./linear-covariance.ts";
import { type LinearModel, quadraticForm } from "./linear-model.ts";

/** From here on single coefficients are hard to tell apart. */
const highInflation = 10;

interface Fitted {
  readonly rows: number;
  readonly l2: number;
  readonly robust: Robust | undefined;
  readonly lags: number | null;
}

/**
 * Puts a model together: everything that follows from the solution without the rows, and the covariance, which may need them.
 *
 * @param design - the rows.
 * @param solution - their least squares.
 * @param fitted - the options, and the number of rows of weight above 0.
 * @returns the model.
 */
export function linearModelOf(design: NamedDesign, solution: LeastSquares, fitted: Fitted): LinearModel {
  const { rows, l2, robust, lags } = fitted;
  const { coefficients, root, lengths, residualSquares, totalSquares, means, totalWeight } = solution;
  const { names, columns, intercept } = design;
  const lead = intercept ? 1 : 0;
  const inflations = Array.from(lengths, (length, j) => {
    let squares = 0;
    for (let k = j; k < columns; k++) squares += (root[j * columns + k] * length) ** 2;
    return squares;
  });
  let shrunk = 0;
  for (const cell of root) shrunk += l2 * cell * cell;
  const parameters = lead + columns - shrunk;
  // Nothing is left to estimate the spread from when there are as many coefficients as rows.
  const degreesOfFreedom = rows - parameters > 1e-9 * rows ? rows - parameters : 0;
  const variance = degreesOfFreedom > 0 ? residualSquares / degreesOfFreedom : null;
  const { spread, skipped } = coordinateCovariance({ design, solution, l2 }, variance, robust, lags);
  const errors = spread === null ? null : standardErrorsOf(solution, spread, lead);
  const statistics = (estimate: number, error: number | null): { t: number | null; p: number | null } => {
    const t = error === null || !(error > 0) ? null : estimate / error;
    return { t, p: t === null ? null : Math.min(1, 2 * studentT(degreesOfFreedom).sf(Math.abs(t))) };
  };
  const each = Array.from(coefficients, (value, j) => statistics(value, errors?.each[j] ?? null));
  const own = statistics(solution.intercept, intercept ? (errors?.intercept ?? null) : null);
  const rSquared = totalSquares > 0 ? 1 - residualSquares / totalSquares : null;
  const fStatistic =
    l2 > 0 || variance === null ? null : fOf(solution, variance, robust === undefined ? null : spread, lead);
  const logLikelihood = residualSquares > 0 ? likelihoodOf(design.weights, rows, residualSquares) : null;
  const isAdjustable = rSquared !== null && degreesOfFreedom > 0;
  return {
    ...{ kind: "linear", version: 1, features: [...names] },
    notes: notesOf(names, inflations, { ...fitted, ...solution, degreesOfFreedom, skipped }),
    rows,
    intercept: solution.intercept + 0,
    coefficients: Array.from(coefficients, (value) => value + 0),
    interceptStandardError: intercept ? (errors?.intercept ?? null) : null,
    standardErrors: errors?.each ?? names.map(() => null),
    ...{ interceptTValue: own.t, tValues: each.map(({ t }) => t) },
    ...{ interceptPValue: own.p, pValues: each.map(({ p }) => p) },
    rSquared,
    adjustedRSquared: isAdjustable ? 1 - ((1 - rSquared) * (rows - lead)) / degreesOfFreedom : null,
    fStatistic,
    fPValue: fStatistic === null ? null : fisherF(columns, degreesOfFreedom).sf(fStatistic),
    sigma: variance === null ? null : Math.sqrt(variance),
    degreesOfFreedom,
    residualSquares,
    logLikelihood,
    aic: logLikelihood === null ? null : 2 * parameters - 2 * logLikelihood,
    bic: logLikelihood === null ? null : log(rows) * parameters - 2 * logLikelihood,
    varianceInflation: inflations,
    covariance: spread === null ? null : covarianceIn(root, spread, columns, lead),
    ...{ means: Array.from(means, (value) => value + 0), totalWeight },
    root: rowsOf(root, columns),
    coordinateCovariance: spread === null ? null : rowsOf(spread, lead + columns),
    ...{ l2, robust: robust ?? "classical", lags },
  };
}

/** Standard errors of the intercept and of each coefficient, from their covariance in uncorrelated coordinates. */
function standardErrorsOf(
  { root, means, totalWeight }: LeastSquares,
  spread: Float64Array,
  lead: number,
): { readonly intercept: number; readonly each: number[] } {
  const columns = means.length;
  const width = lead + columns;
  const errorOf = (z: Float64Array): number => Math.sqrt(Math.max(0, quadraticForm(spread, width, z)));
  const each = Array.from(means, (_, j) => {
    const z = new Float64Array(width);
    for (let k = j; k < columns; k++) z[lead + k] = root[j * columns + k];
    return errorOf(z);
  });
  const z = new Float64Array(width);
  if (lead === 1) z[0] = 1 / Math.sqrt(totalWeight);
  for (let k = 0; k < columns; k++) for (let j = 0; j <= k; j++) z[lead + k] -= root[j * columns + k] * means[j];
  return { intercept: errorOf(z), each };
}

/** The test of all coefficients at once: by sums of squares, or by their robust covariance. */
function fOf(
  { residualSquares, totalSquares, coefficients, root }: LeastSquares,
  variance: number,
  spread: Float64Array | null,
  lead: number,
): number | null {
  const columns = coefficients.length;
  if (spread !== null) return waldStatistic(coefficients, root, spread, lead);
  return variance > 0 ? (totalSquares - residualSquares) / columns / variance : null;
}

/** The normal likelihood at its largest, with the variance that is best for it. */
function likelihoodOf(weights: ArrayLike<number> | undefined, rows: number, residualSquares: number): number {
  let logWeights = 0;
  if (weights !== undefined) {
    for (let i = 0; i < weights.length; i++) if (weights[i] > 0) logWeights += log(weights[i]);
  }
  const twoPi = 6.283185307179586;
  return 0.5 * (logWeights - rows * (log(twoPi) + 1 - log(rows) + log(residualSquares)));
}

function rowsOf(cells: Float64Array, columns: number): number[][] {
  return Array.from({ length: columns }, (_, i) =>
    Array.from(cells.subarray(i * columns, (i + 1) * columns), (cell) => cell + 0),
  );
}

function notesOf(
  names: readonly string[],
  inflations: readonly number[],
  facts: Fitted & LeastSquares & { readonly degreesOfFreedom: number; readonly skipped: number },
): Note[] {
  const { l2, leastShare, residualSquares, totalSquares, degreesOfFreedom, skipped } = facts;
  const notes: Note[] = [];
  const add = (code: string, message: string): number => notes.push({ code, message });
  const inflated = names
    .map((name, j) => ({ name, factor: inflations[j] }))
    .filter(({ factor }) => factor > highInflation);
  if (inflated.length > 0) {
    const few = inflated.toSorted((a, b) => b.factor - a.factor).slice(0, 5);
    const list = few.map(({ name, factor }) => `${name} ${formatNumber(factor)}`).join(", ");
    add(
      "variance-inflation",
      `${inflated.length} of ${names.length} coefficients are hard to tell apart; inflation of variance: ${list}.`,
    );
  }
  if (leastShare < 1e-6) {
    add(
      "ill-conditioned",
      "Features nearly repeat one another: digits of the coefficients depend on the last digits of the data.",
    );
  }
  if (totalSquares > 0 && residualSquares <= 1e-24 * totalSquares) {
    add("perfect-fit", "The features give the outcome but for rounding; standard errors and tests say nothing.");
  }
  if (!(totalSquares > 0)) add("constant-target", "The outcome is the same everywhere: there is nothing to explain.");
  if (degreesOfFreedom === 0)
    add("no-degrees-of-freedom", "As many coefficients as rows: standard errors cannot be known.");
  if (l2 > 0)
    add("penalized", "Coefficients are drawn toward 0; standard errors and intervals do not show by how much.");
  if (skipped > 0) {
    add(
      "full-leverage",
      `${skipped} row(s) are fitted exactly whatever their outcome; the robust standard errors leave them out.`,
    );
  }
  return notes;
}
