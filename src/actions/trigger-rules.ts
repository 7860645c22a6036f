import { isRecord } from "../core/dictionary.ts";
import { dayMs, minuteMs } from "../core/durations.ts";
import { asCalledBy, describeValue, refuse } from "../core/errors.ts";
import {
  custom,
  integer,
  isTextList,
  oneOf,
  type OptionTable,
  readOptions,
  real,
  text,
  texts,
  timeZone,
} from "../core/options.ts";
import { checkKeys, type Condition, type Holds, readCondition } from "./conditions.ts";

/** Which events: of a type, of one of several types, or by their fields too. */
export type TriggerEvents = string | readonly string[] | EventMatch;

/** Events by type and fields. */
export interface EventMatch {
  /** The type or types; absent = events of any type. */
  readonly type?: string | readonly string[] | undefined;
  /** What must hold for the event's fields: `value` and the further columns. */
  readonly where?: Condition | undefined;
}

/** Hours of the local day in which nothing goes out. */
export interface QuietHours {
  /** The local hour, 0 up to 24, from which on it is quiet; 21.5 = half past nine in the evening. */
  readonly from: number;
  /** The local hour at which messages go out again; before `from` = on the next day. */
  readonly to: number;
  /** The zone of customers whose own is not known. */
  readonly timeZone: string;
}

/** A rule for a message, as JSON: when it is due, what cancels it, and what holds it back. */
export interface TriggerRule {
  /** Names the rule; names differ. */
  readonly name: string;
  /** The events that start the wait. */
  readonly on: TriggerEvents;
  /**
   * The events that cancel it: those with `on.time ≤ time < deadline`, in whatever order they arrive. They also start counts
   * and sequences over.
   */
  readonly unless?: TriggerEvents | undefined;
  /** The wait: the message is due at `on.time` plus this. 0 = at once. */
  readonly afterMinutes: number;
  /**
   * What the rule is counted by: the customer (the default), or a further column such as the cart, the order or the item,
   * each with a wait of its own. An `on` event without it is not for this rule; an `unless` event without it is for all.
   */
  readonly by?: string | undefined;
  /** Waits by value of the `by` column, in minutes: how long each item lasts. Others wait `afterMinutes`. */
  readonly delays?: Readonly<Record<string, number>> | undefined;
  /** The wait from the customer's own rhythm: for replenishment. Until the rhythm is known, `afterMinutes` or `delays`. */
  readonly reorder?: ReorderRhythm | undefined;
  /** A message only for the n-th `on` event within a time or a session. */
  readonly count?: EventCount | undefined;
  /** Steps that must follow the `on` event, each within a time of the one before; the wait starts with the last. */
  readonly then?: readonly FollowingStep[] | undefined;
  /** Where `on` repeats during the wait: start it over with each (`"latest"`, the default), or keep the `"first"`. */
  readonly restart?: "latest" | "first" | undefined;
  /**
   * Whether a customer (or cart, …) who got the message may enter again: with `"every"` `on` event (the default), never
   * (`"once"`), or from so many minutes after it.
   */
  readonly reentry?: "every" | "once" | { readonly afterMinutes: number } | undefined;
  /** The customer gets no second message of this rule, whatever its cart, for so many minutes. */
  readonly cooldownMinutes?: number | undefined;
  /** What the customer must have consented to when the message goes out. Absent = no consent is asked for. */
  readonly purpose?: string | undefined;
  /** When messages are held back until the end of the quiet hours. */
  readonly quietHours?: QuietHours | undefined;
  /** The customer must be in one of these segments when the message goes out. */
  readonly segments?: readonly string[] | undefined;
  /** The customer must be in none of these segments when the message goes out. */
  readonly exceptSegments?: readonly string[] | undefined;
  /** Who of several rules that fire at one instant goes first: the greater one; default 0. Ties: the order of the rules. */
  readonly priority?: number | undefined;
  /** Whether the frequency cap holds for this rule, and its messages count; default true. */
  readonly capped?: boolean | undefined;
  /** A share of customers that never gets the message, so that its effect can be measured. */
  readonly holdout?: { readonly share: number; readonly group?: string | undefined } | undefined;
}

/** The n-th event within a time or a session. */
export interface EventCount {
  /** n. */
  readonly atLeast: number;
  /** The n events lie at most so far apart; then counting starts over. */
  readonly withinMinutes?: number | undefined;
  /** The n events lie in one session, which a longer pause of the customer ends; once per session. */
  readonly sessionMinutes?: number | undefined;
  /** Only different values of this column count: different items, or the event's own `id` where deliveries repeat. */
  readonly distinct?: string | undefined;
}

/** A further step of a sequence. */
export interface FollowingStep {
  /** Its events. */
  readonly on: TriggerEvents;
  /** At most so long after the step before. */
  readonly withinMinutes: number;
}

/** The wait from the median of the gaps between a customer's `on` events. */
export interface ReorderRhythm {
  /** The wait is the median gap times this. */
  readonly factor: number;
  /** How many gaps make a rhythm; default 2. */
  readonly fewestGaps?: number | undefined;
  /** How many of the latest gaps count; default 9. */
  readonly mostGaps?: number | undefined;
  /** A longer gap is a new beginning: the gaps before it are forgotten; default 365 days. */
  readonly longestGapDays?: number | undefined;
}

/** Which events, after reading. */
export interface Match {
  /** `null` = of any type. */
  readonly types: ReadonlySet<string> | null;
  readonly holds: Holds | null;
}

/** A rule after reading; times in milliseconds. */
export interface ReadRule {
  readonly index: number;
  /** Place in the order of firing. */
  readonly rank: number;
  readonly name: string;
  /** `on`, then the steps that follow. */
  readonly steps: readonly Match[];
  /** How long after the step before; the first is 0. */
  readonly within: readonly number[];
  readonly unless: Match | null;
  readonly after: number;
  readonly by: string | null;
  readonly delays: ReadonlyMap<string, number> | null;
  readonly reorder: { factor: number; fewest: number; most: number; longest: number } | null;
  readonly count: { atLeast: number; within: number; session: number | null; distinct: string | null } | null;
  readonly keepsFirst: boolean;
  /** How long after a message none of this key enters; `Infinity` = ever. */
  readonly reentry: number;
  readonly cooldown: number;
  readonly purpose: string | null;
  readonly quiet: QuietHours | null;
  readonly segments: ReadonlySet<string> | null;
  readonly exceptSegments: ReadonlySet<string> | null;
  readonly capped: boolean;
  /** Hold-out as a threshold of a 32-bit hash, and the group that it is drawn in. */
  readonly holdout: { below: number; group: string } | null;
}

type Optional = Exclude<keyof TriggerRule, "name" | "on" | "afterMinutes" | "restart" | "priority" | "capped">;

const mostRules = 1000;
const mostCounted = 1000;
const record = (expected: string) => custom<never>(expected, isRecord, [null, 1, "a", []], { optional: true });
const events = (optional: boolean) =>
  custom<TriggerEvents>(
    "an event type, a non-empty list of types, or { type?, where? }",
    (value) => typeof value === "string" || (isTextList(value) && value.length > 0) || isRecord(value),
    [1, null, true, []],
    { optional },
  );

/** Option table of one rule. */
export const triggerRuleOptions: OptionTable<TriggerRule, Optional> = {
  name: text(),
  on: events(false),
  unless: events(true),
  afterMinutes: real({ min: 0, max: 1e8 }),
  by: text({ optional: true }),
  delays: record("minutes by value of the by column"),
  reorder: record("{ factor, … }"),
  count: record("{ atLeast, … }"),
  then: custom("a non-empty list of steps { on, withinMinutes }", (value) => Array.isArray(value) && value.length > 0, [[], {}, null], { optional: true }), // prettier-ignore
  restart: oneOf(["latest", "first"], { default: "latest" }),
  reentry: custom('"every", "once" or { afterMinutes }', (value) => value === "every" || value === "once" || isRecord(value), ["never", null, 1], { optional: true }), // prettier-ignore
  cooldownMinutes: real({ min: 0, max: 1e8, optional: true }),
  purpose: text({ optional: true }),
  quietHours: record("{ from, to, timeZone }"),
  segments: texts({ optional: true }),
  exceptSegments: texts({ optional: true }),
  priority: real({ default: 0 }),
  capped: custom("true or false", (value) => typeof value === "boolean", [0, null, "true"], { default: true }),
  holdout: record("{ share, group? }"),
};

const countOptions: OptionTable<EventCount, "withinMinutes" | "sessionMinutes" | "distinct"> = {
  atLeast: integer({ min: 1, max: mostCounted }),
  withinMinutes: real({ min: 0, max: 1e8, optional: true }),
  sessionMinutes: real({ above: 0, max: 1e8, optional: true }),
  distinct: text({ optional: true }),
};
const stepOptions: OptionTable<FollowingStep> = { on: events(false), withinMinutes: real({ min: 0, max: 1e8 }) };
const reorderOptions: OptionTable<ReorderRhythm> = {
  factor: real({ above: 0, max: 100 }),
  fewestGaps: integer({ min: 1, max: 99, default: 2 }),
  mostGaps: integer({ min: 1, max: 99, default: 9 }),
  longestGapDays: real({ above: 0, max: 36_500, default: 365 }),
};
const quietOptions: OptionTable<QuietHours> = {
  from: real({ min: 0, below: 24 }),
  to: real({ min: 0, max: 24 }),
  timeZone: timeZone({}),
};
const reentryOptions: OptionTable<{ readonly afterMinutes: number }> = { afterMinutes: real({ min: 0, max: 1e8 }) };
const holdoutOptions: OptionTable<{ readonly share: number; readonly group?: string | undefined }, "group"> = {
  share: real({ min: 0, max: 1 }),
  group: text({ optional: true }),
};

/**
 * Reads the rules, and refuses what is none, with the path of what is wrong.
 *
 * @param caller - the public function.
 * @param rules - what the user passed.
 * @returns the rules in the order of firing: by priority, then as given.
 */
export function readTriggerRules(caller: string, rules: unknown): ReadRule[] {
  if (!Array.isArray(rules) || rules.length > mostRules) {
    refuse(caller, "invalid-option", "rules", `a list of at most ${mostRules} rules`, describeValue(rules));
  }
  const names = new Set<string>();
  const read = rules.map((rule: TriggerRule, i) => {
    const at = `rules[${i}]`;
    const options = readOptions(caller, triggerRuleOptions, rule, at);
    if (names.has(options.name)) refuse(caller, "invalid-option", `${at}.name`, "another name than those before", "a repeated one"); // prettier-ignore
    names.add(options.name);
    return { priority: options.priority, rule: readRule(caller, options, at, i) };
  });
  return read.sort((a, b) => b.priority - a.priority).map(({ rule }, rank) => ({ ...rule, rank }));
}

function readRule(
  caller: string,
  rule: ReturnType<typeof readOptions<TriggerRule, Optional>>,
  at: string,
  index: number,
): ReadRule {
  const { count, then, reorder, reentry, quietHours, holdout } = rule;
  const nested = <O extends object, A extends keyof O = never>(key: string, table: OptionTable<O, A>, given: O) =>
    asCalledBy(caller, `${at}.${key}`, () => readOptions<O, A>(caller, table, given));
  const [one, other] = (["count", "then", "reorder"] as const).filter((key) => rule[key] !== undefined);
  if (other !== undefined) refuse(caller, "invalid-option", `${at}.${other}`, `absent beside ${one}`, "both");
  if (rule.delays !== undefined && isByCustomer(rule.by)) {
    refuse(caller, "invalid-option", `${at}.delays`, "used with a column in by", "by the customer");
  }
  const steps = (then ?? []).map((step, i) => nested(`then[${i}]`, stepOptions, step));
  const counted = count && nested("count", countOptions, count);
  if (counted && (counted.withinMinutes === undefined) === (counted.sessionMinutes === undefined)) {
    refuse(caller, "invalid-option", `${at}.count`, "{ atLeast } with either withinMinutes or sessionMinutes", "both or neither"); // prettier-ignore
  }
  const rhythm = reorder && nested("reorder", reorderOptions, reorder);
  const quiet = quietHours && nested("quietHours", quietOptions, quietHours);
  if (quiet && quiet.from === quiet.to % 24) {
    refuse(caller, "invalid-option", `${at}.quietHours.to`, "another hour than from", "the same hour");
  }
  const held = holdout && nested("holdout", holdoutOptions, holdout);
  const again = isRecord(reentry) ? nested("reentry", reentryOptions, reentry).afterMinutes * minuteMs : 0;
  return {
    index,
    rank: index,
    name: rule.name,
    steps: [
      matchOf(caller, rule.on, `${at}.on`),
      ...steps.map((step, i) => matchOf(caller, step.on, `${at}.then[${i}].on`)),
    ],
    within: [0, ...steps.map((step) => step.withinMinutes * minuteMs)],
    unless: rule.unless === undefined ? null : matchOf(caller, rule.unless, `${at}.unless`),
    after: rule.afterMinutes * minuteMs,
    by: isByCustomer(rule.by) ? null : (rule.by as string),
    delays: rule.delays === undefined ? null : readDelays(caller, rule.delays, `${at}.delays`),
    reorder: rhythm
      ? {
          factor: rhythm.factor,
          fewest: rhythm.fewestGaps as number,
          most: Math.max(rhythm.mostGaps as number, rhythm.fewestGaps as number),
          longest: (rhythm.longestGapDays as number) * dayMs,
        }
      : null,
    count: counted
      ? {
          atLeast: counted.atLeast,
          within: (counted.withinMinutes ?? 0) * minuteMs,
          session: counted.sessionMinutes === undefined ? null : counted.sessionMinutes * minuteMs,
          distinct: counted.distinct ?? null,
        }
      : null,
    keepsFirst: rule.restart === "first",
    reentry: reentry === "once" ? Infinity : again,
    cooldown: (rule.cooldownMinutes ?? 0) * minuteMs,
    purpose: rule.purpose ?? null,
    quiet: quiet ?? null,
    segments: rule.segments === undefined ? null : new Set(rule.segments),
    exceptSegments: rule.exceptSegments === undefined ? null : new Set(rule.exceptSegments),
    capped: rule.capped,
    holdout: held ? { below: held.share * 2 ** 32, group: held.group ?? rule.name } : null,
  };
}

function isByCustomer(by: string | undefined): boolean {
  return by === undefined || by === "customer";
}

function matchOf(caller: string, events: TriggerEvents, at: string): Match {
  if (typeof events === "string") return { types: new Set([events]), holds: null };
  if (isTextList(events)) return { types: new Set(events), holds: null };
  checkKeys(caller, events as Readonly<Record<string, unknown>>, ["type", "where"], at);
  const { type, where } = events;
  if (type !== undefined && typeof type !== "string" && !(isTextList(type) && type.length > 0)) {
    refuse(caller, "invalid-option", `${at}.type`, "an event type or a non-empty list of types", describeValue(type));
  }
  return {
    types: type === undefined ? null : new Set(typeof type === "string" ? [type] : type),
    holds: where === undefined ? null : readCondition(caller, where, `${at}.where`),
  };
}

function readDelays(caller: string, delays: Readonly<Record<string, unknown>>, at: string): Map<string, number> {
  return new Map(
    Object.entries(delays).map(([key, minutes], i) => {
      if (typeof minutes === "number" && minutes >= 0 && minutes <= 1e8) return [key, minutes * minuteMs];
      return refuse(
        caller,
        "invalid-option",
        `${at} (entry ${i})`,
        "minutes in [0, 100000000]",
        describeValue(minutes),
      );
    }),
  );
}
