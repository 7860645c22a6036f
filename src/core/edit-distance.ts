/**
 * The least number of edits that turn one word into another: a character inserted, deleted or replaced, or two neighbors
 * swapped, no character edited twice (optimal string alignment).
 *
 * @param a - a word.
 * @param b - a word.
 * @param limit - distances above it are not told apart.
 * @returns the distance in UTF-16 code units, or `limit + 1` when it is larger than that. Cost O(length · limit).
 */
export function editDistance(a: string, b: string, limit: number): number {
  const tooFar = limit + 1;
  if (Math.abs(a.length - b.length) > limit) return tooFar;
  // Equal beginnings and endings cost nothing.
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start++;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return distanceInBand(a.slice(start, a.length - end), b.slice(start, b.length - end), limit);
}

function distanceInBand(a: string, b: string, limit: number): number {
  const tooFar = limit + 1;
  const width = b.length + 1;
  // Only cells within `limit` of the diagonal can hold a distance up to it; the others stay too far.
  let before = new Array<number>(width).fill(tooFar);
  let above = Array.from({ length: width }, (_, j) => Math.min(j, tooFar));
  let row = new Array<number>(width).fill(tooFar);
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - limit);
    const to = Math.min(b.length, i + limit);
    row[from - 1] = from === 1 ? Math.min(i, tooFar) : tooFar;
    let least = row[from - 1];
    for (let j = from; j <= to; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(above[j - 1] + (same ? 0 : 1), above[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2] + 1);
      row[j] = Math.min(cost, tooFar);
      if (row[j] < least) least = row[j];
    }
    if (to < b.length) row[to + 1] = tooFar;
    if (least > limit) return tooFar;
    [before, above, row] = [above, row, before];
  }
  return above[b.length];
}
