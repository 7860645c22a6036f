import { codesOf, type EventLog, type FeatureTable } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LogColumns, sortedLog } from "../../src/tables/event-log.ts";
import { bitsOf, freezeDeep, partsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

/** One event of a law's log. */
export interface LawEvent {
  /** Who; any string but the empty one. */
  readonly customer: string;
  /** What; one of {@link lawTypes}. */
  readonly type: string;
  /** When: epoch milliseconds. */
  readonly time: number;
  /** Worth; NaN = none. */
  readonly value: number;
  /** Id of the order the event belongs to; null = none. */
  readonly order: string | null;
}

/** What {@link tableLaws} must know about a derive function. */
export interface TableLaws {
  /** Derives the table; with a log as {@link lawLog} makes it. */
  readonly derive: (log: EventLog, asOf: number) => FeatureTable;
  /** Whether a customer with these events, all at or before `asOf`, is in the table. */
  readonly isIn: (events: readonly LawEvent[]) => boolean;
}

/** Event names that occur in the laws' logs; derive functions that need purchases take `"purchase"`. */
const lawTypes = ["purchase", "view", "__proto__"] as const;

/** The instant up to which the laws derive; events lie on both sides of it and exactly on it. */
export const lawAsOf: number = Date.UTC(2024, 2, 31, 1);

const day = 86_400_000;
const anyTime = fc.oneof(
  fc.integer({ min: lawAsOf - 60 * day, max: lawAsOf + 20 * day }),
  fc.integer({ min: -40, max: 10 }).map((hours) => lawAsOf + hours * 3_600_000),
);

/** Events of a few customers with hostile names, in any order of arrival, with times that repeat. */
export const lawEvents: fc.Arbitrary<readonly LawEvent[]> = fc.array(
  fc.record({
    customer: fc.constantFrom("a", "b", "__proto__", "constructor", "10", "é"),
    type: fc.constantFrom(...lawTypes),
    time: anyTime,
    value: fc.oneof(
      fc.constant(NaN),
      fc.integer({ min: -500, max: 9_999 }).map((cents) => cents / 100),
    ),
    order: fc.constantFrom("o1", "o2", "__proto__", null),
  }),
  { maxLength: 30 },
);

/** Sorts events into a log with the extra column `order`; `customers` may name some without events. */
export function lawLog(events: readonly LawEvent[], customers: readonly string[] = []): EventLog {
  const names = [...new Set([...customers, ...events.map((event) => event.customer)])];
  const columns: LogColumns = {
    customer: { codes: Uint32Array.from(events, (event) => names.indexOf(event.customer)), names },
    type: codesOf(events.map((event) => event.type)),
    time: Float64Array.from(events, (event) => event.time),
    value: Float64Array.from(events, (event) => event.value),
    extra: { order: codesOf(events.map((event) => event.order)) },
  };
  return sortedLog(columns);
}

const runs = { numRuns: 80 };

/** The laws of every table that is derived from a log: the right customers, each from its own past alone. */
export function tableLaws(name: string, { derive, isIn }: TableLaws): void {
  const check = (body: (events: readonly LawEvent[]) => void): void =>
    fc.assert(
      fc.property(lawEvents, (events) => {
        body(events);
      }),
      runs,
    );

  describe(`${name} keeps the laws of derived tables`, () => {
    it("has one row for each customer that belongs in it, and columns of equal length", () =>
      check((events) => {
        const table = derive(lawLog(events, ["no events", "a"]), lawAsOf);
        const past = events.filter((event) => event.time <= lawAsOf);
        const customers = [...new Set(past.map((event) => event.customer))];
        const wanted = customers.filter((customer) => isIn(past.filter((event) => event.customer === customer)));
        expect(table.ids.toSorted()).toEqual(wanted.toSorted());
        expect(table.values).toHaveLength(table.ids.length * table.names.length);
        expect(new Set(table.names).size).toBe(table.names.length);
        expect(table.values.every((value) => value !== Infinity && value !== -Infinity)).toBe(true);
      }));

    it("leaves the log as it was and shares nothing with it", () =>
      check((events) => {
        const log = lawLog(events);
        const before = bitsOf(log);
        const table = derive(freezeDeep(log), lawAsOf);
        expect(bitsOf(log)).toBe(before);
        expect([...partsOf(table)].filter((part) => partsOf(log).has(part))).toEqual([]);
      }));

    it("does not see the future: deleting all events after asOf changes no bit", () =>
      check((events) => {
        const past = events.filter((event) => event.time <= lawAsOf);
        const customers = [...new Set(events.map((event) => event.customer))];
        expect(bitsOf(derive(lawLog(events, customers), lawAsOf))).toBe(
          bitsOf(derive(lawLog(past, customers), lawAsOf)),
        );
      }));

    it("does not depend on the order of arrival of events with distinct times", () =>
      check((events) => {
        const distinct = [...new Map(events.map((event) => [event.time, event])).values()];
        const sorted = distinct.toSorted((a, b) => a.time - b.time);
        expect(rowsById(derive(lawLog(distinct), lawAsOf))).toEqual(rowsById(derive(lawLog(sorted), lawAsOf)));
      }));

    it("reads each customer alone: dropping the others changes no bit", () =>
      check((events) => {
        const all = rowsById(derive(lawLog(events), lawAsOf));
        for (const [customer, row] of all) {
          const mine = events.filter((event) => event.customer === customer);
          expect(rowsById(derive(lawLog(mine), lawAsOf))).toEqual(new Map([[customer, row]]));
        }
      }));

    it("gives an empty table with the same features for a log without events", () => {
      const one = lawLog([{ customer: "a", type: "purchase", time: lawAsOf, value: 1, order: null }]);
      const none = derive(lawLog([]), lawAsOf);
      expect({ ids: none.ids, names: none.names }).toEqual({ ids: [], names: derive(one, lawAsOf).names });
    });

    it("refuses things that are no log", () => {
      const log = lawLog([{ customer: "a", type: "purchase", time: 0, value: 1, order: null }]);
      for (const wrong of [null, undefined, {}, [], "log", { ...log, value: new Float64Array(2) }]) {
        expectRefusal(() => derive(wrong as EventLog, lawAsOf), "shape-mismatch");
      }
    });
  });
}

/** The row of each customer as text, exact to the bit, so that NaN equals NaN. */
function rowsById({ ids, names, values }: FeatureTable): Map<string, string> {
  const width = names.length;
  return new Map(ids.map((id, i) => [id, bitsOf(values.slice(i * width, (i + 1) * width))]));
}
