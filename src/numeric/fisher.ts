/**
 * Fisher's exact test of a table of 2 × 2 counts, two-sided: the probability, with all four margins as they are, of a table
 * that is no likelier than this one.
 *
 * @param a - first row, first column.
 * @param b - first row, second column.
 * @param c - second row, first column.
 * @param d - second row, second column.
 * @returns the p-value; 1 when a margin is 0. It is that of R's `fisher.test`. Cost: linear in the smallest margin.
 * @see Fisher (1935), "The logic of inductive inference".
 */
export function fisherExact(a: number, b: number, c: number, d: number): number {
  const [row, column] = [a + b, a + c];
  const least = Math.max(0, column - (c + d));
  const most = Math.min(row, column);
  const n = a + b + c + d;
  // Weights as multiples of that of the likeliest table, so that none of them overflows and no factorial is needed.
  const mode = Math.min(most, Math.max(least, Math.floor(((row + 1) * (column + 1)) / (n + 2))));
  const ratio = (x: number): number => ((row - x) * (column - x)) / ((x + 1) * (n - row - column + x + 1));
  const weights = new Float64Array(most - least + 1);
  weights[mode - least] = 1;
  for (let x = mode; x < most; x++) weights[x + 1 - least] = weights[x - least] * ratio(x);
  for (let x = mode; x > least; x--) weights[x - 1 - least] = weights[x - least] / ratio(x - 1);
  // As R does: tables as likely but for rounding belong to it.
  const bound = weights[a - least] * (1 + 1e-7);
  let [tail, total] = [0, 0];
  // From both ends inward, so that small weights are added up before large ones.
  const add = (weight: number): void => {
    total += weight;
    if (weight <= bound) tail += weight;
  };
  for (let x = least; x < mode; x++) add(weights[x - least]);
  for (let x = most; x >= mode; x--) add(weights[x - least]);
  return Math.min(1, tail / total);
}
