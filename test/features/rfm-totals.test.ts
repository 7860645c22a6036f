import { mergeAll, run } from "clientele/core";
import { readEvents, toEvents } from "clientele/events";
import {
  type BuyerTotals,
  deriveRfm,
  type PurchaseEvent,
  rfmOf,
  rfmTotals,
  type RfmTotalsState,
} from "clientele/features";
import { type FeatureTable, toRows } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { logOf } from "../support/logs.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const day = 86_400_000;
const policies = ["subtract", "ignore", "cancel"] as const;
const readers = { customer: "customer", type: "type", time: "time", value: "value", extra: { order: "order" } };

const arbitraryEvent: fc.Arbitrary<PurchaseEvent> = fc.record({
  customer: fc.constantFrom("a", "b", "__proto__", "constructor", "10"),
  type: fc.constantFrom("buy", "view", "back"),
  time: fc.integer({ min: -40, max: 40 }).map((hours) => hours * 3_600_000),
  value: fc.oneof(
    fc.constantFrom(undefined, null, NaN, 0, 1e15),
    fc.integer({ min: -500, max: 9_999 }).map((cents) => cents / 100),
  ),
  order: fc.constantFrom("o1", "o2", "__proto__", null, undefined, NaN),
});

/** Same buyers, dates and counts; revenue equal but for the rounding of the sums, in cents beside 1e15. */
function equal(a: readonly BuyerTotals[], b: readonly BuyerTotals[], events: readonly PurchaseEvent[]): boolean {
  const scale = events.reduce(
    (sum, { value }) => sum + Math.abs(value === null || Number.isNaN(value) ? 0 : (value ?? 0)),
    0,
  );
  return (
    a.length === b.length &&
    a.every((totals, i) => {
      const { customer, lastPurchase, orderCount, revenue } = b[i];
      const same = totals.customer === customer && totals.lastPurchase === lastPurchase;
      return same && totals.orderCount === orderCount && Math.abs(totals.revenue - revenue) <= 1e-15 * scale;
    })
  );
}

function totalsOfTable({ ids, values }: FeatureTable, asOf: number): BuyerTotals[] {
  return ids.map((customer, i) => ({
    customer,
    lastPurchase: asOf - values[i * 3] * day,
    orderCount: values[i * 3 + 1],
    revenue: values[i * 3 + 2],
  }));
}

for (const refunds of policies) {
  const rules = { purchase: "buy", refund: "back", order: "order", refunds } as const;
  accumulatorLaws(`rfmTotals with order ids and refunds: ${refunds}`, {
    accumulator: rfmTotals(rules),
    arbitraryInput: arbitraryEvent,
    equal: (a, b, events) => equal(a.map(rounded), b.map(rounded), events),
    batch: (events) => {
      // The reader refuses NaN as an order id: missing is null there.
      const rows = events.map((event) => ({ ...event, order: event["order"] ?? null })).map((row) => ({ ...row, order: Number.isNaN(row.order) ? null : row.order })); // prettier-ignore
      const asOf = 40 * 3_600_000;
      return totalsOfTable(deriveRfm(readEvents(rows, readers).log, { ...rules, asOf }), asOf);
    },
  });
}

accumulatorLaws("rfmTotals without order ids", {
  accumulator: rfmTotals({ purchase: ["buy", "back"] }),
  arbitraryInput: arbitraryEvent,
  equal: (a, b, events) => equal(a.map(rounded), b.map(rounded), events),
});

/** Times read off days since: whole milliseconds again. */
function rounded(totals: BuyerTotals): BuyerTotals {
  return { ...totals, lastPurchase: Math.round(totals.lastPurchase) };
}

describe("rfmTotals", () => {
  const buy = (customer: string, time: number, value?: number, order?: string | number): PurchaseEvent => ({
    ...{ customer, type: "buy", time, value, order },
  });

  it("goes on from yesterday's state with today's events", () => {
    const buyers = rfmTotals({ purchase: "buy", order: "order" });
    const yesterday = [buy("b", 0, 20, "o1"), buy("a", day, 5, "o1")].reduce(buyers.add, buyers.init());
    const stored = JSON.parse(JSON.stringify(yesterday)) as RfmTotalsState;
    const today = [buy("b", 2 * day, 1, "o1"), buy("b", 3 * day, 1, "o2")].reduce(buyers.add, stored);
    expect(buyers.finish(today)).toEqual([
      { customer: "a", lastPurchase: day, orderCount: 1, revenue: 5 },
      { customer: "b", lastPurchase: 3 * day, orderCount: 2, revenue: 22 },
    ]);
  });

  it("keeps nothing of customers who only look, and no order where none can be canceled", () => {
    const buyers = rfmTotals({ purchase: "buy", order: "order" });
    const view = { customer: "v", type: "view", time: 0 };
    const state = [view, buy("a", 0, 2, "o1"), buy("a", 0, 3)].reduce(buyers.add, buyers.init());
    expect(state).toEqual({ a: { last: 0, single: 1, sum: 5, correction: 0, orders: { o1: null } } });
  });

  it("takes the number 10 and the text 10 for one order id, as the columns of a log do", () => {
    const buyers = rfmTotals({ purchase: "buy", order: "order" });
    expect(run(buyers, [buy("a", 0, 1, 10), buy("a", 0, 1, "10")])[0].orderCount).toBe(1);
  });

  it("finds a canceled order whichever comes first, and takes it back when a further line arrives", () => {
    const buyers = rfmTotals({ purchase: "buy", refund: "back", order: "order", refunds: "cancel" });
    const back = { customer: "a", type: "back", time: 5, value: 20, order: "o1" };
    expect(run(buyers, [back])).toEqual([]);
    expect(run(buyers, [back, buy("a", 3, 20, "o1")])).toEqual([]);
    expect(run(buyers, [back, buy("a", 3, 20, "o1"), buy("a", 4, 7, "o1")])).toEqual([
      { customer: "a", lastPurchase: 4, orderCount: 1, revenue: 7 },
    ]);
  });

  it("keeps cents beside huge orders over any number of shards", () => {
    const buyers = rfmTotals({ purchase: "buy" });
    const shards = [1e20, 0.01, -1e20].map((value) => buyers.add(buyers.init(), buy("a", 0, value)));
    expect(buyers.finish(mergeAll(buyers, shards))[0].revenue).toBe(0.01);
  });

  it("refuses events it cannot read, without telling whose, and orders to cancel without ids", () => {
    const buyers = rfmTotals({ purchase: "buy", order: "order" });
    const add = (event: unknown) => (): unknown => buyers.add(buyers.init(), event as PurchaseEvent);
    expectRefusal(add(null), "invalid-value", "event");
    expectRefusal(add({ type: "buy", time: 0 }), "invalid-value", "event.customer");
    // As readEvents has it: an empty customer is a missing one.
    expectRefusal(add({ customer: "", type: "buy", time: 0 }), "invalid-value", "event.customer");
    expectRefusal(add({ customer: "a", type: 7, time: 0 }), "invalid-value", "event.type");
    expectRefusal(add({ customer: "a", type: "buy", time: NaN }), "invalid-value", "event.time");
    expectRefusal(add(buy("a", 0, Infinity)), "invalid-value", "event.value");
    expectRefusal(add({ customer: "a", type: "buy", time: 0, value: "12" }), "invalid-value", "event.value");
    expectRefusal(add({ customer: "a", type: "buy", time: 0, order: {} }), "invalid-value", "event.order");
    expect(refusalOf(add(buy("secret", NaN))).message).not.toContain("secret");
    const full = buyers.add(buyers.init(), buy("a", 0, 1.7e308));
    expectRefusal(() => buyers.add(full, buy("a", 0, 1.7e308)), "too-large", "event.value");
    expectRefusal(() => rfmTotals({ purchase: "buy", refunds: "cancel" }), "invalid-option", "options.order");
  });

  it("adds 200,000 events", () => {
    const events = Array.from({ length: 200_000 }, (_, i) => buy(`c${i % 5_000}`, i, 0.1, `o${i >> 1}`));
    const totals = run(rfmTotals({ purchase: "buy", order: "order" }), events);
    expect(totals).toHaveLength(5_000);
    expect(totals[0].orderCount).toBe(40);
  });
});

describe("rfmOf", () => {
  const totals = run(rfmTotals({ purchase: "buy" }), toEvents(logOf([["b", "buy", day, 3], ["a", "buy", 0, 2]]))); // prettier-ignore

  it("is the table of deriveRfm at any instant from the last purchase on, by elapsed or by calendar days", () => {
    const log = logOf([["a", "buy", 0, 2], ["b", "buy", day, 3]]); // prettier-ignore
    for (const asOf of [day, 1.5 * day, 100 * day]) {
      for (const timeZone of [undefined, "Europe/Berlin"]) {
        expect(rfmOf(totals, { asOf, timeZone })).toEqual(deriveRfm(log, { asOf, purchase: "buy", timeZone }));
      }
    }
    expect(rfmOf([], { asOf: 0 }).ids).toEqual([]);
  });

  it("refuses an instant before a purchase, and things that are no totals", () => {
    expectRefusal(() => rfmOf(totals, { asOf: day - 1 }), "invalid-option", "options.asOf");
    expectRefusal(() => rfmOf({} as never, { asOf: day }), "shape-mismatch", "totals");
    expectRefusal(() => rfmOf([{ customer: "a" } as never], { asOf: day }), "shape-mismatch", "totals[0]");
    const buyer = { customer: "a", lastPurchase: 0, orderCount: 1, revenue: 5 };
    for (const damage of [{ orderCount: NaN }, { revenue: null }, { revenue: Infinity }, { lastPurchase: "0" }]) {
      expectRefusal(() => rfmOf([{ ...buyer, ...damage } as never], { asOf: day }), "shape-mismatch", "totals[0]");
    }
  });
});

describeWithData("rfmTotals on CDNOW", ["cdnow_sample"], () => {
  it("gives from eight shards what deriveRfm gives from the log", () => {
    const log = logOf(
      readDataRows("cdnow_sample/cdnow_sample.csv").map(
        (row) => [row["sample_id"], "buy", Date.parse(`${row["date"]}Z`), Number(row["spend"])] as const,
      ),
    );
    const buyers = rfmTotals({ purchase: "buy" });
    const shards = Array.from({ length: 8 }, () => buyers.init());
    toEvents(log).forEach((event, i) => (shards[i % 8] = buyers.add(shards[i % 8], event)));
    const asOf = Date.UTC(1998, 6, 1);
    const table = rfmOf(buyers.finish(mergeAll(buyers, shards)), { asOf });
    expect(toRows(table)).toEqual(toRows(deriveRfm(log, { asOf, purchase: "buy" })));
  });
});
