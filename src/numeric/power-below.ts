/**
 * The largest power of 2 that is not above a size: by it, numbers are divided without losing a digit.
 *
 * @param size - finite, 0 or more.
 * @returns a power of 2 from 2⁻¹⁰⁷⁴ to 2¹⁰²³; 0 of 0.
 */
export function powerBelow(size: number): number {
  if (size === 0) return 0;
  let power = 1;
  while (power <= size / 2) power *= 2;
  while (power > size) power /= 2;
  return power;
}
