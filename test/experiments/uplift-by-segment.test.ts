import { randomOf } from "clientele/core";
import { measureUpliftBySegment } from "clientele/experiments";
import { labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import golden from "../oracles/uplift-segments.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";
import { shuffled } from "../support/rows.ts";

const near = { relative: 1e-9, absolute: 1e-15, because: "digits of tails and of products of a few hundred numbers" };
const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const eight = labelsOf([0, 0, 0, 0, 1, 1, 1, 1]);
const halves = Uint8Array.of(0, 0, 1, 1, 0, 0, 1, 1);

describe("measureUpliftBySegment", () => {
  it.each([
    ["rates", golden.visit, golden.binary],
    ["amounts", golden.spend, golden.continuous],
  ])("agrees with statsmodels and scipy for several treatments: %s", (_, outcome, wanted) => {
    const labels = labelsOf(golden.label);
    const treatment = Uint8Array.from(golden.arm);
    const report = measureUpliftBySegment(labels, { treatment, outcome });
    const holm = measureUpliftBySegment(labels, { treatment, outcome, adjust: "holm" });
    expect(report.segments.map(({ segment, treatment: arm }) => [segment, arm])).toEqual([0, 1, 2, 3].flatMap((s) => [[s, 1], [s, 2]])); // prettier-ignore
    report.segments.forEach((segment, i) => {
      const row = wanted.segments[i];
      for (const field of ["estimate", "standardError", "interval"] as const) expectClose(segment[field], row[field], near); // prettier-ignore
      expectClose(segment.pValue!, row.pValue, near);
      expectClose(segment.adjustedPValue!, row.bh, near);
      expectClose(holm.segments[i].adjustedPValue!, row.holm, near);
      expectClose(segment.shrunken!.estimate, row.shrunken, near);
      expectClose(segment.shrunken!.standardError, row.shrunkenError, near);
    });
    report.treatments.forEach(({ total, heterogeneity }, t) => {
      const row = wanted.treatments[t];
      for (const field of ["statistic", "iSquared", "tauSquared"] as const) expectClose(heterogeneity[field], row[field], near); // prettier-ignore
      expect(heterogeneity.degreesOfFreedom).toBe(3);
      expectClose(heterogeneity.pValue!, row.pValue, near);
      expectClose(heterogeneity.meanEffect!.estimate, row.mean, near);
      expectClose(heterogeneity.meanEffect!.standardError, row.meanError, near);
      expectClose(total!.estimate, row.total.estimate, near);
      expectClose(total!.interval, row.total.interval, near);
      expectClose(total!.pValue!, row.total.pValue, near);
    });
    expect(report.total).toEqual(report.treatments[0].total);
    expect(report.heterogeneity).toEqual(report.treatments[0].heterogeneity);
  });

  it("measures by hand: two segments of four", () => {
    const report = measureUpliftBySegment(eight, { treatment: halves, outcome: [1, 2, 5, 6, 1, 3, 2, 3], names: ["new", "old"] }); // prettier-ignore
    expect(report.segments.map(({ name, estimate }) => [name, estimate])).toEqual([["new", 4], ["old", 0.5]]); // prettier-ignore
    // Variances of the differences: 0.25 + 0.25 and 1 + 0.25.
    expectClose(report.segments.map(({ standardError }) => standardError ** 2), [0.5, 1.25], near); // prettier-ignore
    expectClose(report.heterogeneity.statistic, 3.5 ** 2 / 1.75, near);
    expect(report.segments[0].control).toEqual({ n: 2, mean: 1.5 });
    expect(report.segments[0].treated).toEqual({ n: 2, mean: 5.5 });
    expect([report.n, report.ungrouped, report.outcomeKind]).toEqual([8, 0, "continuous"]);
    expect(codes(report)).toEqual(["small-segments"]);
  });

  it("lists a segment with nobody in one arm, and a named segment without customers, and loses nobody", () => {
    const labels = labelsOf([0, 0, 0, 0, 1, 1, -1, 3]);
    const treatment = Uint8Array.of(0, 0, 1, 1, 1, 1, 0, 0);
    const report = measureUpliftBySegment(labels, { treatment, outcome: [0, 1, 1, 1, 1, 0, 1, 0], names: ["a", "b", "c", "d"] }); // prettier-ignore
    expect(report.segments.map(({ name }) => name)).toEqual(["a"]);
    expect(report.untested.map(({ name, code, control, treated }) => [name, code, control.n, treated.n])).toEqual([
      ["b", "empty-arm", 0, 2],
      ["c", "empty-arm", 0, 0],
      ["d", "empty-arm", 1, 0],
    ]);
    expect(codes(report)).toEqual(["empty-arm", "ungrouped", "small-segments"]);
    const { control, treated } = report.total!;
    expect([control.n, treated.n, report.ungrouped]).toEqual([4, 4, 1]);
    const counted = [...report.segments, ...report.untested].reduce((sum, one) => sum + one.control.n + one.treated.n, 0); // prettier-ignore
    expect(counted + report.ungrouped).toBe(8);
    expect(report.heterogeneity).toMatchObject({ degreesOfFreedom: 0, pValue: null, statistic: 0 });
  });

  it("does not guess the spread of amounts of a single customer, nor of amounts that do not vary", () => {
    const report = measureUpliftBySegment(labelsOf([0, 0, 0, 1, 1, 1, 1]), {
      treatment: Uint8Array.of(0, 1, 1, 0, 0, 1, 1),
      outcome: [3, 4, 5, 7, 7, 9, 9],
    });
    expect(report.untested.map(({ segment, code }) => [segment, code])).toEqual([[0, "single-customer"]]);
    const [{ estimate, standardError, interval, pValue, adjustedPValue, shrunken, notes }] = report.segments;
    expect({ estimate, standardError, interval, pValue, adjustedPValue, shrunken }).toEqual({ estimate: 2, standardError: 0, interval: [2, 2], pValue: null, adjustedPValue: null, shrunken: null }); // prettier-ignore
    expect(codes({ notes })).toEqual(["no-variance"]);
    expect(report.heterogeneity.meanEffect).toBeNull();
  });

  it("gives rates of 0 and 1 an interval, and one that nobody has no p-value", () => {
    const none = measureUpliftBySegment(eight, { treatment: halves, outcome: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 1) });
    expect(none.segments[0]).toMatchObject({ estimate: 0, pValue: null, adjustedPValue: null });
    expect(none.segments[0].interval[1]).toBeGreaterThan(0.5);
    // Fisher's exact test of 0 of 2 against 2 of 2: 2 / 6.
    expectClose(none.segments[1].pValue!, 1 / 3, near);
    expect(Object.values(none.heterogeneity).every((value) => value !== null)).toBe(true);
  });

  it("says when segments were treated with different shares, where the total is not of like against like", () => {
    const labels = labelsOf(Array.from({ length: 400 }, (_, i) => i % 2));
    const treatment = Uint8Array.from(labels, (label, i) => (i % 40 < (label === 0 ? 30 : 10) ? 1 : 0));
    const outcome = Array.from(labels, (label, i) => 10 * label + (i % 7));
    const report = measureUpliftBySegment(labels, { treatment, outcome });
    expect(codes(report)).toEqual(["uneven-assignment"]);
    // Simpson: nothing in either segment, a large difference in all.
    expect(report.total!.estimate).toBeLessThan(-3);
    expect(Math.abs(report.heterogeneity.meanEffect!.estimate)).toBeLessThan(0.5);
  });

  it("does not depend on the order of customers but for rounding, nor on amounts being far from 0", () => {
    const order = shuffled(golden.label.length, 3);
    const pick = (list: readonly number[]): number[] => order.map((row) => list[row]);
    const plain = measureUpliftBySegment(labelsOf(golden.label), { treatment: Uint8Array.from(golden.arm), outcome: golden.spend }); // prettier-ignore
    const moved = measureUpliftBySegment(labelsOf(pick(golden.label)), {
      treatment: Uint8Array.from(pick(golden.arm)),
      outcome: pick(golden.spend).map((amount) => amount + 2 ** 30),
    });
    moved.segments.forEach(({ standardError, estimate }, i) => {
      expectClose(standardError, plain.segments[i].standardError, { relative: 1e-6, because: "2^30 leaves 22 binary digits of a cent" }); // prettier-ignore
      expectClose(estimate, plain.segments[i].estimate, { absolute: 1e-6, because: "the same" });
    });
  });

  it("finds no difference between segments in 19 of 20 experiments without one, and shrinks towards the truth", () => {
    const [runs, segments, perArm] = [300, 6, 60];
    const labels = labelsOf(Array.from({ length: segments * perArm * 2 }, (_, i) => i % segments));
    const treatment = Uint8Array.from(labels, (_, i) => Math.floor(i / segments) % 2);
    let [found, rawLoss, shrunkenLoss] = [0, 0, 0];
    for (let run = 0; run < runs; run++) {
      const random = randomOf(31, run);
      const truth = Array.from({ length: segments }, () => 1 + 0.2 * sampleNormal(random));
      const noise = Array.from(labels, () => sampleNormal(random));
      const same = measureUpliftBySegment(labels, { treatment, outcome: noise.map((e, i) => e + treatment[i]) });
      if (same.heterogeneity.pValue! < 0.05) found++;
      const differing = measureUpliftBySegment(labels, { treatment, outcome: noise.map((e, i) => e + treatment[i] * truth[labels[i]]) }); // prettier-ignore
      for (const { segment, estimate, shrunken } of differing.segments) {
        rawLoss += (estimate - truth[segment]) ** 2;
        shrunkenLoss += (shrunken!.estimate - truth[segment]) ** 2;
      }
    }
    // 99.9 % range of a binomial of 300 at 5 %, and a little for estimated variances.
    expect(found).toBeGreaterThan(3);
    expect(found).toBeLessThan(31);
    // sigma² = 2 / 60 = .033 against tau² = .04: the mean loss falls by about 1 − tau²/(tau² + sigma²), less what estimating costs.
    expect(shrunkenLoss).toBeLessThan(0.8 * rawLoss);
  });

  it("pools effects of which one outweighs all others: 17 digits between their variances", () => {
    const { heterogeneity, segments } = measureUpliftBySegment(eight, {
      treatment: halves,
      outcome: [0, 1, 0, 1, -1e9, 0, 0, 0],
    });
    expect(segments.every(({ shrunken }) => Number.isFinite(shrunken?.estimate))).toBe(true);
    expect(heterogeneity.tauSquared).toBe(0);
  });

  it("gives finite numbers whatever the customers, and its counts add up", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -1, max: 3 }), fc.nat(2), fc.constantFrom(0, 1, 2.5, -1e9)), { minLength: 2, maxLength: 40 }), // prettier-ignore
        (rows) => {
          const treatment = Uint8Array.from([0, 1, ...rows.map(([, arm]) => arm)]);
          const labels = labelsOf([0, 0, ...rows.map(([label]) => label)]);
          const outcome = [0, 1, ...rows.map(([, , value]) => value)];
          const report = measureUpliftBySegment(labels, { treatment, outcome });
          expect(JSON.parse(JSON.stringify(report))).toEqual(report);
          const arm1 = [...report.segments, ...report.untested].filter((one) => one.treatment === 1);
          const treated = arm1.reduce((sum, one) => sum + one.treated.n, 0);
          expect(treated).toBe(labels.filter((label, row) => label >= 0 && treatment[row] === 1).length);
        },
      ),
    ));

  it("refuses what it cannot compare, and says where", () => {
    const measure = (options: object): unknown => measureUpliftBySegment(eight, { treatment: halves, outcome: [1, 2, 5, 6, 1, 3, 2, 3], ...options }); // prettier-ignore
    expectRefusal(() => measure({ outcome: [1, 2] }), "shape-mismatch", "options.outcome");
    expectRefusal(() => measure({ outcome: [1, 2, 3, NaN, 5, 6, 7, 8] }), "invalid-value", "options.outcome[3]");
    expectRefusal(() => measure({ outcomeKind: "binary" }), "invalid-value", "options.outcome[1]");
    expectRefusal(() => measure({ treatment: new Uint8Array(8) }), "degenerate-data", "options.treatment");
    expectRefusal(() => measure({ treatment: new Uint8Array(8).fill(1) }), "degenerate-data", "options.treatment");
    expectRefusal(() => measure({ treatment: new Uint8Array(7) }), "shape-mismatch", "labels");
    expectRefusal(() => measureUpliftBySegment(labelsOf([]), { treatment: new Uint8Array(0), outcome: [] }), "too-few-rows", "options.treatment"); // prettier-ignore
  });
});

describeWithData("measureUpliftBySegment on the e-mail experiment", ["hillstrom"], () => {
  const expected = readDataJson<{
    uplift_womens_visit: { by_womens_history: Record<"0" | "1", { uplift: number; n: number }> };
  }>("hillstrom/expected.json").uplift_womens_visit.by_womens_history;
  const rows = readDataRows("hillstrom/hillstrom.csv.gz").filter(({ segment }) => segment !== "Mens E-Mail");

  it("finds that the women's e-mail brings visits of those who bought women's things before", () => {
    const report = measureUpliftBySegment(labelsOf(rows.map(({ womens }) => Number(womens))), {
      treatment: Uint8Array.from(rows, ({ segment }) => (segment === "Womens E-Mail" ? 1 : 0)),
      outcome: rows.map(({ visit }) => Number(visit)),
      names: ["men's only", "women's"],
    });
    report.segments.forEach(({ estimate, control, treated }, i) => {
      const { uplift, n } = expected[i === 0 ? "0" : "1"];
      expectClose(estimate, uplift, { relative: 1e-12, because: "rounding of two rates" });
      expect(control.n + treated.n).toBe(n);
    });
    expect(report.heterogeneity.pValue).toBeLessThan(1e-15);
    expect(report.notes).toEqual([]);
  });
});
