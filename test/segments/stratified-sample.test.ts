import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { type Rows, inRowOrderOrSampled } from "../../src/segments/rows.ts";
import { stratifiedByContent, stratifiedSample } from "../../src/segments/stratified-sample.ts";
import { groupSizes } from "../../src/tables/labels.ts";
import { shuffled } from "../support/rows.ts";

const anyLabels = fc
  .array(fc.integer({ min: -1, max: 4 }), { minLength: 1, maxLength: 60 })
  .filter((labels) => labels.some((label) => label >= 0))
  .map((labels) => Int32Array.from(labels));

describe("stratifiedSample", () => {
  it("draws distinct rows of groups only, from every group in proportion, two at least where there are two", () => {
    fc.assert(
      fc.property(anyLabels, fc.integer({ min: 2, max: 60 }), fc.integer(), (labels, wanted, seed) => {
        const sizes = groupSizes(labels);
        const rows = [...stratifiedSample(labels, sizes, wanted, undefined, randomOf(seed))];
        expect(new Set(rows).size).toBe(rows.length);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        sizes.forEach((size, group) => {
          const drawn = rows.filter((row) => labels[row] === group).length;
          expect(drawn).toBe(Math.min(size, Math.max(2, Math.round((wanted * size) / total))));
        });
        expect(rows.every((row) => labels[row] >= 0)).toBe(true);
      }),
    );
  });

  it("draws every row of a group equally often", () => {
    const labels = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0);
    const times = new Array<number>(8).fill(0);
    for (let seed = 0; seed < 4000; seed++) {
      for (const row of stratifiedSample(labels, [8], 2, undefined, randomOf(seed))) times[row]++;
    }
    // 1,000 expected; the standard deviation is √(4000 · ¼ · ¾) = 27.
    for (const count of times) expect(Math.abs(count - 1000)).toBeLessThan(5 * 27);
  });

  it("considers rows in the order given", () => {
    const labels = Int32Array.of(0, 0, 0, 0, 0, 0);
    const forward = stratifiedSample(labels, [6], 3, Uint32Array.of(0, 1, 2, 3, 4, 5), randomOf(9));
    const backward = stratifiedSample(labels, [6], 3, Uint32Array.of(5, 4, 3, 2, 1, 0), randomOf(9));
    expect([...backward]).toEqual([...forward].map((row) => 5 - row));
  });
});

describe("stratifiedByContent", () => {
  // The numbers 0 … 69,999, shuffled: every second or third of them is in the sample.
  const rows = 70_000;
  const plain = (order: readonly number[]): Rows => {
    const data = { values: Float64Array.from(order), rows, columns: 1, weights: undefined };
    return inRowOrderOrSampled(data, 2);
  };
  const drawn = (data: Rows, first: number): number[] => {
    const labels = Int32Array.from(data.values, (value) => (value < first ? 0 : 1));
    const chosen = stratifiedByContent(data, labels, [first, rows - first], 500, randomOf(4));
    return Array.from(chosen, (row) => data.values[row]).sort((a, b) => a - b);
  };

  it("draws the same customers in whatever order they come, from every group", () => {
    const [data, other] = [plain(shuffled(rows, 1)), plain(shuffled(rows, 2))];
    // Of 3 rows the sample holds one, too few: the whole table is drawn from.
    for (const first of [30_000, 40, 3]) {
      const values = drawn(data, first);
      expect(drawn(other, first)).toEqual(values);
      expect(values.filter((value) => value < first)).toHaveLength(Math.max(2, Math.round((500 * first) / rows)));
    }
  });
});
