import { auditEvents, type AuditFinding, crossCheckSources, readEvents } from "clientele/events";
import { expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// Audits of real shops, held to the expected.json of each data set, which pandas computed.

describeWithData("an audit of the online retailer", ["online_retail"], () => {
  interface Expected {
    readonly counts: Readonly<
      Record<"rows" | "invoices" | "stock_codes" | "countries" | "rows_without_customer" | "rows_price_le_0", number>
    > &
      Readonly<
        Record<"customers" | "rows_quantity_le_0" | "empty_descriptions" | "duplicate_rows_beyond_first", number>
      >;
    readonly clean_sales: { readonly rows: number; readonly customers: number };
    readonly daily_amount: {
      readonly calendar_days: number;
      readonly days_with_sales: number;
      readonly weekday_sums_monday_first: readonly number[];
    };
  }
  const expected = readDataJson<Expected>("online_retail/expected.json");
  const rows = readDataRows("online_retail/online_retail.csv.gz");
  const asOf = Date.UTC(2011, 11, 10);
  const time = (row: TextRow): string => `${row["InvoiceDate"].replace(" ", "T")}Z`;
  const find = (findings: readonly AuditFinding[], check: string, column?: string): AuditFinding | undefined =>
    findings.find((one) => one.check === check && (column === undefined || one.column === column));

  it("finds what pandas finds in all lines, those without a customer included", () => {
    const { log } = readEvents(rows, {
      customer: (row: TextRow) => row["CustomerID"] || "unknown",
      type: () => "purchase",
      time,
      value: (row: TextRow) => Number(row["Quantity"]),
      extra: {
        invoice: "InvoiceNo",
        stock: "StockCode",
        description: "description_id",
        price: (row: TextRow) => Number(row["UnitPrice"]),
        country: "Country",
      },
    });
    const { totals, findings } = auditEvents(log, { asOf, ranges: { value: { min: 1 }, price: { min: 1e-9 } } });
    const { counts } = expected;
    expect(totals).toMatchObject({ events: counts.rows, customers: counts.customers + 1, eventTypes: 1 });
    expect(find(findings, "placeholder-id")).toMatchObject({ count: counts.rows_without_customer, ids: 1 });
    expect(find(findings, "duplicate")).toMatchObject({ count: counts.duplicate_rows_beyond_first });
    expect(find(findings, "out-of-range", "value")).toMatchObject({ count: counts.rows_quantity_le_0 });
    expect(find(findings, "out-of-range", "price")).toMatchObject({ count: counts.rows_price_le_0 });
    expect(find(findings, "missing-value", "description")).toMatchObject({ count: counts.empty_descriptions });
    const distinct = Object.fromEntries(totals.columns.map((column) => [column.column, column.distinct]));
    expect(distinct).toMatchObject({ invoice: counts.invoices, stock: counts.stock_codes, country: counts.countries });
    expect(find(findings, "future-time")).toBeUndefined();
  });

  it("knows the Saturdays of clean sales as closed, and finds Christmas and the holidays", () => {
    const sales = rows.filter(
      (row) => row["CustomerID"] !== "" && !row["InvoiceNo"].startsWith("C") && Number(row["Quantity"]) > 0 && Number(row["UnitPrice"]) > 0, // prettier-ignore
    );
    const { log } = readEvents(sales, { customer: "CustomerID", type: () => "purchase", time, extra: { invoice: "InvoiceNo" } }); // prettier-ignore
    const { totals, findings } = auditEvents(log, { asOf });
    expect(totals).toMatchObject({ events: expected.clean_sales.rows, customers: expected.clean_sales.customers });
    const { calendar_days: days, days_with_sales: open, weekday_sums_monday_first: sums } = expected.daily_amount;
    const gap = find(findings, "gap")!;
    expect(gap).toMatchObject({ severity: "warning", count: days - open, share: (days - open) / days });
    expect(gap.closedWeekdays).toEqual(sums.flatMap((sum, weekday) => (sum === 0 ? [weekday + 1] : [])));
    expect(gap.gaps![0].from).toBe("2010-12-24");
    // Of the 53 Saturdays from 2010-12-01 to 2011-12-09 none had a sale.
    expect(gap.gaps!.reduce((sum, run) => sum + run.days, 0)).toBe(days - open - 53);
  });

  it("agrees with itself order by order, and loses the invoices that a copy lacks", () => {
    const lines = rows.filter((row) => row["CustomerID"] !== "");
    const readers = {
      customer: "CustomerID",
      type: () => "purchase",
      time,
      value: (row: TextRow) => Number(row["Quantity"]) * Number(row["UnitPrice"]),
      extra: { invoice: "InvoiceNo" },
    };
    const all = readEvents(lines, readers).log;
    const sales = readEvents(lines.filter((row) => !row["InvoiceNo"].startsWith("C")).reverse(), readers).log;
    const cancelled = new Set(lines.map((row) => row["InvoiceNo"]).filter((invoice) => invoice.startsWith("C")));
    const report = crossCheckSources(all, sales, { by: "invoice" });
    expect(report).toMatchObject({ onlyInA: cancelled.size, onlyInB: 0, differing: [], otherCustomer: 0 });
    expect(report.matched + report.onlyInA).toBe(report.a.orders);
    expect(report.a.lines).toBe(expected.counts.rows - expected.counts.rows_without_customer);
  });
});

describeWithData("an audit of the simple shop", ["simple_shop"], () => {
  it("finds nothing repeated, no bots and no mistyped events among its thirteen", () => {
    interface Expected {
      readonly counts: {
        readonly events: number;
        readonly users: number;
        readonly event_types: Readonly<Record<string, number>>;
        readonly exact_duplicate_rows_beyond_first: number;
      };
    }
    const { counts } = readDataJson<Expected>("simple_shop/expected.json");
    const { log } = readEvents(readDataRows("simple_shop/simple_shop.csv.gz"), {
      customer: "user_id",
      type: "event",
      time: (row: TextRow) => `${row["timestamp"].replace(" ", "T")}Z`,
    });
    const { totals, findings } = auditEvents(log, { asOf: Date.UTC(2020, 4, 1) });
    expect(counts.exact_duplicate_rows_beyond_first).toBe(0);
    expect(totals).toMatchObject({ events: counts.events, customers: counts.users });
    expect(Object.fromEntries(totals.types.map(({ type, count }) => [type, count]))).toEqual(counts.event_types);
    // No event has a value, and that is all there is to say.
    expect(findings.map(({ check, column }) => [check, column])).toEqual([["missing-value", "value"]]);
  });
});

describeWithData("an audit of the e-shop of 2008", ["eshop2008"], () => {
  it("finds every day from April to the middle of August, and no click twice", () => {
    interface Expected {
      readonly counts: { readonly rows: number; readonly sessions: number; readonly models: number; readonly countries: number }; // prettier-ignore
      readonly daily_clicks: Readonly<Record<string, number>>;
    }
    const { counts, daily_clicks: daily } = readDataJson<Expected>("eshop2008/expected.json");
    const { log } = readEvents(readDataRows("eshop2008/eshop2008.csv.gz"), {
      customer: "session_id",
      type: "page1_main_category",
      time: (row: TextRow) =>
        `${row["year"]}-${row["month"].padStart(2, "0")}-${row["day"].padStart(2, "0")}T00:00:00Z`,
      value: (row: TextRow) => Number(row["price"]),
      extra: { order: (row: TextRow) => Number(row["order"]), model: "page2_clothing_model", country: "country" },
    });
    const { totals, findings } = auditEvents(log, { asOf: Date.UTC(2008, 8, 1) });
    expect(totals).toMatchObject({ events: counts.rows, customers: counts.sessions });
    const distinct = Object.fromEntries(totals.columns.map((column) => [column.column, column.distinct]));
    expect(distinct).toMatchObject({ model: counts.models, country: counts.countries });
    const dates = Object.keys(daily).filter((date) => daily[date] > 0);
    const span = (Date.parse(dates.at(-1)!) - Date.parse(dates[0])) / 86_400_000 + 1;
    expect(findings.find(({ check }) => check === "gap")?.count ?? 0).toBe(span - dates.length);
    expect(findings.some(({ check }) => check === "duplicate")).toBe(false);
  });
});
