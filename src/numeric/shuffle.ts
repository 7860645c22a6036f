import type { Random } from "../core/random.ts";

/**
 * Puts items in an order drawn by lot, every order as likely as another.
 *
 * @param items - shuffled in place: an array, or a typed array.
 * @param random - a stream of its own.
 * @see Fisher & Yates; Durstenfeld (1964), "Algorithm 235: random permutation".
 */
export function shuffle(items: number[] | Uint32Array | string[], random: Random): void {
  for (let place = items.length - 1; place > 0; place--) {
    const other = random.integer(place + 1);
    [items[place], items[other]] = [items[other], items[place]];
  }
}
