import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { rowOrder } from "../../src/numeric/row-order.ts";
import { rowsAtPlaces } from "../../src/numeric/row-places.ts";

function expectTheOrder(values: Float64Array, rows: number, columns: number, places: readonly number[]): void {
  const order = rowOrder(values, rows, columns);
  const found = rowsAtPlaces(values, rows, columns, Uint32Array.from(places));
  expect([...found]).toEqual(places.map((place) => order[place]));
}

describe("rowsAtPlaces", () => {
  it("is the order at these places, for any numbers and ties", () => {
    const cell = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(0, -0, 5e-324, -1e300, 1e300, 1.5e308, -1.5e308),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const tables = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 60 }), (rows, every) => {
        const places = rows.flatMap((_, i) => (i % every === 0 ? [i] : []));
        expectTheOrder(Float64Array.from(rows.flat()), rows.length, 2, places);
      }),
      { numRuns: 400 },
    );
  });

  it("is the order of many rows: spread evenly, in piles, with a long tail, constant", () => {
    const rows = 30_000;
    const random = randomOf(3);
    const columns: Record<string, () => number> = {
      even: () => random.next(),
      piles: () => random.integer(40),
      tail: () => 1 / (1e-9 + random.next()),
      constant: () => 7,
    };
    const places = Array.from({ length: 900 }, (_, i) => 33 * i + 5);
    for (const next of Object.values(columns)) {
      const values = Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? next() : random.integer(50)));
      expectTheOrder(values, rows, 2, places);
    }
  });

  it("takes no places", () => {
    expect([...rowsAtPlaces(Float64Array.of(1, 2, 3), 3, 1, new Uint32Array(0))]).toEqual([]);
  });
});
