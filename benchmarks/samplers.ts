import type { Random } from "clientele/core";

/** A standard normal draw (Box–Muller); benchmark data need not be the same bits on every engine. */
export function sampleNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
