import { crossCheckSources } from "clientele/events";
import { codesOf, type EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sortedLog } from "../../src/tables/event-log.ts";
import { anyName } from "../support/arbitraries.ts";
import { oddNumbers } from "../support/inspect.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const by = "order";
const order = (id: string | null, value: number, time = 0, customer = "a"): Happening => [customer, "buy", time, value, id]; // prettier-ignore

describe("crossCheckSources", () => {
  it("sums the lines of an order, and counts what is in both logs, in one, and in both with other amounts", () => {
    const a = logOf([order("o1", 20), order("o2", 5, 1), order("o3", 7, 2), order("o4", 1, 3)]);
    const b = logOf([order("o1", 12), order("o1", 8), order("o2", 5, 1), order("o3", 7.5, 2), order("o5", 9, 9)]);
    expect(crossCheckSources(a, b, { by })).toEqual({
      matched: 2,
      onlyInA: 1,
      onlyInB: 1,
      differing: [{ rowA: 2, rowB: 3, amountA: 7, amountB: 7.5, difference: -0.5 }],
      rate: 2 / 5,
      rowsOnlyInA: [3],
      rowsOnlyInB: [4],
      otherCustomer: 0,
      a: { orders: 4, lines: 4, rowsWithoutId: 0, otherRows: 0, ordersOfSeveralCustomers: 0, amount: 33 },
      b: { orders: 4, lines: 5, rowsWithoutId: 0, otherRows: 0, ordersOfSeveralCustomers: 0, amount: 41.5 },
      notes: [{ code: "outside-span", message: expect.stringContaining("1 of the 1") as string }],
    });
    expect(crossCheckSources(a, b, { by, tolerance: 0.5 })).toMatchObject({ matched: 3, differing: [] });
  });

  it("lets a difference of exactly the tolerance match, whatever doubles make of cents", () => {
    for (let cents = 1; cents < 3000; cents += 7) {
      const a = logOf([order("o", cents / 100)]);
      const same = logOf([order("o", (cents + 1) / 100)]);
      const other = logOf([order("o", (cents + 2) / 100)]);
      expect(crossCheckSources(a, same, { by, tolerance: 0.01 }).matched).toBe(1);
      expect(crossCheckSources(a, other, { by, tolerance: 0.01 }).matched).toBe(0);
    }
    const tenths = logOf(Array.from({ length: 10 }, () => order("o", 0.1)));
    expect(crossCheckSources(tenths, logOf([order("o", 1)]), { by }).matched).toBe(1);
    expect(crossCheckSources(logOf([order("o", 0.1 + 0.2)]), logOf([order("o", 0.3)]), { by }).matched).toBe(1);
    expect(crossCheckSources(logOf([order("o", 1e-9)]), logOf([order("o", 0)]), { by }).matched).toBe(0);
  });

  it("counts rows without an id apart, an empty text is none, and other events when purchases are named", () => {
    const a = logOf([order(null, 5), order("", 6), order("o1", 1), ["a", "view", 0, NaN, "o9"]]);
    const report = crossCheckSources(a, logOf([["z", "invoice", 0, 1, "o1"]]), { by, purchase: ["buy", "invoice"] });
    expect(report).toMatchObject({ matched: 1, onlyInA: 0, otherCustomer: 1, rate: 1 });
    expect(report.a).toMatchObject({ orders: 1, lines: 1, rowsWithoutId: 2, otherRows: 1, amount: 1 });
    expect(report.notes.map(({ code }) => code)).toEqual(["rows-without-id"]);
    expect(crossCheckSources(a, a, { by }).a.otherRows).toBe(0);
  });

  it("takes an order without a value for equal only to another one without", () => {
    const [none, zero] = [logOf([order("o", NaN)]), logOf([order("o", 0)])];
    expect(crossCheckSources(none, none, { by }).matched).toBe(1);
    expect(crossCheckSources(none, zero, { by, tolerance: 9 })).toMatchObject({
      matched: 0,
      differing: [{ amountA: null, amountB: 0, difference: null }],
    });
  });

  it("says so when an id is used by several customers", () => {
    const a = logOf([order("o", 1, 0, "a"), order("o", 2, 0, "b")]);
    const report = crossCheckSources(a, logOf([order("o", 3)]), { by });
    expect(report).toMatchObject({ matched: 1, a: { ordersOfSeveralCustomers: 1 } });
    expect(report.notes.map(({ code }) => code)).toEqual(["orders-of-several-customers"]);
  });

  it("compares ids that are numbers here and text there", () => {
    const numbers = sortedLog({
      customer: codesOf(["a", "a"]),
      type: codesOf(["buy", "buy"]),
      time: Float64Array.of(0, 1),
      value: Float64Array.of(5, 6),
      extra: { order: Float64Array.of(1001, NaN) },
    });
    expect(crossCheckSources(numbers, logOf([order("1001", 5)]), { by })).toMatchObject({ matched: 1, onlyInA: 0 });
  });

  it("has no rate without orders, and says which log has none", () => {
    const empty = crossCheckSources(logOf([]), logOf([]), { by });
    expect(empty).toMatchObject({ matched: 0, rate: null });
    expect(empty.notes.map(({ code }) => code)).toEqual(["no-orders", "no-orders"]);
    const half = crossCheckSources(logOf([order("o", 1)]), logOf([]), { by });
    expect(half).toMatchObject({ onlyInA: 1, rate: 0 });
    expect(half.notes).toHaveLength(1);
    expect(oddNumbers([empty, half])).toEqual([]);
  });

  it("refuses a column that a log lacks, infinite values and sums, and what is no log", () => {
    const log = logOf([order("o", 1)]);
    const bad = logOf([order("o", Infinity)]);
    const big = logOf([order("o", 1e308), order("o", 1e308)]);
    const check = (a: unknown, b: unknown, options = {}) => crossCheckSources(a as EventLog, b as EventLog, { by, ...options }); // prettier-ignore
    expectRefusal(() => check(log, log, { by: "gone" }), "invalid-option", "options.by");
    expectRefusal(() => check(log, { ...log, extra: {} }), "invalid-option", "options.by");
    expectRefusal(() => check(log, bad), "invalid-value", "b.value[0]");
    expectRefusal(() => check(big, log), "too-large", "a.value");
    expectRefusal(() => check(log, null), "shape-mismatch", "b");
    expectRefusal(() => check({ ...log, length: 7 }, log), "shape-mismatch", "a.customer.codes");
  });

  it("counts what comparing order by order counts, and the same the other way round", () => {
    const rows = fc.array(
      fc.tuple(fc.constantFrom("a", "b"), fc.oneof(anyName, fc.constantFrom("1", "2", "3", null)), fc.integer({ min: -3, max: 3 })), // prettier-ignore
      { maxLength: 15 },
    );
    const sums = (list: readonly (readonly [string, string | null, number])[]): Map<string, number> => {
      const map = new Map<string, number>();
      for (const [, id, value] of list) if (id) map.set(id, (map.get(id) ?? 0) + value);
      return map;
    };
    const log = (list: readonly (readonly [string, string | null, number])[]): EventLog =>
      logOf(list.map(([who, id, value], i) => [who, "buy", i, value, id]));
    fc.assert(
      fc.property(rows, rows, fc.integer({ min: 0, max: 2 }), (x, y, tolerance) => {
        const [left, right] = [sums(x), sums(y)];
        const both = [...left.keys()].filter((id) => right.has(id));
        const matched = both.filter((id) => Math.abs(left.get(id)! - right.get(id)!) <= tolerance).length;
        const report = crossCheckSources(log(x), log(y), { by, tolerance });
        const { onlyInA, onlyInB, differing, rowsOnlyInA, rowsOnlyInB, a } = report;
        expect(report.matched).toBe(matched);
        expect([onlyInA, onlyInB]).toEqual([left.size - both.length, right.size - both.length]);
        expect(differing).toHaveLength(both.length - matched);
        expect([rowsOnlyInA.length, rowsOnlyInB.length]).toEqual([onlyInA, onlyInB]);
        expect(a.lines + a.rowsWithoutId + a.otherRows).toBe(x.length);
        const back = crossCheckSources(log(y), log(x), { by, tolerance });
        expect([back.matched, back.onlyInA, back.onlyInB]).toEqual([matched, onlyInB, onlyInA]);
        expect(back.rowsOnlyInA).toHaveLength(rowsOnlyInB.length);
      }),
    );
  });
});
