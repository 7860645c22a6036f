import type { Random } from "../core/random.ts";
import { rowOrder } from "../numeric/row-order.ts";
import type { Rows } from "./rows.ts";

/**
 * Draws rows so that every group is represented: in proportion to its size, and with two members at least, if it has two.
 *
 * @param labels - group per row in [0, sizes.length); −1 is never drawn.
 * @param sizes - members of each group.
 * @param wanted - rows in all; the result can be larger by two per group.
 * @param order - rows in the order in which they are considered; by number when absent.
 * @param random - consumed once per labeled row.
 * @returns row numbers, in the order in which they were considered.
 * @see Knuth, The Art of Computer Programming 2, algorithm 3.4.2S, in each group.
 */
export function stratifiedSample(
  labels: Int32Array,
  sizes: ArrayLike<number>,
  wanted: number,
  order: Uint32Array | undefined,
  random: Random,
): Uint32Array {
  let labeled = 0;
  for (let group = 0; group < sizes.length; group++) labeled += sizes[group];
  const left = Float64Array.from(sizes);
  const needed = left.map((size) => Math.min(size, Math.max(2, Math.round((wanted * size) / labeled))));
  const drawn = new Uint32Array(needed.reduce((sum, share) => sum + share, 0));
  let count = 0;
  for (let place = 0; place < labels.length; place++) {
    const row = order === undefined ? place : order[place];
    const group = labels[row];
    if (group < 0) continue;
    if (random.next() * left[group] < needed[group]) {
      drawn[count++] = row;
      needed[group]--;
    }
    left[group]--;
  }
  return drawn;
}

/**
 * The same for rows as `inRowOrderOrSampled` returns them: which rows are drawn depends on their content only.
 *
 * Where the sample of a large table holds every group, its rows are drawn from, in proportion to their groups in it.
 */
export function stratifiedByContent(
  { values, rows, columns, sample }: Rows,
  labels: Int32Array,
  sizes: ArrayLike<number>,
  wanted: number,
  random: Random,
): Uint32Array {
  if (sample === undefined) return stratifiedSample(labels, sizes, wanted, undefined, random);
  const sampled = Int32Array.from(sample.from, (row) => labels[row]);
  const found = new Int32Array(sizes.length);
  for (const group of sampled) if (group >= 0) found[group]++;
  if (found.some((count, group) => count < Math.min(2, sizes[group]))) {
    return stratifiedSample(labels, sizes, wanted, rowOrder(values, rows, columns), random);
  }
  return stratifiedSample(sampled, found, wanted, undefined, random).map((place) => sample.from[place]);
}
