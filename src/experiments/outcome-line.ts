import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { solveLeastSquares } from "../numeric/least-squares.ts";
import { logisticOptimum } from "../numeric/logistic-newton.ts";
import type { UpliftOutcomeKind } from "./arms.ts";

/** An expectation that is linear in the features (of a binary outcome: its log odds), told from where all are at their means. */
export interface UpliftLine {
  /** Where all features are at their means. */
  readonly base: number;
  /** What one unit more of each feature adds. */
  readonly coefficients: readonly number[];
}

/** Rows from which a line is learned. */
export interface LineRows {
  /** Row-major, standardized: mean about 0, deviation about 1 over all customers. */
  readonly values: Float64Array;
  readonly names: readonly string[];
  readonly target: Float64Array;
  /** Whose line it is, for messages: "the control", "treatment 1". */
  readonly of: string;
}

/** How a line is learned. */
export interface LineSearch {
  readonly kind: UpliftOutcomeKind;
  readonly l2: number;
}

/** A line in standardized units. */
export interface FoundLine {
  readonly intercept: number;
  readonly slopes: Float64Array;
  readonly notes: readonly Note[];
  readonly converged: boolean;
}

/**
 * Learns a line: least squares for amounts, maximum likelihood for 0 and 1; with a ridge, both on standardized features.
 *
 * @throws {ClienteleError} `too-few-rows`; `degenerate-data` for a feature that does not vary or repeats others among these rows, or
 * for an outcome that is always the same; `too-large` when squares overflow.
 */
export function findLine(caller: string, rows: LineRows, { kind, l2 }: LineSearch): FoundLine {
  const { values, names, target, of } = rows;
  const [count, columns] = [target.length, names.length];
  const least = l2 > 0 ? 2 : columns + 1;
  if (count < least) {
    refuse(caller, "too-few-rows", "table", `at least ${least} customers in ${of}`, String(count));
  }
  if (kind === "continuous") {
    const solution = solveLeastSquares({ values, columns, target, intercept: true }, l2);
    if ("reason" in solution) {
      return refuseLine(caller, rows, solution.reason === "dependent" ? solution.column : -1);
    }
    return { intercept: solution.intercept, slopes: solution.coefficients, notes: [], converged: true };
  }
  const outcome = Uint8Array.from(target);
  const ones = outcome.reduce((sum, one) => sum + one, 0);
  if (ones === 0 || ones === count) {
    refuse(caller, "degenerate-data", "outcome", `both 0 and 1 in ${of}`, `only ${ones === 0 ? 0 : 1}`);
  }
  const data = { values, rows: count, columns, outcome, weights: undefined };
  const optimum = logisticOptimum(data, { l2, maxIterations: 100, tolerance: 1e-9 });
  if ("obstacle" in optimum) {
    return refuseLine(caller, rows, optimum.obstacle === "dependent" ? Math.max(0, optimum.column - 1) : -1);
  }
  const slopes = optimum.coefficients.slice(1);
  let intercept = optimum.coefficients[0];
  for (let j = 0; j < columns; j++) intercept -= slopes[j] * optimum.center[j];
  return { intercept, slopes, notes: notesOf(optimum.end, of), converged: optimum.end === "converged" };
}

function refuseLine(caller: string, { names, of }: LineRows, column: number): never {
  if (column < 0) {
    refuse(caller, "too-large", "table", "deviations whose squares stay below 1.8e308", "an overflow");
  }
  const wanted = `values that, in ${of}, are not constant and no combination of the features before it`;
  return refuse(caller, "degenerate-data", `table.${names[column]}`, wanted, "such values");
}

function notesOf(end: "converged" | "separated" | "exhausted", of: string): Note[] {
  if (end === "converged") return [];
  if (end === "exhausted") {
    return [{ code: "not-converged", message: `In ${of} the steps did not settle: use l2, or fewer features.` }];
  }
  const message = `In ${of} features tell outcomes apart without error: coefficients grew until the fit stopped. Use l2, or fewer features.`;
  return [{ code: "separation", message }];
}
