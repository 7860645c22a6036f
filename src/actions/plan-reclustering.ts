import { isRecord } from "../core/dictionary.ts";
import { dayMs } from "../core/durations.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, instant, type OptionTable, readOptions, real, timeZone } from "../core/options.ts";
import { calendarOf } from "../tables/calendar.ts";
import { type Challenger, type GateDecision, gateLimits, type GateLimits, passGate } from "./challenger-gate.ts";

/** When customers were grouped last, and how often they are to be. The caller keeps it. */
export interface ReclusteringState {
  /** When the groups in use were fitted, epoch milliseconds; null = never. */
  readonly lastRun: number | null;
  /** Every so many days at the latest. */
  readonly everyDays: number;
  /** Not sooner than so many days after the last run, whatever drifts; default 0. */
  readonly leastDays?: number | undefined;
  /** Count local dates of this zone instead of spans of 24 hours: a weekly run keeps its weekday when clocks change. */
  readonly timeZone?: string | undefined;
}

/** What drifted: a report of `measureDrift`, or just its verdict. */
export interface DriftVerdict {
  /** Whether the customers are unlike those of the last run. */
  readonly drifted: boolean;
  /** Share of features that drifted. */
  readonly share: number;
}

/** Options of {@link planReclustering}. */
export interface PlanReclusteringOptions extends GateLimits {
  /** Epoch milliseconds, not before the last run. */
  readonly now: number;
  /** Whether customers have drifted since the last run: of `measureDrift`. Default: not known. */
  readonly drift?: DriftVerdict | undefined;
  /** The figures of a new clustering, once there is one. */
  readonly challenger?: Challenger | undefined;
}

/** Whether to group anew, and whether the new groups are to be used. Result of {@link planReclustering}. */
export interface ReclusteringPlan {
  /** Whether to fit a challenger now. */
  readonly due: boolean;
  /** Why: `"never-run"`, `"scheduled"`, `"drift"`; empty when nothing is due. */
  readonly reasons: readonly string[];
  /** Days since the last run, of 24 hours or local dates; null when there was none. */
  readonly days: number | null;
  /** From when on a run is scheduled, epoch milliseconds; null when there was none. */
  readonly nextRun: number | null;
  /** Whether the challenger replaces the champion; null without a challenger. */
  readonly gate: GateDecision | null;
  /** `waiting` when drift has to wait for `leastDays`. */
  readonly notes: readonly Note[];
}

const isShare = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 1;

const stateOptions: OptionTable<ReclusteringState, "timeZone"> = {
  lastRun: custom("a time in epoch milliseconds, or null", (value) => value === null || instant().accepts(value), ["x", NaN]), // prettier-ignore
  everyDays: real({ above: 0, max: 36_500 }),
  leastDays: real({ min: 0, max: 36_500, default: 0 }),
  timeZone: timeZone({ optional: true }),
};

/** Option table of {@link planReclustering}. */
export const planReclusteringOptions: OptionTable<PlanReclusteringOptions, "drift" | "challenger"> = {
  ...gateLimits,
  now: instant(),
  drift: custom("{ drifted, share }", (value) => isRecord(value) && typeof value.drifted === "boolean" && isShare(value.share), [null, true, {}, { drifted: true }, { drifted: 1, share: 0.5 }], { optional: true }), // prettier-ignore
  challenger: custom("the challenger's figures", isRecord, [null, 1, "a", []], { optional: true }),
};

/**
 * Says when to group customers anew, and whether the new groups are better than those in use: the plan of a weekly job that
 * changes segments only for a reason.
 *
 * Twice in a job: first whether a run is due, by the calendar or because customers have drifted; then, with the figures of the new
 * clustering, whether it replaces the old one. The challenger must not be worse, must be stable, must differ, must not move
 * more customers than people can explain, and its groups must be aligned with those in use, so that names and campaigns stay.
 *
 * @param state - see {@link ReclusteringState}.
 * @param options - see {@link PlanReclusteringOptions}.
 * @returns whether a run is due and why, when the next one is scheduled, and the decision with every check.
 * @throws {ClienteleError} `invalid-option` for a bad field, such as `state.lastRun`, or a `now` before the last run.
 * @example
 * const week = { lastRun: Date.UTC(2026, 0, 5), everyDays: 7 };
 * planReclustering(week, { now: Date.UTC(2026, 0, 9) }).due; // false
 * planReclustering(week, { now: Date.UTC(2026, 0, 9), drift: { drifted: true, share: 0.6 } }).reasons; // ["drift"]
 * const challenger = { silhouette: 0.41, championSilhouette: 0.44, stability: 0.5, migrationShare: 0.2 };
 * planReclustering(week, { now: Date.UTC(2026, 0, 12), challenger }).gate?.reasons; // ["no-gain", "unstable", "not-aligned"]
 * @see ADR 0184. Cost O(1).
 */
export function planReclustering(state: ReclusteringState, options: PlanReclusteringOptions): ReclusteringPlan {
  const caller = "planReclustering";
  const { lastRun, everyDays, leastDays, timeZone: zone } = readOptions(caller, stateOptions, state, "state");
  const { now, drift, challenger, ...limits } = readOptions(caller, planReclusteringOptions, options);
  if (lastRun !== null && now < lastRun) {
    refuse(caller, "invalid-option", "options.now", "at or after state.lastRun", "an earlier time");
  }
  const { days, nextRun } = daysSince(lastRun, now, everyDays, zone);
  const reasons: string[] = [];
  const notes: Note[] = [];
  if (lastRun === null) reasons.push("never-run");
  else if (nextRun !== null && now >= nextRun) reasons.push("scheduled");
  if (drift?.drifted === true) {
    if (days === null || days >= leastDays) reasons.push("drift");
    else if (reasons.length === 0) notes.push({ code: "waiting", message: `Customers have drifted, but the last run is less than ${leastDays} days old.` }); // prettier-ignore
  }
  const gate = challenger === undefined ? null : passGate(caller, "options.challenger", challenger, limits);
  return { due: reasons.length > 0, reasons, days, nextRun, gate, notes };
}

function daysSince(
  lastRun: number | null,
  now: number,
  everyDays: number,
  zone: string | undefined,
): { days: number | null; nextRun: number | null } {
  if (lastRun === null) return { days: null, nextRun: null };
  if (zone === undefined) return { days: (now - lastRun) / dayMs, nextRun: lastRun + everyDays * dayMs };
  const calendar = calendarOf(zone);
  const date = calendar.dayOf(lastRun);
  return { days: calendar.dayOf(now) - date, nextRun: calendar.startOfDay(date + Math.ceil(everyDays)) };
}
