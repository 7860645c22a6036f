import { randomOf } from "clientele/core";
import { measureAssociation, type OutcomeAssociation } from "clientele/segments";
import { type FeatureTable, fromMatrix, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import golden from "../oracles/association.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";

const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const exact = { relative: 1e-10, because: "SciPy keeps 11 digits of its tails" };

/** A table with one outcome. */
const single = (values: readonly number[], name = "x"): FeatureTable =>
  fromMatrix(
    values.map((value) => [value]),
    { names: [name] },
  );
const measureOne = (groups: readonly number[], values: readonly number[]): OutcomeAssociation =>
  measureAssociation(labelsOf(groups), single(values)).outcomes[0];

describe("measureAssociation", () => {
  const names = Object.keys(golden.outcomes) as (keyof typeof golden.outcomes)[];
  const table = fromMatrix(
    golden.labels.map((_, row) => names.map((name) => golden.outcomes[name][row])),
    { names },
  );
  const labels = labelsOf(golden.labels);
  const report = measureAssociation(labels, table);
  const outcomeOf = (name: string): OutcomeAssociation => report.outcomes.find(({ outcome }) => outcome === name)!;

  it("reads few whole numbers as classes, and everything else as amounts", () => {
    expect(report.outcomes.map(({ outcome, kind }) => [outcome, kind])).toEqual([
      ["converted", "categorical"],
      ["plan", "categorical"],
      ["orders", "numeric"],
      ["spend", "numeric"],
      ["score", "numeric"],
    ]);
    const told = measureAssociation(labels, table, { kinds: { plan: "numeric", orders: "categorical" } }).outcomes;
    expect(told.map(({ kind }) => kind)).toEqual(["categorical", "numeric", "categorical", "numeric", "numeric"]);
  });

  it.each(["converted", "plan"] as const)("gives SciPy's χ², Cramér's V and interval of %s", (name) => {
    const { chiSquare, test, measure, effectSize, interval, pValue } = outcomeOf(name);
    const expected = golden.expected[name].chiSquare;
    expectClose(chiSquare!.statistic, expected.statistic, exact);
    expect(chiSquare!.degreesOfFreedom).toBe(expected.degreesOfFreedom);
    expectClose(chiSquare!.effectSize, expected.effectSize, exact);
    expectClose(chiSquare!.correctedEffectSize, expected.corrected, exact);
    expectClose(chiSquare!.interval, expected.interval, { absolute: 1e-8, because: "roots of a cdf with 10 digits" });
    expect({ test, measure, effectSize, interval }).toEqual({
      test: "chi-square",
      measure: "cramers-v",
      effectSize: chiSquare!.effectSize,
      interval: chiSquare!.interval,
    });
    expectClose(pValue!, expected.pValue, exact);
  });

  it.each(["orders", "spend", "score"] as const)("gives SciPy's F, H, effect sizes and intervals of %s", (name) => {
    const { anova, kruskal } = outcomeOf(name);
    const { anova: f, kruskal: h } = golden.expected[name];
    for (const [own, expected, corrected] of [
      [anova!, f, f.omega],
      [kruskal!, h, h.etaH],
    ] as const) {
      // prettier-ignore
      expectClose(own.statistic, expected.statistic, exact);
      expectClose(own.pValue, expected.pValue, exact);
      expectClose(own.effectSize, expected.effectSize, exact);
      expectClose(own.correctedEffectSize, Math.max(0, corrected), { ...exact, absolute: 1e-12 });
      expectClose(own.interval, expected.interval, { absolute: 1e-8, because: "roots of a cdf with 10 digits" });
      expect(own.degreesOfFreedom).toBe(3);
    }
    expect([anova!.residualDegreesOfFreedom, kruskal!.residualDegreesOfFreedom]).toEqual([146, null]);
  });

  it("adjusts p-values for the number of outcomes as statsmodels does", () => {
    for (const adjustment of ["bh", "holm", "bonferroni"] as const) {
      const { outcomes } = measureAssociation(labels, table, { adjustment, test: "kruskal-wallis" });
      expectClose(
        outcomes.map(({ adjustedPValue }) => adjustedPValue!),
        golden.adjusted[adjustment],
        exact,
      );
    }
    expect(report.adjustment).toBe("bh");
  });

  it("heads skewed amounts and small groups by ranks, large and even ones by means, or as told", () => {
    const many = Array.from({ length: 400 }, (_, i) => i % 2);
    const even = many.map((group, i) => ((i * 37) % 101) + group * 5);
    expect(measureOne(many, even)).toMatchObject({ test: "anova", measure: "eta-squared" });
    const skewed = even.map((value) => Math.exp(value / 15));
    expect(measureOne(many, skewed)).toMatchObject({ test: "kruskal-wallis", measure: "epsilon-squared" });
    expect(measureOne(many.slice(0, 58), even.slice(0, 58)).test).toBe("kruskal-wallis");
    const told = measureAssociation(labelsOf(many), single(skewed), { test: "anova" }).outcomes[0];
    expect(told).toMatchObject({ test: "anova", pValue: told.anova!.pValue });
  });

  it("describes the groups, and leaves rows without a group or a value out and counts them", () => {
    const groups = [0, 0, 0, 0, 1, 1, -1, 1];
    const values = [2.5, 4, 6.5, NaN, 10, 20, 1000, 30];
    const { outcomes, unassigned } = measureAssociation(labelsOf(groups), single(values), { names: ["A", "B"] });
    expect(unassigned).toBe(1);
    expect(outcomes[0].missing).toBe(1);
    // By hand: deviations of A from 13/3 are −11/6, −1/3, 13/6; of B −10, 0, 10.
    const spread = Math.sqrt((121 / 36 + 1 / 9 + 169 / 36) / 2 / 3);
    const [a, b] = outcomes[0].groups;
    expect(a).toMatchObject({ group: 0, name: "A", n: 3, median: 4 });
    expectClose([a.mean!, a.standardError!], [13 / 3, spread], { relative: 1e-14, because: "rounding" });
    expect(b).toMatchObject({ group: 1, name: "B", n: 3, mean: 20, median: 20 });
    expectClose(b.standardError!, 10 / Math.sqrt(3), { relative: 1e-14, because: "rounding" });
    // All three of B above all three of A: H = 12 / (6 · 7) · (6² / 3 + 15² / 3) − 3 · 7 = 27 / 7.
    expectClose(outcomes[0].kruskal!.statistic, 27 / 7, { relative: 1e-14, because: "rounding" });
    expect(codes(outcomes[0])).toEqual(["few-rows", "unequal-spread"]);
    expect(outcomes[0].notes[0].message).toContain("A (3), B (3)");
  });

  it("has R's 2 × 2 example: 15 of 50 against 25 of 50", () => {
    // R: prop.test(c(15, 25), c(50, 50), correct = FALSE): X-squared = 4.1667, p-value = 0.04123.
    const groups = Array.from({ length: 100 }, (_, i) => Math.floor(i / 50));
    const { chiSquare, groups: rates } = measureOne(groups, groups.map((group, i) => Number(i % 50 < 15 + 10 * group))); // prettier-ignore
    expectClose(chiSquare!.statistic, 100 / 24, { relative: 1e-14, because: "by hand" });
    expectClose(chiSquare!.pValue, 0.041227, { absolute: 5e-7, because: "printed digits" });
    expect(rates.map(({ mean }) => mean)).toEqual([0.3, 0.5]);
  });

  it("says null and why where nothing can be compared", () => {
    const constant = measureOne([0, 0, 1, 1], [3.5, 3.5, 3.5, 3.5]);
    expect(constant).toMatchObject({
      test: null,
      effectSize: null,
      interval: null,
      pValue: null,
      adjustedPValue: null,
    });
    expect(codes(constant)).toEqual(["few-rows", "constant-outcome"]);
    expect(codes(measureOne([0, 0, 1, 1], [1, 1, 1, 1]))).toEqual(["few-rows", "constant-outcome"]);
    const alone = measureOne([0, 0, 1, 1], [3.5, 4.5, NaN, NaN]);
    expect(alone).toMatchObject({ test: null, pValue: null, missing: 2 });
    expect(codes(alone)).toEqual(["few-rows", "one-group"]);
    expect(alone.groups[1]).toMatchObject({ n: 0, mean: null, median: null, standardError: null });
    const empty = measureOne([0, 1], [NaN, NaN]);
    expect(empty).toMatchObject({ pValue: null, missing: 2 });
    expect(codes(empty)).toEqual(["one-group"]);
    expect(measureAssociation(labelsOf([0, 1]), fromMatrix([[], []])).outcomes).toEqual([]);
  });

  it("uses ranks where groups have no spread, and the share is 1 there", () => {
    const groups = [0, 0, 0, 1, 1, 1];
    const apart = measureOne(groups, [0.1, 0.1, 0.1, 0.7, 0.7, 0.7]);
    expect(apart).toMatchObject({ test: "kruskal-wallis", anova: null });
    expectClose([apart.effectSize!, ...apart.interval!], [1, 1, 1], { absolute: 1e-12, because: "rounding" });
    expectClose(apart.kruskal!.statistic, 5, { relative: 1e-14, because: "n − 1" });
    expect(measureOne([0, 1], [1.5, 2.5])).toMatchObject({ anova: null, interval: [0, 1] });
  });

  it("notes small expected counts", () => {
    const groups = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
    expect(codes(measureOne(groups, [0, 0, 0, 0, 0, 0, 0, 1, 0, 1]))).toEqual(["few-rows", "small-expected-counts"]);
    expect(codes(outcomeOf("converted"))).toEqual(["few-rows"]);
    expect(codes(report)).toEqual(report.outcomes.flatMap(codes));
  });

  it("does not depend on the unit of an amount, on the order of customers, or on the numbers of the groups", () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.double({ min: 0.5, max: 100, noNaN: true })), {
      minLength: 6,
      maxLength: 60,
    });
    fc.assert(
      fc.property(rows, (all) => {
        fc.pre(new Set(all.map(([group]) => group)).size > 1);
        const figures = (data: typeof all): number[] => {
          const one = measureOne(data.map(([group]) => group), data.map(([, value]) => value)); // prettier-ignore
          return one.kruskal === null ? [] : [one.kruskal.statistic, one.kruskal.pValue, ...one.kruskal.interval];
        };
        const close = { relative: 1e-9, absolute: 1e-9, because: "rounding of sums, roots of a cdf" };
        const before = figures(all);
        expectClose(figures(all.map(([group, value]) => [group, value * 8])), before, close);
        expectClose(figures(all.toReversed()), before, close);
        expectClose(figures(all.map(([group, value]) => [2 - group, value])), before, close);
      }),
      { numRuns: 40 },
    );
  });

  it("finds nothing too often where there is nothing: 5 % at the 5 % level", () => {
    // 99.9 % of binomial counts of 400 at 5 % lie within 7 to 36.
    const random = randomOf(11);
    const groups = Array.from({ length: 120 }, (_, i) => i % 3);
    let found = 0;
    for (let i = 0; i < 400; i++) {
      const values = groups.map(() => random.next());
      if (measureOne(groups, values).pValue! < 0.05) found++;
    }
    expect(found).toBeGreaterThanOrEqual(7);
    expect(found).toBeLessThanOrEqual(36);
  });

  it("takes hostile names and numbers far from 0", () => {
    const hostile = fromMatrix([[1, 1e9 + 0.25], [2, 1e9 + 0.5], [1, 1e9 + 0.75], [2, 1e9 + 1]], { names: ["__proto__", "10"] }); // prettier-ignore
    const kinds = JSON.parse('{ "__proto__": "numeric" }') as Record<string, "numeric">;
    const { outcomes } = measureAssociation(labelsOf([0, 0, 1, 1]), hostile, { kinds });
    expect(outcomes.map(({ outcome, kind }) => [outcome, kind])).toEqual([["__proto__", "numeric"], ["10", "numeric"]]); // prettier-ignore
    // Means 0.375 and 0.875 above 1e9: F = (4 · 0.25²) / (4 · 0.125² / 2) = 8.
    expectClose(outcomes[1].anova!.statistic, 8, { relative: 1e-12, because: "no cancellation" });
  });

  it("stays finite for enormous effects", () => {
    const groups = Array.from({ length: 60 }, (_, i) => i % 2);
    const one = measureOne(groups, groups.map((group, i) => group * 1e12 + (i % 7) / 8)); // prettier-ignore
    expect(one.anova!.statistic).toBeGreaterThan(1e20);
    expect(one.anova!.pValue).toBeLessThan(1e-300);
    expect(one.anova!.interval.every((end) => end > 0.999 && end <= 1)).toBe(true);
  });

  it("refuses what cannot be compared", () => {
    const two = single([1.5, 2.5]);
    expectRefusal(() => measureAssociation(labelsOf([0, 0]), two), "degenerate-data", "labels");
    expectRefusal(() => measureAssociation(labelsOf([-1, -1]), two), "degenerate-data", "labels");
    expectRefusal(() => measureAssociation(labelsOf([0]), two), "shape-mismatch", "labels");
    expectRefusal(() => measureAssociation(labelsOf([]), fromMatrix([], { names: ["x"] })), "too-few-rows", "outcomes");
    expectRefusal(() => measureAssociation(labelsOf([0, 1]), null as never), "shape-mismatch", "outcomes");
    expectRefusal(() => measureAssociation(labelsOf([0, 1]), { ...two, values: Float64Array.of(1, Infinity) }), "invalid-value", "outcomes.values[1, 0]"); // prettier-ignore
    expectRefusal(
      () => measureAssociation(labelsOf([0, 1]), single([-1e300, 1e300])),
      "too-large",
      "outcomes.names[0]",
    );
    expectRefusal(() => measureAssociation(labelsOf([0, 1]), two, { names: ["A"] }), "shape-mismatch", "options.names");
    expectRefusal(() => measureAssociation(labelsOf([0, 1]), two, { kinds: { y: "numeric" } }), "invalid-option", "options.kinds"); // prettier-ignore
    expectRefusal(() => measureAssociation(labelsOf([0, 1]), two, { alpha: 1 }), "invalid-option", "options.alpha");
  });
});

describeWithData("measureAssociation on a real campaign", ["hillstrom"], () => {
  it("gives the published χ² of visits and F of spend, in under two seconds", () => {
    const expected = readDataJson<Record<"visit_by_segment_chi2" | "spend_anova", Record<string, number>>>("hillstrom/expected.json"); // prettier-ignore
    const rows = readDataRows("hillstrom/hillstrom.csv.gz");
    const campaigns = [...new Set(rows.map((row) => row["segment"]))];
    const table = fromMatrix(
      rows.map((row) => [Number(row["visit"]), Number(row["spend"])]),
      { names: ["visit", "spend"] },
    );
    const started = performance.now();
    const { outcomes, notes } = measureAssociation(
      labelsOf(rows.map((row) => campaigns.indexOf(row["segment"]))),
      table,
    );
    expect(performance.now() - started).toBeLessThan(2000);
    const [visit, spend] = outcomes;
    const { chi2, df, p } = expected.visit_by_segment_chi2;
    expectClose([visit.chiSquare!.statistic, visit.pValue!], [chi2, p], { relative: 1e-10, because: "SciPy" });
    expect(visit.chiSquare!.degreesOfFreedom).toBe(df);
    const { F, p: pOfF } = expected.spend_anova;
    expectClose([spend.anova!.statistic, spend.anova!.pValue], [F, pOfF], { relative: 1e-9, because: "SciPy" });
    // 99 % of customers spent nothing: ranks head the report.
    expect(spend.test).toBe("kruskal-wallis");
    expect(codes({ notes })).toEqual([]);
  });
});
