import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LloydRun } from "../../src/numeric/points.ts";
import { bestRun, canonicalRun, fitEach, settingsFor, withRows } from "../../src/segments/kmeans-runs.ts";
import { inRowOrder, inRowOrderOrSampled, type Rows, rowsOf } from "../../src/segments/rows.ts";
import { cloud } from "../support/clouds.ts";
import { crowd } from "../support/crowds.ts";

describe("bestRun", () => {
  it("finds what a thousand starts find: swaps repair what restarts miss", () => {
    const data = inRowOrder(rowsOf(crowd("gaussian", 150, 3, 4)));
    withRows(data, (ready) => {
      const thousand = bestRun(ready, 6, { ...settingsFor(data, { restarts: 1000, seed: 1 }), swaps: 0 });
      let unaided = 0;
      for (let seed = 0; seed < 10; seed++) {
        const settings = settingsFor(data, { restarts: 10, seed });
        const found = bestRun(ready, 6, settings).withinSquares;
        expect(found).toBeLessThan(thousand.withinSquares * (1 + 2e-3));
        const restartsOnly = bestRun(ready, 6, { ...settings, swaps: 0 }).withinSquares;
        expect(found).toBeLessThanOrEqual(restartsOnly);
        if (restartsOnly > thousand.withinSquares * (1 + 2e-3)) unaided++;
      }
      expect(unaided).toBeGreaterThan(0);
    });
  });

  it("gives small tables many swaps and large ones none", () => {
    const swaps = (rows: number, restarts: number): number =>
      settingsFor({ values: new Float64Array(rows), rows, columns: 1, weights: undefined }, { restarts, seed: 1 })
        .swaps;
    expect([swaps(150, 10), swaps(150, 1), swaps(20_000, 10), swaps(1_000_000, 10)]).toEqual([200, 20, 10, 0]);
    expect([swaps(2000, 1), swaps(100_000, 1), swaps(100_000, 10)]).toEqual([10, 0, 2]);
  });
});

describe("fitEach", () => {
  it("never lets a larger k be worse, even with one start and one iteration", () => {
    const data = inRowOrder(rowsOf(crowd("uniform", 80, 2, 2)));
    const squares: number[] = [];
    const settings = { ...settingsFor(data, { restarts: 1, seed: 3, maxIterations: 1 }), swaps: 0 };
    withRows(data, (ready) => {
      fitEach(ready, 2, 30, settings, (_, run) => {
        squares.push(run.withinSquares);
      });
    });
    expect(squares).toHaveLength(29);
    squares.forEach((value, i) => expect(value).toBeLessThanOrEqual(i === 0 ? Infinity : squares[i - 1]));
  });
});

describe("a table of which a sample stands for all", () => {
  const rows = 70_000;
  // Seven overlapping groups, so that starts end in different places.
  const values = cloud(rows, 3, { groups: 7, seed: 5 });
  const data = inRowOrderOrSampled({ values, rows, columns: 3, weights: undefined }, 12);

  it("is fitted as well as with starts on all of its rows", () => {
    expect(data.sample?.rows).toBe(32_768);
    const settings = { ...settingsFor(data, { restarts: 3, seed: 2 }), swaps: 0 };
    const onAll = withRows(inRowOrder(data), (ready) => bestRun(ready, 7, settings));
    const onSample = withRows(data, (ready) => bestRun(ready, 7, settings));
    expect(onSample.withinSquares).toBeLessThan(onAll.withinSquares * 1.001);
    expect(onSample.converged).toBe(true);
    expect(onSample.labels).toHaveLength(rows);
  });

  it("has a curve that never rises, even with one start and one iteration", () => {
    const settings = { ...settingsFor(data, { restarts: 1, seed: 3, maxIterations: 1 }), swaps: 0 };
    const squares: number[] = [];
    withRows(data, (ready) => {
      fitEach(ready, 2, 8, settings, (_, run) => {
        squares.push(run.withinSquares);
      });
    });
    expect(squares).toHaveLength(7);
    squares.forEach((value, i) => expect(value).toBeLessThanOrEqual(i === 0 ? Infinity : squares[i - 1]));
  });
});

describe("canonicalRun", () => {
  it("ends with sizes in order and labels that belong to the centers, also where rows lie between centers", () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
      minLength: 6,
      maxLength: 40,
    });
    const centers = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(points, centers, (rows, flat) => {
        const data: Rows = {
          values: Float64Array.from(rows.flat()),
          rows: rows.length,
          columns: 2,
          weights: undefined,
        };
        withRows(data, ({ points: prepared }) => {
          const once = (start: Float64Array): LloydRun => ({
            ...prepared.measure(start),
            iterations: 0,
            converged: false,
          });
          const run = canonicalRun(prepared, once(Float64Array.from(flat)), 2);
          const sizes = [...run.sizes];
          expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
          expect([...once(run.centers).labels]).toEqual([...run.labels]);
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(rows.length);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same bits whether it measures again or only renames", () => {
    const data = rowsOf(crowd("uniform", 500, 3, 4));
    withRows(data, ({ points }) => {
      const start = data.values.slice(0, 21);
      const run = points.lloyd(start, { maxIterations: 50, tolerance: 0 });
      expect(run.ties).toBe(0);
      expect(run.sizes.every((size, c) => c === 0 || size <= run.sizes[c - 1])).toBe(false);
      expect(canonicalRun(points, run, 3)).toEqual(canonicalRun(points, { ...run, ties: 1 }, 3));
    });
  });
});
