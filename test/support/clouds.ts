import { randomOf } from "../../src/core/random.ts";
import { sampleNormal } from "../../src/numeric/samplers.ts";

/**
 * Row-major points scattered normally around `groups` random centers, in a random order of groups.
 *
 * @param options - `spread` within a group against a distance near 3 between groups; `offset` and `scale` are applied last.
 */
export function cloud(
  rows: number,
  columns: number,
  options: { groups?: number; spread?: number; offset?: number; scale?: number; seed?: number } = {},
): Float64Array {
  const { groups = 4, spread = 1, offset = 0, scale = 1, seed = 1 } = options;
  const random = randomOf(seed);
  const middles = Float64Array.from({ length: groups * columns }, () => 3 * sampleNormal(random));
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const group = Math.floor(random.next() * groups);
    for (let j = 0; j < columns; j++) {
      values[row * columns + j] = offset + scale * (middles[group * columns + j] + spread * sampleNormal(random));
    }
  }
  return values;
}

/** The first k rows as starting centers. */
export function firstRows(values: Float64Array, columns: number, k: number): Float64Array {
  return values.slice(0, k * columns);
}
