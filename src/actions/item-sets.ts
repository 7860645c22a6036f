import type { Baskets } from "./read-baskets.ts";

/** Sets of items that are together in many baskets. */
export interface ItemSets {
  /** How many sets there are, single items counted. */
  readonly count: number;
  /** Calls back with each set of at least two items: ranks ascending (valid during the call only), and its baskets. */
  forEach(visit: (ranks: readonly number[], baskets: number) => void): void;
  /** In how many baskets a frequent set is. */
  basketsOf(ranks: readonly number[]): number;
}

/** Stops the search before it fills the memory. */
const mostSets = 500_000;

/**
 * Finds all sets of up to `maxLength` items that are in at least `least` baskets.
 *
 * Depth first over projected baskets: the baskets of a set are gone over once to count what else is in them and once to hand
 * them on, so that a step costs what the baskets of its set hold. Items are ranked from rare to frequent and a set grows by
 * higher ranks, so that the many baskets of frequent items are gone over by few sets.
 *
 * @returns undefined when there are more than half a million.
 * @see Uno, Asai, Uchida & Arimura (2004), "LCM", sections 2–3: occurrence deliver.
 */
export function frequentItemSets(baskets: Baskets, least: number, maxLength: number): ItemSets | undefined {
  const { items, frequencies, ranks, starts } = baskets;
  const sets: { readonly ranks: readonly number[]; readonly baskets: number }[] = [];
  const counts = new Map<string, number>();
  const seen = new Uint32Array(items.length);
  let first = 0;
  while (first < items.length && frequencies[first] < least) first++;
  for (let rank = first; rank < items.length; rank++) counts.set(keyOf([rank]), frequencies[rank]);
  let tooMany = false;

  /** Extends a set by the items of higher rank that are in enough of its baskets. */
  function extend(set: readonly number[], within: ArrayLike<number>): void {
    const last = set[set.length - 1];
    const found: number[] = [];
    for (let i = 0; i < within.length; i++) {
      const end = starts[within[i] + 1];
      for (let cell = end - 1; cell >= starts[within[i]] && ranks[cell] > last; cell--) {
        if (++seen[ranks[cell]] === least) found.push(ranks[cell]);
      }
    }
    const deliver = set.length + 1 < maxLength;
    const lists = new Map<number, number[]>(deliver ? found.map((rank) => [rank, []]) : []);
    for (const rank of found) {
      const extended = [...set, rank];
      sets.push({ ranks: extended, baskets: seen[rank] });
      counts.set(keyOf(extended), seen[rank]);
    }
    for (let i = 0; i < within.length; i++) {
      const end = starts[within[i] + 1];
      for (let cell = end - 1; cell >= starts[within[i]] && ranks[cell] > last; cell--) {
        seen[ranks[cell]] = 0;
        lists.get(ranks[cell])?.push(within[i]);
      }
    }
    tooMany ||= counts.size > mostSets;
    for (const [rank, list] of lists) if (!tooMany) extend([...set, rank], list);
  }

  if (maxLength > 1) {
    const lists = basketsOfItems(baskets, first);
    for (let rank = first; rank < items.length && !tooMany; rank++) extend([rank], lists[rank - first]);
  }
  if (tooMany) return undefined;
  return {
    count: counts.size,
    forEach(visit) {
      for (const set of sets) visit(set.ranks, set.baskets);
    },
    basketsOf: (set) => counts.get(keyOf(set)) ?? 0,
  };
}

/** The baskets of every item from rank `first` on. */
export function basketsOfItems({ items, frequencies, ranks, starts, count }: Baskets, first: number): Uint32Array[] {
  const lists = Array.from({ length: items.length - first }, (_, i) => new Uint32Array(frequencies[first + i]));
  const filled = new Uint32Array(items.length);
  for (let basket = 0; basket < count; basket++) {
    for (let cell = starts[basket]; cell < starts[basket + 1]; cell++) {
      const rank = ranks[cell];
      if (rank >= first) lists[rank - first][filled[rank]++] = basket;
    }
  }
  return lists;
}

function keyOf(ranks: readonly number[]): string {
  return ranks.join(" ");
}
