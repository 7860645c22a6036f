import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { distanceSums } from "../../src/numeric/distance-sums.ts";
import { nearGroups } from "../../src/numeric/near-groups.ts";
import { cloud } from "../support/clouds.ts";

/** Group per row by the nearest of some rows, so that there is something to exclude. */
function groupsOf(values: Float64Array, columns: number, groups: number): Int32Array {
  return Int32Array.from({ length: values.length / columns }, (_, row) => {
    const squares = Array.from({ length: groups }, (_group, g) => {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += (values[row * columns + j] - values[g * columns + j]) ** 2;
      return sum;
    });
    return squares.indexOf(Math.min(...squares));
  });
}

describe("nearGroups", () => {
  it.each([
    ["a cloud", {}],
    ["far from zero", { offset: 1e12 }],
    ["tiny", { scale: 1e-140 }],
    ["huge", { scale: 1e140 }],
    ["piles of equal rows", { spread: 0 }],
  ])("never excludes the group whose members are the nearest on average: %s", (_, options) => {
    for (const [columns, groups] of [
      [1, 3],
      [2, 6],
      [8, 12],
    ] as const) {
      // prettier-ignore
      const rows = 400;
      const values = cloud(rows, columns, { groups, seed: groups, ...options });
      const random = randomOf(9);
      const crowded = groupsOf(values, columns, groups);
      for (const labels of [crowded, crowded.map((label) => (random.next() < 0.3 ? random.integer(groups) : label))]) {
        const near = nearGroups(values, rows, columns, labels, groups);
        const sums = distanceSums(values, rows, columns, labels, groups);
        const sizes = new Int32Array(groups);
        for (const label of labels) sizes[label]++;
        for (let row = 0; row < rows; row++) {
          const means = Array.from({ length: groups }, (_group, g) =>
            g === labels[row] || sizes[g] === 0 ? Infinity : sums[row * groups + g] / sizes[g],
          );
          const nearest = means.indexOf(Math.min(...means));
          if (means[nearest] < Infinity) expect(near[row * groups + nearest]).toBe(1);
          expect(near[row * groups + labels[row]]).toBe(0);
        }
      }
    }
  });

  it("excludes most groups where they lie apart, all empty ones, and none that are alike", () => {
    const line = Float64Array.of(0, 1, 10, 11, 100, 101);
    const labels = Int32Array.of(0, 0, 1, 1, 3, 3);
    expect([...nearGroups(line, 6, 1, labels, 4)]).toEqual(
      [[0, 1, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]].flat(), // prettier-ignore
    );
    expect([...nearGroups(new Float64Array(3).fill(7), 3, 1, Int32Array.of(0, 1, 2), 3)]).toEqual([0, 1, 1, 1, 0, 1, 1, 1, 0]); // prettier-ignore
    expect(nearGroups(new Float64Array(0), 0, 2, new Int32Array(0), 3)).toEqual(new Uint8Array(0));
  });
});
