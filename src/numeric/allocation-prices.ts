/** Who may get what, and what is scarce. */
export interface Allocation {
  /** Number of agents. */
  readonly agents: number;
  /** Number of options. */
  readonly options: number;
  /** agents × options: what an option gains for an agent; −∞ where it may not have it. Doing nothing gains 0. */
  readonly gains: Float64Array;
  /** What there is only so much of. */
  readonly resources: readonly Resource[];
}

/** A resource that options use up. */
export interface Resource {
  /** How much each option uses, ≥ 0. */
  readonly uses: ArrayLike<number>;
  /** How much there is, ≥ 0. */
  readonly limit: number;
}

const rounds = 4;
/** Steps along the subgradient after them; one price at a time gets stuck where several resources are scarce. */
const descents = 200;
const halvings = 60;

/**
 * Prices each resource so that demand meets its limit, one price at a time by bisection: the Lagrangian dual.
 *
 * @returns one price per resource, 0 where there is enough.
 */
export function dualPrices(problem: Allocation): Float64Array {
  const { resources, gains } = problem;
  const prices = new Float64Array(resources.length);
  const highest = gains.reduce((most, gain) => Math.max(most, gain), 0);
  for (let round = 0; round < rounds; round++) {
    let moved = false;
    resources.forEach((resource, r) => {
      const price = priceOf(problem, resource, r, prices, highest);
      moved ||= Math.abs(price - prices[r]) > 1e-9 * highest;
      prices[r] = price;
    });
    if (!moved || resources.length === 1) break;
  }
  return prices;
}

/** The least price at which the demand for a resource is within its limit, the other prices given. */
function priceOf(
  problem: Allocation,
  { uses, limit }: Resource,
  r: number,
  prices: Float64Array,
  highest: number,
): number {
  const { agents, options, gains } = problem;
  const trial = prices.slice();
  const fits = (price: number): boolean => {
    trial[r] = price;
    const charges = chargesOf(problem, trial);
    let used = 0;
    for (let agent = 0; agent < agents; agent++) {
      const best = bestOption(gains, agent * options, charges);
      if (best >= 0) used += uses[best];
    }
    return used <= limit;
  };
  if (fits(0)) return 0;
  const least = Array.from(uses).reduce((low, use) => (use > 0 ? Math.min(low, use) : low), Infinity);
  let [low, high] = [0, (2 * highest) / least];
  for (let i = 0; i < halvings && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Lowers the bound by moving all prices against what is left or lacks, in steps as long as the gap allows (Polyak). */
export function lowerPrices(problem: Allocation, start: Float64Array, target: number): Float64Array {
  const { agents, options, gains, resources } = problem;
  let prices = start;
  let best = start;
  let lowest = Infinity;
  for (let step = 0; step < descents; step++) {
    const charges = chargesOf(problem, prices);
    const used = new Float64Array(resources.length);
    let value = resources.reduce((sum, { limit }, r) => sum + prices[r] * limit, 0);
    for (let agent = 0; agent < agents; agent++) {
      const option = bestOption(gains, agent * options, charges);
      if (option < 0) continue;
      value += gains[agent * options + option] - charges[option];
      for (let r = 0; r < resources.length; r++) used[r] += resources[r].uses[option];
    }
    if (value < lowest) [lowest, best] = [value, prices];
    // Amounts are compared as shares of their limits, because budgets and heads have different units.
    const lacks = used.map((amount, r) => (amount - resources[r].limit) / Math.max(resources[r].limit, 1e-300));
    const size = lacks.reduce((sum, lack, r) => (prices[r] === 0 && lack < 0 ? sum : sum + lack * lack), 0);
    if (!(size > 0 && value > target)) break;
    const length = (value - target) / (size * (1 + step / 20));
    prices = prices.map((price, r) => Math.max(0, price + (length * lacks[r]) / Math.max(resources[r].limit, 1e-300)));
  }
  return best;
}

/** What no allocation can exceed, by prices and what options cost at them. */
export function dualValue(
  { agents, options, gains, resources }: Allocation,
  charges: Float64Array,
  prices: Float64Array,
): number {
  let value = resources.reduce((sum, { limit }, r) => sum + (prices[r] > 0 ? prices[r] * limit : 0), 0);
  for (let agent = 0; agent < agents; agent++) {
    const best = bestOption(gains, agent * options, charges);
    if (best >= 0) value += gains[agent * options + best] - charges[best];
  }
  return value;
}

/** What each option costs at the prices. */
export function chargesOf({ options, resources }: Allocation, prices: Float64Array): Float64Array {
  return Float64Array.from({ length: options }, (_, option) =>
    resources.reduce((sum, { uses }, r) => sum + prices[r] * uses[option], 0),
  );
}

/** The option an agent would choose at the charges: −1 where none leaves more than 0. */
export function bestOption(gains: Float64Array, first: number, charges: Float64Array): number {
  let [best, most] = [-1, 0];
  for (let option = 0; option < charges.length; option++) {
    const rest = gains[first + option] - charges[option];
    if (rest > most) [best, most] = [option, rest];
  }
  return best;
}
