import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelsOf } from "../../src/numeric/levels.ts";

describe("levelsOf", () => {
  it("sorts the distinct numbers of a column and says where each row's is", () => {
    const cell = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 50 }), (drawn) => {
        const { levels, at } = levelsOf(Float64Array.from(drawn.flat()), drawn.length, 2, 1);
        const second = drawn.map(([, value]) => value + 0);
        expect(Array.from(levels)).toEqual([...new Set(second)].sort((a, b) => a - b));
        expect(Array.from(at, (level) => levels[level])).toEqual(second);
      }),
    );
  });

  it("finds 100,000 numbers of every size again", () => {
    const drawn = Float64Array.from(
      { length: 100_000 },
      (_, i) => (i % 2 === 0 ? i : -1 / i) * (i % 3 === 0 ? 1e300 : 1),
    );
    const { levels, at } = levelsOf(drawn, drawn.length, 1, 0);
    expect(at.every((level, row) => levels[level] === drawn[row])).toBe(true);
    expect(levels.length).toBe(new Set(drawn).size);
  });

  it("makes one of 0 and −0", () => {
    expect(levelsOf(Float64Array.of(-0, 0), 2, 1, 0)).toEqual({ levels: Float64Array.of(0), at: Uint32Array.of(0, 0) });
  });
});
