import { describe, expect, it } from "vitest";
import { type Cell, cellOf, type Condition, readCondition } from "../../src/actions/conditions.ts";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal } from "../support/refusal.ts";

const holds = (condition: Condition, fields: Readonly<Record<string, Cell>>): boolean =>
  readCondition("caller", condition, "when")((name) => (Object.hasOwn(fields, name) ? fields[name] : undefined));

describe("a condition", () => {
  it.each<[boolean, Condition, Record<string, Cell>]>([
    [true, { field: "n", equals: 5 }, { n: "5" }],
    [true, { field: "n", equals: true }, { n: "true" }],
    [false, { field: "n", equals: 5 }, { n: 5.1 }],
    [true, { field: "n", oneOf: ["a", 2] }, { n: 2 }],
    [false, { field: "n", oneOf: ["a", 2] }, {}],
    [true, { field: "n", atLeast: 5, atMost: 5 }, { n: 5 }],
    [false, { field: "n", above: 5 }, { n: 5 }],
    [false, { field: "n", below: 5 }, { n: 5 }],
    [true, { field: "n", above: 4.9, below: 5.1 }, { n: 5 }],
    [false, { field: "n", atLeast: 5 }, { n: "6" }],
    [false, { field: "n", atMost: 5 }, {}],
    [true, { field: "n", present: false }, {}],
    [true, { field: "n", present: true }, { n: 0 }],
    [true, { not: { field: "n", equals: 1 } }, {}],
    [
      true,
      {
        any: [
          { field: "a", equals: 1 },
          { field: "b", equals: 1 },
        ],
      },
      { b: 1 },
    ],
    [
      false,
      {
        all: [
          { field: "a", equals: 1 },
          { field: "b", equals: 1 },
        ],
      },
      { b: 1 },
    ],
  ])("is %s of %j for %j", (expected, condition, fields) => {
    expect(holds(condition, fields)).toBe(expected);
  });

  it("takes any name for a field and any text for a value", () => {
    for (const name of hostileNames) {
      const cell = cellOf(name);
      expect(holds({ field: name, equals: name }, { ["__proto__"]: "x", [name]: name })).toBe(true);
      expect(cell).toBe(name === "" ? undefined : name);
    }
  });

  it("sees texts, finite numbers and booleans, and big integers as texts", () => {
    expect([5, NaN, Infinity, "", null, undefined, {}, [1], 7n, false].map(cellOf)).toEqual(
      [5, undefined, undefined, undefined, undefined, undefined, undefined, undefined, "7", false], // prettier-ignore
    );
  });

  it.each<[string, unknown]>([
    ["when", 1],
    ["when", {}],
    ["when.field", { field: 1, equals: 1 }],
    ["when.equals", { field: "a", equals: NaN }],
    ["when.oneOf", { field: "a", oneOf: [] }],
    ["when.oneOf[1]", { field: "a", oneOf: [1, null] }],
    ["when.present", { field: "a", present: 1 }],
    ["when.below", { field: "a", below: Infinity }],
    ["when.all", { all: [] }],
    ["when.not.any[1]", { not: { any: [{ field: "a", equals: 1 }, 3] } }],
  ])("is refused with the path %s", (path, condition) => {
    expectRefusal(() => readCondition("caller", condition, "when"), "invalid-option", path);
  });

  it("is refused beside others, and when it is deeper than 32", () => {
    const both = { field: "a", equals: 1, atLeast: 2 };
    expectRefusal(() => readCondition("caller", both, "when"), "unknown-option", "when.atLeast");
    expectRefusal(() => readCondition("caller", { not: both, all: [] }, "when"), "unknown-option");
    let deep: Condition = { field: "a", equals: 1 };
    for (let i = 0; i < 31; i++) deep = { not: deep };
    expect(readCondition("caller", deep, "when")(() => 1)).toBe(false);
    expectRefusal(() => readCondition("caller", { not: deep }, "when"), "invalid-option");
  });
});
