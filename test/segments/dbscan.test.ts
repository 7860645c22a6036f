import { labelDbscan, measureAdjustedRand } from "clientele/segments";
import { type FeatureTable, fromMatrix, groupSizes, type Labels, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelLaws } from "../laws/label-laws.ts";
import { densityClustering } from "../oracles/density-clustering.ts";
import { cloud } from "../support/clouds.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { byAppearance, dbscanByDefinition } from "../support/density.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, rowsOfMatrix, shuffled } from "../support/rows.ts";

describe("labelDbscan", () => {
  it("groups what is crowded and sets apart what is not", () => {
    const table = fromMatrix([[1], [1.5], [2], [8], [8.5], [9], [9.5], [5]]);
    expect(labelDbscan(table, { epsilon: 0.5, minPoints: 3 })).toEqual({
      labels: labelsOf([1, 1, 1, 0, 0, 0, 0, -1]),
      core: Uint8Array.of(0, 1, 0, 0, 1, 1, 0, 0),
      clusters: 2,
      noise: 1,
    });
  });

  it("counts the point itself and includes the boundary: exactly epsilon apart is near", () => {
    const line = fromMatrix([[0], [1], [2]]);
    expect([...labelDbscan(line, { epsilon: 1, minPoints: 2 }).core]).toEqual([1, 1, 1]);
    expect([...labelDbscan(line, { epsilon: 1, minPoints: 3 }).core]).toEqual([0, 1, 0]);
    expect(labelDbscan(line, { epsilon: 1 - 2 ** -53, minPoints: 2 }).clusters).toBe(0);
    expect(labelDbscan(line, { epsilon: 0.5, minPoints: 1 }).clusters).toBe(3);
  });

  it("finds neighbors exactly epsilon apart where the square of epsilon is rounded down", () => {
    // One step along an axis, and the hypotenuse of 3, 4, 5: the distance as a double is epsilon itself.
    for (let tenths = 1; tenths <= 300; tenths++) {
      const epsilon = tenths / 10;
      const pairs = [[[0, 0], [epsilon, 0]], [[0, 0, 0, 0], [0, 0, epsilon, 0]]]; // prettier-ignore
      for (const pair of pairs) expect(labelDbscan(fromMatrix(pair), { epsilon, minPoints: 2 }).clusters).toBe(1);
      const legs = [[0, 0], [3 * epsilon, 4 * epsilon]]; // prettier-ignore
      const hypotenuse = Math.sqrt((3 * epsilon) ** 2 + (4 * epsilon) ** 2);
      expect(labelDbscan(fromMatrix(legs), { epsilon: hypotenuse, minPoints: 2 }).clusters).toBe(1);
    }
  });

  it("gives a border point to its nearest core point, of equally near ones to the one with the least coordinates", () => {
    const groups = [[0], [0.5], [1], [3], [3.5], [4], [4.5]];
    const labelsWith = (x: number): number[] => [
      ...labelDbscan(fromMatrix([...groups, [x]]), { epsilon: 1.1, minPoints: 4 }).labels,
    ];
    expect(labelsWith(2)).toEqual([0, 0, 0, 1, 1, 1, 1, 0]);
    expect(labelsWith(2.0625)).toEqual([1, 1, 1, 0, 0, 0, 0, 0]);
  });

  it.each([1, 2, 3, 4, 6])("agrees with the definition on lattices full of ties and duplicates, d = %i", (columns) => {
    const coordinate = fc.integer({ min: -4, max: 4 }).map((x) => x / 4);
    const cases = fc.record({
      points: fc.array(fc.array(coordinate, { minLength: columns, maxLength: columns }), {
        minLength: 1,
        maxLength: 60,
      }),
      epsilon: fc.constantFrom(0.25, 0.5, 0.3535533905932738, 0.75, 1, 5),
      minPoints: fc.integer({ min: 1, max: 7 }),
    });
    fc.assert(
      fc.property(cases, ({ points, epsilon, minPoints }) => expectDefinition(points, epsilon, minPoints)),
      { numRuns: 150 },
    );
  });

  it.each([1, 2, 3, 4, 8])("agrees with the definition on clouds, d = %i", (columns) => {
    for (const [seed, epsilon, offset, scale] of [
      [1, 0.3, 0, 1],
      [2, 1, 0, 1],
      [3, 2, -1e9, 1e3],
      [4, 1, 1e15, 1],
    ] as const) {
      const points = rowsOfMatrix(cloud(400, columns, { groups: 3, seed, spread: 0.7, offset, scale }), columns);
      for (const minPoints of [2, 5, 20]) expectDefinition(points, epsilon * scale, minPoints);
    }
  });

  it("agrees with density-clustering, whose neighborhoods are closed first, on everything but the border", () => {
    const points = rowsOfMatrix(cloud(500, 2, { groups: 5, seed: 9, spread: 0.5 }), 2);
    const { labels, core } = labelDbscan(fromMatrix(points), { epsilon: 0.3, minPoints: 5 });
    const theirs = densityClustering(points, 0.3, 5);
    const inCore = (groups: Int32Array): number[] => byAppearance(groups.filter((_, row) => core[row] === 1));
    expect(inCore(labels)).toEqual(inCore(theirs));
    expect([...labels].map((label) => label < 0)).toEqual([...theirs].map((label) => label < 0));
  });

  it("takes no customers, one, and customers who are all the same", () => {
    const none: FeatureTable = { ids: [], names: ["x"], values: new Float64Array(0) };
    expect(labelDbscan(none, { epsilon: 1 })).toEqual({
      labels: new Int32Array(0),
      core: new Uint8Array(0),
      clusters: 0,
      noise: 0,
    });
    expect([...labelDbscan(fromMatrix([[7]]), { epsilon: 1 }).labels]).toEqual([-1]);
    expect([...labelDbscan(fromMatrix([[7]]), { epsilon: 1, minPoints: 1 }).labels]).toEqual([0]);
    const same = fromMatrix(Array.from({ length: 6 }, () => [2, 2, 2, 2, 2]));
    expect(labelDbscan(same, { epsilon: 1e-145 })).toMatchObject({ clusters: 1, noise: 0 });
    expect(labelDbscan(same, { epsilon: 1e-145, minPoints: 7 })).toMatchObject({ clusters: 0, noise: 6 });
  });

  it("takes numbers that are huge, and an epsilon that is", () => {
    const table = fromMatrix([[-1e145, 0], [1e145, 0], [1e145, 1]]); // prettier-ignore
    expect([...labelDbscan(table, { epsilon: 1, minPoints: 2 }).labels]).toEqual([-1, 0, 0]);
    expect(labelDbscan(table, { epsilon: Number.MAX_VALUE, minPoints: 3 }).clusters).toBe(1);
  });

  it("stays linear where everybody is a neighbor of everybody, and with a million equal customers", () => {
    const all = fromMatrix(cloud(200_000, 2, { seed: 3 }), { columns: 2 });
    expect(labelDbscan(all, { epsilon: 1000 })).toMatchObject({ clusters: 1, noise: 0 });
    const deep = fromMatrix(cloud(100_000, 5, { seed: 3 }), { columns: 5 });
    expect(labelDbscan(deep, { epsilon: 1000, minPoints: 50_000 })).toMatchObject({ clusters: 1, noise: 0 });
    for (const columns of [2, 5]) {
      const equal = fromMatrix(new Float64Array(1_000_000 * columns).fill(3), { columns });
      expect(labelDbscan(equal, { epsilon: 0.1, minPoints: 900_000 })).toMatchObject({ clusters: 1, noise: 0 });
    }
  }, 60_000);

  it("does not compare all pairs of two crowds with a gap hardly wider than epsilon", () => {
    // Two half planes, cut diagonally: their boxes overlap, no pair of their points is near.
    const points = cloud(200_000, 2, { groups: 1, seed: 5, spread: 0.1 });
    const middle = points[0] + points[1];
    for (let i = 0; i < points.length; i += 2) {
      const side = points[i] + points[i + 1] < middle ? -1 : 1;
      points[i] += side * 0.71;
      points[i + 1] += side * 0.71;
    }
    expect(labelDbscan(fromMatrix(points, { columns: 2 }), { epsilon: 2 })).toMatchObject({ clusters: 2, noise: 0 });
  });

  it("refuses wrong options, missing cells and a table without features", () => {
    const table = fromMatrix([[1], [2]]);
    for (const epsilon of [0, -1, NaN, Infinity, 1e-146, undefined]) {
      expectRefusal(() => labelDbscan(table, { epsilon: epsilon as number }), "invalid-option", "options.epsilon");
    }
    for (const minPoints of [0, 1.5, -1]) {
      expectRefusal(() => labelDbscan(table, { epsilon: 1, minPoints }), "invalid-option", "options.minPoints");
    }
    expectRefusal(() => labelDbscan(fromMatrix([[1], [NaN]]), { epsilon: 1 }), "invalid-value", "table.values[1, 0]");
    expectRefusal(() => labelDbscan({ ids: ["a"], names: [], values: new Float64Array(0) }, { epsilon: 1 }), "shape-mismatch"); // prettier-ignore
  });

  const tables = fc
    .integer({ min: 1, max: 4 })
    .chain((columns) =>
      fc.array(
        fc.array(
          fc.integer({ min: 0, max: 12 }).map((x) => x / 2),
          { minLength: columns, maxLength: columns },
        ),
        { minLength: 1, maxLength: 40 },
      ),
    )
    .map((rows) => fromMatrix(rows));
  labelLaws("labelDbscan", {
    label: (table) => labelDbscan(table, { epsilon: 1, minPoints: 3 }).labels,
    tables,
    noise: "allowed",
  });

  it("gives the same labels in whatever order ten thousand customers come", () => {
    for (const columns of [2, 4]) {
      const table = fromMatrix(cloud(10_000, columns, { groups: 6, seed: 2, spread: 0.6 }), { columns });
      const options = { epsilon: 0.08 * columns, minPoints: 6 };
      const { labels, core, noise } = labelDbscan(table, options);
      expect(noise).toBeGreaterThan(0);
      const order = shuffled(10_000, 3);
      const again = labelDbscan(reordered(table, order), options);
      expect(again.labels).toEqual(Int32Array.from(order, (row) => labels[row]));
      expect(again.core).toEqual(Uint8Array.from(order, (row) => core[row]));
    }
  });
});

function expectDefinition(points: readonly number[][], epsilon: number, minPoints: number): void {
  const { groups, core } = dbscanByDefinition(points, epsilon, minPoints);
  const ours = labelDbscan(fromMatrix(points), { epsilon, minPoints });
  expect([...ours.core]).toEqual(core);
  expect(byAppearance(ours.labels)).toEqual(byAppearance(groups));
  expect(ours.clusters).toBe(new Set(groups.filter((group) => group >= 0)).size);
}

interface Expected {
  readonly eps: number;
  readonly min_points_including_self: number;
  readonly clusters: number;
  readonly noise: number;
  readonly core_points: number;
  readonly sizes_sorted: readonly number[];
  readonly ari_noise_as_one_group: Readonly<Record<string, number>>;
}

/** Counts of scikit-learn 1.2.1; its border points go to the first cluster that reaches them, so sizes may differ a little. */
function expectScikit(table: FeatureTable, expected: Expected, truths: Readonly<Record<string, Labels>>): void {
  const { labels, core, clusters, noise } = labelDbscan(table, {
    epsilon: expected.eps,
    minPoints: expected.min_points_including_self,
  });
  expect({ clusters, noise, core: core.reduce((sum, x) => sum + x, 0) }).toEqual({
    clusters: expected.clusters,
    noise: expected.noise,
    core: expected.core_points,
  });
  const sizes = [...groupSizes(labels)].reverse();
  const moved = sizes.reduce((sum, size, i) => sum + Math.abs(size - expected.sizes_sorted[i]), 0);
  expect(moved).toBeLessThanOrEqual(0.02 * labels.length);
  for (const [name, value] of Object.entries(expected.ari_noise_as_one_group)) {
    expect(Math.abs(measureAdjustedRand(labels, truths[name]).value - value)).toBeLessThan(0.02);
  }
}

describeWithData("labelDbscan on shapes", ["shapes_dev"], () => {
  const all = readDataJson<Record<string, { dbscan?: Expected[] }>>("shapes_dev/expected.json");
  const cases = Object.entries(all).flatMap(([name, { dbscan }]) =>
    (dbscan ?? []).map((expected) => [name, expected.eps, expected] as const),
  );
  it.each(cases)("has the clusters, noise and core points of scikit-learn: %s, epsilon %d", (name, _, expected) => {
    const rows = readDataRows(`shapes_dev/${name}.csv.gz`);
    const features = Object.keys(rows[0]).filter((column) => column.startsWith("x"));
    const truths = Object.keys(rows[0]).filter((column) => column.startsWith("labels"));
    expectScikit(
      fromMatrix(rows.map((row) => features.map((column) => Number(row[column])))),
      expected,
      Object.fromEntries(truths.map((column) => [column, labelsOf(rows.map((row) => Number(row[column])))])),
    );
  });
});

describeWithData("labelDbscan on iris", ["iris"], () => {
  const { dbscan } = readDataJson<{ dbscan: Expected[] }>("iris/expected.json");
  const rows = readDataRows("iris/iris.csv");
  const table = fromMatrix(
    rows.map((row) => Object.entries(row).filter(([name]) => name !== "Species").map(([, cell]) => Number(cell))), // prettier-ignore
  );
  const kinds = [...new Set(rows.map((row) => row["Species"]))];
  const species = labelsOf(rows.map((row) => kinds.indexOf(row["Species"])));
  it.each(dbscan.map((expected) => [expected.eps, expected] as const))(
    "has the clusters, noise and core points of scikit-learn: epsilon %d",
    (_, expected) => expectScikit(table, expected, { species }),
  );
});
