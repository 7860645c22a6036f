import { derivePurchaseVelocity } from "clientele/features";
import { column, toRows } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { tableLaws } from "../laws/table-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { logOf, rowOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const asOf = 100 * day;
const rules = { asOf, browse: "view", purchase: "buy" } as const;

tableLaws("derivePurchaseVelocity, an order per purchase", {
  derive: (log, now) => derivePurchaseVelocity(log, { asOf: now, browse: "view", purchase: "purchase" }),
  isIn: (events) => events.some(({ type }) => type !== "__proto__"),
});

tableLaws("derivePurchaseVelocity, with order ids and refunds", {
  derive: (log, now) =>
    derivePurchaseVelocity(log, {
      ...{ asOf: now, browse: ["view", "__proto__"], purchase: "purchase", order: "order" },
      ...{ refund: "__proto__", refunds: "ignore" },
    }),
  isIn: (events) => events.some(({ type, value }) => type === "view" || (type === "purchase" && !(value < 0))),
});

describe("derivePurchaseVelocity", () => {
  it("pairs an order with the first browse since the order before, and leaves the last browse open", () => {
    const log = logOf([
      ["a", "view", 0],
      ["a", "view", 3 * day],
      ["a", "buy", 4 * day, 10],
      ["a", "view", 10 * day],
      ["a", "buy", 12 * day, 30],
      ["a", "buy", 20 * day, 20],
      ["a", "view", 95 * day],
      ["a", "view", 99 * day],
    ]);
    const table = derivePurchaseVelocity(log, rules);
    expect(rowOf(table, "a")).toEqual({
      ...{ orderCount: 3, browsedOrderCount: 2, browseToPurchaseDaysMean: 3, browseToPurchaseDaysMedian: 3 },
      ...{
        daysSinceOpenBrowse: 5,
        purchaseIntervalCount: 2,
        purchaseIntervalDaysMean: 8,
        purchaseIntervalDaysMedian: 8,
      },
      // log(8) + log(8); the slope through (1, 10), (2, 30), (3, 20) is 5.
      ...{
        purchaseIntervalDaysLast: 8,
        purchaseIntervalLogSum: 2 * Math.log(8),
        averageOrderValue: 20,
        orderValueTrend: 5,
      },
    });
    expect(table.units).toEqual({
      browseToPurchaseDaysMean: "day",
      browseToPurchaseDaysMedian: "day",
      daysSinceOpenBrowse: "day",
      purchaseIntervalDaysMean: "day",
      purchaseIntervalDaysMedian: "day",
      purchaseIntervalDaysLast: "day",
    });
  });

  it("reports apart who has browsed and not bought since: no wait that has not ended is in a mean", () => {
    const log = logOf([
      ["never", "view", 40 * day],
      ["again", "view", 0],
      ["again", "buy", day, 5],
      ["again", "view", 60 * day],
      ["done", "buy", 50 * day, 5],
      ["other", "search", 50 * day],
    ]);
    const [never, again, done] = toRows(derivePurchaseVelocity(log, rules));
    expect(never).toMatchObject({ orderCount: 0, browsedOrderCount: 0, daysSinceOpenBrowse: 60 });
    expect(never["browseToPurchaseDaysMean"]).toBeNaN();
    expect(again).toMatchObject({ browseToPurchaseDaysMean: 1, daysSinceOpenBrowse: 40 });
    expect(done["daysSinceOpenBrowse"]).toBeNaN();
    expect(done).toMatchObject({ orderCount: 1, browsedOrderCount: 0, purchaseIntervalCount: 0, averageOrderValue: 5 });
    for (const name of [
      "purchaseIntervalDaysMean",
      "purchaseIntervalDaysLast",
      "purchaseIntervalLogSum",
      "orderValueTrend",
    ]) {
      expect(done[name]).toBeNaN();
    }
  });

  it("takes further lines of an order for no order of their own, and browses between them as open", () => {
    const log = logOf([
      ["a", "view", 0],
      ["a", "buy", 2 * day, 10, "o1"],
      ["a", "view", 3 * day],
      ["a", "buy", 4 * day, 10, "o1"],
      ["a", "buy", 9 * day, 10, "o2"],
    ]);
    const row = rowOf(derivePurchaseVelocity(log, { ...rules, order: "order" }), "a");
    expect(row).toMatchObject({
      orderCount: 2,
      browsedOrderCount: 2,
      browseToPurchaseDaysMean: 4,
      purchaseIntervalDaysLast: 7,
    });
    expect(row).toMatchObject({ averageOrderValue: 15, orderValueTrend: -10 });
  });

  it("keeps a browse open behind which the order was canceled", () => {
    const log = logOf([
      ["a", "view", 0],
      ["a", "buy", 2 * day, 10, "o1"],
      ["a", "back", 3 * day, 10, "o1"],
      ["a", "buy", 6 * day, 10, "o2"],
    ]);
    const canceled = { ...rules, order: "order", refund: "back", refunds: "cancel" } as const;
    expect(rowOf(derivePurchaseVelocity(log, canceled), "a")).toMatchObject({
      orderCount: 1,
      browseToPurchaseDaysMean: 6,
    });
  });

  it("takes orders of one instant for one purchase, so that no interval is 0", () => {
    const log = logOf([["a", "buy", 0, 1], ["a", "buy", 0, 2], ["a", "buy", 5 * day, 3]]); // prettier-ignore
    expect(rowOf(derivePurchaseVelocity(log, rules), "a")).toMatchObject({
      ...{
        orderCount: 3,
        purchaseIntervalCount: 1,
        purchaseIntervalDaysMean: 5,
        averageOrderValue: 2,
        orderValueTrend: 1,
      },
    });
  });

  it("leaves orders without a value out of the mean and the trend, not out of the numbers of the orders", () => {
    const log = logOf([["a", "buy", 0, 10], ["a", "buy", day], ["a", "buy", 2 * day, 30], ["b", "buy", 0]]); // prettier-ignore
    const table = derivePurchaseVelocity(log, rules);
    expect(rowOf(table, "a")).toMatchObject({ orderCount: 3, averageOrderValue: 20, orderValueTrend: 10 });
    expect(rowOf(table, "b")["averageOrderValue"]).toBeNaN();
  });

  it("tells regular buyers from others by the sum of logarithms, at equal means", () => {
    const buyer = (id: string, days: readonly number[]): readonly (readonly [string, string, number, number])[] =>
      days.map((d) => [id, "buy", d * day, 1] as const);
    const table = derivePurchaseVelocity(
      logOf([...buyer("even", [0, 10, 20, 30]), ...buyer("odd", [0, 1, 2, 30])]),
      rules,
    );
    const [even, odd] = column(table, "purchaseIntervalLogSum");
    expectClose([even, odd], [3 * Math.log(10), Math.log(28)], { relative: 1e-15, because: "rounding" });
    expect(Array.from(column(table, "purchaseIntervalDaysMean"))).toEqual([10, 10]);
  });

  it("takes an event that is a browse and a purchase for a purchase", () => {
    const log = logOf([["a", "buy", 0, 1], ["a", "buy", day, 1]]); // prettier-ignore
    const row = rowOf(derivePurchaseVelocity(log, { ...rules, browse: ["buy", "view"] }), "a");
    expect(row["browsedOrderCount"]).toBe(0);
    expect(row["daysSinceOpenBrowse"]).toBeNaN();
  });

  it("refuses values that overflow, and wrong options", () => {
    const huge = logOf([["a", "buy", 0, 1.7e308], ["a", "buy", day, 1]]); // prettier-ignore
    expectRefusal(() => derivePurchaseVelocity(huge, rules), "too-large", "log.value");
    expectRefusal(() => derivePurchaseVelocity(huge, { ...rules, browse: [] }), "invalid-option", "options.browse");
    const infinite = logOf([["a", "buy", 0, Infinity]]);
    expectRefusal(() => derivePurchaseVelocity(infinite, rules), "invalid-value", "log.value[0]");
  });

  it("reads a customer with 200,000 events", () => {
    const log = logOf(
      Array.from({ length: 200_000 }, (_, i) => ["a", i % 2 === 0 ? "view" : "buy", i * 60_000, 1] as const),
    );
    const row = rowOf(derivePurchaseVelocity(log, { ...rules, asOf: 1e12 }), "a");
    expect(row).toMatchObject({ orderCount: 100_000, browsedOrderCount: 100_000, orderValueTrend: 0 });
  });
});

describeWithData("derivePurchaseVelocity on a real retailer's invoices", ["online_retail"], () => {
  it("finds the intervals and the order values that pandas finds", () => {
    const expected = readDataJson<{
      days_between_invoices: { gaps: number; mean: number };
      invoices: { mean_amount: number };
    }>("online_retail/expected.json");
    const log = logOf(
      readDataRows("online_retail/online_retail.csv.gz")
        .filter((row) => row["CustomerID"] !== "" && !row["InvoiceNo"].startsWith("C"))
        .filter((row) => Number(row["Quantity"]) > 0 && Number(row["UnitPrice"]) > 0)
        .map((row) => {
          const time = Date.parse(`${row["InvoiceDate"].replace(" ", "T")}Z`);
          return [row["CustomerID"], "buy", time, Number(row["Quantity"]) * Number(row["UnitPrice"]), row["InvoiceNo"]];
        }),
    );
    const table = derivePurchaseVelocity(log, { ...rules, asOf: Date.UTC(2011, 11, 10), order: "order" });
    const rows = toRows(table) as Record<string, number>[];
    const total = (of: (row: Record<string, number>) => number): number =>
      rows.reduce((sum, row) => sum + (of(row) || 0), 0);
    const gaps = total((row) => row["purchaseIntervalCount"]);
    expect(gaps).toBe(expected.days_between_invoices.gaps);
    const because = "a mean of thousands of means";
    const days = total((row) => row["purchaseIntervalDaysMean"] * row["purchaseIntervalCount"]);
    expectClose(days / gaps, expected.days_between_invoices.mean, { relative: 1e-12, because });
    const orders = total((row) => row["orderCount"]);
    const amount = total((row) => row["averageOrderValue"] * row["orderCount"]);
    expectClose(amount / orders, expected.invoices.mean_amount, { relative: 1e-12, because });
  });
});

describeWithData("derivePurchaseVelocity on a shop's clicks", ["retentioneering_ab"], () => {
  it("finds the payers, what they paid, and nobody's wait before their first click", () => {
    const expected = readDataJson<{
      counts: { event_types: Record<string, number>; users_per_event_type: Record<string, number>; users: number };
      groups: Record<string, { payers: number; value_sum: number }>;
    }>("retentioneering_ab/expected.json");
    const log = logOf(
      readDataRows("retentioneering_ab/ab_test_demo.csv.gz").map((row) => [
        row["user_id"],
        row["event"],
        Date.parse(`${row["timestamp"].slice(0, 23).replace(" ", "T")}Z`),
        row["transaction_value"] === "" ? NaN : Number(row["transaction_value"]),
      ]),
    );
    const browse = ["catalog", "main", "product"];
    const table = derivePurchaseVelocity(log, { asOf: Date.UTC(2020, 4, 1), browse, purchase: "payment_done" });
    const rows = toRows(table) as Record<string, number>[];
    const payers = rows.filter((row) => row["orderCount"] > 0);
    expect(payers).toHaveLength(expected.counts.users_per_event_type["payment_done"]);
    expect(payers.reduce((sum, row) => sum + row["orderCount"], 0)).toBe(expected.counts.event_types["payment_done"]);
    const paid = payers.reduce((sum, row) => sum + row["averageOrderValue"] * row["orderCount"], 0);
    const groups = Object.values(expected.groups);
    expectClose(paid, groups.reduce((sum, group) => sum + group.value_sum, 0), { relative: 1e-12, because: "a sum of means" }); // prettier-ignore
    // A sale follows a visit in this shop: every order has its browse, and everybody without one still waits.
    expect(payers.every((row) => row["browsedOrderCount"] === row["orderCount"])).toBe(true);
    expect(rows.filter((row) => row["orderCount"] === 0).every((row) => row["daysSinceOpenBrowse"] > 0)).toBe(true);
  });
});
