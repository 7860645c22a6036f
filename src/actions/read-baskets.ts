import { describeValue, refuse } from "../core/errors.ts";
import { stringOrder } from "../numeric/string-order.ts";

/** Baskets as numbers: items by rank, from the rarest to the most frequent. */
export interface Baskets {
  /** Number of baskets, empty ones counted. */
  readonly count: number;
  /** Those without an item. */
  readonly empty: number;
  /** Names of the items, by rank. */
  readonly items: readonly string[];
  /** In how many baskets each item is. */
  readonly frequencies: Uint32Array;
  /** Ranks of the items of all baskets, one basket after the other, ascending and each once. */
  readonly ranks: Uint32Array;
  /** Basket b has the ranks `starts[b]` to `starts[b + 1] − 1`. */
  readonly starts: Uint32Array;
}

/**
 * Reads lists of item names; an item that a basket has several times counts once.
 *
 * Ranks depend on how frequent items are, ties by name, and so on nothing but which baskets there are.
 *
 * @throws {ClienteleError} `shape-mismatch` for what is no list, `invalid-value` with the path of the first item that is no text.
 */
export function readBaskets(caller: string, baskets: readonly (readonly string[])[]): Baskets {
  if (!Array.isArray(baskets)) refuse(caller, "shape-mismatch", "baskets", "a list of baskets", describeValue(baskets));
  const numbers = new Map<string, number>();
  const names: string[] = [];
  const counts: number[] = [];
  const lastBasket: number[] = [];
  const cells: number[] = [];
  const starts = new Uint32Array(baskets.length + 1);
  let empty = 0;
  for (let b = 0; b < baskets.length; b++) {
    const basket: unknown = baskets[b];
    if (!Array.isArray(basket)) {
      refuse(caller, "shape-mismatch", `baskets[${b}]`, "a list of item names", describeValue(basket));
    }
    if (basket.length === 0) empty++;
    for (let i = 0; i < basket.length; i++) {
      const item: unknown = basket[i];
      if (typeof item !== "string") {
        refuse(caller, "invalid-value", `baskets[${b}][${i}]`, "the name of an item", describeValue(item));
      }
      let number = numbers.get(item);
      if (number === undefined) {
        number = names.length;
        numbers.set(item, number);
        names.push(item);
        counts.push(0);
        lastBasket.push(-1);
      }
      if (lastBasket[number] === b) continue;
      lastBasket[number] = b;
      counts[number]++;
      cells.push(number);
    }
    starts[b + 1] = cells.length;
  }
  const order = Array.from(stringOrder(names)).sort((a, b) => counts[a] - counts[b]);
  const rankOf = new Uint32Array(names.length);
  order.forEach((number, rank) => {
    rankOf[number] = rank;
  });
  const ranks = Uint32Array.from(cells, (number) => rankOf[number]);
  for (let b = 0; b < baskets.length; b++) ranks.subarray(starts[b], starts[b + 1]).sort();
  return {
    count: baskets.length,
    empty,
    items: order.map((number) => names[number]),
    frequencies: Uint32Array.from(order, (number) => counts[number]),
    ranks,
    starts,
  };
}

/** The least number of baskets that is at least a share of them; a share such as 0.1 is a rounded number. */
export function leastCount(share: number, baskets: number): number {
  return Math.max(1, Math.ceil(share * baskets - 1e-9 * baskets));
}
