import { afterEach, describe, expect, it } from "vitest";
import { randomOf } from "../../../src/core/random.ts";
import { centerSums } from "../../../src/numeric/center-sums.ts";
import { covarianceState } from "../../../src/numeric/covariance-of.ts";
import { copheneticCorrelation } from "../../../src/numeric/cophenetic.ts";
import { withLogisticPass } from "../../../src/numeric/logistic-pass.ts";
import { matrixMerges } from "../../../src/numeric/distance-matrix.ts";
import { densityGroups } from "../../../src/numeric/density-groups.ts";
import { distanceSums } from "../../../src/numeric/distance-sums.ts";
import { borrowKernels, forceTwin, hasWebAssembly } from "../../../src/numeric/kernels/runtime.ts";
import { mergeTree } from "../../../src/numeric/merge-tree.ts";
import { filteredNearest } from "../../../src/numeric/nearest-filtered.ts";
import { measureSample, openPacked, packedBytes, type PackedPoints } from "../../../src/numeric/packed-points.ts";
import type { PointSet } from "../../../src/numeric/point-set.ts";
import { packedSeedDistances } from "../../../src/numeric/plus-plus.ts";
import { growTree } from "../../../src/numeric/isolation-trees.ts";
import { sumPathLengths } from "../../../src/numeric/path-lengths.ts";
import { withPoints } from "../../../src/numeric/points.ts";
import { singleMerges } from "../../../src/numeric/spanning-tree.ts";
import { wardMerges } from "../../../src/numeric/ward-clusters.ts";
import { cloud, firstRows } from "../../support/clouds.ts";

afterEach(() => forceTwin(false));

/** Both twins' answers to the same question. */
function byBoth<R>(question: () => R): { wasm: R; twin: R } {
  forceTwin(false);
  const wasm = question();
  forceTwin(true);
  const twin = question();
  return { wasm, twin };
}

/** A number for all the bits of an array (FNV-1a), because comparing large arrays one by one takes seconds. */
function bitsOf(array: ArrayBufferView): number {
  let hash = 0x811c9dc5;
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash >>> 0;
}

function withPackedSet<R>(
  values: Float64Array,
  columns: number,
  weights: Float64Array | undefined,
  use: (packed: PackedPoints, set: PointSet) => R,
): R {
  const rows = values.length / columns;
  const { origin, scale } = measureSample(values, rows, columns);
  const set: PointSet = { values, rows, columns, weights, origin, reach: new Float64Array(columns) };
  return borrowKernels(packedBytes(set, 64), (kernels, arena) => {
    const packed = openPacked(set, scale === 0 ? 1 : scale, 64, kernels, arena);
    if (packed === undefined) throw new Error("the data do not fit in single precision");
    return use(packed, set);
  });
}

/** Labels, limits and drifts after assigning to three sets of centers that move on from one another. */
function assignThrice(values: Float64Array, columns: number, clusters: number): number[] {
  return withPackedSet(values, columns, undefined, (packed) => {
    const nearest = filteredNearest(packed, clusters);
    const sums = centerSums(packed.work, clusters);
    const centers = Float64Array.from({ length: clusters * columns }, (_, i) => values[i % values.length] + 0.01 * i);
    const states: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const changed = nearest.assign(centers, sums);
      states.push(changed, ...packed.counts.slice(0, 3));
      states.push(...[packed.labels, packed.perRow, packed.drifts, packed.moved, centers].map(bitsOf));
      sums.means(centers);
    }
    return states;
  });
}

/** What k-means++ reads, after folding in two centers. */
function seedStates(values: Float64Array, columns: number, weights?: Float64Array): unknown[] {
  return withPackedSet(values, columns, weights, (packed, set) => {
    const distances = packedSeedDistances(packed);
    distances.fold(0);
    distances.fold(set.rows >> 1);
    const candidates = [set.rows - 1, set.rows >> 2, 0];
    return [distances.total(), distances.potentials(candidates), bitsOf(packed.perRow)];
  });
}

const shapes: [rows: number, columns: number][] = [];
for (const rows of [1, 2, 15, 16, 17, 33, 250])
  for (const columns of [1, 2, 3, 4, 5, 8, 17]) shapes.push([rows, columns]);
shapes.push([8193, 3], [20_000, 8], [3000, 100]);

describe("the kernels' twins", () => {
  it("are two here: WebAssembly serves, so that the comparisons below compare something", () => {
    expect(hasWebAssembly()).toBe(true);
  });

  it.each(shapes)("find the same nearest centers and leave the same bounds for %i × %i", (rows, columns) => {
    const values = cloud(rows, columns, { seed: rows + columns });
    for (const clusters of [1, 2, 7, 40]) {
      const { wasm, twin } = byBoth(() => assignThrice(values, columns, clusters));
      expect(twin).toEqual(wasm);
    }
  });

  it.each(shapes)("seed alike for %i × %i, with and without weights", (rows, columns) => {
    const values = cloud(rows, columns, { seed: rows * columns });
    const random = randomOf(5);
    const weights = Float64Array.from({ length: rows }, () => Math.floor(4 * random.next()) + 1);
    for (const weighing of [undefined, weights]) {
      const { wasm, twin } = byBoth(() => seedStates(values, columns, weighing));
      expect(twin).toEqual(wasm);
    }
  });

  it.each(shapes.filter(([rows]) => rows < 5000))("sum the same distances for %i × %i", (rows, columns) => {
    const values = cloud(rows, columns, { seed: rows ^ columns });
    const random = randomOf(6);
    for (const clusters of [1, 2, 5]) {
      const labels = Int32Array.from({ length: rows }, () => random.integer(clusters + 1) - 1);
      const { wasm, twin } = byBoth(() => distanceSums(values, rows, columns, labels, clusters));
      expect(bitsOf(twin)).toBe(bitsOf(wasm));
      const wanted = Uint8Array.from({ length: rows * clusters }, () => (random.next() < 0.02 ? 1 : 0));
      const some = byBoth(() => distanceSums(values, rows, columns, labels, clusters, wanted));
      expect(bitsOf(some.twin)).toBe(bitsOf(some.wasm));
    }
  });

  it.each(shapes)("sum the same products for %i × %i", (rows, columns) => {
    const values = cloud(rows, columns, { seed: rows + 2 * columns, offset: 1e6 });
    const { wasm, twin } = byBoth(() => covarianceState(values, columns));
    expect(twin).toEqual(wasm);
  });

  it.each(shapes)("add up the same log likelihood and derivatives for %i × %i", (rows, columns) => {
    const values = cloud(rows, columns, { seed: rows + 5 * columns, scale: 9 });
    const random = randomOf(8);
    const outcome = Uint8Array.from({ length: rows }, () => random.integer(2));
    const weights = Float64Array.from({ length: rows }, () => random.integer(3));
    const coefficients = Float64Array.from({ length: columns + 1 }, () => 4 * random.next() - 2);
    for (const weighing of [undefined, weights]) {
      const data = { values, rows, columns, outcome, weights: weighing };
      for (const every of [1, 3]) {
        const { wasm, twin } = byBoth(() =>
          withLogisticPass(data, coefficients.subarray(1), (pass) => pass.at(coefficients, true, every)),
        );
        expect(twin).toEqual(wasm);
      }
    }
  });

  it.each(shapes.filter(([rows]) => rows <= 250))("build the same trees for %i × %i", (rows, columns) => {
    const values = cloud(rows, columns, { seed: rows * columns + 1 });
    for (const grow of [wardMerges, singleMerges]) {
      const { wasm, twin } = byBoth(() => grow(values, rows, columns));
      expect(twin).toEqual(wasm);
    }
    for (const linkage of ["ward", "complete", "average"] as const) {
      const { wasm, twin } = byBoth(() => {
        const merges = matrixMerges(values, rows, columns, linkage);
        return [merges, copheneticCorrelation(values, rows, columns, mergeTree(rows, merges))];
      });
      expect(twin).toEqual(wasm);
    }
  });

  it.each(shapes.filter(([rows]) => rows < 10_000))("find the same dense groups for %i × %i", (rows, columns) => {
    const values = cloud(rows, columns, { seed: rows + 5 * columns });
    for (const [radius, minPoints] of [
      [0.5, 3],
      [2, 5],
      [100, 40],
    ] as const) {
      // prettier-ignore
      const { wasm, twin } = byBoth(() => densityGroups(values, rows, columns, radius * Math.sqrt(columns), minPoints));
      expect([twin.groups, twin.core].map(bitsOf)).toEqual([wasm.groups, wasm.core].map(bitsOf));
    }
  });

  it("list the same clusters, with the same costs, as near a query in single precision", () => {
    const [slots, columns] = [64, 5];
    const values = cloud(slots + 1, columns);
    const { wasm, twin } = byBoth(() =>
      borrowKernels(16384, (kernels, arena) => {
        const [tiles, inverses, query] = [arena.f32(slots * columns), arena.f32(slots), arena.f32(columns)];
        const [costs, list] = [arena.f32(slots), arena.i32(slots + 1)];
        tiles.set(values.subarray(columns));
        query.set(values.subarray(0, columns));
        inverses.forEach((_, i) => (inverses[i] = 1 / (i + 1)));
        const addresses = [query.byteOffset, Math.fround(1 / 3), 0.5, 1.25, costs.byteOffset, list.byteOffset] as const;
        const count = kernels.nearClusters(tiles.byteOffset, columns, slots, inverses.byteOffset, ...addresses);
        return [count, [...list.slice(0, count)], [...costs]];
      }),
    );
    expect(wasm[0]).toBeGreaterThan(1);
    expect(wasm[0]).toBeLessThan(slots);
    expect(twin).toEqual(wasm);
  });

  it.each(shapes)("sum the same paths for %i × %i", (rows, columns) => {
    const values = cloud(rows, columns, { seed: rows + 3 * columns });
    const grown = Math.min(rows, 100);
    const trees = Array.from({ length: 9 }, (_, tree) => growTree(values, grown, columns, randomOf(2, tree)));
    const { wasm, twin } = byBoth(() => sumPathLengths(trees, grown, values, rows, columns));
    expect(bitsOf(twin)).toBe(bitsOf(wasm));
  });

  it.each([
    ["tiny numbers", { scale: 1e-9 }],
    ["huge numbers", { scale: 1e12 }],
    ["numbers far from zero", { offset: 1e9 }],
    ["groups that are single points", { spread: 0 }],
  ])("fit alike on %s", (_, options) => {
    const values = cloud(3000, 4, { ...options, groups: 9 });
    const { wasm, twin } = byBoth(() =>
      withPoints(values, 3000, 4, undefined, (points) => {
        const seeded = points.plusPlus(6, randomOf(1).next);
        return [seeded, points.lloyd(seeded, { maxIterations: 40, tolerance: 0 })];
      }),
    );
    expect(twin).toEqual(wasm);
  });

  it("fit alike in a memory of their own, which a large call gets", () => {
    const values = cloud(400_000, 9, { groups: 5 });
    const start = firstRows(values, 9, 5);
    const { wasm, twin } = byBoth(() =>
      withPoints(values, 400_000, 9, undefined, (points) => points.lloyd(start, { maxIterations: 4, tolerance: 0 })),
    );
    expect([twin.centers, twin.labels].map(bitsOf)).toEqual([wasm.centers, wasm.labels].map(bitsOf));
    expect(twin.withinSquares).toBe(wasm.withinSquares);
  });
});
