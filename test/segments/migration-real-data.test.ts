import { chartMigration } from "clientele/charts";
import { readEvents } from "clientele/events";
import { deriveRfm } from "clientele/features";
import { renderSvg } from "clientele/report";
import {
  assignMicroSegments,
  fitMicroSegments,
  labelLifecycle,
  type Lifecycle,
  measureMigration,
  type MicroSegmentModel,
  type MigrationReport,
} from "clientele/segments";
import { type EventLog, joinLabels, type LabeledIds } from "clientele/tables";
import { expect, it } from "vitest";
import { log1p } from "../../src/numeric/elementary.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { retailLog } from "../support/retail.ts";
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

/** Micro-segments of the first instant, and who moved between them from each instant to the next. */
function microMovesOf(
  log: EventLog,
  { months, stages, order }: { months: readonly number[]; stages: readonly Lifecycle[]; order?: string },
): { model: MicroSegmentModel; reports: MigrationReport[] } {
  const groupings = months.map((asOf, month) => {
    const rfm = deriveRfm(log, { asOf, purchase: "buy", order });
    const stageOf = new Map(stages[month].ids.map((id, row) => [id, stages[month].labels[row]]));
    const labels = Int32Array.from(rfm.ids, (id) => stageOf.get(id) ?? -1);
    return { table: { ...rfm, values: rfm.values.map(log1p) }, labels };
  });
  const [first] = groupings;
  const model = fitMicroSegments(first.table, first.labels, { names: stages[0].names, minSize: 50, kMax: 3 });
  const micro = groupings.map(({ table, labels }) => ({ ids: table.ids, labels: assignMicroSegments(model, table, labels).labels })); // prettier-ignore
  return { model, reports: movesOf(micro, model.names) };
}

/** Micro-segments are parts of their stages: whatever is counted of them adds up to what is counted of the stages. */
function expectPartsOfStages(
  names: readonly string[],
  moves: readonly MigrationReport[],
  ofStages: readonly MigrationReport[],
): void {
  moves.forEach(({ counts, entered, left, before }, i) => {
    const stage = names.map((name) => ofStages[i].names.indexOf(name.split("/")[0]));
    const added = (sizes: readonly number[]): number[] =>
      ofStages[i].names.map((_, s) => sizes.reduce((sum, size, part) => sum + (stage[part] === s ? size : 0), 0));
    expect([added(before), added(entered), added(left)]).toEqual([ofStages[i].before, ofStages[i].entered, ofStages[i].left]); // prettier-ignore
    const byStage = counts.map(added);
    const columns = ofStages[i].names.map((_, to) => added(byStage.map((row) => row[to])));
    expect(ofStages[i].names.map((_, from) => columns.map((column) => column[from]))).toEqual(ofStages[i].counts);
  });
  const parts = names.map((name, s) => (name.includes("/") ? moves[0].before[s] : 50));
  expect(Math.min(...parts)).toBeGreaterThanOrEqual(50);
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
  const log = retailLog();
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

  it("follows micro-segments month by month: their flows add up to those of the stages", () => {
    const { model, reports: moves } = microMovesOf(log, { months, stages, order: "order" });
    expect(model.names).toEqual(expect.arrayContaining(["new/1", "active/1", "active/2", "atRisk/1", "churned"]));
    expectPartsOfStages(model.names, moves, reports);
  });
});

describeWithData("who is moving where at CDNOW", ["cdnow_sample"], () => {
  const { log } = readEvents(readDataRows("cdnow_sample/cdnow_sample.csv"), {
    customer: "sample_id",
    type: () => "buy",
    time: ({ date }) => Date.parse(`${date}T00:00:00Z`),
    value: ({ spend }) => Number(spend),
  });
  const months = Array.from({ length: 7 }, (_, i) => Date.UTC(1998, i, 1));
  const stages = stagesAt(log, months);
  const reports = movesOf(stages, stages[0].names);

  it("agrees with a second implementation, month by month, January to June 1998", () => {
    expect(reports.map(({ counts }) => counts)).toEqual(golden.cdnow.counts);
    expectWholeStory(reports);
    // One cohort of early 1997: nobody enters or leaves, and two in three have been lost.
    expect(reports[5].after).toEqual([0, 0, 315, 219, 1687, 136]);
    expect(reports[5].after.reduce((sum, size) => sum + size, 0)).toBe(2357);
  });

  it("follows micro-segments month by month, and draws January as the guide shows it", () => {
    const { model, reports: moves } = microMovesOf(log, { months, stages });
    expect(model.stages.map(({ sizes }) => sizes)).toEqual([[0], [0], [231, 188], [112, 104], [1393, 258], [71]]);
    // Customers drift; the note says that the cuts are slices of a crowd.
    expect(model.notes.map(({ code }) => code)).toEqual(["no-structure", "no-structure", "no-structure"]);
    expectPartsOfStages(model.names, moves, reports);
    const january = chartMigration(moves[0]);
    expect(january["description"]).toBe(
      "Who moved where: 298 of 2,357 customers who were and are still there changed segment, 0 entered, 0 left; the largest " +
        "move is from churned/2 to churned/1, 68 customers (26.4 % of those still there).",
    );
    expect(renderSvg(january)).toContain("churned/1 · 1,393");
    expect(renderSvg(chartMigration(moves[0], { form: "matrix" }))).toContain("active/2");
  });
});
