import { afterEach, describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { centerSums } from "../../src/numeric/center-sums.ts";
import { addTerm, exactSums, sumOf } from "../../src/numeric/exact-sums.ts";
import { exactWorkBytes, openExactWork } from "../../src/numeric/exact-work.ts";
import { borrowKernels, forceTwin } from "../../src/numeric/kernels/runtime.ts";
import type { PointSet } from "../../src/numeric/point-set.ts";

afterEach(() => forceTwin(false));

const rows = 2600; // More than one block of the kernel has room for.

/** Rows over many orders of magnitude, so that two and three levels of slices leave something of some. */
function wild(columns: number, weighted: boolean): PointSet {
  const random = randomOf(columns);
  const values = Float64Array.from(
    { length: rows * columns },
    (_, i) => (random.next() - 0.5) * 2 ** ((i * 7) % (i % 11 === 0 ? 120 : 20)),
  );
  const origin = values.slice(0, columns);
  const reach = new Float64Array(columns);
  values.forEach((x, i) => {
    const j = i % columns;
    reach[j] = Math.max(reach[j], Math.abs(x - origin[j]));
  });
  const weights = weighted ? Float64Array.from({ length: rows }, (_, i) => (i % 5) / 3) : undefined;
  return { values, rows, columns, weights, origin, reach };
}

/** Centers after a first sum, and after half of the rows moved on to the next of five clusters. */
function meansAfterMoves(set: PointSet): Float64Array {
  const clusters = 5;
  const labels = Int32Array.from({ length: rows }, (_, row) => (row + (row >> 3)) % clusters);
  const moved = new Int32Array(2 * rows);
  return borrowKernels(exactWorkBytes(set, clusters), (kernels, arena) => {
    const sums = centerSums(openExactWork(set, clusters, kernels, arena), clusters);
    sums.reset(labels);
    let count = 0;
    for (let row = 0; row < rows; row += 2) {
      moved[2 * count] = row;
      moved[2 * count + 1] = labels[row];
      count++;
      labels[row] = (labels[row] + 1) % clusters;
    }
    sums.move(moved, count, labels);
    const centers = new Float64Array(clusters * set.columns);
    sums.means(centers);
    return centers;
  });
}

/** The same from single terms. */
function meansOneByOne({ values, columns, weights, origin, reach }: PointSet): Float64Array {
  const clusters = 5;
  const heaviest = weights === undefined ? 1 : Math.max(...weights);
  const sums = exactSums(clusters * columns, reach.map((x) => x * heaviest), rows); // prettier-ignore
  const totals = exactSums(clusters, Float64Array.of(heaviest), rows);
  for (let row = 0; row < rows; row++) {
    const cluster = (((row + (row >> 3)) % clusters) + (row % 2 === 0 ? 1 : 0)) % clusters;
    const weight = weights?.[row] ?? 1;
    addTerm(totals, cluster, 0, weight);
    for (let j = 0; j < columns; j++) {
      addTerm(sums, cluster * columns + j, j, weight * (values[row * columns + j] - origin[j]));
    }
  }
  return Float64Array.from(
    { length: clusters * columns },
    (_, i) => origin[i % columns] + sumOf(sums, i) / sumOf(totals, Math.floor(i / columns)),
  );
}

describe("center sums", () => {
  it("are exact: the bits of terms added one by one, after rows moved, by kernel and twin", () => {
    for (const columns of [1, 2, 3, 8]) {
      for (const weighted of [false, true]) {
        const set = wild(columns, weighted);
        const expected = meansOneByOne(set);
        expect(meansAfterMoves(set)).toEqual(expected);
        forceTwin(true);
        expect(meansAfterMoves(set)).toEqual(expected);
        forceTwin(false);
      }
    }
  });
});
