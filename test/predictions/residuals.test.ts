import { fitLinear, measureResiduals } from "clientele/predictions";
import { fromMatrix } from "clientele/tables";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";

const golden = JSON.parse(readFileSync(new URL("../oracles/linear.golden.json", import.meta.url), "utf8")) as {
  readonly x: number[][];
  readonly y: number[];
  readonly leverage: number[];
  readonly cook: number[];
  readonly standardized: number[];
  readonly durbinWatson: number;
  readonly breuschPagan: [number, number];
  readonly jarqueBera: [number, number, number, number];
};

const table = fromMatrix(golden.x);
const model = fitLinear(table, golden.y);
const because = "statsmodels solves by the pseudoinverse";

describe("measureResiduals", () => {
  it("gives statsmodels' diagnostics", () => {
    const report = measureResiduals(model, table, golden.y);
    expectClose(report.leverage, golden.leverage, { relative: 1e-9, because });
    expectClose(report.cooksDistance, golden.cook, { relative: 1e-8, absolute: 1e-14, because });
    expectClose(report.standardized, golden.standardized, { relative: 1e-8, absolute: 1e-12, because });
    expectClose(report.durbinWatson!, golden.durbinWatson, { relative: 1e-9, because });
    const { breuschPagan, jarqueBera, skewness, kurtosis } = report;
    expectClose([breuschPagan!.statistic, breuschPagan!.pValue], golden.breuschPagan, { relative: 1e-8, because });
    expectClose([jarqueBera!.statistic, jarqueBera!.pValue, skewness!, kurtosis!], golden.jarqueBera, { relative: 1e-8, because }); // prettier-ignore
  });

  it("has leverages that add up to the number of coefficients, weighted too", () => {
    const weights = golden.y.map((_, i) => 1 + (i % 4));
    const weighted = measureResiduals(fitLinear(table, golden.y, { weights }), table, golden.y, { weights });
    expectClose(weighted.leverage.reduce((sum, value) => sum + value, 0), 4, { relative: 1e-12, because: "trace of a projection" }); // prettier-ignore
  });

  it("says what to do about unequal variances, dependent neighbors, and rows that decide", () => {
    const rows = Array.from({ length: 200 }, (_, i) => [i]);
    const codesOf = (target: readonly number[]): string[] =>
      measureResiduals(fitLinear(fromMatrix(rows), target), fromMatrix(rows), target).notes.map(({ code }) => code);
    const random = randomOf(3);
    const noise = rows.map(() => random.next() - 0.5);
    expect(codesOf(noise)).toEqual([]);
    expect(codesOf(rows.map(([i]) => noise[i] * i))).toContain("unequal-variance");
    expect(codesOf(rows.map(([i]) => Math.floor(i / 10) % 2))).toContain("dependent-residuals");
    expect(codesOf(rows.map(([i]) => (i === 199 ? 1e6 : (i * 37) % 11)))).toContain("influential-rows");
  });

  it("meets a perfect fit and a row that is fitted exactly", () => {
    const perfect = fromMatrix([[1], [2], [3], [4]]);
    const report = measureResiduals(fitLinear(perfect, [0, 0, 0, 0]), perfect, [0, 0, 0, 0]);
    expect(report).toMatchObject({ durbinWatson: null, breuschPagan: null, jarqueBera: null });
    const dummies = fromMatrix([[1], [0], [0], [0]]);
    const lone = measureResiduals(fitLinear(dummies, [9, 1, 2, 4]), dummies, [9, 1, 2, 4]);
    expect(lone.leverage[0]).toBeCloseTo(1, 12);
    expect(lone.standardized[0]).toBeNaN();
  });

  it("refuses outcomes and weights that do not fit the rows", () => {
    expectRefusal(() => measureResiduals(model, table, [1]), "shape-mismatch", "target");
    expectRefusal(() => measureResiduals(model, table, golden.y.with(2, NaN)), "invalid-value", "target[2]");
    expectRefusal(
      () => measureResiduals(model, table, golden.y, { weights: [1] }),
      "shape-mismatch",
      "options.weights",
    );
    expectRefusal(() => measureResiduals(model, fromMatrix([[1]]), [1]), "incompatible-model");
  });
});

describeWithData("measureResiduals on advertising", ["advertising/expected.json"], () => {
  it("gives the expected Durbin and Watson of each model", () => {
    const data = readDataRows("advertising/advertising.csv");
    const sales = data.map((row) => Number(row["Sales"]));
    const expected = readDataJson<Record<string, { durbin_watson: number }>>("advertising/expected.json");
    for (const names of [["TV"], ["Radio"], ["Newspaper"], ["TV", "Radio", "Newspaper"]]) {
      const spend = fromMatrix(data.map((row) => names.map((name) => Number(row[name])))); // prettier-ignore
      const { durbinWatson } = measureResiduals(fitLinear(spend, sales), spend, sales);
      const want = expected[names.length === 1 ? names[0] : "all"].durbin_watson;
      expectClose(durbinWatson!, want, { relative: 1e-8, because: "1e-8 is asked for" });
    }
  });
});
