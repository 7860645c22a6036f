import { describe, expect, it } from "vitest";
import { type DefiniteFactor, factorDefinite, invertDefinite, solveDefinite } from "../../src/numeric/definite.ts";
import { cloud } from "../support/clouds.ts";
import { expectClose } from "../support/close-to.ts";

function factorOf(rows: number[][], negligible = 1e-12): DefiniteFactor {
  const factor = factorDefinite(Float64Array.from(rows.flat()), rows.length, negligible);
  if ("dependent" in factor) throw new Error(`variable ${factor.dependent} is dependent`);
  return factor;
}

describe("factorDefinite", () => {
  it("solves by hand: [[4, 2], [2, 3]] x = [8, 8] is [1, 2]", () => {
    const factor = factorOf([[4, 2], [2, 3]]); // prettier-ignore
    expectClose(solveDefinite(factor, [8, 8]), [1, 2], { relative: 1e-15, because: "a few roundings" });
    expectClose(invertDefinite(factor).map((row) => [...row]).flat(), [0.375, -0.25, -0.25, 0.5], { relative: 1e-15, because: "a few roundings" }); // prettier-ignore
  });

  it("undoes the product of a random matrix with itself, whatever the units, and is symmetric to the bit", () => {
    const size = 7;
    const values = cloud(40, size, { seed: 3, groups: 1 }).map((x, cell) => x * 10 ** (4 * ((cell % size) - 3)));
    const products = Array.from({ length: size }, (_, a) =>
      Array.from({ length: size }, (__, b) => {
        let sum = 0;
        for (let row = 0; row < 40; row++) sum += values[row * size + a] * values[row * size + b];
        return sum;
      }),
    );
    const inverse = invertDefinite(factorOf(products));
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) {
        expect(inverse[a][b]).toBe(inverse[b][a]);
        let cell = 0;
        for (let k = 0; k < size; k++) cell += inverse[a][k] * products[k][b];
        const unit = 10 ** (4 * (b - a));
        expectClose(cell / unit, a === b ? 1 : 0, { absolute: 1e-11, because: "conditions of some hundreds" });
      }
    }
  });

  it("names the first variable that repeats those before it, a constant 0 among them", () => {
    const of = (rows: number[][]): unknown => factorDefinite(Float64Array.from(rows.flat()), rows.length, 1e-12);
    expect(of([[1, 2], [2, 4]])).toEqual({ dependent: 1 }); // prettier-ignore
    expect(of([[0, 0], [0, 1]])).toEqual({ dependent: 0 }); // prettier-ignore
    expect(of([[1, 0, 1], [0, 1, 1], [1, 1, 2]])).toEqual({ dependent: 2 }); // prettier-ignore
    expect(of([[1, 2], [2, 1]])).toEqual({ dependent: 1 }); // prettier-ignore
    expect(of([[NaN]])).toEqual({ dependent: 0 });
  });
});
