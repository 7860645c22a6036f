import type { Random } from "../core/random.ts";

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
