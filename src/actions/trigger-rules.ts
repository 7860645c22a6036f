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
import { checkKeys, type Holds, readCondition } from "./conditions.ts";
import type {
  EventCount,
  FollowingStep,
  QuietHours,
  ReorderRhythm,
  TriggerEvents,
  TriggerRule,
} from "./trigger-rule.ts";

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
const triggerRuleOptions: OptionTable<TriggerRule, Optional> = {
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
          fewest: rhythm.fewestGaps,
          most: Math.max(rhythm.mostGaps, rhythm.fewestGaps),
          longest: rhythm.longestGapDays * dayMs,
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

function matchOf(caller: string, wanted: TriggerEvents, at: string): Match {
  if (typeof wanted === "string") return { types: new Set([wanted]), holds: null };
  if (isTextList(wanted)) return { types: new Set(wanted), holds: null };
  checkKeys(caller, wanted as Readonly<Record<string, unknown>>, ["type", "where"], at);
  const { type, where } = wanted;
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
