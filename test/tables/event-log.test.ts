import { codesOf, type EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkLog, codesColumn, keepRows, sortedLog, typeMask } from "../../src/tables/event-log.ts";
import { expectRefusal } from "../support/refusal.ts";

const customers = ["bo", "ann", "bo", "ann", "bo"];
const columns = {
  customer: codesOf(customers),
  type: codesOf(["buy", "view", "view", "buy", "view"]),
  time: Float64Array.of(30, 20, 10, 5, 10),
  value: Float64Array.of(9, NaN, NaN, 4, NaN),
  extra: { order: codesOf(["o1", null, null, "o2", null]), price: Float64Array.of(1, 2, 3, 4, 5) },
};
const log = sortedLog(columns);
const damaged = (changes: Partial<EventLog>): EventLog => ({ ...log, ...changes });

describe("sortedLog", () => {
  it("orders rows by customer, then time, then arrival, and carries every column along", () => {
    expect(log.customer.codes).toEqual(Uint32Array.of(0, 0, 0, 1, 1));
    expect(log.time).toEqual(Float64Array.of(10, 10, 30, 5, 20));
    expect(log.value).toEqual(Float64Array.of(NaN, NaN, 9, 4, NaN));
    expect(log.extra.price).toEqual(Float64Array.of(3, 5, 1, 4, 2));
    expect(log.byCustomer.starts).toEqual(Uint32Array.of(0, 3, 5));
    expect(() => checkLog("f", log)).not.toThrow();
  });

  it("keeps arrival order among equal times and sorts the rest, for any input", () => {
    const event = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -2, max: 2 }));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const sorted = sortedLog({
          customer: { codes: Uint32Array.from(events, ([c]) => c), names: ["a", "b", "c", "d"] },
          type: { codes: new Uint32Array(events.length), names: ["view"] },
          time: Float64Array.from(events, ([, t]) => t),
          value: Float64Array.from(events, (_, arrival) => arrival),
          extra: {},
        });
        const want = events.map((e, arrival) => [...e, arrival] as const);
        want.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
        expect([...sorted.value]).toEqual(want.map((w) => w[2]));
        expect([...sorted.time]).toEqual(want.map((w) => w[1]));
      }),
    );
  });

  it("makes an empty log of no rows, and keeps an extra column called __proto__", () => {
    const empty = { customer: codesOf([]), type: codesOf([]), time: new Float64Array(0), value: new Float64Array(0) };
    const extra = Object.fromEntries([["__proto__", codesOf([])]]);
    const made = sortedLog({ ...empty, extra });
    expect(made.length).toBe(0);
    expect(Object.keys(made.extra)).toEqual(["__proto__"]);
    expect(() => checkLog("f", made)).not.toThrow();
  });
});

describe("keepRows", () => {
  it("keeps marked rows in order, and a customer without rows stays in the dictionary", () => {
    const kept = keepRows(log, Uint8Array.of(0, 1, 1, 0, 0));
    expect(kept.time).toEqual(Float64Array.of(10, 30));
    expect(kept.byCustomer.starts).toEqual(Uint32Array.of(0, 2, 2));
    expect(() => checkLog("f", kept)).not.toThrow();
  });
});

describe("checkLog", () => {
  it.each<[string, EventLog, string]>([
    ["an unsorted time", damaged({ time: Float64Array.of(10, 10, 9, 5, 20) }), "log.time[2]"],
    ["a time that is not finite", damaged({ time: Float64Array.of(10, NaN, 30, 5, 20) }), "log.time[1]"],
    ["an infinite time", damaged({ time: Float64Array.of(10, 20, Infinity, 5, 20) }), "log.time[2]"],
    ["a type without a name", damaged({ type: { codes: log.type.codes, names: ["buy"] } }), "log.type.codes[0]"],
    ["customers out of order", damaged({ customer: { ...log.customer, codes: Uint32Array.of(0, 0, 1, 1, 1) } }), "log.customer.codes[2]"], // prettier-ignore
  ])("refuses %s with its position", (_, bad, path) => {
    expectRefusal(() => checkLog("f", bad), "invalid-value", path);
  });

  it.each<[string, unknown, string]>([
    ["nothing", null, "log"],
    ["rows instead of columns", [{ customer: "ann" }], "log"],
    ["a shorter value column", damaged({ value: new Float64Array(2) }), "log.value"],
    ["customers as strings", damaged({ customer: customers as never }), "log.customer"],
    ["a partition of other rows", damaged({ byCustomer: { starts: Uint32Array.of(0, 3) } }), "log.byCustomer.starts"],
  ])("refuses %s as another shape", (_, bad, path) => {
    expectRefusal(() => checkLog("f", bad as EventLog), "shape-mismatch", path);
  });
});

describe("column look-ups", () => {
  it("find a column of names and refuse an unknown one", () => {
    expect(codesColumn("f", log, "options.order", "order").names).toEqual(["o1", "o2"]);
    expectRefusal(() => codesColumn("f", log, "options.order", "ordre"), "invalid-option", "options.order");
    expectRefusal(() => codesColumn("f", log, "options.order", "constructor"), "invalid-option", "options.order");
  });

  it("take numbers as names, NaN as missing: order ids often are numbers", () => {
    const numbers = { ...log, extra: { order: Float64Array.of(7, NaN, 3, 7, -0) } };
    const { codes, names } = codesColumn("f", numbers, "options.order", "order");
    expect(Array.from(codes, (code) => names[code])).toEqual(["7", undefined, "3", "7", "0"]);
    expect(codesColumn("f", { ...log, extra: { order: new Float64Array(5).fill(NaN) } }, "", "order").names).toEqual(
      [],
    );
  });

  it("refuse numbers of another length than the log", () => {
    const short = { ...log, extra: { order: Float64Array.of(7) } };
    expectRefusal(() => codesColumn("f", short, "options.order", "order"), "shape-mismatch", "log.extra.order");
  });

  it("mark types by name, ignoring names that never occur", () => {
    expect(typeMask(log, "buy")).toEqual(Uint8Array.of(1, 0));
    expect(typeMask(log, ["view", "toString"])).toEqual(Uint8Array.of(0, 1));
  });
});
