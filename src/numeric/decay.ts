/** log 2 in two parts: multiples of the first below 2¹¹ are exact. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;
const log2e = 1.4426950408889634;

/** 2⁻ᵏ, exact; 0 where it underflows. */
const halves = new Float64Array(1100).fill(1);
for (let k = 1; k < halves.length; k++) halves[k] = halves[k - 1] / 2;

/**
 * e⁻ˣ for loops over millions of rows: several times as fast as {@link exp}, and the same bits on every engine.
 *
 * @param x - at least 0.
 * @returns relative error below 4e-16; 0 from 745.2 on.
 */
export function decay(x: number): number {
  if (!(x < 745.2)) return x > 0 ? 0 : NaN;
  const k = Math.floor(x * log2e + 0.5);
  const r = k * ln2High - x + k * ln2Low;
  // Taylor's series to the 13th power: |r| ≤ ½ log 2.
  let sum = 1 + r * (1 / 13);
  sum = 1 + r * (1 / 12) * sum;
  sum = 1 + r * (1 / 11) * sum;
  sum = 1 + r * (1 / 10) * sum;
  sum = 1 + r * (1 / 9) * sum;
  sum = 1 + r * (1 / 8) * sum;
  sum = 1 + r * (1 / 7) * sum;
  sum = 1 + r * (1 / 6) * sum;
  sum = 1 + r * (1 / 5) * sum;
  sum = 1 + r * (1 / 4) * sum;
  sum = 1 + r * (1 / 3) * sum;
  sum = 1 + r * (1 / 2) * sum;
  return (1 + r * sum) * halves[k];
}
