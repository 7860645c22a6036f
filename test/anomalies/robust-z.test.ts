import { scoreRobustZ } from "clientele/anomalies";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";
import { expectRefusal } from "../support/refusal.ts";

const columnOf = (values: readonly number[]): number[] => [...scoreRobustZ(fromMatrix(values.map((x) => [x]))).values];

describe("scoreRobustZ", () => {
  it("agrees with statsmodels", () => {
    // statsmodels 0.13.5: (x − np.median(x)) / robust.mad(x) for x = [2.1, 3.4, 1.9, 2.2, 14.0, 2.8, 2.0]: median 2.2, MAD 0.3.
    const expected = [-0.22482992, 2.697959, -0.67448975, 0, 26.52993017, 1.3489795, -0.44965983];
    expectClose(columnOf([2.1, 3.4, 1.9, 2.2, 14.0, 2.8, 2.0]), expected, {
      relative: 3e-8,
      absolute: 1e-12,
      because: "digits printed",
    });
  });

  it("is signed, has no units, and keeps ids and names", () => {
    const table = { ...fromMatrix([[1, 5], [2, 5], [9, 7]], { names: ["a", "b"], ids: ["x", "y", "z"] }), units: { a: "week" } }; // prettier-ignore
    const scores = scoreRobustZ(table);
    expect(scores.ids).toEqual(["x", "y", "z"]);
    expect(scores.names).toEqual(["a", "b"]);
    expect(scores.units).toBeUndefined();
    expect(Math.sign(scores.values[0])).toBe(-1);
  });

  it("estimates standard deviations of normal data, anomalies or not", () => {
    const values = [...cloud(4000, 1, { groups: 1, offset: 50 }), ...Array.from({ length: 400 }, () => 1e6)];
    const scores = columnOf(values).slice(0, 4000);
    const mean = scores.reduce((sum, z) => sum + z / 4000, 0);
    const deviation = Math.sqrt(scores.reduce((sum, z) => sum + (z - mean) ** 2 / 4000, 0));
    // A tenth of outliers moves the median by 0.14 and the MAD by 15 %; a plain z-score would shrink to a hundred-thousandth.
    expectClose(mean, 0, { absolute: 0.2, because: "a tenth of outliers" });
    expectClose(deviation, 1, { absolute: 0.2, because: "a tenth of outliers" });
  });

  it("takes the mean distance where half the customers share one value, and 0 where all do", () => {
    // Median 0, MAD 0, mean distance 10/5 = 2: 10 / (2 · √(π/2)).
    expectClose(columnOf([0, 0, 0, 0, 10]), [0, 0, 0, 0, 3.98942280401433], { relative: 1e-14, because: "rounding" });
    expect(columnOf([7, 7, 7])).toEqual([0, 0, 0]);
    expect(columnOf([7])).toEqual([0]);
    expect(columnOf([])).toEqual([]);
  });

  it("leaves missing cells missing and does not let them move the others", () => {
    const scores = scoreRobustZ(fromMatrix([[1, NaN], [NaN, NaN], [2, NaN], [9, NaN]])); // prettier-ignore
    const [a, , , , b, , c] = scores.values;
    expect([a, b, c]).toEqual(columnOf([1, 2, 9]));
    expect([1, 2, 3, 5, 7].every((cell) => Number.isNaN(scores.values[cell]))).toBe(true);
  });

  it("is exact for huge and tiny numbers, and refuses what cannot be a number", () => {
    const small = columnOf([1, 2, 3, 4, 100]);
    expect(columnOf([1, 2, 3, 4, 100].map((x) => x * 2 ** 900))).toEqual(small);
    expect(columnOf([1, 2, 3, 4, 100].map((x) => x * 2 ** -900))).toEqual(small);
    const widest = columnOf([-1.7e308, -1.7e308, 1.7e308, 1.7e308]);
    expectClose(
      widest,
      [-1, -1, 1, 1].map((sign) => sign / 1.482602218505602),
      { relative: 1e-14, because: "rounding" },
    );
    expectRefusal(() => columnOf([1e308, 1.1e308, -1.7e308, -1.7e308, 1.2e308]), "invalid-value", "table.values[2, 0]");
    expectRefusal(() => columnOf([1e-300, 2e-300, 3e-300, 1e300]), "invalid-value", "table.values[3, 0]");
    const infinite = { ids: ["a", "b"], names: ["x"], values: Float64Array.of(1, -Infinity) };
    expectRefusal(() => scoreRobustZ(infinite), "invalid-value", "table.values[1, 0]");
    for (const wrong of [null, undefined, {}, []]) expectRefusal(() => scoreRobustZ(wrong as never), "shape-mismatch");
  });
});
