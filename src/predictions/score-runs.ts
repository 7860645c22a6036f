import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { rowOrder } from "../numeric/row-order.ts";

/**
 * Customers grouped by equal score, from the highest to the lowest: all that a judgment of scores needs. It is the same
 * in whatever order the customers come.
 */
export interface ScoreRuns {
  /** Customers; with weights the sum of these, as in all numbers of customers here. */
  readonly n: number;
  /** Those for whom the outcome came. */
  readonly positives: number;
  /** Those for whom it did not. */
  readonly negatives: number;
  /** Distinct scores, from high to low. */
  readonly scores: Float64Array;
  /** Per score the customers for whom the outcome came. */
  readonly hits: Float64Array;
  /** Per score the customers for whom it did not. */
  readonly misses: Float64Array;
  /** With weights, each customer of weight above 0. */
  readonly weighted?: WeightedCustomers | undefined;
}

/** Customers who count differently, by score from high to low. */
export interface WeightedCustomers {
  /** 2 · position of the score, + 1 without the outcome. */
  readonly cells: Uint32Array;
  /** How often the customer counts. */
  readonly weights: Float64Array;
}

/** Outcomes and probabilities of the same customers, checked and copied. */
export interface ScoredOutcomes {
  /** 1 = the outcome came, 0 = it did not. */
  readonly outcome: Uint8Array;
  /** One number in [0, 1] per customer. */
  readonly probability: Float64Array;
}

/** Reads outcomes: a list of 0 and 1, at least so many. */
export function readOutcome(caller: string, outcome: ArrayLike<number>, fewest = 1): Uint8Array {
  if (!isList(outcome)) refuse(caller, "shape-mismatch", "outcome", "a list of 0 and 1", describeValue(outcome));
  if (outcome.length < fewest) {
    const expected = `at least ${fewest} ${fewest === 1 ? "customer" : "customers"}`;
    refuse(caller, "too-few-rows", "outcome", expected, String(outcome.length));
  }
  const read = new Uint8Array(outcome.length);
  for (let row = 0; row < read.length; row++) {
    const one: unknown = outcome[row];
    if (one !== 0 && one !== 1) refuse(caller, "invalid-value", `outcome[${row}]`, "0 or 1", describeCell(one));
    read[row] = one;
  }
  return read;
}

/** Reads probabilities, one in [0, 1] per customer. */
export function readProbability(
  caller: string,
  probability: ArrayLike<number>,
  rows: number,
  path = "probability",
): Float64Array {
  if (!isList(probability) || probability.length !== rows) {
    refuse(caller, "shape-mismatch", path, `${rows} numbers in [0, 1]`, describeValue(probability));
  }
  const read = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const p: unknown = probability[row];
    if (typeof p !== "number" || !(p >= 0 && p <= 1)) {
      refuse(caller, "invalid-value", `${path}[${row}]`, "a number in [0, 1]", describeCell(p));
    }
    read[row] = p + 0; // −0 + 0 = 0
  }
  return read;
}

/** Groups customers by equal score, without those of weight 0. Cost: one sort. */
export function scoreRunsOf({ outcome, probability }: ScoredOutcomes, weights?: Float64Array): ScoreRuns {
  const rows = outcome.length;
  const order = rowOrder(probability, rows, 1);
  const scores = new Float64Array(rows);
  const hits = new Float64Array(rows);
  const misses = new Float64Array(rows);
  const cells = new Uint32Array(weights === undefined ? 0 : rows);
  const counts = new Float64Array(cells.length);
  let [run, counted] = [-1, 0];
  for (let place = rows - 1; place >= 0; place--) {
    const row = order[place];
    const weight = weights === undefined ? 1 : weights[row];
    if (weight === 0) continue;
    if (run < 0 || probability[row] !== scores[run]) scores[++run] = probability[row];
    if (outcome[row] === 1) hits[run] += weight;
    else misses[run] += weight;
    if (weights === undefined) continue;
    cells[counted] = 2 * run + (1 - outcome[row]);
    counts[counted++] = weight;
  }
  const used = run + 1;
  // Sums in the order of the scores, so that a running sum comes out at the whole.
  let [positives, negatives] = [0, 0];
  for (let k = 0; k < used; k++) {
    positives += hits[k];
    negatives += misses[k];
  }
  return {
    ...{ n: positives + negatives, positives, negatives },
    ...{ scores: scores.slice(0, used), hits: hits.slice(0, used), misses: misses.slice(0, used) },
    weighted: weights === undefined ? undefined : { cells: cells.slice(0, counted), weights: counts.slice(0, counted) },
  };
}

/**
 * The note of outcomes that are all alike; none where they differ.
 *
 * @param consequence - what cannot be told then.
 */
export function singleClassNotes({ negatives, positives }: ScoreRuns, consequence: string): Note[] {
  if (positives > 0 && negatives > 0) return [];
  const which = positives === 0 ? "Nobody has" : "Everybody has";
  return [{ code: "single-class", message: `${which} the outcome: ${consequence}` }];
}
