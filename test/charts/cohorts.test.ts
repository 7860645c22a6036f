import { chartCohorts } from "clientele/charts";
import { deriveCohorts } from "clientele/features";
import { renderSvg } from "clientele/report";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const month = 30 * 86_400_000;
const log = logOf(Array.from({ length: 90 }, (_, i) => Array.from({ length: 1 + (i % 4) }, (__, k): Happening => [`c${i}`, "buy", Date.UTC(2024, i % 6, 3) + k * month])).flat()); // prettier-ignore
const report = deriveCohorts(log, { asOf: Date.UTC(2024, 6, 31), period: "month", mode: "recurring" });

describe("chartCohorts", () => {
  it("draws a cell per cohort and observable period, and says how many came back", () => {
    const chart = chartCohorts(report);
    expect(compiled(chart).warnings).toEqual([]);
    expect(renderSvg(chart)).not.toMatch(/NaN|Infinity/);
    expect(chart["description"]).toMatch(
      /^Who comes back: 90 customers in 6 cohorts by month; after one month 7\d\.\d % came back\.$/,
    );
    const { table } = chart["usermeta"] as { readonly table: { readonly rows: readonly (readonly unknown[])[] } };
    expect(table.rows.map(([cohort, size]) => [cohort, size])).toEqual(
      ["01", "02", "03", "04", "05", "06"].map((at) => [`2024-${at}`, 15]),
    );
    const cells = (chart["data"] as { readonly values: readonly { readonly share: number | null }[] }).values;
    const known = report.cohorts.flatMap(({ retained }) => retained.filter((count) => count !== null)).length;
    expect(cells.filter(({ share }) => share !== null)).toHaveLength(known);
  });

  it("draws the last of many cohorts, one cohort, none, and local dates", () => {
    const cohort = { start: Date.UTC(2024, 0, 31, 23), size: 4, retained: [4, 1] };
    const many = Array.from({ length: 50 }, (_, i) => ({ ...cohort, start: cohort.start + i * 86_400_000 }));
    expect(headOf(chartCohorts({ ...report, period: "day", cohorts: many }))).toContain("the last 36 of 50 cohorts");
    const vienna = chartCohorts({ ...report, timeZone: "Europe/Vienna", cohorts: [cohort] });
    expect(JSON.stringify(vienna)).toContain("2024-02 (4)");
    expect(renderSvg(chartCohorts({ ...report, cohorts: [] }))).toContain("There are no cohorts.");
  });

  it("refuses what is no report of cohorts", () => {
    const refused = (cohort: object, code: "invalid-value" | "shape-mismatch", path: string): void =>
      expectRefusal(() => chartCohorts({ ...report, cohorts: [{ ...report.cohorts[0], ...cohort }] }), code, `report.cohorts[0].${path}`); // prettier-ignore
    expectRefusal(() => chartCohorts(null as never), "shape-mismatch", "report");
    refused({ start: NaN }, "invalid-value", "start");
    refused({ size: -1 }, "invalid-value", "size");
    refused({ retained: 5 }, "shape-mismatch", "retained");
    refused({ retained: [1e9] }, "invalid-value", "retained[0]");
  });
});
