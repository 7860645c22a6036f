import { describeValue, refuse } from "../core/errors.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { applyRules, checkKeys, type NamedRule, readRules, type RuleLabels } from "./rule-tree.ts";

/** A simple condition on one feature of a customer. */
export type FeatureCondition =
  | {
      /** Name of the feature. */
      readonly feature: string;
      /** How to compare; a missing cell compares with nothing, so no comparison holds for it, not even `"!="`. */
      readonly op: "<" | "<=" | ">" | ">=" | "=" | "!=";
      /** What to compare with, in the feature's unit. */
      readonly value: number;
    }
  | {
      /** Name of the feature. */
      readonly feature: string;
      /** Whether the cell is missing. */
      readonly op: "missing" | "present";
    };

/** A segment by the features of a customer: JSON, so that it can be stored and sent. */
export type FeatureRule = NamedRule<FeatureCondition>;

interface Leaf {
  readonly column: number;
  readonly holds: (cell: number) => boolean;
}

/** Whether a comparison holds, by its sign. */
const comparisons: Readonly<Record<string, (value: number) => (cell: number) => boolean>> = {
  "<": (value) => (cell) => cell < value,
  "<=": (value) => (cell) => cell <= value,
  ">": (value) => (cell) => cell > value,
  ">=": (value) => (cell) => cell >= value,
  "=": (value) => (cell) => cell === value,
  "!=": (value) => (cell) => cell < value || cell > value,
};

/**
 * Names customers by rules on their features, as marketers write them: "big spenders: revenue at least 1,000 and not more
 * than one return". The first rule that holds wins.
 *
 * A condition compares one feature with a number, asks whether it is missing, or combines others by `all`, `any` and
 * `not`, up to 64 deep. Rules are plain JSON.
 *
 * @param table - customers with any features; NaN = missing.
 * @param rules - from the most to the least important, at least one.
 * @returns one label per row (−1 where no rule holds), the names, and notes on overlaps, gaps and rules that win nobody.
 * @throws {ClienteleError} `invalid-option` with the path of the rule or condition that is wrong; `unknown-option` for a key
 * that a condition does not have.
 * @example
 * const table = fromMatrix([[1200, 0], [300, 9], [50, 0]], { names: ["revenue", "returns"] });
 * const { labels, names } = labelByRules(table, [
 *   { name: "returner", when: { feature: "returns", op: ">", value: 3 } },
 *   { name: "best", when: { all: [{ feature: "revenue", op: ">=", value: 1000 }, { not: { feature: "returns", op: ">", value: 0 } }] } },
 * ]);
 * labels; // Int32Array [1, 0, -1]
 * names; // ["returner", "best"]
 * @see labelByBehavior for rules on events. Cost: rows × conditions.
 */
export function labelByRules(table: FeatureTable, rules: readonly FeatureRule[]): RuleLabels {
  const caller = "labelByRules";
  checkTable(caller, table);
  const { ids, names, values } = table;
  const columnOf = new Map(names.map((name, column) => [name, column]));
  const read = readRules(caller, rules, "rules", (condition, at): Leaf => {
    const { feature, op, value } = condition;
    const column = typeof feature === "string" ? columnOf.get(feature) : undefined;
    if (column === undefined) {
      refuse(caller, "invalid-option", `${at}.feature`, `a feature of the table (${names.join(", ")})`, describeValue(feature)); // prettier-ignore
    }
    if (op === "missing" || op === "present") {
      checkKeys(caller, condition, ["feature", "op"], at);
      return { column, holds: (cell) => Number.isNaN(cell) === (op === "missing") };
    }
    checkKeys(caller, condition, ["feature", "op", "value"], at);
    if (typeof op !== "string" || !Object.hasOwn(comparisons, op)) {
      const known = [...Object.keys(comparisons), "missing", "present"].join(", ");
      refuse(caller, "invalid-option", `${at}.op`, `one of ${known}`, describeValue(op));
    }
    if (typeof value !== "number" || !Number.isFinite(value)) {
      refuse(caller, "invalid-option", `${at}.value`, "a finite number", describeValue(value));
    }
    return { column, holds: comparisons[op](value) };
  });
  return applyRules(read, ids.length, ({ column, holds }, row) => holds(values[row * names.length + column]));
}
