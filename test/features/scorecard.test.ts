import { readFileSync } from "node:fs";
import { explainScorecard, fitScorecard, predictScorecard, scoreScorecard } from "clientele/features";
import { featureTable, filterRows, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { modelLaws } from "../laws/model-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { shuffled } from "../support/rows.ts";

const halves = (rows: number): Uint8Array => Uint8Array.from({ length: rows }, (_, row) => row % 2);
const cells = fc.array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 2 }), { minLength: 8, maxLength: 30 }); // prettier-ignore
for (const [name, apply] of [
  ["score", scoreScorecard],
  ["predict", predictScorecard],
  ["explain", explainScorecard],
] as const) {
  modelLaws(`fitScorecard and ${name}Scorecard`, {
    fit: (table, options: object) => fitScorecard(table, halves(table?.ids?.length ?? 0), options),
    apply,
    options: {},
    optionNames: ["bins", "smoothing", "basePoints", "pointsToDouble", "folds", "seed"],
    tables: cells.map((rows) => fromMatrix(rows, { names: ["visits", "__proto__"] })),
    fields: ["cuts", "points", "startPoints", "basePoints", "pointsToDouble"],
    missing: "filled",
    empty: "refused",
  });
}

describe("fitScorecard", () => {
  it("weighs evidence as by hand: ln of a bin's share of the positives over its share of the negatives", () => {
    const table = fromMatrix([[0], [0], [0], [0], [1], [1], [1], [NaN]], { names: ["visits"] });
    const model = fitScorecard(table, Uint8Array.of(0, 0, 0, 1, 1, 1, 0, 1));
    expect(model.cuts).toEqual([[0]]);
    expect(model.positives).toEqual([[1, 2, 1]]);
    // 4 positives, 4 negatives: (1/4)/(3/4), (2/4)/(1/4), and (1.5/4)/(0.5/4) for the missing, none of whom is a negative.
    const because = "logarithms";
    expectClose(model.weightsOfEvidence[0], [Math.log(1 / 3), Math.log(2), Math.log(3)], { relative: 1e-14, because });
    expectClose(model.informationValues[0], 0.5 * Math.log(3) + 0.25 * Math.log(2) + 0.25 * Math.log(3), { relative: 1e-14, because }); // prettier-ignore
  });

  it("adds up points from the start, doubles odds by the points to double, and gives an unmet missing value 0", () => {
    const random = randomOf(5);
    const rows = Array.from({ length: 2000 }, () => [random.next(), random.next()]);
    const outcome = Uint8Array.from(rows, ([x]) => (random.next() < 0.1 + 0.6 * x ? 1 : 0));
    const table = fromMatrix(rows, { names: ["good", "noise"] });
    const model = fitScorecard(table, outcome, { basePoints: 100, pointsToDouble: 10 });
    const [points, probability, parts] = [scoreScorecard(model, table), predictScorecard(model, table), explainScorecard(model, table)]; // prettier-ignore
    expect(parts.names).toEqual(["points", "goodPoints", "noisePoints"]);
    points.forEach((score, row) => {
      const odds = probability[row] / (1 - probability[row]);
      expectClose(odds, 2 ** ((score - 100) / 10), { relative: 1e-11, because: "an exponential of a logarithm" });
      expect(score).toBe(model.startPoints + parts.values[3 * row + 1] + parts.values[3 * row + 2]);
    });
    expect(explainScorecard(model, fromMatrix([[NaN, 0.5]], { names: ["good", "noise"] })).values[1]).toBe(0);
    expect(model.informationValues[0]).toBeGreaterThan(10 * model.informationValues[1]);
    // Predicted from other customers, so the bands hold for new ones: 200 customers each, three standard errors of at most 0.035.
    expect(model.calibration).toHaveLength(10);
    for (const { customers, predicted, observed } of model.calibration) {
      expect(customers).toBe(200);
      expect(Math.abs(predicted - observed)).toBeLessThan(0.11);
    }
  });

  it("does not believe a feature twice that is there twice: probabilities stay, the shrinkage halves", () => {
    const random = randomOf(9);
    const x = Array.from({ length: 3000 }, () => random.next());
    const outcome = Uint8Array.from(x, (value) => (random.next() < value ? 1 : 0));
    const once = fitScorecard(fromMatrix(x.map((v) => [v])), outcome);
    const twice = fitScorecard(fromMatrix(x.map((v) => [v, v])), outcome);
    expectClose(twice.shrinkage, once.shrinkage / 2, { relative: 1e-6, because: "Newton's steps end at 1e-10" });
    const because = "the same evidence";
    expectClose(predictScorecard(twice, fromMatrix([[0.9, 0.9]])), predictScorecard(once, fromMatrix([[0.9]])), { relative: 1e-6, because }); // prettier-ignore
  });

  it("stays finite where a feature tells without error, and notes it", () => {
    const table = fromMatrix(Array.from({ length: 40 }, (_, i) => [i % 2]));
    const model = fitScorecard(table, halves(40));
    expect(model.notes.map(({ code }) => code)).toEqual(["suspicious-feature"]);
    const [low, high] = predictScorecard(
      model,
      filterRows(table, (row) => row < 2),
    );
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(1);
    expect(high).toBeGreaterThan(0.9);
  });

  it("gives the same bits for the same customers in another order, ties and missing cells among them", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(1, 2, NaN), fc.integer({ min: 0, max: 1 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 4, maxLength: 60 }), fc.integer(), (drawn, salt) => {
        const rows: [number, number, number][] = [...drawn, [0, 1, 0], [1, 1, 1]];
        const fit = (order: readonly number[]): unknown =>
          fitScorecard(
            fromMatrix(order.map((i) => rows[i].slice(0, 2))),
            Uint8Array.from(order, (i) => rows[i][2]),
          );
        const order = rows.map((_, i) => i);
        expect(bitsOf(fit(shuffled(rows.length, salt)))).toBe(bitsOf(fit(order)));
      }),
      { numRuns: 60 },
    );
  });

  it("refuses outcomes that teach nothing", () => {
    const table = fromMatrix([[1], [2]]);
    expectRefusal(() => fitScorecard(table, Uint8Array.of(1, 1)), "degenerate-data", "outcome");
    expectRefusal(() => fitScorecard(table, Uint8Array.of(0, 2)), "invalid-value", "outcome[1]");
    expectRefusal(() => fitScorecard(table, Uint8Array.of(0)), "shape-mismatch", "outcome");
    expectRefusal(() => fitScorecard(table, [0, 1] as never), "shape-mismatch", "outcome");
  });
});

describeWithData("fitScorecard on a marketing campaign", ["marketing_campaign"], () => {
  interface Weighed {
    readonly cuts: number[];
    readonly positives: number[];
    readonly weights: number[];
    readonly informationValue: number;
  }
  // pandas 1.5.3; made by test/oracles/scorecard.py.
  const golden = JSON.parse(readFileSync(new URL("../oracles/scorecard.golden.json", import.meta.url), "utf8")) as Record<string, Weighed>; // prettier-ignore

  it("gives the weights and information values of pandas", () => {
    const rows = readDataRows("marketing_campaign/marketing_campaign.csv.gz");
    const names = Object.keys(golden);
    const numbers = rows.map((row) => ({ id: row["ID"], ...Object.fromEntries(names.map((name) => [name, row[name] === "" ? null : Number(row[name])])) })); // prettier-ignore
    const table = featureTable(numbers, { id: "id", features: names });
    const model = fitScorecard(
      table,
      Uint8Array.from(rows, (row) => Number(row["Response"])),
    );
    names.forEach((name, j) => {
      const { cuts, positives, weights, informationValue } = golden[name];
      expectClose(model.cuts[j], cuts, { relative: 1e-12, because: "pandas interpolates by another formula" });
      expect(model.positives[j]).toEqual(positives);
      expectClose(model.weightsOfEvidence[j], weights, { relative: 1e-12, because: "logarithms" });
      expectClose(model.informationValues[j], informationValue, { relative: 1e-12, because: "sums of logarithms" });
    });
    expect(model.baseRate).toBe(334 / 2240);
    expect(model.shrinkage).toBeLessThan(1);
    expect(model.calibration.reduce((sum, band) => sum + band.customers, 0)).toBe(2240);
  });
});
