import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import { factorDefinite, solveDefinite } from "../numeric/definite.ts";
import { chiSquare } from "../numeric/distributions.ts";
import { pow } from "../numeric/elementary.ts";
import { byDuration } from "./risk-table.ts";
import { type EventFlags, type GroupColumn, readGroups, readSurvivalRows, type SurvivalRows } from "./survival-rows.ts";

/** Options of {@link testLogRank}. */
export interface TestLogRankOptions {
  /**
   * How much more early events count: each by the share still there just before it, to this power (Harrington and Fleming).
   * Default 0, all alike: the log-rank test. 1 is Peto and Peto's form of the Wilcoxon test.
   */
  readonly rho?: number | undefined;
}

/** One group of a {@link LogRankReport}. */
export interface LogRankGroup {
  /** The group, as it was given. */
  readonly group: string | number | boolean;
  /** Its customers. */
  readonly customers: number;
  /** Its events, weighted by `rho`. */
  readonly observed: number;
  /** The events it would have if all groups had the same risk, weighted alike. */
  readonly expected: number;
}

/** Result of {@link testLogRank}. */
export interface LogRankReport {
  /** χ² of observed against expected events; 0 where nothing can be compared. */
  readonly statistic: number;
  /** Groups that were at risk when an event came, less 1; 0 where nothing can be compared. */
  readonly degreesOfFreedom: number;
  /** How often chance alone makes groups of equal risk differ at least so much; null where nothing can be compared. */
  readonly pValue: number | null;
  /** `"log-rank"`, or `"harrington-fleming"` with `rho`. */
  readonly method: "log-rank" | "harrington-fleming";
  /** One entry per group. */
  readonly groups: readonly LogRankGroup[];
  /** What to know. */
  readonly notes: readonly Note[];
}

/** Option table of {@link testLogRank}. */
export const testLogRankOptions: OptionTable<TestLogRankOptions> = {
  rho: real({ min: 0, max: 100, default: 0 }),
};

const mostGroups = 100;

/**
 * Tests whether groups differ in how long it takes until an event: do customers of one plan leave earlier than others?
 *
 * At each event the groups are compared among those still watched, so that customers who are still there count as long as
 * they were seen. The test is strongest where one group has a higher risk all the time, and may miss curves that cross.
 *
 * @param durations - how long each customer was watched, ≥ 0, in any one unit.
 * @param events - 1 or true where the event came at the end of that time, 0 or false where it had not come yet (censored).
 * @param groups - one per customer: names, numbers, booleans, or labels (−1 in an `Int32Array` = no group, left out and noted).
 * @param options - see {@link TestLogRankOptions}.
 * @returns χ² with its p-value, and per group observed and expected events. Where no event came while two groups were at
 * risk, `pValue` is null and a note `no-comparison` says so.
 * @throws {ClienteleError} `degenerate-data` for fewer than two groups; `too-large` beyond 100; `too-few-rows`;
 * `invalid-value`; `shape-mismatch`. Cost: a sort, and groups² per distinct time of an event.
 * @example
 * const months = [1, 2, 3, 4, 6, 7, 8, 9];
 * const left = [1, 1, 1, 1, 1, 1, 0, 1];
 * const plan = ["basic", "basic", "basic", "basic", "pro", "pro", "pro", "pro"];
 * testLogRank(months, left, plan).pValue; // 0.007
 * @see Mantel (1966); Peto & Peto (1972); Harrington & Fleming (1982).
 */
export function testLogRank(
  durations: ArrayLike<number>,
  events: EventFlags,
  groups: GroupColumn,
  options?: TestLogRankOptions,
): LogRankReport {
  const caller = "testLogRank";
  const { rho } = readOptions(caller, testLogRankOptions, options);
  const rows = readSurvivalRows(caller, durations, events);
  const grouping = readGroups(caller, "groups", groups, rows.durations.length);
  const size = grouping.groups.length;
  if (size < 2) refuse(caller, "degenerate-data", "groups", "at least 2 groups", String(size));
  if (size > mostGroups) refuse(caller, "too-large", "groups", `at most ${mostGroups} groups`, String(size));
  const sums = differences(rows, grouping.codes, size, rho);
  const { observed, expected, customers } = sums;
  const result = quadraticForm(sums, size);
  const notes: Note[] = [];
  if (result === undefined) {
    notes.push({ code: "no-comparison", message: "No event came while at least two groups were at risk, or all at risk had it: nothing can be compared." }); // prettier-ignore
  }
  if (grouping.ungrouped > 0) {
    notes.push({ code: "ungrouped", message: `${grouping.ungrouped} customers are in no group and were left out.` });
  }
  return {
    statistic: result?.statistic ?? 0,
    degreesOfFreedom: result?.degreesOfFreedom ?? 0,
    pValue: result === undefined ? null : chiSquare(result.degreesOfFreedom).sf(result.statistic),
    method: rho === 0 ? "log-rank" : "harrington-fleming",
    groups: grouping.groups.map((group, g) => ({
      group,
      customers: customers[g],
      observed: observed[g],
      expected: expected[g],
    })),
    notes,
  };
}

interface Differences {
  readonly customers: Float64Array;
  readonly observed: Float64Array;
  readonly expected: Float64Array;
  /** Covariance of the observed numbers if all risks are equal: size × size, row-major. */
  readonly covariance: Float64Array;
}

/** Observed and expected events, and their covariance by the hypergeometric distribution at each time. */
function differences({ durations, events }: SurvivalRows, codes: Int32Array, size: number, rho: number): Differences {
  const order = byDuration({ durations, events });
  const atRisk = new Float64Array(size);
  let total = 0;
  for (const code of codes) {
    if (code < 0) continue;
    atRisk[code]++;
    total++;
  }
  const customers = atRisk.slice();
  const observed = new Float64Array(size);
  const expected = new Float64Array(size);
  const covariance = new Float64Array(size * size);
  const gone = new Float64Array(size);
  const came = new Float64Array(size);
  let share = 1;
  for (let i = 0; i < order.length;) {
    const time = durations[order[i]];
    gone.fill(0);
    came.fill(0);
    let [all, left] = [0, 0];
    for (; i < order.length && durations[order[i]] === time; i++) {
      const code = codes[order[i]];
      if (code < 0) continue;
      gone[code]++;
      left++;
      if (events[order[i]] === 1) {
        came[code]++;
        all++;
      }
    }
    if (all > 0) {
      const weight = rho === 0 ? 1 : pow(share, rho);
      const spread = total > 1 ? (weight * weight * all * (total - all)) / (total - 1) : 0;
      for (let g = 0; g < size; g++) {
        const part = atRisk[g] / total;
        observed[g] += weight * came[g];
        expected[g] += weight * all * part;
        if (spread === 0 || part === 0) continue;
        for (let h = 0; h < g; h++) covariance[g * size + h] -= spread * part * (atRisk[h] / total);
        covariance[g * size + g] += spread * part * ((total - atRisk[g]) / total);
      }
      share *= (total - all) / total;
    }
    for (let g = 0; g < size; g++) atRisk[g] -= gone[g];
    total -= left;
  }
  return { customers, observed, expected, covariance };
}

/** The differences in units of their covariance; undefined where that is 0. */
function quadraticForm(
  { observed, expected, covariance }: Differences,
  size: number,
): { statistic: number; degreesOfFreedom: number } | undefined {
  // All groups at risk at any event were so at the first one, so these and no others vary. One of them follows from the rest.
  const varying = Array.from({ length: size }, (_, g) => g).filter((g) => covariance[g * size + g] > 0);
  const free = varying.slice(0, -1);
  if (free.length === 0) return undefined;
  const matrix = Float64Array.from(
    free.flatMap((g) => free.map((h) => covariance[Math.max(g, h) * size + Math.min(g, h)])),
  );
  const factor = factorDefinite(matrix, free.length, 1e-13);
  if ("dependent" in factor) return undefined;
  const apart = free.map((g) => observed[g] - expected[g]);
  const solved = solveDefinite(factor, apart);
  return {
    statistic: Math.max(0, apart.reduce((sum, value, i) => sum + value * solved[i], 0)), // prettier-ignore
    degreesOfFreedom: free.length,
  };
}
