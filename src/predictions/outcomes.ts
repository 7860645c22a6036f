import { dayMs, lastInstant } from "../core/durations.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, instant, oneOf, type OptionTable, readOptions, real, textOrTexts } from "../core/options.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import { type Behavior, behaviorReader, isBehavior, type PastBehavior } from "./behavior.ts";

/** Options of {@link labelOutcomes}. */
export interface LabelOutcomesOptions {
  /**
   * The instant at which the prediction is made, in epoch milliseconds, UTC, or several from early to late: then each customer
   * has a row per cutoff. Only what happened before a cutoff decides who is in the population.
   */
  readonly cutoff: number | readonly number[];
  /** Length of the horizon in days of 24 hours; it begins `gapDays` after the cutoff, and its end is not part of it. */
  readonly horizonDays: number;
  /** Event type, or types, whose first occurrence in the horizon is the outcome. */
  readonly event: string | readonly string[];
  /**
   * Whom the question is about, by what they did before the cutoff: `"all"`; `"active"`, who had any event within
   * `activeDays`; or who did one of `events` within `withinDays`. Default `"all"`.
   */
  readonly population?: "all" | "active" | Behavior | undefined;
  /** How long before the cutoff an active customer's last event may lie, in days. Default: `horizonDays`. */
  readonly activeDays?: number | undefined;
  /**
   * Who is not meant, by what they did before the cutoff: `{ events: ["purchase"] }` leaves prospects, and with `withinDays`
   * also those who did it long ago.
   */
  readonly except?: PastBehavior | undefined;
  /** Days between the cutoff and the horizon, for the time that an action takes. Default 0. */
  readonly gapDays?: number | undefined;
  /** How long before the cutoff a customer's first event must lie, in days. Default 0: just before it. */
  readonly minHistoryDays?: number | undefined;
  /** Up to when the log is complete, in epoch milliseconds; later events are not read. Default: its last event. */
  readonly asOf?: number | undefined;
  /** What has the outcome 1: that the event comes, or that it does not (churn without a cancellation). Default `"event"`. */
  readonly positive?: "event" | "no-event" | undefined;
}

/** Option table of {@link labelOutcomes}. */
export const labelOutcomesOptions: OptionTable<LabelOutcomesOptions, "activeDays" | "except" | "asOf"> = {
  cutoff: custom("a time in epoch milliseconds, or a list of times from early to late", isCutoff, [
    null,
    "2024-01-01",
    NaN,
    9e15,
    [],
    [NaN],
    [2, 1],
    [1, 1],
    {},
  ]),
  horizonDays: real({ above: 0, max: 36_500 }),
  event: textOrTexts(),
  population: custom(
    '"all", "active" or { events, withinDays }',
    (value) => value === "all" || value === "active" || isBehavior(value, true),
    [null, "some", "", 1, [], {}, { events: ["a"] }, { events: [], withinDays: 1 }, { events: ["a"], withinDays: 0 }],
    { default: "all" },
  ),
  activeDays: real({ above: 0, max: 36_500, optional: true }),
  except: custom(
    "{ events, withinDays? }",
    (value) => isBehavior(value, false),
    [
      null,
      "all",
      [],
      {},
      { events: "a" },
      { events: [] },
      { events: ["a"], withinDays: 0 },
      { events: ["a"], days: 3 },
    ],
    { optional: true },
  ),
  gapDays: real({ min: 0, max: 36_500, default: 0 }),
  minHistoryDays: real({ min: 0, max: 36_500, default: 0 }),
  asOf: instant({ optional: true }),
  positive: oneOf(["event", "no-event"], { default: "event" }),
};

function isCutoff(value: unknown): boolean {
  const isInstant = instant().accepts;
  if (!Array.isArray(value)) return isInstant(value);
  const times = value as number[];
  return times.length > 0 && times.every((time, i) => isInstant(time) && (i === 0 || times[i - 1] < time));
}

/** Why a customer has no outcome. */
export type ExclusionReason = "no-history" | "short-history" | "not-in-population" | "excepted" | "incomplete-horizon";

/** A customer without an outcome at a cutoff. */
export interface ExcludedCustomer {
  /** The customer. */
  readonly id: string;
  /** The cutoff in question. */
  readonly cutoff: number;
  /**
   * `no-history`: no event before the cutoff; `short-history`: the first one is too near to it; `not-in-population`;
   * `excepted`; `incomplete-horizon`: the log ends before the horizon does.
   */
  readonly reason: ExclusionReason;
}

/** The outcomes of one cutoff. */
export interface CutoffOutcomes {
  /** The cutoff. */
  readonly cutoff: number;
  /** Beginning of the horizon; part of it. */
  readonly from: number;
  /** End of the horizon; not part of it. */
  readonly to: number;
  /** Whether the log covers the horizon. */
  readonly complete: boolean;
  /** Customers with an outcome. */
  readonly kept: number;
  /** Those whose outcome is 1. */
  readonly positives: number;
}

/** What became of every customer, and what the outcomes rest on. */
export interface OutcomeReport {
  /** Customers with an event up to `asOf`, once per cutoff. */
  readonly read: number;
  /** Customers with an outcome, once per cutoff. */
  readonly kept: number;
  /** How many were excluded for each reason; reasons that did not occur are absent. `kept` and these add up to `read`. */
  readonly dropped: Readonly<Partial<Record<ExclusionReason, number>>>;
  /** Outcomes that are 1. */
  readonly positives: number;
  /** `positives / kept`; null without outcomes. */
  readonly baseRate: number | null;
  /** Up to when the log was taken as complete; null for an empty log without `asOf`. */
  readonly asOf: number | null;
  /** One entry per cutoff. */
  readonly cutoffs: readonly CutoffOutcomes[];
  /** Kept customers who had the event between cutoff and horizon: a model may not need to find them. */
  readonly inGap: number;
  /** Kept customers who had the event at the very instant of the cutoff, where features with `asOf` = cutoff see it. */
  readonly atCutoff: number;
  /** What to know before believing the outcomes. */
  readonly notes: readonly Note[];
}

/** Result of {@link labelOutcomes}: columns with one entry per customer and cutoff. */
export interface Outcomes {
  /** Customers of the population, cutoff by cutoff in the order of the log. */
  readonly ids: readonly string[];
  /** 1 = the outcome came, 0 = it did not. */
  readonly outcome: Uint8Array;
  /** The cutoff of each row: what a split in time goes by. */
  readonly cutoffs: Float64Array;
  /** Everybody else, with the reason. */
  readonly excluded: readonly ExcludedCustomer[];
  /** Counts, and what to know. */
  readonly report: OutcomeReport;
}

/**
 * Labels who did something in the days after a cutoff, for a model that is to foresee it from the days before.
 *
 * Three rules keep the future out of the past. Who is asked about follows from events before the cutoff only. An event counts in
 * the half-open horizon [cutoff + gap, cutoff + gap + horizon), so that two horizons in a row share none. And where the log
 * ends before the horizon does, nobody gets an outcome: not having bought yet is not the same as not buying.
 *
 * Make features with `asOf: cutoff - 1`, the last millisecond before the cutoff: features count events *at* `asOf`, and so does
 * the horizon. Churn without a cancellation is the event that does not come: `positive: "no-event"`.
 *
 * @param log - the events.
 * @param options - see {@link LabelOutcomesOptions}.
 * @returns one row per customer of the population and cutoff; everybody else is listed with the reason. Customers of the
 * dictionary without an event up to `asOf` are not read.
 * @throws {ClienteleError} `invalid-option` when a window leaves the years of a date or `asOf` lies before a cutoff. Cost: a
 * search per customer and cutoff, and a look at the events of the windows.
 * @example
 * const day = 86_400_000;
 * const { log } = readEventColumns({
 *   customer: ["ann", "ann", "bob", "cy"], type: ["visit", "buy", "visit", "visit"], time: [2 * day, 11 * day, 3 * day, 20 * day],
 * });
 * const { ids, outcome, report } = labelOutcomes(log, { cutoff: 10 * day, horizonDays: 7, event: "buy", population: "all" });
 * ids; // ["ann", "bob"]
 * outcome; // Uint8Array [1, 0]
 * report.dropped; // { "no-history": 1 } — cy came later
 */
export function labelOutcomes(log: EventLog, options: LabelOutcomesOptions): Outcomes {
  const caller = "labelOutcomes";
  const read = readOptions(caller, labelOutcomesOptions, options);
  checkLog(caller, log);
  const last = log.time.reduce((latest, time) => Math.max(latest, time), -Infinity);
  const asOf = read.asOf ?? last;
  const windows = windowsOf(caller, read, asOf);
  const population = populationOf(read);
  const didEvent = behaviorReader(log, read.event);
  const isMember = population === undefined ? () => true : behaviorReader(log, population.events);
  const isExcepted = read.except === undefined ? () => false : behaviorReader(log, read.except.events);
  const reached = (days: number | undefined): number => (days ?? Infinity) * dayMs;

  const ids: string[] = [];
  const cutoffs: number[] = [];
  const outcome: number[] = [];
  const excluded: ExcludedCustomer[] = [];
  const parts: CutoffOutcomes[] = [];
  let [customers, inGap, atCutoff] = [0, 0, 0];
  const { starts } = log.byCustomer;
  for (const { cutoff, from, to, complete } of windows) {
    let [kept, positives] = [0, 0];
    for (let customer = 0; customer + 1 < starts.length; customer++) {
      const [first, end] = [starts[customer], starts[customer + 1]];
      if (first === end || log.time[first] > asOf) continue;
      customers++;
      const id = log.customer.names[customer];
      // The population's windows end before the cutoff; the horizon and what lies between begin at it.
      const past = { first, end, to: cutoff };
      let reason: ExclusionReason | undefined;
      if (!(log.time[first] < cutoff)) reason = "no-history";
      else if (log.time[first] > cutoff - read.minHistoryDays * dayMs) reason = "short-history";
      else if (!isMember({ ...past, from: cutoff - reached(population?.withinDays) })) reason = "not-in-population";
      else if (isExcepted({ ...past, from: cutoff - reached(read.except?.withinDays) })) reason = "excepted";
      else if (!complete) reason = "incomplete-horizon";
      if (reason !== undefined) {
        excluded.push({ id, cutoff, reason });
        continue;
      }
      const happened = didEvent({ first, end, from, to });
      const isPositive = happened === (read.positive === "event");
      ids.push(id);
      cutoffs.push(cutoff);
      outcome.push(isPositive ? 1 : 0);
      kept++;
      if (isPositive) positives++;
      if (from > cutoff && didEvent({ first, end, from: cutoff, to: from })) inGap++;
      if (from === cutoff && didEvent({ first, end, from: cutoff, to: cutoff, includesEnd: true })) atCutoff++;
    }
    parts.push({ cutoff, from, to, complete, kept, positives });
  }

  const dropped: Partial<Record<ExclusionReason, number>> = {};
  for (const { reason } of excluded) dropped[reason] = (dropped[reason] ?? 0) + 1;
  const positives = parts.reduce((sum, part) => sum + part.positives, 0);
  const report = {
    read: customers,
    kept: ids.length,
    dropped,
    positives,
    baseRate: ids.length === 0 ? null : positives / ids.length,
    asOf: Number.isFinite(asOf) ? asOf : null,
    cutoffs: parts,
    inGap,
    atCutoff,
  };
  const known = new Set(log.type.names);
  const isKnownEvent = (typeof read.event === "string" ? [read.event] : read.event).some((name) => known.has(name));
  const notes = notesOf(report, { isKnownEvent, isGivenEnd: read.asOf !== undefined });
  return {
    ids,
    outcome: Uint8Array.from(outcome),
    cutoffs: Float64Array.from(cutoffs),
    excluded,
    report: { ...report, notes },
  };
}

type Read = ReturnType<typeof readOptions<LabelOutcomesOptions, "activeDays" | "except" | "asOf">>;

interface Window {
  readonly cutoff: number;
  readonly from: number;
  readonly to: number;
  readonly complete: boolean;
}

/** The horizon of each cutoff; a horizon is complete when the log was watched up to its end. */
function windowsOf(caller: string, read: Read, asOf: number): Window[] {
  const list = typeof read.cutoff === "number" ? [read.cutoff] : read.cutoff;
  return list.map((cutoff, i) => {
    const path = typeof read.cutoff === "number" ? "options.cutoff" : `options.cutoff[${i}]`;
    if (read.asOf !== undefined && read.asOf < cutoff) {
      refuse(caller, "invalid-option", path, "a time up to options.asOf", "a later one");
    }
    const from = cutoff + read.gapDays * dayMs;
    const to = from + read.horizonDays * dayMs;
    if (to > lastInstant) refuse(caller, "invalid-option", path, "a horizon within the years of a date", "a later one");
    return { cutoff, from, to, complete: asOf >= to };
  });
}

/** What makes a member: undefined = everybody; without `events` any event. */
function populationOf(read: Read): { readonly events?: readonly string[]; readonly withinDays: number } | undefined {
  const { population, activeDays, horizonDays } = read;
  if (population === "all") return undefined;
  return population === "active" ? { withinDays: activeDays ?? horizonDays } : population;
}

function notesOf(
  report: Omit<OutcomeReport, "notes">,
  { isKnownEvent, isGivenEnd }: { readonly isKnownEvent: boolean; readonly isGivenEnd: boolean },
): Note[] {
  const notes: Note[] = [];
  const incomplete = report.cutoffs.filter(({ complete }) => !complete).length;
  if (incomplete > 0) {
    const end = isGivenEnd
      ? "options.asOf"
      : "the last event; options.asOf says so where the log is complete beyond it";
    notes.push({
      code: "incomplete-horizon",
      message: `${incomplete} of ${report.cutoffs.length} horizons end after ${end}: ${report.dropped["incomplete-horizon"] ?? 0} customers have no outcome yet.`,
    });
  }
  if (!isKnownEvent) {
    notes.push({
      code: "unknown-event",
      message: "No event of the log has a type of options.event: check its spelling.",
    });
  }
  if (report.kept > 0 && (report.positives === 0 || report.positives === report.kept)) {
    const which = report.positives === 0 ? "Nobody has" : "Everybody has";
    notes.push({ code: "single-class", message: `${which} the outcome 1: there is nothing to learn.` });
  }
  if (report.inGap > 0) {
    const message = `${report.inGap} customers had the event between cutoff and horizon; their outcome is what came in the horizon.`;
    notes.push({ code: "event-in-gap", message });
  }
  if (report.atCutoff > 0) {
    const message = `${report.atCutoff} customers had the event at the very instant of the cutoff: make features with asOf: cutoff - 1, or they see it.`;
    notes.push({ code: "event-at-cutoff", message });
  }
  return notes;
}
