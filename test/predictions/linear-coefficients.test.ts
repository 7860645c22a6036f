import { fitLinear, type LinearModel, measureCoefficients } from "clientele/predictions";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";

const rows = Array.from({ length: 30 }, (_, i) => [i % 7, (i * i) % 5]);
const target = rows.map(([a], i) => 2 * a + ((i * 11) % 6));
const model = fitLinear(fromMatrix(rows, { names: ["visits", "noise"] }), target);

describe("measureCoefficients", () => {
  it("puts each coefficient beside its interval and p-values", () => {
    const { coefficients, intercept, level } = measureCoefficients(model);
    expect(level).toBe(0.95);
    expect(intercept?.feature).toBe("(intercept)");
    expect(coefficients.map(({ feature }) => feature)).toEqual(["visits", "noise"]);
    const [visits, noise] = coefficients;
    expect(visits.estimate).toBe(model.coefficients[0]);
    // Benjamini and Hochberg: the smaller of two p-values is doubled, the larger stays.
    expectClose(visits.adjustedPValue!, 2 * visits.pValue!, { relative: 1e-12, because: "rounding" });
    expect(noise.adjustedPValue).toBe(noise.pValue);
    // t(27) at 0.975 by R: 2.051831.
    expectClose(visits.interval![1] - visits.estimate, 2.051831 * visits.standardError!, { relative: 1e-6, because: "R's digits" }); // prettier-ignore
  });

  it("says null where there is no intercept or no degree of freedom", () => {
    expect(measureCoefficients(fitLinear(fromMatrix(rows), target, { intercept: false })).intercept).toBeNull();
    const exact = measureCoefficients(fitLinear(fromMatrix([[1], [2]]), [1, 3]));
    expect(exact.coefficients[0]).toMatchObject({ interval: null, pValue: null, adjustedPValue: null });
  });

  it("refuses a damaged model", () => {
    for (const damage of [
      { standardErrors: [1] },
      { pValues: ["0", "1"] },
      { intercept: null },
      { kind: "logistic" },
    ]) {
      expectRefusal(() => measureCoefficients({ ...model, ...damage } as unknown as LinearModel), "incompatible-model");
    }
  });
});

describeWithData("measureCoefficients on advertising", ["advertising/expected.json"], () => {
  it("gives the expected intervals of 95 %", () => {
    const data = readDataRows("advertising/advertising.csv");
    const { all } = readDataJson<{ all: { ci95: Record<string, number[]> } }>("advertising/expected.json");
    const names = ["TV", "Radio", "Newspaper"];
    const table = fromMatrix(data.map((row) => names.map((name) => Number(row[name]))), { names }); // prettier-ignore
    const report = measureCoefficients(fitLinear(table, data.map((row) => Number(row["Sales"])))); // prettier-ignore
    const because = "1e-8 is asked for";
    expectClose(report.intercept!.interval!, all.ci95["const"], { relative: 1e-8, because });
    report.coefficients.forEach(({ feature, interval }) => {
      expectClose(interval!, all.ci95[feature], { relative: 1e-8, because });
    });
  });
});
