import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { rowOrder } from "../numeric/row-order.ts";

/**
 * Customers grouped by equal score, from the highest to the lowest: all that a judgment of scores needs. It is the same
 * in whatever order the customers come.
 */
export interface ScoreRuns {
  /** Customers. */
  readonly n: number;
  /** Those for whom the outcome came. */
  readonly positives: number;
  /** Distinct scores, from high to low. */
  readonly scores: Float64Array;
  /** Per score the customers for whom the outcome came. */
  readonly hits: Float64Array;
  /** Per score the customers for whom it did not. */
  readonly misses: Float64Array;
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

/** Groups customers by equal score. Cost: one sort. */
export function scoreRunsOf({ outcome, probability }: ScoredOutcomes): ScoreRuns {
  const n = outcome.length;
  const order = rowOrder(probability, n, 1);
  const scores = new Float64Array(n);
  const hits = new Float64Array(n);
  const misses = new Float64Array(n);
  let [run, positives] = [-1, 0];
  for (let place = n - 1; place >= 0; place--) {
    const row = order[place];
    if (run < 0 || probability[row] !== scores[run]) scores[++run] = probability[row];
    if (outcome[row] === 1) {
      hits[run]++;
      positives++;
    } else misses[run]++;
  }
  const used = run + 1;
  return { n, positives, scores: scores.slice(0, used), hits: hits.slice(0, used), misses: misses.slice(0, used) };
}

/**
 * The note of outcomes that are all alike; none where they differ.
 *
 * @param consequence - what cannot be told then.
 */
export function singleClassNotes({ n, positives }: ScoreRuns, consequence: string): Note[] {
  if (positives > 0 && positives < n) return [];
  const which = positives === 0 ? "Nobody has" : "Everybody has";
  return [{ code: "single-class", message: `${which} the outcome: ${consequence}` }];
}
