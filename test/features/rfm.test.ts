import { deriveRfm, scoreRfm } from "clientele/features";
import { column, type EventLog, toRows } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { tableLaws } from "../laws/table-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { logOf, rowOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const asOf = Date.UTC(2024, 0, 10);
const purchase = "buy";

tableLaws("deriveRfm, an order per purchase", {
  derive: (log, now) => deriveRfm(log, { asOf: now, purchase: "purchase" }),
  isIn: (events) => events.some(({ type }) => type === "purchase"),
});

tableLaws("deriveRfm, with order ids, a hostile event name and calendar days", {
  derive: (log, now) =>
    deriveRfm(log, { asOf: now, purchase: ["purchase", "__proto__"], order: "order", timeZone: "Europe/Berlin" }),
  isIn: (events) => events.some(({ type }) => type !== "view"),
});

describe("deriveRfm", () => {
  it("counts days since the last purchase, purchases, and their value", () => {
    const log = logOf([
      ["a", "buy", asOf - 9 * day, 20],
      ["a", "buy", asOf - 2.5 * day, 5],
      ["a", "visit", asOf - day, 100],
      ["b", "buy", asOf - 4 * day, 7],
      ["c", "visit", asOf - 4 * day],
    ]);
    expect(toRows(deriveRfm(log, { asOf, purchase }))).toEqual([
      { id: "a", daysSinceLastPurchase: 2.5, orderCount: 2, revenue: 25 },
      { id: "b", daysSinceLastPurchase: 4, orderCount: 1, revenue: 7 },
    ]);
  });

  it("says that days are days", () => {
    expect(deriveRfm(logOf([]), { asOf, purchase }).units).toEqual({ daysSinceLastPurchase: "day" });
  });

  it("counts a purchase at asOf and none after it, not even the customer", () => {
    const log = logOf([
      ["a", "buy", asOf, 1],
      ["a", "buy", asOf + 1, 2],
      ["b", "buy", asOf + 1, 4],
    ]);
    expect(toRows(deriveRfm(log, { asOf, purchase }))).toEqual([
      { id: "a", daysSinceLastPurchase: 0, orderCount: 1, revenue: 1 },
    ]);
  });

  it("counts midnights of the zone when one is given", () => {
    const log = logOf([["a", "buy", Date.UTC(2024, 0, 9, 23, 30), 1]]);
    const daysAt = (timeZone?: string): number =>
      rowOf(deriveRfm(log, { asOf: Date.UTC(2024, 0, 10, 0, 15), purchase, timeZone }), "a")["daysSinceLastPurchase"];
    expect(daysAt("UTC")).toBe(1);
    expect(daysAt("Europe/Berlin")).toBe(0);
    expect(daysAt()).toBe(45 / 1440);
  });

  it("does not lose a day to a clock change: 23 and 25 hours are one calendar day", () => {
    // Berlin moved its clocks forward on 2024-03-31 and back on 2024-10-27.
    for (const [from, to] of [
      [Date.UTC(2024, 2, 30, 23), Date.UTC(2024, 2, 31, 22)],
      [Date.UTC(2024, 9, 26, 22), Date.UTC(2024, 9, 27, 23)],
    ] as const) {
      const table = deriveRfm(logOf([["a", "buy", from, 1]]), { asOf: to, purchase, timeZone: "Europe/Berlin" });
      expect(rowOf(table, "a")["daysSinceLastPurchase"]).toBe(1);
    }
  });

  it("takes lines with one order id for one order, lines without one for an order each", () => {
    const log = logOf([
      ["a", "buy", 1, 10, "o1"],
      ["a", "buy", 2, 10, "o2"],
      ["a", "buy", 3, 10, "o1"],
      ["a", "buy", 4, 10, null],
      ["a", "buy", 5, 10, null],
      ["b", "buy", 1, 10, "o1"],
    ]);
    const table = deriveRfm(log, { asOf, purchase, order: "order" });
    expect(Array.from(column(table, "orderCount"))).toEqual([4, 1]);
    expect(Array.from(column(deriveRfm(log, { asOf, purchase }), "orderCount"))).toEqual([5, 1]);
  });

  it("does not let a visit with the id of an order open it", () => {
    const log = logOf([
      ["a", "visit", 1, 10, "o1"],
      ["a", "buy", 2, 10, "o1"],
    ]);
    expect(Array.from(column(deriveRfm(log, { asOf, purchase, order: "order" }), "orderCount"))).toEqual([1]);
  });

  it("takes several event names; a name that never occurs gives an empty table", () => {
    const log = logOf([
      ["a", "buy", 1, 10],
      ["a", "refund", 2, -4],
    ]);
    expect(rowOf(deriveRfm(log, { asOf, purchase: ["buy", "refund"] }), "a")["revenue"]).toBe(6);
    expect(deriveRfm(log, { asOf, purchase: "nothing" }).ids).toEqual([]);
  });

  it("adds 0 for a purchase without a value, and counts it", () => {
    const table = deriveRfm(logOf([["a", "buy", asOf]]), { asOf, purchase });
    expect(rowOf(table, "a")).toEqual({ daysSinceLastPurchase: 0, orderCount: 1, revenue: 0 });
  });

  it("keeps the cents beside a huge refunded order", () => {
    const log = logOf([
      ["a", "buy", 1, 0.01],
      ["a", "buy", 2, 1e20],
      ["a", "buy", 3, -1e20],
    ]);
    expect(rowOf(deriveRfm(log, { asOf, purchase }), "a")["revenue"]).toBe(0.01);
  });

  it("refuses infinite values and sums that overflow, and names the row", () => {
    const log = logOf([["a", "buy", 1, Infinity]]);
    expectRefusal(() => deriveRfm(log, { asOf, purchase }), "invalid-value", "log.value[0]");
    const huge = logOf([
      ["a", "buy", 1, 1.7e308],
      ["a", "buy", 2, 1.7e308],
    ]);
    expectRefusal(() => deriveRfm(huge, { asOf, purchase }), "too-large", "log.value");
  });

  it("takes order ids that are numbers, and a missing one as an order of its own", () => {
    const lines = logOf([["a", "buy", 1, 1], ["a", "buy", 2, 1], ["a", "buy", 3, 1], ["a", "buy", 4, 1]]); // prettier-ignore
    const log: EventLog = { ...lines, extra: { invoice: Float64Array.of(17, 17, NaN, NaN) } };
    expect(deriveRfm(log, { asOf, purchase, order: "invoice" }).values[1]).toBe(3);
  });

  it("refuses an order column that is absent, and missing required options", () => {
    const log: EventLog = logOf([["a", "buy", 1, 1]]);
    expectRefusal(() => deriveRfm(log, { asOf, purchase, order: "id" }), "invalid-option", "options.order");
    expectRefusal(() => deriveRfm(log, { purchase } as never), "invalid-option", "options.asOf");
    expectRefusal(() => deriveRfm(log, { asOf } as never), "invalid-option", "options.purchase");
  });

  it("measures from the first instant of a Date to the last, for 200,000 customers", () => {
    const log = logOf(Array.from({ length: 200_000 }, (_, i) => [`c${i}`, "buy", -8.64e15, 1] as const));
    const table = deriveRfm(log, { asOf: 8.64e15, purchase, timeZone: "UTC" });
    expect(table.ids).toHaveLength(200_000);
    expect(table.values[0]).toBe(2e8);
  });
});

interface Summary {
  readonly sum: number;
  readonly mean: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly q20: number;
  readonly q40: number;
  readonly q60: number;
  readonly q80: number;
}
interface RfmExpectation {
  readonly customers: number;
  readonly recency: Summary;
  readonly frequency: Summary;
  readonly monetary: Summary;
}

/** Compares the three features with the sums, extremes and quintiles that pandas and numpy found. */
function expectSummary(log: EventLog, now: number, order: string | undefined, expected: RfmExpectation): void {
  const table = deriveRfm(log, { asOf: now, purchase, order, timeZone: "UTC" });
  expect(table.ids).toHaveLength(expected.customers);
  const { thresholds } = scoreRfm(table);
  const features = { recency: "daysSinceLastPurchase", frequency: "orderCount", monetary: "revenue" } as const;
  for (const dimension of ["recency", "frequency", "monetary"] as const) {
    const { sum, mean, min, max, q20, q40, q60, q80 } = expected[dimension];
    const values = Array.from(column(table, features[dimension]));
    const total = values.reduce((a, b) => a + b, 0);
    const because = "amounts are sums of cents in doubles, published to the cent";
    expectClose(total, sum, { absolute: dimension === "monetary" ? 1e-6 : 0, because });
    expectClose(total / values.length, mean, { absolute: 1e-6, because });
    const extremes = [Math.min(...values), Math.max(...values)];
    expectClose(extremes, [min, max], { absolute: 1e-6, because });
    expectClose(thresholds[dimension], [q20, q40, q60, q80], { absolute: 1e-6, because });
  }
}

describeWithData("deriveRfm on the orders of R's rfm package", ["rfm_orders"], () => {
  const { rfm } = readDataJson<{ rfm: RfmExpectation }>("rfm_orders/expected.json");
  const log = logOf(
    readDataRows("rfm_orders/rfm_orders.csv").map(
      (row) => [row["customer_id"], "buy", Date.parse(`${row["order_date"]}Z`), Number(row["revenue"])] as const,
    ),
  );

  it("finds what pandas finds", () => {
    expectSummary(log, Date.UTC(2006, 11, 31), undefined, rfm);
  });

  it("gives the same without a zone, because all times are midnights", () => {
    const options = { asOf: Date.UTC(2006, 11, 31), purchase };
    expect(deriveRfm(log, options)).toEqual(deriveRfm(log, { ...options, timeZone: "UTC" }));
  });
});

describeWithData("deriveRfm on CDNOW", ["cdnow_sample"], () => {
  const expected = readDataJson<{ rfm_at_1998_07_01_frequency_is_rows: RfmExpectation }>("cdnow_sample/expected.json");
  const log = logOf(
    readDataRows("cdnow_sample/cdnow_sample.csv").map(
      (row) => [row["sample_id"], "buy", Date.parse(`${row["date"]}Z`), Number(row["spend"])] as const,
    ),
  );

  it("finds what pandas finds", () => {
    expectSummary(log, Date.UTC(1998, 6, 1), undefined, expected.rfm_at_1998_07_01_frequency_is_rows);
  });
});

describeWithData("deriveRfm on a real retailer's invoices", ["online_retail"], () => {
  type Row = [id: number, recency: number, frequency: number, monetary: number];
  const expected = readDataJson<{
    rfm_clean_sales_at_2011_12_10: RfmExpectation & { top5_by_monetary: Row[]; first5_by_id: Row[] };
    rfm_scores: {
      counts: Record<"recency" | "frequency" | "monetary", Record<string, number>>;
      customers_555: number;
      customers_111: number;
      sum_100R_10F_M: number;
    };
  }>("online_retail/expected.json");
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
  const asOfDay = Date.UTC(2011, 11, 10);
  const table = deriveRfm(log, { asOf: asOfDay, purchase, order: "order", timeZone: "UTC" });

  it("finds what pandas finds", () => {
    expectSummary(log, asOfDay, "order", expected.rfm_clean_sales_at_2011_12_10);
  });

  it("finds the five largest customers and the first five", () => {
    const { top5_by_monetary: top, first5_by_id: first } = expected.rfm_clean_sales_at_2011_12_10;
    const largest = toRows(table)
      .toSorted((a, b) => Number(b["revenue"]) - Number(a["revenue"]))
      .slice(0, 5);
    expect(largest.map((row) => row["id"])).toEqual(top.map(([id]) => String(id)));
    for (const [id, recency, frequency, monetary] of [...top, ...first]) {
      const row = rowOf(table, String(id));
      expect([row["daysSinceLastPurchase"], row["orderCount"]]).toEqual([recency, frequency]);
      expectClose(row["revenue"], monetary, { absolute: 1e-6, because: "published to the cent" });
    }
  });

  it("scores the customers as published", () => {
    const { scores } = scoreRfm(table);
    for (const dimension of ["recency", "frequency", "monetary"] as const) {
      expect(countsOf(column(scores, dimension))).toEqual(expected.rfm_scores.counts[dimension]);
    }
    const rfm = column(scores, "rfm");
    expect(rfm.filter((score) => score === 555)).toHaveLength(expected.rfm_scores.customers_555);
    expect(rfm.filter((score) => score === 111)).toHaveLength(expected.rfm_scores.customers_111);
    expect(rfm.reduce((a, b) => a + b, 0)).toBe(expected.rfm_scores.sum_100R_10F_M);
  });
});

function countsOf(values: Float64Array): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
