import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import type { ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { custom, type OptionTable, readOptions, real } from "../core/options.ts";
import { readWeights, weightsOption } from "../tables/weights.ts";
import { byDuration, ordersByGroup, type RiskTable, riskTable } from "./risk-table.ts";
import { curveOf, type SurvivalCurve } from "./survival-curve.ts";
import {
  entriesOption,
  type EventFlags,
  type GroupColumn,
  readEntries,
  readGroups,
  readSurvivalRows,
} from "./survival-rows.ts";

/** Options of {@link fitKaplanMeier}. */
export interface FitKaplanMeierOptions {
  /** Confidence of the intervals; default 0.95. */
  readonly level?: number | undefined;
  /** A group per customer (plan, channel, segment labels), for a curve of each beside that of all. */
  readonly groups?: GroupColumn | undefined;
  /**
   * Up to when the restricted mean counts, in the unit of the durations. Default: the longest duration, with groups the
   * shortest of the groups' longest ones, so that their means can be compared.
   */
  readonly horizon?: number | undefined;
  /** How often each customer counts, ≥ 0. Default: once. */
  readonly weights?: Float64Array | readonly number[] | undefined;
  /**
   * The duration at which each customer came under watch, below its own duration (left truncation): those who started
   * before the records did. Default: 0 for all.
   */
  readonly entries?: ArrayLike<number> | undefined;
}

/** The survival curve of one group. */
export interface SurvivalGroup extends SurvivalCurve {
  /** The group, as it was given. */
  readonly group: string | number | boolean;
}

/** How many are still there after how long: learned by {@link fitKaplanMeier}. */
export interface KaplanMeierModel extends ModelHeader, SurvivalCurve {
  /** What this is. */
  readonly kind: "kaplan-meier";
  /** Version of the layout. */
  readonly version: 1;
  /** Confidence of the intervals. */
  readonly level: number;
  /** A curve per group, numbers from low to high, then names in the order of code units; empty without groups. */
  readonly groups: readonly SurvivalGroup[];
}

/** Option table of {@link fitKaplanMeier}. */
export const fitKaplanMeierOptions: OptionTable<FitKaplanMeierOptions, "groups" | "horizon" | "weights" | "entries"> = {
  level: real({ above: 0, below: 1, default: 0.95 }),
  groups: custom("one group per row", isList, [null, 1, "a", {}], { optional: true }),
  horizon: real({ min: 0, optional: true }),
  weights: weightsOption(),
  entries: entriesOption(),
};

/**
 * Learns how many customers are still there after how long, from durations of which some are not over: subscriptions
 * that still run, buyers who have not come back yet.
 *
 * Whoever has not had the event counts as long as they were watched, and not as if it never came. An event and an end of
 * the watch at the same time: the event was first.
 *
 * @param durations - how long each customer was watched, ≥ 0, in any one unit (`durationDays` of `deriveDurations`).
 * @param events - 1 or true where the event came at the end of that time, 0 or false where it had not come yet (censored).
 * @param options - see {@link FitKaplanMeierOptions}.
 * @returns the curve with an entry per distinct time of an event; log-log intervals; median and restricted mean. A note
 * `no-events` says that none came: the curve stays at 1, without an entry.
 * @throws {ClienteleError} `too-few-rows` without rows; `invalid-value` at the first bad duration or flag; `shape-mismatch`;
 * `invalid-option` for a horizon beyond what was watched; `degenerate-data` for weights that are all 0. Cost: a sort.
 * @example
 * const months = [2, 3, 3, 5, 8, 8];
 * const left = [1, 1, 0, 1, 0, 0];
 * const model = fitKaplanMeier(months, left);
 * model.times; // [2, 3, 5]
 * model.survival; // [0.833, 0.667, 0.444]
 * model.median; // 5
 * @see Kaplan & Meier (1958); Kalbfleisch & Prentice (2002), section 1.4, on the intervals; Brookmeyer & Crowley (1982).
 */
export function fitKaplanMeier(
  durations: ArrayLike<number>,
  events: EventFlags,
  options?: FitKaplanMeierOptions,
): KaplanMeierModel {
  const caller = "fitKaplanMeier";
  const read = readOptions(caller, fitKaplanMeierOptions, options);
  const rows = readSurvivalRows(caller, durations, events);
  const count = rows.durations.length;
  const weights = readWeights(caller, read.weights, count);
  const watched = { ...rows, weights, entries: readEntries(caller, read.entries, rows.durations) };
  const grouping = read.groups === undefined ? undefined : readGroups(caller, "options.groups", read.groups, count);
  const order = byDuration(rows);
  const all = riskTable(watched, order);
  const tables =
    grouping === undefined
      ? []
      : ordersByGroup(order, grouping.codes, grouping.groups.length).map((part) => riskTable(watched, part));
  const horizon = horizonOf(caller, read.horizon, [all, ...tables]);
  const { level } = read;
  return {
    kind: "kaplan-meier",
    version: 1,
    features: [],
    notes: notesOf(all, grouping?.ungrouped ?? 0),
    ...curveOf(all, level, horizon),
    level,
    groups: tables.map((table, g) => ({
      group: (grouping?.groups ?? [])[g],
      ...curveOf(table, level, horizon),
    })),
  };
}

/**
 * Up to when every curve is known: the least of the longest durations, or as asked. A curve that has come down to 0 is
 * known forever.
 */
function horizonOf(caller: string, asked: number | undefined, tables: readonly RiskTable[]): number {
  const known = (table: RiskTable): number => (endsAtZero(table) ? Infinity : table.longest);
  const least = tables.reduce((low, table) => Math.min(low, table.longest), Infinity);
  if (asked === undefined) return least;
  const limit = tables.reduce((low, table) => Math.min(low, known(table)), Infinity);
  if (asked > limit) {
    refuse(caller, "invalid-option", "options.horizon", "up to the longest duration of every group", "a later time");
  }
  return asked;
}

function endsAtZero({ times, atRisk, events }: RiskTable): boolean {
  const last = times.length - 1;
  return last >= 0 && atRisk[last] === events[last];
}

function notesOf({ totalEvents }: RiskTable, ungrouped: number): Note[] {
  const notes: Note[] = [];
  if (totalEvents === 0) {
    notes.push({ code: "no-events", message: "The event came for nobody: the curve stays at 1 as far as anyone was watched." }); // prettier-ignore
  }
  if (ungrouped > 0) {
    notes.push({ code: "ungrouped", message: `${ungrouped} customers are in no group: they count in the curve of all only.` }); // prettier-ignore
  }
  return notes;
}

/**
 * Reads a survival curve at any times: which share is still there?
 *
 * @param curve - of {@link fitKaplanMeier}, or one of its `groups`.
 * @param times - in the unit of the durations, ≥ 0.
 * @returns one share per time; NaN after the longest duration, unless nobody was left: nobody was watched that long.
 * @throws {ClienteleError} `shape-mismatch` for what is no curve; `invalid-value` at a time that is not a number from 0 on.
 * @example
 * const model = fitKaplanMeier([2, 3, 3, 5, 8, 8], [1, 1, 0, 1, 0, 0]);
 * survivalAt(model, [0, 4.5, 8, 9]); // Float64Array [1, 0.667, 0.444, NaN]
 */
export function survivalAt(
  curve: Pick<SurvivalCurve, "times" | "survival" | "longest">,
  times: ArrayLike<number>,
): Float64Array {
  const caller = "survivalAt";
  const given: Partial<SurvivalCurve> | null | undefined = curve;
  if (!isList(given?.times) || !isList(given.survival) || given.times.length !== given.survival.length) {
    refuse(caller, "shape-mismatch", "curve", "times and survival of one length", describeValue(curve));
  }
  if (!isList(times)) refuse(caller, "shape-mismatch", "times", "a list of numbers", describeValue(times));
  const last = curve.survival.length === 0 ? 1 : curve.survival[curve.survival.length - 1];
  return Float64Array.from(times, (time, i) => {
    if (typeof time !== "number" || !(time >= 0 && time < Infinity)) {
      refuse(caller, "invalid-value", `times[${i}]`, "finite and ≥ 0", describeCell(time));
    }
    if (time > curve.longest && last > 0) return NaN;
    const steps = countUpTo(curve.times, time);
    return steps === 0 ? 1 : curve.survival[steps - 1];
  });
}

/** How many of some sorted numbers are not above a limit. */
export function countUpTo(sorted: ArrayLike<number>, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
