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
  // Taylor's series to the 13th power, |r| ≤ ½ log 2, in four parts that do not wait for one another.
  const r2 = r * r;
  const r4 = r2 * r2;
  const part4 = 1 / 24 + r * (1 / 120) + r2 * (1 / 720 + r * (1 / 5040));
  const part8 = 1 / 40320 + r * (1 / 362880) + r2 * (1 / 3628800 + r * (1 / 39916800));
  const part12 = 1 / 479001600 + r * (1 / 6227020800);
  const rest = r2 * (0.5 + r * (1 / 6)) + r4 * (part4 + r4 * (part8 + r4 * part12));
  return (1 + (r + rest)) * halves[k];
}
