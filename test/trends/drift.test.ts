import { randomOf } from "clientele/core";
import { fromMatrix, selectFeatures, type FeatureTable } from "clientele/tables";
import { fitDriftReference, measureDrift } from "clientele/trends";
import { describe, expect, it } from "vitest";
import { normal } from "../../src/numeric/distributions.ts";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";

const names = ["still", "moved", "wide", "count"];
/** Four features, of which the second moves by a standard deviation and the third doubles its spread. */
const crowd = (rows: number, seed: number, change = 0): FeatureTable => {
  const random = randomOf(seed);
  const values = Array.from({ length: rows }, () => [sampleNormal(random), 50 + 10 * (sampleNormal(random) + change), sampleNormal(random) * (1 + change), Math.floor(4 * random.next())]); // prettier-ignore
  return fromMatrix(values, { names });
};
const decisions = (report: { features: readonly { drifted: boolean }[] }): boolean[] => report.features.map(({ drifted }) => drifted); // prettier-ignore
const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);

describe("measureDrift", () => {
  it("finds the features that moved, and the table's verdict", () => {
    const report = measureDrift(crowd(2000, 1), crowd(1500, 2, 1));
    expect(decisions(report)).toEqual([false, true, true, false]);
    expect([report.share, report.drifted, report.rows]).toEqual([0.5, true, { reference: 2000, current: 1500 }]);
    expect(measureDrift(crowd(2000, 1), crowd(1500, 2, 1), { share: 0.6 }).drifted).toBe(false);
    const [still, moved] = report.features;
    expectClose(moved.meanShift!, 1, { absolute: 0.1, because: "noise of 1500 customers" });
    expectClose(moved.wasserstein!, 1, { absolute: 0.1, because: "noise of 1500 customers" });
    expect(moved.adjustedPValue).toBeLessThan(1e-50);
    expect(still.adjustedPValue).toBeGreaterThan(0.01);
    expect(report.features[2].reasons).toEqual(["values"]);
  });

  it("decides alike for 200 and for 200,000 customers, where p-values do not", () => {
    for (const change of [0, 0.02, 1]) {
      const few = measureDrift(crowd(200, 3), crowd(200, 4, change));
      const many = measureDrift(crowd(200_000, 5), crowd(200_000, 6, change));
      expect(decisions(few), String(change)).toEqual(decisions(many));
    }
    // A fiftieth of a standard deviation: nothing to act on, and yet "significant".
    const slight = measureDrift(crowd(200_000, 5), crowd(200_000, 6, 0.02), { rule: "p-value" });
    expect(slight.features[1].drifted).toBe(true);
    expect(measureDrift(crowd(200_000, 5), crowd(200_000, 6, 0.02), { rule: "both" }).features[1].drifted).toBe(false);
  });

  it("has an effect size that does not depend on the number of customers", () => {
    const effects = [200, 2000, 50_000].map((rows) => {
      const runs = rows > 10_000 ? 2 : 60;
      let sum = 0;
      for (let r = 0; r < runs; r++) sum += measureDrift(crowd(rows, 100 + r), crowd(rows, 900 + r, 0.5)).features[1].effectSize; // prettier-ignore
      return sum / runs;
    });
    // Half a standard deviation over the quintiles of the reference.
    const shares = [-Infinity, ...[0.2, 0.4, 0.6, 0.8].map((p) => normal.quantile(p)), Infinity].map((x) => normal.cdf(x - 0.5)); // prettier-ignore
    const wanted = shares.slice(1).reduce((sum, high, b) => sum + (high - shares[b] - 0.2) * Math.log((high - shares[b]) / 0.2), 0); // prettier-ignore
    for (const effect of effects) expectClose(effect, effects[2], { relative: 0.12, because: "noise of 60 runs" });
    expectClose(effects[2], wanted, { relative: 0.04, because: "noise of two runs of 50,000" });
  });

  it("rarely calls a drift of 200 customers where there is none", () => {
    let false_ = 0;
    for (let seed = 0; seed < 300; seed++) {
      const report = measureDrift(crowd(200, 2 * seed), crowd(200, 2 * seed + 1));
      false_ += report.features.filter(({ drifted }) => drifted).length;
    }
    expect(false_ / 1200).toBeLessThan(0.05);
    expect(codes(measureDrift(crowd(100, 1), crowd(100, 2)))).toContain("small-samples");
  });

  it("takes what was remembered of a table for the table", () => {
    const [before, now] = [crowd(500, 7), crowd(400, 8, 0.4)];
    const stored = JSON.parse(JSON.stringify(fitDriftReference(before))) as ReturnType<typeof fitDriftReference>;
    expect(measureDrift(stored, now)).toEqual(measureDrift(before, now));
    expect(JSON.stringify(stored)).not.toContain(before.ids[17] + '"');
    expect(stored.features).toEqual(names);
    expectRefusal(() => measureDrift(stored, now, { bins: 5 }), "invalid-option", "options.bins");
    expectRefusal(() => measureDrift({ ...stored, kind: "k-means" as never }, now), "incompatible-model", "model.kind");
    expectRefusal(() => measureDrift({ ...stored, columns: [] }, now), "incompatible-model", "reference.columns");
    const broken = stored.columns.map((column, j) => (j === 2 ? { ...column, counts: [1] } : column));
    expectRefusal(() => measureDrift({ ...stored, columns: broken }, now), "incompatible-model", "reference.columns[2]"); // prettier-ignore
  });

  it("counts missing values, and calls their rise a drift of its own", () => {
    const column = (missing: number): FeatureTable => fromMatrix(Array.from({ length: 100 }, (_, i) => [i < missing ? NaN : (i * 37) % 100])); // prettier-ignore
    const [feature] = measureDrift(column(0), column(20)).features;
    expect([feature.reasons, feature.missing]).toEqual([["missing"], { reference: 0, current: 0.2 }]);
    expect(feature.pValue).toBeLessThan(0.01);
    const none = measureDrift(column(0), column(100));
    expect([none.features[0].effectSize, none.features[0].reasons, codes(none)]).toEqual([0, ["missing"], ["no-values"]]); // prettier-ignore
    expect(measureDrift(column(100), column(100))).toMatchObject({ drifted: false, features: [{ pValue: 1 }] });
  });

  it("sees a constant change, knows one customer and no feature", () => {
    const constant = (value: number, rows = 100): FeatureTable => fromMatrix(Array.from({ length: rows }, () => [value])); // prettier-ignore
    expect(measureDrift(constant(1), constant(1)).features[0]).toMatchObject({ effectSize: 0, pValue: 1, drifted: false, meanShift: null }); // prettier-ignore
    expect(measureDrift(constant(1), constant(2)).features[0].drifted).toBe(true);
    expect(measureDrift(constant(1, 1), constant(1, 1)).drifted).toBe(false);
    const none = selectFeatures(crowd(5, 1), []);
    expect(measureDrift(none, none)).toMatchObject({ drifted: false, share: 0, features: [] });
  });

  it("refuses other features, no rows and infinite cells", () => {
    const table = crowd(5, 1);
    expectRefusal(() => measureDrift(table, selectFeatures(table, ["still"])), "shape-mismatch", "current.names");
    expectRefusal(() => measureDrift(table, { ...table, names: ["still", "x", "wide", "count"] }), "shape-mismatch", "current.names[1]"); // prettier-ignore
    expectRefusal(() => measureDrift(crowd(0, 1), table), "too-few-rows");
    expectRefusal(() => measureDrift(fromMatrix([[1]]), { ...fromMatrix([[1]]), values: Float64Array.of(Infinity) }), "invalid-value", "current.values[0, 0]"); // prettier-ignore
    expectRefusal(() => measureDrift(fromMatrix([[1e200], [-1e200]]), fromMatrix([[1]])), "too-large");
    expectRefusal(() => measureDrift(null as never, table), "shape-mismatch");
  });
});

describeWithData("measureDrift on a phone company's customers", ["telco_churn"], () => {
  const rows = readDataRows("telco_churn/telco_churn.csv.gz");
  const tableOf = (part: typeof rows): FeatureTable =>
    fromMatrix(part.map((row) => [Number(row["tenure"]), Number(row["MonthlyCharges"]), Number(row["SeniorCitizen"])]), { names: ["tenure", "MonthlyCharges", "SeniorCitizen"] }); // prettier-ignore

  it("finds none between two halves, and both figures between stayers and leavers", () => {
    const halves = [0, 1].map((half) => tableOf(rows.filter((_, i) => i % 2 === half)));
    expect(measureDrift(halves[0], halves[1])).toMatchObject({ drifted: false, share: 0 });
    const [stayed, left] = ["No", "Yes"].map((churn) => tableOf(rows.filter((row) => row["Churn"] === churn)));
    expect([stayed.ids.length, left.ids.length]).toEqual([5174, 1869]);
    expect(decisions(measureDrift(stayed, left)).slice(0, 2)).toEqual([true, true]);
  });
});
