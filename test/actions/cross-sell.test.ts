import { basketsOf, measureItemSimilarity, recommendCrossSell, recommendItems } from "clientele/actions";
import { readEvents } from "clientele/events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

type Basket = readonly string[];

const bakery: Basket[] = [["bread", "butter"], ["bread", "butter", "jam"], ["bread"], ["soap"]];

/** In how many baskets all items are: the definition. */
const together = (baskets: readonly Basket[], items: readonly string[]): number =>
  baskets.filter((basket) => items.every((item) => basket.includes(item))).length;

/** Every non-empty set of some items. */
const subsetsOf = (items: readonly string[]): string[][] =>
  items.reduce<string[][]>((sets, item) => [...sets, ...sets.map((set) => [...set, item])], [[]]).slice(1);

const randomBaskets = fc.array(fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f"), { maxLength: 7 }), {
  maxLength: 25,
});

describe("recommendCrossSell", () => {
  it("finds rules with support, confidence, lift and leverage", () => {
    const report = recommendCrossSell(bakery, { minSupport: 0.5 });
    expect(report).toMatchObject({ baskets: 4, items: 4, itemSets: 3, notes: [] });
    expect(report.rules).toEqual([
      { if: ["bread"], then: "butter", support: 0.5, confidence: 2 / 3, lift: 4 / 3, leverage: 0.125, baskets: 2 },
      { if: ["butter"], then: "bread", support: 0.5, confidence: 1, lift: 4 / 3, leverage: 0.125, baskets: 2 },
    ]);
  });

  it("agrees with the definition on random baskets", () => {
    fc.assert(
      fc.property(randomBaskets, fc.constantFrom(0.05, 0.2, 0.4), fc.constantFrom(2, 3, 4), (baskets, minSupport, maxLength) => {
        const found = recommendCrossSell(baskets, { minSupport, maxLength }).rules;
        const wanted = subsetsOf(["a", "b", "c", "d", "e", "f"])
          .filter((set) => set.length > 1 && set.length <= maxLength)
          .filter((set) => together(baskets, set) >= Math.max(1, Math.ceil(minSupport * baskets.length - 1e-9)))
          .flatMap((set) => set.map((then) => ({ set, then, others: set.filter((item) => item !== then) })))
          .map(({ set, then, others }) => {
            const confidence = together(baskets, set) / together(baskets, others);
            const lift = confidence / (together(baskets, [then]) / baskets.length);
            return [others.join(), then, together(baskets, set), confidence.toFixed(12), lift.toFixed(12)].join(" ");
          });
        const told = found.map((rule) => [rule.if.join(), rule.then, rule.baskets, rule.confidence.toFixed(12), rule.lift.toFixed(12)].join(" ")); // prettier-ignore
        expect(told.sort()).toEqual(wanted.sort());
      }),
    ); // prettier-ignore
  });

  it("does not depend on the order of baskets or of items, nor on repeated items", () => {
    fc.assert(
      fc.property(randomBaskets, (baskets) => {
        const turned = baskets.map((basket) => [...basket, ...basket].reverse()).reverse();
        expect(recommendCrossSell(turned, { minSupport: 0.1 })).toEqual(
          recommendCrossSell(baskets, { minSupport: 0.1 }),
        );
      }),
    );
  });

  it("takes a support that is reached exactly, whatever a share times a number rounds to", () => {
    const baskets = Array.from({ length: 30 }, (_, i) => (i < 3 ? ["a", "b"] : ["c"]));
    expect(recommendCrossSell(baskets, { minSupport: 0.1 }).rules).toHaveLength(2);
    expect(recommendCrossSell(baskets, { minSupport: 0.1001 }).rules).toHaveLength(0);
  });

  it("keeps rules by confidence and lift", () => {
    const baskets = [["a", "b"], ["a", "b"], ["a"], ["b"], ["a", "b"]]; // prettier-ignore
    expect(recommendCrossSell(baskets, { minSupport: 0.1, minLift: 1 }).rules).toEqual([]);
    expect(recommendCrossSell(baskets, { minSupport: 0.1, minConfidence: 0.75 }).rules).toHaveLength(2);
    expect(recommendCrossSell(baskets, { minSupport: 0.1, minConfidence: 0.76 }).rules).toHaveLength(0);
  });

  it("counts empty baskets in the denominator and says so; no baskets are no rules", () => {
    const report = recommendCrossSell([[], ["a", "b"]], { minSupport: 0.5 });
    expect(report.rules[0].support).toBe(0.5);
    expect(report.notes.map(({ code }) => code)).toEqual(["empty-baskets"]);
    expect(recommendCrossSell([], { minSupport: 0.5 })).toMatchObject({
      rules: [],
      baskets: 0,
      notes: [{ code: "no-rules" }],
    });
  });

  it("takes items of any name", () => {
    const names = ["__proto__", "constructor", "\ud83d", "", " "];
    const { rules } = recommendCrossSell([names, names], { minSupport: 1, maxLength: 2 });
    expect(rules).toHaveLength(20);
    expect(new Set(rules.map(({ then }) => then))).toEqual(new Set(names));
  });

  it("refuses what is no basket by its place, without quoting it, and a support that too many sets reach", () => {
    expectRefusal(() => recommendCrossSell(5 as never, { minSupport: 0.1 }), "shape-mismatch", "baskets");
    expectRefusal(() => recommendCrossSell([["a"], "b" as never], { minSupport: 0.1 }), "shape-mismatch", "baskets[1]");
    const number = (): unknown => recommendCrossSell([["a", 77 as never]], { minSupport: 0.1 });
    expectRefusal(number, "invalid-value", "baskets[0][1]");
    const crowded = [Array.from({ length: 60 }, (_, i) => `item ${i}`)];
    expectRefusal(
      () => recommendCrossSell(crowded, { minSupport: 1, maxLength: 10 }),
      "too-large",
      "options.minSupport",
    );
    expect(refusalOf(() => recommendCrossSell(["secret" as never], { minSupport: 1 })).message).not.toContain("secret");
  });
});

describe("measureItemSimilarity", () => {
  it("measures pairs by cosine, Jaccard's index or lift", () => {
    const of = (by: "cosine" | "jaccard" | "lift"): number[] =>
      measureItemSimilarity(bakery, { minSupport: 0.25, by }).pairs.map(({ similarity }) => similarity);
    expect(of("cosine")).toEqual([2 / Math.sqrt(6), 1 / Math.sqrt(2), 1 / Math.sqrt(3)]);
    expect(of("jaccard")).toEqual([2 / 3, 1 / 2, 1 / 3]);
    expect(of("lift")).toEqual([2, 4 / 3, 4 / 3]);
  });

  it("agrees with the definition on random baskets", () => {
    fc.assert(
      fc.property(randomBaskets, (baskets) => {
        const pairs = measureItemSimilarity(baskets, { minSupport: 0.1, by: "jaccard" }).pairs;
        const least = Math.max(1, Math.ceil(0.1 * baskets.length - 1e-9));
        const items = ["a", "b", "c", "d", "e", "f"];
        const wanted = subsetsOf(items).filter((set) => set.length === 2 && together(baskets, set) >= least);
        expect(pairs).toHaveLength(wanted.length);
        for (const { a, b, baskets: count, similarity } of pairs) {
          expect(count).toBe(together(baskets, [a, b]));
          expect(similarity).toBeCloseTo(count / (together(baskets, [a]) + together(baskets, [b]) - count), 12);
        }
      }),
    );
  });

  it("keeps the most similar pairs of each item", () => {
    expect(measureItemSimilarity(bakery, { minSupport: 0.25, top: 1 }).pairs.map(({ a, b }) => [a, b])).toEqual([
      ["butter", "bread"],
      ["jam", "butter"],
    ]);
  });
});

describe("recommendItems", () => {
  const rules = recommendCrossSell(bakery, { minSupport: 0.25 });

  it("recommends what the best rule says, and nothing that is there already", () => {
    expect(recommendItems(rules, ["butter"])).toEqual([
      { item: "bread", score: 1, because: ["butter"] },
      { item: "jam", score: 0.5, because: ["butter"] },
    ]);
    expect(recommendItems(rules, ["butter", "bread", "jam"])).toEqual([]);
    expect(recommendItems(rules, ["soap"])).toEqual([]);
    expect(recommendItems(rules, ["butter"], { top: 1 })).toHaveLength(1);
  });

  it("adds up similar items", () => {
    const similar = measureItemSimilarity(bakery, { minSupport: 0.25 });
    const [jam] = recommendItems(similar, ["bread", "butter"]);
    expect(jam).toMatchObject({ item: "jam", because: ["butter", "bread"] });
    expect(jam.score).toBeCloseTo(1 / Math.sqrt(2) + 1 / Math.sqrt(3), 12);
  });

  it("refuses what is no evidence, and no list", () => {
    expectRefusal(() => recommendItems({} as never, []), "shape-mismatch", "evidence");
    expectRefusal(() => recommendItems(rules, "bread" as never), "shape-mismatch", "owned");
  });
});

describe("basketsOf", () => {
  const rows = [
    { who: "ann", what: "purchase", order: 1, item: "bread" },
    { who: "bob", what: "purchase", order: 2, item: "jam" },
    { who: "ann", what: "view", order: null, item: "soap" },
    { who: "ann", what: "purchase", order: 3, item: "soap" },
    { who: "ann", what: "purchase", order: 1, item: "butter" },
    { who: "ann", what: "purchase", order: 1, item: "bread" },
    { who: "bob", what: "purchase", order: 2, item: null },
  ].map((row, at) => ({ ...row, at }));
  const { log } = readEvents(rows, {
    customer: "who",
    type: "what",
    time: "at",
    extra: { order: "order", item: "item" },
  });

  it("collects the items of orders, or of customers", () => {
    expect(basketsOf(log, { item: "item", order: "order" })).toEqual([["bread", "butter"], ["soap"], ["jam"]]);
    expect(basketsOf(log, { item: "item", event: "purchase" })).toEqual([["bread", "soap", "butter"], ["jam"]]);
    expect(basketsOf(log, { item: "item", event: ["nothing"] })).toEqual([]);
  });

  it("refuses unknown columns", () => {
    expectRefusal(() => basketsOf(log, { item: "sku" }), "invalid-option", "options.item");
    expectRefusal(() => basketsOf(log, { item: "item", order: "basket" }), "invalid-option", "options.order");
  });
});

describeWithData("groceries", ["groceries_baskets"], () => {
  const byRow = new Map<string, string[]>();
  for (const { row, item } of readDataRows("groceries_baskets/groceries.csv.gz")) {
    const basket = byRow.get(row);
    if (basket === undefined) byRow.set(row, [item]);
    else basket.push(item);
  }
  const baskets = [...byRow.values()];
  type Rule = readonly [readonly string[], string, number, number, number];
  const expected = readDataJson<{
    readonly counts: { readonly transactions: number; readonly items: number; readonly density: number };
    readonly "apriori_support_0.01": {
      readonly itemsets_by_size: Readonly<Record<string, number>>;
      readonly "rules_confidence_0.5_one_item_right": readonly Rule[];
      readonly number_of_rules: number;
    };
  }>("groceries_baskets/expected.json");
  const apriori = expected["apriori_support_0.01"];

  it("gives the item sets and the 15 rules that arules and the reference have", () => {
    const report = recommendCrossSell(baskets, { minSupport: 0.01, minConfidence: 0.5, maxLength: 10 });
    expect(report.baskets).toBe(expected.counts.transactions);
    expect(report.items).toBe(expected.counts.items);
    const sets = Object.values(apriori.itemsets_by_size).reduce((sum, count) => sum + count, 0);
    expect(report.itemSets).toBe(sets);
    expect(report.rules).toHaveLength(apriori.number_of_rules);
    const told = new Map(report.rules.map((rule) => [`${rule.if.join()} ${rule.then}`, rule]));
    for (const [condition, then, support, confidence, lift] of apriori["rules_confidence_0.5_one_item_right"]) {
      const rule = told.get(`${condition.join()} ${then}`);
      expect(rule?.support).toBeCloseTo(support, 12);
      expect(rule?.confidence).toBeCloseTo(confidence, 12);
      expect(rule?.lift).toBeCloseTo(lift, 11);
    }
  });

  it("counts item sets by size", () => {
    for (const [size, count] of Object.entries(apriori.itemsets_by_size)) {
      const upTo = (maxLength: number): number =>
        maxLength < 2
          ? apriori.itemsets_by_size["1"]
          : recommendCrossSell(baskets, { minSupport: 0.01, maxLength }).itemSets;
      const length = Number(size);
      expect(length === 1 ? upTo(1) : upTo(length) - upTo(length - 1)).toBe(count);
    }
  });
});
