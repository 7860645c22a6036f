import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { integer, isTextList, type OptionTable, readOptions } from "../core/options.ts";
import type { CrossSellReport } from "./cross-sell.ts";
import type { ItemSimilarityReport } from "./item-similarity.ts";

/** An item to offer, and why. */
export interface RecommendedItem {
  /** The item. */
  readonly item: string;
  /** Higher = sooner: the confidence of the best rule, or the sum of similarities to what the customer has. */
  readonly score: number;
  /** Items of the customer that speak for it. */
  readonly because: readonly string[];
}

/** Options of {@link recommendItems}. */
export interface RecommendItemsOptions {
  /** Most items to recommend; default 5. */
  readonly top?: number | undefined;
}

/** Option table of {@link recommendItems}. */
export const recommendItemsOptions: OptionTable<RecommendItemsOptions> = { top: integer({ min: 1, default: 5 }) };

/**
 * Recommends items to one customer, from what is bought together.
 *
 * With rules, an item scores the confidence of the best rule whose `if` the customer has; with similar items, the sum of their
 * similarities to what the customer has. Nothing is recommended that the customer has already.
 *
 * @param evidence - what `recommendCrossSell` or `measureItemSimilarity` returned.
 * @param owned - items in the basket, or ever bought.
 * @param options - see {@link RecommendItemsOptions}.
 * @returns best first, ties by name; empty when nothing speaks for anything. Cost: one step per rule or pair.
 * @throws {ClienteleError} `shape-mismatch` for evidence of neither kind, or when `owned` is no list of texts.
 * @example
 * const baskets = [["bread", "butter"], ["bread", "butter", "jam"], ["bread"], ["soap"]];
 * const rules = recommendCrossSell(baskets, { minSupport: 0.25, minLift: 1.1 });
 * recommendItems(rules, ["bread"]); // [{ item: "butter", score: 0.667, because: ["bread"] }, { item: "jam", score: 0.333, because: ["bread"] }]
 */
export function recommendItems(
  evidence: CrossSellReport | ItemSimilarityReport,
  owned: readonly string[],
  options?: RecommendItemsOptions,
): readonly RecommendedItem[] {
  const caller = "recommendItems";
  const { top } = readOptions(caller, recommendItemsOptions, options);
  if (!isTextList(owned)) refuse(caller, "shape-mismatch", "owned", "a list of item names", describeValue(owned));
  const has = new Set(owned);
  const offers = isSimilarity(evidence) ? similarTo(evidence, has) : impliedBy(caller, evidence, has);
  const list = Array.from(offers, ([item, { score, because }]) => ({ item, score, because }));
  list.sort((a, b) => b.score - a.score || (a.item < b.item ? -1 : 1));
  return list.slice(0, top);
}

function isSimilarity(evidence: unknown): evidence is ItemSimilarityReport {
  return isRecord(evidence) && Array.isArray(evidence["pairs"]);
}

interface Offer {
  readonly score: number;
  readonly because: readonly string[];
}

function similarTo({ pairs }: ItemSimilarityReport, has: ReadonlySet<string>): Map<string, Offer> {
  const offers = new Map<string, Offer>();
  // Pairs come with the most similar first, and so do the reasons.
  for (const { a, b, similarity } of pairs) {
    if (has.has(a) === has.has(b)) continue;
    const [mine, other] = has.has(a) ? [a, b] : [b, a];
    const { score, because } = offers.get(other) ?? { score: 0, because: [] };
    offers.set(other, { score: score + similarity, because: [...because, mine] });
  }
  return offers;
}

function impliedBy(caller: string, evidence: unknown, has: ReadonlySet<string>): Map<string, Offer> {
  if (!isRecord(evidence) || !Array.isArray(evidence["rules"])) {
    refuse(caller, "shape-mismatch", "evidence", "rules or similar items", describeValue(evidence));
  }
  const offers = new Map<string, Offer>();
  // Rules come with the highest lift first: among equal confidence it stays.
  for (const rule of (evidence as unknown as CrossSellReport).rules) {
    if (has.has(rule.then) || !rule.if.every((item) => has.has(item))) continue;
    const best = offers.get(rule.then);
    if (best === undefined || rule.confidence > best.score) {
      offers.set(rule.then, { score: rule.confidence, because: [...rule.if] });
    }
  }
  return offers;
}
