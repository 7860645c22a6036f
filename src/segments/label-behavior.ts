import { custom, instant, type OptionTable, readOptions } from "../core/options.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import { behaviorHolds, type BehaviorSegmentRule, readBehaviorRules } from "./behavior-rules.ts";
import { applyRules, type RuleLabels } from "./rule-tree.ts";

/** Options of {@link labelByBehavior}. */
export interface LabelByBehaviorOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /** The segments, from the most to the least important. */
  readonly rules: readonly BehaviorSegmentRule[];
}

/** Option table of {@link labelByBehavior}. */
export const labelByBehaviorOptions: OptionTable<LabelByBehaviorOptions> = {
  asOf: instant(),
  rules: custom("a list of 1 to 1000 rules { name, when }", (value) => Array.isArray(value) && value.length > 0, [
    [],
    null,
    {},
    "bought",
    1,
  ]),
};

/** Result of {@link labelByBehavior}: one row per customer. */
export interface BehaviorLabels extends RuleLabels {
  /** Customers with an event up to `asOf`, in the order of the log. */
  readonly ids: readonly string[];
}

/**
 * Names customers by what they did: "bought at least twice in 30 days and has not asked for a refund". The first rule that
 * holds wins.
 *
 * A condition counts events of one or several names within some days before `asOf`, or combines others by `all`, `any` and
 * `not`, up to 64 deep. An event exactly `withinDays` ago is not counted any more. {@link stepBehaviorRules} evaluates the
 * same rules as events happen.
 *
 * @param log - events; only those at or before `asOf` are read.
 * @param options - see {@link LabelByBehaviorOptions}; both are required.
 * @returns ids, one label per customer (−1 where no rule holds), names, and notes on overlaps, gaps and unused rules.
 * @throws {ClienteleError} `invalid-option` with the path of the rule or condition that is wrong; `unknown-option` for a key
 * that a condition does not have. Cost: events × conditions that count them.
 * @example
 * const day = 86_400_000;
 * const { log } = readEventColumns({
 *   customer: ["ann", "ann", "bob"], type: ["buy", "buy", "buy"], time: [10 * day, 25 * day, 2 * day],
 * });
 * const rules = [
 *   { name: "regular", when: { did: "buy", atLeast: 2, withinDays: 30 } },
 *   { name: "lapsed", when: { all: [{ did: "buy" }, { not: { did: "buy", withinDays: 20 } }] } },
 * ];
 * const { ids, labels } = labelByBehavior(log, { asOf: 30 * day, rules });
 * ids; // ["ann", "bob"]
 * labels; // Int32Array [0, 1]
 */
export function labelByBehavior(log: EventLog, options: LabelByBehaviorOptions): BehaviorLabels {
  const caller = "labelByBehavior";
  const { asOf, rules } = readOptions(caller, labelByBehaviorOptions, options);
  const read = readBehaviorRules(caller, rules, "options.rules");
  checkLog(caller, log);
  const { starts } = log.byCustomer;
  const places = read.leaves.map((_, leaf) => leaf);
  // Which conditions count an event, by the code of its type.
  const counting = log.type.names.map((name) => places.filter((leaf) => read.leaves[leaf].types.includes(name)));
  const seen: number[] = [];
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    if (starts[customer] < starts[customer + 1] && log.time[starts[customer]] <= asOf) seen.push(customer);
  }
  let current = -1;
  const latest: number[][] = read.leaves.map(() => []);
  const readCustomer = (row: number): void => {
    current = row;
    const [start, end] = [starts[seen[row]], starts[seen[row] + 1]];
    for (const times of latest) times.length = 0;
    // From the last event back: each condition needs only its latest.
    for (let event = end - 1; event >= start; event--) {
      if (log.time[event] > asOf) continue;
      for (const leaf of counting[log.type.codes[event]]) {
        if (latest[leaf].length < read.leaves[leaf].needed) latest[leaf].push(log.time[event]);
      }
    }
    for (const times of latest) times.reverse();
  };
  const numbered = { ...read, leaves: places };
  const labeled = applyRules(numbered, seen.length, (leaf, row) => {
    if (row !== current) readCustomer(row);
    return behaviorHolds(read.leaves[leaf], latest[leaf], asOf);
  });
  return { ids: seen.map((customer) => log.customer.names[customer]), ...labeled };
}
