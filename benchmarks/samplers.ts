import type { Random } from "clientele/core";

/** A standard normal draw (Box–Muller); benchmark data need not be the same bits on every engine. */
export function sampleNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** A gamma draw of scale 1 (Marsaglia & Tsang; a shape below 1 by the power of a uniform draw). */
export function sampleGamma(random: Random, shape: number): number {
  if (shape < 1) return sampleGamma(random, shape + 1) * Math.pow(1 - random.next(), 1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const normal = sampleNormal(random);
    const cube = (1 + normal / Math.sqrt(9 * d)) ** 3;
    if (cube > 0 && Math.log(1 - random.next()) < (normal * normal) / 2 + d - d * cube + d * Math.log(cube))
      return d * cube;
  }
}

/** A beta draw: one gamma's share of two. */
export function sampleBeta(random: Random, a: number, b: number): number {
  const left = sampleGamma(random, a);
  return left / (left + sampleGamma(random, b));
}
