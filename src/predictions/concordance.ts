import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { midranks } from "../numeric/ranks.ts";
import { byDuration } from "./risk-table.ts";
import { type EventFlags, readSurvivalRows, type SurvivalRows } from "./survival-rows.ts";

/** Result of {@link measureConcordance}. */
export interface ConcordanceReport {
  /** Share of comparable pairs in the right order, ties half: 0.5 says nothing, 1 everything; null without such pairs. */
  readonly value: number | null;
  /** Pairs of which it is known who had the event first. */
  readonly comparable: number;
  /** Those in which who had it first has the higher risk. */
  readonly concordant: number;
  /** Those in which both have the same risk. */
  readonly tied: number;
  /** Those in which who had it first has the lower risk. */
  readonly discordant: number;
  /** What to know. */
  readonly notes: readonly Note[];
}

/**
 * Tells how well a score orders customers by when an event comes: the AUC for durations of which some are not over.
 *
 * A pair is comparable when one had the event while the other was still watched; an event and an end of the watch at the same
 * time are, two events at the same time are not.
 *
 * @param durations - how long each customer was watched, ≥ 0, in any one unit.
 * @param events - 1 or true where the event came at the end of that time, 0 or false where it had not come yet (censored).
 * @param risk - a score per customer, higher = the event comes sooner (`predictHazard`).
 * @returns Harrell's C with its counts; where no pair is comparable `value` is null and a note `no-pairs` says so.
 * @throws {ClienteleError} `too-few-rows`; `shape-mismatch`; `invalid-value`. Cost: n log n.
 * @example
 * measureConcordance([1, 2, 3, 4], [1, 1, 0, 1], [9, 4, 5, 1]).value; // 0.8
 * @see Harrell et al. (1982), "Evaluating the yield of medical tests".
 */
export function measureConcordance(
  durations: ArrayLike<number>,
  events: EventFlags,
  risk: ArrayLike<number>,
): ConcordanceReport {
  const caller = "measureConcordance";
  const rows = readSurvivalRows(caller, durations, events);
  const count = rows.durations.length;
  if (!isList(risk) || risk.length !== count) {
    refuse(caller, "shape-mismatch", "risk", `${count} numbers, one per duration`, describeValue(risk));
  }
  const scores = Float64Array.from(risk, (score, row) => {
    if (!Number.isFinite(score)) refuse(caller, "invalid-value", `risk[${row}]`, "finite", describeCell(score));
    return score;
  });
  const { comparable, concordant, tied } = concordanceOf(rows, scores, undefined);
  const message = "Nobody had the event while somebody else was still watched: no pair can be compared.";
  return {
    value: comparable === 0 ? null : (concordant + tied / 2) / comparable,
    comparable,
    concordant,
    tied,
    discordant: comparable - concordant - tied,
    notes: comparable === 0 ? [{ code: "no-pairs", message }] : [],
  };
}

/** Weight of the pairs that can be compared; a pair weighs the product of its two rows' weights. */
export interface ConcordanceSums {
  readonly comparable: number;
  readonly concordant: number;
  readonly tied: number;
}

/** Counts pairs from the last time to the first, in a Fenwick tree of those still watched by the rank of their score. */
export function concordanceOf(
  rows: SurvivalRows,
  scores: Float64Array,
  weights: Float64Array | undefined,
): ConcordanceSums {
  const { durations, events } = rows;
  const order = byDuration(rows);
  const count = order.length;
  // The place of a run of equal scores, 1 to n, is its own: that of its middle, rounded up.
  const places = Uint32Array.from(midranks(scores).ranks, Math.ceil);
  const tree = new Float64Array(count + 1);
  const equal = new Float64Array(count + 1);
  let [watched, comparable, concordant, tied] = [0, 0, 0, 0];
  const add = (row: number): void => {
    const weight = weights === undefined ? 1 : weights[row];
    watched += weight;
    equal[places[row]] += weight;
    for (let place = places[row]; place <= count; place += place & -place) tree[place] += weight;
  };
  for (let end = count; end > 0;) {
    let start = end - 1;
    while (start > 0 && durations[order[start - 1]] === durations[order[end - 1]]) start--;
    for (let i = start; i < end; i++) if (events[order[i]] === 0) add(order[i]);
    for (let i = start; i < end; i++) {
      const row = order[i];
      if (events[row] === 0) continue;
      const weight = weights === undefined ? 1 : weights[row];
      let below = 0;
      for (let place = places[row] - 1; place > 0; place -= place & -place) below += tree[place];
      comparable += weight * watched;
      concordant += weight * below;
      tied += weight * equal[places[row]];
    }
    for (let i = start; i < end; i++) if (events[order[i]] === 1) add(order[i]);
    end = start;
  }
  return { comparable, concordant, tied };
}
