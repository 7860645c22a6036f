import { refuse } from "../core/errors.ts";
import { formatShare } from "../core/numbers.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { frequentItemSets } from "./item-sets.ts";
import { leastCount, readBaskets } from "./read-baskets.ts";

/** Who has the items of `if` often has the item `then` as well. */
export interface CrossSellRule {
  /** Items of the basket, by name. */
  readonly if: readonly string[];
  /** The item to offer. */
  readonly then: string;
  /** Share of all baskets with the items of both sides. */
  readonly support: number;
  /** Share of the baskets with `if` that have `then` as well. */
  readonly confidence: number;
  /** How many times more often than in all baskets `then` is in those with `if`: 1 = they have nothing to do with each other. */
  readonly lift: number;
  /** Support less what it would be if both sides had nothing to do with each other. */
  readonly leverage: number;
  /** Number of baskets with the items of both sides. */
  readonly baskets: number;
}

/** Result of {@link recommendCrossSell}. */
export interface CrossSellReport {
  /** The rules, highest lift first, ties by support, then by name. */
  readonly rules: readonly CrossSellRule[];
  /** Number of baskets, empty ones counted: the denominator of every share. */
  readonly baskets: number;
  /** Number of different items. */
  readonly items: number;
  /** Number of frequent item sets, single items counted. */
  readonly itemSets: number;
  /** `empty-baskets`: baskets without an item count in the denominator; `no-rules`: nothing is together often enough. */
  readonly notes: readonly Note[];
}

/** Options of {@link recommendCrossSell}. */
export interface RecommendCrossSellOptions {
  /** The least share of baskets that must have all items of a rule, in (0, 1]. */
  readonly minSupport: number;
  /** The least confidence, in [0, 1]; default 0. */
  readonly minConfidence?: number | undefined;
  /** The least lift; default 0. Above 1 only what goes together more often than by chance. */
  readonly minLift?: number | undefined;
  /** Most items in a rule, both sides together, from 2 to 10; default 4. */
  readonly maxLength?: number | undefined;
}

/** Option table of {@link recommendCrossSell}. */
export const recommendCrossSellOptions: OptionTable<RecommendCrossSellOptions> = {
  minSupport: real({ above: 0, max: 1 }),
  minConfidence: real({ min: 0, max: 1, default: 0 }),
  minLift: real({ min: 0, default: 0 }),
  maxLength: integer({ min: 2, max: 10, default: 4 }),
};

/**
 * Finds what is bought together, as rules for cross-selling: who has these items in the basket, offer that one.
 *
 * Confidence alone recommends what everybody buys anyway; lift says what this basket has to do with it. A rule of few baskets
 * may be chance: ask for a support of at least a few dozen baskets.
 *
 * @param baskets - the items of each basket, by name; an item counts once per basket.
 * @param options - see {@link RecommendCrossSellOptions}.
 * @returns the rules with one item to offer each; see {@link CrossSellReport}. `recommendItems` applies them to a customer.
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` with the path of the first basket or item that is none;
 * `too-large` with the path of `minSupport` when more than half a million sets are frequent. Cost: one step per item of a frequent
 * set's baskets.
 * @example
 * const baskets = [["bread", "butter"], ["bread", "butter", "jam"], ["bread"], ["soap"]];
 * const { rules } = recommendCrossSell(baskets, { minSupport: 0.5 });
 * rules[1]; // { if: ["butter"], then: "bread", support: 0.5, confidence: 1, lift: 1.333, leverage: 0.125, baskets: 2 }
 * @see Agrawal, Imieliński & Swami (1993), "Mining association rules between sets of items in large databases".
 */
export function recommendCrossSell(
  baskets: readonly (readonly string[])[],
  options: RecommendCrossSellOptions,
): CrossSellReport {
  const caller = "recommendCrossSell";
  const { minSupport, minConfidence, minLift, maxLength } = readOptions(caller, recommendCrossSellOptions, options);
  const read = readBaskets(caller, baskets);
  const sets = frequentItemSets(read, leastCount(minSupport, read.count), maxLength);
  if (sets === undefined) {
    refuse(caller, "too-large", "options.minSupport", "a support that at most 500,000 item sets reach", "a lower one");
  }
  const rules: CrossSellRule[] = [];
  sets.forEach((ranks, together) => {
    const support = together / read.count;
    for (const then of ranks) {
      const condition = ranks.filter((rank) => rank !== then);
      const confidence = together / sets.basketsOf(condition);
      const expected = read.frequencies[then] / read.count;
      const lift = confidence / expected;
      if (confidence < minConfidence || lift < minLift) continue;
      rules.push({
        if: condition.map((rank) => read.items[rank]).sort(),
        then: read.items[then],
        support,
        confidence,
        lift,
        leverage: support - (sets.basketsOf(condition) / read.count) * expected,
        baskets: together,
      });
    }
  });
  rules.sort(byLift);
  return { rules, baskets: read.count, items: read.items.length, itemSets: sets.count, notes: notesOf(read, rules.length, minSupport) }; // prettier-ignore
}

function byLift(a: CrossSellRule, b: CrossSellRule): number {
  return b.lift - a.lift || b.support - a.support || compareLists(a.if, b.if) || compare(a.then, b.then);
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  if (a.length !== b.length) return a.length - b.length;
  const at = a.findIndex((item, i) => item !== b[i]);
  return at < 0 ? 0 : compare(a[at], b[at]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function notesOf(
  { count, empty }: { readonly count: number; readonly empty: number },
  rules: number,
  minSupport: number,
): Note[] {
  const notes: Note[] = [];
  if (empty > 0) {
    const message = `${empty} of ${count} baskets have no item; they count in every share.`;
    notes.push({ code: "empty-baskets", message });
  }
  if (rules === 0) {
    const message = `No items are together in ${formatShare(minSupport)} of ${count} baskets often enough for a rule.`;
    notes.push({ code: "no-rules", message });
  }
  return notes;
}
