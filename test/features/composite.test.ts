import {
  fitMinMax,
  fitPca,
  fitZScore,
  type PcaModel,
  scoreComposite,
  transformPca,
  transformScale,
} from "clientele/features";
import { column, filterRows, fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const names = ["visits", "revenue", "same"];
const table = fromMatrix([[1, 200, 7], [3, 100, 7], [5, 300, 7], [7, 800, 7]], { names }); // prettier-ignore
const because = "a few roundings";

describe("scoreComposite by weights", () => {
  it("weighs z-scores, and only the ratios of the weights matter", () => {
    // By hand: visits − 4 over √5; revenue − 350 over √72500.
    const [a, b] = [Math.sqrt(5), Math.sqrt(72_500)];
    const wanted = [[-3, -150], [-1, -250], [1, -50], [3, 450]].map(([v, r]) => 0.75 * (v / a) + 0.25 * (r / b)); // prettier-ignore
    expectClose(scoreComposite(table, { weights: { visits: 0.75, revenue: 0.25 } }), wanted, {
      relative: 1e-14,
      because,
    });
    expectClose(scoreComposite(table, { weights: { visits: 3, revenue: 1 } }), wanted, { relative: 1e-14, because });
  });

  it("is the plain weighted sum of features that are standardized already", () => {
    const scaled = transformScale(fitZScore(table), table);
    const weights = { visits: 0.6, revenue: 0.4 };
    const [v, r] = [column(scaled, "visits"), column(scaled, "revenue")];
    expectClose(scoreComposite(scaled, { weights }), v.map((x, i) => 0.6 * x + 0.4 * r[i]), { absolute: 1e-14, because }); // prettier-ignore
  });

  it("turns a feature around by a negative weight and counts a constant one 0", () => {
    const up = scoreComposite(table, { weights: { visits: 1 } });
    expect(scoreComposite(table, { weights: { visits: -1 } })).toEqual(up.map((x) => -x));
    expect(scoreComposite(table, { weights: { same: 1 } })).toEqual(new Float64Array(4));
    const mixed = scoreComposite(table, { weights: { visits: 1, same: 1 } });
    expectClose(mixed, up.map((x) => x / 2), { relative: 1e-15, because }); // prettier-ignore
  });

  it("compares with the customers of a scale when one is given, whatever else the scale knows", () => {
    const weights = { revenue: 1, visits: 1 };
    const scale = fitZScore(table);
    const all = scoreComposite(table, { weights });
    const one = filterRows(table, (row) => row === 2);
    expectClose(scoreComposite(one, { weights, scale }), [all[2]], { relative: 1e-14, because });
    expect(scoreComposite(one, { weights })).toEqual(Float64Array.of(0));
    // Min-max: visits 4/6, revenue 200/700.
    expectClose(scoreComposite(one, { weights, scale: fitMinMax(table) }), [(4 / 6 + 2 / 7) / 2], { relative: 1e-15, because }); // prettier-ignore
    expectRefusal(() => scoreComposite(one, { weights, scale: { ...scale, features: ["visits", "x", "y"] } }), "incompatible-model"); // prettier-ignore
    expectRefusal(() => scoreComposite(one, { weights, scale: { ...scale, scale: [1, 0, 1] } }), "incompatible-model");
  });

  it("gives nothing for nobody, and 0 for the only one", () => {
    expect(scoreComposite(filterRows(table, () => false), { weights: { visits: 1 } })).toEqual(new Float64Array(0)); // prettier-ignore
    expect(scoreComposite(fromMatrix([[5]]), { weights: { x0: 1 } })).toEqual(Float64Array.of(0));
  });

  it("refuses a missing cell of a weighted feature, and does not look at the others", () => {
    const gap = { ...table, values: table.values.with(4, NaN) };
    expectRefusal(
      () => scoreComposite(gap, { weights: { visits: 1, revenue: 1 } }),
      "invalid-value",
      "table.values[1, 1]",
    );
    expect(scoreComposite(gap, { weights: { visits: 1 } })).toHaveLength(4);
    const infinite = { ...table, values: table.values.with(3, Infinity) };
    expectRefusal(() => scoreComposite(infinite, { weights: { visits: 1 } }), "invalid-value", "table.values[1, 0]");
  });

  it("takes hostile names, and weights named like numbers", () => {
    const hostile = fromMatrix([[1, 5], [2, 9]], { names: ["__proto__", "10"] }); // prettier-ignore
    const weights = JSON.parse('{ "__proto__": 1, "10": 1 }') as Record<string, number>;
    expectClose(scoreComposite(hostile, { weights }), [-1, 1], { relative: 1e-15, because });
    expectClose(scoreComposite(hostile, { weights, scale: fitZScore(hostile) }), [-1, 1], { relative: 1e-15, because });
  });
});

describe("scoreComposite by a model", () => {
  it("is the score on the first component", () => {
    const model = fitPca(table, { scale: true });
    expect(scoreComposite(table, { model })).toEqual(column(transformPca(model, table), "component1"));
    expect(
      scoreComposite(
        filterRows(table, () => false),
        { model },
      ),
    ).toEqual(new Float64Array(0));
  });

  it("relies on the note of the model when the component is weak", () => {
    const corners = fromMatrix(Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, i >> 2]));
    expect(fitPca(corners).notes.map(({ code }) => code)).toEqual(["first-component-weak"]);
  });

  it("refuses other models, both ways at once and none", () => {
    const model = fitPca(table);
    const options = "invalid-option";
    expectRefusal(() => scoreComposite(table, { model, weights: { visits: 1 } }), options, "options.weights");
    expectRefusal(() => scoreComposite(table, { model, scale: fitZScore(table) }), options, "options.scale");
    expectRefusal(() => scoreComposite(table, {}), options, "options");
    expectRefusal(() => scoreComposite(table, { scale: fitZScore(table) }), options, "options");
    expectRefusal(() => scoreComposite(table, { weights: { nobody: 1 } }), options, "options.weights.nobody");
    const scale = fitZScore(table) as unknown as PcaModel;
    expectRefusal(() => scoreComposite(table, { model: scale }), "incompatible-model", "model.kind");
    expectRefusal(() => scoreComposite(fromMatrix([[1]]), { model }), "incompatible-model", "table.names");
  });
});
