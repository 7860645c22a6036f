import { fitKaplanMeier, fitNelsonAalen, survivalAt } from "clientele/predictions";
import { labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import golden from "../oracles/survival.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";
import { shuffled } from "../support/rows.ts";

const near = { relative: 1e-12, because: "products of a few dozen shares" };
const { leukemia, tied } = golden;
const drug = leukemia.groups.flatMap((group, row) => (group === 0 ? [row] : []));
const weeks = drug.map((row) => leukemia.durations[row]);
const relapsed = drug.map((row) => leukemia.events[row]);
const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);

const watched = fc.array(fc.tuple(fc.nat(12), fc.boolean()), { minLength: 1, maxLength: 40 });

describe("fitKaplanMeier", () => {
  it("finds the curve of Freireich's leukemia patients, as in every textbook", () => {
    // Kalbfleisch & Prentice; R: survfit(Surv(weeks, relapse) ~ 1, conf.type = "log-log"), median 23 (13, NA), rmean 23.29, se 2.83.
    const model = fitKaplanMeier(weeks, relapsed);
    expectClose(model.survival, [0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448], { absolute: 5.1e-4, because: "printed" }); // prettier-ignore
    expect([model.median, ...model.medianInterval]).toEqual([23, 13, null]);
    expectClose(model.restrictedMean.mean, 23.29, { absolute: 0.0051, because: "digits printed" });
    expectClose(model.restrictedMean.standardError, 2.83, { absolute: 0.0051, because: "digits printed" });
    expect([model.customers, model.totalEvents, model.longest]).toEqual([21, 9, 35]);
    expect(model.notes).toEqual([]);
  });

  it.each([
    ["few patients", leukemia.drug, weeks, relapsed],
    ["many ties", tied.all, tied.durations, tied.events],
  ])("agrees with statsmodels and the definitions: %s", (_, wanted, durations, events) => {
    const model = fitKaplanMeier(durations, events, { horizon: wanted.horizon });
    for (const field of ["times", "atRisk", "events"] as const) expect(model[field]).toEqual(wanted[field]);
    for (const field of ["survival", "standardErrors", "lower", "upper"] as const) {
      expectClose(model[field], wanted[field], near);
    }
    expectClose(model.restrictedMean.mean, wanted.mean, near);
    expectClose(model.restrictedMean.standardError, wanted.meanError, near);
    const hazard = fitNelsonAalen(durations, events);
    expectClose(hazard.cumulativeHazard, wanted.hazard, near);
    expectClose(hazard.standardErrors, wanted.hazardErrors, near);
    expectClose(hazard.lower, wanted.hazardLower, near);
    expectClose(hazard.upper, wanted.hazardUpper, near);
    expect([hazard.times, hazard.atRisk, hazard.events]).toEqual([model.times, model.atRisk, model.events]);
  });

  it("gives each group the curve it has alone, and all together that of all", () => {
    const model = fitKaplanMeier(tied.durations, tied.events, { groups: tied.groups });
    expect(model.groups.map(({ group }) => group)).toEqual([0, 1, 2]);
    const alone = fitKaplanMeier(tied.durations, tied.events);
    expect(model.survival).toEqual(alone.survival);
    for (const { group, restrictedMean, ...curve } of model.groups) {
      const rows = tied.groups.flatMap((g, row) => (g === group ? [row] : []));
      const part = fitKaplanMeier(rows.map((row) => tied.durations[row]), rows.map((row) => tied.events[row])); // prettier-ignore
      for (const field of ["times", "survival", "lower", "upper", "median"] as const) expect(curve[field]).toEqual(part[field]); // prettier-ignore
      expect(restrictedMean.horizon).toBe(Math.min(...model.groups.map(({ longest }) => longest)));
    }
  });

  it("names groups as they were given, whatever they are called, and leaves out rows with the label −1", () => {
    const hostile = ["__proto__", "constructor", "__proto__", "10", "\ud800", "10"];
    const model = fitKaplanMeier([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], { groups: hostile });
    expect(model.groups.map(({ group, customers }) => [group, customers])).toEqual([["10", 2], ["__proto__", 2], ["constructor", 1], ["\ud800", 1]]); // prettier-ignore
    const labeled = fitKaplanMeier([1, 2, 3], [1, 1, 1], { groups: labelsOf([1, -1, 0]) });
    expect(labeled.groups.map(({ group, customers }) => [group, customers])).toEqual([[0, 1], [1, 1]]); // prettier-ignore
    expect(labeled.customers).toBe(3);
    expect(codes(labeled)).toEqual(["ungrouped"]);
    const mixed = fitKaplanMeier([1, 2, 3, 4], [1, 1, 1, 1], { groups: ["b", true, 2, -0] });
    expect(mixed.groups.map(({ group }) => group)).toEqual([0, 2, true, "b"]);
  });

  it("falls from 1, within its limits, and does not depend on the order of the customers", () =>
    fc.assert(
      fc.property(watched, fc.integer({ min: 1, max: 99 }), (pairs, seed) => {
        const model = fitKaplanMeier(pairs.map(([t]) => t), pairs.map(([, e]) => e)); // prettier-ignore
        let before = 1;
        model.survival.forEach((share, i) => {
          expect(share).toBeLessThan(before);
          expect(model.lower[i]).toBeLessThanOrEqual(share);
          expect(model.upper[i]).toBeGreaterThanOrEqual(share);
          before = share;
        });
        expect(model.totalEvents).toBe(pairs.filter(([, event]) => event).length);
        const order = shuffled(pairs.length, seed);
        const again = fitKaplanMeier(Array.from(order, (row) => pairs[row][0]), Array.from(order, (row) => pairs[row][1])); // prettier-ignore
        expect(bitsOf(again)).toBe(bitsOf(model));
        expect(JSON.parse(JSON.stringify(model))).toEqual(model);
      }),
    ));

  it("is the plain share of those left where nobody is censored", () =>
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 30 }), (durations) => {
        const model = fitKaplanMeier(durations, durations.map(() => 1)); // prettier-ignore
        const left = model.times.map((time) => durations.filter((t) => t > time).length / durations.length);
        expectClose(model.survival, left, { absolute: 1e-13, because: "rounding of a product" });
        expect(model.survival[model.survival.length - 1]).toBe(0);
        const mean = durations.reduce((sum, t) => sum + t, 0) / durations.length;
        expectClose(model.restrictedMean.mean, mean, { absolute: 1e-12, because: "rounding of a sum" });
        expect(fitKaplanMeier(durations, durations.map(() => 1), { horizon: 1000 }).restrictedMean.mean).toBe(model.restrictedMean.mean); // prettier-ignore
      }),
    ));

  it("counts a customer of weight k k times", () => {
    const repeated = tied.weights.flatMap((weight, row) => new Array<number>(weight).fill(row));
    const { customers: _rows, ...weighted } = fitKaplanMeier(tied.durations, tied.events, { weights: tied.weights });
    const { customers: _all, ...again } = fitKaplanMeier(repeated.map((row) => tied.durations[row]), repeated.map((row) => tied.events[row])); // prettier-ignore
    expect(weighted).toEqual(again);
  });

  it("counts who came under watch late from then on only", () => {
    // By hand: at 2 watched are a, b (c enters at 2, after it); at 4 b, c; at 5 c.
    const model = fitKaplanMeier([2, 4, 5], [1, 1, 1], { entries: [0, 1, 2] });
    expect(model.atRisk).toEqual([2, 2, 1]);
    expect(model.survival).toEqual([0.5, 0.25, 0]);
    const plain = fitKaplanMeier(tied.durations.map((t) => t + 1), tied.events, { entries: tied.durations.map(() => 0) }); // prettier-ignore
    expect(plain).toEqual(fitKaplanMeier(tied.durations.map((t) => t + 1), tied.events)); // prettier-ignore
    expectRefusal(() => fitKaplanMeier([2, 4], [1, 1], { entries: [0, 4] }), "invalid-value", "options.entries[1]");
  });

  it("stays at 1 where no event came, and says so", () => {
    const model = fitKaplanMeier([3, 4], [0, 0]);
    expect([model.times, model.survival, model.median]).toEqual([[], [], null]);
    expect(model.restrictedMean).toEqual({ horizon: 4, mean: 4, standardError: 0, interval: [4, 4] });
    expect(codes(model)).toEqual(["no-events"]);
    expect(codes(fitNelsonAalen([3, 4], [0, 0]))).toEqual(["no-events"]);
  });

  it("takes one customer, events at the same time, and events at once", () => {
    const one = fitKaplanMeier([5], [1]);
    expect([one.times, one.survival, one.lower, one.upper, one.standardErrors, one.median]).toEqual([[5], [0], [0], [1], [0], 5]); // prettier-ignore
    const same = fitKaplanMeier([2, 2, 2, 2], [1, 0, 1, 0]);
    expect([same.times, same.survival, same.atRisk, same.median]).toEqual([[2], [0.5], [4], 2]);
    const atOnce = fitKaplanMeier([0, 0, 3], [1, 0, 0]);
    expectClose(atOnce.survival, [2 / 3], near);
    expect(fitKaplanMeier([0, -0], [1, 1]).times).toEqual([0]);
    expect(fitKaplanMeier([0], [1]).restrictedMean).toEqual({ horizon: 0, mean: 0, standardError: 0, interval: [0, 0] }); // prettier-ignore
  });

  it("keeps finite with durations of any size", () => {
    const model = fitKaplanMeier([1e-300, 1e150, 1e150, 1e149], [1, 1, 0, 1]);
    expect(JSON.stringify(model)).not.toContain("null,null,null");
    expect(Number.isFinite(model.restrictedMean.standardError)).toBe(true);
  });

  it("takes a million customers, in whole days or at instants", () => {
    const durations = Float64Array.from({ length: 1_000_000 }, (_, i) => ((i * 7919) % 1000003) / 7);
    const events = Uint8Array.from({ length: 1_000_000 }, (_, i) => i % 3 === 0 ? 1 : 0); // prettier-ignore
    const model = fitKaplanMeier(durations, events);
    expect(model.totalEvents).toBe(333_334);
    expect(model.survival.every((share, i) => share > 0 && (i === 0 || share < model.survival[i - 1]))).toBe(true);
    const days = fitKaplanMeier(durations.map(Math.floor), events);
    expect(days.times.length).toBeLessThanOrEqual(142_858);
  });

  it("refuses what is not a duration or a flag, naming its row and not its value", () => {
    expectRefusal(() => fitKaplanMeier([], []), "too-few-rows", "durations");
    expectRefusal(() => fitKaplanMeier([1, 2], [1]), "shape-mismatch", "events");
    expectRefusal(() => fitKaplanMeier(null as never, [1]), "shape-mismatch", "durations");
    expectRefusal(() => fitKaplanMeier([1, -2], [1, 1]), "invalid-value", "durations[1]");
    expectRefusal(() => fitKaplanMeier([1, NaN], [1, 1]), "invalid-value", "durations[1]");
    expectRefusal(() => fitKaplanMeier([1, 2], [1, 2]), "invalid-value", "events[1]");
    expectRefusal(() => fitKaplanMeier([1, 2], [1, null as never]), "invalid-value", "events[1]");
    expectRefusal(() => fitKaplanMeier([1, 2], [1, 0], { groups: ["a"] }), "shape-mismatch", "options.groups");
    expectRefusal(() => fitKaplanMeier([1, 2], [1, 0], { groups: ["a", NaN] }), "invalid-value", "options.groups[1]");
    expectRefusal(() => fitKaplanMeier([1, 2], [1, 0], { horizon: 3 }), "invalid-option", "options.horizon");
    expectRefusal(() => fitKaplanMeier([1, 2], [1, 0], { weights: [0, 0] }), "degenerate-data", "options.weights");
    expect(refusalOf(() => fitKaplanMeier([1, -123456], [1, 1])).message).not.toContain("123456");
  });
});

describe("survivalAt", () => {
  const model = fitKaplanMeier([2, 3, 3, 5, 8, 8], [1, 1, 0, 1, 0, 0]);

  it("reads the curve at, before and between its steps, and not beyond what was watched", () => {
    expectClose(survivalAt(model, [0, 1.9, 2, 2.5, 8]), [1, 1, 5 / 6, 5 / 6, 4 / 9], near);
    expect(survivalAt(model, [8.1])).toEqual(Float64Array.of(NaN));
    expect(survivalAt(fitKaplanMeier([1, 2], [1, 1]), [2, 99])).toEqual(Float64Array.of(0, 0));
    expect(survivalAt(fitKaplanMeier([1, 2], [0, 0]), [2])).toEqual(Float64Array.of(1));
  });

  it("refuses what is no curve and no time", () => {
    expectRefusal(() => survivalAt(null as never, [1]), "shape-mismatch", "curve");
    expectRefusal(() => survivalAt({ ...model, survival: [1] }, [1]), "shape-mismatch", "curve");
    expectRefusal(() => survivalAt(model, 3 as never), "shape-mismatch", "times");
    expectRefusal(() => survivalAt(model, [1, -1]), "invalid-value", "times[1]");
  });
});

describeWithData("fitKaplanMeier on real customers", ["rossi", "telco_churn"], () => {
  it("follows arrests as statsmodels does, every step", () => {
    const rows = readDataRows("rossi/rossi.csv");
    const { kaplan_meier: wanted, ...counts } = readDataJson<{
      rows: number;
      events: number;
      week_sum: number;
      kaplan_meier: Record<"times" | "survival" | "greenwood_se" | "at_risk" | "events", number[]>;
    }>("rossi/expected.json");
    const durations = rows.map(({ week }) => Number(week));
    const model = fitKaplanMeier(durations, rows.map(({ arrest }) => Number(arrest))); // prettier-ignore
    expect([model.customers, model.totalEvents]).toEqual([counts.rows, counts.events]);
    expect(durations.reduce((sum, week) => sum + week, 0)).toBe(counts.week_sum);
    expect([model.times, model.atRisk, model.events]).toEqual([wanted.times, wanted.at_risk, wanted.events]);
    expectClose(model.survival, wanted.survival, near);
    expectClose(model.standardErrors, wanted.greenwood_se, near);
    expect([model.median, ...model.medianInterval]).toEqual([null, null, null]);
  });

  it("follows a phone company's customers as statsmodels does", () => {
    const rows = readDataRows("telco_churn/telco_churn.csv.gz").filter(({ tenure }) => Number(tenure) > 0);
    const { kaplan_meier_tenure_months_rows_with_tenure_gt_0: wanted } = readDataJson<{
      kaplan_meier_tenure_months_rows_with_tenure_gt_0: { n: number; S: Record<string, number>; greenwood_se: Record<string, number> }; // prettier-ignore
    }>("telco_churn/expected.json");
    const model = fitKaplanMeier(rows.map(({ tenure }) => Number(tenure)), rows.map(({ Churn }) => Churn === "Yes")); // prettier-ignore
    expect(model.customers).toBe(wanted.n);
    expectClose(survivalAt(model, Object.keys(wanted.S).map(Number)), Object.values(wanted.S), near);
    const errors = Object.keys(wanted.S).map((month) => model.standardErrors[model.times.indexOf(Number(month))]);
    expectClose(errors, Object.values(wanted.greenwood_se), near);
  });
});
