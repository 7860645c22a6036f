import { describe, expect, it } from "vitest";
import { leastSquares } from "../../src/numeric/linalg.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";
import { mlRegression, rawMlRegression } from "./ml-regression.ts";

const withOnes = (x: readonly (readonly number[])[]): number[][] => x.map((row) => [1, ...row]);

describe("ml-regression-multivariate-linear, the oracle of least squares,", () => {
  const x = [[0, 1], [1, 0], [2, 5], [3, 2]]; // prettier-ignore
  const y = x.map(([a, b]) => 10 + 2 * a - 3 * b);

  it("puts the intercept last, which the oracle moves to the front", () => {
    const because = "an inverse of XᵀX squares the condition";
    expectClose(rawMlRegression(x, y), [2, -3, 10], { absolute: 1e-12, because });
    expectClose(mlRegression(x, y), [10, 2, -3], { absolute: 1e-12, because });
    expectClose(mlRegression(x, x.map(([a, b]) => a + b), false), [1, 1], { absolute: 1e-12, because }); // prettier-ignore
  });

  it("answers a collinear design with a minimum-norm solution, where ours refuses", () => {
    const collinear = [1, 2, 3, 4].map((a) => [a, 2 * a]);
    const weights = rawMlRegression(collinear, [5, 10, 15, 20]);
    expectClose(weights, [1, 2, 0], { absolute: 1e-9, because: "5a = a + 2·2a is the shortest of many answers" });
    expectRefusal(() => leastSquares("test", withOnes(collinear), [5, 10, 15, 20]), "degenerate-data", "design[*][2]");
  });

  it("passes NaN through, which the oracle refuses", () => {
    expect(rawMlRegression([[1], [NaN], [3]], [1, 2, 3]).some(Number.isNaN)).toBe(true);
    expect(() => mlRegression([[1], [NaN], [3]], [1, 2, 3])).toThrow("finite");
  });
});

describeWithData("our least squares", ["iris/iris.csv"], () => {
  it("gives the oracle's coefficients on iris", () => {
    const rows = readDataRows("iris/iris.csv");
    const x = rows.map((row) => ["Sepal.Width", "Petal.Length", "Petal.Width"].map((name) => Number(row[name])));
    const y = rows.map((row) => Number(row["Sepal.Length"]));
    const ours = leastSquares("test", withOnes(x), y);
    expectClose(ours, mlRegression(x, y), { relative: 1e-10, because: "the oracle squares the condition" });
    // R 4.2: coef(lm(Sepal.Length ~ Sepal.Width + Petal.Length + Petal.Width, iris)).
    expectClose(ours, [1.856, 0.65084, 0.70913, -0.55648], { absolute: 5e-6, because: "5 decimals" });
  });
});
