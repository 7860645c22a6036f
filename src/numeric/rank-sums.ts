/**
 * P(U ≤ u) for Mann and Whitney's U of two samples of one distribution without ties, by counting the orders of all values.
 *
 * Whether the largest of i + j values belongs to the second sample decides how U goes on: f(i, j, u) = j/(i+j)·f(i, j−1, u−i) + i/(i+j)·f(i−1, j, u),
 * sums of positive numbers. Cost: n·m·u.
 */
export function rankSumTail(n: number, m: number, u: number): number {
  const most = Math.floor(u);
  if (most < 0) return 0;
  // rows[j] holds P(U = 0 … most) of i and j values.
  let rows = Array.from({ length: m + 1 }, () => unit(most));
  for (let i = 1; i <= n; i++) {
    const next = [unit(most)];
    for (let j = 1; j <= m; j++) {
      const [fewer, above] = [next[j - 1], rows[j]];
      const row = new Float64Array(most + 1);
      const [isSecond, isFirst] = [j / (i + j), i / (i + j)];
      for (let k = 0; k <= most; k++) row[k] = isFirst * above[k] + (k >= i ? isSecond * fewer[k - i] : 0);
      next.push(row);
    }
    rows = next;
  }
  return rows[m].reduce((sum, p) => sum + p, 0);
}

/** Of an empty sample U is 0. */
function unit(most: number): Float64Array {
  const row = new Float64Array(most + 1);
  row[0] = 1;
  return row;
}
