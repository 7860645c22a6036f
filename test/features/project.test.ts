import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { checkCells, project } from "../../src/features/project.ts";
import { expectRefusal } from "../support/refusal.ts";

const table = fromMatrix([[1, NaN, 10], [3, NaN, 30]]); // prettier-ignore

describe("project", () => {
  it("weighs standardized features, chosen and in the order asked for", () => {
    const model = { center: [10, 1], scale: [10, 2], loadings: [[1, 1], [2, -1]] }; // prettier-ignore
    expect(Array.from(project("test", table, [2, 0], model))).toEqual([0, 0, 3, 3]);
  });

  it("refuses the first cell that is missing, and rows whose score is no number", () => {
    const model = { center: [0, 0], scale: [1, 1], loadings: [[1, 1]] };
    expectRefusal(() => project("test", table, [0, 1], model), "invalid-value", "table.values[0, 1]");
    const far = { ...model, center: [-1e308, -1e308], loadings: [[1, 1]] };
    expectRefusal(() => project("test", table, [0, 2], far), "invalid-value", "table.values[0, *]");
  });
});

describe("checkCells", () => {
  it("looks at the rows and features asked for only", () => {
    checkCells("test", table, [0, 2], 0, 2);
    checkCells("test", table, [1], 0, 0);
    expectRefusal(() => checkCells("test", table, [0, 1], 1, 2), "invalid-value", "table.values[1, 1]");
  });
});
