import { measureAnonymity } from "clientele/events";
import { fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const names = ["zip", "age", "condition"];
// Machanavajjhala et al. (2007), figures 1 and 2: the 4-anonymous patients; zip 130** = 0, 1485* = 1; age < 30 = 0, ≥ 40 = 1, 3* = 2;
// heart disease = 0, viral infection = 1, cancer = 2.
const patients = fromMatrix(
  [[0, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 1], [1, 1, 2], [1, 1, 0], [1, 1, 1], [1, 1, 1], [0, 2, 2], [0, 2, 2], [0, 2, 2], [0, 2, 2]], // prettier-ignore
  { names },
);
const quasiIdentifiers = ["zip", "age"];

describe("measureAnonymity", () => {
  it("finds the patients of the paper 4-anonymous and not diverse", () => {
    const report = measureAnonymity(patients, { quasiIdentifiers, sensitive: "condition" });
    expect(report).toMatchObject({ k: 4, classes: 3, lDiversity: 1 });
    expect(report.notes.map(({ code }) => code)).toEqual(["same-sensitive"]);
  });

  it("finds them diverse where the cancer patients are left out", () => {
    const others = fromMatrix([[0, 0], [0, 0], [0, 1], [1, 2], [1, 0], [1, 1]], { names: ["zip", "condition"] }); // prettier-ignore
    expect(measureAnonymity(others, { quasiIdentifiers: ["zip"], sensitive: ["condition"] })).toMatchObject({ k: 3, lDiversity: 2 }); // prettier-ignore
  });

  it("takes missing as a value, equal to itself, and −0 as 0", () => {
    const table = fromMatrix([[NaN, 0], [NaN, -0], [1, 0], [1, 0]], { names: ["a", "b"] }); // prettier-ignore
    expect(measureAnonymity(table, { quasiIdentifiers: ["a", "b"] })).toEqual({
      k: 2,
      classes: 2,
      classSizes: Uint32Array.of(2, 2, 2, 2),
      notes: [],
    });
  });

  it("counts the classes and rows below a minimum", () => {
    const table = fromMatrix([[1], [1], [1], [2], [2], [3]]); // prettier-ignore
    const report = measureAnonymity(table, { quasiIdentifiers: ["x0"], minimum: 3 });
    expect(report).toMatchObject({ k: 1, classes: 3, below: { classes: 2, rows: 3 } });
    expect(report.classSizes).toEqual(Uint32Array.of(3, 3, 3, 2, 2, 1));
    expect(report.notes.map(({ code }) => code)).toEqual(["unique-rows"]);
  });

  it("gives 0 for a table without rows, with a note", () => {
    const empty = fromMatrix([], { names });
    const report = measureAnonymity(empty, { quasiIdentifiers, sensitive: "condition" });
    expect(report).toMatchObject({ k: 0, classes: 0, lDiversity: 0, notes: [{ code: "no-rows" }] });
  });

  it("agrees with the definition on any table", () => {
    const row = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
        const report = measureAnonymity(fromMatrix(rows, { names }), { quasiIdentifiers, sensitive: "condition" });
        const classes = new Map<string, number[]>();
        for (const [zip, age, condition] of rows) classes.set(`${zip} ${age}`, [...(classes.get(`${zip} ${age}`) ?? []), condition]); // prettier-ignore
        expect(report.classes).toBe(classes.size);
        expect(report.k).toBe(Math.min(...[...classes.values()].map((members) => members.length)));
        expect(report.lDiversity).toBe(Math.min(...[...classes.values()].map((members) => new Set(members).size)));
        expect([...report.classSizes]).toEqual(rows.map(([zip, age]) => classes.get(`${zip} ${age}`)!.length));
      }),
    );
  });

  it("refuses a minimum above the rows, unknown features and a feature that is both", () => {
    expectRefusal(() => measureAnonymity(patients, { quasiIdentifiers, minimum: 13 }), "too-few-rows", "table");
    expectRefusal(() => measureAnonymity(patients, { quasiIdentifiers, minimum: 0 }), "invalid-option", "options.minimum"); // prettier-ignore
    expectRefusal(() => measureAnonymity(patients, { quasiIdentifiers: ["zip", "sex"] }), "invalid-option", "options.quasiIdentifiers[1]"); // prettier-ignore
    expectRefusal(() => measureAnonymity(patients, { quasiIdentifiers, sensitive: "sex" }), "invalid-option", "options.sensitive"); // prettier-ignore
    expectRefusal(() => measureAnonymity(patients, { quasiIdentifiers, sensitive: ["condition", "age"] }), "invalid-option", "options.sensitive[1]"); // prettier-ignore
    expectRefusal(() => measureAnonymity(null as never, { quasiIdentifiers }), "shape-mismatch", "table");
  });
});
