import { readEvents } from "clientele/events";
import {
  customerView,
  deriveActivity,
  derivePurchaseSummary,
  deriveRfm,
  deriveUsage,
  scoreBehavior,
} from "clientele/features";
import { labelOutcomes, type LabelOutcomesOptions } from "clientele/predictions";
import { simulateShop } from "clientele/simulate";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { browsingRows } from "../support/arbitraries.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { bitsOf } from "../support/inspect.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;

/** A log that is watched up to day 100: somebody else's event says so. */
const watched = (...happenings: readonly Happening[]): EventLog =>
  logOf([...happenings, ["watcher", "tick", 100 * day]]);

const base = { cutoff: 10 * day, horizonDays: 5, event: "buy" } satisfies LabelOutcomesOptions;

/** Outcome by customer. */
function outcomesBy(log: EventLog, options: LabelOutcomesOptions): Record<string, number> {
  const { ids, outcome } = labelOutcomes(log, options);
  return Object.fromEntries(ids.map((id, row) => [id, outcome[row]]));
}

describe("labelOutcomes", () => {
  it("counts an event in the half-open horizon: its beginning is part of it, its end is not", () => {
    const at = (customer: string, time: number): Happening[] => [[customer, "visit", day], [customer, "buy", time]]; // prettier-ignore
    const log = watched(
      ...at("before", 10 * day - 1),
      ...at("first", 10 * day),
      ...at("last", 15 * day - 1),
      ...at("end", 15 * day),
    );
    expect(outcomesBy(log, base)).toEqual({ before: 0, first: 1, last: 1, end: 0 });
    // Two horizons in a row share no event, and miss none.
    const next = outcomesBy(log, { ...base, cutoff: 15 * day });
    expect(next).toEqual({ before: 0, first: 0, last: 0, end: 1 });
  });

  it("moves the horizon by the gap, and counts who had the event in between", () => {
    const log = watched(
      ["gap", "visit", 0], ["gap", "buy", 12 * day - 1],
      ["in", "visit", 0], ["in", "buy", 12 * day],
      ["both", "visit", 0], ["both", "buy", 11 * day], ["both", "buy", 17 * day - 1],
      ["out", "visit", 0], ["out", "buy", 17 * day],
    ); // prettier-ignore
    const { ids, outcome, report } = labelOutcomes(log, { ...base, gapDays: 2 });
    expect(Object.fromEntries(ids.map((id, row) => [id, outcome[row]]))).toEqual({ both: 1, gap: 0, in: 1, out: 0 });
    expect(report.inGap).toBe(2);
    expect(report.cutoffs).toEqual([{ cutoff: 10 * day, from: 12 * day, to: 17 * day, complete: true, kept: 4, positives: 2 }]); // prettier-ignore
    expect(report.notes.map(({ code }) => code)).toEqual(["event-in-gap"]);
  });

  it("gives nobody an outcome whose horizon the log does not cover, and says so", () => {
    const log = logOf([["ann", "visit", 0], ["ann", "buy", 12 * day], ["bob", "visit", 0], ["bob", "visit", 15 * day - 1]]); // prettier-ignore
    const incomplete = labelOutcomes(log, base);
    expect(incomplete.ids).toEqual([]);
    expect(incomplete.report.dropped).toEqual({ "incomplete-horizon": 2 });
    expect(incomplete.report.baseRate).toBeNull();
    expect(incomplete.report.notes.map(({ code }) => code)).toEqual(["incomplete-horizon"]);
    // Where the log is known to be complete beyond its last event, the horizon is covered.
    expect(outcomesBy(log, { ...base, asOf: 15 * day })).toEqual({ ann: 1, bob: 0 });
    expect(labelOutcomes(log, { ...base, asOf: 15 * day - 1 }).report.dropped).toEqual({ "incomplete-horizon": 2 });
  });

  it("asks about customers with enough history, and tells why others are left out", () => {
    const log = watched(
      ["long", "visit", 3 * day], ["just", "visit", 5 * day], ["short", "visit", 5 * day + 1], ["at", "visit", 10 * day],
      ["later", "visit", 11 * day],
    ); // prettier-ignore
    const { ids, excluded, report } = labelOutcomes(log, { ...base, minHistoryDays: 5 });
    expect(ids).toEqual(["long", "just"]);
    expect(Object.fromEntries(excluded.map(({ id, reason }) => [id, reason]))).toEqual({
      at: "no-history",
      later: "no-history",
      short: "short-history",
      watcher: "no-history",
    });
    expect(report).toMatchObject({ read: 6, kept: 2, dropped: { "no-history": 3, "short-history": 1 } });
  });

  it("knows active customers, buyers of late, prospects and lost ones, by what was before the cutoff", () => {
    const log = watched(
      ["active", "visit", 9 * day], ["edge", "visit", 5 * day], ["asleep", "visit", 5 * day - 1],
      ["buyer", "buy", 8 * day], ["old buyer", "buy", 2 * day], ["old buyer", "visit", 9 * day],
      ["at once", "visit", day], ["at once", "buy", 10 * day],
    ); // prettier-ignore
    const whom = (options: Partial<LabelOutcomesOptions>): string[] =>
      [...labelOutcomes(log, { ...base, ...options }).ids].sort();
    expect(whom({ population: "all" })).toEqual(["active", "asleep", "at once", "buyer", "edge", "old buyer"]);
    expect(whom({ population: "active" })).toEqual(["active", "buyer", "edge", "old buyer"]);
    expect(whom({ population: "active", activeDays: 2 })).toEqual(["active", "buyer", "old buyer"]);
    expect(whom({ population: { events: ["buy"], withinDays: 3 } })).toEqual(["buyer"]);
    expect(whom({ population: { events: ["buy", "visit"], withinDays: 1.5 } })).toEqual(["active", "old buyer"]);
    // Prospects have never bought; a purchase at the cutoff belongs to the horizon.
    expect(whom({ except: { events: ["buy"] } })).toEqual(["active", "asleep", "at once", "edge"]);
    expect(whom({ population: { events: ["buy"], withinDays: 10 }, except: { events: ["buy"], withinDays: 3 } })).toEqual(["old buyer"]); // prettier-ignore
    expect(labelOutcomes(log, { ...base, except: { events: ["buy"] } }).report.dropped).toEqual({ excepted: 2, "no-history": 1 }); // prettier-ignore
  });

  it("turns the outcome around for churn: the event that does not come", () => {
    const log = watched(["stays", "buy", 0], ["stays", "buy", 12 * day], ["leaves", "buy", 0]);
    expect(outcomesBy(log, { ...base, positive: "no-event" })).toEqual({ stays: 0, leaves: 1 });
    expect(labelOutcomes(log, { ...base, positive: "no-event" }).report.baseRate).toBe(0.5);
  });

  it("takes several event types, each as good as the other", () => {
    const log = watched(["a", "visit", 0], ["a", "call", 11 * day], ["b", "visit", 0], ["b", "mail", 12 * day], ["c", "visit", 0]); // prettier-ignore
    expect(outcomesBy(log, { ...base, event: ["call", "mail"] })).toEqual({ a: 1, b: 1, c: 0 });
  });

  it("takes several cutoffs, one row per customer and cutoff, and drops the incomplete ones whole", () => {
    const log = watched(["ann", "visit", 0], ["ann", "buy", 12 * day], ["bob", "visit", 12 * day]);
    const cutoff = [10 * day, 20 * day, 98 * day];
    const { ids, outcome, cutoffs, excluded, report } = labelOutcomes(log, { ...base, cutoff });
    expect(ids).toEqual(["ann", "ann", "bob"]);
    expect([...outcome]).toEqual([1, 0, 0]);
    expect([...cutoffs]).toEqual([10 * day, 20 * day, 20 * day]);
    expect(report.read).toBe(9);
    expect(report.dropped).toEqual({ "incomplete-horizon": 2, "no-history": 4 });
    expect(excluded.filter(({ reason }) => reason === "incomplete-horizon").map(({ id }) => id)).toEqual([
      "ann",
      "bob",
    ]);
    for (const [i, at] of cutoff.slice(0, 2).entries()) {
      const one = labelOutcomes(log, { ...base, cutoff: at });
      expect(one.ids).toEqual(ids.filter((_, row) => cutoffs[row] === at));
      expect(one.report.cutoffs[0]).toEqual(report.cutoffs[i]);
    }
  });

  it("accounts for every customer at every cutoff", () => {
    const options = fc.record({
      cutoff: fc.uniqueArray(fc.integer({ min: -3, max: 12 }), { minLength: 1, maxLength: 3 }).map((days) => days.sort((a, b) => a - b).map((d) => d * day)), // prettier-ignore
      horizonDays: fc.integer({ min: 1, max: 6 }),
      gapDays: fc.integer({ min: 0, max: 2 }),
      minHistoryDays: fc.integer({ min: 0, max: 3 }),
      population: fc.constantFrom<LabelOutcomesOptions["population"]>("all", "active", {
        events: ["buy"],
        withinDays: 2,
      }),
      except: fc.constantFrom(undefined, { events: ["call"] }, { events: ["buy"], withinDays: 4 }),
      positive: fc.constantFrom<"event" | "no-event">("event", "no-event"),
    });
    const happening = fc.tuple(
      fc.constantFrom("ann", "__proto__", "10", "\ud800", "dee"),
      fc.constantFrom("buy", "call", "visit"),
      fc.integer({ min: 0, max: 40 }).map((quarter) => (quarter * day) / 4),
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 25 }), options, (happenings, given) => {
        const log = logOf(happenings);
        const { ids, outcome, cutoffs, excluded, report } = labelOutcomes(log, { event: "buy", ...given });
        expect(report.read).toBe(log.customer.names.length * given.cutoff.length);
        expect(ids).toHaveLength(report.kept);
        expect(outcome).toHaveLength(report.kept);
        expect(report.kept + Object.values(report.dropped).reduce((sum, count) => sum + count, 0)).toBe(report.read);
        const pairs = [...ids.map((id, row) => [id, cutoffs[row]]), ...excluded.map(({ id, cutoff }) => [id, cutoff])];
        expect(new Set(pairs.map(bitsOf)).size).toBe(report.read);
        // By a second way: a look at all events of each kept customer.
        ids.forEach((id, row) => {
          const from = cutoffs[row] + given.gapDays * day;
          const came = happenings.some(([who, what, at]) => who === id && what === "buy" && at >= from && at < from + given.horizonDays * day); // prettier-ignore
          expect(outcome[row] === 1).toBe(came === (given.positive === "event"));
        });
      }),
    );
  });

  it("decides who is asked about without a look at what comes after the cutoff", () => {
    const rows = browsingRows({ events: 1500, customers: 60, seed: 3 });
    const readers = { customer: "customer", type: "type", time: "time", value: "value" };
    const cutoff = Date.UTC(2024, 2, 31);
    const options = { cutoff, horizonDays: 1, event: "purchase", asOf: cutoff + 30 * day };
    const [whole, past] = [rows, rows.filter(({ time }) => time < cutoff)].map((some) => readEvents(some, readers).log);
    expect(past.length).toBeGreaterThan(100);
    expect(past.length).toBeLessThan(whole.length - 100);
    for (const whom of [
      { population: "all" },
      { population: "active" },
      { population: { events: ["app_open"], withinDays: 0.3 } },
      { except: { events: ["purchase"], withinDays: 1 }, minHistoryDays: 0.5 },
    ] as const) {
      const asked = labelOutcomes(whole, { ...options, ...whom }).ids;
      expect(asked.length).toBeGreaterThan(5);
      expect(labelOutcomes(past, { ...options, ...whom }).ids).toEqual(asked);
    }
  });

  it("warns where features with asOf = cutoff would see an event of the horizon", () => {
    const log = watched(["ann", "visit", 0], ["ann", "buy", 10 * day], ["bob", "visit", 0]);
    const { report } = labelOutcomes(log, base);
    expect(report.atCutoff).toBe(1);
    expect(report.notes.map(({ code }) => code)).toEqual(["event-at-cutoff"]);
    expect(labelOutcomes(log, { ...base, gapDays: 1 }).report.atCutoff).toBe(0);
  });

  it("notes an event that never occurs, and outcomes that are all alike", () => {
    const log = watched(["ann", "visit", 0], ["bob", "visit", 0]);
    expect(labelOutcomes(log, { ...base, event: "bye" }).report.notes.map(({ code }) => code)).toEqual(["unknown-event", "single-class"]); // prettier-ignore
  });

  it("makes nothing of an empty log", () => {
    const { ids, outcome, excluded, report } = labelOutcomes(logOf([]), base);
    expect([ids, [...outcome], excluded]).toEqual([[], [], []]);
    expect(report).toMatchObject({ read: 0, kept: 0, dropped: {}, positives: 0, baseRate: null, asOf: null });
  });

  it("refuses a cutoff after asOf, a horizon beyond the dates, and what is no log", () => {
    const log = watched(["ann", "visit", 0]);
    expectRefusal(() => labelOutcomes(log, { ...base, asOf: 9 * day }), "invalid-option", "options.cutoff");
    expectRefusal(
      () => labelOutcomes(log, { ...base, cutoff: [9 * day, 8.64e15] }),
      "invalid-option",
      "options.cutoff[1]",
    );
    expectRefusal(() => labelOutcomes({} as EventLog, base), "shape-mismatch");
  });

  it("labels a million events", () => {
    const customers = 100_000;
    const time = Float64Array.from({ length: 1_000_000 }, (_, i) => (i % 10) * 10 * day + (i % 7) * 1000);
    const starts = Uint32Array.from({ length: customers + 1 }, (_, c) => 10 * c);
    const log: EventLog = {
      length: time.length,
      customer: { codes: Uint32Array.from(time, (_, i) => Math.floor(i / 10)), names: Array.from({ length: customers }, (_, c) => `c${c}`) }, // prettier-ignore
      type: { codes: Uint32Array.from(time, (_, i) => ((i % 10) + Math.floor(i / 10)) % 3), names: ["visit", "call", "buy"] }, // prettier-ignore
      time,
      value: new Float64Array(time.length).fill(NaN),
      extra: {},
      byCustomer: { starts },
    };
    const { ids, report } = labelOutcomes(log, { cutoff: 45 * day, horizonDays: 20, event: "buy" });
    expect(ids).toHaveLength(customers);
    // Two events in the horizon, of three types in turn.
    expect(report.baseRate).toBeCloseTo(2 / 3, 4);
  });
});

/** Every feature there is to know at a cutoff. */
function allFeatures(log: EventLog, asOf: number): unknown[] {
  return [
    customerView(log, { asOf, purchase: "purchase", browse: "product", features: ["product", "cart"], rules: [{ event: "cart", points: 3, halfLifeDays: 20 }] }), // prettier-ignore
    deriveRfm(log, { asOf, purchase: "purchase" }),
    deriveActivity(log, { asOf, windowDays: 28 }),
    derivePurchaseSummary(log, { asOf, purchase: "purchase", periodDays: 7 }),
    deriveUsage(log, { asOf, features: ["product", "cart"] }),
    scoreBehavior(log, { asOf, rules: [{ event: "purchase", points: 5 }] }),
  ];
}

interface Row {
  readonly customer: string;
  readonly type: string;
  readonly time: number;
  readonly value?: number | undefined;
}

/** Holds the promise that deleting every event after the cutoff changes no feature bit and no member of the population. */
function expectNoLeak(rows: readonly Row[], cutoff: number, horizonDays: number): void {
  const read = (some: readonly Row[]): EventLog =>
    readEvents(some, { customer: "customer", type: "type", time: "time", value: "value" }).log;
  const whole = read(rows);
  const upTo = read(rows.filter(({ time }) => time <= cutoff));
  const before = read(rows.filter(({ time }) => time < cutoff));
  expect(before.length).toBeGreaterThan(500);
  expect(before.length).toBeLessThan(whole.length - 500);
  expect(bitsOf(allFeatures(upTo, cutoff))).toBe(bitsOf(allFeatures(whole, cutoff)));
  expect(bitsOf(allFeatures(before, cutoff - 1))).toBe(bitsOf(allFeatures(whole, cutoff - 1)));
  for (const population of ["all", "active", { events: ["purchase"], withinDays: 60 }] as const) {
    const options = {
      cutoff,
      horizonDays,
      event: "purchase",
      population,
      asOf: whole.time.reduce((a, b) => Math.max(a, b)),
    };
    const asked = labelOutcomes(whole, options);
    expect(asked.ids.length).toBeGreaterThan(20);
    expect(labelOutcomes(before, options).ids).toEqual(asked.ids);
    // Who is asked about is known to the features, and in the same order.
    const known = customerView(whole, { asOf: cutoff - 1, purchase: "purchase" }).ids;
    const wanted = new Set(asked.ids);
    expect(known.filter((id) => wanted.has(id))).toEqual(asked.ids);
  }
}

describe("deleting every event after the cutoff", () => {
  it("changes no feature bit and no member of the population of a simulated shop", () => {
    const { rows } = simulateShop({ customers: 150, days: 200, seed: 5 });
    const start = 1_735_689_600_000;
    expectNoLeak(rows, start + 120 * day, 30);
    // Also where an event lies at the very instant of the cutoff.
    const middle = rows.map(({ time }) => time).sort((a, b) => a - b)[Math.floor(rows.length / 2)];
    expectNoLeak(rows, middle, 30);
  });

  describeWithData("on real data", ["cdnow_sample"], () => {
    it("changes no feature bit and no member of the population of CDNOW's customers", () => {
      const rows = readDataRows("cdnow_sample/cdnow_sample.csv").map((row, i): Row => ({
        customer: row["master_id"],
        type: i % 9 === 0 ? "product" : "purchase",
        time: Date.parse(`${row["date"]}T00:00:00Z`),
        value: Number(row["spend"]),
      }));
      expectNoLeak(rows, Date.UTC(1997, 8, 30), 270);
    });
  });
});
