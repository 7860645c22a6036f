import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance } from "../../src/core/edit-distance.ts";

/** The definition, cell by cell, without a band: optimal string alignment by recursion. */
function brute(a: string, b: string): number {
  const cells = new Map<string, number>();
  const at = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j;
    const key = `${i},${j}`;
    const known = cells.get(key);
    if (known !== undefined) return known;
    const options = [at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)];
    if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) options.push(at(i - 2, j - 2) + 1);
    cells.set(key, Math.min(...options));
    return cells.get(key)!;
  };
  return at(a.length, b.length);
}

describe("editDistance", () => {
  it.each([
    ["purchase", "purchse", 1],
    ["purchase", "prchase", 1],
    ["purchase", "puchrase", 2], // three letters in a cycle: two swaps
    ["purchase", "pruchase", 1], // one swap
    ["kitten", "sitting", 3], // Wagner & Fischer's example as usually given
    ["ca", "abc", 3], // Damerau's distance is 2; alignment edits no character twice
    ["", "abc", 3],
    ["same", "same", 0],
    ["", "", 0],
  ])("turns %j into %j by %i edits", (a, b, distance) => {
    expect(editDistance(a, b, 9)).toBe(distance);
    expect(editDistance(b, a, 9)).toBe(distance);
  });

  it("says limit + 1 of whatever is farther than the limit", () => {
    expect(editDistance("kitten", "sitting", 2)).toBe(3);
    expect(editDistance("a", "a".repeat(10_000), 2)).toBe(3);
    expect(editDistance("abc", "xyz", 0)).toBe(1);
    expect(editDistance("abc", "abc", 0)).toBe(0);
  });

  it("is the distance of the definition, whatever the limit cuts off", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 9 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 10 }), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(brute(a, b), limit + 1));
      }),
      { numRuns: 500 },
    );
  });
});
