import {
  explainPropensity,
  fitAssistanceModel,
  fitChurnModel,
  predictPropensity,
  type PropensityModel,
  rankCustomers,
  scoreUrgency,
} from "clientele/predictions";
import { column, type FeatureTable, fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";
import { rowsOfMatrix } from "../support/rows.ts";

const random = randomOf(5);
const names = ["errors", "base", "region"];
const table = fromMatrix(
  Array.from({ length: 120 }, () => [random.integer(9), random.next() < 0.3 ? NaN : random.next(), 1]),
  { names },
);
const asked = Uint8Array.from({ length: 120 }, (_, i) => (random.next() * 9 < table.values[3 * i] ? 1 : 0));
const model = fitAssistanceModel(table, asked);
const logOdds = (p: number): number => Math.log(p / (1 - p));

describe("predictPropensity", () => {
  it("fills gaps as learned: a missing value is the median, and being missing counts on its own", () => {
    const [errors, value, gap] = model.columns;
    expect(model.columns.map(({ name }) => name)).toEqual(["errors", "base", "baseMissing"]);
    const { coefficients, intercept } = model.regression;
    const expected =
      intercept +
      (coefficients[0] * (3 - errors.center)) / errors.scale +
      (coefficients[1] * (value.fill - value.center)) / value.scale +
      (coefficients[2] * (1 - gap.center)) / gap.scale;
    const [p] = predictPropensity(model, fromMatrix([[3, NaN, 1]], { names }));
    expectClose(logOdds(p), expected, { relative: 1e-10, because: "sums in another order" });
  });

  it("does not mind a missing cell or another value of a feature that said nothing", () => {
    const [p, q, r] = predictPropensity(model, fromMatrix([[3, 0.5, 1], [3, 0.5, NaN], [3, 0.5, 9]], { names })); // prettier-ignore
    expect([q, r]).toEqual([p, p]);
  });

  it("refuses other features, infinite cells and numbers too far off, with their place in the table it was given", () => {
    const far = fromMatrix([[3, 0.5, 1], [3, 1.7e308, 1]], { names }); // prettier-ignore
    expectRefusal(() => predictPropensity(model, far), "invalid-value", "table.values[1, 1]");
    const infinite = { ...table, values: table.values.with(8, -Infinity) };
    expectRefusal(() => predictPropensity(model, infinite), "invalid-value", "table.values[2, 2]");
    const fewer = fromMatrix([[1, 2]], { names: names.slice(1) });
    expectRefusal(() => explainPropensity(model, fewer), "incompatible-model", "table.names");
    const swapped = fromMatrix([[1, 2, 3]], { names: ["base", "errors", "region"] });
    expectRefusal(() => scoreUrgency(model, swapped), "incompatible-model", "table.names[0]");
    const error = refusalOf(() =>
      predictPropensity({ ...model, regression: null } as unknown as PropensityModel, table),
    );
    expect([error.code, error.message.startsWith("predictPropensity:")]).toEqual(["incompatible-model", true]);
    const calibrated = { ...model, calibration: undefined } as unknown as PropensityModel;
    expectRefusal(() => predictPropensity(calibrated, table), "incompatible-model");
    const wrong = { ...model, columns: model.columns.map((one) => ({ ...one, scale: 0 })) };
    expectRefusal(() => predictPropensity(wrong, table), "incompatible-model", "model.columns");
  });
});

describe("explainPropensity", () => {
  it("adds up to the log odds, with what a gap says under its feature and 0 for what is not used", () => {
    const explained = explainPropensity(model, table);
    expect(explained.names).toEqual([...names, "(base)"]);
    expect(explained.ids).toEqual(table.ids);
    const sums = rowsOfMatrix(explained.values, 4).map((row) => row.reduce((sum, part) => sum + part, 0));
    expectClose(sums, Array.from(predictPropensity(model, table), logOdds), {
      absolute: 1e-11,
      because: "sums in another order",
    });
    expect(new Set(column(explained, "region"))).toEqual(new Set([0]));
    expect(column(explained, "errors")[table.ids.findIndex((_, i) => table.values[3 * i] === 8)]).toBeGreaterThan(0);
  });

  it("tells the log odds before calibration", () => {
    const calibrated = fitAssistanceModel(table, asked, { calibration: "platt" });
    const bare = { ...calibrated, calibration: null };
    expect(explainPropensity(calibrated, table)).toEqual(explainPropensity(bare, table));
    const { intercept, slope } = calibrated.calibration!;
    expectClose(
      Array.from(predictPropensity(calibrated, table), logOdds),
      Array.from(predictPropensity(bare, table), (p) => intercept! + slope! * logOdds(p)),
      { absolute: 1e-11, because: "the line of log odds" },
    );
  });
});

describe("scoreUrgency", () => {
  it("is probability × severity × wait, as rankCustomers queues them", () => {
    const severity = table.ids.map((_, i) => 1 + (i % 3));
    const wait = table.ids.map((_, i) => i % 50);
    const probability = predictPropensity(model, table);
    const urgency = scoreUrgency(model, table, { severity, wait });
    expectClose(urgency, Array.from(probability, (p, i) => p * severity[i] * wait[i]), { relative: 1e-15, because: "rounding" }); // prettier-ignore
    const { customers } = rankCustomers(table, { probability, severity, wait });
    const order = customers.map(({ row }) => urgency[row]);
    expect(order).toEqual(order.toSorted((a, b) => b - a));
    expect(scoreUrgency(model, table)).toEqual(probability);
  });

  it("takes features of the table, and refuses what is no number of at least 0", () => {
    const waiting: FeatureTable = fromMatrix([[3, 5, 2], [1, 7, 4]], { names }); // prettier-ignore
    const probability = predictPropensity(model, waiting);
    expect(scoreUrgency(model, waiting, { wait: "base" })).toEqual(probability.map((p, i) => p * [5, 7][i]));
    expectRefusal(() => scoreUrgency(model, waiting, { wait: "nothing" }), "invalid-option", "options.wait");
    expectRefusal(() => scoreUrgency(model, waiting, { severity: [1] }), "shape-mismatch", "options.severity");
    expectRefusal(() => scoreUrgency(model, waiting, { severity: [1, -1] }), "invalid-value", "options.severity[1]");
    expectRefusal(() => scoreUrgency(model, waiting, { severity: 1e308, wait: 1e308 }), "too-large", "table row 0");
  });

  it("also scores by a model of another outcome", () => {
    expect(scoreUrgency(fitChurnModel(table, asked), table)).toHaveLength(120);
  });
});
