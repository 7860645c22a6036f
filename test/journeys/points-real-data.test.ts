import { readEvents } from "clientele/events";
import { type Marker, type MarkersReport, measureCommonPoints, measureMarkers } from "clientele/journeys";
import { expect, it } from "vitest";
import golden from "../oracles/journey-points.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";

// Common points and markers against pandas, scipy and statsmodels: test/oracles/journey-points.py.

const because = "other orders of summation";

function expectMarkers(report: MarkersReport, expected: typeof golden.shopMarkers | typeof golden.orderMarkers): void {
  expect(report).toMatchObject({
    customers: expected.customers,
    converted: expected.converted,
    excluded: expected.excluded,
  });
  expect(report.markers).toHaveLength(expected.markers.length);
  const numbersOf = (marker: Omit<Marker, "interval" | "test"> & { interval: readonly number[] }): number[] => {
    const { customers, converted, precision, recall, lift, oddsRatio, interval, pValue, adjustedPValue } = marker;
    return [customers, converted, precision, recall, lift, oddsRatio, ...interval, pValue, adjustedPValue];
  };
  for (const wanted of expected.markers) {
    const marker = report.markers.find(({ event, times }) => event === wanted.event && times === wanted.times)!;
    expect(marker.test).toBe(wanted.test);
    expectClose(numbersOf(marker), numbersOf(wanted), { relative: 1e-9, because });
  }
}

describeWithData("points and markers of the simple shop", ["simple_shop"], () => {
  const { log } = readEvents(readDataRows("simple_shop/simple_shop.csv.gz"), {
    customer: "user_id",
    type: "event",
    time: ({ timestamp }) => `${timestamp.replace(" ", "T")}Z`,
  });

  it("passes on the way to a payment what pandas counts, with the landing page last", () => {
    const report = measureCommonPoints(log, { goal: "payment_done", share: 0.5 });
    expect([report.converting, report.others]).toEqual([golden.shopPoints.converting, golden.shopPoints.others]);
    const expected: Readonly<Record<string, (typeof golden.shopPoints.points)["cart"]>> = golden.shopPoints.points;
    expect(report.points.map(({ event }) => event).sort()).toEqual(Object.keys(expected).sort());
    for (const { event, dominator, medianMsBefore, ...point } of report.points) {
      const wanted = expected[event];
      expect(dominator).toBe(wanted.dominator);
      expectClose(
        [point.paths, point.share, ...point.interval, point.otherPaths, point.otherShare!, ...point.otherInterval!, point.lift!], // prettier-ignore
        [wanted.paths, wanted.share, ...wanted.interval, wanted.otherPaths, wanted.otherShare, ...wanted.otherInterval, wanted.lift], // prettier-ignore
        { relative: 1e-9, because },
      );
      expectClose(medianMsBefore, wanted.medianMsBefore, { absolute: 0.001, because: "times are exact to a microsecond" }); // prettier-ignore
    }
    expect(report.dominators).toEqual(["catalog", "cart", "delivery_choice", "payment_choice"]);
    expect(report.points.slice(-2).map(({ event }) => event)).toEqual(["catalog", "main"]);
  });

  it("marks payments in the month after the first day as scipy does", () => {
    expectMarkers(measureMarkers(log, { goal: "payment_done", withinDays: 1, horizonDays: 30 }), golden.shopMarkers);
  });
});

describeWithData("markers of large orders in Online Retail", ["online_retail"], () => {
  it("marks orders of 500 and more after the first 60 days as scipy does", () => {
    const invoices = new Map<string, { who: string; at: string; amount: number }>();
    for (const row of readDataRows("online_retail/online_retail.csv.gz")) {
      if (row["CustomerID"] === "") continue;
      const amount = Number(row["Quantity"]) * Number(row["UnitPrice"]);
      const invoice = invoices.get(row["InvoiceNo"]);
      if (invoice === undefined)
        invoices.set(row["InvoiceNo"], { who: row["CustomerID"], at: row["InvoiceDate"], amount }); // prettier-ignore
      else {
        invoice.amount += amount;
        if (row["InvoiceDate"] < invoice.at) invoice.at = row["InvoiceDate"];
      }
    }
    const orders = Array.from(invoices, ([id, { who, at, amount }]) => ({
      who,
      what: id.startsWith("C") ? "cancellation" : amount >= 500 ? "large order" : "order",
      at: `${at.replace(" ", "T")}Z`,
    }));
    const { log } = readEvents(orders, { customer: "who", type: "what", time: "at" });
    const options = { goal: "large order", withinDays: 60, horizonDays: 120, times: [1, 2, 3] };
    const report = measureMarkers(log, options);
    expectMarkers(report, golden.orderMarkers);
    expect(report.markers[0]).toMatchObject({ event: "order", times: 3, customers: 252 });
  });
});
