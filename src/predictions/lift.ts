import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions } from "../core/options.ts";
import { readOutcome, readProbability, type ScoreRuns, scoreRunsOf, singleClassNotes } from "./score-runs.ts";

/** Options of {@link measureLift}. */
export interface MeasureLiftOptions {
  /** Groups of equally many customers; 10 are deciles. Default 10, or the number of customers where these are fewer. */
  readonly groups?: number | undefined;
}

/** Option table of {@link measureLift}. */
export const measureLiftOptions: OptionTable<MeasureLiftOptions> = {
  groups: integer({ min: 1, max: 1000, default: 10 }),
};

/** One group of customers, the likeliest in the first. */
export interface LiftGroup {
  /** Number of the group, from 1 = the highest probabilities. */
  readonly group: number;
  /** Customers in it. */
  readonly customers: number;
  /** Those for whom the outcome came; a fraction where customers tied at the group's limit are shared out. */
  readonly positives: number;
  /** `positives / customers`. */
  readonly rate: number;
  /** Rate of the group over the base rate; null where nobody has the outcome. */
  readonly lift: number | null;
  /** Mean predicted probability. */
  readonly meanProbability: number;
  /** Lowest probability in the group. */
  readonly lowest: number;
  /** Highest probability in the group. */
  readonly highest: number;
  /** Customers in this and all higher groups, as a share of all. */
  readonly cumulativeShare: number;
  /** Share of all with the outcome who are in this and all higher groups: the gain; null where nobody has it. */
  readonly gain: number | null;
  /** Rate of this and all higher groups over the base rate; null where nobody has the outcome. */
  readonly cumulativeLift: number | null;
}

/** Result of {@link measureLift}. */
export interface LiftReport {
  /** Customers. */
  readonly n: number;
  /** Those for whom the outcome came. */
  readonly positives: number;
  /** `positives / n`. */
  readonly baseRate: number;
  /** From the highest probabilities to the lowest. */
  readonly groups: readonly LiftGroup[];
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/**
 * Tells how many of those who will act are among the customers with the highest probabilities: the table behind "call the best
 * tenth and reach half of them".
 *
 * Groups hold equally many customers, up to one. Customers with equal probabilities who lie on both sides of a limit are shared out
 * evenly, as if drawn by lot: so counts can be fractions, and the order of the rows does not matter.
 *
 * @param outcome - 1 = the outcome came, 0 = it did not; one per customer.
 * @param probability - what was predicted, in [0, 1].
 * @param options - see {@link MeasureLiftOptions}.
 * @returns one row per group, with its own rate and lift and the cumulative ones.
 * @throws {ClienteleError} as {@link evaluateClassifier}. Cost: one sort.
 * @example
 * const { groups } = measureLift([1, 1, 0, 1, 0, 0, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.3, 0.2, 0.2, 0.1], { groups: 4 });
 * groups.map(({ lift }) => lift); // [2.667, 1.333, 0, 0]
 * groups.map(({ gain }) => gain); // [0.667, 1, 1, 1]
 */
export function measureLift(
  outcome: ArrayLike<number>,
  probability: ArrayLike<number>,
  options?: MeasureLiftOptions,
): LiftReport {
  const caller = "measureLift";
  const wanted = readOptions(caller, measureLiftOptions, options).groups;
  const outcomes = readOutcome(caller, outcome);
  const runs = scoreRunsOf({ outcome: outcomes, probability: readProbability(caller, probability, outcomes.length) });
  const { n, positives } = runs;
  const count = Math.min(wanted, n);
  return { n, positives, baseRate: positives / n, groups: groupsOf(runs, count), notes: notesOf(runs, wanted) };
}

function groupsOf({ n, positives, scores, hits, misses }: ScoreRuns, count: number): LiftGroup[] {
  const groups: LiftGroup[] = [];
  const baseRate = positives / n;
  // How many customers of the current run are in groups already.
  let [run, taken, before, found] = [0, 0, 0, 0];
  for (let group = 1; group <= count; group++) {
    const customers = Math.floor((n * group) / count + 0.5) - before;
    let [left, inGroup, expected] = [customers, 0, 0];
    const highest = scores[run];
    let lowest = highest;
    while (left > 0) {
      const size = hits[run] + misses[run];
      const share = Math.min(left, size - taken);
      inGroup += share === size ? hits[run] : hits[run] * (share / size);
      expected += share * scores[run];
      lowest = scores[run];
      left -= share;
      taken += share;
      if (taken < size) break;
      run++;
      taken = 0;
    }
    before += customers;
    found = group === count ? positives : found + inGroup;
    const rate = inGroup / customers;
    groups.push({
      group,
      customers,
      positives: inGroup,
      rate,
      lift: positives === 0 ? null : rate / baseRate,
      meanProbability: expected / customers,
      lowest,
      highest,
      cumulativeShare: before / n,
      gain: positives === 0 ? null : found / positives,
      cumulativeLift: positives === 0 ? null : found / positives / (before / n),
    });
  }
  return groups;
}

function notesOf(runs: ScoreRuns, wanted: number): Note[] {
  const notes = singleClassNotes(runs, "no group can be better than another.");
  if (runs.n >= wanted) return notes;
  const message = `There are ${runs.n} customers: each is a group, instead of ${wanted} groups.`;
  return [{ code: "fewer-groups", message }, ...notes];
}
