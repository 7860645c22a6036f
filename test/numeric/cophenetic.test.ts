import { describe, it } from "vitest";
import { copheneticCorrelation } from "../../src/numeric/cophenetic.ts";
import { matrixMerges } from "../../src/numeric/distance-matrix.ts";
import { mergeTree } from "../../src/numeric/merge-tree.ts";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";

describe("copheneticCorrelation", () => {
  it("agrees with a derivation by hand", () => {
    // Rows 0, 1, 3: distances 1, 3, 2; average heights 1, 2.5, 2.5. Deviations (-1, 1, 0) and (-1, ½, ½):
    // 1.5 / √(2 · 1.5) = 0.8660254.
    const values = Float64Array.of(0, 1, 3);
    const merges = mergeTree(3, matrixMerges(values, 3, 1, "average"));
    expectClose(copheneticCorrelation(values, 3, 1, merges)!, Math.sqrt(3) / 2, {
      relative: 1e-14,
      because: "a few roundings",
    });
  });

  it.each([9, 16, 203])("agrees with the definition over all pairs of %i rows", (rows) => {
    const columns = 3;
    const values = cloud(rows, columns);
    const merges = mergeTree(rows, matrixMerges(values, rows, columns, "average"));
    const members = Array.from({ length: rows }, (_, row) => [row]);
    const pairs: [number, number][] = [];
    for (const [a, b, height] of merges) {
      for (const x of members[a]) {
        for (const y of members[b]) {
          let square = 0;
          for (let j = 0; j < columns; j++) square += (values[x * columns + j] - values[y * columns + j]) ** 2;
          pairs.push([Math.sqrt(square), height]);
        }
      }
      members.push([...members[a], ...members[b]]);
    }
    const mean = (side: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length;
    const [distanceMean, heightMean] = [mean(0), mean(1)];
    const product = (f: (d: number, h: number) => number): number =>
      pairs.reduce((sum, [distance, height]) => sum + f(distance - distanceMean, height - heightMean), 0);
    const expected = product((d, h) => d * h) / Math.sqrt(product((d) => d * d) * product((_, h) => h * h));
    expectClose(copheneticCorrelation(values, rows, columns, merges)!, expected, {
      relative: 1e-12,
      because: "sums in another order",
    });
  });
});
