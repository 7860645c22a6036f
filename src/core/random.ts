// The only importer of pure-rand: xoroshiro128+ is small, fast and gives the same stream on every engine.
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { describeValue, refuse } from "./errors.ts";

/** A seeded stream of random numbers; consuming it changes it, so it never leaves the function that made it. */
export interface Random {
  /** The next number, uniform on the multiples of 2⁻⁵³ in [0, 1). */
  next(): number;
  /** The next integer, uniform in [0, bound). */
  integer(bound: number): number;
}

/**
 * Opens the random stream of one independent unit of work: a restart, a tree, a replicate.
 *
 * Each path of integers below a seed has a stream of its own, so eight workers and one loop draw the same numbers, and
 * adding a draw in one unit changes no other.
 *
 * @param seed - any 32-bit integer.
 * @param path - which unit of work: `randomOf(seed, restart)`, `randomOf(seed, tree, level)`.
 * @returns a stream that starts at its beginning.
 * @throws {ClienteleError} `invalid-value` for a seed or a path that is not made of integers.
 * @example
 * const first = randomOf(7, 0).next();
 * first === randomOf(7, 0).next(); // true
 * first === randomOf(7, 1).next(); // false
 * @see Blackman & Vigna (2021), "Scrambled linear pseudorandom number generators": xoroshiro128+. The state is filled by
 * the finalizer of MurmurHash3 over a counter, so that near seeds give unrelated states.
 */
export function randomOf(seed: number, ...path: readonly number[]): Random {
  for (const [position, part] of [seed, ...path].entries()) {
    if (!Number.isSafeInteger(part)) {
      const name = position === 0 ? "seed" : `path[${position - 1}]`;
      refuse("randomOf", "invalid-value", name, "an integer", describeValue(part));
    }
  }
  let hash = scramble(seed | 0);
  for (const unit of path) hash = scramble((hash + 0x9e3779b9 + (unit | 0)) | 0);
  const state = [1, 2, 3, 4].map((word) => scramble((hash + Math.imul(word, 0x9e3779b9)) | 0));
  const generator = xoroshiro128plusFromState(state);
  const next = (): number => uniformFloat64(generator);
  return { next, integer: (bound) => Math.floor(next() * bound) };
}

function scramble(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
