import { describe, expect, it } from "vitest";
import { type ClusterSpace, emptyMerges, mergeByChain } from "../../src/numeric/neighbor-chain.ts";

/** Points on a line that keep the place of the higher slot. */
function lineSpace(places: number[]): ClusterSpace & { calls: number } {
  const space = {
    calls: 0,
    distance: 0,
    nearest(slot: number, previous: number): number {
      space.calls++;
      let best = previous;
      space.distance = previous < 0 ? Infinity : Math.abs(places[slot] - places[previous]);
      places.forEach((place, i) => {
        if (i === slot || !(Math.abs(place - places[slot]) < space.distance)) return;
        space.distance = Math.abs(place - places[slot]);
        best = i;
      });
      return best;
    },
    merge(from: number): void {
      places[from] = NaN;
    },
  };
  return space;
}

describe("mergeByChain", () => {
  it("begins at the lowest slot, follows the nearest, and lets the union have the higher slot", () => {
    const merges = mergeByChain(4, lineSpace([0, 10, 14, 15]));
    expect([...merges.from]).toEqual([2, 1, 0]);
    expect([...merges.into]).toEqual([3, 3, 3]);
    expect([...merges.heights]).toEqual([1, 5, 15]);
  });

  it("prefers the way back where another is equally near", () => {
    // 0 → 1 (at 1, the lowest of two); from 1 both 0 and 2 are at 1.
    const merges = mergeByChain(3, lineSpace([0, 1, 2]));
    expect([merges.from[0], merges.into[0]]).toEqual([0, 1]);
  });

  it("asks about three times per row", () => {
    const space = lineSpace(Array.from({ length: 200 }, (_, i) => (i * 7919) % 1009));
    mergeByChain(200, space);
    expect(space.calls).toBeLessThan(3 * 200);
  });

  it("has nothing to do for one row", () => {
    expect(mergeByChain(1, lineSpace([1]))).toEqual(emptyMerges(1));
  });
});
