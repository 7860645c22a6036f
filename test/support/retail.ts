import { readEvents } from "clientele/events";
import type { EventLog } from "clientele/tables";
import { readDataRows } from "./data.ts";

/** The sales of Online Retail to known customers as a log of "buy" events, one per line of an order; cancellations left out. */
export function retailLog(): EventLog {
  const sales = readDataRows("online_retail/online_retail.csv.gz").filter(
    (row) =>
      row["CustomerID"] !== "" &&
      !row["InvoiceNo"].startsWith("C") &&
      Number(row["Quantity"]) > 0 &&
      Number(row["UnitPrice"]) > 0,
  );
  return readEvents(sales, {
    customer: "CustomerID",
    type: () => "buy",
    time: ({ InvoiceDate }) => Date.parse(`${InvoiceDate.replace(" ", "T")}Z`),
    value: ({ Quantity, UnitPrice }) => Number(Quantity) * Number(UnitPrice),
    extra: { order: "InvoiceNo" },
  }).log;
}
