import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { donorsOf, nearestMeans } from "../../src/numeric/nearest-donors.ts";
import { rowsOfMatrix } from "../support/rows.ts";

const cell = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(NaN));
const row = fc.array(cell, { minLength: 3, maxLength: 3 });

/** The definition, with a full sort: donors by distance, then by content. */
function meansByDefinition(
  rows: readonly (readonly number[])[],
  neighbors: number,
  query: readonly number[],
): number[] {
  const key = (x: number): number => (Number.isNaN(x) ? Infinity : x);
  const sorted = [...rows].sort((a, b) => {
    const j = a.findIndex((x, i) => key(x) !== key(b[i]));
    return j < 0 ? 0 : key(a[j]) - key(b[j]);
  });
  return query.map((x, j) => {
    if (!Number.isNaN(x)) return NaN;
    const near = sorted
      .filter((donor) => !Number.isNaN(donor[j]))
      .map((donor, order) => {
        const both = donor.flatMap((y, i) => (Number.isNaN(y) || Number.isNaN(query[i]) ? [] : [(y - query[i]) ** 2]));
        return { order, value: donor[j], distance: both.reduce((sum, square) => sum + square, 0) / both.length };
      })
      .filter(({ distance }) => !Number.isNaN(distance))
      .sort((a, b) => a.distance - b.distance || a.order - b.order)
      .slice(0, neighbors);
    return near.reduce((sum, { value }) => sum + value, 0) / near.length;
  });
}

describe("nearestMeans", () => {
  it("is the definition, on tables full of ties and gaps", () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        row,
        fc.integer({ min: 1, max: 6 }),
        (rows, query, k) => {
          const donors = donorsOf(Float64Array.from(rows.flat()), rows.length, 3);
          const means = Array.from(nearestMeans(donors, k)(Float64Array.from(query)));
          const expected = meansByDefinition(rows, k, query);
          expect(means.map((x) => x.toFixed(12))).toEqual(expected.map((x) => x.toFixed(12)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("looks at donors of all blocks, and starts afresh with every row", () => {
    const values = Float64Array.from({ length: 2 * 5000 }, (_, i) => (i % 2 === 0 ? (i * 7919) % 10_000 : i));
    const meansOf = nearestMeans(donorsOf(values, 5000, 2), 1);
    const rows = rowsOfMatrix(values, 2);
    for (const at of [0, 17, 2500, 4999]) expect(meansOf(Float64Array.of(rows[at][0], NaN))[1]).toBe(rows[at][1]);
  });

  it("averages numbers whose sum overflows", () => {
    const donors = donorsOf(Float64Array.of(1, 1.7e308, 1, 1.7e308), 2, 2);
    expect(nearestMeans(donors, 2)(Float64Array.of(1, NaN))[1]).toBe(1.7e308);
  });
});

describe("donorsOf", () => {
  it("lists columns in an order that the rows' content decides, missing cells last", () => {
    const rows = [[2, NaN], [NaN, 1], [2, -0], [-1, 5]]; // prettier-ignore
    const expected = [[-1, 2, 2, null], [5, 0, null, 1]]; // prettier-ignore
    expect(donorsOf(Float64Array.from(rows.flat()), 4, 2)).toEqual(expected);
    expect(donorsOf(Float64Array.from([...rows].reverse().flat()), 4, 2)).toEqual(expected);
  });
});
