import { rankCustomers } from "clientele/predictions";
import { fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const names = ["chance", "deal", "cost"];
const leads = fromMatrix([[0.5, 100, 10], [0.1, 1000, 10], [0.9, 5, 10], [0.5, 100, 10], [0, 500, 0]], { ids: ["ann", "bob", "cy", "dee", "eve"], names }); // prettier-ignore
const columns = { probability: "chance", value: "deal", cost: "cost" } as const;

describe("rankCustomers", () => {
  it("sorts by probability × value − cost, keeps ties in the order of the table, and cuts at the capacity", () => {
    const report = rankCustomers(leads, { ...columns, capacity: 2 });
    expect(report.customers.map(({ id, expectedValue, reason }) => [id, expectedValue, reason])).toEqual([
      ["bob", 90, "selected"],
      ["ann", 40, "selected"],
      ["dee", 40, "over-capacity"],
      ["eve", 0, "not-worth-it"],
      ["cy", -5.5, "not-worth-it"],
    ]);
    expect(report.customers[0]).toEqual({ rank: 1, id: "bob", row: 1, probability: 0.1, value: 1000, cost: 10, expectedValue: 90, selected: true, reason: "selected" }); // prettier-ignore
    expect(report).toMatchObject({ selected: 2, overCapacity: 1, notWorthIt: 2, expectedValue: 130, cost: 20, expectedValueOfAll: 164.5, cut: 40 }); // prettier-ignore
    expect(report.notes.map(({ code }) => code)).toEqual(["tie-at-cut"]);
  });

  it("takes features, lists and single numbers alike", () => {
    const byColumns = rankCustomers(leads, columns);
    const byLists = rankCustomers(leads, { probability: Float64Array.of(0.5, 0.1, 0.9, 0.5, 0), value: [100, 1000, 5, 100, 500], cost: [10, 10, 10, 10, 0] }); // prettier-ignore
    expect(byLists).toEqual(byColumns);
    expect(rankCustomers(leads, { probability: "chance" }).customers.map(({ id }) => id)).toEqual(["cy", "ann", "dee", "bob", "eve"]); // prettier-ignore
    expect(rankCustomers(leads, { probability: 0.5, value: "deal", cost: 40 }).customers[0].expectedValue).toBe(460);
  });

  it("queues service cases by urgency: probability × severity × wait", () => {
    const cases = fromMatrix([[0.5, 3, 2], [0.9, 1, 1], [0.2, 5, 10]], { ids: ["a", "b", "c"], names: ["p", "severity", "hours"] }); // prettier-ignore
    const { customers } = rankCustomers(cases, { probability: "p", severity: "severity", wait: "hours" });
    expect(customers.map(({ id, expectedValue }) => [id, expectedValue])).toEqual([["c", 10], ["a", 3], ["b", 0.9]]); // prettier-ignore
  });

  it("acts only above the limit, and on nobody with a capacity of 0", () => {
    expect(rankCustomers(leads, { ...columns, above: 40 }).selected).toBe(1);
    const none = rankCustomers(leads, { ...columns, capacity: 0 });
    expect([none.selected, none.overCapacity, none.cut, none.expectedValue]).toEqual([0, 3, null, 0]);
    const empty = rankCustomers(fromMatrix([], { names }), columns);
    expect([empty.customers, empty.selected, empty.cut]).toEqual([[], 0, null]);
  });

  it("selects the most worthwhile set of its size, and accounts for every customer", () => {
    const row = fc.tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: -5, max: 9 }),
      fc.integer({ min: 0, max: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }),
        (rows, capacity) => {
          const table = fromMatrix(rows.map(([quarters, value, cost]) => [quarters / 4, value, cost]), { names }); // prettier-ignore
          const { customers, selected, overCapacity, notWorthIt, expectedValue } = rankCustomers(table, {
            ...columns,
            capacity,
          });
          expect(new Set(customers.map((one) => one.row)).size).toBe(rows.length);
          expect(selected + overCapacity + notWorthIt).toBe(rows.length);
          const worth = rows.map(([quarters, value, cost]) => (quarters / 4) * value - cost).filter((one) => one > 0);
          const best = worth.sort((a, b) => b - a).slice(0, capacity ?? rows.length);
          expect(expectedValue).toBeCloseTo(
            best.reduce((a, b) => a + b, 0),
            9,
          );
          customers.forEach((one, i) => {
            const before = customers[i - 1];
            if (before !== undefined && before.expectedValue === one.expectedValue)
              expect(before.row).toBeLessThan(one.row);
          });
        },
      ),
    );
  });

  it("refuses unknown features, lists of other rows, missing numbers, and numbers out of their range", () => {
    expectRefusal(() => rankCustomers(leads, { probability: "nope" }), "invalid-option", "options.probability");
    expectRefusal(() => rankCustomers(leads, { probability: [0.5] }), "shape-mismatch", "options.probability");
    expectRefusal(() => rankCustomers(leads, { probability: "deal" }), "invalid-value", "table.values[0, 1]");
    expectRefusal(
      () => rankCustomers(leads, { probability: [0, 1, 0, NaN, 1] }),
      "invalid-value",
      "options.probability[3]",
    );
    expectRefusal(() => rankCustomers(leads, { probability: 1.5 }), "invalid-value", "options.probability");
    expectRefusal(() => rankCustomers(leads, { ...columns, wait: -1 }), "invalid-value", "options.wait");
    expectRefusal(() => rankCustomers(leads, { ...columns, value: 1e308, severity: 10 }), "too-large");
    expectRefusal(() => rankCustomers({} as never, columns), "shape-mismatch", "table");
    const gaps = fromMatrix([[NaN, 1, 1]], { names });
    expectRefusal(() => rankCustomers(gaps, columns), "invalid-value", "table.values[0, 0]");
  });

  it("ranks a million customers", () => {
    const n = 1_000_000;
    const probability = Float64Array.from({ length: n }, (_, i) => ((i * 7919) % 1_000_003) / 1_000_003);
    const table = { ids: Array.from({ length: n }, (_, i) => `c${i}`), names: [], values: new Float64Array(0) };
    const { customers, selected } = rankCustomers(table, { probability, value: 10, cost: 1, capacity: 1000 });
    expect(selected).toBe(1000);
    expect(customers[0].expectedValue).toBeGreaterThan(8.99);
  });
});
