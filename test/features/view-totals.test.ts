import { mergeAll, run } from "clientele/core";
import { readEvents, sessionize, toEvents } from "clientele/events";
import {
  type BehaviorRule,
  type CustomerView,
  customerView,
  type CustomerViewState,
  customerViewTotals,
  type CustomerViewTotalsOptions,
  type PurchaseEvent,
} from "clientele/features";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { bitsOf } from "../support/inspect.ts";
import { logOf, rowOf } from "../support/logs.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const day = 86_400_000;
const asOf = Date.UTC(2024, 3, 1, 5);
const rules: readonly BehaviorRule[] = [
  { event: "view", points: 2, halfLifeDays: 9, cap: 4 },
  { event: ["buy", "__proto__"], points: -3, halfLifeDays: 2 },
  { event: "view", points: 1 },
];

const anyTime = fc.oneof(
  fc.integer({ min: asOf - 40 * day, max: asOf }),
  fc.integer({ min: 0, max: 60 }).map((halfHours) => asOf - halfHours * 1_800_000),
  fc.constantFrom(asOf, -0, -0.5),
);
const anyEvent: fc.Arbitrary<PurchaseEvent> = fc.record({
  customer: fc.constantFrom("a", "b", "__proto__", "constructor", "10", "9"),
  type: fc.constantFrom("view", "buy", "back", "__proto__", "open"),
  time: anyTime,
  value: fc.oneof(
    fc.constantFrom(undefined, null, 0, -0, 1e9),
    fc.integer({ min: -500, max: 9_999 }).map((cents) => cents / 100),
  ),
  order: fc.constantFrom("o1", "o2", "__proto__", null),
});

const readers = { customer: "customer", type: "type", time: "time", value: "value", extra: { order: "order" } };
const logOfEvents = (events: readonly PurchaseEvent[]): EventLog =>
  readEvents(events.map((event) => ({ order: null, ...event })), readers).log; // prettier-ignore

/** The view of all events at once, by the same options. */
function batchOf(events: readonly PurchaseEvent[], options: CustomerViewTotalsOptions): CustomerView {
  const log = logOfEvents(events);
  const { timeoutMinutes, keepDays: _keepDays, ...rest } = options;
  return customerView(log, timeoutMinutes === undefined ? rest : { ...rest, sessions: sessionize(log, { timeoutMinutes }) }); // prettier-ignore
}

const fadingColumn = /Points$|^behaviorScore/;

/** Equal to the bit but for points that fade: these to within 1e-12 of what the rules are worth. */
function same(a: CustomerView, b: CustomerView, events: readonly unknown[]): boolean {
  const width = a.names.length;
  const worth = 6 * events.length + 1;
  if (bitsOf({ ...a, values: 0 }) !== bitsOf({ ...b, values: 0 }) || a.values.length !== b.values.length) return false;
  return a.values.every((cell, i) =>
    fadingColumn.test(a.names[i % width])
      ? Math.abs(cell - b.values[i]) <= 1e-12 * worth
      : Object.is(cell, b.values[i]) || cell === b.values[i],
  );
}

const attributes = [
  { customer: "a", name: "age", value: 31, source: "crm", time: asOf - 3 * day },
  { customer: "__proto__", name: "band", value: "low", source: "survey", time: asOf },
];
const everything = {
  asOf,
  purchase: "buy",
  refund: "back",
  order: "order",
  browse: ["view", "buy"],
  features: { look: "view", act: ["buy", "view"] },
  rules,
  attributes,
  timeoutMinutes: 30,
  engagement: { weights: { events: 1, revenue: 1, daysSinceLastPurchase: 2 }, halfLifeDays: 5 },
} as const;
const window = { windowDays: 7, keepDays: 9, timeZone: "Australia/Lord_Howe" };

for (const [name, options] of [
  ["with everything", everything],
  ["in a window, dates given up, orders canceled", { ...everything, ...window, refunds: "cancel", periodDays: 7 }],
] as const) {
  accumulatorLaws(`customerViewTotals ${name}`, {
    accumulator: customerViewTotals(options),
    arbitraryInput: anyEvent,
    equal: same,
    // Purchases and refunds of one instant are in the order of arrival, as in a log; see below for distinct times.
    commutative: false,
    batch: (events) => batchOf(events, options),
  });
}

describe("customerViewTotals", () => {
  const viewOf = (events: readonly PurchaseEvent[], options: CustomerViewTotalsOptions): CustomerView =>
    run(customerViewTotals(options), events);

  it("is customerView whatever the order of arrival and of shards, for customers whose events have distinct times", () => {
    const distinct = fc.uniqueArray(anyEvent, { selector: ({ time }) => time + 0, maxLength: 40 });
    const policies = fc.constantFrom("subtract", "ignore", "cancel");
    fc.assert(
      fc.property(distinct, fc.array(fc.nat({ max: 3 }), { minLength: 40, maxLength: 40 }), policies, fc.boolean(), (events, places, refunds, zoned) => {
        const options = { ...everything, ...(zoned ? window : {}), refunds };
        const totals = customerViewTotals(options);
        const shards = Array.from({ length: 4 }, () => totals.init());
        events.forEach((event, i) => {
          const shard = places[i];
          shards[shard] = totals.add(shards[shard], event);
});
        const batch = batchOf(events, options);
        expect(same(totals.finish(mergeAll(totals, shards)), batch, events)).toBe(true);
        expect(same(totals.finish(mergeAll(totals, shards.toReversed())), batch, events)).toBe(true);
      }),
      { numRuns: 60 },
    ); // prettier-ignore
  });

  it("goes on every morning: yesterday's state, saved and loaded, and today's events are the view of today", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), fc.boolean(), (events, zoned) => {
        const options = { ...everything, ...(zoned ? window : {}) };
        let saved: string | undefined;
        let yesterday = -Infinity;
        for (let now = asOf - 42 * day; now <= asOf; now += 7 * day) {
          const today = customerViewTotals({ ...options, asOf: now });
          const news = events.filter(({ time }) => time > yesterday && time <= now);
          const loaded = saved === undefined ? today.init() : (JSON.parse(saved) as CustomerViewState);
          const state = news.reduce(today.add, loaded);
          const past = events.filter(({ time }) => time <= now);
          expect(same(today.finish(state), batchOf(past, { ...options, asOf: now }), events)).toBe(true);
          saved = JSON.stringify(state);
          yesterday = now;
        }
      }),
      { numRuns: 30 },
    );
  });

  it("may choose windows, features, points, policies and periods anew every day", () => {
    const yesterday = customerViewTotals({ ...everything, timeZone: "UTC" });
    const later = {
      ...everything,
      timeZone: "UTC",
      asOf: asOf + 3 * day,
      windowDays: 3,
      features: ["open"],
      refunds: "ignore",
      unit: "week",
      rfmScores: {},
      rules: rules.map((rule) => ({ ...rule, points: 7, cap: 5 })),
    } as const;
    const today = customerViewTotals(later);
    const events = fc.sample(anyEvent, { numRuns: 60, seed: 4 });
    const state = events.reduce(yesterday.add, yesterday.init());
    expect(same(today.finish(state), batchOf(events, later), events)).toBe(true);
  });

  it("keeps a state that grows with dates, sessions and orders, not with other events", () => {
    const totals = customerViewTotals({ ...everything, browse: undefined });
    const hour = 3_600_000;
    const visit = (i: number): PurchaseEvent => ({
      customer: "a",
      type: "view",
      time: asOf - hour + (i % 60) * 60_000,
    });
    const state = Array.from({ length: 50_000 }, (_, i) => visit(i)).reduce(totals.add, totals.init());
    expect(JSON.stringify(state).length).toBeLessThan(1_000);
    expect(rowOf(totals.finish(state), "a")).toMatchObject({ events: 50_000, sessions: 1, lookEvents: 50_000 });
  });

  it("forgets dates and sessions beyond keepDays, and still counts every window within", () => {
    const options = { asOf, purchase: "buy", timeoutMinutes: 30, ...window };
    const totals = customerViewTotals(options);
    const events = Array.from({ length: 400 }, (_, i) => ({ customer: "a", type: "open", time: asOf - i * (day / 2) }));
    const state = events.toReversed().reduce(totals.add, totals.init());
    expect(state.visits["a"].starts.length).toBeLessThanOrEqual(18);
    expect(bitsOf(totals.finish(state))).toBe(bitsOf(batchOf(events, options)));
  });

  it("takes the events of a log, and none at all", () => {
    const log = logOf([["b", "view", 5], ["a", "buy", 3, 2]]); // prettier-ignore
    expect(viewOf(toEvents(log), { asOf, purchase: "buy" }).ids).toEqual(["a", "b"]);
    expect(viewOf([], everything).ids).toEqual([]);
  });

  it("refuses events it cannot read before anything of them is in the state, without telling whose", () => {
    const totals = customerViewTotals({ ...everything, featureColumn: "screen" });
    const state = totals.init();
    const before = bitsOf(state);
    const good = { customer: "secret", type: "buy", time: 1, value: 1, order: "o" };
    for (const [wrong, path] of [
      [null, "event"],
      [{ ...good, customer: "" }, "event.customer"],
      [{ ...good, type: 7 }, "event.type"],
      [{ ...good, time: NaN }, "event.time"],
      [{ ...good, time: asOf + 1 }, "event.time"],
      [{ ...good, value: Infinity }, "event.value"],
      [{ ...good, value: "12" }, "event.value"],
      [{ ...good, order: {} }, "event.order"],
      [{ ...good, screen: true }, "event.screen"],
    ] as const) {
      expectRefusal(() => totals.add(state, wrong as unknown as PurchaseEvent), "invalid-value", path);
      expect(refusalOf(() => totals.add(state, wrong as unknown as PurchaseEvent)).message).not.toContain("secret");
    }
    expect(bitsOf(state)).toBe(before);
  });

  it("refuses states that were added to by other names, rules, zones or timeouts, and a day before a state's last event", () => {
    const totals = customerViewTotals(everything);
    for (const other of [
      { purchase: "back" },
      { order: undefined },
      { browse: undefined },
      { timeoutMinutes: 20 },
      { features: undefined },
      { timeZone: "Europe/Berlin" },
      { rules: rules.map((rule) => ({ ...rule, halfLifeDays: 3 })) },
    ]) {
      const state = customerViewTotals({ ...everything, ...other }).init();
      expectRefusal(() => totals.finish(state), "incompatible-model", "state");
      expectRefusal(() => totals.merge(totals.init(), state), "incompatible-model", "state");
    }
    expectRefusal(() => totals.finish({} as CustomerViewState), "incompatible-model", "state");
    const state = totals.add(totals.init(), { customer: "a", type: "view", time: asOf });
    const earlier = customerViewTotals({ ...everything, asOf: asOf - 1 });
    expectRefusal(() => earlier.finish(state), "invalid-value", "options.asOf");
    expect(refusalOf(() => earlier.finish(state)).message).toMatch(/^customerViewTotals: /);
  });

  it("refuses windows that a sum over dates cannot count, and the options that the view refuses", () => {
    const totals = (more: object) => () => customerViewTotals({ asOf, purchase: "buy", ...more });
    expectRefusal(totals({ windowDays: 7 }), "invalid-option", "options.timeZone");
    expectRefusal(totals({ timeZone: "UTC", keepDays: 7 }), "invalid-option", "options.windowDays");
    expectRefusal(totals({ refunds: "cancel" }), "invalid-option", "options.order");
    expectRefusal(totals({ rules: [{ event: "buy", points: 1, cap: 0 }] }), "invalid-option", "options.rules[0].cap");
    expectRefusal(totals({ engagement: { weights: {} } }), "invalid-option", "options.engagement.weights");
  });
});

describeWithData(
  "customerViewTotals on a retailer's invoices and a shop's clicks",
  ["online_retail", "simple_shop"],
  () => {
    it("gives day by day what the retailer's whole log gives, to the bit", () => {
      const log = logOf(
        readDataRows("online_retail/online_retail.csv.gz")
          // Every tenth customer: the tables are compared cell by cell.
          .filter((row) => row["CustomerID"].endsWith("0"))
          .map((row) => [
            row["CustomerID"],
            row["InvoiceNo"].startsWith("C") ? "cancellation" : "buy",
            Date.parse(`${row["InvoiceDate"].replace(" ", "T")}Z`),
            Number(row["Quantity"]) * Number(row["UnitPrice"]),
            row["InvoiceNo"],
          ]),
      );
      const events = toEvents(log).toSorted((a, b) => a.time - b.time) as PurchaseEvent[];
      const options = { purchase: "buy", refund: "cancellation", order: "order", browse: "none" } as const;
      const dates = [Date.UTC(2011, 6, 1), Date.UTC(2011, 11, 10)];
      let saved = JSON.stringify(customerViewTotals({ ...options, asOf: 0 }).init());
      let next = 0;
      for (const now of dates) {
        const today = customerViewTotals({ ...options, asOf: now });
        let state = JSON.parse(saved) as CustomerViewState;
        for (; next < events.length && events[next].time <= now; next++) state = today.add(state, events[next]);
        saved = JSON.stringify(state);
        const view = today.finish(state);
        const batch = customerView(log, { ...options, asOf: now });
        const order = new Map(batch.ids.map((id, i) => [id, i]));
        const width = batch.names.length;
        expect(view.names).toEqual(batch.names);
        expect(view.ids).toEqual(batch.ids.toSorted());
        const wanted = new Float64Array(batch.values.length);
        view.ids.forEach((id, i) => {
          const from = (order.get(id) ?? -1) * width;
          wanted.set(batch.values.subarray(from, from + width), i * width);
        });
        expect(bitsOf(view.values)).toBe(bitsOf(wanted));
      }
    });

    it("merges the shop's clicks from eight shards into the view of one log", () => {
      const events = readDataRows("simple_shop/simple_shop.csv.gz").map((row): PurchaseEvent => ({
        customer: row["user_id"],
        type: row["event"],
        time: Date.parse(`${row["timestamp"].slice(0, 23).replace(" ", "T")}Z`),
      }));
      const options = {
        asOf: Date.UTC(2020, 4, 1),
        purchase: "payment_done",
        browse: "catalog",
        features: ["cart", "catalog"],
        timeoutMinutes: 30,
      };
      const totals = customerViewTotals(options);
      const shards = Array.from({ length: 8 }, () => totals.init());
      events.forEach((event, i) => {
        const shard = Math.floor((8 * i) / events.length);
        shards[shard] = totals.add(shards[shard], event);
      });
      expect(bitsOf(totals.finish(mergeAll(totals, shards)))).toBe(bitsOf(batchOf(events, options)));
    });
  },
);
