import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import { adjusted } from "../numeric/adjust.ts";
import { log as ln } from "../numeric/elementary.ts";
import { newcombeInterval } from "../numeric/intervals.ts";
import { testTwoByTwo } from "../numeric/two-by-two.ts";
import { checkTransitions, eachEdge } from "./count-tables.ts";
import type { TransitionCounts } from "./transitions.ts";

/** Options of {@link compareJourneys}. */
export interface CompareJourneysOptions {
  /** 1 − level of the intervals; default 0.05. */
  readonly alpha?: number | undefined;
}

/** Option table of {@link compareJourneys}. */
export const compareJourneysOptions: OptionTable<CompareJourneysOptions> = {
  alpha: real({ above: 0, below: 1, default: 0.05 }),
};

/** What is compared: the counts of one group, whoever made them. */
export type ComparedJourneys = Pick<TransitionCounts, "states" | "counts" | "probabilities" | "edges" | "paths">;

/** How much more often one group takes a step than the other. */
export interface JourneyDifference {
  /** The state that is left. */
  readonly from: string;
  /** The state that follows. */
  readonly to: string;
  /** How often in the first group. */
  readonly countA: number;
  /** How often in the second. */
  readonly countB: number;
  /** Its probability after `from` in the first group; `null` when it never leaves `from`. */
  readonly probabilityA: number | null;
  /** The same of the second. */
  readonly probabilityB: number | null;
  /** `probabilityA − probabilityB`; `null` unless both are known. */
  readonly difference: number | null;
  /** Newcombe's interval of the difference; `null` alike. */
  readonly interval: readonly [number, number] | null;
  /** Two-sided, Fisher's exact test where counts are small, else χ²; `null` alike. */
  readonly pValue: number | null;
  /** `pValue` for all steps at once (Benjamini–Hochberg); `null` alike. */
  readonly adjustedPValue: number | null;
}

/** What {@link compareJourneys} finds. */
export interface JourneyComparison {
  /** All states of both. */
  readonly states: readonly string[];
  /** Number of paths of each group. */
  readonly paths: {
    /** Of the first. */
    readonly a: number;
    /** Of the second. */
    readonly b: number;
  };
  /** Every step that either takes, the largest difference first; those that cannot be compared last. */
  readonly differences: readonly JourneyDifference[];
  /**
   * Jensen–Shannon distance of what follows each state, averaged by how often both leave it: 0 for equal journeys, 1 for
   * journeys that share no step; `null` when no state is left by both.
   */
  readonly distance: number | null;
  /** Soft problems. */
  readonly notes: readonly Note[];
}

/**
 * Where the journeys of two groups part: of buyers and others, of two segments, of two arms of a test, of this month and the
 * last.
 *
 * The test of a step takes every time that a state is left as a trial of its own. Customers who leave it often count as often, so
 * with few customers look at `paths` first.
 *
 * @param a - transitions of the first group, of `countTransitions`, `transitionCounts` or `fitMarkov` of order 1.
 * @param b - those of the second.
 * @param options - the level of the intervals.
 * @returns the difference graph with a test for each step, adjusted for all of them, and one distance.
 * @throws {ClienteleError} `shape-mismatch` for something else. Cost: a few operations per step that occurs, states² looks.
 * @example
 * const logOf = (path: string) =>
 *   readEvents(path.split("").map((what, at) => ({ who: "x", what, at })), { customer: "who", type: "what", time: "at" }).log;
 * const { differences } = compareJourneys(countTransitions(logOf("abab")), countTransitions(logOf("abac")));
 * differences[0]; // { from: "a", to: "b", countA: 2, countB: 1, probabilityA: 1, probabilityB: 0.5, difference: 0.5, … }
 */
export function compareJourneys(
  a: ComparedJourneys,
  b: ComparedJourneys,
  options?: CompareJourneysOptions,
): JourneyComparison {
  const caller = "compareJourneys";
  checkTransitions(caller, "a", a);
  checkTransitions(caller, "b", b);
  const { alpha } = readOptions(caller, compareJourneysOptions, options);
  const states = unionOf(a.states, b.states);
  const [rowsA, rowsB] = [rowsOf(a, states), rowsOf(b, states)];
  const tested = rowsA.flatMap((rowA, from) => differencesOf(states, from, rowA, rowsB[from], alpha));
  const pValues = adjusted(
    tested.map(({ pValue }) => pValue),
    "bh",
  );
  const differences = tested.map((row, i): JourneyDifference => ({ ...row, adjustedPValue: pValues[i] }));
  const size = ({ difference }: JourneyDifference): number => (difference === null ? -1 : Math.abs(difference));
  return {
    states,
    paths: { a: a.paths, b: b.paths },
    differences: differences.sort((x, y) => size(y) - size(x)),
    distance: distanceOf(rowsA, rowsB),
    notes: notesOf(a.paths, b.paths),
  };
}

/** The states of both, the start first and the end last, others in the order of `a`, then of `b`. */
function unionOf(a: readonly string[], b: readonly string[]): string[] {
  const known = new Set(a);
  return [...a.slice(0, -1), ...b.filter((name) => !known.has(name)), a[a.length - 1]];
}

/** What follows each state of the union, by position in it. */
interface Row {
  readonly total: number;
  readonly counts: ReadonlyMap<number, number>;
}

function rowsOf(table: ComparedJourneys, union: readonly string[]): Row[] {
  const places = new Map(union.map((name, i) => [name, i]));
  // Every state is in the union; a model with a name twice counts for the last of them.
  const placeOf = (name: string): number => places.get(name) ?? 0;
  const rows = union.map(() => ({ total: 0, counts: new Map<number, number>() }));
  eachEdge(table, (from, to, _, count) => {
    if (count === 0) return;
    const row = rows[placeOf(table.states[from])];
    row.counts.set(placeOf(table.states[to]), count);
    row.total += count;
  });
  return rows;
}

function differencesOf(
  states: readonly string[],
  from: number,
  a: Row,
  b: Row,
  alpha: number,
): Omit<JourneyDifference, "adjustedPValue">[] {
  const targets = [...new Set([...a.counts.keys(), ...b.counts.keys()])].sort((x, y) => x - y);
  return targets.map((to) => {
    const [countA, countB] = [a.counts.get(to) ?? 0, b.counts.get(to) ?? 0];
    const probabilityA = a.total === 0 ? null : countA / a.total;
    const probabilityB = b.total === 0 ? null : countB / b.total;
    const step = { from: states[from], to: states[to], countA, countB, probabilityA, probabilityB };
    if (probabilityA === null || probabilityB === null)
      return { ...step, difference: null, interval: null, pValue: null };
    // Where both always or never take the step, there is no difference to be tested.
    const test = testTwoByTwo({ a: countA, b: a.total - countA, c: countB, d: b.total - countB });
    const interval = newcombeInterval({ successes: countB, n: b.total }, { successes: countA, n: a.total }, alpha);
    return { ...step, difference: probabilityA - probabilityB, interval, pValue: test?.pValue ?? 1 };
  });
}

/**
 * The mean distance of two rows, by how often both states are left.
 *
 * @see Lin (1991), "Divergence measures based on the Shannon entropy"; the distance is its square root, in base 2.
 */
function distanceOf(rowsA: readonly Row[], rowsB: readonly Row[]): number | null {
  let [sum, weights] = [0, 0];
  rowsA.forEach((a, from) => {
    const b = rowsB[from];
    if (a.total === 0 || b.total === 0) return;
    let divergence = 0;
    for (const to of new Set([...a.counts.keys(), ...b.counts.keys()])) {
      const [p, q] = [(a.counts.get(to) ?? 0) / a.total, (b.counts.get(to) ?? 0) / b.total];
      const middle = (p + q) / 2;
      divergence += (p > 0 ? p * ln(p / middle) : 0) + (q > 0 ? q * ln(q / middle) : 0);
    }
    sum += (a.total + b.total) * Math.sqrt(Math.max(0, divergence / (2 * Math.LN2)));
    weights += a.total + b.total;
  });
  return weights === 0 ? null : Math.min(1, sum / weights);
}

function notesOf(a: number, b: number): Note[] {
  if (Math.min(a, b) >= 30) return [];
  return [{ code: "few-paths", message: `Fewer than 30 paths in a group (${a} and ${b}): differences say little.` }];
}
