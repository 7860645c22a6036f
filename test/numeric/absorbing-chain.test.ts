import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { passThrough } from "../../src/numeric/absorbing-chain.ts";
import { solve } from "../../src/numeric/linalg.ts";
import { expectClose } from "../support/close-to.ts";

const matrixOf = (size: number, cell: (i: number, j: number) => number): number[][] =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => cell(i, j)));

/** A chain as a square of weights and the ends of each state, of which some are wanted. */
interface Chain {
  readonly weights: Float64Array;
  readonly exits: Float64Array;
  readonly wanted: Float64Array;
  readonly entries: Float64Array;
}

/** The same as lists. */
function passSquare({ weights, exits, wanted, entries }: Chain, blocks: Uint32Array): ReturnType<typeof passThrough> {
  const rows = Array.from(exits, (_, i) => Array.from(weights.subarray(i * exits.length, (i + 1) * exits.length)));
  const to = rows.map((row) => row.flatMap((weight, j) => (weight > 0 ? [j] : [])));
  const weight = rows.map((row) => row.filter((cell) => cell > 0));
  return passThrough({ to, weight, wanted, unwanted: exits.map((exit, i) => exit - wanted[i]), entries }, blocks);
}

/** P(end as wanted without a visit to the states that are gone), by the textbook's system (I − Q) x = r. */
function reachedWithout({ weights, exits, wanted, entries }: Chain, isGone: (state: number) => boolean): number {
  const size = exits.length;
  const total = (i: number): number => exits[i] + Array.from({ length: size }, (_, j) => weights[i * size + j]).reduce((a, b) => a + b, 0); // prettier-ignore
  const stays = (i: number, j: number): number => (isGone(i) || isGone(j) ? 0 : weights[i * size + j] / total(i));
  const x = solve("test", matrixOf(size, (i, j) => (i === j ? 1 : 0) - stays(i, j)), matrixOf(size, (i) => (isGone(i) ? 0 : wanted[i] / total(i))).map((row) => [row[0]])); // prettier-ignore
  const begun = entries.reduce((a, b) => a + b, 0);
  return entries.reduce((sum, entry, i) => sum + (isGone(i) ? 0 : (entry / begun) * x[i][0]), 0);
}

const chains = fc.integer({ min: 1, max: 6 }).chain((size) =>
  fc.record({
    weights: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: size * size, maxLength: size * size }).map((cells) => Float64Array.from(cells)), // prettier-ignore
    exits: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: size, maxLength: size }).map((ends) => Float64Array.from(ends)), // prettier-ignore
    wanted: fc.constant(new Float64Array(size)),
    entries: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: size, maxLength: size }).map((starts) => Float64Array.from(starts)), // prettier-ignore
  }),
);

describe("passThrough", () => {
  it("finds what the textbook's system finds with a block taken away, for every block and its size", () => {
    fc.assert(
      fc.property(chains, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 99 }), (chain, cut, salt) => {
        const size = chain.exits.length;
        const wanted = chain.exits.map((exit, i) => Math.min(exit, (salt >> i) % 3));
        const filled = { ...chain, wanted };
        const blocks = Uint32Array.of(0, Math.min(cut, size), size);
        const { reached, through } = passSquare(filled, blocks);
        const because = "two ways of solving a small system";
        expectClose(reached, reachedWithout(filled, () => false), { absolute: 1e-12, because }); // prettier-ignore
        for (const block of [0, 1]) {
          const without = reachedWithout(filled, (state) => state >= blocks[block] && state < blocks[block + 1]);
          expectClose(through[block], reached - without, { absolute: 1e-12, because });
        }
      }),
    );
  });

  it("keeps its digits in a chain that hardly ever ends", () => {
    // Two states that call each other 1e15 times as often as they end; half of the ends of the first are wanted.
    const chain = {
      weights: Float64Array.of(0, 1e15, 1e15, 0),
      exits: Float64Array.of(2, 1),
      wanted: Float64Array.of(1, 0),
      entries: Float64Array.of(1, 0),
    };
    const { reached, through } = passSquare(chain, Uint32Array.of(0, 1, 2));
    // By hand: the first state ends wanted with 1, otherwise with 1 or by way of the second, which returns 1e15 / (1e15 + 1).
    expectClose(reached, 1 / 3, { relative: 1e-14, because: "sums without a difference" });
    expectClose(through, [1 / 3, 1 / 3], { relative: 1e-14, because: "sums without a difference" });
  });

  it("does not see how often a state follows itself", () => {
    const chain = { exits: Float64Array.of(1, 2), wanted: Float64Array.of(1, 0), entries: Float64Array.of(3, 0) };
    const blocks = Uint32Array.of(0, 1, 2);
    const once = passSquare({ ...chain, weights: Float64Array.of(0, 2, 1, 0) }, blocks);
    expect(passSquare({ ...chain, weights: Float64Array.of(9, 2, 1, 7) }, blocks)).toEqual(once);
  });

  it("gives 0 to what cannot be reached, and to a chain that never begins", () => {
    const chain = { exits: Float64Array.of(1, 1, 0), wanted: Float64Array.of(1, 1, 0), entries: Float64Array.of(1, 0, 0) }; // prettier-ignore
    const weights = new Float64Array(9);
    const blocks = Uint32Array.of(0, 1, 2, 3);
    expect(passSquare({ ...chain, weights }, blocks)).toEqual({ reached: 1, through: Float64Array.of(1, 0, 0) });
    const never = passSquare({ ...chain, weights, entries: new Float64Array(3) }, blocks);
    expect(never).toEqual({ reached: 0, through: new Float64Array(3) });
    const nothing = new Float64Array(0);
    expect(passSquare({ weights: nothing, exits: nothing, wanted: nothing, entries: nothing }, Uint32Array.of(0)).reached).toBe(0); // prettier-ignore
  });

  it("leaves the chain as it was", () => {
    const chain = { to: [[1], [0]], weight: [[2], [3]], wanted: Float64Array.of(1, 0), unwanted: Float64Array.of(0, 1), entries: Float64Array.of(1, 1) }; // prettier-ignore
    const before = structuredClone(chain);
    passThrough(chain, Uint32Array.of(0, 1, 2));
    expect(chain).toEqual(before);
  });
});
