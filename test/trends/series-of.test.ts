import { labelsOf } from "clientele/tables";
import { seriesBySegment, seriesOf } from "clientele/trends";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson } from "../support/data.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";
import { retailLog } from "../support/retail.ts";

const day = 86_400_000;
const hour = 3_600_000;
const shop = logOf([
  ["a", "buy", Date.UTC(2024, 0, 1, 9), 20],
  ["a", "buy", Date.UTC(2024, 0, 1, 12), 5],
  ["a", "look", Date.UTC(2024, 0, 5)],
  ["b", "buy", Date.UTC(2024, 0, 1, 9), 1],
  ["b", "buy", Date.UTC(2024, 0, 3, 9)],
]);

describe("seriesOf", () => {
  it("counts events, customers, sums and means, and days without any", () => {
    const values = (value: "count" | "customers" | "sum" | "mean"): number[] => [
      ...seriesOf(shop, { event: "buy", value, period: "day" }).values,
    ];
    expect(values("count")).toEqual([3, 0, 1, 0, 0]);
    expect(values("customers")).toEqual([2, 0, 1, 0, 0]);
    expect(values("sum")).toEqual([26, 0, 0, 0, 0]);
    expect(values("mean")).toEqual([26 / 3, NaN, NaN, NaN, NaN]);
    expect([...seriesOf(shop, { period: "day" }).values]).toEqual([3, 0, 1, 0, 1]);
    expect([...seriesOf(shop, { period: "week", event: ["look", "none"] }).values]).toEqual([1]);
    expect(seriesOf(shop, { period: "month" })).toEqual({
      ...{ start: Date.UTC(2024, 0, 1), period: "month", timeZone: "UTC", values: Float64Array.of(5) },
    });
  });

  it("covers from … to, whatever the log holds, and cuts what lies outside", () => {
    const from = Date.UTC(2023, 11, 30);
    const series = seriesOf(shop, { period: "day", from, to: Date.UTC(2024, 0, 3) });
    expect([series.start, ...series.values]).toEqual([from, 0, 0, 3, 0]);
    const cut = seriesOf(shop, { period: "day", from: Date.UTC(2024, 0, 1, 10), to: Date.UTC(2024, 0, 3, 9) });
    expect([cut.start, ...cut.values]).toEqual([Date.UTC(2024, 0, 1), 1, 0, 0]);
    const later = seriesOf(shop, { period: "year", from: Date.UTC(2030, 0, 1), to: Date.UTC(2032, 5, 1) });
    expect([...later.values]).toEqual([0, 0, 0]);
    expect(seriesOf(shop, { period: "day", from: Date.UTC(2030, 0, 1) }).values).toHaveLength(0);
    expect([...seriesOf(logOf([]), { period: "day", from: 0, to: 2 * day }).values]).toEqual([0, 0]);
    expect(seriesOf(logOf([]), { period: "hour" }).values).toHaveLength(0);
    expect([...seriesOf(logOf([["a", "x", 0.5]]), { period: "hour" }).values]).toEqual([1]);
  });

  it("follows the calendar of the zone: 23 and 25 hours a day, skipped dates, dates that run backward", () => {
    const times = (list: number[]): Happening[] => list.map((time) => ["a", "x", time]);
    // Berlin, 2024-03-31: 23 hours; 2024-10-27: 25.
    for (const [month, date, hours] of [
      [2, 31, 23],
      [9, 27, 25],
    ]) {
      // prettier-ignore
      const start = Date.UTC(2024, month, date) - (hours === 23 ? 1 : 2) * hour;
      const log = logOf(times(Array.from({ length: 72 }, (_, i) => start - 24 * hour + i * hour)));
      const { values } = seriesOf(log, { period: "day", timeZone: "Europe/Berlin" });
      expect([...values]).toEqual(hours === 23 ? [24, 23, 24, 1] : [24, 25, 23]);
      expect([...seriesOf(log, { period: "hour", timeZone: "Europe/Berlin" }).values]).toEqual(Array(72).fill(1));
    }
    // Samoa went from 2011-12-29 to 2011-12-31: nothing can be known of the 30th.
    const samoa = logOf(times([Date.UTC(2011, 11, 29, 12), Date.UTC(2011, 11, 30, 9), Date.UTC(2011, 11, 30, 12)]));
    expect([...seriesOf(samoa, { period: "day", timeZone: "Pacific/Apia" }).values]).toEqual([2, NaN, 1]);
    // Kathmandu is 5:45 ahead; its hours begin at a quarter past.
    const nepal = logOf(times([Date.UTC(2024, 0, 1, 0, 14), Date.UTC(2024, 0, 1, 0, 15)]));
    const hours = seriesOf(nepal, { period: "hour", timeZone: "Asia/Kathmandu" });
    expect([hours.start, ...hours.values]).toEqual([Date.UTC(2023, 11, 31, 23, 15), 1, 1]);
    // St. John's sets its clocks back at one minute past midnight, into the day before: no event is lost.
    const back = logOf(times(Array.from({ length: 200 }, (_, i) => Date.UTC(1987, 9, 25) + i * 180_000)));
    const { values } = seriesOf(back, { period: "day", timeZone: "America/St_Johns" });
    expect(values.reduce((sum, x) => sum + x, 0)).toBe(200);
  });

  it("keeps every event and every penny, for any log", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(4), fc.nat(200 * 24), fc.integer({ min: -1e9, max: 1e9 })), { maxLength: 60 }),
        fc.constantFrom("hour", "day", "week", "month", "quarter", "year"),
        fc.constantFrom("UTC", "America/New_York", "Asia/Kolkata"),
        (rows, period, timeZone) => {
          const log = logOf(rows.map(([who, when, cents]) => [`c${who}`, "x", when * hour, cents / 100]));
          const { values } = seriesOf(log, { period, timeZone });
          expect(values.reduce((sum, x) => sum + x, 0)).toBe(rows.length);
          const sums = seriesOf(log, { period, timeZone, value: "sum" }).values;
          const total = rows.reduce((sum, [, , cents]) => sum + cents, 0);
          expectClose(sums.reduce((sum, x) => sum + x, 0), total / 100, { absolute: 1e-4, because: "sums of sums" }); // prettier-ignore
          const grouping = { ids: ["c3", "c0", "c1", "x"], labels: labelsOf([2, 0, -1, 0]) };
          const parts = seriesBySegment(log, grouping, { period, timeZone });
          const all = [...parts.segments, parts.rest].map(({ series }) => series.values);
          expect([...values]).toEqual([...values.keys()].map((i) => all.reduce((sum, own) => sum + own[i], 0)));
        },
      ),
    ));

  it("does not lose small amounts beside large ones", () => {
    const log = logOf([["a", "x", 0, 1e16], ["a", "x", 1, 1], ["a", "x", 2, 1], ["a", "x", 3, -1e16]]); // prettier-ignore
    expect([...seriesOf(log, { period: "day", value: "sum" }).values]).toEqual([2]);
  });

  it("refuses infinite values that count, sums that overflow, a span that is none or too long", () => {
    const odd = logOf([["a", "x", 0, Infinity], ["a", "y", 1, 1e308], ["b", "y", 2, 1e308]]); // prettier-ignore
    expect([...seriesOf(odd, { period: "day" }).values]).toEqual([3]);
    expectRefusal(() => seriesOf(odd, { period: "day", value: "sum", event: "x" }), "invalid-value", "log.value[0]");
    expectRefusal(() => seriesOf(odd, { period: "day", value: "mean", event: "y" }), "too-large", "log.value");
    expectRefusal(() => seriesOf(odd, { period: "day", from: 5, to: 5 }), "invalid-option", "options.to");
    expectRefusal(() => seriesOf(odd, { period: "hour", from: -8e15, to: 8e15 }), "too-large", "options.period");
    expectRefusal(() => seriesOf({} as never, { period: "hour" }), "shape-mismatch", "log");
  });
});

describe("seriesBySegment", () => {
  it("gives each segment its series, names it, and says who is in none", () => {
    const grouping = { ids: ["b", "z"], labels: labelsOf([1, 0]) };
    const { segments, rest, absent } = seriesBySegment(shop, grouping, { period: "day", names: ["New", "Old", "Big"], value: "customers" }); // prettier-ignore
    expect(
      segments.map(({ segment, name, customers, series }) => [segment, name, customers, ...series.values]),
    ).toEqual([
      [0, "New", 0, 0, 0, 0, 0, 0],
      [1, "Old", 1, 1, 0, 1, 0, 0],
      [2, "Big", 0, 0, 0, 0, 0, 0],
    ]);
    expect([rest.customers, ...rest.series.values]).toEqual([1, 1, 0, 0, 0, 1]);
    expect(absent).toBe(1);
    const plain = seriesBySegment(shop, { ids: ["a"], labels: labelsOf([0]) }, { period: "month" });
    expect(plain.segments.map(({ name }) => name)).toEqual(["Segment 1"]);
  });

  it("refuses a grouping that is none, ids that repeat, too few names and too many cells", () => {
    const call =
      (grouping: unknown, more = {}) =>
      (): unknown =>
        seriesBySegment(shop, grouping as never, { period: "day", ...more });
    expectRefusal(call(null), "shape-mismatch", "grouping.ids");
    expectRefusal(call({ ids: ["a"], labels: [0] }), "shape-mismatch", "grouping.labels");
    expectRefusal(call({ ids: ["a", "a"], labels: labelsOf([0, 0]) }), "invalid-value", "grouping.ids[1]");
    expectRefusal(call({ ids: ["a"], labels: labelsOf([1]) }, { names: ["A"] }), "shape-mismatch", "options.names");
    expectRefusal(call({ ids: ["a"], labels: labelsOf([2 ** 30]) }), "too-large", "grouping.labels");
  });
});

describeWithData("seriesOf on a gift shop's year", ["online_retail"], () => {
  it("finds its months and its daily sales", () => {
    const { monthly, daily_amount: daily } = readDataJson<{
      monthly: Record<string, { invoices: number; customers: number; amount: number }>;
      daily_amount: { calendar_days: number; days_with_sales: number; mean_over_calendar_days: number; weekday_sums_monday_first: number[]; top3: [string, number][] }; // prettier-ignore
    }>("online_retail/expected.json");
    const log = retailLog();
    const months = Object.values(monthly);
    const near = { absolute: 0.0051, because: "printed in pence" };
    expectClose(seriesOf(log, { period: "month", value: "sum" }).values, months.map(({ amount }) => amount), near); // prettier-ignore
    expect([...seriesOf(log, { period: "month", value: "customers" }).values]).toEqual(months.map(({ customers }) => customers)); // prettier-ignore
    const { start, values } = seriesOf(log, { period: "day", value: "sum" });
    expect(values).toHaveLength(daily.calendar_days);
    expect(seriesOf(log, { period: "day" }).values.filter((count) => count > 0)).toHaveLength(daily.days_with_sales);
    expectClose(values.reduce((sum, x) => sum + x, 0) / values.length, daily.mean_over_calendar_days, { relative: 1e-12, because: "one sum" }); // prettier-ignore
    const weekdays = new Float64Array(7);
    values.forEach((x, i) => (weekdays[(new Date(start + i * day).getUTCDay() + 6) % 7] += x));
    expectClose(weekdays, daily.weekday_sums_monday_first, near);
    const top = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, 3);
    expect(top.map((i) => new Date(start + i * day).toISOString().slice(0, 10))).toEqual(daily.top3.map(([date]) => date)); // prettier-ignore
    expectClose(top.map((i) => values[i]), daily.top3.map(([, amount]) => amount), near); // prettier-ignore
  });
});
