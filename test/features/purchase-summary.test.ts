import { derivePurchaseSummary } from "clientele/features";
import { column, type EventLog, type FeatureTable, toRows } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { tableLaws } from "../laws/table-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { logOf, rowOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const first = Date.UTC(2024, 0, 1);
const purchase = "buy";
const at = (days: number): number => first + days * day;

tableLaws("derivePurchaseSummary, a day per occasion", {
  derive: (log, asOf) => derivePurchaseSummary(log, { asOf, purchase: "purchase" }),
  isIn: (events) => events.some(({ type }) => type === "purchase"),
});

tableLaws("derivePurchaseSummary, weeks of orders in a zone, with refunds", {
  derive: (log, asOf) =>
    derivePurchaseSummary(log, {
      ...{ asOf, purchase: "purchase", order: "order", refund: "__proto__", refunds: "ignore" },
      ...{ periodDays: 7, unit: "month", timeZone: "Australia/Lord_Howe" },
    }),
  isIn: (events) => events.some(({ type, value }) => type === "purchase" && !(value < 0)),
});

describe("derivePurchaseSummary", () => {
  // The cases of lifetimes' test_utils.py, "summary_data_from_transaction_data": ids 1 to 6, end 2015-02-07.
  const lifetimes = logOf(
    [
      ["1", "2015-01-01", 1],
      ["1", "2015-02-06", 2],
      ["2", "2015-01-01", 2],
      ["3", "2015-01-01", 3],
      ["3", "2015-01-02", 1],
      ["3", "2015-01-05", 5],
      ["4", "2015-01-16", 6],
      ["4", "2015-02-02", 3],
      ["4", "2015-02-05", 3],
      ["5", "2015-01-16", 3],
      ["5", "2015-01-17", 1],
      ["5", "2015-01-18", 8],
      ["6", "2015-02-02", 5],
    ].map(([id, date, value]) => [String(id), "buy", Date.parse(`${date}Z`), Number(value)] as const),
  );

  it("gives what Python's lifetimes gives for its own test data", () => {
    const table = derivePurchaseSummary(lifetimes, { asOf: Date.UTC(2015, 1, 7), purchase });
    expect(toRows(table)).toEqual([
      { id: "1", frequency: 1, recency: 36, age: 37, monetary: 2 },
      { id: "2", frequency: 0, recency: 0, age: 37, monetary: 0 },
      { id: "3", frequency: 2, recency: 4, age: 37, monetary: 3 },
      { id: "4", frequency: 2, recency: 20, age: 22, monetary: 3 },
      { id: "5", frequency: 2, recency: 2, age: 22, monetary: 4.5 },
      { id: "6", frequency: 0, recency: 0, age: 5, monetary: 0 },
    ]);
    expect(table.units).toEqual({ recency: "day", age: "day" });
  });

  it("takes purchases of one date for one occasion, whatever the hours, and adds up what they are worth", () => {
    const log = logOf([
      ["a", "buy", at(0), 10],
      ["a", "buy", at(1) - 1, 10],
      ["a", "buy", at(1), 3],
      ["a", "buy", at(1.9), 4],
      ["a", "buy", at(5.5), 1],
    ]);
    expect(toRows(derivePurchaseSummary(log, { asOf: at(8.2), purchase }))).toEqual([
      { id: "a", frequency: 2, recency: 5, age: 8, monetary: 4 },
    ]);
  });

  it("counts dates of the zone", () => {
    const log = logOf([
      ["a", "buy", at(0.5), 1],
      ["a", "buy", at(0.98), 1],
    ]);
    expect(rowOf(derivePurchaseSummary(log, { asOf: at(2), purchase }), "a")["frequency"]).toBe(0);
    const berlin = derivePurchaseSummary(log, { asOf: at(2), purchase, timeZone: "Europe/Berlin" });
    expect(rowOf(berlin, "a")).toEqual({ frequency: 1, recency: 1, age: 2, monetary: 1 });
  });

  it("counts a purchase at asOf and none after it, and leaves out who has not bought", () => {
    const log = logOf([
      ["a", "buy", at(0), 1],
      ["a", "buy", at(3), 2],
      ["a", "buy", at(3) + 1, 4],
      ["b", "buy", at(4), 4],
      ["c", "view", at(1)],
    ]);
    expect(toRows(derivePurchaseSummary(log, { asOf: at(3), purchase }))).toEqual([
      { id: "a", frequency: 1, recency: 3, age: 3, monetary: 2 },
    ]);
  });

  it("counts everything in periods of several days from the first purchase on", () => {
    const log = logOf([0, 3, 10, 13, 28].map((days) => ["a", "buy", at(days), 6] as const));
    const weeks = derivePurchaseSummary(log, { asOf: at(41), purchase, periodDays: 7 });
    // Weeks 0 (days 0, 3), 1 (10, 13) and 4 (28); day 41 lies in week 5.
    expect(rowOf(weeks, "a")).toEqual({ frequency: 2, recency: 4, age: 5, monetary: 9 });
    expect(weeks.units).toEqual({ recency: "week", age: "week" });
    const fortnights = derivePurchaseSummary(log, { asOf: at(41), purchase, periodDays: 14 });
    expect(rowOf(fortnights, "a")).toEqual({ frequency: 1, recency: 2, age: 2, monetary: 6 });
    expect(fortnights.units).toEqual({ recency: "14 days", age: "14 days" });
  });

  it("tells the times in another unit than the periods", () => {
    const log = logOf([0, 3, 10].map((days) => ["a", "buy", at(days), 6] as const));
    const summary = (options: { unit: "day" | "week" | "month"; periodDays?: number }): FeatureTable =>
      derivePurchaseSummary(log, { asOf: at(24), purchase, ...options });
    expect(rowOf(summary({ unit: "week" }), "a")).toEqual({ frequency: 2, recency: 10 / 7, age: 24 / 7, monetary: 6 });
    expect(rowOf(summary({ unit: "month" }), "a")["age"]).toBe(24 / 30.4375);
    expect(rowOf(summary({ unit: "day", periodDays: 7 }), "a")).toMatchObject({ frequency: 1, recency: 7, age: 21 });
    expect(summary({ unit: "month" }).units).toEqual({ recency: "month", age: "month" });
  });

  it("dates an order by its first line", () => {
    const log = logOf([
      ["a", "buy", at(0), 1, "o1"],
      ["a", "buy", at(4), 8, "o2"],
      ["a", "buy", at(6), 2, "o2"],
      ["a", "buy", at(6), 2, null],
    ]);
    const table = derivePurchaseSummary(log, { asOf: at(9), purchase, order: "order" });
    expect(rowOf(table, "a")).toEqual({ frequency: 2, recency: 6, age: 9, monetary: 6 });
  });

  it("lowers the period of the order that a refund belongs to: by its id, or else the order before it", () => {
    const log = logOf([
      ["a", "buy", at(0), 50, "o1"],
      ["a", "buy", at(4), 30, "o2"],
      ["a", "back", at(5), 50, "o1"],
      ["a", "back", at(6), 10, null],
    ]);
    const rules = { asOf: at(9), purchase, order: "order", refund: "back" } as const;
    expect(rowOf(derivePurchaseSummary(log, rules), "a")).toMatchObject({ frequency: 1, recency: 4, monetary: 20 });
    expect(rowOf(derivePurchaseSummary(log, { ...rules, refunds: "ignore" }), "a")["monetary"]).toBe(30);
    // Without its refunded first order the customer begins with the second.
    expect(rowOf(derivePurchaseSummary(log, { ...rules, refunds: "cancel" }), "a")).toEqual({
      ...{ frequency: 0, recency: 0, age: 5, monetary: 0 },
    });
  });

  it("counts a purchase without a value as an occasion that adds 0", () => {
    const log = logOf([["a", "buy", at(0)], ["a", "buy", at(2)], ["a", "buy", at(4), 8]]); // prettier-ignore
    expect(rowOf(derivePurchaseSummary(log, { asOf: at(4), purchase }), "a")["monetary"]).toBe(4);
  });

  it("keeps frequency ≤ recency ≤ age also where clocks are set back over midnight", () => {
    // In St. John's 00:01 on 2010-11-07 was followed by 23:01 on 2010-11-06, at 02:31 UTC.
    const log = logOf([0, 0.5, 15].map((minute) => ["a", "buy", Date.UTC(2010, 10, 7, 2, 29 + minute), 1] as const));
    const options = { asOf: Date.UTC(2010, 10, 7, 2, 50), purchase, timeZone: "America/St_Johns" };
    expect(toRows(derivePurchaseSummary(log, options))).toEqual([
      { id: "a", frequency: 0, recency: 0, age: 0, monetary: 0 },
    ]);
    const later = logOf([0, 1.5, 15].map((minute) => ["a", "buy", Date.UTC(2010, 10, 7, 2, 29 + minute), 1] as const));
    expect(toRows(derivePurchaseSummary(later, options))).toEqual([
      { id: "a", frequency: 1, recency: 1, age: 1, monetary: 2 },
    ]);
  });

  it("refuses wrong options, infinite values and sums that overflow", () => {
    const log = logOf([["a", "buy", 0, Infinity]]);
    expectRefusal(() => derivePurchaseSummary(log, { asOf: 1, purchase }), "invalid-value", "log.value[0]");
    const huge = logOf([["a", "buy", 0, 1], ["a", "buy", day, 1.7e308], ["a", "buy", 2 * day, 1.7e308]]); // prettier-ignore
    expectRefusal(() => derivePurchaseSummary(huge, { asOf: 9 * day, purchase }), "too-large", "log.value");
    for (const periodDays of [0, 1.5, NaN]) {
      const call = (): unknown => derivePurchaseSummary(log, { asOf: 1, purchase, periodDays });
      expectRefusal(call, "invalid-option", "options.periodDays");
    }
  });

  it("reads 200,000 customers", () => {
    const log = logOf(Array.from({ length: 400_000 }, (_, i) => [`c${i >> 1}`, "buy", (i % 2) * day, 2] as const));
    const table = derivePurchaseSummary(log, { asOf: day, purchase });
    expect(column(table, "frequency").every((frequency) => frequency === 1)).toBe(true);
    expect(table.ids).toHaveLength(200_000);
  });
});

interface Expected {
  readonly customers: number;
  readonly repeat_transactions: number;
  readonly customers_without_repeat: number;
  readonly sum_t_x: number;
  readonly sum_T: number;
  readonly x_histogram: Record<string, number>;
  readonly holdout_transactions: number;
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}

/** Compares a summary in weeks, and the purchases after it, with the sums that pandas found. */
function expectSummary(log: EventLog, end: number, holdoutEnd: number, expected: Expected): void {
  const options = { purchase, unit: "week", order: "order" } as const;
  const table = derivePurchaseSummary(log, { ...options, asOf: end });
  const because = "rounding of thousands of sevenths";
  const frequency = column(table, "frequency");
  expect(table.ids).toHaveLength(expected.customers);
  expect(sum(frequency)).toBe(expected.repeat_transactions);
  expect(frequency.filter((x) => x === 0)).toHaveLength(expected.customers_without_repeat);
  expectClose(sum(column(table, "recency")), expected.sum_t_x, { relative: 1e-12, because });
  expectClose(sum(column(table, "age")), expected.sum_T, { relative: 1e-12, because });
  for (const [x, count] of Object.entries(expected.x_histogram)) {
    expect(frequency.filter((one) => one === Number(x))).toHaveLength(count);
  }
  const later = derivePurchaseSummary(log, { ...options, asOf: holdoutEnd });
  const ids = new Set(table.ids);
  const grown = column(later, "frequency").filter((_, i) => ids.has(later.ids[i]));
  expect(sum(grown) - sum(frequency)).toBe(expected.holdout_transactions);
}

describeWithData("derivePurchaseSummary on CDNOW", ["cdnow_sample"], () => {
  const log = logOf(
    readDataRows("cdnow_sample/cdnow_sample.csv").map(
      (row) => [row["sample_id"], "buy", Date.parse(`${row["date"]}Z`), Number(row["spend"])] as const,
    ),
  );
  const [end, holdoutEnd] = [Date.UTC(1997, 8, 30), Date.UTC(1998, 5, 30)];
  const table = derivePurchaseSummary(log, { asOf: end, purchase, unit: "week" });
  const of = (id: string): Record<string, number> => rowOf(table, id.padStart(4, "0"));

  it("is the table of the R package BTYD for every customer, to rounding", () => {
    const later = derivePurchaseSummary(log, { asOf: holdoutEnd, purchase });
    const rows = readDataRows("cdnow_sample/cbs_btyd.csv");
    expect(rows).toHaveLength(table.ids.length);
    for (const row of rows) {
      const { frequency, recency, age, monetary } = of(row["cust"]);
      expect(frequency).toBe(Number(row["x"]));
      expectClose([recency, age], [Number(row["t.x"]), Number(row["T.cal"])], {
        absolute: 1e-14,
        because: "R divides seconds, and the last bit differs",
      });
      expectClose(monetary, Number(row["m.x"]), { relative: 1e-14, because: "R adds without compensation" });
      const holdout = rowOf(later, row["cust"].padStart(4, "0"))["frequency"] - frequency;
      expect(holdout).toBe(Number(row["x.star"]));
    }
  });

  it("is the summary of Python's lifetimes for every customer, to its two decimals", () => {
    const because = "printed with two decimals; the file rounds exact halves either way";
    for (const row of readDataRows("cdnow_sample/cal_summary_lifetimes.csv")) {
      const { frequency, recency, age } = of(row["ID"]);
      expect(frequency).toBe(Number(row["frequency"]));
      expectClose([recency, age], [Number(row["recency"]), Number(row["T"])], { absolute: 0.005 + 1e-9, because });
    }
    for (const row of readDataRows("cdnow_sample/cal_summary_spend_lifetimes.csv")) {
      const { frequency, recency, age, monetary } = of(row["ID"]);
      expect(frequency).toBe(Number(row["x"]));
      const printed = [Number(row["t_x"]), Number(row["T"]), Number(row["zbar"])];
      expectClose([recency, age, monetary], printed, { absolute: 0.005 + 1e-9, because });
    }
  });

  it("has the expected sums and the expected purchases in the holdout", () => {
    const { calibration, counts } = readDataJson<{
      calibration: { summary: Expected };
      counts: { distinct_customer_days: number; customers: number };
    }>("cdnow_sample/expected.json");
    expectSummary(log, end, holdoutEnd, calibration.summary);
    const whole = column(derivePurchaseSummary(log, { asOf: holdoutEnd, purchase }), "frequency");
    expect(sum(whole)).toBe(counts.distinct_customer_days - counts.customers);
  });

  it("counts the repeat purchases up to the end of each week as published", () => {
    const { weekly_repeat_transactions_cumulative: weekly } = readDataJson<{
      weekly_repeat_transactions_cumulative: number[];
    }>("cdnow_sample/expected.json");
    const tracked = readDataRows("cdnow_sample/tracking_btyd.csv").map((row) => Number(row["cum_repeat"]));
    weekly.forEach((repeats, week) => {
      const asOf = Date.UTC(1997, 0, 1) + (week + 1) * 7 * day - 1;
      expect(sum(column(derivePurchaseSummary(log, { asOf, purchase }), "frequency"))).toBe(repeats);
      expect(tracked[week]).toBe(repeats);
    });
  });
});

describeWithData("derivePurchaseSummary on a real retailer's invoices", ["online_retail"], () => {
  const sales = readDataRows("online_retail/online_retail.csv.gz").filter(
    (row) =>
      row["CustomerID"] !== "" &&
      !row["InvoiceNo"].startsWith("C") &&
      Number(row["Quantity"]) > 0 &&
      Number(row["UnitPrice"]) > 0,
  );
  const log = logOf(
    sales.map((row) => {
      const time = Date.parse(`${row["InvoiceDate"].replace(" ", "T")}Z`);
      return [row["CustomerID"], "buy", time, Number(row["Quantity"]) * Number(row["UnitPrice"]), row["InvoiceNo"]];
    }),
  );

  it("has the expected sums and the expected purchases in the holdout", () => {
    const { summary } = readDataJson<{ btyd_calibration: { summary: Expected } }>(
      "online_retail/expected.json",
    ).btyd_calibration;
    // The published calibration ends with a date, so with its last instant.
    expectSummary(log, Date.UTC(2011, 8, 1) - 1, Date.UTC(2011, 11, 10) - 1, summary);
  });
});
