import { type Intake, toEvents } from "clientele/events";
import type { EventLog, Partition } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkLog } from "../../src/tables/event-log.ts";
import { checkFiner, checkPartition } from "../../src/tables/partition.ts";
import { goodRow, type RawRow, rawRow } from "../support/arbitraries.ts";
import { bitsOf, freezeDeep, partsOf } from "../support/inspect.ts";

const runs = { numRuns: 150 };

/**
 * The laws of every way in from raw rows to a log.
 *
 * @param name - the reader.
 * @param read - reads rows as `rawReaders` of the arbitraries name them.
 */
export function logLaws(name: string, read: (rows: readonly unknown[]) => Intake): void {
  const raw = fc.array(rawRow, { maxLength: 25 });
  const check = (body: (rows: unknown[]) => void): void => fc.assert(fc.property(raw, body), runs);

  describe(`${name} keeps the laws of logs`, () => {
    it("accounts for every row", () =>
      check((rows) => {
        const { log, report } = read(rows);
        const refused = Object.values(report.rejectedCount).reduce((sum, count) => sum + count, 0);
        expect(report.read).toBe(rows.length);
        expect(report.accepted + refused).toBe(report.read);
        expect(log).toHaveLength(report.accepted);
        expect(report.rejected).toHaveLength(Math.min(refused, 100));
        const positions = report.rejected.map(({ row }) => row);
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      }));

    it("judges each row alone: a row is refused for the same reason whatever comes with it", () =>
      check((rows) => {
        const { report } = read(rows);
        const codes = new Map(report.rejected.map(({ row, code }) => [row, code]));
        rows.forEach((row, i) => expect(read([row]).report.rejected[0]?.code).toBe(codes.get(i)));
      }));

    it("makes a log that is sorted and whole, without customers that have no row", () =>
      check((rows) => {
        const { log } = read(rows);
        expectWhole(log);
        expect(new Set(log.customer.codes).size).toBe(log.customer.names.length);
        expect(new Set(log.type.codes).size).toBe(log.type.names.length);
        expect(log.customer.names).toEqual([...log.customer.names].sort());
      }));

    it("leaves the rows as they were and shares nothing with them", () =>
      check((rows) => {
        const before = bitsOf(rows);
        const intake = read(freezeDeep(rows));
        expect(bitsOf(rows)).toBe(before);
        const inputs = partsOf(rows);
        expect([...partsOf(intake)].filter((part) => inputs.has(part))).toEqual([]);
      }));

    it("does not depend on the order of arrival when times differ", () =>
      fc.assert(
        fc.property(
          fc.uniqueArray(goodRow, { selector: timeOf, maxLength: 20 }),
          fc.infiniteStream(fc.nat()),
          (rows, keys) => {
            const shuffled = rows
              .map((row) => ({ row, key: keys.next().value as number }))
              .sort((a, b) => a.key - b.key)
              .map(({ row }) => row);
            expect(bitsOf(read(shuffled).log)).toBe(bitsOf(read(rows).log));
          },
        ),
        runs,
      ));

    it("keeps equal times in the order of arrival", () => {
      const rows = Array.from({ length: 50 }, (_, i) => ({
        who: "a",
        what: "w",
        at: 5,
        worth: i,
        page: null,
        size: null,
      }));
      expect([...read(rows).log.value]).toEqual(rows.map(({ worth }) => worth));
    });

    it("keeps every name as it came, character by character", () =>
      fc.assert(
        fc.property(fc.array(goodRow, { maxLength: 10 }), (rows) => {
          const events = toEvents(read(rows).log);
          const wanted = rows.map(({ who, what, page }) => bitsOf([String(who), String(what), page ?? undefined]));
          expect(events.map(({ customer, type, page }) => bitsOf([customer, type, page])).sort()).toEqual(
            wanted.sort(),
          );
        }),
        runs,
      ));

    it("makes an empty log of no rows", () => {
      const { log, report } = read([]);
      expectWhole(log);
      expect(log).toHaveLength(0);
      expect(report).toEqual({ read: 0, accepted: 0, rejected: [], rejectedCount: {}, notes: [] });
    });
  });
}

function timeOf({ at }: RawRow): number {
  return typeof at === "number" ? at : new Date(at as string).getTime();
}

/** Asserts what every log promises: sorted rows, codes that name something, columns of equal length. */
export function expectWhole(log: EventLog): void {
  checkLog("expectWhole", log);
  for (const column of Object.values(log.extra)) {
    const cells = column instanceof Float64Array ? column : column.codes;
    expect(cells).toHaveLength(log.length);
    if (column instanceof Float64Array) expect(column.every((cell) => Math.abs(cell) !== Infinity)).toBe(true);
    else expect(new Set(column.names).size).toBe(column.names.length);
  }
}

/** Asserts what sessions promise: each event in exactly one, each in one customer, none empty. */
export function expectSessions(log: EventLog, sessions: Partition): void {
  checkPartition("expectSessions", "sessions", sessions, log.length);
  checkFiner("expectSessions", "sessions", sessions, log.byCustomer);
  for (let s = 1; s < sessions.starts.length; s++) {
    expect(sessions.starts[s]).toBeGreaterThan(sessions.starts[s - 1]);
  }
}
