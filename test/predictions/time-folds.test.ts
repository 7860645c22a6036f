import { timeFolds } from "clientele/predictions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const days = (...at: number[]): number[] => at.map((one) => one * day);
const listed = (folds: ReturnType<typeof timeFolds>["folds"]): number[][][] =>
  folds.map(({ train, test }) => [[...train], [...test]]);

describe("timeFolds", () => {
  it("cuts evenly spaced times as scikit-learn's TimeSeriesSplit does", () => {
    // TimeSeriesSplit(n_splits=3).split(range(8)): train 0-1, 0-3, 0-5; test 2-3, 4-5, 6-7.
    const { folds, notes } = timeFolds(days(0, 1, 2, 3, 4, 5, 6, 7), { folds: 3 });
    expect(listed(folds)).toEqual([
      [[0, 1], [2, 3]],
      [[0, 1, 2, 3], [4, 5]],
      [[0, 1, 2, 3, 4, 5], [6, 7]],
    ]); // prettier-ignore
    expect(notes).toEqual([]);
    expect(folds[0]).toMatchObject({ from: 2 * day, to: 3 * day, unused: 0 });
  });

  it("leaves a gap before the test, in which rows are in neither", () => {
    const { folds } = timeFolds(days(0, 1, 2, 3, 4, 5), { folds: 2, gapDays: 2 });
    expect(listed(folds)).toEqual([[[0], [2, 3]], [[0, 1, 2], [4, 5]]]); // prettier-ignore
    expect(folds.map(({ unused }) => unused)).toEqual([1, 1]);
  });

  it("keeps equal times together, whatever the order of rows", () => {
    const { folds } = timeFolds(days(3, 1, 2, 1, 3, 2), { folds: 2 });
    expect(listed(folds)).toEqual([[[1, 3], [2, 5]], [[1, 2, 3, 5], [0, 4]]]); // prettier-ignore
  });

  it("makes fewer folds where there are too few times, and says so", () => {
    const { folds, notes } = timeFolds(days(1, 1, 1, 1, 1, 2), { folds: 3 });
    expect(listed(folds)).toEqual([[[0, 1, 2, 3, 4], [5]]]);
    expect(notes.map(({ code }) => code)).toEqual(["fewer-folds"]);
    expectRefusal(() => timeFolds(days(1, 1), { folds: 1 }), "too-few-rows", "times");
    expectRefusal(() => timeFolds([], { folds: 1 }), "too-few-rows", "times");
  });

  it("says when a gap leaves nothing to fit on", () => {
    expect(timeFolds(days(0, 1), { folds: 1, gapDays: 9 }).notes.map(({ code }) => code)).toEqual(["empty-side"]);
  });

  it("never learns from the future, nor from a customer who is tested; and accounts for all rows up to the test", () => {
    const row = fc.tuple(
      fc.integer({ min: 0, max: 12 }),
      fc.constantFrom("ann", "bob", "__proto__", "10", "eve", "fay"),
    );
    const options = fc.record({
      folds: fc.integer({ min: 1, max: 5 }),
      gapDays: fc.integer({ min: 0, max: 3 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), options, fc.boolean(), (rows, given, grouped) => {
        const times = rows.map(([at]) => at * day);
        fc.pre(new Set(times).size > 1);
        const groups = rows.map(([, who]) => who);
        const { folds } = timeFolds(times, { ...given, ...(grouped ? { groups } : {}) });
        expect(folds.length).toBeGreaterThan(0);
        const tested = new Set<number>();
        for (const { from, to, train, test, unused } of folds) {
          for (const i of train) expect(times[i]).toBeLessThanOrEqual(from - given.gapDays * day);
          for (const i of train) expect(times[i]).toBeLessThan(from);
          for (const i of test) expect(times[i] >= from && times[i] <= to).toBe(true);
          for (const i of test) expect(tested.has(i)).toBe(false);
          test.forEach((i) => tested.add(i));
          const next = folds.find((fold) => fold.from > from)?.from ?? Infinity;
          expect(train.length + test.length + unused).toBe(times.filter((time) => time < next).length);
          if (!grouped) continue;
          const asked = new Set(Array.from(test, (i) => groups[i]));
          for (const i of train) expect(asked.has(groups[i])).toBe(false);
        }
        if (!grouped) expect(tested.size).toBe(times.filter((time) => time >= folds[0].from).length);
      }),
    );
  });

  it("holds out a quarter of the customers for a single test in time", () => {
    const times = Array.from({ length: 400 }, (_, i) => Math.floor(i / 100) * day);
    const groups = Array.from({ length: 400 }, (_, i) => `c${i % 100}`);
    const { folds } = timeFolds(times, { folds: 1, groups });
    expect(folds[0].test).toHaveLength(50);
    expect(folds[0].train).toHaveLength(150);
    expect(timeFolds(times, { folds: 1, groups, seed: 1 }).folds[0].test).not.toEqual(folds[0].test);
  });

  it("refuses what are no times, and groups of other rows", () => {
    expectRefusal(() => timeFolds(null as never, { folds: 1 }), "shape-mismatch", "times");
    expectRefusal(() => timeFolds([0, NaN], { folds: 1 }), "invalid-value", "times[1]");
    expectRefusal(() => timeFolds([0, 1], { folds: 1, groups: ["a"] }), "shape-mismatch", "options.groups");
  });
});
