import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { distanceSums } from "../../src/numeric/distance-sums.ts";
import { cloud } from "../support/clouds.ts";
import { expectClose } from "../support/close-to.ts";

function naiveSums(values: Float64Array, columns: number, labels: Int32Array, clusters: number): Float64Array {
  const rows = labels.length;
  const sums = new Float64Array(rows * clusters);
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b < rows; b++) {
      if (labels[a] < 0 || labels[b] < 0) continue;
      let squares = 0;
      for (let j = 0; j < columns; j++) squares += (values[a * columns + j] - values[b * columns + j]) ** 2;
      sums[a * clusters + labels[b]] += Math.sqrt(squares);
    }
  }
  return sums;
}

describe("distanceSums", () => {
  it.each([
    [1, 1, 1],
    [2, 1, 2],
    [8, 3, 1],
    [9, 2, 2],
    [100, 5, 7],
    [333, 8, 3],
    [64, 100, 20],
  ])("agrees with the double loop on %i × %i in %i clusters, some of them empty", (rows, columns, clusters) => {
    const values = cloud(rows, columns, { seed: rows });
    const random = randomOf(rows);
    const labels = Int32Array.from({ length: rows }, () => random.integer(clusters));
    const sums = distanceSums(values, rows, columns, labels, clusters + 2);
    const expected = naiveSums(values, columns, labels, clusters + 2);
    expectClose(sums, expected, { relative: 1e-13, because: "the same terms in another order, at most 333 of them" });
  });

  it.each([0.01, 0.3, 0.9])("has every sum that is wanted, and those within clusters, when %d of them are", (share) => {
    const [rows, columns, clusters] = [301, 5, 6];
    const values = cloud(rows, columns, { seed: 4 });
    const random = randomOf(3);
    const labels = Int32Array.from({ length: rows }, () => random.integer(clusters + 1) - 1);
    const wanted = Uint8Array.from({ length: rows * clusters }, () => (random.next() < share ? 1 : 0));
    const expected = naiveSums(values, columns, labels, clusters);
    const sums = distanceSums(values, rows, columns, labels, clusters, wanted);
    const asked = (cell: number): boolean =>
      labels[Math.floor(cell / clusters)] >= 0 &&
      (wanted[cell] === 1 || labels[Math.floor(cell / clusters)] === cell % clusters);
    expectClose(sums.filter((_, cell) => asked(cell)), expected.filter((_, cell) => asked(cell)), { relative: 1e-13, because: "the same terms in another order" }); // prettier-ignore
  });

  it("leaves rows labelled -1 out of everybody's sums and gives them zeros", () => {
    const values = Float64Array.of(0, 3, 100, 7);
    const sums = distanceSums(values, 4, 1, Int32Array.of(0, 0, -1, 1), 2);
    expect(Array.from(sums)).toEqual([3, 7, 3, 4, 0, 0, 11, 0]);
  });

  it("measures duplicates as exactly zero apart, however far from zero they lie", () => {
    const values = new Float64Array(60).fill(1e15 / 3);
    const sums = distanceSums(values, 20, 3, new Int32Array(20), 1);
    expect(sums).toEqual(new Float64Array(20));
  });

  it.each([1e-150, 1e-9, 1e9, 1e150])("keeps all digits at a scale of %s", (scale) => {
    const values = cloud(50, 3, { scale });
    const labels = Int32Array.from({ length: 50 }, (_, i) => i % 3);
    expectClose(distanceSums(values, 50, 3, labels, 3), naiveSums(values, 3, labels, 3), {
      relative: 1e-14,
      because: "fifty terms in another order",
    });
  });

  it("returns nothing for no rows", () => {
    expect(distanceSums(new Float64Array(0), 0, 2, new Int32Array(0), 3)).toEqual(new Float64Array(0));
  });
});
