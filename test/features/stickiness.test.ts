import { readEvents } from "clientele/events";
import { measureStickiness, type StickinessReport } from "clientele/features";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";
import { logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const hour = 3_600_000;
const day = 24 * hour;
const asOf = Date.UTC(2024, 2, 31, 20);

describe("measureStickiness", () => {
  it("counts customers of 1, 7 and 30 dates, the date of asOf included", () => {
    const log = logOf([
      ["today", "view", asOf],
      ["today", "view", asOf - 3 * hour],
      ["ahead", "view", asOf + 1],
      ["edge of week", "view", Date.UTC(2024, 2, 25)],
      ["before week", "view", Date.UTC(2024, 2, 25) - 1],
      ["edge of month", "view", Date.UTC(2024, 2, 2)],
      ["before month", "view", Date.UTC(2024, 2, 2) - 1],
    ]);
    const report = measureStickiness(log, { asOf });
    expect(report).toMatchObject({ dau: 1, wau: 2, mau: 4, averageDau: 4 / 30 });
    expect(report).toMatchObject({ dauToMau: 0.25, wauToMau: 0.5, dauToWau: 0.5, averageDauToMau: 1 / 30 });
    expect(report.daily.start).toBe(Date.UTC(2024, 2, 1));
    expect(report.daily.values).toHaveLength(31);
    expect(report.notes.map(({ code }) => code)).toEqual(["unfinished-day"]);
  });

  it("is 1 for a customer of every day, whatever the day of asOf", () => {
    const log = logOf(Array.from({ length: 40 }, (_, i) => ["a", "view", asOf - i * day] as const));
    const report = measureStickiness(log, { asOf: Date.UTC(2024, 3, 1) - 1 });
    expect(report).toMatchObject({
      dauToMau: 1,
      wauToMau: 1,
      dauToWau: 1,
      averageDauToMau: 1,
      averageDau: 1,
      notes: [],
    });
  });

  it("agrees with counting each window by hand, on every date of the series and in every zone", () => {
    const event = fc.record({
      customer: fc.constantFrom("a", "b", "__proto__"),
      type: fc.constantFrom("view", "buy"),
      time: fc.oneof(fc.integer({ min: asOf - 50 * day, max: asOf + day }), fc.constantFrom(asOf, asOf - 30 * day)),
    });
    const zones = fc.constantFrom("UTC", "America/New_York", "Australia/Lord_Howe");
    fc.assert(
      fc.property(fc.array(event), zones, (events, timeZone) => {
        const log = logOf(events.map(({ customer, type, time }) => [customer, type, time] as const));
        const report = measureStickiness(log, { asOf, timeZone, event: "view" });
        // The oracle formats dates with Intl and collects sets.
        const dateOf = new Intl.DateTimeFormat("en-CA", { timeZone });
        const numberOf = (time: number): number => Date.parse(`${dateOf.format(time)}T00:00:00Z`) / day;
        const past = events.filter(({ type, time }) => type === "view" && time <= asOf);
        const today = numberOf(asOf);
        const length = report.daily.values.length;
        for (const [series, width] of [
          [report.daily, 1],
          [report.weekly, 7],
          [report.monthly, 30],
        ] as const) {
          const counted = Array.from({ length }, (_, i) => {
            const date = today - length + 1 + i;
            const inside = past.filter(({ time }) => numberOf(time) <= date && numberOf(time) > date - width);
            return new Set(inside.map(({ customer }) => customer)).size;
          });
          expect(Array.from(series.values)).toEqual(counted);
        }
        const first = past.reduce((least, { time }) => Math.min(least, numberOf(time)), today);
        expect(length).toBe(today - first + 1);
        expect([report.dau, report.wau, report.mau]).toEqual([report.daily, report.weekly, report.monthly].map(({ values }) => values.at(-1))); // prettier-ignore
      }),
      { numRuns: 60 },
    );
  });

  it("counts a customer once on a date that comes back because a clock was set back over midnight", () => {
    // At 00:01 on 29 October 2006 the clocks of Newfoundland went back to 23:01 on the 28th.
    const change = Date.UTC(2006, 9, 29, 2, 31);
    const times = [change - 30_000, change + 30_000, change + hour - 30_000];
    const log = logOf(times.map((time) => ["a", "view", time]));
    const options = { timeZone: "America/St_Johns" };
    expect(measureStickiness(log, { ...options, asOf: change + hour }).daily.values).toEqual(Float64Array.of(1));
    // At an instant that is back on the 28th the 29th has begun all the same.
    expect(measureStickiness(log, { ...options, asOf: change + 30_000 })).toMatchObject({ dau: 1, mau: 1 });
  });

  it("says null, not NaN, where nobody is active", () => {
    for (const log of [logOf([]), logOf([["a", "view", asOf + 1]])]) {
      const report = measureStickiness(log, { asOf });
      expect(report).toMatchObject({ dau: 0, wau: 0, mau: 0, averageDau: 0 });
      expect(report).toMatchObject({ dauToMau: null, wauToMau: null, dauToWau: null, averageDauToMau: null });
      expect(report.daily.values).toEqual(Float64Array.of(0));
      expect(report.notes.map(({ code }) => code)).toEqual(["unfinished-day", "short-history"]);
    }
    const longAgo = measureStickiness(logOf([["a", "view", asOf - 31 * day]]), { asOf });
    expect(longAgo).toMatchObject({ mau: 0, dauToMau: null });
  });

  it("takes one event or several as activity", () => {
    const log = logOf([
      ["a", "view", asOf],
      ["b", "buy", asOf],
      ["c", "share", asOf],
    ]);
    const dauOf = (event?: string | string[]): number => measureStickiness(log, { asOf, event }).dau;
    expect([dauOf(), dauOf("buy"), dauOf(["buy", "share"]), dauOf("none")]).toEqual([3, 1, 2, 0]);
  });

  it("refuses a series of a million dates, and things that are no log", () => {
    const log = logOf([["a", "view", -8.64e15]]);
    expectRefusal(() => measureStickiness(log, { asOf }), "too-large", "log.time");
    expectRefusal(() => measureStickiness({} as EventLog, { asOf }), "shape-mismatch");
    expectRefusal(() => measureStickiness(log, {} as never), "invalid-option", "options.asOf");
  });
});

describeWithData("measureStickiness on real shops", ["simple_shop", "retentioneering_ab"], () => {
  interface Expected {
    readonly counts: { events: number };
    readonly daily: { days: number; max_events_day: [string, number]; sum_of_daily_active_users: number };
  }
  it.each([
    ["simple_shop", "simple_shop.csv.gz"],
    ["retentioneering_ab", "ab_test_demo.csv.gz"],
  ])("sums up the daily active customers of %s as pandas does", (name, file) => {
    const { daily } = readDataJson<Expected>(`${name}/expected.json`);
    const { log } = readEvents(readDataRows(`${name}/${file}`), {
      customer: "user_id",
      type: "event",
      time: (row: TextRow) => `${row["timestamp"].replace(" ", "T")}Z`,
    });
    const report: StickinessReport = measureStickiness(log, { asOf: Date.UTC(2020, 3, 30) - 1 });
    expect(report.daily.values).toHaveLength(daily.days);
    expect(report.daily.values.reduce((a, b) => a + b, 0)).toBe(daily.sum_of_daily_active_users);
    expect(new Date(report.daily.start).toISOString()).toBe("2019-11-01T00:00:00.000Z");
  });
});

describeWithData("measureStickiness on invoices", ["online_retail"], () => {
  it("finds the days with sales of the online retailer", () => {
    interface Expected {
      readonly clean_sales: { rows: number; customers: number };
      readonly daily_amount: { calendar_days: number; days_with_sales: number };
    }
    const expected = readDataJson<Expected>("online_retail/expected.json");
    const rows = readDataRows("online_retail/online_retail.csv.gz").filter(
      (row) =>
        row["CustomerID"] !== "" &&
        !row["InvoiceNo"].startsWith("C") &&
        Number(row["Quantity"]) > 0 &&
        Number(row["UnitPrice"]) > 0,
    );
    const { log } = readEvents(rows, {
      customer: "CustomerID",
      type: () => "purchase",
      time: (row: TextRow) => `${row["InvoiceDate"].replace(" ", "T")}Z`,
    });
    expect([log.length, log.customer.names.length]).toEqual([
      expected.clean_sales.rows,
      expected.clean_sales.customers,
    ]);
    const { daily } = measureStickiness(log, { asOf: Date.UTC(2011, 11, 10) - 1 });
    expect(daily.values).toHaveLength(expected.daily_amount.calendar_days);
    expect(daily.values.filter((customers) => customers > 0)).toHaveLength(expected.daily_amount.days_with_sales);
  });
});
