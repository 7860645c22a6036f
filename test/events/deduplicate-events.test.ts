import {
  deduplicateEvents,
  type DeduplicateEventsOptions,
  readEventColumns,
  readEvents,
  toEvents,
} from "clientele/events";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleaningLaws } from "../laws/cleaning-laws.ts";
import { expectWhole } from "../laws/log-laws.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";
import { shuffled } from "../support/rows.ts";

interface Delivery {
  readonly id: string | null;
  readonly who: string;
  readonly what: string;
  readonly at: number;
  readonly worth: number | null;
  readonly page: string | null;
  readonly size: number | null;
}

const readers = {
  id: "id",
  customer: "who",
  type: "what",
  time: "at",
  value: "worth",
  extra: { page: "page", size: "size" },
} as const;
const read = (rows: readonly Delivery[]): EventLog => readEvents(rows, readers).log;
const event: Delivery = { id: "e", who: "ann", what: "buy", at: 1000, worth: 20, page: "/", size: 1 };

/** Few different cells, so that copies and contradictions are frequent. */
const delivery: fc.Arbitrary<Delivery> = fc.record({
  id: fc.constantFrom(null, null, "__proto__", "e1", "e2", "\ud800", "10", ""),
  who: fc.constantFrom("ann", "bo", "__proto__"),
  what: fc.constantFrom("view", ""),
  at: fc.constantFrom(0, 1, 2, 5, 6, 7.5),
  worth: fc.constantFrom(null, 0, -0, 1),
  page: fc.constantFrom(null, "", "constructor"),
  size: fc.constantFrom(null, 0, -0, 3),
});
const deliveries = fc.array(delivery, { maxLength: 30 });

/** What an event says, as text: null for nothing, one zero. */
function saysOf(row: Readonly<Record<string, unknown>>, fields: readonly string[]): string {
  return JSON.stringify(fields.map((field) => (Object.is(row[field], -0) ? 0 : (row[field] ?? null))));
}

/** Orders rows that say the same by the signs of their zeros. */
function zerosOf(row: Readonly<Record<string, unknown>>): string {
  return ["value", "size"].map((field) => (Object.is(row[field], -0) ? "-" : "0")).join("");
}

cleaningLaws("deduplicateEvents by content", (log) => deduplicateEvents(log, { by: "content", withinMs: 1000 }));
cleaningLaws("deduplicateEvents", (log) => deduplicateEvents(log));

describe("deduplicateEvents by id", () => {
  it("drops a copy that says the same, and reports one that contradicts as a conflict", () => {
    const { log, report } = deduplicateEvents(
      read([event, event, { ...event, worth: 25 }, { ...event, worth: 25 }, { ...event, id: "f" }]),
    );
    expect(toEvents(log)).toMatchObject([
      { id: "e", value: 20 },
      { id: "f", value: 20 },
    ]);
    expect(report).toEqual({
      by: "id",
      read: 5,
      kept: 2,
      duplicates: 2,
      conflicts: 1,
      dropped: { duplicate: 2, conflict: 1 },
      conflictExamples: [{ kept: 0, dropped: 2 }],
      missingIds: 0,
      notes: [expect.objectContaining({ code: "conflicting-ids" })],
    });
  });

  it.each([
    ["customer", { who: "bo" }],
    ["type", { what: "view" }],
    ["time", { at: 1000.001 }],
    ["value", { worth: null }],
    ["column of text", { page: null }],
    ["column of numbers", { size: null }],
  ])("calls another %s a conflict", (_, change) => {
    const { report } = deduplicateEvents(read([event, { ...event, ...change }]), { by: "id" });
    expect(report).toMatchObject({ duplicates: 0, conflicts: 1 });
  });

  it("never takes a missing id for equal to a missing id", () => {
    const { report } = deduplicateEvents(read([1, 2, 3].map(() => ({ ...event, id: null }))), { by: "id" });
    expect(report).toMatchObject({ kept: 3, duplicates: 0, conflicts: 0, missingIds: 3 });
    expect(report.notes.map(({ code }) => code)).toEqual(["missing-id"]);
    const { codes } = { codes: { codes: Uint32Array.of(0, 0), names: [""] } };
    const empty = readEventColumns({ customer: ["a", "a"], type: ["v", "v"], time: [0, 0] }).log;
    expect(deduplicateEvents({ ...empty, extra: { id: codes } }).report).toMatchObject({ kept: 2, missingIds: 2 });
  });

  it("takes NaN for equal to NaN, and one zero for the other", () => {
    const none = { ...event, worth: null, size: null };
    expect(deduplicateEvents(read([none, none])).report).toMatchObject({ duplicates: 1, conflicts: 0 });
    const zeros = [
      { ...event, worth: 0 },
      { ...event, worth: -0 },
    ];
    expect(deduplicateEvents(read(zeros)).report).toMatchObject({ duplicates: 1, conflicts: 0 });
  });

  it("does not hold another sequence number against a copy, and keeps the lowest", () => {
    const rows = [3, 1, 2].map((sequence) => ({ ...event, sequence }));
    const { log, report } = deduplicateEvents(readEvents(rows, { ...readers, sequence: "sequence" }).log);
    expect(report).toMatchObject({ kept: 1, duplicates: 2, conflicts: 0 });
    expect(log.extra["sequence"]).toEqual(Float64Array.of(1));
  });

  it("keeps the earliest of those that contradict each other", () => {
    const late = { ...event, who: "aaa", at: 2000 };
    expect(toEvents(deduplicateEvents(read([late, event])).log)).toMatchObject([{ customer: "ann", time: 1000 }]);
  });

  it("takes ids that are numbers in a table made by hand", () => {
    const { log } = readEventColumns({ customer: ["a", "a", "a"], type: ["v", "v", "v"], time: [0, 0, 0] });
    const numbered = { ...log, extra: { id: Float64Array.of(7, NaN, 7) } };
    expect(deduplicateEvents(numbered).report).toMatchObject({ duplicates: 1, missingIds: 1, kept: 2 });
  });

  it("agrees with a comparison of all pairs", () =>
    fc.assert(
      fc.property(deliveries, (rows) => {
        const payload = (row: Delivery): string => saysOf(row as never, ["who", "what", "at", "worth", "page", "size"]);
        const classes = rows.map((row, i) =>
          rows.slice(0, i).some((other) => other.id && other.id === row.id && payload(other) === payload(row)),
        );
        const duplicates = classes.filter(Boolean).length;
        const kept = rows.filter((row, i) => !row.id || rows.findIndex((other) => other.id === row.id) === i).length;
        const { log, report } = deduplicateEvents(read(rows), { by: "id" });
        expect(report).toMatchObject({ kept, duplicates, conflicts: rows.length - kept - duplicates });
        for (const { id, time } of toEvents(log).filter((one) => one["id"] !== undefined)) {
          expect(time).toBe(Math.min(...rows.filter((row) => row.id === id).map(({ at }) => at)));
        }
      }),
      { numRuns: 300 },
    ));

  it("gives the same bits for every order of arrival, late and out-of-order events included", () =>
    fc.assert(
      fc.property(deliveries, fc.nat(), (rows, salt) => {
        const numbered = rows.map((row, i) => ({ ...row, id: row.id || `own ${i}` }));
        const order = shuffled(rows.length, salt);
        const arrived = order.map((row) => numbered[row]);
        expect(bitsOf(deduplicateEvents(read(arrived)).log)).toBe(bitsOf(deduplicateEvents(read(numbered)).log));
      }),
      { numRuns: 300 },
    ));

  it("gives the same log for a batch as for parts that were cleaned before they were put together", () =>
    fc.assert(
      fc.property(deliveries, fc.nat(30), (rows, cut) => {
        const numbered = rows.map((row, i) => ({ ...row, id: row.id || `own ${i}` }));
        const whole = deduplicateEvents(read(numbered)).log;
        const parts = [numbered.slice(0, cut), numbered.slice(cut)];
        const cleaned = parts.flatMap((part) => toEvents(deduplicateEvents(read(part)).log));
        const again = readEvents(cleaned, {
          id: "id",
          customer: "customer",
          type: "type",
          time: "time",
          value: "value",
          extra: { page: "page", size: "size" },
        }).log;
        expect(toEvents(deduplicateEvents(again).log)).toEqual(toEvents(whole));
      }),
      { numRuns: 200 },
    ));

  it("shows at most 100 conflicts, each with the row that was kept", () => {
    const { report } = deduplicateEvents(read(Array.from({ length: 300 }, (_, i) => ({ ...event, at: i }))));
    expect(report.conflicts).toBe(299);
    expect(report.conflictExamples).toHaveLength(100);
    expect(report.conflictExamples[99]).toEqual({ kept: 0, dropped: 100 });
  });

  it("takes many rows that all have one id", () => {
    const rows = 200_000;
    const { log } = readEventColumns({
      customer: { codes: new Uint32Array(rows), names: ["a"] },
      type: { codes: new Uint32Array(rows), names: ["view"] },
      time: Float64Array.from({ length: rows }, (_, i) => i >> 1),
      id: { codes: new Uint32Array(rows), names: ["0"] },
    });
    const { report } = deduplicateEvents(log);
    expect(report).toMatchObject({ kept: 1, duplicates: rows / 2, conflicts: rows / 2 - 1 });
  });
});

describe("deduplicateEvents by content", () => {
  const at = (times: readonly number[], options?: DeduplicateEventsOptions): number[] => {
    const rows = times.map((time, i) => ({ ...event, id: `e${i}`, at: time }));
    return [...deduplicateEvents(read(rows), options).log.time];
  };

  it("drops an equal event within the window, whatever its id and sequence", () => {
    expect(at([0, 1000], { by: "content", withinMs: 1000 })).toEqual([0]);
    expect(at([0, 1000.001], { by: "content", withinMs: 1000 })).toEqual([0, 1000.001]);
    expect(at([0, 0, 1], { by: "content" })).toEqual([0, 1]);
  });

  it("measures from the kept row, so a steady heartbeat is thinned out and not swallowed", () => {
    expect(at([0, 600, 1200, 1800, 2400], { withinMs: 1000 })).toEqual([0, 1200, 2400]);
  });

  it("keeps equal events of two customers, and other events in between apart", () => {
    const rows = [event, { ...event, who: "bo" }, { ...event, what: "view" }, event].map((row) => ({
      ...row,
      id: null,
    }));
    expect(deduplicateEvents(read(rows), { by: "content" }).report).toMatchObject({ kept: 3, duplicates: 1 });
  });

  it("agrees with a comparison of all pairs", () =>
    fc.assert(
      fc.property(deliveries, fc.constantFrom(0, 1, 2.5, 100), (rows, withinMs) => {
        const log = read(rows);
        const kept: Record<string, unknown>[] = [];
        for (const row of toEvents(log)) {
          const fields = ["customer", "type", "value", "page", "size"];
          const last = kept.findLast((other) => saysOf(other, fields) === saysOf(row, fields));
          // At one instant −0 stays rather than 0, wherever it stands.
          const replaces = last?.["time"] === row.time && zerosOf(row) < zerosOf(last);
          if (replaces) kept.splice(kept.indexOf(last), 1);
          if (replaces || last === undefined || row.time - (last["time"] as number) > withinMs) kept.push(row);
        }
        const cleaned = deduplicateEvents(log, { by: "content", withinMs });
        const fields = ["customer", "type", "time", "value", "page", "size"];
        expect(toEvents(cleaned.log).map((row) => saysOf(row, fields))).toEqual(kept.map((row) => saysOf(row, fields)));
        expect(cleaned.report).toMatchObject({ duplicates: rows.length - kept.length, conflicts: 0 });
      }),
      { numRuns: 300 },
    ));
});

describe("deduplicateEvents", () => {
  it("goes by id where there are ids, and by content where there are none or a window is given", () => {
    const { log } = readEventColumns({ customer: ["a"], type: ["v"], time: [0] });
    expect(deduplicateEvents(log).report.by).toBe("content");
    expect(deduplicateEvents(read([event])).report.by).toBe("id");
    expect(deduplicateEvents(read([event]), { withinMs: 5 }).report.by).toBe("content");
  });

  it("takes an empty log and one of one row", () => {
    for (const rows of [[], [event]]) {
      const { log, report } = deduplicateEvents(read(rows));
      expectWhole(log);
      expect(report).toMatchObject({ read: rows.length, kept: rows.length, dropped: {}, notes: [] });
    }
  });

  it("names the column that it misses, and refuses a window that would do nothing", () => {
    const { log } = readEventColumns({ customer: ["a"], type: ["v"], time: [0], extra: { page: ["/"] } });
    const refusal = refusalOf(() => deduplicateEvents(log, { by: "id" }));
    expect(refusal).toMatchObject({ code: "shape-mismatch", path: "log.extra.id" });
    expect(refusal.message).toContain("id");
    expectRefusal(
      () => deduplicateEvents(read([event]), { by: "id", withinMs: 1 }),
      "invalid-option",
      "options.withinMs",
    );
  });

  it("refuses columns that are damaged", () => {
    const { log } = readEventColumns({ customer: ["a"], type: ["v"], time: [0] });
    const damaged = [{ page: new Float64Array(2) }, { page: { codes: Uint32Array.of(3), names: ["/"] } }];
    expectRefusal(() => deduplicateEvents({ ...log, extra: damaged[0] }), "shape-mismatch", "log.extra.page");
    expectRefusal(() => deduplicateEvents({ ...log, extra: damaged[1] }), "invalid-value", "log.extra.page.codes[0]");
  });
});
