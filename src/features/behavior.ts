import { custom, instant, type OptionTable, readOptions, real, text, textOrTexts } from "../core/options.ts";
import { exp } from "../numeric/elementary.ts";
import { checkLog, type EventLog, typeMask } from "../tables/event-log.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { daysBefore, optionalTimeZone } from "./elapsed-days.ts";

/** One rule of a behavioral score: what an event is worth. */
export interface BehaviorRule {
  /** Name of the event, or names of several that are worth the same. */
  readonly event: string | readonly string[];
  /** What one event is worth when it has just happened; below 0 for what speaks against a customer. */
  readonly points: number;
  /** Days after which an event is worth half; without it events are worth the same forever. */
  readonly halfLifeDays?: number | undefined;
  /** The most that this rule can bring, above or below 0, so that nobody wins by repeating one thing; after the decay. */
  readonly cap?: number | undefined;
  /** Name of the rule's feature; the event's name (names joined by `+`) when absent. */
  readonly name?: string | undefined;
}

/** Options of {@link scoreBehavior}. */
export interface ScoreBehaviorOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /** The rules, at least one; an event may count in several. */
  readonly rules: readonly BehaviorRule[];
  /** IANA time zone for calendar days of age; without it ages are elapsed 24 hours, with their fraction. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link scoreBehavior}. */
export const scoreBehaviorOptions: OptionTable<ScoreBehaviorOptions, "timeZone"> = {
  asOf: instant(),
  rules: custom("a non-empty list of rules", isRules, [[], null, 1, "a", {}, [1], [null], [[]]]),
  timeZone: optionalTimeZone,
};

function isRules(value: unknown): boolean {
  const isRule = (rule: unknown): boolean => typeof rule === "object" && rule !== null && !Array.isArray(rule);
  return Array.isArray(value) && value.length > 0 && value.every(isRule);
}

/** Option table of one rule. */
export const behaviorRuleOptions: OptionTable<BehaviorRule, "halfLifeDays" | "cap" | "name"> = {
  event: textOrTexts(),
  points: real({ min: -1e12, max: 1e12 }),
  halfLifeDays: real({ above: 0, optional: true }),
  cap: real({ above: 0, optional: true }),
  name: text({ optional: true }),
};

/**
 * Scores what customers did by rules: so many points for an action, fading with time, up to a cap.
 *
 * A rule brings points × Σ 2^(−age / halfLifeDays) over the customer's events of its name, the age in days before `asOf`;
 * the decayed sum is then held within ±`cap`. The total adds the rules up. Features are named by their rule or event; where
 * two rules would share a name, or one would be called `total`, the later one gets ` #2`, ` #3` and so on.
 *
 * @param log - events; only those at or before `asOf` are read.
 * @param options - see {@link ScoreBehaviorOptions}.
 * @returns one row per customer with any event up to `asOf`, in the order of the log: one feature per rule, in the order of
 * the rules, then `total`, their sum from left to right. Who did nothing that counts has 0.
 * @throws {ClienteleError} `invalid-option` with the path of the rule. Cost: one pass over the events, one exponential per
 * event and rule.
 * @example
 * const day = 86_400_000;
 * const { log } = readEventColumns({
 *   customer: ["ann", "ann", "ann"], type: ["demo", "view", "unsubscribe"], time: [0, 10 * day, 10 * day],
 * });
 * const rules = [
 *   { event: "demo", points: 40, halfLifeDays: 10 },
 *   { event: "view", points: 5, cap: 3 },
 *   { event: "unsubscribe", points: -15 },
 * ];
 * toRows(scoreBehavior(log, { asOf: 10 * day, rules }));
 * // [{ id: "ann", demo: 20, view: 3, unsubscribe: -15, total: 8 }]
 */
export function scoreBehavior(log: EventLog, options: ScoreBehaviorOptions): FeatureTable {
  const caller = "scoreBehavior";
  const { asOf, rules, timeZone } = readOptions(caller, scoreBehaviorOptions, options);
  const read = rules.map((rule, i) => readOptions(caller, behaviorRuleOptions, rule, `options.rules[${i}]`));
  checkLog(caller, log);
  const daysSince = daysBefore(asOf, timeZone);
  // Which rules count an event, by the code of its type.
  const rulesOf: number[][] = log.type.names.map(() => []);
  read.forEach(({ event }, i) => typeMask(log, event).forEach((counts, code) => counts === 1 && rulesOf[code].push(i)));
  const rates = read.map(({ halfLifeDays }) => (halfLifeDays === undefined ? 0 : -Math.LN2 / halfLifeDays));
  const { starts } = log.byCustomer;
  const width = read.length;
  const sums = new Float64Array((starts.length - 1) * width);
  const ids: string[] = [];
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    const start = starts[customer];
    if (start === starts[customer + 1] || log.time[start] > asOf) continue;
    const row = sums.subarray(ids.length * width, (ids.length + 1) * width);
    ids.push(log.customer.names[customer]);
    for (let event = start; event < starts[customer + 1] && log.time[event] <= asOf; event++) {
      const counting = rulesOf[log.type.codes[event]];
      if (counting.length === 0) continue;
      const age = daysSince(log.time[event]);
      for (const i of counting) row[i] += decay(rates[i] * age);
    }
  }
  return behaviorTable(ids, read, (row, i) => sums[row * width + i]);
}

/**
 * Makes points of decayed sums.
 *
 * @param ids - the customers.
 * @param rules - the rules.
 * @param sumOf - a customer's sum of 2^(−age / halfLifeDays) by one rule.
 * @returns one feature per rule, then `total`.
 */
export function behaviorTable(
  ids: readonly string[],
  rules: readonly BehaviorRule[],
  sumOf: (row: number, rule: number) => number,
): FeatureTable {
  const width = rules.length + 1;
  const values = new Float64Array(ids.length * width);
  for (let row = 0; row < ids.length; row++) {
    const total = row * width + rules.length;
    for (let i = 0; i < rules.length; i++) {
      const { points, cap = Infinity } = rules[i];
      // Adding 0 turns −0, of no event that speaks against a customer, into 0.
      const worth = Math.min(Math.max(points * sumOf(row, i), -cap), cap) + 0;
      values[row * width + i] = worth;
      values[total] += worth;
    }
  }
  return { ids, names: [...namesOf(rules), "total"], values };
}

function decay(exponent: number): number {
  return exponent === 0 ? 1 : exp(exponent);
}

/** One name per rule, all different and none of them `total`. */
function namesOf(
  rules: readonly { readonly event: string | readonly string[]; readonly name?: string | undefined }[],
): string[] {
  const taken = new Set(["total"]);
  return rules.map(({ event, name }) => {
    const wanted = name ?? (typeof event === "string" ? event : event.join("+"));
    let free = wanted;
    for (let i = 2; taken.has(free); i++) free = `${wanted} #${i}`;
    taken.add(free);
    return free;
  });
}
