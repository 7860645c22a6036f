import { chartMigration } from "clientele/charts";
import { readEvents } from "clientele/events";
import { deriveRfm } from "clientele/features";
import {
  assignMicroSegments,
  fitMicroSegments,
  labelLifecycle,
  type Lifecycle,
  measureMigration,
  type MigrationReport,
} from "clientele/segments";
import { type EventLog, joinLabels, type LabeledIds } from "clientele/tables";
import { expect, it } from "vitest";
import { log1p } from "../../src/numeric/elementary.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import golden from "../oracles/migration.golden.json" with { type: "json" };

/** The first purchase as the day on which the profile was created. */
function firstPurchases({ customer, time, byCustomer: { starts } }: EventLog): Record<string, number> {
  const created: Record<string, number> = {};
  for (const row of starts.subarray(0, -1)) created[customer.names[customer.codes[row]]] = time[row];
  return created;
}

/** Stages at each instant, by the rule of the last one. */
function stagesAt(log: EventLog, months: readonly number[], order?: string): Lifecycle[] {
  const options = { purchase: "buy", order, createdAt: firstPurchases(log) };
  const { rule } = labelLifecycle(log, { ...options, asOf: months[months.length - 1] });
  return months.map((asOf) => labelLifecycle(log, { ...options, ...rule, asOf }));
}

/** Moves from each instant to the next. */
function movesOf(groupings: readonly LabeledIds[], names: readonly string[]): MigrationReport[] {
  const { labels } = joinLabels(groupings);
  return labels.slice(1).map((next, i) => measureMigration(labels[i], next, { names }));
}

function expectWholeStory(reports: readonly MigrationReport[]): void {
  reports.forEach(({ before, after, net, entered, left, counts }, i) => {
    if (i > 0) expect(before).toEqual(reports[i - 1].after);
    expect(after).toEqual(before.map((size, s) => size + net[s] + entered[s] - left[s]));
    expect(net.reduce((sum, flow) => sum + flow, 0)).toBe(0);
    // Nobody becomes a prospect or new again, or is reactivated without having been away.
    for (const row of counts.slice(2)) expect([row[0], row[1]]).toEqual([0, 0]);
    expect([counts[1][5], counts[2][5]]).toEqual([0, 0]);
  });
}

describeWithData("who is moving where at an online retailer", ["online_retail"], () => {
  const sales = readDataRows("online_retail/online_retail.csv.gz").filter(
    (row) => row["CustomerID"] !== "" && !row["InvoiceNo"].startsWith("C") && Number(row["Quantity"]) > 0 && Number(row["UnitPrice"]) > 0,
  ); // prettier-ignore
  const { log } = readEvents(sales, {
    customer: "CustomerID",
    type: () => "buy",
    time: ({ InvoiceDate }) => Date.parse(`${InvoiceDate.replace(" ", "T")}Z`),
    value: ({ Quantity, UnitPrice }) => Number(Quantity) * Number(UnitPrice),
    extra: { order: "InvoiceNo" },
  });
  const months = Array.from({ length: 7 }, (_, i) => Date.UTC(2011, 5 + i, 1));
  const stages = stagesAt(log, months, "order");
  const reports = movesOf(stages, stages[0].names);

  it("agrees with a second implementation, month by month, June to November 2011", () => {
    expect(stages[0].names).toEqual(golden.names);
    expect(stages[0].rule).toMatchObject({ quantile: 0.9, churnFactor: 2, priorPauses: 3 });
    const { typicalDays } = stages[6].rule as { readonly typicalDays: number };
    expectClose(typicalDays, golden.onlineRetail.typicalDays, { relative: 1e-12, because: "other units of time" });
    expect(reports.map(({ counts }) => counts)).toEqual(golden.onlineRetail.counts);
    expect(reports.map(({ entered }) => entered)).toEqual(golden.onlineRetail.entered);
    expectWholeStory(reports);
  });

  it("tells of November what the guide tells", () => {
    const november = reports[5];
    expect(november.before.slice(1)).toEqual([358, 1836, 655, 906, 219]);
    expect(november.after.slice(1)).toEqual([323, 2212, 548, 925, 289]);
    expect(november.halfLife.slice(1).map((life) => Math.round(100 * life!) / 100)).toEqual([
      0, 5.88, 1.01, 3.94, 1.74,
    ]);
    expect(chartMigration(november)["description"]).toBe(
      "Who moved where: 1,105 of 3,974 customers who were and are still there changed segment, 323 entered, 0 left; the " +
        "largest move is from new to active, 358 customers (100.0 % of those still there).",
    );
  });

  it("follows micro-segments of the stages: their sizes are those of the stages", () => {
    const groupings = [5, 6].map((month) => {
      const rfm = deriveRfm(log, { asOf: months[month], purchase: "buy", order: "order" });
      const stageOf = new Map(stages[month].ids.map((id, row) => [id, stages[month].labels[row]]));
      const labels = Int32Array.from(rfm.ids, (id) => stageOf.get(id) ?? -1);
      return { table: { ...rfm, values: rfm.values.map(log1p) }, labels };
    });
    const [first] = groupings;
    const model = fitMicroSegments(first.table, first.labels, { names: stages[0].names, minSize: 50, kMax: 3 });
    const micro = groupings.map(({ table, labels }) => ({ ids: table.ids, labels: assignMicroSegments(model, table, labels).labels })); // prettier-ignore
    const [report] = movesOf(micro, model.names);
    const stageSizes = (sizes: readonly number[]): number[] =>
      golden.names.map((stage) =>
        model.names.reduce(
          (sum, name, s) => (name === stage || name.startsWith(`${stage}/`) ? sum + sizes[s] : sum),
          0,
        ),
      );
    expect(stageSizes(report.before)).toEqual(reports[5].before);
    expect(stageSizes(report.after)).toEqual(reports[5].after);
    expect(model.names).toEqual(expect.arrayContaining(["active/1", "active/2", "atRisk/1", "churned/1"]));
    const sizes = model.names.map((_, s) => report.before[s]).filter((size) => size > 0);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(50);
    // The flows between the parts of a stage and those of another add up to the flow between the stages.
    const [from, to] = ["active/", "atRisk/"].map((stage) => model.names.flatMap((name, s) => (name.startsWith(stage) ? [s] : []))); // prettier-ignore
    const flow = from.reduce((sum, a) => to.reduce((all, b) => all + report.counts[a][b], sum), 0);
    expect(flow).toBe(reports[5].counts[2][3]);
  });
});

describeWithData("who is moving where at CDNOW", ["cdnow_sample"], () => {
  it("agrees with a second implementation, month by month, January to June 1998", () => {
    const { log } = readEvents(readDataRows("cdnow_sample/cdnow_sample.csv"), {
      customer: "sample_id",
      type: () => "buy",
      time: ({ date }) => Date.parse(`${date}T00:00:00Z`),
      value: ({ spend }) => Number(spend),
    });
    const stages = stagesAt(
      log,
      Array.from({ length: 7 }, (_, i) => Date.UTC(1998, i, 1)),
    );
    const reports = movesOf(stages, stages[0].names);
    expect(reports.map(({ counts }) => counts)).toEqual(golden.cdnow.counts);
    expectWholeStory(reports);
    // One cohort of early 1997: nobody enters or leaves, and two in three have been lost.
    expect(reports[5].after).toEqual([0, 0, 315, 219, 1687, 136]);
    expect(reports[5].after.reduce((sum, size) => sum + size, 0)).toBe(2357);
  });
});
