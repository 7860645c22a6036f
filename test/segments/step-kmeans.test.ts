import {
  assignKMeans,
  fitKMeans,
  kMeansOf,
  type KMeansModel,
  type KMeansState,
  stepKMeans,
  type StepKMeansOptions,
} from "clientele/segments";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cloud } from "../support/clouds.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

/** Rows `from` … `to` − 1 of a table. */
function slice(table: FeatureTable, from: number, to: number): FeatureTable {
  return reordered(
    table,
    Array.from({ length: to - from }, (_, i) => from + i),
  );
}

/** The state after the table came in batches of so many rows, each through JSON. */
function stream(table: FeatureTable, size: number, options: StepKMeansOptions): KMeansState {
  let state: KMeansState | undefined;
  for (let from = 0; from < table.ids.length; from += size) {
    const batch = slice(table, from, Math.min(table.ids.length, from + size));
    ({ state } = stepKMeans(state, batch, options));
    state = JSON.parse(JSON.stringify(state)) as KMeansState;
  }
  return state ?? stepKMeans(undefined, table, options).state;
}

/** Squares of the whole table at the nearest centroid of a model. */
function squaresOf(model: KMeansModel, table: FeatureTable): number {
  const columns = table.names.length;
  const labels = assignKMeans(model, table);
  return table.values.reduce((sum, x, i) => {
    const deviation = x - model.centroids[labels[Math.floor(i / columns)]][i % columns];
    return sum + deviation * deviation;
  }, 0);
}

describe("stepKMeans", () => {
  it("lets rows wait until there are enough, then counts each to its nearest mean", () => {
    const options = { k: 2, startRows: 4 };
    const one = stepKMeans(undefined, fromMatrix([[1], [2], [9]]), options).state;
    expect(one).toMatchObject({ waiting: [[1], [2], [9]], centroids: [], batches: 0 });
    const two = stepKMeans(one, fromMatrix([[3]]), options).state;
    // By hand: {1, 2, 3} has mean 2 and squares 2, {9} has none.
    expect(two).toMatchObject({ waiting: [], centroids: [[2], [9]], sizes: [3, 1], squares: [2, 0], batches: 1 });
    const three = stepKMeans(two, fromMatrix([[10], [11], [4]]), options).state;
    // {1, 2, 3, 4}: mean 2.5, squares 5; {9, 10, 11}: mean 10, squares 2.
    expect(three).toMatchObject({ centroids: [[2.5], [10]], sizes: [4, 3], squares: [5, 2], batches: 2, shift: 1.25 });
    expect(kMeansOf(three)).toEqual({
      kind: "k-means",
      version: 1,
      features: ["x0"],
      notes: [],
      centroids: [[2.5], [10]],
      sizes: [4, 3],
      withinSquares: 7,
      iterations: 2,
      converged: false,
    });
  });

  it.each([
    ["1 row", 1, 2000],
    ["17 rows", 17, 4000],
    ["1,000 rows", 1000, 20_000],
  ])("comes within 2 % of the squares of a fit to all rows at once, in batches of %s", (_, size, rows) => {
    for (const seed of [1, 2, 3]) {
      const table = fromMatrix(cloud(rows, 3, { groups: 5, seed, spread: 0.6 }), { columns: 3 });
      const whole = fitKMeans(table, { k: 5 });
      const model = kMeansOf(stream(table, size, { k: 5 }));
      expect(squaresOf(model, table)).toBeLessThan(1.02 * whole.withinSquares);
      expect(model.sizes.reduce((sum, count) => sum + count, 0)).toBe(rows);
      // Rows are counted where they were nearest when they came, so their squares are no less than at the end.
      expect(model.withinSquares).toBeGreaterThan(squaresOf(model, table) * (1 - 1e-9));
      expect(model.withinSquares).toBeLessThan(1.1 * whole.withinSquares);
    }
  });

  it("gives the means of what it counted, and their squares, whatever the batches", () => {
    const rows = fc.array(fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.integer({ min: 0, max: 3 })), {
      minLength: 8,
      maxLength: 60,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), (cells, size) => {
        const table = fromMatrix(cells);
        const { sizes, centroids, squares } = stream(table, size, { k: 2, startRows: 4 });
        const total = (j: number): number => cells.reduce((sum, row) => sum + row[j], 0);
        const because = "the same sums in another order";
        for (const j of [0, 1]) {
          const summed = sizes.reduce((sum, count, c) => sum + count * centroids[c][j], 0);
          expectClose(summed, total(j), { absolute: 1e-9, because });
        }
        // All squares about the mean of all rows = within the clusters + between them.
        const about = [0, 1].map((j) => total(j) / cells.length);
        const all = cells.reduce((sum, row) => sum + (row[0] - about[0]) ** 2 + (row[1] - about[1]) ** 2, 0);
        const between = sizes.reduce(
          (sum, count, c) => sum + count * centroids[c].reduce((part, x, j) => part + (x - about[j]) ** 2, 0),
          0,
        );
        expectClose(squares.reduce((sum, part) => sum + part, 0) + between, all, { absolute: 1e-7, because });
      }),
      { numRuns: 60 },
    );
  });

  it("depends on which rows a batch has, not on their order", () => {
    const table = fromMatrix(cloud(900, 3, { groups: 4, seed: 6 }), { columns: 3 });
    const options = { k: 4, startRows: 300 };
    const inOrder = (salt: number): KMeansState[] =>
      [0, 300, 600].reduce<KMeansState[]>((states, from) => {
        const batch = reordered(slice(table, from, from + 300), shuffled(300, salt));
        return [...states, stepKMeans(states.at(-1), batch, options).state];
      }, []);
    expect(inOrder(4)).toEqual(inOrder(5));
  });

  it("follows customers who change when rows are forgotten, and lags behind when they are not", () => {
    const early = cloud(4000, 2, { groups: 2, seed: 3, spread: 0.3 });
    const late = early.map((x) => x + 4);
    const options = { k: 2, startRows: 200 };
    const both = fromMatrix(Float64Array.from([...early, ...late]), { columns: 2 });
    const target = fitKMeans(fromMatrix(late, { columns: 2 }), { k: 2 });
    const forgetting = kMeansOf(stream(both, 100, { ...options, halfLifeRows: 300 }));
    expectClose(
      forgetting.centroids.toSorted((a, b) => a[0] - b[0]).flat(),
      target.centroids.toSorted((a, b) => a[0] - b[0]).flat(),
      { absolute: 0.1, because: "the mean of the last hundreds of rows" },
    );
    expect(forgetting.weights!.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(600);
    expect(forgetting.sizes.reduce((sum, size) => sum + size, 0)).toBe(8000);
    const keeping = kMeansOf(stream(both, 100, options));
    expect(keeping.weights).toBeUndefined();
    expect(squaresOf(keeping, fromMatrix(late, { columns: 2 }))).toBeGreaterThan(2 * target.withinSquares);
  });

  it("moves a cluster that has no rows to the row farthest from its centroid", () => {
    const options = { k: 3, startRows: 3 };
    const { state } = stepKMeans(undefined, fromMatrix([[0], [0], [5], [5]]), options);
    expect(state.sizes).toEqual([2, 2, 0]);
    expect(kMeansOf(state).notes.map(({ code }) => code)).toEqual(["empty-clusters"]);
    const next = stepKMeans(state, fromMatrix([[1], [40], [4]]), options).state;
    expect(next.sizes).toEqual([3, 3, 1]);
    expect(kMeansOf(next)).toMatchObject({ notes: [], sizes: [3, 3, 1] });
    expect(next.centroids[2]).toEqual([40]);
  });

  it("settles when nothing moves any more", () => {
    const table = fromMatrix([[0], [2], [10], [12]]);
    let { state } = stepKMeans(undefined, table, { k: 2, startRows: 4 });
    expect(kMeansOf(state).converged).toBe(true);
    state = stepKMeans(state, fromMatrix([[4]]), { k: 2, startRows: 4 }).state;
    expect(kMeansOf(state).converged).toBe(false);
    state = stepKMeans(state, fromMatrix([[2]]), { k: 2, startRows: 4 }).state;
    expect(kMeansOf(state).converged).toBe(true);
  });

  it("takes empty batches, constant rows, times in epoch milliseconds and huge numbers", () => {
    const options = { k: 2, startRows: 2 };
    const none = stepKMeans(undefined, fromMatrix([], { names: ["x0"] }), options).state;
    expect(none.waiting).toEqual([]);
    const start = stepKMeans(none, fromMatrix([[7], [7]]), options).state;
    expect(stepKMeans(start, fromMatrix([], { names: ["x0"] }), options).state).toEqual(start);
    expect(stepKMeans(start, fromMatrix([[7]]), options).state.sizes).toEqual([3, 0]);
    const hours = fromMatrix([0, 1, 2, 50, 51, 52, 53].map((hour) => [1.7e12 + hour * 3_600_000]));
    expect(kMeansOf(stream(hours, 3, { k: 2, startRows: 5 })).centroids).toEqual([
      [1.7e12 + 51.5 * 3_600_000],
      [1.7e12 + 3_600_000],
    ]);
    const huge = kMeansOf(stream(fromMatrix([[1e140], [-1e140], [1.2e140], [1]]), 1, options));
    expect(huge.centroids.flat().every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(huge.withinSquares)).toBe(true);
  });

  it("refuses other features, another k, a broken state, cells that are no numbers and too few rows", () => {
    const options = { k: 2, startRows: 2 };
    const { state } = stepKMeans(undefined, fromMatrix([[1], [5]]), options);
    const step =
      (given: unknown, table: FeatureTable, wanted: StepKMeansOptions = options) =>
      () =>
        stepKMeans(given as KMeansState, table, wanted);
    const one = fromMatrix([[1]]);
    expectRefusal(step(state, fromMatrix([[1, 2]])), "incompatible-model", "table.names");
    expectRefusal(step(state, fromMatrix([[1]], { names: ["other"] })), "incompatible-model", "table.names[0]");
    expectRefusal(step(state, one, { k: 3 }), "incompatible-model", "state.k");
    expectRefusal(step(null, one), "incompatible-model", "state");
    expectRefusal(step({ ...state, kind: "k-means" }, one), "incompatible-model", "state.kind");
    expectRefusal(step({ ...state, version: 2 }, one), "incompatible-model", "state.version");
    expectRefusal(step({ ...state, features: [] }, one), "incompatible-model", "state.features");
    for (const field of ["waiting", "centroids", "sizes", "weights", "squares", "batches", "shift", "seed"]) {
      expectRefusal(step({ ...state, [field]: [[null]] }, one), "incompatible-model", `state.${field}`);
    }
    expectRefusal(step({ ...state, sizes: [-1, 3] }, one), "incompatible-model", "state.sizes");
    expectRefusal(step(state, fromMatrix([[NaN]])), "invalid-value", "table.values[0, 0]");
    expectRefusal(step(undefined, one, { k: 3, startRows: 2 }), "invalid-option", "options.startRows");
    expectRefusal(() => kMeansOf(stepKMeans(undefined, one, { k: 2 }).state), "too-few-rows", "state.waiting");
    expectRefusal(() => kMeansOf({} as KMeansState), "incompatible-model", "state.kind");
  });
});
