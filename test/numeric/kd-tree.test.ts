import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kdTree } from "../../src/numeric/kd-tree.ts";
import { cloud } from "../support/clouds.ts";

describe("kdTree", () => {
  it("halves the rows: children share out the places of their parent, boxes are tight, leaves small or all equal", () => {
    const cases = fc.integer({ min: 1, max: 4 }).chain((columns) =>
      fc.record({
        columns: fc.constant(columns),
        points: fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: columns, maxLength: columns }), {
          minLength: 1,
          maxLength: 80,
        }),
        leafRows: fc.integer({ min: 1, max: 9 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ columns, points, leafRows }) => {
        const tree = kdTree(Float64Array.from(points.flat()), points.length, columns, { leafRows, leafSquare: 0 });
        expect([tree.starts[0], tree.ends[0]]).toEqual([0, points.length]);
        for (let node = 0; node < tree.nodes; node++) {
          const places = Array.from({ length: tree.ends[node] - tree.starts[node] }, (_, i) => tree.starts[node] + i);
          const members = places.map((place) => points[tree.order[place]]);
          const box = [...tree.boxes.subarray(node * 2 * columns, (node + 1) * 2 * columns)];
          const columnOf = (j: number): number[] => members.map((point) => point[j]);
          expect(box.slice(0, columns)).toEqual(box.slice(0, columns).map((_, j) => Math.min(...columnOf(j))));
          expect(box.slice(columns)).toEqual(box.slice(columns).map((_, j) => Math.max(...columnOf(j))));
          const right = tree.right[node];
          if (right === 0) {
            expect(places.length <= leafRows || new Set(members.map(String)).size === 1).toBe(true);
          } else {
            expect(places.length).toBeGreaterThan(leafRows);
            expect([tree.starts[node + 1], tree.ends[node + 1]]).toEqual([tree.starts[node], tree.starts[right]]);
            expect(tree.ends[right]).toBe(tree.ends[node]);
          }
        }
      }),
    );
  });

  it("stays shallow for sorted, mirrored and repeated numbers", () => {
    const rows = 20_000;
    const patterns = [(i: number) => i, (i: number) => -i, (i: number) => Math.min(i, rows - i), (i: number) => i % 7];
    for (const pattern of patterns) {
      const values = Float64Array.from({ length: rows }, (_, i) => pattern(i));
      const { nodes, right } = kdTree(values, rows, 1, { leafRows: 8, leafSquare: 0 });
      const depths = new Uint32Array(nodes);
      for (let node = 0; node < nodes; node++) {
        if (right[node] !== 0) depths[node + 1] = depths[right[node]] = depths[node] + 1;
      }
      expect(Math.max(...depths)).toBeLessThanOrEqual(Math.ceil(Math.log2(rows)));
    }
  });

  it("keeps together what lies within a diagonal, when told to", () => {
    const values = cloud(3000, 3, { seed: 2 });
    expect(kdTree(values, 3000, 3, { leafRows: 8, leafSquare: 1e9 }).nodes).toBe(1);
    const { nodes } = kdTree(values, 3000, 3, { leafRows: 8, leafSquare: 1 });
    expect(nodes).toBeLessThan(kdTree(values, 3000, 3, { leafRows: 8, leafSquare: 0 }).nodes);
  });
});
