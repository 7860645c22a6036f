import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { custom, oneOf, type OptionSpec } from "../core/options.ts";
import type { MeanStats } from "./stats.ts";

/** What an outcome is: 0 or 1 per customer, or an amount. */
export type UpliftOutcomeKind = "binary" | "continuous";

/** OutcomeNumbers as users give them. */
export type OutcomeNumbers = Float64Array | Uint8Array | readonly number[];

/** Who got what, and what came of it. */
export interface Arms {
  /** Per customer 0 = control, 1, 2, … = treatments. */
  readonly treatment: Uint8Array;
  readonly outcome: Float64Array;
  readonly kind: UpliftOutcomeKind;
  /** Customers of each arm. */
  readonly sizes: readonly number[];
  /** The treatments that occur, ascending. */
  readonly treatments: readonly number[];
}

/** An option that takes the arm of each customer; the numbers are checked by {@link readArms}. */
export function treatmentOption(): OptionSpec<Uint8Array> {
  return custom("a Uint8Array, 0 = control", (value) => value instanceof Uint8Array, [null, [0, 1], 1, "1", {}]);
}

/** An option that takes the outcome of each customer; the numbers are checked by {@link readArms}. */
export function outcomeOption(): OptionSpec<OutcomeNumbers> {
  return custom("one number per customer", isList, [null, 1, "1", {}]);
}

/** An option that says what the outcome is, for where the numbers do not. */
export function outcomeKindOption(): OptionSpec<UpliftOutcomeKind | "auto"> {
  return oneOf(["auto", "binary", "continuous"], { default: "auto" });
}

/**
 * Reads treatments and outcomes.
 *
 * @param caller - the public function.
 * @param at - what the function calls its arguments: `"options."`, or nothing.
 * @param given - what the user passed.
 * @param rows - how many customers there must be.
 * @returns copies; `kind` is `"binary"` where all outcomes are 0 or 1, unless said otherwise.
 * @throws {ClienteleError} `shape-mismatch`; `invalid-value` at the first outcome that is missing, infinite or not 0 or 1 where
 * it must be; `degenerate-data` without customers in the control or in any treatment; `too-few-rows` without customers.
 */
export function readArms(
  caller: string,
  at: string,
  given: {
    readonly treatment: Uint8Array;
    readonly outcome: OutcomeNumbers;
    readonly outcomeKind?: UpliftOutcomeKind | "auto";
  },
  rows: number,
): Arms {
  const { treatment, outcome, outcomeKind = "auto" } = given;
  if (!(treatment instanceof Uint8Array) || treatment.length !== rows) {
    refuse(caller, "shape-mismatch", `${at}treatment`, `${rows} numbers in a Uint8Array`, describeValue(treatment));
  }
  if (!isList(outcome) || outcome.length !== rows) {
    refuse(caller, "shape-mismatch", `${at}outcome`, `${rows} numbers, one per customer`, describeValue(outcome));
  }
  if (rows === 0) refuse(caller, "too-few-rows", `${at}treatment`, "at least 1 customer", "0");
  const outcomes = new Float64Array(rows);
  const wanted = outcomeKind === "binary" ? "0 or 1" : "finite";
  let isBinary = true;
  for (let row = 0; row < rows; row++) {
    const value: unknown = outcome[row];
    const isBit = value === 0 || value === 1;
    if (!isBit) isBinary = false;
    if (!(isBit || (outcomeKind !== "binary" && Number.isFinite(value)))) {
      refuse(caller, "invalid-value", `${at}outcome[${row}]`, wanted, describeCell(value));
    }
    outcomes[row] = (value as number) + 0;
  }
  const counts = new Float64Array(256);
  for (let row = 0; row < rows; row++) counts[treatment[row]]++;
  const treatments = Array.from(counts.keys()).filter((arm) => arm > 0 && counts[arm] > 0);
  if (counts[0] === 0 || treatments.length === 0) {
    const received = counts[0] === 0 ? "no control (0)" : "only the control (0)";
    refuse(caller, "degenerate-data", `${at}treatment`, "customers in the control (0) and in a treatment", received);
  }
  const kind = outcomeKind === "auto" ? (isBinary ? "binary" : "continuous") : outcomeKind;
  const highest = treatments[treatments.length - 1];
  return { treatment: treatment.slice(), outcome: outcomes, kind, sizes: Array.from(counts.subarray(0, highest + 1)), treatments }; // prettier-ignore
}

/**
 * Sums of the outcomes cell by cell, in two passes: deviations are taken from the means, so that amounts far from 0 keep their
 * digits.
 *
 * @param outcome - one per customer.
 * @param cell - number of each customer's cell; −1 = in none.
 * @param cells - how many cells there are.
 */
export function sumsByCell(outcome: Float64Array, cell: Int32Array, cells: number): MeanStats[] {
  const n = new Float64Array(cells);
  const means = new Float64Array(cells);
  const squares = new Float64Array(cells);
  for (let row = 0; row < outcome.length; row++) {
    const c = cell[row];
    if (c < 0) continue;
    n[c]++;
    means[c] += outcome[row];
  }
  for (let c = 0; c < cells; c++) if (n[c] > 0) means[c] /= n[c];
  const rests = new Float64Array(cells);
  for (let row = 0; row < outcome.length; row++) {
    const c = cell[row];
    if (c < 0) continue;
    const deviation = outcome[row] - means[c];
    rests[c] += deviation;
    squares[c] += deviation * deviation;
  }
  return Array.from(n, (count, c) => ({
    n: count,
    mean: means[c],
    m2: count > 0 ? Math.max(0, squares[c] - (rests[c] * rests[c]) / count) : 0,
  }));
}
