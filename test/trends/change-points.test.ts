import { randomOf } from "clientele/core";
import { seriesFrom } from "clientele/tables";
import { measureChangePoints } from "clientele/trends";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bestChanges, halvingChanges, runningSums } from "../../src/numeric/change-points.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";
import { gaussian } from "../support/time-series.ts";

const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const places = (values: readonly number[], options = {}): number[] =>
  measureChangePoints(values, options).changePoints.map(({ index }) => index);

/** Squares around the means of all segments, by definition. */
function costOfCuts(values: readonly number[], cuts: readonly number[], penalty: number): number {
  const ends = [0, ...cuts, values.length];
  return ends.slice(1).reduce((total, end, l) => {
    const part = values.slice(ends[l], end);
    const mean = part.reduce((sum, x) => sum + x, 0) / part.length;
    return total + part.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
  }, penalty * cuts.length);
}

/** The least cost of any cuts, by trying every last segment. */
function leastCost(values: readonly number[], penalty: number, least: number): number {
  const best = [-penalty];
  for (let end = 1; end <= values.length; end++) {
    best[end] = Infinity;
    for (let begin = 0; begin + least <= end; begin++) {
      const cost = best[begin] + penalty + costOfCuts(values.slice(begin, end), [], 0);
      best[end] = Math.min(best[end], cost);
    }
  }
  return best[values.length];
}

describe("bestChanges", () => {
  it("finds the least cost of all, as dynamic programming without pruning does", () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 4, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(0.5, 5, 60, 400),
        (values, least, penalty) => {
          fc.pre(values.length >= least);
          const cuts = bestChanges(runningSums(Float64Array.from(values)), penalty, least);
          expectClose(costOfCuts(values, cuts, penalty), leastCost(values, penalty, least), { absolute: 1e-9, because: "differences of running sums" }); // prettier-ignore
          const ends = [0, ...cuts, values.length];
          for (let l = 1; l < ends.length; l++) expect(ends[l] - ends[l - 1]).toBeGreaterThanOrEqual(least);
        },
      ),
      { numRuns: 300 },
    ));

  it("never does worse than cutting in halves", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 6, maxLength: 40 }), (values) => {
        const running = runningSums(Float64Array.from(values));
        const [best, halves] = [bestChanges(running, 50, 2), halvingChanges(running, 50, 2)];
        expect(costOfCuts(values, best, 50)).toBeLessThanOrEqual(costOfCuts(values, halves, 50) + 1e-9);
      }),
    ));
});

describe("measureChangePoints", () => {
  it("finds the first step of a new level, and its size", () => {
    const noise = gaussian(randomOf(11));
    const values = Array.from({ length: 120 }, (_, i) => (i < 50 ? 100 : i < 90 ? 80 : 95) + 3 * noise());
    const { changePoints, levels, noise: sd } = measureChangePoints(values);
    expect(changePoints.map(({ index }) => index)).toEqual([50, 90]);
    expectClose(changePoints.map(({ size }) => size), [-20, 15], { absolute: 2, because: "three standard errors" }); // prettier-ignore
    for (const [c, truth] of [-20, 15].entries()) {
      expect(changePoints[c].interval[0] < truth && truth < changePoints[c].interval[1]).toBe(true);
    }
    expect(levels.map(({ from, to }) => [from, to])).toEqual([[0, 50], [50, 90], [90, 120]]); // prettier-ignore
    expectClose(sd, 3, { absolute: 0.8, because: "a median of 119 distances" });
    expect(places(values, { method: "binary" })).toEqual([50, 90]);
  });

  it("has levels and intervals as by hand", () => {
    // Means 2 and 12; noise given as 1: 1.96 √(1/4 + 1/6) = 1.2652.
    const { changePoints } = measureChangePoints([1, 3, 2, 2, 12, 13, 11, 12, 12, 12], { noise: 1, penalty: 10 });
    expect(changePoints).toHaveLength(1);
    expect([changePoints[0].index, changePoints[0].before, changePoints[0].after]).toEqual([4, 2, 12]);
    expectClose(changePoints[0].interval, [10 - 1.2652, 10 + 1.2652], { absolute: 5e-5, because: "digits worked out" });
    expect(places([1, 1, 1, 1, 5, 5, 5, 5])).toEqual([4]);
  });

  it("shows chance as a change in few of many series, and a plain change in all", () => {
    let [alarms, found] = [0, 0];
    for (let seed = 1; seed <= 200; seed++) {
      const noise = gaussian(randomOf(seed));
      const values = Array.from({ length: 100 }, () => noise());
      alarms += places(values).length > 0 ? 1 : 0;
      const stepped = places(values.map((x, i) => x + (i >= 60 ? 3 : 0)));
      found += stepped.some((index) => Math.abs(index - 60) <= 2) ? 1 : 0;
    }
    expect(alarms / 200).toBeLessThan(0.12);
    expect(found / 200).toBeGreaterThan(0.95);
  });

  it("takes the season out first, passes over gaps and says so", () => {
    const noise = gaussian(randomOf(4));
    const values = Array.from({ length: 140 }, (_, i) => 50 * ((i % 7) - 3) + (i >= 77 ? 15 : 0) + 2 * noise());
    values[30] = NaN;
    const report = measureChangePoints(seriesFrom(values, { start: 0, period: "day" }), { period: 7 });
    expect(report.changePoints.map(({ index }) => index)).toEqual([77]);
    expect(codes(report)).toContain("gaps");
    const gappy = [NaN, 1, 1, NaN, 1, 1, NaN, 9, 9, 9, 9, NaN];
    const { changePoints, levels } = measureChangePoints(gappy);
    expect(changePoints.map(({ index }) => index)).toEqual([7]);
    expect(levels.map(({ from, to }) => [from, to])).toEqual([[1, 7], [7, 11]]); // prettier-ignore
  });

  it("finds nothing in constant, short and empty series", () => {
    const constant = measureChangePoints(Array(20).fill(0.3));
    expect([constant.changePoints, constant.levels.length, constant.noise, codes(constant)]).toEqual([[], 1, 0, ["constant"]]); // prettier-ignore
    expect(codes(measureChangePoints([1, 2, 9, 10, 9]))).toEqual(["short-series"]);
    expect(measureChangePoints([])).toEqual({
      ...{ changePoints: [], levels: [], noise: 0, penalty: measureChangePoints([]).penalty },
      notes: [{ code: "constant", message: "The series never changes." }],
    });
    expect(measureChangePoints([7]).levels).toEqual([{ from: 0, to: 1, mean: 7 }]);
    expect(measureChangePoints([NaN]).changePoints).toEqual([]);
  });

  it("is the same whatever the unit, tiny or huge", () => {
    const values = [20, 22, 21, 19, 20, 21, 14, 13, 15, 14, 13, 14];
    for (const factor of [1e-200, 1e200, -1]) expect(places(values.map((x) => x * factor))).toEqual([6]);
    expect(places(values.map((x) => x + 1e9))).toEqual([6]);
  });

  it("warns where neighbors go together, and refuses what is too long", () => {
    const noise = gaussian(randomOf(8));
    let x = 0;
    const walk = Array.from({ length: 300 }, () => (x = 0.9 * x + noise()));
    expect(codes(measureChangePoints(walk))).toContain("autocorrelated");
    expectRefusal(() => measureChangePoints(new Float64Array(100_001)), "too-large", "series");
    expect(measureChangePoints(new Float64Array(100_001), { method: "binary" }).changePoints).toEqual([]);
    expectRefusal(() => measureChangePoints([1, 2, 3], { period: 2 }), "too-few-rows", "series");
  });
});
