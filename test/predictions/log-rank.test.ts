import { testLogRank } from "clientele/predictions";
import { labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import golden from "../oracles/survival.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";

const { leukemia, tied } = golden;
const near = { relative: 1e-11, because: "a small matrix is solved" };

describe("testLogRank", () => {
  it("finds χ² = 16.79 for Freireich's leukemia patients, as R and every textbook", () => {
    // R: survdiff(Surv(weeks, relapse) ~ drug): 6-MP observed 9 expected 19.3, placebo 21 and 10.7, chisq = 16.8.
    const report = testLogRank(leukemia.durations, leukemia.events, leukemia.groups);
    expectClose([report.statistic, report.pValue as number], leukemia.logRank, near);
    expect(report.degreesOfFreedom).toBe(1);
    expect(report.groups.map(({ group, customers, observed }) => [group, customers, observed])).toEqual([[0, 21, 9], [1, 21, 21]]); // prettier-ignore
    expectClose(report.groups.map(({ expected }) => expected), [19.3, 10.7], { absolute: 0.051, because: "digits printed by R" }); // prettier-ignore
    expect([report.method, report.notes]).toEqual(["log-rank", []]);
  });

  it("weighs early events more with rho", () => {
    const report = testLogRank(leukemia.durations, leukemia.events, leukemia.groups, { rho: 1 });
    expectClose([report.statistic, report.pValue as number], leukemia.peto, near);
    expect(report.method).toBe("harrington-fleming");
  });

  it("compares several groups with many ties as statsmodels does", () => {
    const report = testLogRank(tied.durations, tied.events, tied.groups);
    expectClose([report.statistic, report.pValue as number], tied.logRank, near);
    expect(report.degreesOfFreedom).toBe(2);
  });

  it("does not depend on the names, the order of groups or the unit of time; observed and expected have one sum", () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.boolean(), fc.nat(2)), { minLength: 3, maxLength: 40 }), (rows) => {
        const durations = rows.map(([t]) => t);
        const events = rows.map(([, event]) => event);
        const groups = rows.map(([, , g], row) => (row === 0 ? 0 : row === 1 ? 1 : g));
        const report = testLogRank(durations, events, groups);
        const renamed = testLogRank(
          durations.map((t) => t * 1024),
          events,
          groups.map((g) => ["c", "__proto__", "a"][g]),
        );
        const sums = { absolute: 1e-9, because: "sums in another order" };
        expectClose(renamed.statistic, report.statistic, { ...sums, relative: 1e-9 });
        expect(renamed.degreesOfFreedom).toBe(report.degreesOfFreedom);
        const total = report.groups.reduce((sum, { observed, expected }) => sum + observed - expected, 0);
        expectClose(total, 0, sums);
        expect(report.statistic).toBeGreaterThanOrEqual(0);
        expect(report.pValue === null).toBe(report.degreesOfFreedom === 0);
      }),
    ));

  it("leaves out rows without a group, and groups that were never at risk when an event came", () => {
    const durations = [1, 2, 3, 4, 5, 6];
    const events = [1, 1, 0, 1, 1, 0];
    const labeled = testLogRank([...durations, 9], [...events, 1], labelsOf([0, 1, 0, 1, 0, 1, -1]));
    const plain = testLogRank(durations, events, [0, 1, 0, 1, 0, 1]);
    expect({ ...labeled, notes: [] }).toEqual(plain);
    expect(labeled.notes.map(({ code }) => code)).toEqual(["ungrouped"]);
    const early = testLogRank([...durations, 0.5], [...events, 0], ["a", "b", "a", "b", "a", "b", "early"]);
    expect([early.statistic, early.degreesOfFreedom]).toEqual([plain.statistic, 1]);
    expect(early.groups[2]).toEqual({ group: "early", customers: 1, observed: 0, expected: 0 });
  });

  it("says that nothing can be compared without events, or where all have it at once", () => {
    for (const [durations, events] of [
      [
        [1, 2, 3, 4],
        [0, 0, 0, 0],
      ],
      [
        [2, 2, 2, 2],
        [1, 1, 1, 1],
      ],
      [
        [1, 1, 2, 3],
        [0, 0, 1, 1],
      ],
    ]) {
      const report = testLogRank(durations, events, ["a", "a", "b", "b"]);
      expect([report.statistic, report.degreesOfFreedom, report.pValue]).toEqual([0, 0, null]);
      expect(report.notes.map(({ code }) => code)).toEqual(["no-comparison"]);
    }
  });

  it("refuses fewer than two groups, too many, and what is no group", () => {
    expectRefusal(() => testLogRank([1, 2], [1, 1], ["a", "a"]), "degenerate-data", "groups");
    expectRefusal(() => testLogRank([1, 2], [1, 1], ["a"]), "shape-mismatch", "groups");
    expectRefusal(() => testLogRank([1, 2], [1, 1], ["a", undefined as never]), "invalid-value", "groups[1]");
    const many = Array.from({ length: 101 }, (_, i) => i);
    expectRefusal(() => testLogRank(many, many.map(() => 1), many), "too-large", "groups"); // prettier-ignore
    expectRefusal(() => testLogRank([], [], []), "too-few-rows", "durations");
  });

  it("compares the groups of a million customers", () => {
    const durations = Float64Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 365);
    const events = durations.map((_, i) => (i % 3 === 0 ? 1 : 0));
    const report = testLogRank(durations, events, durations.map((_, i) => i % 7)); // prettier-ignore
    expect(report.degreesOfFreedom).toBe(6);
    expect(report.pValue).toBeGreaterThan(0.001);
  });
});

describeWithData("testLogRank on real people", ["rossi", "telco_churn"], () => {
  it("finds what statsmodels finds for financial aid", () => {
    const rows = readDataRows("rossi/rossi.csv");
    const { logrank_fin: wanted } = readDataJson<{ logrank_fin: { chi2: number; p: number } }>("rossi/expected.json");
    const numbers = (name: string): number[] => rows.map((row) => Number(row[name]));
    const report = testLogRank(numbers("week"), numbers("arrest"), numbers("fin"));
    expectClose([report.statistic, report.pValue as number], [wanted.chi2, wanted.p], near);
  });

  it("tells contracts of a phone company apart beyond any doubt", () => {
    const rows = readDataRows("telco_churn/telco_churn.csv.gz").filter(({ tenure }) => Number(tenure) > 0);
    const { logrank_by_contract: wanted } = readDataJson<{ logrank_by_contract: { chi2: number; p: number } }>("telco_churn/expected.json"); // prettier-ignore
    const report = testLogRank(rows.map(({ tenure }) => Number(tenure)), rows.map(({ Churn }) => Churn === "Yes"), rows.map(({ Contract }) => Contract)); // prettier-ignore
    expectClose(report.statistic, wanted.chi2, near);
    expect([report.pValue, report.degreesOfFreedom]).toEqual([wanted.p, 2]);
  });
});
