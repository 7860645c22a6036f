import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dominatorsOf } from "../../src/numeric/dominators.ts";

type Edges = readonly (readonly [number, number])[];

const dominators = (size: number, edges: Edges): number[] | null =>
  dominatorsOf(
    size,
    Uint32Array.from(edges, ([from]) => from),
    Uint32Array.from(edges, ([, to]) => to),
    0,
    1,
  );

function reaches(edges: Edges, without: number): boolean {
  const seen = new Set([0]);
  for (let before = 0; before < seen.size;) {
    before = seen.size;
    for (const [from, to] of edges) if (seen.has(from) && to !== without) seen.add(to);
  }
  return seen.has(1);
}

describe("dominatorsOf", () => {
  it("finds the vertices without which the target is out of reach, in the order of every walk", () => {
    const graph = fc.integer({ min: 2, max: 9 }).chain((size) => {
      const vertex = fc.integer({ min: 0, max: size - 1 });
      return fc.record({ size: fc.constant(size), edges: fc.array(fc.tuple(vertex, vertex), { maxLength: 16 }) });
    });
    fc.assert(
      fc.property(graph, ({ size, edges }) => {
        const found = dominators(size, edges);
        expect(found === null).toBe(!reaches(edges, -1));
        if (found === null) return;
        const inner = Array.from({ length: size - 2 }, (_, i) => i + 2);
        expect([...found].sort((a, b) => a - b)).toEqual(inner.filter((vertex) => !reaches(edges, vertex)));
        // A later dominator is not reached without an earlier one.
        found.forEach((vertex, i) => {
          const toVertex = edges.map(([from, to]) => [from, to === vertex ? 1 : to] as const);
          found.slice(0, i).forEach((earlier) => expect(reaches(toVertex, earlier)).toBe(false));
        });
      }),
      { numRuns: 500 },
    );
  });

  it("knows no dominator where the ends are neighbors, and every vertex of a chain", () => {
    expect(dominators(2, [[0, 1]])).toEqual([]);
    expect(dominators(4, [[0, 3], [3, 2], [2, 1]])).toEqual([3, 2]); // prettier-ignore
  });

  it("walks 100,000 vertices without recursion", () => {
    const size = 100_002;
    const edges = Array.from({ length: size - 1 }, (_, i) => [i === 0 ? 0 : i + 1, i + 2 < size ? i + 2 : 1] as const);
    expect(dominators(size, edges)).toHaveLength(size - 2);
  });
});
