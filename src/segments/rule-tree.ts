import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { type Labels, noGroup } from "../tables/labels.ts";

/** A condition made of others. */
export type Combined<Leaf> =
  | Leaf
  | {
      /** Every one of these holds. */
      readonly all: readonly Combined<Leaf>[];
    }
  | {
      /** At least one of these holds. */
      readonly any: readonly Combined<Leaf>[];
    }
  | {
      /** This does not hold. */
      readonly not: Combined<Leaf>;
    };

/** A segment: its name, and when a customer is in it. */
export interface NamedRule<Leaf> {
  /** Name of the segment; two rules may share one. */
  readonly name: string;
  /** The condition. */
  readonly when: Combined<Leaf>;
}

/** Rules after reading: leaves by number, and how they combine. */
export interface RuleSet<L> {
  /** Names of the segments, in the order of the rules, without repetition. */
  readonly names: string[];
  /** Position in `names` of each rule. */
  readonly labelOf: readonly number[];
  /** The simple conditions of all rules. */
  readonly leaves: readonly L[];
  /** For each rule whether it holds, given which leaves hold. */
  readonly holds: readonly ((leaf: (number: number) => boolean) => boolean)[];
}

const deepest = 64;
const mostRules = 1000;
const mostConditions = 10_000;

/**
 * Reads rules from JSON, and refuses what is none, with the path of what is wrong.
 *
 * @param caller - the public function.
 * @param rules - what the user passed.
 * @param path - how to call it in the message.
 * @param readLeaf - reads a simple condition, or refuses it.
 */
export function readRules<L>(
  caller: string,
  rules: unknown,
  path: string,
  readLeaf: (condition: Readonly<Record<string, unknown>>, path: string) => L,
): RuleSet<L> {
  if (!Array.isArray(rules) || rules.length === 0 || rules.length > mostRules) {
    refuse(caller, "invalid-option", path, `a list of 1 to ${mostRules} rules { name, when }`, describeValue(rules));
  }
  const leaves: L[] = [];
  let conditions = 0;
  type Holds = RuleSet<L>["holds"][number];
  const list = (given: unknown, at: string, depth: number): Holds[] => {
    if (!Array.isArray(given) || given.length === 0) {
      refuse(caller, "invalid-option", at, "a non-empty list of conditions", describeValue(given));
    }
    return given.map((part, i) => read(part, `${at}[${i}]`, depth + 1));
  };
  const read = (given: unknown, at: string, depth: number): Holds => {
    if (depth > deepest) refuse(caller, "invalid-option", at, `at most ${deepest} conditions deep`, "a deeper one");
    if (++conditions > mostConditions) {
      refuse(caller, "invalid-option", path, `at most ${mostConditions} conditions in all`, "more");
    }
    if (!isRecord(given)) refuse(caller, "invalid-option", at, "a condition", describeValue(given));
    const [key] = ["all", "any", "not"].filter((word) => Object.hasOwn(given, word));
    if (key === undefined) {
      const number = leaves.push(readLeaf(given, at)) - 1;
      return (leaf) => leaf(number);
    }
    checkKeys(caller, given, [key], at);
    if (key === "not") {
      const part = read(given["not"], `${at}.not`, depth + 1);
      return (leaf) => !part(leaf);
    }
    const parts = list(given[key], `${at}.${key}`, depth);
    return key === "all" ? (leaf) => parts.every((part) => part(leaf)) : (leaf) => parts.some((part) => part(leaf));
  };
  const holds: Holds[] = [];
  const ruleNames = rules.map((rule: unknown, i) => {
    const at = `${path}[${i}]`;
    if (!isRecord(rule)) refuse(caller, "invalid-option", at, "a rule { name, when }", describeValue(rule));
    checkKeys(caller, rule, ["name", "when"], at);
    const name = rule["name"];
    if (typeof name !== "string") refuse(caller, "invalid-option", `${at}.name`, "a string", describeValue(name));
    holds.push(read(rule["when"], `${at}.when`, 1));
    return name;
  });
  const names = [...new Set(ruleNames)];
  const places = new Map(names.map((name, place) => [name, place]));
  return { names, labelOf: ruleNames.map((name) => places.get(name) as number), leaves, holds };
}

/** Refuses keys that a rule or condition does not have; a misspelled one would silently widen a segment. */
export function checkKeys(
  caller: string,
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  at: string,
): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    refuse(caller, "unknown-option", `${at}.${key.slice(0, 40)}`, `one of ${known.join(", ")}`, "an unknown key");
  }
}

/** Result of {@link labelByRules} and the like. */
export interface RuleLabels {
  /** Position in `names` per customer: the first rule that holds; −1 where none does. */
  readonly labels: Labels;
  /** Names of the segments, in the order of the rules. */
  readonly names: readonly string[];
  /** `overlapping-rules`, `unmatched`, `unused-rule`: what the rules did with these customers. */
  readonly notes: readonly Note[];
}

/**
 * Applies rules to customers: the first that holds wins.
 *
 * @param rules - of {@link readRules}.
 * @param rows - number of customers.
 * @param holdsFor - whether a simple condition holds for a customer.
 */
export function applyRules<L>(
  { names, labelOf, leaves, holds }: RuleSet<L>,
  rows: number,
  holdsFor: (leaf: L, row: number) => boolean,
): RuleLabels {
  const labels = new Int32Array(rows).fill(noGroup);
  const wins = new Float64Array(holds.length);
  let contested = 0;
  for (let row = 0; row < rows; row++) {
    const leaf = (number: number): boolean => holdsFor(leaves[number], row);
    const first = holds.findIndex((rule) => rule(leaf));
    if (first < 0) continue;
    labels[row] = labelOf[first];
    wins[first]++;
    for (let other = first + 1; other < holds.length; other++) {
      if (labelOf[other] === labelOf[first] || !holds[other](leaf)) continue;
      contested++;
      break;
    }
  }
  return { labels, names: [...names], notes: notesOf(names, labelOf, wins, contested, rows) };
}

function notesOf(
  names: readonly string[],
  labelOf: readonly number[],
  wins: Float64Array,
  contested: number,
  rows: number,
): Note[] {
  const notes: Note[] = [];
  const unmatched = rows - wins.reduce((sum, count) => sum + count, 0);
  if (contested > 0) {
    const message = `${contested} of ${rows} customers fit rules of more than one segment; the first rule wins.`;
    notes.push({ code: "overlapping-rules", message });
  }
  if (unmatched > 0) {
    notes.push({ code: "unmatched", message: `${unmatched} of ${rows} customers fit no rule and are in no segment.` });
  }
  wins.forEach((count, rule) => {
    if (count > 0 || rows === 0) return;
    const message = `rules[${rule}] ("${names[labelOf[rule]]}") wins no customer.`;
    notes.push({ code: "unused-rule", message });
  });
  return notes;
}
