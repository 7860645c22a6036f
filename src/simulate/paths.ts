import type { Random } from "../core/random.ts";
import { solve } from "../numeric/linalg.ts";
import { cumulated, sampleCategorical } from "../numeric/samplers.ts";

/** A Markov chain of pages. */
export interface ShopChain {
  /** State names; "(start)" first, "(end)" last. */
  readonly states: readonly string[];
  /** Probability of the next state (column) by state (row); "(end)" goes nowhere. */
  readonly probabilities: readonly (readonly number[])[];
}

const states = ["(start)", "home", "search", "category", "product", "cart", "checkout", "purchase", "support", "(end)"];

/** The state that earns money; it ends its session, so that a session holds one purchase at most. */
export const purchaseState: number = states.indexOf("purchase");

const moves: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "(start)": { home: 0.5, search: 0.2, category: 0.1, product: 0.2 },
  home: { search: 0.25, category: 0.35, product: 0.2, support: 0.05, "(end)": 0.15 },
  search: { search: 0.15, category: 0.1, product: 0.58, "(end)": 0.17 },
  category: { home: 0.02, search: 0.1, category: 0.13, product: 0.6, "(end)": 0.15 },
  product: { search: 0.08, category: 0.1, product: 0.2, cart: 0.35, support: 0.02, "(end)": 0.25 },
  cart: { home: 0.03, product: 0.15, checkout: 0.65, "(end)": 0.17 },
  checkout: { cart: 0.08, support: 0.02, purchase: 0.8, "(end)": 0.1 },
  purchase: { "(end)": 1 },
  support: { home: 0.2, support: 0.3, "(end)": 0.5 },
  "(end)": {},
};

/** The planted chain: a typical shop's pages. */
export function shopChain(): ShopChain {
  return {
    states: [...states],
    probabilities: states.map((from) => states.map((to) => moves[from][to] ?? 0)),
  };
}

/** The share of sessions that end in a purchase: the probability of absorption from "(start)". */
export function conversionOf({ probabilities }: ShopChain): number {
  // Transient states are all but the last; (I - Q)·x = the column of purchase, where purchase itself counts as 1.
  const transient = probabilities.slice(0, -1);
  const system = transient.map((row, i) =>
    transient.map((_, j) => (i === j ? 1 : 0) - (i === purchaseState ? 0 : row[j])),
  );
  const right = transient.map((_, i) => [i === purchaseState ? 1 : 0]);
  return solve("simulateShop", system, right)[0][0];
}

/** Draws the pages of one session into `path`; true when it ends in a purchase. */
export type DrawPath = (random: Random, path: number[]) => boolean;

/** Prepares a chain for drawing. */
export function pathDrawer({ probabilities }: ShopChain): DrawPath {
  const totals = probabilities.slice(0, -1).map(cumulated);
  const end = probabilities.length - 1;
  return (random, path) => {
    path.length = 0;
    for (let state = sampleCategorical(random, totals[0]); state !== end;) {
      path.push(state);
      state = sampleCategorical(random, totals[state]);
    }
    return path.at(-1) === purchaseState;
  };
}

/** The pages of a bot's session: shelves at random, no cart. */
export function drawBotPath(random: Random, path: number[]): void {
  path.length = 0;
  const first = states.indexOf("search");
  for (let left = 50 + random.integer(100); left > 0; left--) path.push(first + random.integer(3));
}
