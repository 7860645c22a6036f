import { labelDbscan, measureKDistance } from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cloud } from "../support/clouds.ts";
import { distanceOf } from "../support/density.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, rowsOfMatrix, shuffled } from "../support/rows.ts";

function byDefinition(points: readonly (readonly number[])[], k: number): number[] {
  return points.map((point, i) => {
    const distances = points.filter((_, other) => other !== i).map((other) => distanceOf(point, other));
    return distances.sort((a, b) => a - b)[k - 1];
  });
}

describe("measureKDistance", () => {
  it("measures to the k-th neighbor, the customer not counted", () => {
    // 0, 1, 3, 7: second neighbors are 3, 2, 3 and 6 away.
    const { values, distances, knee } = measureKDistance(fromMatrix([[0], [1], [3], [7]]), { k: 2 });
    expect([...values]).toEqual([3, 2, 3, 6]);
    expect([...distances]).toEqual([2, 3, 3, 6]);
    // On axes from 0 to 1 the curve is 0, 1/4, 1/4, 1 over 0, 1/3, 2/3, 1: the third point is 5/12 below the chord.
    expect(knee).toBe(3);
  });

  it.each([1, 2, 3, 5])("agrees with the definition, with ties and duplicates, d = %i", (columns) => {
    const coordinate = fc.integer({ min: -3, max: 3 });
    const cases = fc
      .array(fc.array(coordinate, { minLength: columns, maxLength: columns }), { minLength: 2, maxLength: 50 })
      .chain((points) => fc.record({ points: fc.constant(points), k: fc.integer({ min: 1, max: points.length - 1 }) }));
    fc.assert(
      fc.property(cases, ({ points, k }) => {
        expect([...measureKDistance(fromMatrix(points), { k }).values]).toEqual(byDefinition(points, k));
      }),
      { numRuns: 100 },
    );
  });

  it("agrees with the definition on clouds", () => {
    for (const columns of [2, 4, 9]) {
      const points = rowsOfMatrix(cloud(500, columns, { seed: 4 }), columns);
      for (const k of [1, 7, 499]) {
        expect([...measureKDistance(fromMatrix(points), { k }).values]).toEqual(byDefinition(points, k));
      }
    }
  });

  it("suggests an epsilon with which clusters are told from exceptions", () => {
    const cloudPoints = rowsOfMatrix(cloud(600, 2, { groups: 3, seed: 8, spread: 0.05 }), 2);
    const strays = Array.from({ length: 12 }, (_, i) => [-8 + 1.5 * i, i % 2 === 0 ? 9 : -9]);
    const table = fromMatrix([...cloudPoints, ...strays]);
    const { knee } = measureKDistance(table, { k: 4 });
    expect(knee).not.toBeNull();
    const { labels, clusters } = labelDbscan(table, { epsilon: knee as number, minPoints: 5 });
    expect(clusters).toBe(3);
    expect([...labels.subarray(600)]).toEqual(strays.map(() => -1));
  });

  it("has no knee where the curve is straight or flat, or has fewer than three points", () => {
    expect(measureKDistance(fromMatrix([[0], [1], [2], [3]]), { k: 1 }).knee).toBeNull();
    expect(measureKDistance(fromMatrix([[5], [5], [5]]), { k: 1 }).knee).toBeNull();
    expect(measureKDistance(fromMatrix([[0], [1]]), { k: 1 }).knee).toBeNull();
  });

  it("does not depend on the order of the rows", () => {
    const table = fromMatrix(cloud(3000, 3, { seed: 6 }), { columns: 3 });
    const order = shuffled(3000, 11);
    const report = measureKDistance(table, { k: 5 });
    const again = measureKDistance(reordered(table, order), { k: 5 });
    expect(again.values).toEqual(Float64Array.from(order, (row) => report.values[row]));
    expect({ ...again, values: 0 }).toEqual({ ...report, values: 0 });
  });

  it("does not compare all pairs of a hundred thousand equal customers, or many with one far away", () => {
    const values = new Float64Array(200_000).fill(3);
    expect(measureKDistance(fromMatrix(values, { columns: 2 }), { k: 10 }).distances[99_999]).toBe(0);
    values[0] = 103;
    const { distances, knee } = measureKDistance(fromMatrix(values, { columns: 2 }), { k: 10 });
    expect([distances[99_998], distances[99_999], knee]).toEqual([0, 100, 0]);
  });

  it("refuses too few customers, wrong options and missing cells", () => {
    expectRefusal(() => measureKDistance(fromMatrix([[1], [2]]), { k: 2 }), "too-few-rows", "table");
    for (const k of [0, 1.5, NaN]) {
      expectRefusal(() => measureKDistance(fromMatrix([[1], [2]]), { k }), "invalid-option", "options.k");
    }
    expectRefusal(() => measureKDistance(fromMatrix([[1], [NaN]]), { k: 1 }), "invalid-value", "table.values[1, 0]");
  });
});
