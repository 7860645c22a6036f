import { randomOf } from "clientele/core";
import { measureQini, type MeasureQiniOptions, measureUpliftAt } from "clientele/experiments";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import golden from "../oracles/qini.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson } from "../support/data.ts";
import { womensEmail } from "../support/hillstrom.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { shuffled } from "../support/rows.ts";
import { fitUplift, predictUplift } from "clientele/experiments";
import { fromMatrix } from "clientele/tables";

const near = { relative: 1e-11, absolute: 1e-11, because: "sums of 200 numbers" };
const treatment = Uint8Array.from(golden.treatment);
const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const cases = [
  ["rates", golden.visit, golden.plain, golden.cases.rates],
  ["rates, tied", golden.visit, golden.tied, golden.cases.ratesTied],
  ["frequent outcomes", golden.often, golden.plain, golden.cases.often],
  ["amounts, some below 0", golden.spend, golden.plain, golden.cases.amounts],
  ["amounts, tied", golden.spend, golden.tied, golden.cases.amountsTied],
] as const;

describe("measureQini", () => {
  it.each(cases)("agrees with the definitions of scikit-uplift and causalml: %s", (_, outcome, score, wanted) => {
    const measure = (normalization: MeasureQiniOptions["normalization"]): ReturnType<typeof measureQini> =>
      measureQini(score, { treatment, outcome, normalization, replicates: 0 });
    const report = measure("none");
    expectClose(report.curve.share, wanted.share, near);
    expectClose(report.curve.qini, wanted.qini, near);
    expectClose(report.curve.uplift, wanted.uplift, near);
    const { qini, uplift } = report.areas;
    expectClose([qini.model, qini.random, qini.perfect, uplift.model, uplift.random, uplift.perfect], wanted.areas, near); // prettier-ignore
    for (const normalization of ["none", "perfect", "final"] as const) {
      const figures = measure(normalization);
      expectClose([figures.qini, figures.auuc], wanted[normalization], near);
    }
    expect(report.end.qini).toBe(report.curve.qini.at(-1));
  });

  it("gives 1 to the best ranking, less than nothing to its reverse, and 0 to a score that says nothing", () => {
    const best = golden.visit.map((came, i) => came * (treatment[i] === 1 ? 1 : -1));
    const report = measureQini(best, { treatment, outcome: golden.visit, normalization: "perfect", replicates: 0 });
    expectClose(report.qini, 1, near);
    const worst = measureQini(best.map((one) => -one), { treatment, outcome: golden.visit, normalization: "perfect", replicates: 0 }); // prettier-ignore
    expect(worst.qini).toBeLessThan(-0.3);
    const same = measureQini(new Float64Array(200).fill(3), { treatment, outcome: golden.visit, replicates: 0 });
    expect([same.qini, codes(same)]).toEqual([0, ["constant-score"]]);
    const spend = golden.spend.map((amount, i) => amount * (treatment[i] === 1 ? 1 : -1));
    const amounts = measureQini(spend, { treatment, outcome: golden.spend, normalization: "perfect", replicates: 0 });
    expectClose([amounts.qini, amounts.auuc], [1, 1], near);
  });

  it("does not depend on the order of customers, to the bit, nor on what only keeps the order of scores", () => {
    const order = shuffled(200, 9);
    for (const score of [golden.plain, golden.tied]) {
      const plain = measureQini(score, { treatment, outcome: golden.spend, replicates: 30 });
      const again = measureQini(order.map((i) => score[i]), { treatment: Uint8Array.from(order, (i) => treatment[i]), outcome: order.map((i) => golden.spend[i]), replicates: 30 }); // prettier-ignore
      expect(bitsOf(again)).toBe(bitsOf(plain));
      const bent = measureQini(score.map((s) => 5 * s * s * s + 1), { treatment, outcome: golden.spend, replicates: 30 }); // prettier-ignore
      expect(bitsOf(bent)).toBe(bitsOf(plain));
    }
  });

  it("shares a tie at the border of a group out, and its groups add up to all customers", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.nat(1), fc.nat(4)), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        (rows, groups) => {
          const all = [[1, 0, 2], [1, 1, 5], ...rows] as const; // prettier-ignore
          const arms = Uint8Array.from(all, ([, arm]) => arm);
          const outcome = all.map(([, , value]) => value);
          const report = measureQini(
            all.map(([score]) => score),
            { treatment: arms, outcome, groups, replicates: 0 },
          );
          const sum = (pick: (group: (typeof report.groups)[number]) => number): number => report.groups.reduce((total, group) => total + pick(group), 0); // prettier-ignore
          const rounding = { absolute: 1e-9, because: "rounding of shares" };
          expectClose(
            sum(({ control, treated }) => control.n + treated.n),
            all.length,
            rounding,
          );
          expectClose(sum(({ treated }) => treated.n * treated.mean), outcome.reduce((total, value, i) => total + value * arms[i], 0), rounding); // prettier-ignore
          expect(report.groups).toHaveLength(Math.min(groups, all.length));
          expect(JSON.stringify(report.groups)).not.toContain("NaN");
        },
      ),
    ));

  it("measures one group of all as the plain difference, with Newcombe's and Welch's intervals", () => {
    // R: the intervals of the difference are those of the segments' oracle; here their estimates by hand.
    for (const outcome of [golden.visit, golden.spend]) {
      const { groups } = measureQini(golden.plain, { treatment, outcome, groups: 1, replicates: 0 });
      const meanOf = (arm: number): number => {
        const own = outcome.filter((_, i) => treatment[i] === arm);
        return own.reduce((sum, value) => sum + value, 0) / own.length;
      };
      expectClose(groups[0].uplift!, meanOf(1) - meanOf(0), near);
      expect(groups[0].interval![0]).toBeLessThan(groups[0].uplift!);
      expect(groups[0].interval![1]).toBeGreaterThan(groups[0].uplift!);
    }
  });

  it("holds one of several treatments against the control, and counts the others", () => {
    const several = treatment.map((arm, i) => (arm === 1 && i % 3 === 0 ? 2 : arm));
    const without = golden.visit.flatMap((_, i) => (several[i] === 2 ? [] : [i]));
    const report = measureQini(golden.plain, { treatment: several, outcome: golden.visit, replicates: 0 });
    const alone = measureQini(without.map((i) => golden.plain[i]), { treatment: Uint8Array.from(without, (i) => several[i]), outcome: without.map((i) => golden.visit[i]), replicates: 0 }); // prettier-ignore
    expect(report).toEqual({ ...alone, otherArms: 200 - without.length });
    expect(measureQini(golden.plain, { treatment: several, outcome: golden.visit, arm: 2, replicates: 0 }).arm).toBe(2);
    expectRefusal(() => measureQini(golden.plain, { treatment: several, outcome: golden.visit, arm: 3 }), "invalid-option", "options.arm"); // prettier-ignore
  });

  it("has an interval that holds the truth 19 times of 20: 0 for a score that says nothing", () => {
    const [runs, n] = [200, 300];
    let [missed, error] = [0, 0];
    const estimates: number[] = [];
    for (let run = 0; run < runs; run++) {
      const random = randomOf(77, run);
      const score = Array.from({ length: n }, () => random.next());
      const arms = Uint8Array.from(score, () => (random.next() < 0.5 ? 1 : 0));
      const outcome = Array.from(arms, (arm) => (random.next() < 0.3 + 0.1 * arm ? 1 : 0));
      const report = measureQini(score, { treatment: arms, outcome, replicates: 100, seed: run });
      if (report.interval![0] > 0 || report.interval![1] < 0) missed++;
      estimates.push(report.qini);
      error += report.standardError! / runs;
    }
    // 5 % of 200 is 10, 99.9 % range 2 to 22; percentiles of 100 draws cost a little.
    expect(missed).toBeGreaterThan(1);
    expect(missed).toBeLessThan(26);
    const spread = Math.sqrt(estimates.reduce((sum, one) => sum + one * one, 0) / runs);
    expectClose(error, spread, { relative: 0.2, because: "a standard deviation of 200 runs has a standard error of 5 %" }); // prettier-ignore
  });

  it("draws by its seed, and widens with the level", () => {
    const measure = (options: object): ReturnType<typeof measureQini> => measureQini(golden.plain, { treatment, outcome: golden.visit, ...options }); // prettier-ignore
    expect(bitsOf(measure({ seed: 1 }))).toBe(bitsOf(measure({ seed: 1 })));
    expect(measure({ seed: 1 }).interval).not.toEqual(measure({ seed: 2 }).interval);
    const [wide, narrow] = [measure({ alpha: 0.01 }), measure({ alpha: 0.5 })];
    expect(wide.interval![0]).toBeLessThan(narrow.interval![0]);
    expect(wide.interval![1]).toBeGreaterThan(narrow.interval![1]);
    const { band, end, curve } = wide;
    expect([band!.share[0], band!.share.at(-1), band!.lower[0], band!.upper[0]]).toEqual([0, 1, 0, 0]);
    expect(band!.lower.every((low, i) => low <= band!.upper[i])).toBe(true);
    expect(band!.lower.at(-1)).toBeLessThan(end.qini);
    expect(band!.upper.at(-1)).toBeGreaterThan(end.qini);
    expect(curve.share).toHaveLength(201);
    const perfect = measure({ normalization: "perfect" });
    expect(perfect.interval![0]).toBeLessThan(perfect.qini);
    expect(perfect.interval![1]).toBeGreaterThan(perfect.qini);
    expect(measure({ replicates: 0 })).toMatchObject({
      interval: null,
      standardError: null,
      band: null,
      replicates: 0,
    });
  });

  it("gives results with notes where there is little to measure", () => {
    const two = { treatment: Uint8Array.of(0, 1), outcome: [0, 0] };
    const report = measureQini([1, 2], { ...two, normalization: "perfect", replicates: 0 });
    expect([report.qini, report.auuc]).toEqual([0, 0]);
    expect(codes(report)).toEqual(["no-normalization", "small-groups"]);
    expect(codes(measureQini([1, 2], { ...two, replicates: 21, seed: 3 }))).toContain("few-draws");
    const amounts = measureQini([1, 2], { ...two, outcome: [3, 7], groups: 1, replicates: 0 });
    expect(amounts.groups[0]).toMatchObject({ uplift: null, interval: null });
  });

  it("refuses what is no ranking, and says where", () => {
    const two = { treatment: Uint8Array.of(0, 1), outcome: [0, 1] };
    expectRefusal(() => measureQini([1, NaN], two), "invalid-value", "score[1]");
    expectRefusal(() => measureQini([1], two), "shape-mismatch", "options.treatment");
    expectRefusal(() => measureQini(null as never, two), "shape-mismatch", "score");
    expectRefusal(() => measureQini([1, 2], { ...two, outcome: [0, Infinity] }), "invalid-value", "options.outcome[1]");
    expectRefusal(() => measureQini([1, 2], { ...two, treatment: Uint8Array.of(1, 1) }), "degenerate-data", "options.treatment"); // prettier-ignore
    expectRefusal(() => measureQini([], { treatment: new Uint8Array(0), outcome: [] }), "too-few-rows", "options.treatment"); // prettier-ignore
  });
});

describe("measureUpliftAt", () => {
  it.each(cases.filter(([name]) => !name.includes("tied")))(
    "agrees with scikit-uplift's definition: %s",
    (_, outcome, score, wanted) => {
      expectClose(measureUpliftAt(score, { treatment, outcome }).uplift!, wanted.at, near);
      expectClose(measureUpliftAt(score, { treatment, outcome, strategy: "by-group" }).uplift!, wanted.atByGroup, near);
    },
  );

  it("takes all customers at a share of 1, a share of a tie, and tells nothing without an arm", () => {
    const all = measureUpliftAt(golden.plain, { treatment, outcome: golden.visit, share: 1 });
    expect(all).toEqual(measureUpliftAt(golden.tied, { treatment, outcome: golden.visit, share: 1, strategy: "by-group" })); // prettier-ignore
    // Six tied customers, two of three treated with the outcome: half of the tie is 1.5 and 1.5 customers.
    const tie = measureUpliftAt([1, 1, 1, 1, 1, 1], { treatment: Uint8Array.of(1, 1, 1, 0, 0, 0), outcome: [1, 1, 0, 1, 0, 0], share: 0.5 }); // prettier-ignore
    expect([tie.control.n, tie.treated.n]).toEqual([1.5, 1.5]);
    expectClose(tie.uplift!, 1 / 3, near);
    const none = measureUpliftAt([2, 1], { treatment: Uint8Array.of(1, 0), outcome: [1, 0], share: 0.5 });
    expect(none).toMatchObject({ uplift: null, interval: null, control: { n: 0, mean: 0 } });
  });
});

describeWithData("measureQini on the e-mail experiment", ["hillstrom"], () => {
  const { uplift_womens_visit: wanted } = readDataJson<{
    uplift_womens_visit: {
      difference_in_means_test: number;
      t_learner_logistic_mle: {
        qini_test: { end_value: number; mean_curve: number; mean_minus_random: number; curve_at_deciles: number[] };
      };
    };
  }>("hillstrom/expected.json");
  const { names, rows, treatment: email, visit } = womensEmail();
  const half = (odd: number): number[] => visit.flatMap((_, i) => (i % 2 === odd ? [i] : []));
  const [train, test] = [half(0), half(1)];
  const pick = (places: readonly number[]): ReturnType<typeof fromMatrix> => fromMatrix(places.map((i) => rows[i]), { names }); // prettier-ignore
  const model = fitUplift(pick(train), Uint8Array.from(train, (i) => email[i]), train.map((i) => visit[i]), { learner: "t" }); // prettier-ignore
  const score = predictUplift(model, pick(test));
  const held = { treatment: Uint8Array.from(test, (i) => email[i]), outcome: test.map((i) => visit[i]) };

  it("finds the reference's curve, its area and the difference in means", () => {
    const reference = wanted.t_learner_logistic_mle.qini_test;
    // The reference breaks ties by row: ranks as scores do the same.
    const order = Array.from(score.keys()).sort((a, b) => score[b] - score[a] || a - b);
    const ranks = new Float64Array(score.length);
    order.forEach((row, place) => (ranks[row] = -place));
    const { curve, qini, end, groups } = measureQini(ranks, { ...held, groups: 1, replicates: 0 });
    const n = score.length;
    // Scores that differ in the last digits may change places: a few customers of 21,346.
    const close = { absolute: 0.05, because: "a few neighbors change places where their scores differ by rounding" };
    expectClose(end.qini, reference.end_value, { relative: 1e-12, because: "counts" });
    const mean = curve.qini.reduce((sum, one) => sum + one, 0) / n;
    expectClose(mean, reference.mean_curve, close);
    expectClose(mean - (end.qini * (n + 1)) / (2 * n), reference.mean_minus_random, close);
    // Trapezoids for sums: half a step at the end.
    expectClose(qini, reference.mean_minus_random, { absolute: 0.06, because: "the same" });
    expectClose([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((q) => curve.qini[Math.round(n * q)]), reference.curve_at_deciles, { absolute: 2.5, because: "a neighbor more or less" }); // prettier-ignore
    expectClose(groups[0].uplift!, wanted.difference_in_means_test, { relative: 1e-12, because: "counts" });
  });

  it("is surely better than chance, and better at the top", () => {
    const report = measureQini(score, held);
    expect(report.interval![0]).toBeGreaterThan(0);
    expect(measureUpliftAt(score, held).uplift!).toBeGreaterThan(wanted.difference_in_means_test);
    expect(report.notes).toEqual([]);
  });
});

it("ranks by the planted effect of amounts better than by anything else", () => {
  const random = randomOf(4);
  const effect = Array.from({ length: 3000 }, () => sampleNormal(random));
  const arms = Uint8Array.from(effect, (_, i) => i % 2);
  const outcome = effect.map((one, i) => 10 + 2 * sampleNormal(random) + arms[i] * one);
  const report = measureQini(effect, { treatment: arms, outcome, replicates: 50 });
  expect(report.interval![0]).toBeGreaterThan(0);
  // Mean gain of ranking standard normal effects, per treated: the area between the Lorenz-like curve and the line, 1 / (2 √π) = .2821.
  expectClose(report.qini / 1500, 0.2821, { absolute: 0.11, because: "3 standard errors of about .035" });
});
