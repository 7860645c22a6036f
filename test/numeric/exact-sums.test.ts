import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { addTerm, addTerms, clearSums, exactSums, sumOf } from "../../src/numeric/exact-sums.ts";
import { shuffled } from "../support/rows.ts";

function total(terms: readonly number[], bound = Math.max(0, ...terms.map(Math.abs))): number {
  const sums = exactSums(1, Float64Array.of(bound), terms.length);
  for (const term of terms) addTerm(sums, 0, 0, term);
  return sumOf(sums, 0);
}

/** Every double is a whole multiple of 2⁻¹⁰⁷⁴: the sum of such multiples as whole numbers has no error. */
function rationalSum(terms: readonly number[]): bigint {
  return terms.reduce((sum, term) => sum + multiplesOfLeast(term), 0n);
}

function multiplesOfLeast(x: number): bigint {
  let [mantissa, shift] = [x, 1074];
  while (!Number.isInteger(mantissa)) [mantissa, shift] = [mantissa * 2, shift - 1];
  return BigInt(mantissa) << BigInt(shift);
}

describe("exact sums", () => {
  it("are sums: 1 + 2 + 3, nothing, and numbers that cancel", () => {
    expect(total([1, 2, 3])).toBe(6);
    expect(total([])).toBe(0);
    expect(total([1e100, 1, -1e100])).toBe(1);
    expect(total([0.1, 0.2, -0.3])).toBe(2 ** -55);
    expect(total([5e-324, 5e-324, 1e145, -1e145])).toBe(1e-323);
  });

  it("are right to the last digit, or the last but one, for terms of any size", () => {
    const term = fc.oneof(
      fc.double({ min: -1e145, max: 1e145, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(term, { maxLength: 60 }), (terms) => {
        const exact = rationalSum(terms);
        const sum = total(terms);
        const error = multiplesOfLeast(sum) - exact;
        const size = exact < 0n ? -exact : exact;
        // Two roundings, each of half a unit: 2⁻⁵² of the sum, and what a subnormal cannot say.
        expect((error < 0n ? -error : error) <= (size >> 51n) + 1n).toBe(true);
      }),
    );
  });

  it("have the same bits in any order, whether or not terms came and went, and for any bound", () => {
    const random = randomOf(5);
    const terms = Array.from({ length: 3000 }, (_, i) => (random.next() - 0.5) * 2 ** (i % 90));
    const sum = total(terms);
    for (const salt of [1, 2, 3]) {
      const mixed = shuffled(terms.length, salt).map((i) => terms[i]);
      expect(total(mixed)).toBe(sum);
      const sums = exactSums(2, Float64Array.of(2 ** 90), 6000);
      for (const [i, term] of mixed.entries()) {
        addTerm(sums, 0, 0, term);
        addTerm(sums, 1, 0, term);
        if (i % 2 === 0) addTerm(sums, 0, 0, 3 / (i + 1));
      }
      for (let i = 0; i < mixed.length; i += 2) addTerm(sums, 0, 0, -3 / (i + 1));
      expect([sumOf(sums, 0), sumOf(sums, 1)]).toEqual([sum, sum]);
      clearSums(sums);
      expect(sumOf(sums, 0)).toBe(0);
      addTerms(sums, Float64Array.from(mixed), mixed.length);
      expect(sumOf(sums, 0)).toBe(sum);
    }
  });

  it("stay finite where a bound overflows", () => {
    expect(total([1, 2], Infinity)).toBe(3);
  });
});
