import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEvents } from "clientele/events";
import type { CleanedLog } from "../../src/events/log-report.ts";
import { goodRow, type RawRow, rawReaders } from "../support/arbitraries.ts";
import { bitsOf, freezeDeep, partsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { expectWhole } from "./log-laws.ts";

const runs = { numRuns: 80 };

/**
 * The laws of every step from a log to a cleaner log with a report.
 *
 * @param name - the step.
 * @param clean - the step with its options; called with logs of hostile names, columns `page` and `size`, ids none.
 * @param row - the rows of these logs.
 */
export function cleaningLaws(
  name: string,
  clean: (log: EventLog) => CleanedLog,
  row: fc.Arbitrary<RawRow> = goodRow,
): void {
  const logs = fc.array(row, { maxLength: 25 }).map((rows) => readEvents(rows, rawReaders).log);
  const check = (body: (log: EventLog) => void): void => fc.assert(fc.property(logs, body), runs);

  describe(`${name} keeps the laws of cleaning`, () => {
    it("accounts for every row, and drops none without a reason", () =>
      check((log) => {
        const { log: cleaned, report } = clean(log);
        const dropped = Object.values(report.dropped).reduce((sum, count) => sum + count, 0);
        expect(report.read).toBe(log.length);
        expect(report.kept + dropped).toBe(report.read);
        expect(cleaned).toHaveLength(report.kept);
        expect(Object.values(report.dropped).every((count) => count > 0)).toBe(true);
      }));

    it("makes a log that is sorted and whole, with the columns it had", () =>
      check((log) => {
        const { log: cleaned } = clean(log);
        expectWhole(cleaned);
        expect(Object.keys(cleaned.extra)).toEqual(expect.arrayContaining(Object.keys(log.extra)));
      }));

    it("leaves the log as it was, shares nothing with it and gives the same bits twice", () =>
      check((log) => {
        const before = bitsOf(log);
        const cleaned = clean(freezeDeep(log));
        expect(bitsOf(log)).toBe(before);
        const inputs = partsOf(log);
        expect([...partsOf(cleaned)].filter((part) => inputs.has(part))).toEqual([]);
        expect(bitsOf(clean(structuredClone(log)))).toBe(bitsOf(cleaned));
      }));

    it("makes an empty log of an empty one, and refuses what is no log", () => {
      const empty = readEvents([], rawReaders).log;
      expect(clean(empty).log).toHaveLength(0);
      for (const wrong of [null, undefined, {}, [], "log", { ...empty, length: 3 }]) {
        expectRefusal(() => clean(wrong as EventLog), "shape-mismatch");
      }
    });
  });
}
