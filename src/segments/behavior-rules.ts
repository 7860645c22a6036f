import { dayMs } from "../core/durations.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { isTextList } from "../core/options.ts";
import { checkKeys, type NamedRule, readRules, type RuleSet } from "./rule-tree.ts";

/** "Did something at least so many times within so many days." */
export interface BehaviorCondition {
  /** Name of the event, or names of several that count together. */
  readonly did: string | readonly string[];
  /** At least so many times; default 1, or 0 where `atMost` is given. At most 1,000. */
  readonly atLeast?: number | undefined;
  /** At most so many times; default: any number. At most 1,000. */
  readonly atMost?: number | undefined;
  /** Within so many days before now: later than that instant, up to and including now. Default: ever. */
  readonly withinDays?: number | undefined;
}

/** A segment by what customers did: JSON, so that it can be stored and sent. */
export type BehaviorSegmentRule = NamedRule<BehaviorCondition>;

/** A condition after reading. */
export interface BehaviorLeaf {
  readonly types: readonly string[];
  readonly atLeast: number;
  /** Infinite for any number. */
  readonly atMost: number;
  /** In milliseconds; infinite for ever. */
  readonly within: number;
  /** How many of the latest events decide. */
  readonly needed: number;
}

/** Reads behavioral rules, or refuses them with the path of what is wrong. */
export function readBehaviorRules(caller: string, rules: unknown, path: string): RuleSet<BehaviorLeaf> {
  return readRules(caller, rules, path, (condition, at) => {
    checkKeys(caller, condition, ["did", "atLeast", "atMost", "withinDays"], at);
    const { did, atMost, withinDays } = condition;
    const types = typeof did === "string" ? [did] : did;
    if (!isTextList(types) || types.length === 0 || types.length > 1000) {
      refuse(caller, "invalid-option", `${at}.did`, "a string or a list of 1 to 1,000 strings", describeValue(did));
    }
    const atLeast = condition["atLeast"] ?? (atMost === undefined ? 1 : 0);
    const counts = { atLeast, atMost: atMost ?? atLeast };
    for (const [key, value] of Object.entries(counts)) {
      if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1000) continue;
      refuse(caller, "invalid-option", `${at}.${key}`, "an integer in [0, 1000]", describeValue(value));
    }
    const isDays = typeof withinDays === "number" && withinDays > 0 && withinDays <= 100_000;
    if (withinDays !== undefined && !isDays) {
      refuse(caller, "invalid-option", `${at}.withinDays`, "a number in (0, 100000]", describeValue(withinDays));
    }
    if (atMost !== undefined && (atLeast as number) > (atMost as number)) {
      refuse(
        caller,
        "invalid-option",
        `${at}.atMost`,
        `at least atLeast (${atLeast as number})`,
        describeValue(atMost),
      );
    }
    return {
      types: [...new Set(types)],
      atLeast: atLeast as number,
      atMost: (atMost as number | undefined) ?? Infinity,
      within: isDays ? withinDays * dayMs : Infinity,
      needed: Math.max(atLeast as number, atMost === undefined ? 0 : (atMost as number) + 1),
    };
  });
}

/**
 * Whether a condition holds at an instant.
 *
 * @param leaf - the condition.
 * @param latest - times of its latest events up to `now`, ascending; at least `needed` of them where there are so many.
 * @param now - the instant.
 */
export function behaviorHolds(leaf: BehaviorLeaf, latest: ArrayLike<number>, now: number): boolean {
  // The n-th event from the end tells whether there were n within the window.
  const didTimes = (n: number): boolean =>
    n === 0 || (n <= latest.length && now - latest[latest.length - n] < leaf.within);
  return didTimes(leaf.atLeast) && (leaf.atMost === Infinity || !didTimes(leaf.atMost + 1));
}
