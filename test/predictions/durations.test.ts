import { readEventColumns } from "clientele/events";
import { deriveDurations } from "clientele/predictions";
import { type EventLog, toRows } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;

function logOf(rows: readonly (readonly [who: string, what: string, days: number])[]): EventLog {
  return readEventColumns({
    customer: rows.map(([who]) => who),
    type: rows.map(([, what]) => what),
    time: rows.map(([, , days]) => days * day),
  }).log;
}

describe("deriveDurations", () => {
  it("counts from the first start to the first end after it, and to asOf where it has not come", () => {
    const log = logOf([
      ["ann", "cancel", 1],
      ["ann", "start", 2],
      ["ann", "start", 3],
      ["ann", "cancel", 6.5],
      ["ann", "cancel", 9],
      ["bob", "start", 4],
      ["cy", "visit", 4],
      ["dan", "start", 31],
      ["eve", "start", 5],
      ["eve", "cancel", 31],
    ]);
    const table = deriveDurations(log, { asOf: 30 * day, start: "start", end: "cancel" });
    expect(toRows(table)).toEqual([
      { id: "ann", durationDays: 4.5, ended: 1 },
      { id: "bob", durationDays: 26, ended: 0 },
      { id: "eve", durationDays: 25, ended: 0 },
    ]);
    expect(table.units).toEqual({ durationDays: "day" });
  });

  it("takes the next purchase as the end of the first one, but not another line of the same order", () => {
    const log = logOf([["a", "buy", 1], ["a", "buy", 1], ["a", "buy", 8], ["b", "buy", 2], ["b", "buy", 2]]); // prettier-ignore
    const table = deriveDurations(log, { asOf: 10 * day, start: "buy", end: "buy" });
    expect(Array.from(table.values)).toEqual([7, 1, 8, 0]);
  });

  it("counts an event at asOf, and a start at asOf as no time yet", () => {
    const log = logOf([["a", "in", 1], ["a", "out", 5], ["b", "in", 5]]); // prettier-ignore
    expect(Array.from(deriveDurations(log, { asOf: 5 * day, start: "in", end: "out" }).values)).toEqual([4, 1, 0, 0]);
  });

  it("takes several types, and types that do not occur", () => {
    const log = logOf([["__proto__", "trial", 1], ["__proto__", "lapse", 3], ["b", "plan", 2]]); // prettier-ignore
    const table = deriveDurations(log, { asOf: 9 * day, start: ["plan", "trial"], end: ["lapse", "cancel"] });
    expect(toRows(table)).toEqual([{ id: "__proto__", durationDays: 2, ended: 1 }, { id: "b", durationDays: 7, ended: 0 }]); // prettier-ignore
    expect(deriveDurations(log, { asOf: 9 * day, start: "nothing", end: "lapse" }).ids).toEqual([]);
    expect(deriveDurations(logOf([]), { asOf: 0, start: "a", end: "b" }).ids).toEqual([]);
  });

  it("sees nothing after asOf: the same table without those events", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("in", "out", "see"), fc.nat(20)), { maxLength: 30 }), // prettier-ignore
        (rows) => {
          const options = { asOf: 10 * day, start: "in", end: "out" };
          const known = logOf(rows.filter(([, , days]) => days <= 10));
          const byId = (log: EventLog): unknown => toRows(deriveDurations(log, options)).sort((x, y) => (x["id"] < y["id"] ? -1 : 1)); // prettier-ignore
          expect(byId(logOf(rows))).toEqual(byId(known));
        },
      ),
    ));

  it("refuses what is no log and options that are missing", () => {
    const log = logOf([["a", "in", 1]]);
    expectRefusal(() => deriveDurations(null as never, { asOf: 0, start: "a", end: "b" }), "shape-mismatch");
    expectRefusal(() => deriveDurations(log, { asOf: 0, start: "a" } as never), "invalid-option", "options.end");
    expectRefusal(() => deriveDurations(log, { asOf: NaN, start: "a", end: "b" }), "invalid-option", "options.asOf");
  });
});
