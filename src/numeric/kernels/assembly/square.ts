/** Adds the squares of the differences of two pairs of doubles: the one step of every exact distance. */
export function addSquare(sum: v128, a: v128, b: v128): v128 {
  const difference = f64x2.sub(a, b);
  return f64x2.add(sum, f64x2.mul(difference, difference));
}
