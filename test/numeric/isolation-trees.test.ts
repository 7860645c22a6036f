import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { growTree, heightLimit, meanPathLengths, visitTree } from "../../src/numeric/isolation-trees.ts";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";

describe("meanPathLengths", () => {
  it("is 2H(m − 1) − 2(m − 1)/m with exact harmonic numbers", () => {
    // By hand: c(3) = 2·3/2 − 4/3, c(4) = 2·11/6 − 6/4. With ln(255) + 0.5772 for H(255), as in the paper, c(256) is 10.2448.
    const lengths = meanPathLengths(256);
    expect([...lengths.slice(0, 3)]).toEqual([0, 0, 1]);
    expectClose(lengths.slice(3, 5), [5 / 3, 13 / 6], { relative: 1e-15, because: "rounding" });
    expectClose(lengths[256], 10.24869, { absolute: 1e-5, because: "digits printed" });
    expectClose(lengths[256], 10.2448, { absolute: 0.004, because: "the paper's logarithm for the harmonic number" });
    expect([...meanPathLengths(0)]).toEqual([0]);
  });

  it("is the mean depth at which random cuts isolate evenly spread values", () => {
    const rows = 64;
    const random = randomOf(3);
    let total = 0;
    const trees = 3000;
    for (let tree = 0; tree < trees; tree++) {
      // Without a height limit a tree of uniform keys is a random search tree of them.
      const keys = Float64Array.from({ length: rows }, () => random.next());
      total += meanDepth(keys, random.next) / trees;
    }
    // Preiss counts unsuccessful searches among m − 1 keys, whose external nodes are the m rows.
    expectClose(total, meanPathLengths(rows)[rows], { absolute: 0.1, because: "3,000 random trees" });
  });
});

describe("heightLimit", () => {
  it("is ⌈log₂ rows⌉", () => {
    expect([1, 2, 3, 4, 5, 8, 9, 255, 256, 257, 65_536].map(heightLimit)).toEqual([0, 1, 2, 2, 3, 3, 4, 8, 8, 9, 16]);
    expect(heightLimit(2 ** 40 + 1)).toBe(41);
  });
});

describe("growTree", () => {
  it("cuts so that every inner node parts its rows, and leaves hold one row, equal rows or those at the limit", () => {
    const values = cloud(100, 3).map(Math.round);
    const tree = growTree(values, 100, 3, randomOf(1));
    const at = new Map<number, number[]>([[1, Array.from({ length: 100 }, (_, row) => row)]]);
    const limit = heightLimit(100);
    const whole = visitTree(tree, limit, {
      inner(node, feature, threshold) {
        const rows = at.get(node) ?? [];
        const below = rows.filter((row) => values[3 * row + feature] < threshold);
        const rest = rows.filter((row) => values[3 * row + feature] >= threshold);
        expect(Math.min(below.length, rest.length)).toBeGreaterThan(0);
        at.set(2 * node, below).set(2 * node + 1, rest);
      },
      leaf(node, depth, size) {
        const rows = at.get(node) ?? [];
        expect(rows).toHaveLength(size);
        const distinct = new Set(rows.map((row) => String(values.slice(3 * row, 3 * row + 3))));
        expect(distinct.size === 1 || depth === limit).toBe(true);
      },
    });
    expect(whole).toBe(true);
  });

  it("draws each feature that differs equally often, and thresholds evenly over the range", () => {
    const random = randomOf(9);
    const [counts, places] = [[0, 0, 0], [0, 0, 0, 0]]; // prettier-ignore
    const values = Float64Array.of(0, 5, 0, 7, 8, 5, 4, 7); // two rows of four columns; the second and the last are constant
    for (let i = 0; i < 4000; i++) {
      const { splits, thresholds } = growTree(values, 2, 4, random);
      counts[[0, 2].indexOf(splits[0])]++;
      places[Math.min(3, Math.floor((4 * thresholds[0]) / (splits[0] === 0 ? 8 : 4)))]++;
    }
    expectClose(counts, [2000, 2000, 0], { absolute: 160, because: "five standard deviations" });
    expectClose(places, [1000, 1000, 1000, 1000], { absolute: 140, because: "five standard deviations" });
  });
});

/** Mean depth of all keys when ranges are cut at random keys' places until each is alone. */
function meanDepth(keys: Float64Array, next: () => number): number {
  const sorted = keys.slice().sort();
  let total = 0;
  const open: [from: number, to: number, depth: number][] = [[0, sorted.length, 0]];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [from, to, depth] = range;
    if (to - from === 1) total += depth;
    else {
      const middle = from + 1 + Math.floor(next() * (to - from - 1));
      open.push([from, middle, depth + 1], [middle, to, depth + 1]);
    }
  }
  return total / keys.length;
}
