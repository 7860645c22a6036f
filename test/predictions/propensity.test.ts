import { readEvents } from "clientele/events";
import { customerView, fitImputer, fitZScore, transformImpute, transformScale } from "clientele/features";
import {
  evaluateClassifier,
  fitAssistanceModel,
  fitChurnModel,
  fitConversionModel,
  fitLogistic,
  type FitPropensityOptions,
  fitReactivationModel,
  labelOutcomes,
  predictLogistic,
  predictPropensity,
  type PropensityModel,
} from "clientele/predictions";
import { labelLifecycle } from "clientele/segments";
import { simulateShop } from "clientele/simulate";
import { column, type FeatureTable, filterRows, fromMatrix, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { fitPropensityOptions } from "../../src/predictions/propensity-options.ts";
import { modelLaws } from "../laws/model-laws.ts";
import golden from "../oracles/propensity.golden.json" with { type: "json" };
import { areaUnderRoc } from "../support/auc.ts";
import { expectClose } from "../support/close-to.ts";
import { hostileNames } from "../support/hostile.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const day = 86_400_000;
const codesOf = ({ notes }: PropensityModel): string[] => notes.map(({ code }) => code);
const rowsIn = (table: unknown): number => (table as Partial<FeatureTable> | null)?.ids?.length ?? 0;

modelLaws("fitChurnModel and predictPropensity", {
  fit: (table: FeatureTable, options: FitPropensityOptions) =>
    fitChurnModel(
      table,
      Uint8Array.from({ length: rowsIn(table) }, (_, i) => (i * i) % 2),
      options,
    ),
  apply: predictPropensity,
  options: { seed: 7 },
  optionNames: Object.keys(fitPropensityOptions),
  tables: fc.tuple(fc.integer({ min: 12, max: 20 }), fc.integer({ min: 0, max: 1000 })).map(([rows, seed]) => {
    const random = randomOf(seed);
    return fromMatrix(Array.from({ length: rows }, () => [random.next(), 100 * random.next(), random.integer(2)]));
  }),
  fields: ["columns", "regression"],
  missing: "filled",
  empty: "refused",
});

/** Customers whose silence makes them leave, with gaps: `early` at one cutoff, `late`, others, at the next. */
function drawn(
  prefix: string,
  rows: number,
  seed: number,
): { readonly table: FeatureTable; readonly left: Uint8Array } {
  const random = randomOf(seed);
  const values = Array.from({ length: rows }, () => {
    const [silence, spend] = [60 * random.next(), 200 * random.next()];
    return [silence, random.next() < 0.2 ? NaN : spend, random.next() < 0.3 ? 1 : 0];
  });
  const left = Uint8Array.from(values, ([silence, , plan]) => (random.next() < silence / 90 + 0.2 * plan ? 1 : 0));
  const ids = values.map((_, i) => `${prefix}${i}`);
  return { table: fromMatrix(values, { ids, names: ["daysSilent", "spend", "plan=basic"] }), left };
}

const early = drawn("early", 300, 1);
const late = drawn("late", 200, 2);
const views = [early.table, late.table];
const outcomes = {
  ids: [...early.table.ids, ...late.table.ids],
  outcome: Uint8Array.from([...early.left, ...late.left]),
  cutoffs: Float64Array.from([...early.left.map(() => 0), ...Array.from(late.left, () => 30 * day)]),
};

describe("fitChurnModel against scikit-learn's pipeline", () => {
  // All early rows are learned from: no customer of them is among the late ones, who judge.
  const cellsOf = (rows: readonly (readonly (number | null)[])[]): number[][] => rows.map((row) => row.map((x) => x ?? NaN)); // prettier-ignore
  const [first, next] = [cellsOf(golden.early), cellsOf(golden.late)];
  const tableOf = (rows: number[][], prefix: string): FeatureTable =>
    fromMatrix(rows, { names: golden.names, ids: rows.map((_, i) => `${prefix}${i}`) });
  const tables = [tableOf(first, "e"), tableOf(next, "l")];
  const known = {
    ids: tables.flatMap(({ ids }) => ids),
    outcome: Uint8Array.from([...golden.earlyLeft, ...golden.lateLeft]),
    cutoffs: [...first.map(() => 0), ...next.map(() => 1)],
  };
  const near = { absolute: 1e-9, because: "both are at the optimum" };

  it("gives later customers the same probabilities, gaps filled and marked, and the same with balanced classes", () => {
    expectClose(predictPropensity(fitChurnModel(tables, known), tables[1]), golden.probability, near);
    const balanced = fitChurnModel(tables, known, { classWeights: "balanced" });
    expectClose(predictPropensity(balanced, tables[1]), golden.balanced, near);
  });

  it("is judged as there, on the late customers who are held out", () => {
    const model = fitChurnModel(tables, known, { holdoutShare: 0.999 });
    expect(model.rows.heldOut).toBe(78);
    const judged = evaluateClassifier(known.outcome.slice(160), predictPropensity(model, tables[1]));
    const { auc, averagePrecision, logLoss, brier } = golden.figures;
    expectClose([judged.auc!, judged.averagePrecision!, judged.logLoss, judged.brier], [auc, averagePrecision, logLoss, brier], near); // prettier-ignore
    expectClose(model.evaluation.brier, brier, { absolute: 0.02, because: "two customers fewer" });
  });
});

describe("fitChurnModel", () => {
  const model = fitChurnModel(views, outcomes);

  it("is the chain of imputer, scaler and ridge regression on the rows learned from, and nothing else", () => {
    const filled = fitImputer(early.table, { strategy: "median" });
    const scaler = fitZScore(transformImpute(filled, early.table));
    const chain = (table: FeatureTable): FeatureTable => transformScale(scaler, transformImpute(filled, table));
    const regression = fitLogistic(chain(early.table), early.left, { l2: 1 });
    for (const table of views) {
      expectClose(predictPropensity(model, table), predictLogistic(regression, chain(table)), {
        relative: 1e-9,
        because: "another order of columns",
      });
    }
    expect(model.columns.map(({ name }) => name)).toEqual(["daysSilent", "spend", "spendMissing", "plan=basic"]);
    expect(column(early.table, "spend").some(Number.isNaN)).toBe(true);
  });

  it("learns nothing of the held-out rows: whatever they hold, the model is the same to the bit", () => {
    const other = { ...late.table, values: late.table.values.map((x, cell) => (cell % 3 === 1 ? NaN : 1000 - x)) };
    const again = fitChurnModel([early.table, other], {
      ...outcomes,
      outcome: Uint8Array.from([...early.left, ...late.left.map((one) => 1 - one)]),
    });
    for (const part of ["columns", "regression", "baseRate"] as const) {
      expect(bitsOf(again[part])).toBe(bitsOf(model[part]));
    }
    expect(bitsOf(again.evaluation)).not.toBe(bitsOf(model.evaluation));
  });

  it("has no column for a level that only held-out customers have, and says so", () => {
    const withLevel = (table: FeatureTable, level: (row: number) => number): FeatureTable => ({
      ...table,
      names: [...table.names, "plan=trial"],
      values: Float64Array.from(table.ids.flatMap((_, i) => [...table.values.subarray(3 * i, 3 * i + 3), level(i)])),
    });
    const tables = [withLevel(early.table, () => 0), withLevel(late.table, (row) => row % 2)];
    const fitted = fitChurnModel(tables, outcomes);
    expect(fitted.features).toContain("plan=trial");
    expect(fitted.columns.map(({ feature }) => feature)).not.toContain("plan=trial");
    expect(fitted.notes.find(({ code }) => code === "unused-features")?.message).toContain("plan=trial");
    expect(bitsOf(fitted.regression)).toBe(bitsOf(model.regression));
  });

  it("judges in time, on the latest cutoff, and reports the base rate of both sides", () => {
    expect(model.holdout).toEqual({ by: "time", cutoff: 30 * day, rows: 50, customers: 50 });
    expect(model.rows).toEqual({ read: 500, learned: 300, heldOut: 50, dropped: { "other-side": 150 } });
    expectClose(model.baseRate, early.left.reduce((a, b) => a + b) / 300, { absolute: 0, because: "a share" });
    expect(model.evaluation.n).toBe(50);
    expect(model.evaluation.baseline.auc).toBe(0.5);
    expect(model.reliability.n).toBe(50);
    expect(model.lift.groups).toHaveLength(10);
    expect(model.evaluation.skill.brier).toBeGreaterThan(0);
  });

  it("says that outcomes may overlap where it is not told when horizons end", () => {
    expect(codesOf(model)).toEqual(["unknown-horizons"]);
    const report = { cutoffs: [0, 30 * day].map((cutoff) => ({ cutoff, to: cutoff + 30 * day })) };
    const told = fitChurnModel(views, { ...outcomes, report });
    expect(told).toEqual({ ...model, notes: [] });
    expect(codesOf(fitChurnModel(views, outcomes, { holdout: "customers" }))).toEqual([]);
  });

  it("reports figures that are those of its own predictions", () => {
    const whole = fitChurnModel(views, outcomes, { holdoutShare: 0.999 });
    // All but one customer with and one without the outcome are held out.
    expect(whole.rows.heldOut).toBe(198);
    const judged = evaluateClassifier(late.left, predictPropensity(whole, late.table));
    expectClose(whole.evaluation.auc as number, judged.auc as number, {
      absolute: 0.02,
      because: "two customers more",
    });
  });

  it("keeps customers of one side out of the other, and horizons that had not ended out of learning", () => {
    const tables = [0, 1, 2].map(() => early.table);
    const three = {
      ids: [0, 1, 2].flatMap(() => early.table.ids),
      outcome: Uint8Array.from([0, 1, 2].flatMap(() => [...early.left])),
      cutoffs: Float64Array.from([0, 1, 2].flatMap((at) => early.table.ids.map(() => at * 30 * day))),
      report: { cutoffs: [0, 1, 2].map((at) => ({ cutoff: at * 30 * day, to: (at * 30 + 45) * day })) },
    };
    const { rows, holdout } = fitChurnModel(tables, three);
    expect(rows.dropped["open-horizon"]).toBe(300);
    expect(holdout.customers).toBe(75);
    expect(rows).toEqual({ read: 900, learned: 225, heldOut: 75, dropped: { "open-horizon": 300, "other-side": 300 } });
  });

  it("draws customers by lot where there is one cutoff, the same for the same seed, and says so", () => {
    const one = fitChurnModel(early.table, early.left);
    expect(one.holdout).toEqual({ by: "customers", cutoff: null, rows: 75, customers: 75 });
    expect(codesOf(one)).toEqual(["one-cutoff"]);
    expect(bitsOf(fitChurnModel(early.table, early.left, { seed: 42 }))).toBe(bitsOf(one));
    expect(bitsOf(fitChurnModel(early.table, early.left, { seed: 43 }).regression)).not.toBe(bitsOf(one.regression));
    expect(codesOf(fitChurnModel(early.table, early.left, { holdout: "customers" }))).toEqual([]);
    // Customers with and without the outcome are held out alike.
    expectClose(one.evaluation.baseRate, one.baseRate, { absolute: 0.01, because: "whole customers" });
  });

  it("takes customers by id: in any order of outcomes, and without those it has no features of", () => {
    const order = outcomes.ids.map((_, i) => outcomes.ids.length - 1 - i);
    const backwards = fitChurnModel(views, {
      ids: [...order.map((i) => outcomes.ids[i]), "stranger"],
      outcome: Uint8Array.from([...order.map((i) => outcomes.outcome[i]), 1]),
      cutoffs: [...order.map((i) => outcomes.cutoffs[i]), 0],
    });
    expect(backwards.rows.dropped["not-in-table"]).toBe(1);
    expectClose(backwards.regression.coefficients, model.regression.coefficients, { relative: 1e-9, because: "sums in another order" }); // prettier-ignore
  });

  it("fits again on all rows when asked, judged as before", () => {
    const again = fitChurnModel(views, outcomes, { refit: true });
    expect(bitsOf(again.evaluation)).toBe(bitsOf(model.evaluation));
    expect(again.regression.customers).toBe(500);
    expect([model.refitted, again.refitted]).toEqual([false, true]);
  });

  it("flags class weights as scores that are not calibrated, unless a calibration mends them", () => {
    const weighted = fitChurnModel(views, outcomes, { classWeights: "balanced" });
    expect(codesOf(weighted)).toContain("scores-not-calibrated");
    const positives = early.left.reduce((a, b) => a + b);
    expect(weighted.classWeights).toEqual({ negative: 300 / (2 * (300 - positives)), positive: 300 / (2 * positives) });
    const mean = (values: Float64Array): number => values.reduce((a, b) => a + b) / values.length;
    const { negative, positive } = weighted.classWeights!;
    const scores = predictPropensity(weighted, early.table).map((p, i) => p * (early.left[i] === 1 ? positive : negative)); // prettier-ignore
    expectClose(mean(scores), 0.5, { absolute: 1e-6, because: "the intercept is free: both outcomes count alike" });
    for (const calibration of ["platt", "isotonic"] as const) {
      const mended = fitChurnModel(views, outcomes, { classWeights: { negative: 1, positive: 5 }, calibration });
      expect(codesOf(mended)).not.toContain("scores-not-calibrated");
      expectClose(mean(predictPropensity(mended, early.table)), positives / 300, { absolute: 0.03, because: "out of fold" }); // prettier-ignore
    }
  });

  it("calibrates on rows that the regression in question has not seen", () => {
    // 60 customers and 15 features of noise: a regression is far too sure of itself, which only others can show.
    const random = randomOf(3);
    const noise = fromMatrix(Array.from({ length: 80 }, () => Array.from({ length: 15 }, () => random.next())));
    const came = Uint8Array.from({ length: 80 }, () => random.integer(2));
    const raw = fitChurnModel(noise, came, { l2: 0 });
    const mended = fitChurnModel(noise, came, { l2: 0, calibration: "platt" });
    expect(mended.calibration!.slope!).toBeLessThan(0.5);
    expect(mended.evaluation.logLoss).toBeLessThan(raw.evaluation.logLoss);
    expect(codesOf(raw)).toContain("few-outcomes-per-column");
  });

  it("names features that tell outcomes apart when there is no penalty, and fits them with one", () => {
    const leak = { ...early.table, values: early.table.values.map((x, cell) => (cell % 3 === 0 ? early.left[cell / 3] : x)) }; // prettier-ignore
    const free = fitChurnModel(leak, early.left, { l2: 0 });
    expect(free.notes.find(({ code }) => code === "separation")?.message).toContain("daysSilent");
    expect(free.regression.converged).toBe(false);
    const ridge = fitChurnModel(leak, early.left);
    expect(ridge.regression.converged).toBe(true);
    expect(codesOf(ridge)).toContain("separated");
  });

  it("shares one column of gaps between features that are missing for the same rows", () => {
    const values = early.table.ids.flatMap((_, i) => (i % 4 === 0 ? [NaN, NaN, i] : [i, i * i, i]));
    const table = { ids: early.table.ids, names: ["a", "b", "aMissing"], values: Float64Array.from(values) };
    const fitted = fitChurnModel(table, early.left, { fill: "mean" });
    expect(fitted.columns.map(({ name }) => name)).toEqual(["a", "(aMissing)", "b", "aMissing"]);
    expect(fitted.columns[1]).toMatchObject({ feature: "a", of: "missing", fill: 0 });
  });

  it("takes hostile names as names", () => {
    const names = hostileNames.slice(0, 3);
    const ids = [...hostileNames, ...early.table.ids].slice(0, 300);
    const table = { ...early.table, ids, names };
    const fitted = fitChurnModel(table, { ids, outcome: early.left });
    expect(fitted.features).toEqual(names);
    expect(fitted.rows.dropped).toEqual({});
    expect(predictPropensity(fitted, table).every((p) => p > 0 && p < 1)).toBe(true);
  });
});

describe("lifecycle stages", () => {
  const names = ["prospect", "new", "active", "atRisk", "churned", "reactivated"];
  const labels = labelsOf(Array.from({ length: 300 }, (_, i) => [2, 2, 4, 0, -1][i % 5]));

  it("choose whose answers are learned from: active customers for churn, and as each model is meant", () => {
    const lifecycle = { labels, names };
    const fits = { fitAssistanceModel, fitChurnModel, fitConversionModel, fitReactivationModel };
    const learnedFrom = Object.entries(fits).map(([, fit]) => {
      const { stages, target, rows } = fit(early.table, early.left, { lifecycle });
      return [target, stages, rows.learned + rows.heldOut, rows.dropped["other-stage"] ?? 0];
    });
    expect(learnedFrom).toEqual([
      ["assistance", null, 300, 0],
      ["churn", ["active"], 120, 180],
      ["conversion", ["prospect"], 60, 240],
      ["reactivation", ["churned"], 60, 240],
    ]);
    const both = fitChurnModel(early.table, early.left, { lifecycle, stages: ["active", "churned"] });
    expect(both.rows.dropped).toEqual({ "other-stage": 120 });
    expect(both.byStage.map(({ stage }) => stage)).toEqual(["active", "churned"]);
    expect(both.byStage.reduce((sum, { n }) => sum + n, 0)).toBe(both.rows.heldOut);
    expect(both.byStage.reduce((sum, { positives }) => sum + positives, 0)).toBe(both.evaluation.positives);
    const brier = both.byStage.reduce((sum, one) => sum + one.n * one.brier!, 0) / both.rows.heldOut;
    expectClose(brier, both.evaluation.brier, { relative: 1e-12, because: "a mean of means" });
    const [alone] = fitChurnModel(early.table, early.left, { lifecycle }).byStage;
    expect(alone.skill).not.toBeNull();
    const none = fitChurnModel(early.table, early.left, { lifecycle, stages: ["active", "new"] }).byStage[1];
    expect(none).toEqual({ stage: "new", n: 0, positives: 0, auc: null, brier: null, skill: null });
  });

  it("are matched by id, one entry per table", () => {
    const lifecycle = views.map(({ ids }) => ({
      ids: ids.toReversed(),
      labels: labelsOf(ids.map((_, i) => (i % 2 === 0 ? 2 : 0))),
      names,
    }));
    const model = fitChurnModel(views, outcomes, { lifecycle });
    expect(model.rows.dropped["other-stage"]).toBe(250);
    expectRefusal(() => fitChurnModel(views, outcomes, { lifecycle: lifecycle[0] }), "shape-mismatch", "options.lifecycle"); // prettier-ignore
  });

  it("must be known", () => {
    const lifecycle = { labels, names };
    expectRefusal(() => fitChurnModel(early.table, early.left, { lifecycle, stages: ["gone"] }), "invalid-option", "options.stages[0]"); // prettier-ignore
    expectRefusal(() => fitChurnModel(early.table, early.left, { stages: ["active"] }), "invalid-option", "options.stages"); // prettier-ignore
    const short = { labels: labels.slice(1), names };
    expectRefusal(() => fitChurnModel(early.table, early.left, { lifecycle: short }), "shape-mismatch", "options.lifecycle.labels"); // prettier-ignore
  });
});

describe("the propensity models refuse", () => {
  const { table, left } = early;

  it("too few rows, and rows of one outcome only", () => {
    const few = filterRows(table, (i) => i < 9);
    expectRefusal(() => fitChurnModel(few, left.slice(0, 9)), "too-few-rows", "outcomes");
    expectRefusal(() => fitChurnModel(table, new Uint8Array(300)), "degenerate-data", "outcomes");
    expectRefusal(() => fitChurnModel(table, new Uint8Array(300).fill(1)), "degenerate-data", "outcomes");
    const rare = new Uint8Array(300).fill(1, 0, 4);
    expect(fitChurnModel(table, rare).evaluation.positives).toBe(1);
    expectRefusal(() => fitChurnModel(table, rare, { calibration: "platt" }), "too-few-rows", "outcomes");
  });

  it("tables without a difference, and without features", () => {
    const same = { ...table, values: table.values.map(() => 4) };
    expectRefusal(() => fitChurnModel(same, left), "degenerate-data", "table");
    expectRefusal(() => fitChurnModel({ ids: table.ids, names: [], values: new Float64Array() }, left), "shape-mismatch", "table.names"); // prettier-ignore
  });

  it("outcomes that do not fit the table, are no outcomes, or come twice", () => {
    expectRefusal(() => fitChurnModel(table, left.slice(1)), "shape-mismatch", "outcomes");
    expectRefusal(() => fitChurnModel(table, left.with(3, 2)), "invalid-value", "outcomes[3]");
    expectRefusal(() => fitChurnModel(table, null as unknown as Uint8Array), "shape-mismatch", "outcomes");
    expectRefusal(() => fitChurnModel(views, left), "shape-mismatch", "table");
    expectRefusal(() => fitChurnModel(table, outcomes), "shape-mismatch", "table");
    const twice = { ...outcomes, ids: outcomes.ids.with(1, outcomes.ids[0]) };
    expectRefusal(() => fitChurnModel(views, twice), "invalid-value", "outcomes.ids[1]");
    expectRefusal(() => fitChurnModel(views, { ...outcomes, cutoffs: outcomes.cutoffs.with(2, NaN) }), "invalid-value", "outcomes.cutoffs[2]"); // prettier-ignore
    expectRefusal(() => fitChurnModel(views, { ...outcomes, cutoffs: [1] }), "shape-mismatch", "outcomes.cutoffs");
    expectRefusal(() => fitChurnModel(views, { ...outcomes, outcome: left }), "shape-mismatch", "outcomes.outcome");
    const renamed = [table, { ...late.table, names: ["a", "b", "c"] }];
    expectRefusal(() => fitChurnModel(renamed, outcomes), "shape-mismatch", "table[1].names");
    const infinite = [table, { ...late.table, values: late.table.values.with(4, Infinity) }];
    expectRefusal(() => fitChurnModel(infinite, outcomes), "invalid-value", "table[1].values[1, 1]");
  });

  it("a split in time where there is no time, or no horizon had ended", () => {
    expectRefusal(() => fitChurnModel(table, left, { holdout: "time" }), "too-few-rows", "outcomes.cutoffs");
    const report = { cutoffs: [{ cutoff: 0, to: 60 * day }, { cutoff: 30 * day, to: 90 * day }] }; // prettier-ignore
    expectRefusal(() => fitChurnModel(views, { ...outcomes, report }), "too-few-rows", "outcomes.cutoffs");
    expect(fitChurnModel(views, { ...outcomes, report }, { holdout: "customers" }).holdout.by).toBe("customers");
  });

  it("a repeated feature without a penalty, by its name, in the name of the function that was called", () => {
    const repeated = fromMatrix(Array.from({ length: 300 }, (_, i) => [i, 2 * i]), { names: ["days", "twice"] }); // prettier-ignore
    const error = refusalOf(() => fitChurnModel(repeated, left, { l2: 0 }));
    expect([error.code, error.path]).toEqual(["degenerate-data", "table.twice"]);
    expect(error.message.startsWith("fitChurnModel:")).toBe(true);
    expect(fitChurnModel(repeated, left).regression.converged).toBe(true);
  });
});

describe("on a simulated shop", () => {
  const { rows, truth } = simulateShop({ customers: 1500, days: 360, seed: 7 });
  const columns = { customer: "customer", type: "type", time: "time", value: "value" };
  const { log } = readEvents(rows, columns);
  const start = Date.UTC(2025, 0, 1);
  const cutoffs = [150, 180, 210, 240, 270, 300].map((at) => start + at * day);
  const viewAt = (cutoff: number): FeatureTable => customerView(log, { asOf: cutoff - 1, purchase: "purchase" });
  const tables = cutoffs.map(viewAt);
  const population = { events: ["purchase"], withinDays: 60 };
  const horizon = { cutoff: cutoffs, horizonDays: 30, event: "purchase" } as const;
  const churn = labelOutcomes(log, { ...horizon, population, positive: "no-event" });
  const model = fitChurnModel(tables, churn, { holdoutShare: 0.5 });

  it("churn is foreseen better than by the base rate, on later rows of other customers", () => {
    const { evaluation, reliability } = model;
    expect(evaluation.intervals.auc![0]).toBeGreaterThan(0.5);
    expect(evaluation.skill.brier!).toBeGreaterThan(0);
    expect(evaluation.skill.logLoss!).toBeGreaterThan(0);
    expect(reliability.calibrationError).toBeLessThan(0.15);
  });

  it("those who have left for good, as planted, score higher than those who have not", () => {
    const now = viewAt(start + 330 * day);
    const planted = new Map(truth.customers.map(({ id, alive, purchases }) => [id, alive || purchases === 0]));
    const buyers = filterRows(now, (row) => now.values[row * now.names.length + now.names.indexOf("orderCount")] > 0);
    const gone = buyers.ids.map((id) => (planted.get(id) === false ? 1 : 0));
    expect(gone.reduce<number>((a, b) => a + b, 0)).toBeGreaterThan(50);
    expect(areaUnderRoc(predictPropensity(model, buyers), gone)).toBeGreaterThan(0.7);
  });

  it("lost customers who come back are learned from those who were lost", () => {
    const lifecycle = cutoffs.map((cutoff) => labelLifecycle(log, { asOf: cutoff - 1, purchase: "purchase" }));
    const back = fitReactivationModel(tables, labelOutcomes(log, horizon), { lifecycle, holdoutShare: 0.5 });
    expect(back.stages).toEqual(["churned"]);
    expect(back.baseRate).toBeLessThan(model.baseRate);
    expect(back.evaluation.skill.logLoss!).toBeGreaterThan(-0.05);
  });

  it("a cutoff whose horizon is not over has a table and no outcome yet", () => {
    const open = [...cutoffs.slice(0, 3), start + 355 * day];
    const known = labelOutcomes(log, { ...horizon, cutoff: open, population, positive: "no-event" });
    expect(known.report.cutoffs.map(({ complete }) => complete)).toEqual([true, true, true, false]);
    const fitted = fitChurnModel([...tables.slice(0, 3), viewAt(open[3])], known);
    expect(fitted.holdout.cutoff).toBe(cutoffs[2]);
    const closed = labelOutcomes(log, { ...horizon, cutoff: cutoffs.slice(0, 3), population, positive: "no-event" });
    expect(bitsOf(fitChurnModel(tables.slice(0, 3), closed))).toBe(bitsOf(fitted));
  });

  it("what happened after the last horizon changes no bit", () => {
    const end = cutoffs[5] + 30 * day;
    const before = readEvents(rows.filter(({ time }) => time < end), columns).log; // prettier-ignore
    const again = labelOutcomes(before, { ...horizon, population, positive: "no-event", asOf: end });
    const viewsBefore = cutoffs.map((cutoff) => customerView(before, { asOf: cutoff - 1, purchase: "purchase" }));
    expect(bitsOf(fitChurnModel(viewsBefore, again, { holdoutShare: 0.5 }))).toBe(bitsOf(model));
  });
});

describe("fitConversionModel", () => {
  // Prospects visit at a rate of their own; every visit converts with a chance of 0.03, so who visits often converts sooner.
  const random = randomOf(9);
  const rows = Array.from({ length: 1200 }, (_, i) => ({
    customer: `c${i}`,
    rate: 0.02 + 0.4 * random.next(),
  })).flatMap(({ customer, rate }) => {
    const events: { customer: string; type: string; time: number }[] = [];
    const joined = Math.floor(60 * random.next());
    for (let at = joined; at < 150; at++) {
      if (at > joined && random.next() >= rate) continue;
      events.push({ customer, type: "visit", time: at * day });
      if (random.next() < 0.03) events.push({ customer, type: "purchase", time: at * day + 1000 });
    }
    return events;
  });
  const { log } = readEvents(rows, { customer: "customer", type: "type", time: "time" });
  const cutoffs = [60, 90, 120].map((at) => at * day);
  const tables = cutoffs.map((cutoff) => customerView(log, { asOf: cutoff - 1, purchase: "purchase" }));
  const horizon = { cutoff: cutoffs, horizonDays: 29, event: "purchase" } as const;

  it("learns from prospects which visits lead to a purchase, better than by the base rate", () => {
    const model = fitConversionModel(tables, labelOutcomes(log, { ...horizon, except: { events: ["purchase"] } }));
    expect(model.evaluation.intervals.auc![0]).toBeGreaterThan(0.5);
    expect(model.evaluation.skill.logLoss!).toBeGreaterThan(0);
    // Who has never bought has no purchases to differ in.
    expect(model.columns.map(({ feature }) => feature)).not.toContain("orderCount");
    expect(codesOf(model)).toEqual(["unused-features"]);
  });

  it("says when buyers are among them, unless lifecycle stages leave them out", () => {
    const all = labelOutcomes(log, horizon);
    expect(codesOf(fitConversionModel(tables, all))).toContain("bought-before");
    const lifecycle = cutoffs.map((cutoff) => labelLifecycle(log, { asOf: cutoff - 1, purchase: "purchase" }));
    const model = fitConversionModel(tables, all, { lifecycle });
    expect(codesOf(model)).not.toContain("bought-before");
    const prospects = labelOutcomes(log, { ...horizon, except: { events: ["purchase"] } });
    expect(bitsOf(model.regression)).toBe(bitsOf(fitConversionModel(tables, prospects).regression));
  });
});
