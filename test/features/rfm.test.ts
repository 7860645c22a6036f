import { deriveRfm, deriveRfmHistory, scoreRfm } from "clientele/features";
import { column, type EventLog, toRows } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lawAsOf, type LawEvent, lawEvents, lawLog, tableLaws } from "../laws/table-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { bitsOf } from "../support/inspect.ts";
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

tableLaws("deriveRfm, with refunded orders that never happened", {
  derive: (log, now) =>
    deriveRfm(log, { asOf: now, purchase: "purchase", order: "order", refund: "__proto__", refunds: "cancel" }),
  isIn: (events) => keptOrders(events).length > 0,
});

/** The orders that refunds leave, found by another way than the library's: all refunds of each id against all its lines. */
function keptOrders(events: readonly LawEvent[]): string[] {
  const isRefund = ({ type, value }: LawEvent): boolean => type === "__proto__" || value < 0;
  const read = events.filter(({ type }) => type !== "view");
  const lines = read.filter((event) => !isRefund(event));
  const single = lines.filter(({ order }) => order === null).map((_, i) => `single ${i}`);
  const ids = [...new Set(lines.map(({ order }) => order))].filter((id) => id !== null);
  const kept = ids.filter((id) => {
    const own = lines.filter(({ order }) => order === id).map(({ value }) => value);
    const back = read.filter((event) => event.order === id && isRefund(event)).map(({ value }) => Math.abs(value));
    if (back.length === 0) return true;
    if (back.some(Number.isNaN)) return false;
    const cents = (values: number[]): number => values.reduce((sum, value) => sum + Math.round(value * 100), 0);
    return own.every(Number.isNaN) || cents(own.filter((value) => !Number.isNaN(value))) > cents(back);
  });
  return [...single, ...kept];
}

describe("deriveRfm and refunds", () => {
  const events = [
    ["a", "buy", asOf - 30 * day, 40, "o1"],
    ["a", "buy", asOf - 20 * day, 0.1, "o2"],
    ["a", "buy", asOf - 20 * day, 0.2, "o2"],
    ["a", "back", asOf - 10 * day, 0.3, "o2"],
    ["a", "back", asOf - 5 * day, -15, "o1"],
  ] as const;
  const log = logOf(events);
  const rules = { asOf, purchase, order: "order", refund: "back" } as const;

  it("subtracts refunds of either sign by default, and counts no refund as a purchase", () => {
    const row = rowOf(deriveRfm(log, rules), "a");
    expect([row["daysSinceLastPurchase"], row["orderCount"]]).toEqual([20, 2]);
    expectClose(row["revenue"], 25, { absolute: 1e-12, because: "0.1 + 0.2 - 0.3" });
    expect(deriveRfm(log, { ...rules, refunds: "subtract" })).toEqual(deriveRfm(log, rules));
  });

  it("reads gross amounts where refunds are ignored", () => {
    const row = rowOf(deriveRfm(log, { ...rules, refunds: "ignore" }), "a");
    expect(row).toEqual({ daysSinceLastPurchase: 20, orderCount: 2, revenue: 40.3 });
  });

  it("takes a wholly refunded order for one that never happened where refunds cancel", () => {
    const row = rowOf(deriveRfm(log, { ...rules, refunds: "cancel" }), "a");
    expect(row).toEqual({ daysSinceLastPurchase: 30, orderCount: 1, revenue: 25 });
  });

  it("takes a purchase event below 0 for a purchase by default, for a refund otherwise", () => {
    const rows = logOf([
      ["a", "buy", asOf - 9 * day, 20, "o1"],
      ["a", "buy", asOf - 2 * day, -5, "o2"],
    ]);
    const by = (refunds: "subtract" | "ignore" | "cancel"): Record<string, number> =>
      rowOf(deriveRfm(rows, { asOf, purchase, order: "order", refunds }), "a");
    expect(by("subtract")).toEqual({ daysSinceLastPurchase: 2, orderCount: 2, revenue: 15 });
    expect(by("ignore")).toEqual({ daysSinceLastPurchase: 9, orderCount: 1, revenue: 20 });
    expect(by("cancel")).toEqual({ daysSinceLastPurchase: 9, orderCount: 1, revenue: 15 });
  });

  it("lets a cancellation without a value take back its whole order, and none without an order", () => {
    const rows = logOf([
      ["a", "buy", 1, 20, "o1"],
      ["a", "buy", 2, 30, "o2"],
      ["a", "back", 3, NaN, "o2"],
      ["a", "back", 4, NaN, null],
      ["a", "back", 5, NaN, "o9"],
    ]);
    const row = rowOf(deriveRfm(rows, { ...rules, refunds: "cancel" }), "a");
    expect([row["orderCount"], row["revenue"]]).toEqual([1, 20]);
    expect(rowOf(deriveRfm(rows, rules), "a")["revenue"]).toBe(50);
  });

  it("knows a refund that was recorded before its order, and forgets a buyer whose orders were all canceled", () => {
    const rows = logOf([
      ["a", "back", 1, 20, "o1"],
      ["a", "buy", 2, 20, "o1"],
      ["b", "buy", 3, 20, "o1"],
    ]);
    expect(deriveRfm(rows, { ...rules, refunds: "cancel" }).ids).toEqual(["b"]);
    expect(deriveRfm(logOf([["a", "back", 1, 20, "o1"]]), rules).ids).toEqual([]);
  });

  it("keeps the order before its refund is known: the past is not rewritten", () => {
    const options = { ...rules, refunds: "cancel", asOf: [asOf - 15 * day, asOf] } as const;
    expect(deriveRfmHistory(log, options).map((table) => rowOf(table, "a")["orderCount"])).toEqual([2, 1]);
  });

  it("refuses to cancel orders that have no id, and infinite refunds", () => {
    expectRefusal(() => deriveRfm(log, { asOf, purchase, refunds: "cancel" }), "invalid-option", "options.order");
    const infinite = logOf([["a", "buy", 1, 1, "o1"], ["a", "back", 2, -Infinity, "o1"]]); // prettier-ignore
    expectRefusal(() => deriveRfm(infinite, rules), "invalid-value", "log.value[1]");
    expectRefusal(() => deriveRfm(infinite, { ...rules, refunds: "cancel" }), "invalid-value", "log.value[1]");
    expect(rowOf(deriveRfm(infinite, { ...rules, refunds: "ignore" }), "a")["revenue"]).toBe(1);
  });
});

describe("deriveRfmHistory", () => {
  it("gives the table of deriveRfm at each instant, to the bit, by every policy", () => {
    const instants = fc.array(fc.integer({ min: -62, max: 21 }), { minLength: 1, maxLength: 6 });
    const policy = fc.constantFrom("subtract", "ignore", "cancel");
    const zone = fc.constantFrom(undefined, "Europe/Berlin");
    fc.assert(
      fc.property(lawEvents, instants, policy, zone, (events, days, refunds, timeZone) => {
        const log = lawLog(events, ["nobody"]);
        const rules = { purchase: "purchase", order: "order", refund: "__proto__", refunds, timeZone } as const;
        const dates = days.toSorted((a, b) => a - b).map((d) => lawAsOf + d * day);
        const alone = dates.map((date) => deriveRfm(log, { ...rules, asOf: date }));
        expect(bitsOf(deriveRfmHistory(log, { ...rules, asOf: dates }))).toBe(bitsOf(alone));
      }),
    );
  });

  it("takes one instant, the same twice, and a log without events", () => {
    const log = logOf([["a", "buy", 1, 10]]);
    expect(deriveRfmHistory(log, { asOf: [5], purchase })).toEqual([deriveRfm(log, { asOf: 5, purchase })]);
    expect(deriveRfmHistory(log, { asOf: [0, 5, 5], purchase }).map(({ ids }) => ids.length)).toEqual([0, 1, 1]);
    expect(deriveRfmHistory(logOf([]), { asOf: [5, 6], purchase }).map(({ ids }) => ids)).toEqual([[], []]);
  });

  it("refuses instants that do not ascend, or none", () => {
    const log = logOf([["a", "buy", 1, 10]]);
    for (const dates of [[], [2, 1], [NaN], 5]) {
      expectRefusal(
        () => deriveRfmHistory(log, { asOf: dates as number[], purchase }),
        "invalid-option",
        "options.asOf",
      );
    }
  });

  it("follows 50,000 customers over 60 months", () => {
    const log = logOf(Array.from({ length: 100_000 }, (_, i) => [`c${i >> 1}`, "buy", (i % 997) * day, 1] as const));
    const tables = deriveRfmHistory(log, { asOf: Array.from({ length: 60 }, (_, m) => m * 30 * day), purchase });
    expect(tables[59].ids).toHaveLength(50_000);
    expect(column(tables[59], "orderCount").reduce((a, b) => a + b, 0)).toBe(100_000);
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

  it("finds each month's customers, invoices and amounts, and the table of any month in one pass", () => {
    const months = readDataJson<{ monthly: Record<string, { invoices: number; amount: number }> }>(
      "online_retail/expected.json",
    ).monthly;
    const ends = Object.keys(months).map((month) => Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 1) - 1);
    const history = deriveRfmHistory(log, { asOf: ends, purchase, order: "order", timeZone: "UTC" });
    let [invoices, amount] = [0, 0];
    Object.values(months).forEach((month, m) => {
      invoices += month.invoices;
      amount += month.amount;
      expect(column(history[m], "orderCount").reduce((a, b) => a + b, 0)).toBe(invoices);
      const revenue = column(history[m], "revenue").reduce((a, b) => a + b, 0);
      expectClose(revenue, amount, { absolute: 0.1, because: "months are published to the cent" });
    });
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
