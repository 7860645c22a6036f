import { explainLogistic, fitLogistic, predictLogistic } from "clientele/predictions";
import { column, fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import golden from "../oracles/logistic.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";
import { rowsOfMatrix } from "../support/rows.ts";

const { rows, grade } = golden.spector;
const table = fromMatrix(rows, { names: ["GPA", "TUCE", "PSI"] });
const model = fitLogistic(table, Uint8Array.from(grade));
const probability = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

describe("predictLogistic", () => {
  it("turns intercept and coefficients into probabilities", () => {
    const expected = rows.map((row) =>
      probability(row.reduce((sum, x, j) => sum + x * model.coefficients[j], model.intercept)),
    );
    expectClose(predictLogistic(model, table), expected, { relative: 1e-12, because: "sums in another order" });
  });

  it("predicts a mean that is the base rate, for the customers it was fitted on", () => {
    const sum = predictLogistic(model, table).reduce((total, p) => total + p, 0);
    expectClose(sum, 11, { absolute: 1e-9, because: "a property of the optimum" });
  });

  it("stays within 0 and 1 far out, and refuses where log odds are no number any more", () => {
    const far = fromMatrix([[1e6, 0, 0], [-1e6, 0, 0]], { names: table.names }); // prettier-ignore
    expect([...predictLogistic(model, far)]).toEqual([1, 0]);
    const beyond = fromMatrix([[0, 0, 0], [1.7e308, 0, 0]], { names: table.names }); // prettier-ignore
    expectRefusal(() => predictLogistic(model, beyond), "invalid-value", "table.values[1, *]");
    expectRefusal(() => explainLogistic(model, beyond), "invalid-value", "table.values[1, *]");
  });
});

describe("explainLogistic", () => {
  it("splits log odds into contributions that add up to them", () => {
    const explained = explainLogistic(model, table);
    expect(explained.names).toEqual(["GPA", "TUCE", "PSI", "base"]);
    expect(explained.ids).toEqual(table.ids);
    const sums = rowsOfMatrix(explained.values, 4).map((row) => row.reduce((sum, part) => sum + part, 0));
    expectClose(sums.map(probability), predictLogistic(model, table), { relative: 1e-12, because: "sums in another order" }); // prettier-ignore
  });

  it("measures each contribution from the mean: it averages to 0", () => {
    const explained = explainLogistic(model, table);
    for (const name of table.names) {
      const sum = column(explained, name).reduce((total, part) => total + part, 0);
      expectClose(sum, 0, { absolute: 1e-11, because: "rounding of 32 terms" });
    }
    expect(new Set(column(explained, "base"))).toEqual(new Set([model.baseLogOdds]));
    const gpa = column(explained, "GPA")[3];
    expectClose(gpa, model.coefficients[0] * (rows[3][0] - model.means[0]), { relative: 1e-14, because: "as defined" });
  });

  it("finds another name for the base where a feature has it", () => {
    const names = ["base", "(base)", "PSI"];
    const own = fitLogistic(fromMatrix(rows, { names }), Uint8Array.from(grade));
    expect(explainLogistic(own, fromMatrix(rows, { names })).names).toEqual([...names, "((base))"]);
  });

  it("refuses what predictLogistic refuses", () => {
    expectRefusal(() => explainLogistic(model, fromMatrix([[1, 2]])), "incompatible-model");
    expectRefusal(() => explainLogistic({ ...model, version: 2 as 1 }, table), "incompatible-model", "model.version");
    expectRefusal(() => explainLogistic({ ...model, means: [1] }, table), "incompatible-model", "model.means");
    expectRefusal(() => explainLogistic(model, { ...table, values: table.values.with(4, NaN) }), "invalid-value", "table.values[1, 1]"); // prettier-ignore
    expect(explainLogistic(model, fromMatrix([], { names: table.names })).values).toEqual(new Float64Array(0));
  });
});
