/** Positions `start` to `end` of an order whose items tie up to `level`. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly level: number;
}

/**
 * Sorts one run by its packed keys, a 32-bit key above the item's number, and pushes the runs that tie up to `nextLevel`.
 *
 * Engines sort 64-bit integers natively, without a comparator.
 */
export function sortPackedRun(
  packed: BigUint64Array,
  order: Uint32Array,
  { start, end }: Run,
  runs: Run[],
  nextLevel: number,
): void {
  const words = new Uint32Array(packed.buffer);
  packed.subarray(start, end).sort();
  for (let i = start; i < end; i++) order[i] = words[2 * i];
  for (let from = start; from < end;) {
    let to = from + 1;
    while (to < end && words[2 * to + 1] === words[2 * from + 1]) to++;
    if (to - from > 1) runs.push({ start: from, end: to, level: nextLevel });
    from = to;
  }
}
