import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { type Assignment, withPoints, type LloydOptions, type LloydRun } from "../../src/numeric/points.ts";
import { mlKMeans } from "../oracles/ml-kmeans.ts";
import { cloud, firstRows } from "../support/clouds.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";

const untilStill: LloydOptions = { maxIterations: 300, tolerance: 0 };

function lloyd(
  values: Float64Array,
  columns: number,
  initial: Float64Array,
  options: LloydOptions = untilStill,
  weights?: Float64Array,
): LloydRun {
  return withPoints(values, values.length / columns, columns, weights, (points) => points.lloyd(initial, options));
}

/** The definition: least Σ(x − c)² in the order of the columns, ties to the lower index. */
function nearest(
  values: Float64Array,
  row: number,
  columns: number,
  centers: Float64Array,
): [label: number, squares: number, tied: boolean] {
  let label = 0;
  let least = Infinity;
  let tied = false;
  for (let c = 0; c * columns < centers.length; c++) {
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += (values[row * columns + j] - centers[c * columns + j]) ** 2;
    if (squares <= least) tied = squares === least;
    if (squares < least) [label, least] = [c, squares];
  }
  return [label, least, tied];
}

function expectHonest(run: Assignment, values: Float64Array, columns: number, weights?: Float64Array): void {
  const rows = values.length / columns;
  const sizes = new Int32Array(run.sizes.length);
  let within = 0;
  let wrong = 0;
  let ties = 0;
  for (let row = 0; row < rows; row++) {
    const [label, squares, tied] = nearest(values, row, columns, run.centers);
    if (tied) ties++;
    if (label !== run.labels[row]) wrong++;
    sizes[run.labels[row]]++;
    within += (weights?.[row] ?? 1) * squares;
  }
  expect(wrong, "labels that are not the nearest returned center").toBe(0);
  expect(run.sizes).toEqual(sizes);
  expect(run.ties).toBe(ties);
  expect(run.centers.every(Number.isFinite)).toBe(true);
  expectClose(run.withinSquares, within, { relative: 1e-12, because: "the same terms, summed in blocks" });
}

function expectMeans(run: LloydRun, values: Float64Array, columns: number, weights?: Float64Array): void {
  const k = run.sizes.length;
  const spread = Math.max(...values.subarray(0, 5000).map((v, i) => Math.abs(v - values[i % columns])), 1e-300);
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < columns; j++) {
      // Shifted sums, so that the reference itself keeps its digits far from zero.
      let sum = 0;
      let total = 0;
      for (let row = 0; row < run.labels.length; row++) {
        if (run.labels[row] !== c) continue;
        const weight = weights?.[row] ?? 1;
        sum += weight * (values[row * columns + j] - run.centers[c * columns + j]);
        total += weight;
      }
      if (total > 0)
        expect(Math.abs(sum / total)).toBeLessThanOrEqual(
          1e-12 * spread + 2 ** -52 * Math.abs(run.centers[c * columns + j]),
        );
    }
  }
}

describe("Lloyd's iterations", () => {
  it.each([
    [1, 1, 1],
    [2, 1, 2],
    [17, 2, 3],
    [100, 3, 5],
    [257, 4, 16],
    [1000, 5, 7],
    [3001, 8, 8],
    [500, 33, 4],
    [300, 100, 6],
    [9000, 2, 30],
  ])("label %i × %i rows in %i clusters by the nearest returned center, and centers are means", (rows, columns, k) => {
    const values = cloud(rows, columns, { seed: rows, groups: k });
    const run = lloyd(values, columns, firstRows(values, columns, k));
    expect(run.converged).toBe(true);
    expectHonest(run, values, columns);
    expectMeans(run, values, columns);
  });

  it.each([
    ["far from zero", { offset: 1e9 }],
    ["tiny", { scale: 1e-9 }],
    ["tiny to the edge of doubles", { scale: 1e-150 }],
    ["huge", { scale: 1e140 }],
  ])("stay exact on numbers that are %s", (_, options) => {
    const values = cloud(2000, 4, { ...options, groups: 6 });
    const run = lloyd(values, 4, firstRows(values, 4, 6));
    expectHonest(run, values, 4);
    expectMeans(run, values, 4);
  });

  it("stay exact beside one outlier at 1e12, and beside groups too close for single precision", () => {
    const values = cloud(2000, 3, { groups: 5 });
    values[3 * 77] = 1e12;
    expectHonest(lloyd(values, 3, firstRows(values, 3, 5)), values, 3);
    // Two groups a million apart, each with structure at 1: single precision cannot hold both.
    const far = values.map((v, i) => (Math.floor(i / 3) % 2 === 0 ? v : v + 1e6));
    expectHonest(lloyd(far, 3, firstRows(far, 3, 6)), far, 3);
  });

  it("give exact ties to the lower index: a lattice halfway between two centers", () => {
    const values = Float64Array.from({ length: 600 }, (_, i) => (i % 3) - 1);
    const run = lloyd(values, 1, Float64Array.of(-1, 1), { maxIterations: 1, tolerance: 0 });
    expectHonest(run, values, 1);
    const first = lloyd(values, 1, Float64Array.of(1, -1, 5), { maxIterations: 1, tolerance: Infinity });
    expectHonest(first, values, 1);
  });

  it("give exact ties to the lower index on a lattice, where most rows lie halfway between some centers", () => {
    const values = Float64Array.from({ length: 8000 }, (_, i) => Math.floor(i / 2 / (i % 2 === 0 ? 1 : 11)) % 11);
    const start = Float64Array.of(2, 2, 2, 8, 8, 2, 8, 8, 5, 5, 2, 2);
    for (let maxIterations = 1; maxIterations <= 4; maxIterations++) {
      expectHonest(lloyd(values, 2, start, { maxIterations, tolerance: 0 }), values, 2);
    }
    expectHonest(lloyd(values, 2, start, { maxIterations: 1, tolerance: Infinity }), values, 2);
  });

  it("never raise the sum of squares from one iteration to the next", () => {
    const values = cloud(4000, 6, { groups: 9, spread: 2 });
    const start = firstRows(values, 6, 9);
    let before = Infinity;
    for (let maxIterations = 1; maxIterations <= 25; maxIterations++) {
      const { withinSquares } = lloyd(values, 6, start, { maxIterations, tolerance: 0 });
      expect(withinSquares).toBeLessThanOrEqual(before * (1 + 1e-14));
      before = withinSquares;
    }
  });

  it("stop when the squared shifts sum to the tolerance, and label by the centers they return", () => {
    const values = cloud(5000, 4, { groups: 8, spread: 2 });
    const start = firstRows(values, 4, 8);
    const still = lloyd(values, 4, start);
    const early = lloyd(values, 4, start, { maxIterations: 300, tolerance: 0.01 });
    expect(early.iterations).toBeLessThan(still.iterations);
    expect(early.converged).toBe(true);
    expectHonest(early, values, 4);
  });

  it("say so when the iterations run out", () => {
    const values = cloud(5000, 4, { groups: 8, spread: 2 });
    const run = lloyd(values, 4, firstRows(values, 4, 8), { maxIterations: 2, tolerance: 0 });
    expect([run.iterations, run.converged]).toEqual([2, false]);
    expectHonest(run, values, 4);
  });

  it("weigh rows like repeated rows, and let rows of weight 0 pull nothing", () => {
    const values = cloud(400, 3, { groups: 4 });
    const weights = Float64Array.from({ length: 400 }, (_, i) => i % 4);
    const repeated = Float64Array.from(
      Array.from({ length: 400 }, (_, i) =>
        Array.from({ length: i % 4 }, () => [...values.subarray(3 * i, 3 * i + 3)]).flat(),
      ).flat(),
    );
    const start = values.slice(3, 15);
    const weighted = lloyd(values, 3, start, untilStill, weights);
    const plain = lloyd(repeated, 3, start);
    expectClose(weighted.centers, plain.centers, { absolute: 1e-13, because: "the same sums in another order" });
    expectClose(weighted.withinSquares, plain.withinSquares, {
      relative: 1e-12,
      because: "the same sum in another order",
    });
    expect(weighted.iterations).toBe(plain.iterations);
    expectHonest(weighted, values, 3, weights);
    expectMeans(weighted, values, 3, weights);
  });

  it("move a cluster without members to the row farthest from its center", () => {
    const values = Float64Array.of(0, 1, 2, 10, 11, 50);
    const run = lloyd(values, 1, Float64Array.of(1, 9, 1e6));
    expect([...run.sizes].sort()).toEqual([1, 2, 3]);
    expect(run.labels[5]).toBe(2);
    expectHonest(run, values, 1);
  });

  it("leave surplus clusters empty at a copy of a row when there are fewer distinct rows than clusters", () => {
    const values = Float64Array.from({ length: 60 }, (_, i) => (i % 3) * 10);
    for (const start of [Float64Array.of(0, 0, 0, 0, 0), Float64Array.of(5, 5, 4, 30, -7), firstRows(values, 1, 5)]) {
      const run = lloyd(values, 1, start);
      expectHonest(run, values, 1);
      expect(run.withinSquares).toBe(0);
      expect(run.sizes.filter((size) => size > 0).length).toBe(3);
      expect(run.centers.every((center) => [0, 10, 20].includes(center))).toBe(true);
    }
  });

  it("find one point in constant data, whatever the number of clusters", () => {
    const values = new Float64Array(300).fill(7);
    const run = lloyd(values, 3, new Float64Array(12).fill(1));
    expect([run.withinSquares, run.converged]).toEqual([0, true]);
    expect(run.centers.every((center) => center === 7)).toBe(true);
  });

  it("accept more clusters than rows and starts so far out that single precision overflows", () => {
    const values = cloud(40, 2);
    const run = lloyd(
      values,
      2,
      Float64Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? i : 1e60)),
    );
    expectHonest(run, values, 2);
    expect(run.withinSquares).toBe(0);
  });

  it("run with more clusters than the prepared memory has room for", () => {
    const values = cloud(3000, 2, { groups: 50 });
    const run = lloyd(values, 2, firstRows(values, 2, 700), { maxIterations: 8, tolerance: 0 });
    expectHonest(run, values, 2);
  });

  it("give the same bits whatever ran before on the same points", () => {
    const values = cloud(3000, 5, { groups: 7 });
    const start = firstRows(values, 5, 7);
    const alone = lloyd(values, 5, start);
    const after = withPoints(values, 3000, 5, undefined, (points) => {
      points.plusPlus(4, randomOf(3).next);
      points.lloyd(firstRows(values, 5, 3), untilStill);
      points.lloyd(firstRows(values, 5, 300), { maxIterations: 2, tolerance: 0 });
      return points.lloyd(start, untilStill);
    });
    expect(after).toEqual(alone);
  });

  it("leave values, weights and start untouched", () => {
    const values = cloud(500, 3);
    const weights = new Float64Array(500).fill(2);
    const start = firstRows(values, 3, 4);
    const before = [values.slice(), weights.slice(), start.slice()];
    lloyd(values, 3, start, untilStill, weights);
    expect([values, weights, start]).toEqual(before);
  });

  it("end where ml-kmeans ends from the same start", () => {
    for (const seed of [1, 2, 3]) {
      const values = cloud(600, 3, { seed, groups: 4 });
      const rows = Array.from({ length: 600 }, (_, i) => [...values.subarray(3 * i, 3 * i + 3)]);
      const peer = mlKMeans(rows, rows.slice(0, 4));
      const run = lloyd(values, 3, firstRows(values, 3, 4));
      expect([...run.labels]).toEqual(peer.labels);
      expectClose(run.centers, peer.centroids.flat(), { absolute: 1e-10, because: "means of the same members" });
    }
  });
});

describe("k-means++", () => {
  const seeds = (
    values: Float64Array,
    columns: number,
    k: number,
    seed: number,
    weights?: Float64Array,
  ): Float64Array =>
    withPoints(values, values.length / columns, columns, weights, (points) => points.plusPlus(k, randomOf(seed).next));

  it("chooses copies of rows, one from each of six groups that lie far apart", () => {
    const values = cloud(3000, 2, { groups: 6, spread: 0.001, seed: 4 });
    for (let seed = 0; seed < 20; seed++) {
      const run = lloyd(values, 2, seeds(values, 2, 6, seed), { maxIterations: 1, tolerance: Infinity });
      expect(run.withinSquares).toBeLessThan(0.1);
    }
    const [x, y] = seeds(values, 2, 1, 9);
    expect(values.some((v, i) => i % 2 === 0 && v === x && values[i + 1] === y)).toBe(true);
  });

  it("draws the second of two centers with probability proportional to the squared distance", () => {
    // From either of the rows 0 the other places are 1 and 3 away: 1 : 9. One candidate wins the better of two draws.
    const values = Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 3);
    let far = 0;
    const trials = 4000;
    let counted = 0;
    for (let seed = 0; seed < trials; seed++) {
      const [first, second] = seeds(values, 1, 2, seed);
      if (first !== 0) continue;
      counted++;
      if (second === 3) far++;
    }
    // Two candidates; 3 (potential 1) beats 1 (potential 1 + 4 = 5 > 1): missed only if both draws are 1: 1 − 0.1².
    expectClose(far / counted, 0.99, { absolute: 0.008, because: "five standard errors of 3,200 draws" });
  });

  it("never chooses a row of weight 0 while others remain", () => {
    const values = cloud(300, 2, { groups: 3 });
    const weights = Float64Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    for (let seed = 0; seed < 10; seed++) {
      const centers = seeds(values, 2, 5, seed, weights);
      for (let c = 0; c < 5; c++)
        expect(nearest(values, nearestRow(values, centers.subarray(2 * c, 2 * c + 2)), 2, centers)[1]).toBe(0);
      for (let c = 0; c < 5; c++) expect(nearestRow(values, centers.subarray(2 * c, 2 * c + 2)) % 2).toBe(0);
    }
  });

  it("repeats rows when there are fewer distinct ones than centers, without NaN", () => {
    const centers = seeds(
      Float64Array.from({ length: 40 }, (_, i) => i % 2),
      1,
      6,
      1,
    );
    expect([...new Set(centers)].sort()).toEqual([0, 1]);
  });

  it("finds the groups in data that single precision cannot tell apart", () => {
    const values = cloud(1000, 1, { groups: 2, spread: 0 }).map((v, i) => v + (i % 2 === 0 ? 1e9 : 0));
    expect(new Set(seeds(values, 1, 4, 2)).size).toBe(4);
  });
});

function nearestRow(values: Float64Array, center: Float64Array): number {
  let best = 0;
  let least = Infinity;
  for (let row = 0; row < values.length / center.length; row++) {
    let squares = 0;
    for (let j = 0; j < center.length; j++) squares += (values[row * center.length + j] - center[j]) ** 2;
    if (squares < least) [best, least] = [row, squares];
  }
  return best;
}

describe("measure", () => {
  it.each([
    ["in single precision", 1, 0],
    ["in double precision, which data far from zero need", 1e-3, 1e9],
  ])("labels and counts for given centers %s, those between two centers too", (_, step, offset) => {
    // A grid: many rows lie exactly between two centers.
    const values = Float64Array.from({ length: 2000 }, (_unused, i) => offset + step * ((i * 7) % 13));
    const centers = Float64Array.of(2, 2, 6, 2, 2, 6, 9, 9).map((x) => offset + step * x);
    const measured = withPoints(values, 1000, 2, undefined, (points) => points.measure(centers));
    expectHonest(measured, values, 2);
    expect(measured.centers).toEqual(centers);
    expect(measured.centers).not.toBe(centers);
  });

  it("finds the labels, sizes and squares of a finished run again, for more centers than usual too", () => {
    const values = cloud(2000, 3, { groups: 4 });
    for (const clusters of [5, 300]) {
      withPoints(values, 2000, 3, undefined, (points) => {
        const { iterations, converged, ...run } = points.lloyd(firstRows(values, 3, clusters), untilStill);
        expect([iterations > 0, converged]).toEqual([true, true]);
        expect(points.measure(run.centers)).toEqual(run);
      });
    }
  });
});

describeWithData("k-means on Fisher's iris", ["iris"], () => {
  const values = Float64Array.from(
    readDataRows("iris/iris.csv").flatMap((row) => Object.values(row).slice(0, 4).map(Number)),
  );

  it("finds the known optimum of three clusters, 78.851441426, as best of ten starts", () => {
    const best = withPoints(values, 150, 4, undefined, (points) =>
      Math.min(
        ...Array.from(
          { length: 10 },
          (_, run) => points.lloyd(points.plusPlus(3, randomOf(1, run).next), untilStill).withinSquares,
        ),
      ),
    );
    // R 4: kmeans(iris[, 1:4], 3, nstart = 50)$tot.withinss = 78.85144.
    expectClose(best, 78.851441426, { absolute: 1e-8, because: "ten printed digits" });
  });
});
