import { randomOf } from "clientele/core";
import {
  explainUplift,
  fitUplift,
  type FitUpliftOptions,
  predictUplift,
  type UpliftModel,
} from "clientele/experiments";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { probabilityOf } from "../../src/numeric/logistic-line.ts";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import { modelLaws } from "../laws/model-laws.ts";
import golden from "../oracles/uplift-learners.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson } from "../support/data.ts";
import { womensEmail } from "../support/hillstrom.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const shop = fromMatrix(golden.x, { names: ["a", "b", "c"] });
const arm = Uint8Array.from(golden.arm);
const first = fromMatrix(golden.x.slice(0, 12), { names: ["a", "b", "c"] });
const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);

describe("fitUplift", () => {
  it.each(
    golden.cases.map(
      (one) => [`${one.kind}, treatment ${one.treatment}, ${JSON.stringify(one.options)}`, one] as const,
    ),
  )("agrees with the definitions in NumPy: %s", (_, { kind, treatment, options, uplift, average }) => {
    const model = fitUplift(shop, arm, kind === "binary" ? golden.visit : golden.spend, options as FitUpliftOptions);
    const near = { relative: 1e-8, absolute: 1e-10, because: "Newton's last step, and normal equations in the oracle" };
    expectClose(predictUplift(model, first, { treatment }), uplift, near);
    expectClose(model.averageUplift[treatment - 1], average, near);
    expect([model.outcomeKind, model.converged, model.treatments]).toEqual([kind, true, [1, 2]]);
  });

  it("is one model, whichever the learner, where nothing is penalized and amounts are straight lines", () => {
    const [s, t, x] = (["s", "t", "x"] as const).map((learner) => predictUplift(fitUplift(shop, arm, golden.spend, { learner }), shop)); // prettier-ignore
    const near = { absolute: 1e-9, because: "rounding of three decompositions" };
    expectClose(s, t, near);
    expectClose(x, t, near);
    const rates = (["s", "t"] as const).map((learner) => predictUplift(fitUplift(shop, arm, golden.visit, { learner }), shop)); // prettier-ignore
    expectClose(rates[0], rates[1], near);
    // Without interactions by a feature, that feature leaves the uplift alone.
    const some = fitUplift(shop, arm, golden.spend, { learner: "s", interactions: ["b"] });
    expectClose(some.arms[1].coefficients[0], some.arms[0].coefficients[0], near);
    expect(Math.abs(some.arms[1].coefficients[1] - some.arms[0].coefficients[1])).toBeGreaterThan(0.5);
  });

  it("averages to the difference in means where features are balanced, and says who took part", () => {
    const table = fromMatrix([[0], [1], [0], [1], [0], [1]], { names: ["loyal"] });
    const model = fitUplift(table, Uint8Array.of(0, 0, 5, 5, 0, 5), [1, 2, 2, 6, 3, 8], { learner: "t", l2: 0 });
    // Without loyalty 2 − (1 + 3) / 2 = 0, with it 7 − 2 = 5.
    expectClose(predictUplift(model, table, { treatment: 5 }), [0, 5, 0, 5, 0, 5], { absolute: 1e-12, because: "rounding" }); // prettier-ignore
    expect([model.treatments, model.customers]).toEqual([[5], [3, 3]]);
    expectRefusal(() => predictUplift(model, table, { treatment: 1 }), "invalid-option", "options.treatment");
  });

  it.each(["s", "t", "x"] as const)(
    "recovers planted effects from 20,000 customers, amounts and rates: %s",
    (learner) => {
      const n = 20_000;
      const random = randomOf(5);
      const x = Array.from({ length: n }, () => [sampleNormal(random), sampleNormal(random)]);
      const treatment = Uint8Array.from(x, () => (random.next() < 0.3 ? 1 : 0));
      const table = fromMatrix(x, { names: ["a", "b"] });
      const effect = x.map(([a]) => 2 + 1.5 * a);
      const spend = x.map(([a, b], i) => 10 + a + 3 * b + treatment[i] * effect[i] + 4 * sampleNormal(random));
      const amounts = predictUplift(fitUplift(table, treatment, spend, { learner }), table);
      // Errors of a line by 6,000 against 14,000 customers with noise 4: about 4 · √(1/6000 + 1/14000) = .06 per coefficient.
      expectClose(amounts.reduce((sum, one) => sum + one, 0) / n, effect.reduce((sum, one) => sum + one, 0) / n, { absolute: 0.2, because: "3 standard errors" }); // prettier-ignore
      expect(rootMeanSquare(amounts.map((one, i) => one - effect[i]))).toBeLessThan(0.25);
      const chance = (i: number, isTreated: boolean): number => probabilityOf(-1 + 0.5 * x[i][1] + (isTreated ? 0.4 + 0.8 * x[i][0] : 0)); // prettier-ignore
      const visit = x.map((_, i) => (random.next() < chance(i, treatment[i] === 1) ? 1 : 0));
      const gain = x.map((_, i) => chance(i, true) - chance(i, false));
      const model = fitUplift(table, treatment, visit, { learner });
      const rates = predictUplift(model, table);
      expectClose(model.averageUplift[0], gain.reduce((sum, one) => sum + one, 0) / n, { absolute: 0.025, because: "3 standard errors of about .007, and the line of an X-learner" }); // prettier-ignore
      // The gain spreads by .15; a line in place of a curve (X) costs a part of it.
      expect(rootMeanSquare(rates.map((one, i) => one - gain[i]))).toBeLessThan(learner === "x" ? 0.05 : 0.02);
    },
  );

  it("says where rates have no best line, and where a line stands on few", () => {
    const table = fromMatrix([[1], [2], [3], [4], [1], [2], [3], [4]], { names: ["x"] });
    const halves = Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1);
    const model = fitUplift(table, halves, Uint8Array.of(0, 1, 0, 1, 0, 0, 1, 1), { learner: "t" });
    expect(codes(model)).toEqual(["separation", "few-outcomes", "few-outcomes"]);
    expect(model.notes[0].message).toContain("treatment 1");
    expect(model.converged).toBe(false);
    expect([...predictUplift(model, table)].every(Number.isFinite)).toBe(true);
    const ridge = fitUplift(table, halves, Uint8Array.of(0, 1, 0, 1, 0, 0, 1, 1), { learner: "t", l2: 1 });
    expect([ridge.converged, codes(ridge)]).toEqual([true, ["few-outcomes", "few-outcomes"]]);
  });

  it("refuses what it cannot learn from, and says where", () => {
    const fit = (
      table: FeatureTable,
      treatment: Uint8Array,
      outcome: readonly number[],
      options: object = {},
    ): unknown => fitUplift(table, treatment, outcome, { learner: "t", ...options });
    const table = fromMatrix([[1, 0], [2, 1], [4, 0], [1, 0], [2, 0], [5, 0]], { names: ["x", "y"] }); // prettier-ignore
    const halves = Uint8Array.of(0, 0, 0, 1, 1, 1);
    const error = refusalOf(() => fit(table, halves, [1, 2, 3, 4, 5, 7]));
    expect([error.code, error.path]).toEqual(["degenerate-data", "table.y"]);
    expect(error.expected).toContain("treatment 1");
    expectRefusal(() => fit(table, new Uint8Array(6), [1, 2, 3, 4, 5, 6]), "degenerate-data", "treatment");
    expectRefusal(() => fit(table, halves, [1, 0, 1, 1, 1, 1], { l2: 1 }), "degenerate-data", "outcome");
    expectRefusal(() => fit(table, halves, [1, 0, 1, 1, 1, NaN]), "invalid-value", "outcome[5]");
    expectRefusal(() => fit(table, Uint8Array.of(0, 1), [1, 2]), "shape-mismatch", "treatment");
    expectRefusal(() => fit(table, Uint8Array.of(0, 0, 0, 0, 1, 1), [1, 2, 3, 4, 5, 6]), "too-few-rows", "table");
    expectRefusal(() => fit(table, halves, [1, 2, 3, 4, 5, 6], { interactions: ["z"], learner: "s" }), "invalid-option", "options.interactions[0]"); // prettier-ignore
    expectRefusal(() => fitUplift(table, halves, [1, 2, 3, 4, 5, 6], undefined as never), "invalid-option", "options.learner"); // prettier-ignore
    expectRefusal(() => fit(fromMatrix([], { names: ["x"] }), new Uint8Array(0), []), "too-few-rows", "table");
    expectRefusal(() => fit(fromMatrix([[1e200], [-1e200], [0], [1]]), Uint8Array.of(0, 0, 1, 1), [1, 2, 3, 4]), "too-large", "table"); // prettier-ignore
  });
});

describe("explainUplift", () => {
  it.each(["s", "t", "x"] as const)(
    "adds up to the predicted uplift, from that of an average customer: %s",
    (learner) => {
      for (const outcome of [golden.visit, golden.spend]) {
        const model = fitUplift(shop, arm, outcome, { learner, l2: 2, propensity: "logistic" });
        for (const treatment of [1, 2]) {
          const { names, values } = explainUplift(model, shop, { treatment });
          expect(names).toEqual(["a", "b", "c", "base"]);
          const sums = Array.from({ length: 400 }, (_, row) => values.subarray(4 * row, 4 * row + 4).reduce((sum, one) => sum + one, 0)); // prettier-ignore
          expectClose(sums, predictUplift(model, shop, { treatment }), { absolute: 1e-12, because: "rounding of four terms" }); // prettier-ignore
          if (learner === "x") continue;
          const average = fromMatrix([[...model.means]], { names: ["a", "b", "c"] });
          expectClose(values.filter((_, cell) => cell % 4 === 3), new Float64Array(400).fill(predictUplift(model, average, { treatment })[0]), { absolute: 1e-12, because: "rounding" }); // prettier-ignore
        }
      }
    },
  );

  it("gives all of a curved uplift to the one feature that moves, and avoids a feature's name for its base", () => {
    const table = fromMatrix(golden.x.map(([a]) => [a]), { names: ["base"] }); // prettier-ignore
    const model = fitUplift(table, arm, golden.visit, { learner: "t" });
    const { names, values } = explainUplift(model, table);
    expect(names).toEqual(["base", "(base)"]);
    const uplift = predictUplift(model, table);
    const middle = predictUplift(model, fromMatrix([[model.means[0]]], { names: ["base"] }))[0];
    expectClose(values.filter((_, cell) => cell % 2 === 0), uplift.map((one) => one - middle), { absolute: 1e-12, because: "rounding" }); // prettier-ignore
  });
});

const tables = fc
  .array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 9 })), { minLength: 8, maxLength: 24 })
  .map((rows) => fromMatrix(rows, { names: ["a", "b"] }));
// Arms and outcomes by place, whatever the features: a penalty keeps every line finite.
const halvesOf = (rows: number): Uint8Array => Uint8Array.from({ length: rows }, (_, i) => (i >> 1) % 2);
const fitted = (table: FeatureTable, options: FitUpliftOptions): UpliftModel => {
  const rows = (table as Partial<FeatureTable> | null)?.ids?.length ?? 0;
  return fitUplift(
    table,
    halvesOf(rows),
    Array.from({ length: rows }, (_, i) => i % 2),
    options,
  );
};
for (const learner of ["t", "x"] as const) {
  modelLaws(`fitUplift (${learner})`, {
    fit: fitted,
    apply: (model, table) => predictUplift(model, table),
    options: { learner, l2: 1 },
    optionNames: ["learner", "outcomeKind", "l2", "interactions", "propensity"],
    tables,
    fields: [
      "learner",
      "outcomeKind",
      "means",
      "treatments",
      "arms",
      ...(learner === "x" ? (["effects"] as const) : []),
    ],
    missing: "refused",
    empty: "refused",
  });
}

describeWithData("fitUplift on the e-mail experiment", ["hillstrom"], () => {
  const { uplift_womens_visit: wanted } = readDataJson<{ uplift_womens_visit: Wanted }>("hillstrom/expected.json");
  const { names, rows, treatment, visit } = womensEmail();

  it("has the coefficients and predictions of the reference T-learner", () => {
    const half = (odd: number): number[] => visit.flatMap((_, i) => (i % 2 === odd ? [i] : []));
    const rowsOf = (places: readonly number[]): FeatureTable => fromMatrix(places.map((i) => rows[i]), { names }); // prettier-ignore
    const [train, test] = [half(0), half(1)];
    const model = fitUplift(rowsOf(train), Uint8Array.from(train, (i) => treatment[i]), train.map((i) => visit[i]), { learner: "t" }); // prettier-ignore
    const near = { relative: 1e-6, absolute: 1e-7, because: "the reference stops its own search there" };
    [wanted.t_learner_logistic_mle.control_coefficients, wanted.t_learner_logistic_mle.treated_coefficients].forEach(
      (coefficients, i) => {
        // prettier-ignore
        const { base, coefficients: slopes } = model.arms[i];
        const intercept = slopes.reduce((sum, slope, j) => sum - slope * model.means[j], base);
        expectClose(
          [intercept, ...slopes],
          ["intercept", ...names].map((name) => coefficients[name]),
          near,
        );
      },
    );
    const uplift = predictUplift(model, rowsOf(test));
    const mean = uplift.reduce((sum, one) => sum + one, 0) / uplift.length;
    expectClose(mean, wanted.t_learner_logistic_mle.mean_predicted_uplift_test, near);
    expectClose(rootMeanSquare(uplift.map((one) => one - mean)), wanted.t_learner_logistic_mle.sd_predicted_uplift_test, near); // prettier-ignore
    expect(model.notes).toEqual([]);
  });
});

interface Wanted {
  readonly design: readonly string[];
  readonly t_learner_logistic_mle: {
    readonly treated_coefficients: Readonly<Record<string, number>>;
    readonly control_coefficients: Readonly<Record<string, number>>;
    readonly mean_predicted_uplift_test: number;
    readonly sd_predicted_uplift_test: number;
  };
}

function rootMeanSquare(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length);
}
