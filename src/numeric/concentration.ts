import { refuse } from "../core/errors.ts";

/** How unequally an amount is spread. */
export interface Concentration {
  /** Gini coefficient, 0 = all have the same; null when there is nothing to share. */
  readonly gini: number | null;
  /**
   * The Lorenz curve from (0, 0) to (1, 1): `share` of the holders, those with least first, hold `held` of the whole. One
   * point per holder up to 100 of them, one per percent beyond; empty when there is nothing to share.
   */
  readonly lorenz: readonly {
    /** Share of the holders, 0 … 1. */
    readonly share: number;
    /** Share of the whole that they hold, 0 … 1. */
    readonly held: number;
  }[];
}

const mostSteps = 100;

/**
 * Gini coefficient and Lorenz curve of amounts.
 *
 * @param caller - the public function, for messages.
 * @param path - how to call the amounts.
 * @param sorted - finite amounts ≥ 0, from low to high.
 * @returns the coefficient of these amounts, Σ (2i − n − 1) xᵢ / (n Σ xᵢ): at most (n − 1) / n.
 * @throws {ClienteleError} `too-large` when the sum overflows. Cost: one pass.
 */
export function concentrationOf(caller: string, path: string, sorted: Float64Array): Concentration {
  const n = sorted.length;
  // Shares of the greatest amount, so that neither sum overflows.
  const unit = n === 0 ? 0 : sorted[n - 1];
  if (unit === 0) return { gini: null, lorenz: [] };
  const held = new Float64Array(n + 1);
  let weighted = 0;
  for (let i = 0; i < n; i++) {
    const amount = sorted[i] / unit;
    held[i + 1] = held[i] + amount;
    weighted += (2 * (i + 1) - n - 1) * amount;
  }
  const total = held[n];
  if (!(total * unit < Infinity)) refuse(caller, "too-large", path, "amounts that add up below 1.8e308", "an overflow");
  const steps = Math.min(n, mostSteps);
  const lorenz = Array.from({ length: steps + 1 }, (_, step) => {
    const position = (step / steps) * n;
    const below = Math.min(Math.floor(position), n - 1);
    const amount = held[below] + (position - below) * (held[below + 1] - held[below]);
    return { share: step / steps, held: step === steps ? 1 : amount / total };
  });
  // Rounding can leave equal amounts a hair below 0.
  return { gini: Math.max(0, weighted / (n * total)), lorenz };
}
