import {
  evaluateClassifier,
  fitChurnModel,
  fitLogistic,
  measurePropensity,
  predictLogistic,
  type PropensityOutcomes,
} from "clientele/predictions";
import { type FeatureTable, fromMatrix, labelsOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { expectClose } from "../support/close-to.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const names = ["silence", "spend"];

/** Customers of one cutoff, others than those of every other cutoff; who is silent for long leaves. */
function cutoffOf(prefix: string, rows: number, seed: number): { table: FeatureTable; left: number[] } {
  const random = randomOf(seed);
  const values = Array.from({ length: rows }, () => [60 * random.next(), 200 * random.next()]);
  const left = values.map(([silence]) => (random.next() < silence / 80 ? 1 : 0));
  return { table: fromMatrix(values, { names, ids: values.map((_, i) => `${prefix}${i}`) }), left };
}

const parts = ["a", "b", "c", "d"].map((prefix, t) => cutoffOf(prefix, 120 + 20 * t, t + 1));
const views = parts.map(({ table }) => table);
type Given = Exclude<PropensityOutcomes, Uint8Array>;
const outcomesOf = (horizon: number): Given => ({
  ids: views.flatMap(({ ids }) => ids),
  outcome: Uint8Array.from(parts.flatMap(({ left }) => left)),
  cutoffs: parts.flatMap(({ left }, t) => left.map(() => t)),
  report: { cutoffs: parts.map((_, t) => ({ cutoff: t, to: t + horizon })) },
});
const outcomes = outcomesOf(1);
const options = { target: "churn", l2: 0 } as const;

describe("measurePropensity", () => {
  const report = measurePropensity(views, outcomes, options);

  it("judges at each cutoff a model of all earlier ones", () => {
    expect(report.folds.map(({ cutoff, learned, heldOut }) => [cutoff, learned, heldOut])).toEqual([
      [1, 120, 35],
      [2, 260, 40],
      [3, 420, 45],
    ]);
    expect(report.skipped).toEqual([{ cutoff: 0, reason: "no-ended-horizon" }]);
    expect(report.notes).toEqual([]);
    expect(report.target).toBe("churn");
  });

  it("has at the last cutoff the figures of fitChurnModel", () => {
    const { evaluation, rows } = fitChurnModel(views, outcomes, { l2: 0 });
    const last = report.folds[2];
    expect([last.learned, last.heldOut]).toEqual([rows.learned, rows.heldOut]);
    expect([last.auc, last.brier, last.logLoss, last.averagePrecision, last.skill]).toEqual([
      evaluation.auc,
      evaluation.brier,
      evaluation.logLoss,
      evaluation.averagePrecision,
      evaluation.skill.brier,
    ]);
  });

  it("has at each cutoff the figures of a regression by hand on the earlier rows", () => {
    // All customers of a cutoff but one are held out: nearly the whole of it.
    const wide = measurePropensity(views, outcomes, { ...options, holdoutShare: 0.999 });
    const [first, second] = parts;
    const model = fitLogistic(first.table, Uint8Array.from(first.left));
    const { brier } = evaluateClassifier(second.left, predictLogistic(model, second.table));
    expectClose(wide.folds[0].brier, brier, { absolute: 0.01, because: "two customers fewer" });
    expect(wide.folds[0].heldOut).toBe(138);
  });

  it("sums up over time and over rows", () => {
    const aucs = report.folds.map(({ auc }) => auc as number);
    expectClose(report.auc!.mean, (aucs[0] + aucs[1] + aucs[2]) / 3, { relative: 1e-15, because: "rounding" });
    expect([report.auc!.lowest, report.auc!.highest]).toEqual([Math.min(...aucs), Math.max(...aucs)]);
    expect(report.pooled.n).toBe(120);
    const squares = report.folds.reduce((sum, { brier, heldOut }) => sum + brier * heldOut, 0);
    expectClose(report.pooled.brier, squares / 120, { relative: 1e-14, because: "rounding" });
    expect(report.auc!.mean).toBeGreaterThan(0.65);
  });

  it("lets nothing of a later cutoff into an earlier fold: not a bit changes", () => {
    const changed = views.map((view, t) => (t < 3 ? view : { ...view, values: view.values.map((x) => 1e6 - 7 * x) }));
    const turned = {
      ...outcomes,
      outcome: outcomes.outcome.map((one, i) => (outcomes.cutoffs![i] < 3 ? one : 1 - one)),
    };
    const other = measurePropensity(changed, turned, options);
    expect(bitsOf(other.folds.slice(0, 2))).toEqual(bitsOf(report.folds.slice(0, 2)));
    expect(other.folds[2].auc).not.toBe(report.folds[2].auc);
  });

  it("waits until horizons have ended", () => {
    const { folds, skipped, notes } = measurePropensity(views, outcomesOf(2), options);
    expect(folds.map(({ cutoff, learned }) => [cutoff, learned])).toEqual([
      [2, 120],
      [3, 260],
    ]);
    expect(skipped.map(({ cutoff }) => cutoff)).toEqual([0, 1]);
    expect(notes.map(({ code }) => code)).toEqual(["skipped-cutoffs"]);
  });

  it("says why a cutoff judges nothing", () => {
    const few = { ...views[0], ids: views[0].ids.slice(0, 5), values: views[0].values.slice(0, 10) };
    const sure = { ...outcomes, outcome: outcomes.outcome.map((one, i) => (outcomes.cutoffs![i] === 0 ? 1 : one)) };
    expect(measurePropensity([few, ...views.slice(1)], outcomes, options).skipped[1].reason).toBe("too-few-rows");
    expect(measurePropensity(views, sure, options).skipped[1].reason).toBe("one-outcome");
    const none = { ids: ["x"], names, values: Float64Array.of(1, 1) };
    expect(measurePropensity([views[0], views[1], none, views[3]], outcomes, options).skipped[1].reason).toBe("nobody-held-out"); // prettier-ignore
  });

  it("says where a model was no better than the base rate", () => {
    const random = randomOf(9);
    const drawn = { ...outcomes, outcome: outcomes.outcome.map(() => random.integer(2)) };
    const { notes, skill } = measurePropensity(views, drawn, options);
    expect(notes.map(({ code }) => code)).toContain("no-better-than-base-rate");
    expect(skill!.lowest).toBeLessThan(0);
  });

  it("takes the customers of the target's stage", () => {
    const stages = views.map(({ ids }) => ({
      labels: labelsOf(ids.map((_, i) => i % 2)),
      names: ["active", "churned"],
    }));
    const { folds } = measurePropensity(views, outcomes, { ...options, lifecycle: stages });
    expect(folds.map(({ learned }) => learned)).toEqual([60, 130, 210]);
  });

  it("refuses a single cutoff, tables that do not match, and the options that choose rows", () => {
    const one = Uint8Array.from(parts[0].left);
    expectRefusal(() => measurePropensity(views[0], one, options), "too-few-rows", "outcomes.cutoffs");
    expectRefusal(() => measurePropensity(views.slice(1), outcomes, options), "shape-mismatch", "table");
    expectRefusal(() => measurePropensity(views, outcomes, { ...options, refit: true } as never), "unknown-option");
    expectRefusal(() => measurePropensity(views, outcomes, { l2: 1 } as never), "invalid-option", "options.target");
  });
});
