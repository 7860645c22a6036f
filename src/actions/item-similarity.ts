import { integer, oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { basketsOfItems } from "./item-sets.ts";
import { leastCount, readBaskets } from "./read-baskets.ts";

/** Two items that are in baskets together. */
export interface SimilarItems {
  /** The rarer of the two. */
  readonly a: string;
  /** The more frequent. */
  readonly b: string;
  /** Baskets with both. */
  readonly baskets: number;
  /** Higher = more so; what it measures is said by `by`. */
  readonly similarity: number;
}

/** Result of {@link measureItemSimilarity}. */
export interface ItemSimilarityReport {
  /** What the similarity is. */
  readonly by: ItemSimilarityMeasure;
  /** Pairs of items, most similar first. */
  readonly pairs: readonly SimilarItems[];
  /** Number of baskets, empty ones counted. */
  readonly baskets: number;
  /** Number of different items. */
  readonly items: number;
}

/**
 * `"cosine"`: baskets with both by the root of the product of the baskets with either; `"jaccard"`: baskets with both by those
 * with at least one; `"lift"`: how many times more often together than by chance, which favors rare items.
 */
export type ItemSimilarityMeasure = "cosine" | "jaccard" | "lift";

/** Options of {@link measureItemSimilarity}. */
export interface MeasureItemSimilarityOptions {
  /** The least share of baskets that must have both items, in (0, 1]. */
  readonly minSupport: number;
  /** Which similarity; default `"cosine"`. */
  readonly by?: ItemSimilarityMeasure | undefined;
  /** Most pairs kept per rarer item; default all. */
  readonly top?: number | undefined;
}

/** Option table of {@link measureItemSimilarity}. */
export const measureItemSimilarityOptions: OptionTable<MeasureItemSimilarityOptions> = {
  minSupport: real({ above: 0, max: 1 }),
  by: oneOf(["cosine", "jaccard", "lift"], { default: "cosine" }),
  top: integer({ min: 1, default: 2 ** 31 }),
};

/**
 * Measures which items go together, pair by pair: the base of "customers who bought this also bought".
 *
 * @param baskets - the items of each basket, or of each customer, by name; an item counts once per basket.
 * @param options - see {@link MeasureItemSimilarityOptions}.
 * @returns the pairs in at least `minSupport` of the baskets; `recommendItems` applies them to a customer.
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` with the path of the first basket or item that is none. Cost:
 * one step per pair of items in a basket.
 * @example
 * const baskets = [["bread", "butter"], ["bread", "butter", "jam"], ["bread"], ["soap"]];
 * measureItemSimilarity(baskets, { minSupport: 0.5 }).pairs; // [{ a: "butter", b: "bread", baskets: 2, similarity: 0.816 }]
 * @see Linden, Smith & York (2003), "Amazon.com recommendations: item-to-item collaborative filtering".
 */
export function measureItemSimilarity(
  baskets: readonly (readonly string[])[],
  options: MeasureItemSimilarityOptions,
): ItemSimilarityReport {
  const caller = "measureItemSimilarity";
  const { minSupport, by, top } = readOptions(caller, measureItemSimilarityOptions, options);
  const read = readBaskets(caller, baskets);
  const { items, frequencies, ranks, starts, count } = read;
  const least = leastCount(minSupport, count);
  const seen = new Uint32Array(items.length);
  const pairs: SimilarItems[] = [];
  basketsOfItems(read, 0).forEach((within, rank) => {
    if (within.length < least) return;
    const found: number[] = [];
    for (const basket of within) {
      for (let cell = starts[basket + 1] - 1; cell >= starts[basket] && ranks[cell] > rank; cell--) {
        if (++seen[ranks[cell]] === least) found.push(ranks[cell]);
      }
    }
    const own = found.map((other): SimilarItems => {
      const together = seen[other];
      const similarity = similarityOf(by, together, frequencies[rank], frequencies[other], count);
      return { a: items[rank], b: items[other], baskets: together, similarity };
    });
    for (const basket of within)
      for (let cell = starts[basket]; cell < starts[basket + 1]; cell++) seen[ranks[cell]] = 0;
    own.sort(bySimilarity);
    for (let i = 0; i < own.length && i < top; i++) pairs.push(own[i]);
  });
  return { by, pairs: pairs.sort(bySimilarity), baskets: count, items: items.length };
}

function similarityOf(by: ItemSimilarityMeasure, together: number, a: number, b: number, baskets: number): number {
  if (by === "jaccard") return together / (a + b - together);
  return by === "cosine" ? together / Math.sqrt(a * b) : (together * baskets) / (a * b);
}

function bySimilarity(a: SimilarItems, b: SimilarItems): number {
  if (a.similarity !== b.similarity) return b.similarity - a.similarity;
  if (a.baskets !== b.baskets) return b.baskets - a.baskets;
  if (a.b !== b.b) return a.b < b.b ? -1 : 1;
  return a.a < b.a ? -1 : 1;
}
