import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, isTextList, oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { codesColumn, type EventLog } from "../tables/event-log.ts";
import { checkLabels, type Labels, membersOf } from "../tables/labels.ts";
import { type Attempts, attemptsOf } from "./funnel-attempts.ts";
import { type AbsentOfFunnel, type FunnelDefinition, funnelOptions, type FunnelPlan, planOf } from "./funnel-plan.ts";
import { type FunnelStep, stepsOf } from "./funnel-steps.ts";
import { type PathTable, pathsOf } from "./paths.ts";

/** Groups of customers that a funnel is broken down by. */
export interface FunnelGroups {
  /** One group number per customer of the log's dictionary; −1 = no group. */
  readonly labels: Labels;
  /** What the groups are called. Default: `"0"`, `"1"`, … */
  readonly names?: readonly string[] | undefined;
}

/** More values of a breakdown are no groups but names of single things. */
const mostParts = 10_000;

/** Options of {@link measureFunnel}. */
export interface MeasureFunnelOptions extends FunnelDefinition {
  /**
   * What is counted: paths (`"unique"`, the default; with `per: sessions` these are sessions), or every entry (`"total"`): a
   * next one is possible when the attempt before has led to the last step, was stopped, or is out of time.
   */
  readonly counting?: "unique" | "total" | undefined;
  /** Tells a funnel for each value that a further column of the log has at a step, or for each group of customers. */
  readonly breakdown?: string | FunnelGroups | undefined;
  /**
   * The step whose event has the value of a column: the `"first"` (default), the `"last"` that was reached, or one by its
   * position in `steps`; who did not reach that one has no value.
   */
  readonly breakdownAt?: "first" | "last" | number | undefined;
}

/** Option table of {@link measureFunnel}. */
export const measureFunnelOptions: OptionTable<MeasureFunnelOptions, AbsentOfFunnel | "breakdown"> = {
  ...funnelOptions,
  counting: oneOf(["unique", "total"], { default: "unique" }),
  breakdown: custom("the name of a column, or { labels, names }", isBreakdown, [1, null, true, [], {}, { labels: [0] }, { labels: new Int32Array(1), names: "a" }], { optional: true }), // prettier-ignore
  breakdownAt: custom('"first", "last", or the position of a step', isPlace, [null, "next", -1, 0.5, NaN, []], { default: "first" }), // prettier-ignore
};

function isPlace(value: unknown): boolean {
  return value === "first" || value === "last" || (Number.isSafeInteger(value) && (value as number) >= 0);
}

function isBreakdown(value: unknown): boolean {
  if (typeof value === "string") return true;
  if (!isRecord(value) || !(value["labels"] instanceof Int32Array)) return false;
  return value["names"] === undefined || isTextList(value["names"]);
}

/** The funnel of one value or group. */
export interface FunnelPart {
  /** The value, or the name of the group; null where there is none. */
  readonly name: string | null;
  /** The steps, counted among those of the value or group. */
  readonly steps: readonly FunnelStep[];
}

/** What {@link measureFunnel} finds. */
export interface FunnelReport {
  /** What the counts are of. */
  readonly counting: "unique" | "total";
  /** One entry per step, in order. */
  readonly steps: readonly FunnelStep[];
  /** Reached the last step. */
  readonly converted: number;
  /** `converted` of those who reached the first step; null without any. */
  readonly conversion: number | null;
  /** Not at the last step, but with an open window. */
  readonly pending: number;
  /** Attempts that an excluded event removed; they are counted nowhere else. */
  readonly removed: number;
  /** Attempts that an excluded event stopped; they are counted where they got. */
  readonly stopped: number;
  /** Paths with a step or any other state, whether they entered or not. */
  readonly paths: number;
  /** Events whose type is no state. */
  readonly ignored: number;
  /** Groups that have events, but none of a state; they are no paths. */
  readonly emptied: number;
  /** Events of states after `asOf`. */
  readonly later: number;
  /** When the funnel was looked at; null for a log without events. */
  readonly asOf: number | null;
  /** One funnel per value or group, the largest first, then by name, that of no value last; null unless asked for. */
  readonly breakdown: readonly FunnelPart[] | null;
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/**
 * Measures a funnel: how many reach each step, how many are lost between, and how long it takes — for whoever wants to know
 * where a shop, a signup or a process loses people.
 *
 * A step is reached by the first event that fits after the step before, so one event takes one step; events of equal time keep
 * the order of the log. The window runs from the entry and is a span of time: a day is 24 hours, not a date.
 *
 * @param log - the events, sorted as always.
 * @param options - the steps; what a path is, order, windows, exclusions, what is counted, breakdown.
 * @returns counts, shares with intervals, and times per step. `dropped` of a step is `count` less that of the next, and `pending`
 * is the part of it that may still come; `closed` has the conversion of those whose window is over.
 * @throws {ClienteleError} `shape-mismatch` for a damaged log, a partition that is not one of it, or labels that do not fit its
 * customers; `invalid-option` for steps that `states` leaves out, an excluded event that is a step, step windows that do not fit,
 * a breakdown by an unknown column or at no step, or totals of optimized entries; `too-large` for a breakdown by more than 10,000 values; `invalid-value` for an event called `(start)` or `(end)`.
 * Cost: linear in the rows; with `reentry: "optimized"` or any order, times the steps.
 * @example
 * const hour = 3_600_000;
 * const { log } = readEvents(
 *   [
 *     { who: "ann", what: "home", at: 0 },
 *     { who: "ann", what: "cart", at: hour },
 *     { who: "ann", what: "paid", at: 2 * hour },
 *     { who: "bob", what: "home", at: 0 },
 *     { who: "bob", what: "cart", at: 3 * hour },
 *     { who: "cid", what: "home", at: 30 * hour },
 *   ],
 *   { customer: "who", type: "what", time: "at" },
 * );
 * const funnel = measureFunnel(log, { steps: ["home", "cart", "paid"], windowMs: 24 * hour });
 * funnel.steps.map(({ count, dropped, pending }) => [count, dropped, pending]); // [[3, 1, 1], [2, 1, 0], [1, 0, 0]]
 * funnel.steps[1].medianMs; // 7200000
 * funnel.conversion; // 0.333
 * funnel.steps[2].closed.conversionOverall; // 0.5 — cid has 24 hours from his entry
 * @see Wilson (1927) for the intervals. Conventions of order, window and exclusion: docs/decisions/0123-funnels.md.
 */
export function measureFunnel(log: EventLog, options: MeasureFunnelOptions): FunnelReport {
  const caller = "measureFunnel";
  const read = readOptions(caller, measureFunnelOptions, options);
  if (read.counting === "total" && read.reentry === "optimized") {
    const expected = '"first" where totals are counted: optimized entries overlap';
    refuse(caller, "invalid-option", "options.reentry", expected, '"optimized"');
  }
  if (typeof read.breakdownAt === "number" && read.breakdownAt >= read.steps.length) {
    refuse(caller, "invalid-option", "options.breakdownAt", "the position of one of the steps", "a later one");
  }
  if (read.breakdownAt !== "first" && typeof read.breakdown !== "string") {
    const expected = "absent unless options.breakdown is a column: groups of customers are the same at every step";
    refuse(caller, "invalid-option", "options.breakdownAt", expected, "given");
  }
  const paths = pathsOf(caller, log, read);
  const plan = planOf(caller, read, paths);
  const classes = read.breakdown === undefined ? null : classesOf(caller, log, read.breakdown);
  const attempts = attemptsOf(log, paths, plan, read.counting, read.asOf);
  const all = new Uint32Array(attempts.length);
  for (let i = 0; i < all.length; i++) all[i] = i;
  const steps = stepsOf(plan, attempts, all);
  const { removed, stopped, later, asOf } = attempts;
  const { count: converted, conversionOverall: conversion } = steps[steps.length - 1];
  return {
    counting: read.counting,
    steps,
    converted,
    conversion,
    pending: steps.reduce((sum, { pending }) => sum + pending, 0),
    removed,
    stopped,
    paths: attempts.paths,
    ignored: paths.ignored,
    emptied: paths.emptied,
    later,
    asOf: asOf === -Infinity ? null : asOf,
    breakdown: classes === null ? null : partsOf(caller, plan, attempts, paths, classes, read.breakdownAt),
    notes: plan.notes,
  };
}

/** What a funnel is broken down by: the class of each row of the log. */
interface Classes {
  readonly names: readonly string[];
  /** The class of a row; a number from `names.length` on, or below 0, is none. */
  readonly classOf: (row: number) => number;
}

function classesOf(caller: string, log: EventLog, breakdown: string | FunnelGroups): Classes {
  if (typeof breakdown === "string") {
    const { names, codes } = codesColumn(caller, log, "options.breakdown", breakdown);
    return { names, classOf: (row) => codes[row] };
  }
  const { labels, names: given } = breakdown;
  const customers = log.customer.names.length;
  checkLabels(caller, "options.breakdown.labels", labels, customers);
  const groups = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  if (given !== undefined && given.length < groups) {
    refuse(caller, "shape-mismatch", "options.breakdown.names", `${groups} names, one per group`, describeValue(given));
  }
  const names = given?.slice() ?? Array.from({ length: groups }, (_, group) => String(group));
  return { names, classOf: (row) => labels[log.customer.codes[row]] };
}

function partsOf(
  caller: string,
  plan: FunnelPlan,
  attempts: Attempts,
  paths: PathTable,
  { names, classOf }: Classes,
  place: "first" | "last" | number,
): FunnelPart[] {
  const { starts, at, reach } = attempts;
  // Only what occurs at the step gets a number.
  const numbers = new Map<number, number>();
  const groups = Int32Array.from({ length: attempts.length }, (_, i) => {
    const step = place === "first" ? 0 : place === "last" ? reach[i] - 1 : place;
    const code = step < reach[i] ? classOf(paths.rows[at[starts[i] + step]]) : -1;
    const known = code >= 0 && code < names.length ? code : names.length;
    const number = numbers.get(known) ?? numbers.size;
    numbers.set(known, number);
    return number;
  });
  if (numbers.size > mostParts) {
    refuse(caller, "too-large", "options.breakdown", `at most ${mostParts} values at the step`, String(numbers.size));
  }
  const members = membersOf(groups, numbers.size);
  const named = [...numbers].map(([code, number]) => ({ name: names[code] ?? null, members: members[number] }));
  return named
    .sort((a, b) => {
      if (a.name === null || b.name === null) return a.name === null ? 1 : -1;
      return b.members.length - a.members.length || (a.name < b.name ? -1 : 1);
    })
    .map(({ name, members: some }) => ({ name, steps: stepsOf(plan, attempts, some) }));
}
