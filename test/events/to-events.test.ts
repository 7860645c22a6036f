import { readEvents, toEvents } from "clientele/events";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyName, anyTime } from "../support/arbitraries.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const readers = { customer: "customer", type: "type", time: "time", value: "value" } as const;

describe("toEvents", () => {
  it("leaves out what a row does not have", () => {
    const rows = [
      { customer: "ann", type: "view", time: 1, page: "/" },
      { customer: "ann", type: "buy", time: 2, value: 5, size: 3 },
    ];
    const { log } = readEvents(rows, { ...readers, extra: { page: "page", size: "size" } });
    expect(toEvents(log)).toStrictEqual(rows);
  });

  it("makes nothing of nothing", () => {
    expect(toEvents(readEvents([], readers).log)).toEqual([]);
  });

  it("is undone by readEvents, to the bit, whatever columns and names are called", () => {
    const row = fc.record({
      customer: anyName.filter((name) => name !== ""),
      type: anyName,
      time: anyTime,
      value: fc.constantFrom(1.5, -2, undefined),
      page: fc.oneof(anyName, fc.constant(undefined)),
    });
    fc.assert(
      fc.property(fc.array(row), anyName, (rows, name) => {
        fc.pre(!["customer", "type", "time", "value", "sequence", "id"].includes(name));
        const extra = JSON.parse(`{${JSON.stringify(name)}: "page"}`) as Record<string, string>;
        const { log } = readEvents(rows, { ...readers, extra });
        const again = JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(name)}}`) as Record<string, string>;
        expect(bitsOf(readEvents(toEvents(log), { ...readers, extra: again }).log)).toBe(bitsOf(log));
      }),
    );
  });

  it("refuses what is no log", () => {
    for (const wrong of [null, {}, "log"])
      expectRefusal(() => toEvents(wrong as unknown as EventLog), "shape-mismatch");
  });
});
